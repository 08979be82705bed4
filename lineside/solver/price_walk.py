"""Prices of needs on the move: up a little for everybody, down where a cohort is worth more than it costs.

Raising and lowering (Kaczmarz's projections onto the violated columns) comes close to the prices of the best
bound in some hundred rounds, each of which is one pricing of the candidates at hand.
"""

from __future__ import annotations

import copy

import numpy as np
from numpy.typing import NDArray

from lineside.solver.pricing import Priced, Pricer
from lineside.solver.problem import Problem
from lineside.solver.resources import Servers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TINY = 1e-9
"""Reduced cost that counts as 0, in hundreds of line-minutes."""


class PriceWalk:
    """Moves prices.

    Parameters
    ----------
    pricer
        Prices the candidates; instructors are left out but for the cheapest (:func:`cheapest_instructors`).
    cost
        Cost of each of the pricer's pairs.
    away
        Most that each need's price can be: what it costs to go without.
    unit
        Units of the objective in which costs and prices are given.
    """

    def __init__(self, pricer: Pricer, cost: Floats, away: Floats, unit: float) -> None:
        problem = pricer.problem
        self._pricer, self.cost, self._away = pricer, cost, away
        self._need_of = problem.pairs.need
        self._need = problem.pairs.need[pricer.pairs]
        self.room, self.teacher = problem.rooms.cost / unit, problem.instructors.cost / unit
        found, modules = problem.candidates, len(problem.scenario.modules)
        self._group = found.lane[pricer.candidate] * modules + found.module[pricer.candidate]

    def priced(self, price: Floats) -> Priced:
        """Return every candidate's best cohort at some prices of needs."""
        return self._pricer.price(self.cost - price[self._need], self.room, self.teacher)

    def moved(self, price: Floats, priced: Priced, rise: Floats | float) -> Floats:
        """Return the next prices.

        Parameters
        ----------
        price, priced
            The present ones, and the best cohorts there.
        rise
            By how much prices rise that need not fall, one number or one for each need.
        """
        fall = self._fall(priced)
        return np.where(fall > 0, np.maximum(price - fall, 0.0), np.minimum(price + rise, self._away))

    def chosen(self, priced: Priced) -> Ints:
        """Return the position of the best cohort of each module and lane, if it is worth more than it costs."""
        worth_it = np.flatnonzero(priced.reduced_cost < -TINY)
        order = worth_it[np.lexsort((priced.reduced_cost[worth_it], self._group[worth_it]))]
        fresh = np.ones(len(order), dtype=bool)
        fresh[1:] = self._group[order][1:] != self._group[order][:-1]
        found: Ints = order[fresh]
        return found

    def _fall(self, priced: Priced) -> Floats:
        """Return by how much each price falls, for the best cohort of each module and lane to be worth nothing."""
        chosen = self.chosen(priced)
        counts = priced.count[chosen]
        ends = np.cumsum(counts)
        flat = np.repeat(priced.first[chosen] - ends + counts, counts) + np.arange(int(ends[-1]) if len(ends) else 0)
        fall = np.zeros(len(self._away))
        each = np.repeat(-priced.reduced_cost[chosen] / counts, counts)
        np.maximum.at(fall, self._need_of[priced.sorted_pairs[flat]], each)
        return fall


def cheapest_instructors(problem: Problem) -> Problem:
    """Return a problem in which each candidate has but its cheapest instructor; the rest is shared."""
    for part in ("viable_pairs", "charges", "room_seats", "fits_somewhere"):
        getattr(problem, part)  # worked out before the copy, both have it
    eased = copy.copy(problem)
    eased.instructors = cheapest(problem.instructors)
    return eased


def cheapest(servers: Servers) -> Servers:
    """Return one entry for each candidate that has any: the cheapest, under the number of the candidate."""
    counts = np.diff(servers.ptr)
    has_any = np.flatnonzero(counts > 0)
    cost = np.minimum.reduceat(servers.cost, servers.ptr[:-1][has_any]) if len(has_any) else servers.cost[:0]
    return Servers(np.concatenate(([0], np.cumsum(counts > 0))), has_any.astype(np.int32), cost)
