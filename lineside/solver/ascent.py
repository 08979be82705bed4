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
from lineside.solver.price_walk import PriceWalk, cheapest_instructors, rises
from lineside.solver.pricing import Priced, Pricer
from lineside.solver.problem import Problem
from lineside.solver.scaling import Scaling
from lineside.solver.terms import Terms

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST_RISE, DECAY, LEAST_RISE = 1.0, 0.93, 1e-3
"""Hundreds of line-minutes by which prices rise in the first round, its factor from round to round, and its end."""
KEPT_RISE = 0.03
"""Rise below which cohorts that are worth more than they cost are kept: what a linear program would choose from."""
PROVE_EVERY, FALLS = 20, 5
"""Rounds between two bounds, and rounds in which a copy of the prices falls before one is proven."""


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
        eased = self._pricer.problem
        costs = (part.cost / self.unit for part in (eased.pairs, eased.rooms, eased.instructors))
        self._terms = Terms.of(self._pricer, *costs)
        price = np.array([need.price for need in problem.demand.needs], dtype=float)
        self._away = price / self.unit - self._terms.base
        self._least_paid = LeastPaid(problem.demand, problem.together.ways, problem.together.loose, price / self.unit)
        self._walk = PriceWalk(self._pricer, self._terms, self._away, self._least_paid)
        self._scaling = Scaling(self._pricer)
        self._columns: dict[tuple[int, int, bytes], Column] = {}
        self._rises = list(rises(FIRST_RISE, DECAY, LEAST_RISE))
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
        return self._round >= len(self._rises) or not len(self._pricer.candidate)

    def run(self, goes_on: Callable[[], bool], on_bound: Callable[[float], None]) -> None:
        """Raise the bound until prices hardly move or ``goes_on`` says no; report each better bound in units."""
        on_bound(self.bound)
        while not self.is_done and goes_on():
            if self.step():
                on_bound(self.bound)

    def step(self) -> bool:
        """Move the prices once; return whether a better bound was proven."""
        rise, priced = self._rises[self._round], self._walk.priced(self._price_now)
        self._round += 1
        if self._keeps_columns and rise < KEPT_RISE:
            self._remember(priced)
        self._price_now = self._walk.moved(self._price_now, priced, rise)
        if self._round % PROVE_EVERY and not self.is_done:
            return False
        price = self._price_now
        for _ in range(0 if self.is_done else FALLS):
            price = self._walk.moved(price, self._walk.priced(price), 0.0)
        return self._take(self._affordable(price))

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
        return self._scaling.affordable(price, self._terms)

    def _take(self, worth: Floats) -> bool:
        """Prove the bound of some prices and keep them if it is the best.

        What cohorts are still below 0, by rounding, is charged once for every need: a plan has no more cohorts.
        """
        priced = self._walk.priced(worth)
        below = min(0.0, float(priced.reduced_cost.min(initial=0.0)))
        paid, _ = self._least_paid.of(worth + self._terms.base)
        total = paid + below * len(worth)
        if total <= self.best:
            return False
        self.best, self.worth = total, worth
        self._reduced = priced
        return True

    def relaxation(self) -> Relaxation:
        """Return what the best bound says; it has no columns."""
        return Relaxation.proven_by(self.best, self.worth + self._terms.base, self._reduced, self.unit)
