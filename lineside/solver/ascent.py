"""A bound without a linear program: prices rise a little for everybody, and fall where a cohort becomes worth it.

A price for each need is a bound if no cohort costs less than the prices of its people: every plan pays at
least the price of each need, by a seat or by leaving it empty. Raising and lowering (Kaczmarz's projections
onto the violated columns) comes close to the best such prices in some hundred rounds, each of which is one
pricing of all candidates, so that it works at any size. Whenever a bound is wanted, prices are scaled down,
candidate by candidate, until no cohort is worth more than it costs (Dinkelbach's iteration).
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.pricing import Priced, Pricer
from lineside.solver.problem import Problem
from lineside.solver.resources import Servers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TINY = 1e-9
"""Reduced cost that counts as 0, in hundreds of line-minutes."""
MOST_SCALINGS = 12
"""Rounds of scaling; three to six settle it."""
FIRST_RISE, DECAY = 1.0, 0.98
"""Hundreds of line-minutes by which prices rise in the first round, and by what the rise shrinks each round."""
LEAST_RISE = 1e-3
"""Rise below which another round is not worth it."""
PROVE_EVERY = 10
"""Rounds between two bounds."""


@dataclass(frozen=True)
class Pricing:
    """What a bound says: its prices, and what each candidate and pair adds to it at least, in units."""

    need_price: Floats
    candidate: Ints
    reduced_cost: Floats


class Ascent:
    """Raises the lower bound of a problem.

    Parameters
    ----------
    problem
        The prepared problem.

    Notes
    -----
    Instructors are left out but for the least cost of one, and rooms and weeks may be taken twice: that only lowers
    the optimum.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.unit = 100.0 * problem.money.scale
        eased = copy.copy(problem)
        eased.instructors = cheapest(problem.instructors)
        self._pricer = Pricer(eased, problem.viable_pairs, self.unit)
        rows, found = self._pricer.pairs, problem.candidates
        self._need_of_row = problem.pairs.need
        self._need = problem.pairs.need[rows]
        # A seat that keeps the published one may cost less than nothing: prices begin at each need's cheapest seat.
        self._base = np.zeros(len(problem.demand.needs))
        np.minimum.at(self._base, self._need, problem.pairs.cost[rows] / self.unit)
        self._cost = problem.pairs.cost[rows] / self.unit - self._base[self._need]
        self._room, self._teacher = problem.rooms.cost / self.unit, eased.instructors.cost / self.unit
        price = np.array([need.price for need in problem.demand.needs], dtype=float)
        self._away = price / self.unit - self._base
        position = np.full(len(found), -1, dtype=np.int64)
        position[self._pricer.candidate] = np.arange(len(self._pricer.candidate))
        self._owner = position[problem.pairs.candidate[rows]]
        modules = len(problem.scenario.modules)
        self._group = found.lane[self._pricer.candidate] * modules + found.module[self._pricer.candidate]
        self._always = np.array([not need.options for need in problem.demand.needs], dtype=bool)
        self._rise = FIRST_RISE
        self.rounds = 0
        self.best = -np.inf
        self.worth, _ = self._affordable(self._away, self._price(self._away))
        self._price_now = self.worth.copy()
        self._take(self.worth)

    @property
    def bound(self) -> float:
        """Proven lower bound in units, constant terms included."""
        return self.best * self.unit + self.problem.constant

    @property
    def is_done(self) -> bool:
        """Whether prices hardly move any more."""
        return self._rise < LEAST_RISE or not len(self._pricer.candidate)

    def run(self, goes_on: Callable[[], bool], on_bound: Callable[[float], None]) -> None:
        """Raise the bound until prices hardly move or ``goes_on`` says no; report each better bound in units."""
        on_bound(self.bound)
        while not self.is_done and goes_on():
            if self.step():
                on_bound(self.bound)

    def step(self) -> bool:
        """Move the prices once; return whether a better bound was proven."""
        price = self._price_now
        priced = self._price(price)
        better = False
        self.rounds += 1
        if self.rounds % PROVE_EVERY == 0:
            worth, _ = self._affordable(price, priced)
            better = self._take(worth)
        fall = self._fall(priced)
        lowered = np.maximum(price - fall, 0.0)
        self._price_now = np.where(fall > 0, lowered, np.minimum(price + self._rise, self._away))
        self._rise *= DECAY
        return better

    def _price(self, price: Floats, share: Floats | None = None) -> Priced:
        """Return every candidate's best cohort at some prices, of which each candidate may see a share only."""
        seen = price[self._need] if share is None else price[self._need] * share[self._owner]
        return self._pricer.price(self._cost - seen, self._room, self._teacher)

    def _fall(self, priced: Priced) -> Floats:
        """Return by how much each price falls, for the best cohort of each module and lane to be worth nothing."""
        worth_it = np.flatnonzero(priced.reduced_cost < -TINY)
        order = worth_it[np.lexsort((priced.reduced_cost[worth_it], self._group[worth_it]))]
        fresh = np.ones(len(order), dtype=bool)
        fresh[1:] = self._group[order][1:] != self._group[order][:-1]
        chosen = order[fresh]
        counts = priced.count[chosen]
        ends = np.cumsum(counts)
        flat = np.repeat(priced.first[chosen] - ends + counts, counts) + np.arange(int(ends[-1]) if len(ends) else 0)
        fall = np.zeros(len(self._away))
        each = np.repeat(-priced.reduced_cost[chosen] / counts, counts)
        np.maximum.at(fall, self._need_of_row[priced.sorted_pairs[flat]], each)
        return fall

    def _affordable(self, price: Floats, priced: Priced) -> tuple[Floats, Floats]:
        """Return prices scaled down so that no cohort costs less than its people's, and the share of each candidate.

        A candidate's share is the least ratio of a cohort's cost to its people's prices: at the best cohort for the
        share so far, the ratio is a better share, until no cohort is below 0. A need's price shrinks with the
        smallest share of its candidates.
        """
        share = np.ones(len(self._pricer.candidate))
        for _ in range(MOST_SCALINGS):
            short = priced.reduced_cost < -TINY
            if not short.any():
                break
            before = np.concatenate(([0.0], np.cumsum(price[self._need_of_row[priced.sorted_pairs]])))
            people = before[priced.first + priced.count] - before[priced.first]
            cost = priced.reduced_cost + share * people
            ratio = np.clip(cost / np.maximum(people, TINY), 0.0, 1.0) * (1 - TINY)
            share = np.where(short, np.minimum(share, ratio), share)
            priced = self._price(price, share)
        least = np.ones(len(price))
        np.minimum.at(least, self._need, share[self._owner])
        return least * price, share

    def _take(self, worth: Floats) -> bool:
        """Prove the bound of some prices and keep them if it is the best.

        What cohorts are still below 0, by rounding, is charged once for every need: a plan has no more cohorts.
        """
        priced = self._price(worth)
        below = min(0.0, float(priced.reduced_cost.min(initial=0.0)))
        paid = np.minimum(worth, self._away) + self._base
        total = float(paid[self._always].sum()) + below * len(paid)
        under: dict[int, float] = {}
        for k in np.flatnonzero(~self._always).tolist():
            for option in self.problem.demand.needs[k].options:
                under[option] = under.get(option, 0.0) + float(paid[k])
        total += sum(min(under.get(option, 0.0) for option in choice) for choice in self.problem.demand.choices)
        if total <= self.best:
            return False
        self.best, self.worth = total, worth
        self._reduced = priced
        return True

    @property
    def priced(self) -> Priced:
        """Every candidate's best cohort at the prices of the best bound, in hundreds of line-minutes."""
        return self._reduced

    def pricing(self) -> Pricing:
        """Return what the best bound says."""
        worth = (self.worth + self._base) * self.unit
        return Pricing(worth, self._reduced.candidate, self._reduced.reduced_cost * self.unit)


def cheapest(servers: Servers) -> Servers:
    """Return one entry for each candidate that has any: the cheapest, under the number of the candidate."""
    counts = np.diff(servers.ptr)
    has_any = np.flatnonzero(counts > 0)
    cost = np.minimum.reduceat(servers.cost, servers.ptr[:-1][has_any]) if len(has_any) else servers.cost[:0]
    return Servers(np.concatenate(([0], np.cumsum(counts > 0))), has_any.astype(np.int32), cost)
