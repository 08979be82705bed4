"""Why a seat is where it is, or empty: reasons by rule, the next best cohort with its cost, and the least change."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import cached_property

from lineside.models.checker import CheckReport
from lineside.models.differences import MeasureDifference, measure_differences
from lineside.models.plan import Cohort, Plan
from lineside.models.scenario import Scenario
from lineside.solver.advice.bench import Bench, Found
from lineside.solver.advice.least_change import LeastChange, Ways
from lineside.solver.advice.nearby import party_of
from lineside.solver.explain import Explainer, Refusal, View

SeatName = tuple[str, str]
"""Apprentice and module."""


class NoSuchNeedError(ValueError):
    """A question about a module that the person does not need; the text says what to do."""


@dataclass(frozen=True)
class NextBest:
    """The cheapest plan in which a person sits in another cohort of the module than now.

    Parameters
    ----------
    cohort
        That cohort.
    is_open
        Whether the plan in question has it open already.
    plan
        The plan, checked.
    differences
        What it costs more, measure by measure, the objective first.
    others
        Other seats that are not the same then.
    losing
        Those of them that are empty then.
    is_proven
        Whether nothing cheaper was proven to be left, for the people decided anew.
    """

    cohort: Cohort
    is_open: bool
    plan: Plan
    differences: tuple[MeasureDifference, ...]
    others: tuple[SeatName, ...]
    losing: tuple[SeatName, ...]
    is_proven: bool


@dataclass(frozen=True)
class Why:
    """What is known about a seat, or about a need without one.

    Parameters
    ----------
    apprentice, module
        Whose need of what.
    cohort
        The cohort in which it is seated, or None.
    is_frozen
        Whether that has begun, so that nothing can change.
    obstacle
        Why there is no candidate cohort at all; nothing if there are some.
    num_candidates
        Candidate cohorts of the module, the own one not counted.
    refusals
        Why they are not the person's, counted by rule, the most frequent first.
    next_best
        The next best cohort, or None if there is none.
    is_settled
        Whether it was proven that there is none, where there is none.
    num_decided
        People decided anew in looking for it.
    is_whole
        Whether that was everybody.
    ways
        Changes of the tables that would seat the person; None for somebody who has a seat.
    seconds
        Time it took.
    """

    apprentice: str
    module: str
    cohort: str | None
    is_frozen: bool
    obstacle: str
    num_candidates: int
    refusals: tuple[Refusal, ...]
    next_best: NextBest | None
    is_settled: bool
    num_decided: int
    is_whole: bool
    ways: Ways | None
    seconds: float


class Inquiry:
    """A plan that is questioned: what is worked out once serves every question.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    plan
        A plan that keeps every rule of it.
    stop
        Set to end early with what is known.

    Raises
    ------
    UnusablePlanError
        If the plan breaks a rule, or meets in patterns that are not searched.
    """

    def __init__(self, scenario: Scenario, plan: Plan, stop: threading.Event | None = None) -> None:
        self.scenario, self.plan = scenario, plan
        self._bench = Bench.of(scenario, plan, stop)

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(self._bench.problem)

    @cached_property
    def _view(self) -> View:
        return self._explainer.view(self._bench.base)

    @cached_property
    def _report(self) -> CheckReport:
        return self._bench.checked(self._bench.plan_of(self._bench.base))

    def needs(self, apprentice: str) -> tuple[str, ...]:
        """Return the modules of a person that have a seat or lack one in the plan.

        Raises
        ------
        NoSuchNeedError
            If there is no such apprentice.
        """
        if apprentice not in self.scenario.apprentice_by_id:
            raise NoSuchNeedError(f"There is no apprentice {apprentice} in the tables. Choose one who is there.")
        seated = [row.module for row in self.plan.seats if row.apprentice == apprentice]
        return (*seated, *(row.module for row in self.plan.unseated if row.apprentice == apprentice))

    def why(self, apprentice: str, module: str, *, seconds: float = 20.0, most_ways: int = 3) -> Why:
        """Tell why somebody sits where they sit, or has no seat.

        Parameters
        ----------
        apprentice, module
            Whose need of what.
        seconds
            Time for the next best cohort and the changes; what is found by then is told, the reasons in any case.
        most_ways
            Changes that are told, each of another thing; none are looked for with 0.

        Raises
        ------
        NoSuchNeedError
            If the person does not need the module under the options of the plan.
        """
        began = time.monotonic()
        self._bench.until = began + seconds
        if module not in self.needs(apprentice):
            raise NoSuchNeedError(f"{apprentice} needs no seat in {module}. Choose a module that the person needs.")
        need = self._bench.need_of.get((apprentice, module))
        cohort = next((s.cohort for s in self.plan.seats if (s.apprentice, s.module) == (apprentice, module)), None)
        if need is None:
            return Why(apprentice, module, cohort, True, "", 0, (), None, True, 0, True, None, _since(began))
        obstacle = self._explainer.obstacle(need)
        refusals = () if obstacle else self._explainer.refusals(need, self._view)
        found, people, is_whole = self._elsewhere(need)
        ways = None
        if cohort is None and most_ways:
            ways = self._ways(need, most_ways, began + seconds)
        return Why(
            apprentice,
            module,
            cohort,
            False,
            obstacle,
            sum(row.count for row in refusals),
            refusals,
            None if found.seating is None else self._next_best(apprentice, module, found),
            found.is_proven,
            people,
            is_whole,
            ways,
            _since(began),
        )

    def _ways(self, need: int, most: int, until: float) -> Ways:
        return LeastChange(self._bench, self._explainer, need, self._report).ways(most, until)

    def _elsewhere(self, need: int) -> tuple[Found, int, bool]:
        """Return the best seating in which a need has another seat, how many people may move, and if that is everybody.

        A seat moves alone if that is possible; else those near by may move too.
        """
        problem = self._bench.problem
        if need in problem.unmeetable:
            return Found(None, 0, True), len(problem.scenario.apprentices), True  # in no plan at all
        around = self._bench.around(need)
        if need in self._bench.base.candidate_of():
            found = self._bench.alone(need)
            if found.seating is not None:
                return found, len(party_of(problem, problem.demand.needs[need].person_idx)), False
        return self._bench.forced(need, around), len(around.people), around.is_whole

    def _next_best(self, apprentice: str, module: str, found: Found) -> NextBest:
        assert found.seating is not None  # the caller has looked
        plan = self._bench.plan_of(found.seating)
        report = self._bench.checked(plan)
        seat = next(s for s in plan.seats if (s.apprentice, s.module) == (apprentice, module))
        cohort = next(row for row in plan.cohorts if row.cohort == seat.cohort)
        first_day = self.scenario.settings.first_day
        before, after = (_places(one, self.scenario) for one in (self.plan, plan))
        others = [
            who for who in {**before, **after} if before.get(who) != after.get(who) and who != (apprentice, module)
        ]
        return NextBest(
            cohort,
            cohort.identity(first_day) in before.values(),
            plan,
            tuple(measure_differences(self.scenario.settings.prices, self._report, report)),
            tuple(others),
            tuple(who for who in others if who not in after),
            found.is_proven,
        )


def _places(plan: Plan, scenario: Scenario) -> dict[SeatName, object]:
    first_day = plan.first_day or scenario.settings.first_day
    keys = {row.cohort: row.identity(first_day) for row in plan.cohorts}
    return {(seat.apprentice, seat.module): keys[seat.cohort] for seat in plan.seats}


def _since(began: float) -> float:
    return time.monotonic() - began
