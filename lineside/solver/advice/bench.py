"""A plan on its tables, at hand for exact questions, such as what it would cost if somebody sat elsewhere."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lineside.models.checker import CheckReport, check
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.solver.advice.nearby import Nearby, nearby, party_of
from lineside.solver.conflicts import Conflicts
from lineside.solver.explain import Explainer
from lineside.solver.finish import finish, unseated_needs
from lineside.solver.model.build import Limits, solve_scope
from lineside.solver.model.scope import Scope
from lineside.solver.model.servers import Occupancy
from lineside.solver.problem import Problem
from lineside.solver.restart import StartPlan
from lineside.solver.seating import Ledger, OpenCohort, Seating, seat_rows

Ints = NDArray[np.int64]

STEP_WORK = 8.0
"""Deterministic seconds of one exact answer: small regions need a hundredth of it."""
STEP_SECONDS, LEAST_SECONDS = 60.0, 0.5
"""Seconds of the clock after which an answer is given up in any case, and those that it has at least."""


class UnusablePlanError(ValueError):
    """A plan that no question can be answered about; the text says why and what to do."""


@dataclass(frozen=True)
class Found:
    """What an exact step came to.

    Parameters
    ----------
    seating
        The best seating, or None if there is none.
    units
        Its objective in units.
    is_proven
        Whether nothing better, or nothing at all, was proven for the people decided anew.
    """

    seating: Seating | None
    units: int
    is_proven: bool


@dataclass
class Bench:
    """A seating of a problem with the memories that exact steps share.

    Parameters
    ----------
    problem, base
        The prepared problem, and the plan in its terms.
    plan
        The plan itself.
    stop
        Set to end a step early.
    until
        Moment of :func:`time.monotonic` at which a step ends with what it has.
    """

    problem: Problem
    base: Seating
    plan: Plan
    stop: threading.Event | None = None
    until: float = math.inf
    conflicts: Conflicts = field(init=False)
    ledger: Ledger = field(init=False)
    occupancy: Occupancy = field(init=False)

    def __post_init__(self) -> None:
        self.conflicts, self.ledger = Conflicts(self.problem), Ledger(self.problem)
        self.occupancy = Occupancy(self.problem)
        self.units = self.ledger.objective(self.base)
        self.need_of = {
            (self.scenario.apprentices[row.person_idx].apprentice, self.scenario.modules[row.module_idx].module): k
            for k, row in enumerate(self.problem.demand.needs)
        }

    @classmethod
    def of(cls, scenario: Scenario, plan: Plan, stop: threading.Event | None = None) -> Bench:
        """Put a plan on a scenario's tables.

        Raises
        ------
        UnusablePlanError
            If it is not one of their plans, or meets in patterns that are not searched.
        """
        report = check(scenario, plan)
        if report.violations:
            times = "once" if len(report.violations) == 1 else f"{len(report.violations):,} times"
            raise UnusablePlanError(
                f"The plan breaks the rules of these tables {times}, {report.violations[0].rule} first. Correct it by "
                "hand, or solve the tables, and ask again."
            )
        found = cls.loose(scenario, plan, stop)
        if found is None:
            raise UnusablePlanError(
                "The plan holds seats or patterns that these tables do not ask for. Solve the tables, and ask about "
                "the plan that this gives."
            )
        return found

    @classmethod
    def loose(cls, scenario: Scenario, plan: Plan, stop: threading.Event | None = None) -> Bench | None:
        """Put a plan on tables that forbid nothing more than its own; None if it has no counterpart there."""
        problem = Problem(scenario)
        seating = StartPlan(problem, plan).as_it_stands()
        return None if seating is None else cls(problem, seating, plan, stop)

    def open_row(self, cohort: str) -> OpenCohort | None:
        """Return a cohort of the plan in the problem's terms; None if it is frozen."""
        return self._open_rows.get(cohort)

    @cached_property
    def _open_rows(self) -> dict[str, OpenCohort]:
        place = {need: row for row in self.base.cohorts for need in row.needs}
        seats = ((seat.cohort, self.need_of.get((seat.apprentice, seat.module), -1)) for seat in self.plan.seats)
        return {cohort: place[need] for cohort, need in seats if need in place}

    @property
    def scenario(self) -> Scenario:
        """The tables."""
        return self.problem.scenario

    def around(self, need: int) -> Nearby:
        """Return what is decided anew around a need."""
        return nearby(self.problem, self.base, need)

    def alone(self, need: int) -> Found:
        """Seat a need in another cohort than now, with every other seat as it is; a party moves as one."""
        problem = self.problem
        people = frozenset(party_of(problem, problem.demand.needs[need].person_idx))
        module = problem.demand.needs[need].module_idx
        moving = [k for k in self._needs_of(people) if problem.demand.needs[k].module_idx == module]
        viable = problem.viable_pairs
        rows = np.union1d(viable[np.isin(problem.pairs.need[viable], moving)], seat_rows(problem, self.base, people))
        stay = {k for k in self.base.candidate_of() if problem.demand.needs[k].person_idx in people} - set(moving)
        return self._solve(Nearby(people, self._elsewhere(need, rows), False), frozenset({need, *stay}))

    def forced(self, need: int, around: Nearby) -> Found:
        """Seat a need in another cohort than now, at the least cost for all that is decided anew."""
        return self._solve(Nearby(around.people, self._elsewhere(need, around.pairs), False), frozenset({need}))

    def added(self, need: int, around: Nearby) -> Found:
        """Seat a need that has no seat, at the least cost for all that is decided anew; nobody loses a seat for it."""
        needs = self.problem.demand.needs
        seated = (k for k in self.base.candidate_of() if needs[k].person_idx in around.people)
        return self._solve(around, frozenset({need, *seated}))

    def best(self, around: Nearby) -> Found:
        """Decide anew without a wish: at least as good as the plan."""
        return self._solve(around, frozenset())

    def plan_of(self, seating: Seating) -> Plan:
        """Return a seating as a plan, with the reason of every empty seat; nothing is proven about it."""
        reasons = {
            self.need_of[row.apprentice, row.module]: row.reason
            for row in self.plan.unseated
            if (row.apprentice, row.module) in self.need_of
        }
        fresh = [k for k in unseated_needs(self.problem, seating) if k not in reasons]
        if fresh:
            explainer = Explainer(self.problem)
            view = explainer.view(seating)
            reasons |= {k: explainer.reason(k, view) for k in fresh}
        plan = finish(self.problem, seating, 0.0, "feasible", reasons)
        return plan.model_copy(update={"bound": None})

    def checked(self, plan: Plan) -> CheckReport:
        """Return what the checker says of a plan that was found here.

        Raises
        ------
        AssertionError
            If it breaks a rule: that is an error in Lineside.
        """
        report = check(self.scenario, plan)
        if not report.is_clean:
            raise AssertionError("The plan does not pass its own check. This is an error in Lineside; report it.")
        return report

    def _needs_of(self, people: frozenset[int]) -> list[int]:
        return [k for person in sorted(people) for k in self.problem.needs_of_person.get(person, ())]

    def _elsewhere(self, need: int, rows: Ints) -> Ints:
        """Return pair rows without the one in which a need is seated now."""
        candidate = self.base.candidate_of().get(need)
        return rows if candidate is None else rows[rows != self.problem.pairs.row(need, candidate)]

    def _solve(self, around: Nearby, must_seat: frozenset[int]) -> Found:
        few = None if len(self.problem.viable_pairs) <= len(around.pairs) * 2 else self.occupancy
        memory = self.conflicts, self.ledger, few
        scope = Scope(self.problem, around.people, around.pairs, self.base, *memory, must_seat, stays_close=True)
        seconds = max(LEAST_SECONDS, min(STEP_SECONDS, self.until - time.monotonic()))
        limits = Limits(seconds, 1, 0, STEP_WORK)
        answer = solve_scope(scope, limits, hint=self.base, stop=self.stop)
        if answer.seating is None:
            return Found(None, 0, answer.status == "infeasible")
        return Found(answer.seating, self.ledger.objective(answer.seating), answer.status == "optimal")
