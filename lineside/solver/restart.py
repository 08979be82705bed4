"""Beginning from a plan: what of a plan file can be used becomes a first seating.

A plan that keeps every rule is taken over as it is. Of any other, seats that break a rule are left
out, then cohorts that fall below their minimum, and what is left is filled up as a first plan is.
"""

from __future__ import annotations

import threading

import numpy as np

from lineside.models.checker import check
from lineside.models.measures import cohort_key, cohort_spans
from lineside.models.plan import Cohort, Plan
from lineside.solver.construct import Constructor
from lineside.solver.problem import Problem
from lineside.solver.resources import Servers
from lineside.solver.seating import OpenCohort, Seating

NOBODY = -1
"""Stands for a room or instructor that cannot serve the cohort (any more)."""


class StartPlan:
    """A plan in the solver's terms.

    Parameters
    ----------
    problem
        The prepared problem.
    plan
        Any plan that could be read, however wrong, of this scenario or of another.

    Attributes
    ----------
    cohorts
        What has a candidate, in the order of the first meeting.
    chosen
        Chosen option by choice, as far as the plan says.
    is_whole
        Whether everything in the plan has its counterpart here.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.is_whole = True
        self._plan = plan
        self._first_day = plan.first_day or problem.settings.first_day
        scenario, found = problem.scenario, problem.candidates
        people, modules = scenario.apprentices, scenario.modules
        self._needs = {
            (people[need.person_idx].apprentice, modules[need.module_idx].module): k
            for k, need in enumerate(problem.demand.needs)
        }
        self._modules = {row.module: k for k, row in enumerate(modules)}
        self._rooms = {row.room: k for k, row in enumerate(scenario.rooms)}
        self._instructors = {row.instructor: k for k, row in enumerate(scenario.instructors)}
        self._lanes = {
            (scenario.sites[lane.site_idx].site, lane.slot.days, lane.slot.start, lane.slot.minutes): k
            for k, lane in enumerate(found.lanes)
            if lane.length == lane.slot.minutes
        }
        self.chosen = self._options(plan)
        self.cohorts = self._cohorts(plan)

    def whole(self) -> Seating | None:
        """Return the plan as it stands if it keeps every rule, else None."""
        # The checker speaks of the plan, not of the cohorts here: nothing may have been lost on the way.
        seating = self.as_it_stands()
        return None if seating is None or check(self.problem.scenario, self._plan).violations else seating

    def as_it_stands(self) -> Seating | None:
        """Return the plan as it stands if everything in it has its counterpart here, whether allowed or not."""
        if not self.is_whole:
            return None
        return Seating(tuple(self.cohorts), tuple(self.chosen[k] for k in range(len(self.problem.demand.choices))))

    def mended(self, stop: threading.Event) -> Seating:
        """Return what is left of the plan without what breaks a rule, filled up; perhaps without a pinned seat.

        Parameters
        ----------
        stop
            Set to end with what there is.
        """
        mender = _Mender(self.problem)
        mender.take_over(self)
        return mender.run(stop)

    def _kept(self, value: int | None) -> int:
        """Return an index, or note that something has none."""
        self.is_whole = self.is_whole and value is not None and value != NOBODY
        return NOBODY if value is None else value

    def _options(self, plan: Plan) -> dict[int, int]:
        demand, people = self.problem.demand, self.problem.scenario.apprentices
        choice_of = {option: k for k, choice in enumerate(demand.choices) for option in choice}
        index = {
            (people[row.person_idx].apprentice, row.requirement, row.option): k for k, row in enumerate(demand.options)
        }
        picked = [self._kept(index.get((row.apprentice, row.requirement, row.option))) for row in plan.options]
        chosen = {choice_of[option]: option for option in picked if option != NOBODY}
        self.is_whole = self.is_whole and len(chosen) == len(demand.choices) == len(picked)
        return chosen

    def _cohorts(self, plan: Plan) -> list[OpenCohort]:
        frozen = {row.cohort.cohort for row in self.problem.facts.frozen}
        members: dict[str, list[int]] = {}
        taken: set[int] = set()
        for seat in plan.seats:
            if seat.cohort not in frozen:
                need = self._kept(self._needs.get((seat.apprentice, seat.module)))
                members.setdefault(seat.cohort, []).append(self._kept(None if need in taken else need))
                taken.add(need)
        rows = [
            self._cohort(cohort, members.pop(cohort.cohort, []))
            for cohort in plan.cohorts
            if cohort.cohort not in frozen
        ]
        self.is_whole = self.is_whole and not members
        starts = self.problem.candidates.slots.start
        open_rows = [row for row in rows if row is not None]
        return sorted(open_rows, key=lambda row: int(starts[self.problem.candidates.slots_of(row.candidate)[0]]))

    def _cohort(self, cohort: Cohort, needs: list[int]) -> OpenCohort | None:
        candidate = self._kept(self._candidate(cohort))
        if candidate == NOBODY:
            return None
        room, instructor = self._rooms.get(cohort.room, NOBODY), self._instructors.get(cohort.instructor, NOBODY)
        module = self.problem.candidates.module[candidate]
        mine = [k for k in needs if k != NOBODY and self.problem.demand.needs[k].module_idx == module]
        self.is_whole = self.is_whole and len(mine) == len(needs)
        return OpenCohort(
            candidate,
            self._kept(room if room in self.problem.rooms.of(candidate) else None),
            self._kept(instructor if instructor in self.problem.instructors.of(candidate) else None),
            frozenset(mine),
        )

    def _candidate(self, cohort: Cohort) -> int | None:
        """Return the candidate of a cohort's identity, or of its meetings if that week's twin stands for it."""
        key = cohort_key(cohort, self._first_day)
        if key is None or key[0] not in self._modules or key[1:5] not in self._lanes:
            return None
        found = self.problem.candidates
        rows = np.flatnonzero((found.module == self._modules[key[0]]) & (found.lane == self._lanes[key[1:5]]))
        same = rows[found.monday[rows] == key[5].toordinal()].tolist()
        spans = cohort_spans(cohort)
        for candidate in [*same, *rows.tolist()]:
            slots = found.slots_of(candidate)
            if spans == tuple(zip(found.slots.start[slots].tolist(), found.slots.end[slots].tolist(), strict=True)):
                return int(candidate)
        self.is_whole = self.is_whole and not same
        return int(same[0]) if same else None


class _Mender(Constructor):
    """A constructor that begins with what stands of a plan."""

    def take_over(self, start: StartPlan) -> None:
        """Open the plan's cohorts with those of its people who can sit in them, in the order of time."""
        self._chosen.update(start.chosen)
        for row in start.cohorts:
            self._reopen(row)

    def _reopen(self, row: OpenCohort) -> None:
        problem, candidate = self.problem, row.candidate
        room, teacher = self._same_servers(row)
        if room < 0 or teacher < 0:
            return
        module = problem.scenario.modules[problem.candidates.module[candidate]]
        cap = min(module.seats_max, problem.scenario.rooms[int(problem.rooms.idx[room])].seats)
        sitting: list[int] = []
        for need in sorted(row.needs):
            group = self._group(need, candidate) or []
            fresh = [k for k in group if k not in sitting]
            if len(sitting) + len(fresh) <= cap and all(self._can_sit(k, candidate) for k in fresh):
                sitting.extend(fresh)
        if len(sitting) >= module.seats_min:
            self._seat(candidate, room, teacher, [self._row(k, candidate) for k in sitting])

    def _same_servers(self, row: OpenCohort) -> tuple[int, int]:
        """Return the entries of the plan's room and instructor if they are free, else of others that are."""
        problem, candidate = self.problem, row.candidate
        room, teacher = self._servers(candidate)
        if row.room != NOBODY and self._diary.room_free(row.room, candidate):
            room = _entry(problem.rooms, candidate, row.room)
        if row.instructor != NOBODY and self._diary.teacher_free(row.instructor, candidate):
            teacher = _entry(problem.instructors, candidate, row.instructor)
        return room, teacher


def _entry(servers: Servers, candidate: int, row: int) -> int:
    return int(servers.ptr[candidate]) + int(np.flatnonzero(servers.of(candidate) == row)[0])
