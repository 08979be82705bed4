"""What changes for whom from one plan to another: meetings that are new, moved or cancelled."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from lineside.models.calendar import date_of, merge
from lineside.models.measures import cohort_spans
from lineside.models.person_days import PersonDays
from lineside.models.plan import Cohort, Plan
from lineside.models.scenario import Scenario

Who = Literal["apprentice", "instructor"]


@dataclass(frozen=True, order=True)
class Sitting:
    """One meeting as one person has it; times are local wall minutes."""

    start: int
    end: int
    module: str
    cohort: str
    site: str
    room: str

    @property
    def place_and_time(self) -> tuple[int, int, str, str]:
        """What a person must know to be there."""
        return self.start, self.end, self.site, self.room


@dataclass(frozen=True)
class MeetingChange:
    """A meeting that is new (no ``before``), cancelled (no ``after``), or moved in time or place."""

    before: Sitting | None
    after: Sitting | None

    @property
    def kind(self) -> Literal["new", "moved", "cancelled"]:
        """Which of the three it is."""
        if self.before is None:
            return "new"
        return "cancelled" if self.after is None else "moved"


@dataclass(frozen=True)
class PersonChange:
    """What changes for one person.

    Parameters
    ----------
    who, id, name, company
        An apprentice with the company, or an instructor, who has none.
    meetings
        Every meeting that changes, in time order.
    lost_minutes
        Working minutes lost before and after, of an apprentice who is in the tables.
    """

    who: Who
    id: str
    name: str
    company: str | None
    meetings: tuple[MeetingChange, ...]
    lost_minutes: tuple[int, int] | None

    def count(self, kind: Literal["new", "moved", "cancelled"]) -> int:
        """Return how many meetings change in a way."""
        return sum(meeting.kind == kind for meeting in self.meetings)


def plan_changes(
    scenario: Scenario,
    before: Plan | None,
    after: Plan,
    *,
    earlier: Scenario | None = None,
    days: PersonDays | None = None,
) -> tuple[PersonChange, ...]:
    """Return what changes for everybody for whom anything does, by company and id, instructors last.

    Parameters
    ----------
    scenario
        Tables of the later plan. Meetings before its first day are past and do not change.
    before, after
        The two plans; without an earlier one everything is new.
    earlier
        Tables of the earlier plan, for the names of people who have left since.
    days
        Views of meetings to use again.

    Notes
    -----
    Meetings of a person are matched within a module: first those that start at the same time, then
    what is left in time order, which counts as moved.
    """
    days = days or PersonDays(scenario)
    since = scenario.settings.first_day
    old, new = _sittings(before, since), _sittings(after, since)
    found = []
    for person in sorted(old.keys() | new.keys()):
        changes = tuple(_matched(old.get(person, ()), new.get(person, ())))
        if changes:
            lost = _lost(scenario, days, person, old.get(person, ()), new.get(person, ()))
            found.append(PersonChange(*person, *_named(person, scenario, earlier), changes, lost))
    return tuple(sorted(found, key=lambda row: (row.who, row.company or "", row.id)))


def _sittings(plan: Plan | None, since: dt.date) -> dict[tuple[Who, str], list[Sitting]]:
    found: dict[tuple[Who, str], list[Sitting]] = defaultdict(list)
    if plan is None:
        return found
    cohorts = {row.cohort: row for row in plan.cohorts}
    meetings = {name: tuple(_of_cohort(row, since)) for name, row in cohorts.items()}
    for seat in dict.fromkeys(plan.seats):
        found["apprentice", seat.apprentice].extend(meetings.get(seat.cohort, ()))
    for name, row in cohorts.items():
        found["instructor", row.instructor].extend(meetings[name])
    return found


def _of_cohort(row: Cohort, since: dt.date) -> Iterator[Sitting]:
    for start, end in cohort_spans(row):
        if date_of(start) >= since:
            yield Sitting(start, end, row.module, row.cohort, row.site, row.room)


def _matched(old: Iterable[Sitting], new: Iterable[Sitting]) -> Iterator[MeetingChange]:
    by_module: dict[str, tuple[list[Sitting], list[Sitting]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((old, new)):
        for row in sorted(rows):
            by_module[row.module][side].append(row)
    changes = [change for before, after in by_module.values() for change in _of_module(before, after)]
    yield from sorted(changes, key=lambda change: change.after or change.before or Sitting(0, 0, "", "", "", ""))


def _of_module(before: list[Sitting], after: list[Sitting]) -> Iterator[MeetingChange]:
    starts: dict[int, list[Sitting]] = defaultdict(list)
    for row in before:
        starts[row.start].append(row)
    left = []
    for row in after:
        if starts[row.start]:
            same = starts[row.start].pop(0)
            if same.place_and_time != row.place_and_time:
                yield MeetingChange(same, row)
        else:
            left.append(row)
    gone = sorted(row for rows in starts.values() for row in rows)
    common = min(len(gone), len(left))
    for one, other in zip(gone[:common], left[:common], strict=True):
        yield MeetingChange(one, other)
    yield from (MeetingChange(row, None) for row in gone[common:])
    yield from (MeetingChange(None, row) for row in left[common:])


def _named(person: tuple[Who, str], scenario: Scenario, earlier: Scenario | None) -> tuple[str, str | None]:
    who, name = person
    for tables in (scenario, earlier):
        if tables is not None and who == "apprentice" and name in tables.apprentice_by_id:
            row = tables.apprentice_by_id[name]
            return row.name, row.company
        if tables is not None and who == "instructor" and name in tables.instructor_by_id:
            return tables.instructor_by_id[name].name, None
    return name, None


def _lost(
    scenario: Scenario, days: PersonDays, person: tuple[Who, str], old: Iterable[Sitting], new: Iterable[Sitting]
) -> tuple[int, int] | None:
    apprentice = scenario.apprentice_by_id.get(person[1]) if person[0] == "apprentice" else None
    if apprentice is None:
        return None

    def lost(rows: Iterable[Sitting]) -> int:
        known = (row for row in rows if row.site in scenario.site_by_id)
        views = (days.view(apprentice, row.site, (row.start, row.end)) for row in known)
        # Windows of two meetings may overlap; who is away is away once.
        return sum(end - start for start, end in merge((p.start, p.end) for view in views for p in view.lost))

    return lost(old), lost(new)
