"""Whether one person, room or instructor can have a set of candidates together.

The same rules that the model's builders state, asked of whole sets: the construction of a first
plan uses it, where a model would be too slow.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lineside.solver.personas import Persona
from lineside.solver.problem import Problem

Ints = NDArray[np.int64]


MOST_REMEMBERED = 500_000
"""Answers that are remembered: about 80 MB."""
MOST_USES = 100_000
"""Uses of people's time that are remembered: about 250 MB."""
DAYS_OF_WEEK = 7
"""Meetings that are further apart share no week."""


class PersonRules:
    """Asks whether a person can be in several candidates, frozen seats included.

    Parameters
    ----------
    problem
        The prepared problem.

    Notes
    -----
    Candidates are compared directly: a person has few, and a matrix of all that could ever meet takes memory for
    every crew of the region.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._rules = problem.settings.rules
        # A stretch of duty that two meetings make too long holds no two meetings further apart than its limit and a
        # rest: up to the last of them it would be too long already.
        joined = -(-(self._rules.duty_minutes + self._rules.rest_minutes) // 1440) + 1
        self._margin = max(joined, DAYS_OF_WEEK)
        self._known: dict[tuple[int, ...], bool] = {}
        self._clashes: dict[tuple[int, int], bool] = {}
        self._uses: dict[tuple[int, int], _Use] = {}
        self._frozen: dict[int, tuple[dict[int, _WeekUse], ...]] = {}
        self._crew_weeks: dict[tuple[int, int], tuple[int, int]] = {}
        self._begins, self._ends = problem.candidates.begins.tolist(), problem.candidates.ends.tolist()

    def allows(self, person: int, seated: Iterable[int], candidate: int) -> bool:
        """Return whether a person who is seated in some candidates can take another one.

        Parameters
        ----------
        person
            Row of the apprentice.
        seated
            Candidates that fit the person together.
        candidate
            One that the person could be in alone.
        """
        first, last = self._begins[candidate] - self._margin, self._ends[candidate] + self._margin
        near = sorted(other for other in seated if self._begins[other] <= last and self._ends[other] >= first)
        if not near and person not in self.problem.frozen_of:
            return True
        key = (id(self.problem.persona(person)), candidate, *near)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            known = self._known[key] = self.fits(person, [*near, candidate])
        return known

    def fits(self, person: int, candidates: list[int]) -> bool:
        """Return whether ``clash``, ``duty``, the weekly caps and ``day-off`` hold for all candidates together."""
        for k, one in enumerate(candidates):
            if any(self._clash(one, other) for other in candidates[k + 1 :]):
                return False
        persona = self.problem.persona(person)
        uses = [self._use(persona, candidate) for candidate in candidates]
        return self._weeks_fit(persona, [use.weeks for use in uses]) and self._duty_fits(uses)

    def _clash(self, one: int, other: int) -> bool:
        """Return whether meetings of two candidates are nearer than the travel between their sites."""
        key = (one, other) if one < other else (other, one)
        known = self._clashes.get(key)
        if known is None:
            if len(self._clashes) >= MOST_REMEMBERED:
                self._clashes.clear()
            known = self._clashes[key] = self._meetings_clash(one, other)
        return known

    def _meetings_clash(self, one: int, other: int) -> bool:
        found = self.problem.candidates
        slots, mine, theirs = found.slots, found.slots_of(one), found.slots_of(other)
        gap = int(self.problem.between[slots.site[mine[0]], slots.site[theirs[0]]])
        return _overlap(slots.start[mine], slots.end[mine], slots.start[theirs], slots.end[theirs], gap)

    def _weeks_fit(self, persona: Persona, uses: list[dict[int, _WeekUse]]) -> bool:
        rules = self._rules
        frozen = self._frozen_uses(persona)
        for week in set().union(*uses):
            mine = [use[week] for use in uses if week in use]
            here = [*mine, *(use[week] for use in frozen if week in use)]
            if len(here) > rules.modules_at_once:
                return False
            if sum(use.minutes for use in here) > rules.class_minutes_per_week:
                return False
            worked, free = self._crew_week(persona, week)
            outside = sum(use.outside for use in here)
            if outside > 0 and worked + outside > rules.week_minutes and any(use.outside for use in mine):
                return False
            if rules.keep_day_off and free and not free & ~_days(here) and free & _days(mine):
                return False
        return True

    def _duty_fits(self, uses: list[_Use]) -> bool:
        """Return whether no stretch of duty with a meeting in it is too long (rule ``duty``)."""
        rest, most = self._rules.rest_minutes, self._rules.duty_minutes
        stretches = sorted(stretch for use in uses for stretch in use.duty)
        begun, until = stretches[0]
        for low, high in stretches:
            if low - until >= rest:
                begun, until = low, high
            elif high > until:
                until = high
            if until - begun > most:
                return False
        return True

    def _use(self, persona: Persona, candidate: int) -> _Use:
        """Return what a candidate takes of the time of people of a persona."""
        key = id(persona), candidate
        known = self._uses.get(key)
        if known is None:
            if len(self._uses) >= MOST_USES:
                self._uses.clear()
            slots, idx = self.problem.candidates.slots, self.problem.candidates.slots_of(candidate)
            start, end = slots.start[idx], slots.end[idx]
            travel = persona.travel[slots.site[idx]]
            low, high = persona.stretches.with_window(start - travel, end + travel)
            duty = tuple(zip(low.tolist(), high.tolist(), strict=True))
            known = self._uses[key] = _Use(_week_uses(persona, start, end, slots.ordinal[idx]), duty)
        return known

    def _frozen_uses(self, persona: Persona) -> tuple[dict[int, _WeekUse], ...]:
        """Return the same for each frozen cohort of a persona."""
        if not persona.frozen:
            return ()
        key = id(persona)
        if key not in self._frozen:
            person = min(self.problem.members_of(persona))
            spans = [self.problem.facts.frozen[k].spans for k in self.problem.frozen_of.get(person, ())]
            arrays = [np.array(rows, dtype=np.int64) for rows in spans]
            self._frozen[key] = tuple(
                _week_uses(persona, rows[:, 0], rows[:, 1], rows[:, 0] // 1440) for rows in arrays
            )
        return self._frozen[key]

    def _crew_week(self, persona: Persona, week: int) -> tuple[int, int]:
        """Return the minutes that a crew works in a week, and its free days as bits from Monday on."""
        key = id(persona), week
        if key not in self._crew_weeks:
            timeline = persona.timeline
            works = timeline.works_on(np.arange(week * 7 + 1, week * 7 + 8)).tolist()
            free = sum(1 << day for day, is_worked in enumerate(works) if not is_worked)
            self._crew_weeks[key] = int(timeline.worked_by_week[week - timeline.first_week]), free
        return self._crew_weeks[key]


class _WeekUse(NamedTuple):
    """What one cohort takes of one week: class minutes, those outside shifts, and its days as bits from Monday on."""

    minutes: int
    outside: int
    days: int


class _Use(NamedTuple):
    """What one cohort takes of a person's time: week by week, and the stretch of duty of each meeting, shifts included.

    Shifts and frozen meetings that a meeting joins are in its stretch already, so that stretches of several cohorts
    need only be joined with one another.
    """

    weeks: dict[int, _WeekUse]
    duty: tuple[tuple[int, int], ...]


def _days(uses: list[_WeekUse]) -> int:
    days = 0
    for use in uses:
        days |= use.days
    return days


def _week_uses(persona: Persona, start: Ints, end: Ints, ordinal: Ints) -> dict[int, _WeekUse]:
    """Return what meetings take of each week; the week of a meeting is that of its date."""
    minutes = end - start
    outside = minutes - persona.timeline.shifts.minutes_within(start, end)
    weeks, position = np.unique((ordinal - 1) // DAYS_OF_WEEK, return_inverse=True)
    days = np.zeros(len(weeks), dtype=np.int64)
    np.bitwise_or.at(days, position, 1 << (ordinal - 1) % DAYS_OF_WEEK)
    sums = (np.bincount(position, values).astype(np.int64).tolist() for values in (minutes, outside))
    return dict(zip(weeks.tolist(), map(_WeekUse, *sums, days.tolist()), strict=True))


class ServerDiary:
    """What rooms and instructors are already taken for.

    Parameters
    ----------
    problem
        The prepared problem.

    Notes
    -----
    For instructors every two meetings are kept their sites' travel apart, which is stricter than
    the rule where a third meeting lies between: a first plan may be cautious, the model is exact.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._rooms: dict[int, list[tuple[Ints, Ints]]] = {}
        self._teachers: dict[int, list[tuple[Ints, Ints, int]]] = {}
        self._minutes: dict[tuple[int, int], int] = {}
        rooms = {row.room: k for k, row in enumerate(problem.scenario.rooms)}
        teachers = {row.instructor: k for k, row in enumerate(problem.scenario.instructors)}
        for frozen in problem.facts.frozen:
            spans = np.array(frozen.spans, dtype=np.int64)
            if frozen.cohort.room in rooms:
                self._rooms.setdefault(rooms[frozen.cohort.room], []).append((spans[:, 0], spans[:, 1]))
            if frozen.cohort.instructor in teachers:
                site = problem.site_idx.get(frozen.cohort.site, -1)
                self._enter_teacher(teachers[frozen.cohort.instructor], spans[:, 0], spans[:, 1], site)

    def _meetings(self, candidate: int) -> tuple[Ints, Ints, int]:
        found = self.problem.candidates
        idx = found.slots_of(candidate)
        return found.slots.start[idx], found.slots.end[idx], int(found.slots.site[idx[0]])

    def room_free(self, room: int, candidate: int) -> bool:
        """Return whether a room is free for each whole meeting."""
        start, end, _ = self._meetings(candidate)
        return not any(_overlap(start, end, s, e, 0) for s, e in self._rooms.get(room, ()))

    def teacher_free(self, teacher: int, candidate: int) -> bool:
        """Return whether an instructor can take on a candidate."""
        start, end, site = self._meetings(candidate)
        for other_start, other_end, other_site in self._teachers.get(teacher, ()):
            gap = int(self.problem.between[site, other_site]) if other_site >= 0 else 0
            if _overlap(start, end, other_start, other_end, gap):
                return False
        limit = self.problem.scenario.instructors[teacher].week_minutes
        weeks, position = np.unique((start // 1440 - 1) // 7, return_inverse=True)
        sums = np.bincount(position, end - start)
        return all(
            self._minutes.get((teacher, week), 0) + minutes <= limit
            for week, minutes in zip(weeks.tolist(), sums.tolist(), strict=True)
        )

    def enter(self, room: int, teacher: int, candidate: int) -> None:
        """Take a room and an instructor for a candidate."""
        start, end, site = self._meetings(candidate)
        self._rooms.setdefault(room, []).append((start, end))
        self._enter_teacher(teacher, start, end, site)

    def _enter_teacher(self, teacher: int, start: Ints, end: Ints, site: int) -> None:
        self._teachers.setdefault(teacher, []).append((start, end, site))
        for week, minutes in zip(((start // 1440 - 1) // 7).tolist(), (end - start).tolist(), strict=True):
            self._minutes[teacher, week] = self._minutes.get((teacher, week), 0) + minutes


def _overlap(start: Ints, end: Ints, other_start: Ints, other_end: Ints, gap: int) -> bool:
    near = np.searchsorted(other_end, start - gap, side="right")
    until = np.searchsorted(other_start, end + gap, side="left")
    return bool(np.any(near < until))
