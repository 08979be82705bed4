"""Prices of needs on the move: up a little for everybody, down where a cohort is worth more than it costs.

Raising and lowering (Kaczmarz's projections onto the violated columns) comes close to the prices of the best
bound in some hundred rounds, each of which is one pricing of the candidates at hand. In the last rounds prices only
fall: after a few of them hardly a cohort is worth more than it costs, and scaling prices down takes away little.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lineside.solver.least_paid import LeastPaid
from lineside.solver.pricing import Priced, Pricer
from lineside.solver.problem import Problem
from lineside.solver.resources import Servers
from lineside.solver.terms import Terms

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TINY = 1e-9
"""Reduced cost that counts as 0, in hundreds of line-minutes."""
RESTS = 10
"""Last rounds, in which prices only fall."""


def rises(first: float, decay: float, least: float) -> Iterator[float]:
    """Yield by how much prices rise in each round of a walk: less and less, and nothing in the last rounds."""
    while first >= least:
        yield first
        first *= decay
    yield from [0.0] * RESTS


class PriceWalk:
    """Moves prices.

    Parameters
    ----------
    pricer
        Prices the candidates.
    terms
        What cohorts cost.
    away
        Most that each need's price can be, counted as the terms do: what it costs to go without.
    least_paid
        Tells which needs' prices count, so that others stay; None lets all rise.
    """

    def __init__(self, pricer: Pricer, terms: Terms, away: Floats, least_paid: LeastPaid | None = None) -> None:
        self._pricer, self._terms, self._away, self._least_paid = pricer, terms, away, least_paid
        self._need_of = pricer.problem.pairs.need

    def priced(self, price: Floats) -> Priced:
        """Return every candidate's best cohort at some prices of needs."""
        return self._terms.priced(self._pricer, price)

    def moved(self, price: Floats, priced: Priced, rise: float) -> Floats:
        """Return the next prices.

        Parameters
        ----------
        price, priced
            The present ones, and the best cohorts there.
        rise
            By how much prices rise that count and need not fall.
        """
        fall, risen = self._fall(priced), price
        if rise:
            counts = True if self._least_paid is None else self._least_paid.of(price + self._terms.base)[1]
            risen = np.minimum(price + np.where(counts, rise, 0.0), self._away)
        return np.where(fall > 0, np.maximum(price - fall, 0.0), risen)

    def chosen(self, priced: Priced) -> Ints:
        """Return the position of the best cohort of each module and lane, if it is worth more than it costs."""
        return self._pricer.best_of_lanes(priced, -TINY)

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
