"""Mending a plan in force near by: some people are decided on exactly, everybody else keeps the seats they have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from lineside.models.outages import Outage
from lineside.models.plan import CohortKey, Plan
from lineside.models.scenario import Scenario
from lineside.solver.conflicts import Conflicts
from lineside.solver.finish import unseated_needs, written
from lineside.solver.model.build import Limits, build, solve_draft
from lineside.solver.model.scope import Scope
from lineside.solver.model.servers import Occupancy
from lineside.solver.repair.budget import add_budget
from lineside.solver.repair.choices import Choices, Leeway
from lineside.solver.repair.held import RepairScope
from lineside.solver.repair.local_problem import LocalProblem, RegionMemory
from lineside.solver.restart import NOBODY, StartPlan
from lineside.solver.seating import Ledger, OpenCohort, Seating, server_cost

REPAIR_WORK = 0.3
"""Deterministic seconds of one repair: enough to prove nearly all of them."""
REPAIR_SECONDS = 2.0
"""Seconds of the clock after which a repair ends with what it has, on a machine that is very busy."""
NO_SEAT = "This answer to what happened leaves the seat empty."
"""Reason behind a seat that the plan in force gives and a repair does not."""


@dataclass(frozen=True)
class Repaired:
    """The outcome of a repair.

    Parameters
    ----------
    seating
        Open cohorts and chosen options of everybody.
    units
        What it costs in units of the objective: comparable between repairs that decide on the same people.
    is_proven
        Whether nothing costs less within the leeway and the pairs chosen from.
    """

    seating: Seating
    units: int
    is_proven: bool


class Repair:
    """A plan in force, prepared for deciding anew on some people.

    Parameters
    ----------
    scenario
        Tables with the plan in force as the published one.
    people
        Ids of the apprentices who are decided on; party members come along.
    outages
        Dates on which rooms and instructors cannot be had.
    memory
        What is remembered of the region.
    modules
        Modules in which people may get other seats than those in force; None for all.

    Raises
    ------
    ValueError
        If there is no plan in force, or somebody who is not decided on sits in a cohort that has lost its room
        or instructor.
    """

    def __init__(
        self,
        scenario: Scenario,
        people: Iterable[str],
        outages: tuple[Outage, ...] = (),
        memory: RegionMemory | None = None,
        modules: frozenset[str] | None = None,
    ) -> None:
        if scenario.published is None:
            raise ValueError("There is no plan in force. Publish one first.")
        self.scenario, self._plan = scenario, scenario.published
        decided = _with_parties(scenario, frozenset(people))
        self.problem = LocalProblem(scenario, decided, outages, memory, modules)
        start = StartPlan(self.problem, self._plan)
        self._former = tuple(start.cohorts)
        demand = self.problem.demand
        chosen = tuple(start.chosen.get(k, choice[0]) for k, choice in enumerate(demand.choices))
        self.base = Seating(tuple(row for row in start.cohorts if _is_served(row)), chosen)
        self._choices = Choices(self.problem, self._plan, self.base)
        if any(not _is_served(row) and not row.needs <= self._choices.mine for row in start.cohorts):
            raise ValueError("A cohort has lost its room or instructor. Decide on all of its people.")
        self._person = np.array([need.person_idx for need in demand.needs], dtype=np.int64)
        self._conflicts, self._ledger = Conflicts(self.problem), Ledger(self.problem)
        self._occupancy = Occupancy(self.problem)

    def elsewhere(self, cohort: str, most: int) -> tuple[CohortKey, ...]:
        """Return where a cohort could go as a whole: first where most of its people can, then where it costs least.

        Parameters
        ----------
        cohort
            A cohort of the plan in force that is not frozen, all of whose people are decided on.
        most
            How many places to return.
        """
        return self._choices.elsewhere(cohort, most)

    def joinable(self, names: frozenset[tuple[str, str]]) -> tuple[tuple[int, int], ...]:
        """Return the needs and candidates of the seats in open cohorts that somebody without one could take.

        Parameters
        ----------
        names
            Apprentices and modules to look at.
        """
        return self._choices.joinable(names)

    def changes(self, repaired: Repaired) -> int:
        """Return the changes of a repair, as the measure counts them, without those of people who have left."""
        return sum(self._choices.in_force.changes_by_person(self.problem, repaired.seating).values())

    def repaired(
        self, leeway: Leeway, people: frozenset[str] | None = None, only: tuple[int, int] | None = None
    ) -> Repaired | None:
        """Return the cheapest repair within a leeway, or None if there is none.

        Parameters
        ----------
        leeway
            What may change.
        people
            Whom to decide on, with their parties; None for everybody that was named at the beginning.
        only
            A need, and the candidate that is the only one in which it may be seated.
        """
        rows, pairs = self._choices.rows(leeway), self.problem.pairs
        decided = self.problem.people if people is None else _with_parties(self.scenario, people)
        rows = rows[np.isin(self._person[pairs.need[rows]], list(decided))]
        if only is not None:
            rows = rows[(pairs.need[rows] != only[0]) | (pairs.candidate[rows] == only[1])]
        scope = RepairScope(
            self.problem,
            decided,
            rows,
            self.base,
            self._conflicts,
            self._ledger,
            self._occupancy,
            held=self._held(leeway),
        )
        draft = build(scope)
        if leeway.budget is not None:
            add_budget(draft, self._choices.in_force, leeway.budget)
        answer = solve_draft(draft, Limits(REPAIR_SECONDS, 1, 0, REPAIR_WORK, brief=True), hint=self.base)
        if answer.seating is None:
            return None
        return Repaired(answer.seating, answer.objective - _kept_cost(scope), answer.status == "optimal")

    def _held(self, leeway: Leeway) -> tuple[OpenCohort, ...]:
        """Return the cohorts of the plan in force with the rooms and instructors that they must keep."""
        cohorts = self._choices.cohorts
        rooms, teachers = (
            {cohorts[name].candidate for name in names if name in cohorts}
            for names in (leeway.rehoused, leeway.retaught)
        )
        return tuple(
            replace(
                row,
                room=NOBODY if row.candidate in rooms else row.room,
                instructor=NOBODY if row.candidate in teachers else row.instructor,
            )
            for row in self._former
        )

    def plan_of(self, repaired: Repaired) -> Plan:
        """Return the plan of a repair, without figures: whoever checks it works them out anyway."""
        known = {(row.apprentice, row.module): row.reason for row in self._plan.unseated}
        needs, tables = self.problem.demand.needs, self.scenario
        reasons = {}
        for k in unseated_needs(self.problem, repaired.seating):
            person, module = tables.apprentices[needs[k].person_idx], tables.modules[needs[k].module_idx]
            reasons[k] = known.get((person.apprentice, module.module), NO_SEAT)
        return written(self.problem, repaired.seating, "feasible", reasons)


def _is_served(row: OpenCohort) -> bool:
    return NOBODY not in (row.room, row.instructor)


def _kept_cost(scope: Scope) -> int:
    """Return what others' cohorts cost that the model charges because they can be joined."""
    problem, mine = scope.problem, frozenset(scope.candidates)
    return sum(
        server_cost(problem.rooms, row.candidate, row.room)
        + server_cost(problem.instructors, row.candidate, row.instructor)
        for row in scope.kept
        if row.candidate in mine
    )


def _with_parties(scenario: Scenario, people: frozenset[str]) -> frozenset[int]:
    rows = scenario.apprentices
    parties = {row.party for row in rows if row.apprentice in people} - {None}
    return frozenset(k for k, row in enumerate(rows) if row.apprentice in people or row.party in parties)
