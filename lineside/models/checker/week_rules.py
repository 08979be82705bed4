"""Weekly rules of a person: ``modules-at-once``, ``class-week``, ``work-week`` and ``day-off``.

A cap is broken only in a week in which something that is not frozen meets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from lineside.models.calendar import week_of
from lineside.models.checker.facts import Facts, OpenCohort, OpenSeat
from lineside.models.checker.report import Violation, person
from lineside.models.checker.wording import also, monday_of_week
from lineside.models.tables import Apprentice


@dataclass
class PersonWeek:
    """The meetings of one person that start in one week."""

    cohorts: set[str] = field(default_factory=set)
    class_minutes: int = 0
    outside_minutes: int = 0
    new_outside_minutes: int = 0
    days: set[int] = field(default_factory=set)
    frozen_days: set[int] = field(default_factory=set)
    has_new: bool = False


def check_modules_at_once(facts: Facts) -> Iterator[Violation]:
    """Check rule ``modules-at-once``: at most so many cohorts of one apprentice meet in a week."""
    limit = facts.rules.modules_at_once
    for apprentice, weeks in _weeks_of_people(facts):
        counts = {week: len(row.cohorts) for week, row in weeks.items() if row.has_new}
        yield from _worst("modules-at-once", apprentice, counts, limit, "cohorts", "meets in {value} cohorts")


def check_class_week(facts: Facts) -> Iterator[Violation]:
    """Check rule ``class-week``: meeting minutes in a week are at most ``class_minutes_per_week``."""
    limit = facts.rules.class_minutes_per_week
    for apprentice, weeks in _weeks_of_people(facts):
        counts = {week: row.class_minutes for week, row in weeks.items() if row.has_new}
        yield from _worst("class-week", apprentice, counts, limit, "minutes", "has {value} minutes of class")


def check_work_week(facts: Facts) -> Iterator[Violation]:
    """Check rule ``work-week``: worked minutes and meetings outside shifts, where meetings add something."""
    limit = facts.rules.week_minutes
    for apprentice, weeks in _weeks_of_people(facts):
        counts = {
            week: facts.week_of_work(apprentice, week)[0] + row.outside_minutes
            for week, row in weeks.items()
            if row.new_outside_minutes > 0
        }
        what = "has {value} minutes of work, and of class outside it,"
        yield from _worst("work-week", apprentice, counts, limit, "minutes", what)


def check_day_off(facts: Facts) -> Iterator[Violation]:
    """Check rule ``day-off``: one of the dates without a shift stays without the start of a meeting."""
    if not facts.rules.keep_day_off:
        return
    for apprentice, weeks in _weeks_of_people(facts):
        taken = []
        for week, row in sorted(weeks.items()):
            free = facts.week_of_work(apprentice, week)[1]
            if free and free <= row.days and not free <= row.frozen_days:
                taken.append(week)
        if taken:
            monday = monday_of_week(taken[0])
            yield Violation(
                "day-off",
                {"apprentice": apprentice.apprentice, "week": str(monday)},
                len(taken),
                "weeks",
                f"{person(apprentice)} has a meeting on every date without a shift in the week of {monday}"
                f"{also(len(taken), 'week')}; one must stay free. Take a seat out of that week.",
            )


def _weeks_of_people(facts: Facts) -> Iterator[tuple[Apprentice, dict[int, PersonWeek]]]:
    known: dict[tuple[str, str, frozenset[tuple[OpenCohort, bool]]], dict[int, PersonWeek]]
    known = facts.remembered.setdefault("weeks of people", {})
    for seats in facts.seats_of.values():
        if all(seat.is_frozen for seat in seats):
            continue
        apprentice = seats[0].apprentice
        key = (apprentice.line, apprentice.rota, frozenset((seat.cohort, seat.is_frozen) for seat in seats))
        if key not in known:
            known[key] = _weeks(facts, seats)
        yield apprentice, known[key]


def _weeks(facts: Facts, seats: list[OpenSeat]) -> dict[int, PersonWeek]:
    weeks: dict[int, PersonWeek] = defaultdict(PersonWeek)
    for seat in seats:
        for view in facts.views(seat):
            date = view.date
            row = weeks[week_of(date)]
            row.cohorts.add(seat.cohort.id)
            row.class_minutes += view.span[1] - view.span[0]
            row.outside_minutes += view.outside_minutes
            row.days.add(date.toordinal())
            if seat.is_frozen:
                row.frozen_days.add(date.toordinal())
            else:
                row.has_new = True
                row.new_outside_minutes += view.outside_minutes
    return weeks


def _worst(
    rule: str, apprentice: Apprentice, counts: dict[int, int], limit: int, unit: str, what: str
) -> Iterator[Violation]:
    over = sorted(week for week, value in counts.items() if value > limit)
    if not over:
        return
    week = max(over, key=lambda number: counts[number])
    monday = monday_of_week(week)
    yield Violation(
        rule,
        {"apprentice": apprentice.apprentice, "week": str(monday)},
        counts[week] - limit,
        unit,
        f"{person(apprentice)} {what.format(value=counts[week])} in the week of {monday}{also(len(over), 'week')}; "
        f"the limit is {limit}. Take a seat out of that week.",
    )
