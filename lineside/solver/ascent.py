"""A bound without a linear program: prices rise a little for everybody, and fall where a cohort becomes worth it.

A price for each need is a bound if no cohort costs less than the prices of its people: every plan pays at
least the price of each need, by a seat or by leaving it empty. Raising and lowering (Kaczmarz's projections
onto the violated columns) comes close to the best such prices in some hundred rounds, each of which is one
pricing of all candidates, so that it works at any size. Whenever a bound is wanted, prices are scaled down,
candidate by candidate, until no cohort is worth more than it costs (Dinkelbach's iteration).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lineside.solver.columns import UNIT_SCALE, Column, Relaxation
from lineside.solver.least_paid import LeastPaid
from lineside.solver.price_walk import PriceWalk, cheapest_instructors
from lineside.solver.pricing import Priced, Pricer
from lineside.solver.problem import Problem
from lineside.solver.scaling import Scaling

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST_RISE, DECAY = 1.0, 0.98
"""Hundreds of line-minutes by which prices rise in the first round, and by what the rise shrinks each round."""
LEAST_RISE = 1e-3
"""Rise below which another round is not worth it."""
KEPT_RISE = 0.01
"""Rise below which cohorts that are worth more than they cost are kept: what a linear program would choose from."""
PROVE_EVERY = 10
"""Rounds between two bounds."""


class Ascent:
    """Raises the lower bound of a problem.

    Parameters
    ----------
    problem
        The prepared problem.
    keeps_columns
        Whether :attr:`columns` are wanted, for a master problem that goes on from here.

    Notes
    -----
    Instructors are left out but for the least cost of one, and rooms and weeks may be taken twice: that only lowers
    the optimum.
    """

    def __init__(self, problem: Problem, keeps_columns: bool = False) -> None:
        self.problem, self._keeps_columns = problem, keeps_columns
        self.unit = UNIT_SCALE * problem.money.scale
        self._pricer = Pricer(cheapest_instructors(problem), problem.viable_pairs, self.unit, problem.charges)
        rows = problem.pairs.need[self._pricer.pairs]
        # A seat that keeps the published one may cost less than nothing: prices begin at each need's cheapest seat.
        self._base = np.zeros(len(problem.demand.needs))
        np.minimum.at(self._base, problem.pairs.need, problem.pairs.cost / self.unit)
        price = np.array([need.price for need in problem.demand.needs], dtype=float)
        self._away = price / self.unit - self._base
        cost = problem.pairs.cost[self._pricer.pairs] / self.unit - self._base[rows]
        self._walk = PriceWalk(self._pricer, cost, self._away, self.unit)
        self._scaling = Scaling(self._pricer)
        self._least_paid = LeastPaid(problem.demand, problem.together.ways, problem.together.loose, price / self.unit)
        self._columns: dict[tuple[int, int, bytes], Column] = {}
        self._rise = FIRST_RISE
        self._round = 0
        self.best = -np.inf
        self.worth = self._affordable(self._away)
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
        priced = self._walk.priced(price)
        better = False
        self._round += 1
        if self._round % PROVE_EVERY == 0:
            better = self._take(self._affordable(price))
        if self._keeps_columns and self._rise < KEPT_RISE:
            self._remember(priced)
        _, met = self._least_paid.of(price + self._base)
        self._price_now = self._walk.moved(price, priced, np.where(met, self._rise, 0.0))
        self._rise *= DECAY
        return better

    def _remember(self, priced: Priced) -> None:
        """Keep the cohorts that make prices fall, each with its cheapest instructor."""
        for k in self._walk.chosen(priced).tolist():
            candidate, room, people = int(priced.candidate[k]), int(priced.room[k]), np.sort(priced.people(k))
            key = (candidate, room, people.tobytes())
            if key not in self._columns:
                entries = self.problem.instructors.entries_of(candidate)
                teacher = entries[int(self.problem.instructors.cost_of(candidate).argmin())]
                self._columns[key] = Column(candidate, room, teacher, people)

    @property
    def columns(self) -> list[Column]:
        """The cohorts that made prices fall in the last rounds, if they are kept."""
        return list(self._columns.values())

    def _affordable(self, price: Floats) -> Floats:
        """Return prices scaled down so that no cohort costs less than its people's."""
        return self._scaling.affordable(price, self._walk.cost, self._walk.room, self._walk.teacher)

    def _take(self, worth: Floats) -> bool:
        """Prove the bound of some prices and keep them if it is the best.

        What cohorts are still below 0, by rounding, is charged once for every need: a plan has no more cohorts.
        """
        priced = self._walk.priced(worth)
        below = min(0.0, float(priced.reduced_cost.min(initial=0.0)))
        paid, _ = self._least_paid.of(worth + self._base)
        total = paid + below * len(worth)
        if total <= self.best:
            return False
        self.best, self.worth = total, worth
        self._reduced = priced
        return True

    def relaxation(self) -> Relaxation:
        """Return what the best bound says; it has no columns."""
        return Relaxation(
            bound=self.best * self.unit,
            columns=[],
            weights=np.zeros(0),
            candidate=self._reduced.candidate,
            reduced_cost=self._reduced.reduced_cost * self.unit,
            pair_rows=self._reduced.sorted_pairs,
            pair_reduced=self._reduced.forced() * self.unit,
            need_price=(self.worth + self._base) * self.unit,
            converged=False,
        )
