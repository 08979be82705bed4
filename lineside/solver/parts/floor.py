"""A bound over all plans of a whole state: prices of one module after the other, in a process of its own.

A column of the bound is a cohort, and a cohort has one module; so prices that leave no column below 0 can be
found module by module (:mod:`lineside.solver.ascent`), and what people pay at least
(:mod:`lineside.solver.least_paid`) is asked of all of them together in the end. Line time is left out: minutes
that two cohorts share would count twice. So a state whose pairs fill no memory at once has a bound all the same.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from lineside.models.scenario import Scenario
from lineside.solver.ascent import Ascent
from lineside.solver.candidates import Candidates, enumerate_candidates
from lineside.solver.least_paid import LeastPaid
from lineside.solver.needs import Demand
from lineside.solver.problem import Problem
from lineside.solver.tariff import Tariff
from lineside.solver.timeline import CrewTimeline
from lineside.solver.together import NeedKinds, Together, Way

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class _ModuleProblem(Problem):
    """A scenario in which one module alone is needed, in any case, and line time costs nothing.

    Parameters
    ----------
    scenario
        A scenario without a published plan.
    module_idx
        The module; None for a problem without any candidate, of which only needs are asked.
    timelines
        Memory of crews' shifts, which do not depend on the module.
    """

    def __init__(
        self, scenario: Scenario, module_idx: int | None, timelines: dict[tuple[str, str], CrewTimeline]
    ) -> None:
        self._only, self._timelines = module_idx, timelines
        free = {"line_time_lost": Fraction(0), "worst_company": Fraction(0)}
        super().__init__(scenario, tariff=replace(Tariff.of_prices(scenario.settings.prices), **free))

    def _read_demand(self) -> Demand:
        demand = super()._read_demand()
        if self._only is None:
            return demand
        needs = tuple(replace(need, options=()) for need in demand.needs if need.module_idx == self._only)
        return Demand(needs, (), (), {}, ())

    def _list_candidates(self) -> Candidates:
        if self._only is not None:
            return super()._list_candidates()
        first = self.settings.first_day.toordinal()
        return enumerate_candidates(self.scenario, self.calendar, frozenset(), frozenset(), first)

    def _timeline(self, rota: str, site: str) -> CrewTimeline:
        if (rota, site) not in self._timelines:
            self._timelines[rota, site] = super()._timeline(rota, site)
        return self._timelines[rota, site]


@dataclass(frozen=True)
class ModulePrices:
    """What the needs of one module are worth.

    Parameters
    ----------
    needs
        The module's needs, by their position among all.
    price
        Price of a seat of each, in line-minutes: no cohort costs less than the prices of its people.
    kinds
        When their candidates meet; other needs have none there.
    """

    needs: Ints
    price: Floats
    kinds: NeedKinds


class StateFloor:
    """The bound of a whole state, module by module.

    Parameters
    ----------
    scenario
        A scenario without a published plan.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._timelines: dict[tuple[str, str], CrewTimeline] = {}
        self._problem = _ModuleProblem(scenario, None, self._timelines)
        self._found: list[ModulePrices] = []
        self._worth = np.zeros(len(scenario.modules))
        for need in self._problem.demand.needs:
            self._worth[need.module_idx] += need.price

    def prices(self, until: float) -> Iterator[ModulePrices]:
        """Yield the prices of each module in turn, those first whose empty seats cost most.

        Parameters
        ----------
        until
            Moment of :func:`time.monotonic` until which prices may rise; each module has its share of what is left.
        """
        modules = [k for k in np.argsort(-self._worth, kind="stable").tolist() if self._worth[k] > 0]
        for position, module in enumerate(modules):
            now = time.monotonic()
            share = float(self._worth[module] / self._worth[modules[position:]].sum())
            yield self._prices_of(module, now + max(0.0, until - now) * share)

    def _prices_of(self, module: int, until: float) -> ModulePrices:
        problem = _ModuleProblem(self.scenario, module, self._timelines)
        ascent = Ascent(problem)
        ascent.run(lambda: time.monotonic() < until, lambda _: None)
        needs = [k for k, need in enumerate(self._problem.demand.needs) if need.module_idx == module]
        price = ascent.relaxation().need_price / problem.money.scale
        # Rounding may make a cohort look dearer than it is.
        slack = problem.rounding_slack / problem.money.scale / max(1, len(needs))
        kinds = NeedKinds.of(problem)
        ptr = np.searchsorted(np.array(needs, dtype=np.int64), np.arange(len(self._problem.demand.needs) + 1))
        return ModulePrices(
            np.array(needs, dtype=np.int64), price - slack, NeedKinds(kinds.minutes, kinds.kind, kinds.ptr[ptr])
        )

    def take(self, found: ModulePrices) -> float:
        """Take the prices of a module; return the bound that follows from all that are known, in line-minutes."""
        self._found.append(found)
        return self.bound

    @property
    def is_whole(self) -> bool:
        """Whether every module that somebody needs has its prices."""
        return len(self._found) == np.count_nonzero(self._worth)

    @property
    def bound(self) -> float:
        """Proven lower bound on the objective of every plan, in line-minutes; 0 before anything is known."""
        problem, money = self._problem, self._problem.money
        price = np.zeros(len(problem.demand.needs))
        away = price.copy()
        for found in self._found:
            price[found.needs] = found.price
            away[found.needs] = [problem.demand.needs[k].price / money.scale for k in found.needs.tolist()]
        ways: list[list[Way]] = []
        loose = list(problem.demand.choices)
        if self.is_whole:  # what some modules take of the weeks does not tell what goes with the others
            together = Together(problem, NeedKinds.joined([found.kinds for found in self._found]))
            ways, loose = together.ways, together.loose
        total, _ = LeastPaid(problem.demand, ways, loose, away).of(price)
        return max(0.0, total) + money.line_minutes(problem.constant)
