"""Builders of what binds several cohorts of one person: conflicts, weekly caps and the day off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lineside.solver.model.scope import Draft, Literal
from lineside.solver.personas import Persona

Ints = NDArray[np.int64]


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
        load = _Load(draft, persona, seats)
        frozen_minutes, frozen_outside, frozen_cohorts = _frozen_weeks(draft, person, persona)
        worked = persona.timeline.worked_by_week[load.weeks - persona.timeline.first_week]
        load.cap((load.minutes > 0).astype(np.int64), rules.modules_at_once - load.of_weeks(frozen_cohorts))
        load.cap(load.minutes, rules.class_minutes_per_week - load.of_weeks(frozen_minutes))
        load.cap(load.outside, rules.week_minutes - worked - load.of_weeks(frozen_outside))


class _Load:
    """A person's seats week by week.

    Attributes
    ----------
    weeks
        Weeks from the first to the last in which a seat has meetings; shape (weeks,).
    minutes, outside
        Meeting minutes, and those outside shifts; shape (seats, weeks).
    """

    def __init__(self, draft: Draft, persona: Persona, seats: list[tuple[int, int]]) -> None:
        found = draft.scope.problem.candidates
        self._model = draft.model
        self._literals = [draft.seat[row] for _, row in seats]
        needs = draft.scope.problem.pairs.need[[row for _, row in seats]]
        self._by_need = np.argsort(needs, kind="stable")
        self._first_of_need = np.unique(needs[self._by_need], return_index=True)[1]
        idx = [found.slots_of(candidate) for candidate, _ in seats]
        rows = np.concatenate(idx)
        start, end, week = found.slots.start[rows], found.slots.end[rows], found.slots.week[rows]
        self.weeks = np.arange(week.min(), week.max() + 1)
        cell = np.repeat(np.arange(len(seats)), [len(mine) for mine in idx]) * len(self.weeks) + week - self.weeks[0]
        out = end - start - persona.timeline.shifts.minutes_within(start, end)
        self.minutes, self.outside = (self._by_week(cell, amount) for amount in (end - start, out))

    def _by_week(self, cell: Ints, amount: Ints) -> Ints:
        shape = len(self._literals), len(self.weeks)
        found = np.bincount(cell, weights=amount, minlength=shape[0] * shape[1])
        return found.reshape(shape).astype(np.int64)

    def of_weeks(self, amount: dict[int, int]) -> Ints:
        """Return an amount by week as an array over the weeks."""
        return np.array([amount.get(week, 0) for week in self.weeks.tolist()], dtype=np.int64)

    def cap(self, load: Ints, limit: Ints) -> None:
        """Add ``sum load * x <= limit`` for each week, unless it always holds: a need has one seat at most.

        Parameters
        ----------
        load
            Shape (seats, weeks).
        limit
            Shape (weeks,); below 0 as 0.
        """
        heaviest = np.maximum.reduceat(load[self._by_need], self._first_of_need, axis=0).sum(axis=0)
        limit = np.maximum(limit, 0)
        for week in np.flatnonzero(heaviest > limit).tolist():
            terms = [(int(load[k, week]), self._literals[k]) for k in np.flatnonzero(load[:, week] > 0).tolist()]
            self._model.add(sum(amount * literal for amount, literal in terms) <= int(limit[week]))


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
