"""Rules of what cohorts share: ``room`` and ``instructor``."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from lineside.models.calendar import Interval, date_of, wall_minute, week_of, weekly_spans
from lineside.models.cells import DAY_MINUTES, WeeklyHours, format_clock
from lineside.models.checker.facts import Facts, OpenCohort
from lineside.models.checker.report import Violation
from lineside.models.checker.wording import also, monday_of_week
from lineside.models.tables import Instructor, Room

Held = tuple[Interval, OpenCohort]
_A_MONDAY = dt.date(2001, 1, 1)


def check_room(facts: Facts) -> Iterator[Violation]:
    """Check rule ``room``: at the site, with the features, open for each whole meeting, one cohort at a time."""
    for cohort in facts.new_cohorts:
        if cohort.room is not None:
            yield from _room_of(cohort, cohort.room)
    for room, held in _by_resource(facts, lambda cohort: cohort.row.room if cohort.room else None):
        for (span, first), (_, second) in _overlaps(held):
            yield Violation(
                "room",
                {"room": room, "cohort": second.id, "other": first.id, "date": str(date_of(span[0]))},
                1,
                "room",
                f"Room {room} holds cohorts {first.id} and {second.id} at the same time on {date_of(span[0])}. "
                "Give one of them another room.",
            )


def _room_of(cohort: OpenCohort, room: Room) -> Iterator[Violation]:
    ids = {"room": room.room, "cohort": cohort.id}
    if room.site != cohort.site.site:
        message = f"Room {room.room} is at site {room.site}; cohort {cohort.id} meets at {cohort.site.site}."
        yield Violation("room", ids, 1, "room", f"{message} Choose a room of the cohort's site.")
    missing = [feature for feature in cohort.module.features if feature not in room.features]
    if missing:
        message = f"Room {room.room} lacks {' '.join(missing)}, which module {cohort.module.module} needs."
        yield Violation("room", ids, len(missing), "features", f"{message} Choose a room that has it.")
    closed = [span for span in cohort.spans if not is_available(room.hours, span)]
    if closed:
        yield Violation(
            "room",
            {**ids, "date": str(date_of(closed[0][0]))},
            len(closed),
            "meetings",
            f"Room {room.room} is not open for the whole meeting of cohort {cohort.id} on {_when(closed[0])}"
            f"{also(len(closed), 'meeting')}. Choose another room or pattern.",
        )


def check_instructor(facts: Facts) -> Iterator[Violation]:
    """Check rule ``instructor``: qualified, available, one cohort at a time with travel, within ``week_minutes``."""
    for cohort in facts.new_cohorts:
        if cohort.instructor is not None:
            yield from _instructor_of(cohort, cohort.instructor)
    for instructor, held in _by_resource(facts, lambda cohort: cohort.row.instructor if cohort.instructor else None):
        row = facts.scenario.instructor_by_id[instructor]
        yield from _double_bookings(facts, row, held)
        yield from _instructor_weeks(row, held)


def _instructor_of(cohort: OpenCohort, row: Instructor) -> Iterator[Violation]:
    ids = {"instructor": row.instructor, "cohort": cohort.id}
    if cohort.module.module not in row.modules:
        message = f"{row.name} ({row.instructor}) does not teach module {cohort.module.module} of cohort {cohort.id}."
        yield Violation("instructor", ids, 1, "module", f"{message} Choose an instructor who does.")
    absent = [span for span in cohort.spans if not is_available(row.hours, span)]
    if absent:
        yield Violation(
            "instructor",
            {**ids, "date": str(date_of(absent[0][0]))},
            len(absent),
            "meetings",
            f"{row.name} ({row.instructor}) is not available for the whole meeting of cohort {cohort.id} on "
            f"{_when(absent[0])}{also(len(absent), 'meeting')}. Choose another instructor or pattern.",
        )


def _double_bookings(facts: Facts, row: Instructor, held: list[Held]) -> Iterator[Violation]:
    clashes = {(a.id, b.id): (span, other, 0) for (span, a), (other, b) in _overlaps(held)}
    for (span, first), (other, second) in itertools.pairwise(held):
        travel = facts.days.geography.between_sites(first.site.site, second.site.site)
        if other[0] - span[1] < travel and not (first.is_frozen and second.is_frozen):
            clashes.setdefault((first.id, second.id), (span, other, travel))
    for (first_id, second_id), (span, other, travel) in clashes.items():
        gap = other[0] - span[1]
        yield Violation(
            "instructor",
            {"instructor": row.instructor, "cohort": second_id, "other": first_id, "date": str(date_of(other[0]))},
            travel - gap,
            "minutes",
            f"{row.name} ({row.instructor}) teaches cohort {first_id} on {_when(span)} and cohort {second_id} on "
            f"{_when(other)}, with {travel} minutes of travel between them. Give one of them another instructor.",
        )


def _instructor_weeks(row: Instructor, held: list[Held]) -> Iterator[Violation]:
    minutes: dict[int, int] = defaultdict(int)
    new_weeks = set()
    for span, cohort in held:
        week = week_of(date_of(span[0]))
        minutes[week] += span[1] - span[0]
        if not cohort.is_frozen:
            new_weeks.add(week)
    over = sorted(week for week in new_weeks if minutes[week] > row.week_minutes)
    if over:
        worst = max(over, key=lambda week: minutes[week])
        yield Violation(
            "instructor",
            {"instructor": row.instructor, "week": str(monday_of_week(worst))},
            minutes[worst] - row.week_minutes,
            "minutes",
            f"{row.name} ({row.instructor}) teaches {minutes[worst]} minutes in the week of {monday_of_week(worst)}"
            f"{also(len(over), 'week')}; the limit is {row.week_minutes}. Give a cohort another instructor.",
        )


def is_available(hours: tuple[WeeklyHours, ...], span: Interval) -> bool:
    """Return whether recurring hours hold a whole meeting of at most a day."""
    date = date_of(span[0])
    base = wall_minute(date)
    start, end = span[0] - base, span[1] - base
    return any(s <= start and end <= e for s, e in _hours_around(hours, date.weekday()))


@lru_cache(maxsize=4096)
def _hours_around(hours: tuple[WeeklyHours, ...], weekday: int) -> tuple[Interval, ...]:
    """Return the hours of a weekday and its neighbours in minutes from its midnight; hours that touch are one."""
    date = _A_MONDAY + dt.timedelta(days=weekday)
    base = wall_minute(date)
    return tuple((s - base, e - base) for s, e in weekly_spans(hours, date, date + dt.timedelta(days=1)))


def _by_resource(facts: Facts, name: Callable[[OpenCohort], str | None]) -> Iterable[tuple[str, list[Held]]]:
    held: dict[str, list[Held]] = defaultdict(list)
    for cohort in facts.cohorts:
        resource = name(cohort)
        if resource is not None:
            held[resource].extend((span, cohort) for span in cohort.spans)
    for rows in held.values():
        rows.sort(key=lambda row: row[0])
    return held.items()


def _overlaps(held: list[Held]) -> Iterator[tuple[Held, Held]]:
    """Yield meetings of two cohorts, not both frozen, that overlap: once a pair, the first one found."""
    seen = set()
    for place, (span, cohort) in enumerate(held):
        for later in range(place + 1, len(held)):
            other_span, other = held[later]
            if other_span[0] >= span[1]:
                break
            if other is cohort or (other.is_frozen and cohort.is_frozen):
                continue
            pair = frozenset((cohort, other))
            if pair not in seen:
                seen.add(pair)
                yield (span, cohort), (other_span, other)
            break  # one conflict a meeting is enough, and keeps a crowded room from costing a square


def _when(span: Interval) -> str:
    clocks = f"{format_clock(span[0])}-{format_clock(span[1])}"
    return f"{date_of(span[0])} {clocks}" if span[1] - span[0] < DAY_MINUTES else f"{date_of(span[0])} for a day"
