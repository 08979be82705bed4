"""Rules of one cohort alone: ``hours``, ``session-length`` and ``cohort-size``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lineside.models.calendar import Interval, date_of, week_of
from lineside.models.cells import format_clock
from lineside.models.checker.facts import Facts, OpenCohort
from lineside.models.checker.report import Violation, counted
from lineside.models.checker.wording import monday_of_week


def check_hours(facts: Facts) -> Iterator[Violation]:
    """Check rule ``hours``: the meetings are the module's hours on one pattern of the site, inside the horizon."""
    for cohort in facts.new_cohorts:
        fault = _pattern_fault(facts, cohort) or _meetings_fault(facts, cohort)
        if fault is not None:
            amount, unit, message = fault
            yield Violation("hours", {"cohort": cohort.id, "module": cohort.module.module}, amount, unit, message)


def _pattern_fault(facts: Facts, cohort: OpenCohort) -> tuple[int, str, str] | None:
    if cohort.key is None or facts.scenario.patterns is None:
        return None
    _, site, days, start, minutes, _ = cohort.key
    for row in facts.scenario.patterns:
        if (row.days, row.start, row.minutes) == (days, start, minutes) and ("all" in row.sites or site in row.sites):
            return None
    return (
        1,
        "pattern",
        f"Cohort {cohort.id} meets {cohort.row.days} at {cohort.row.start} for {minutes} minutes, "
        f"which is no pattern of site {site}. Choose a pattern that the site may use.",
    )


def _meetings_fault(facts: Facts, cohort: OpenCohort) -> tuple[int, str, str] | None:
    if cohort.key is None:
        return None
    _, site, days, start, minutes, monday = cohort.key
    settings, total = facts.settings, cohort.module.minutes
    if not settings.first_day <= monday <= settings.last_day:
        return (
            1,
            "cohort",
            f"Cohort {cohort.id} begins in the week of {monday}, outside the horizon from {settings.first_day} to "
            f"{settings.last_day}. Choose a first week from 0 to {settings.weeks - 1}.",
        )
    expected = facts.days.calendar.meeting_spans(site, days, start, minutes, monday, total)
    given = sum(end - start for start, end in cohort.spans)
    if expected is None:
        return (
            max(1, total - given),
            "minutes",
            f"Cohort {cohort.id} cannot give the {total} minutes of module {cohort.module.module} before the horizon "
            f"ends on {settings.last_day}. Begin earlier or choose a pattern with more minutes a week.",
        )
    return None if expected == cohort.spans else _difference(cohort, expected, given)


def _difference(cohort: OpenCohort, expected: tuple[Interval, ...], given: int) -> tuple[int, str, str]:
    total = cohort.module.minutes
    if given != total:
        return (
            abs(total - given),
            "minutes",
            f"Cohort {cohort.id} gives {given} meeting minutes; module {cohort.module.module} has {total}. "
            "List every meeting of the pattern until the hours are given, the last one cut to what remains.",
        )
    wrong = set(cohort.spans) ^ set(expected)
    first = min(wrong, default=expected[0])
    where = "lacks" if first in expected else "has"
    clocks = f"{format_clock(first[0])}-{format_clock(first[1])}"
    return (
        max(1, len(wrong)),
        "meetings",
        f"Cohort {cohort.id} {where} a meeting on {date_of(first[0])} {clocks} against its pattern, "
        f"the holidays and the closures of site {cohort.site.site}. "
        "List the pattern's days from the first week on, less holidays and closed dates.",
    )


def check_session_length(facts: Facts) -> Iterator[Violation]:
    """Check rule ``session-length``: the pattern's minutes, and the meeting minutes of each day and week."""
    for cohort in facts.new_cohorts:
        module, minutes = cohort.module, cohort.row.minutes
        ids = {"cohort": cohort.id, "module": module.module}
        excess = max(module.session_min - minutes, minutes - module.session_max)
        if excess > 0:
            yield Violation(
                "session-length",
                ids,
                excess,
                "minutes",
                f"Sessions of cohort {cohort.id} last {minutes} minutes; module {module.module} allows "
                f"{module.session_min} to {module.session_max}. Choose another pattern.",
            )
        days = Counter[int]()
        weeks = Counter[int]()
        for start, end in cohort.spans:
            days[date_of(start).toordinal()] += end - start
            weeks[week_of(date_of(start))] += end - start
        yield from _over(cohort, "day", max(days.items(), key=_amount, default=(0, 0)), module.day_max)
        yield from _over(cohort, "week", max(weeks.items(), key=_amount, default=(0, 0)), module.week_max)


def _amount(item: tuple[int, int]) -> int:
    return item[1]


def _over(cohort: OpenCohort, period: str, worst: tuple[int, int], limit: int | None) -> Iterator[Violation]:
    number, minutes = worst
    if limit is None or minutes <= limit:
        return
    date = date_of(number * 1440) if period == "day" else monday_of_week(number)
    when = f"on {date}" if period == "day" else f"in the week of {date}"
    yield Violation(
        "session-length",
        {"cohort": cohort.id, "module": cohort.module.module, "date" if period == "day" else "week": str(date)},
        minutes - limit,
        "minutes",
        f"Cohort {cohort.id} meets {minutes} minutes {when}; module {cohort.module.module} allows {limit} a {period}. "
        "Choose a pattern with less.",
    )


def check_cohort_size(facts: Facts) -> Iterator[Violation]:
    """Check rule ``cohort-size``: at least ``seats_min``, at most ``seats_max`` and the room's seats."""
    for cohort in facts.new_cohorts:
        people = len(facts.people_of.get(cohort, ()))
        module, room = cohort.module, cohort.room
        ids = {"cohort": cohort.id, "module": module.module, "room": cohort.row.room}
        if people < module.seats_min:
            yield Violation(
                "cohort-size",
                ids,
                module.seats_min - people,
                "seats",
                f"Cohort {cohort.id} has {counted(people, 'seat')}; module {module.module} needs {module.seats_min}. "
                "Add people or close the cohort.",
            )
        if people > module.seats_max:
            yield Violation(
                "cohort-size",
                ids,
                people - module.seats_max,
                "seats",
                f"Cohort {cohort.id} has {counted(people, 'seat')}; module {module.module} allows {module.seats_max}. "
                "Split the cohort.",
            )
        elif room is not None and people > room.seats:
            yield Violation(
                "cohort-size",
                ids,
                people - room.seats,
                "seats",
                f"Room {room.room} seats {room.seats}; cohort {cohort.id} has {people}. "
                "Choose a larger room or split the cohort.",
            )
