"""Builders of what binds several cohorts of one person: conflicts, weekly caps and the day off."""

from __future__ import annotations

import numpy as np

from lineside.solver.model.scope import Draft, Literal
from lineside.solver.personas import Persona

WeekMinutes = dict[int, dict[int, int]]


def add_conflicts(draft: Draft) -> None:
    """Rules ``clash`` and ``duty``: two candidates that cannot go together are not both taken.

    For each candidate of one need and the conflicting ones of another: ``x1 + sum x2 <= 1``; the sum
    is one seat at most anyway (rule ``need``), so a row a candidate is enough.
    """
    needs = draft.scope.problem.demand.needs
    for person in sorted(draft.scope.people):
        persona = draft.scope.problem.persona(person)
        mine = [k for k in draft.seats_of_need if needs[k].person_idx == person]
        for one in mine:
            for other in mine:
                if one < other:
                    _separate(draft, persona, one, other)


def _separate(draft: Draft, persona: Persona, one: int, other: int) -> None:
    mine, theirs = draft.seats_of_need[one], draft.seats_of_need[other]
    ones, others = (np.array([c for c, _ in seats], dtype=np.int64) for seats in (mine, theirs))
    near = draft.scope.conflicts.between(persona, ones, others)
    for (_, row), against in zip(mine, near, strict=True):
        if against.any():
            literals = [draft.seat[theirs[k][1]] for k in np.flatnonzero(against).tolist()]
            draft.model.add_at_most_one([draft.seat[row], *literals])


def add_weeks(draft: Draft) -> None:
    """Rules ``modules-at-once``, ``class-week`` and ``work-week``: sums over a person's seats, week by week.

    Frozen seats use up their share; what they exceed on their own is not held against new seats,
    but leaves them nothing.
    """
    rules = draft.scope.problem.settings.rules
    for person, seats in draft.seats_of_person.items():
        persona = draft.scope.problem.persona(person)
        minutes, outside = _week_minutes(draft, persona, seats)
        frozen_minutes, frozen_outside, frozen_cohorts = _frozen_weeks(draft, person, persona)
        timeline = persona.timeline
        for week in minutes:
            worked = int(timeline.worked_by_week[week - timeline.first_week])
            _cap(draft, dict.fromkeys(minutes[week], 1), rules.modules_at_once - frozen_cohorts.get(week, 0))
            _cap(draft, minutes[week], rules.class_minutes_per_week - frozen_minutes.get(week, 0))
            _cap(draft, outside[week], rules.week_minutes - worked - frozen_outside.get(week, 0))


def _cap(draft: Draft, load: dict[int, int], limit: int) -> None:
    """Add ``sum load * x <= limit`` for pair rows, unless it always holds."""
    load = {row: amount for row, amount in load.items() if amount > 0}
    heaviest: dict[int, int] = {}
    for row, amount in load.items():
        need = int(draft.scope.problem.pairs.need[row])
        heaviest[need] = max(heaviest.get(need, 0), amount)
    if sum(heaviest.values()) > max(0, limit):
        draft.model.add(sum(amount * draft.seat[row] for row, amount in load.items()) <= max(0, limit))


def _week_minutes(draft: Draft, persona: Persona, seats: list[tuple[int, int]]) -> tuple[WeekMinutes, WeekMinutes]:
    """Return meeting minutes and minutes outside shifts by week and pair row."""
    found = draft.scope.problem.candidates
    minutes: WeekMinutes = {}
    outside: WeekMinutes = {}
    for candidate, row in seats:
        idx = found.slots_of(candidate)
        start, end = found.slots.start[idx], found.slots.end[idx]
        out = end - start - persona.timeline.shifts.minutes_within(start, end)
        for week, length, free in zip(
            found.slots.week[idx].tolist(), (end - start).tolist(), out.tolist(), strict=True
        ):
            minutes.setdefault(week, {}).setdefault(row, 0)
            outside.setdefault(week, {}).setdefault(row, 0)
            minutes[week][row] += length
            outside[week][row] += free
    return minutes, outside


def _frozen_weeks(draft: Draft, person: int, persona: Persona) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """Return meeting minutes, minutes outside shifts and the number of frozen cohorts by week."""
    problem = draft.scope.problem
    minutes: dict[int, int] = {}
    outside: dict[int, int] = {}
    cohorts: dict[int, set[int]] = {}
    for frozen in problem.frozen_of.get(person, ()):
        for start, end in problem.facts.frozen[frozen].spans:
            week = (start // 1440 - 1) // 7
            inside = int(persona.timeline.shifts.minutes_within(np.array([start]), np.array([end]))[0])
            minutes[week] = minutes.get(week, 0) + end - start
            outside[week] = outside.get(week, 0) + end - start - inside
            cohorts.setdefault(week, set()).add(frozen)
    return minutes, outside, {week: len(found) for week, found in cohorts.items()}


def add_days_off(draft: Draft) -> None:
    """Rule ``day-off``: of the dates that the rota leaves free in a week, one stays without a meeting.

    ``d[t] >= x`` for each seat that meets on the free date ``t``; ``sum_t d[t] <= free - 1``. Dates
    taken by frozen meetings are taken; if they take all, the week is exempt.
    """
    if not draft.scope.problem.settings.rules.keep_day_off:
        return
    for person, seats in draft.seats_of_person.items():
        persona = draft.scope.problem.persona(person)
        frozen_dates = {start // 1440 for start, _, _ in persona.frozen}
        for week, dates in _free_dates(draft, persona, seats).items():
            monday = week * 7 + 1
            free = [day for day in range(monday, monday + 7) if not persona.timeline.works_on(np.array([day]))[0]]
            left = [day for day in free if day not in frozen_dates]
            if left and all(day in dates for day in left):
                _leave_one(draft, [dates[day] for day in left])


def _free_dates(draft: Draft, persona: Persona, seats: list[tuple[int, int]]) -> dict[int, dict[int, list[Literal]]]:
    """Return the seats that meet on each free date, by week."""
    found = draft.scope.problem.candidates
    dates: dict[int, dict[int, list[Literal]]] = {}
    for candidate, row in seats:
        days = found.slots.ordinal[found.slots_of(candidate)]
        for day in days[~persona.timeline.works_on(days)].tolist():
            dates.setdefault((day - 1) // 7, {}).setdefault(day, []).append(draft.seat[row])
    return dates


def _leave_one(draft: Draft, days: list[list[Literal]]) -> None:
    if len(days) == 1:
        draft.model.add(sum(days[0]) == 0)
        return
    taken = []
    for seats in days:
        busy = draft.model.new_bool_var("")
        for seat in seats:
            draft.model.add_implication(seat, busy)
        taken.append(busy)
    draft.model.add_bool_or([busy.negated() for busy in taken])
