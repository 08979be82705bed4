"""What can be done about the meetings that a running cohort misses.

A cohort that has begun, or begins within the notice, is a fact for every rule: it stays as published. If it cannot,
the facts change, and that is a decision of people: its missed meetings are made up, somebody else teaches it, it
meets in another room, or it is broken off.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from lineside.models.calendar import Interval, RegionCalendar, date_of, wall_minute
from lineside.models.cells import format_clock, parse_clock, parse_days
from lineside.models.measures import cohort_spans
from lineside.models.outages import Outage
from lineside.models.plan import Cohort, Meeting, Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.timetable import Timetable

MAKE_UP_DAYS = 56
"""Days after the last meeting within which missed ones are made up; a cohort that cannot has to be broken off."""

Amending = Literal["as published", "made up", "other instructor", "other room", "broken off"]
"""What is done about running cohorts."""


@dataclass(frozen=True)
class Amendment:
    """A plan in force after a decision about its running cohorts.

    Parameters
    ----------
    kind
        What was decided.
    plan
        The plan in force with these cohorts as they go on from now.
    cohorts
        Ids of the cohorts that changed; broken-off ones are not in the plan any more.
    broken_off
        Ids of those.
    """

    kind: Amending
    plan: Plan
    cohorts: frozenset[str]
    broken_off: frozenset[str] = frozenset()


class RunningCohorts:
    """The frozen cohorts of a plan in force that cannot go on as published.

    Parameters
    ----------
    before, after
        The tables with the plan in force before and after what happened.
    outages
        Dates on which rooms and instructors cannot be had.
    at
        The date from which on something may change.
    """

    def __init__(self, before: Scenario, after: Scenario, outages: Iterable[Outage], at: dt.date) -> None:
        if after.published is None:
            raise ValueError("There is no plan in force. Publish one first.")
        self._after, self._plan, self._at = after, after.published, at
        self._outages = tuple(outages)
        self._was, self._now = RegionCalendar(before), RegionCalendar(after)
        self._seats = _num_seats(self._plan)
        self.hit: Mapping[str, tuple[Interval, ...]] = {
            row.cohort: lost for row in self._plan.cohorts if self._is_frozen(row) and (lost := self._lost(row))
        }

    def _is_frozen(self, row: Cohort) -> bool:
        until = self._after.settings.frozen_until
        return until is not None and any(meeting.date < until for meeting in row.meetings)

    def _lost(self, row: Cohort) -> tuple[Interval, ...]:
        missed = {span for outage in self._outages for span in outage.missed(row)}
        missed |= {span for span in cohort_spans(row) if self._is_newly_closed(row.site, date_of(span[0]))}
        return tuple(sorted(span for span in missed if date_of(span[0]) >= self._at))

    def _is_newly_closed(self, site: str, date: dt.date) -> bool:
        known = site in self._after.site_by_id
        return known and self._now.is_barred(site, date) and not self._was.is_barred(site, date)

    def _timetable(self) -> Timetable:
        """Return who is taken when, with cohorts that are not running where they would meet now."""
        rows = [self._met_now(row) for row in self._plan.cohorts]
        return Timetable(self._after, rows, self._outages)

    def _met_now(self, row: Cohort) -> Cohort:
        if self._is_frozen(row) or row.module not in self._after.module_by_id or row.site not in self._after.site_by_id:
            return row
        first_day = self._plan.first_day or self._after.settings.first_day
        monday = first_day + dt.timedelta(weeks=row.first_week)
        total = self._after.module_by_id[row.module].minutes
        days, start = parse_days(row.days), parse_clock(row.start)
        spans = self._now.meeting_spans(row.site, days, start, row.minutes, monday, total)
        return row if spans is None else _with_meetings(row, spans)

    def amendments(self) -> tuple[Amendment, ...]:
        """Return what could be done about all of them, the least intrusive first; one entry if none is hit."""
        if not self.hit:
            return (Amendment("as published", self._plan, frozenset()),)
        ways: list[tuple[Amending, Callable[[Cohort, Timetable], Cohort | None]]] = []
        if any(row.kind == "instructor" for row in self._outages):
            ways.append(("other instructor", self._taught_by_another))
        if any(row.kind == "room" for row in self._outages):
            ways.append(("other room", self._in_another_room))
        ways.append(("made up", self._made_up))
        found = [amended for kind, way in ways if (amended := self._amended(kind, way)) is not None]
        if found and not self._outages:
            return tuple(found)  # a closed date stops nobody from going on later
        return (*found, self._amendment("broken off", {}))

    def _amended(self, kind: Amending, way: Callable[[Cohort, Timetable], Cohort | None]) -> Amendment | None:
        """Return the plan in force after all were dealt with in one way; None if none can be.

        A cohort that cannot makes up what it misses, and is broken off if it cannot do that either.
        """
        timetable = self._timetable()
        rows = {row.cohort: row for row in self._plan.cohorts}
        changed: dict[str, Cohort] = {}
        is_way = False
        for name in self.hit:
            row = way(rows[name], timetable)
            is_way = is_way or row is not None
            row = row or self._made_up(rows[name], timetable)
            if row is not None:
                changed[name] = row
                timetable.book(row)
        return self._amendment(kind, changed) if is_way else None

    def _amendment(self, kind: Amending, changed: Mapping[str, Cohort]) -> Amendment:
        """Return the plan in force with some running cohorts changed, and the others that are hit broken off."""
        gone = frozenset(self.hit) - changed.keys()
        cohorts = tuple(changed.get(row.cohort, row) for row in self._plan.cohorts if row.cohort not in gone)
        seats = tuple(seat for seat in self._plan.seats if seat.cohort not in gone)
        plan = self._plan.model_copy(update={"cohorts": cohorts, "seats": seats})
        return Amendment(kind, plan, frozenset(self.hit), gone)

    def _ahead(self, row: Cohort) -> list[Interval]:
        return [span for span in cohort_spans(row) if date_of(span[0]) >= self._at]

    def _taught_by_another(self, row: Cohort, timetable: Timetable) -> Cohort | None:
        """Return the cohort with the cheapest instructor who can teach all of what is left of it."""
        spans = self._ahead(row)
        by_rate = sorted(self._after.instructors, key=lambda other: other.dollars_per_hour)
        for other in by_rate:
            if other.instructor != row.instructor and timetable.suits_instructor(row, other.instructor, spans):
                return row.model_copy(update={"instructor": other.instructor})
        return None

    def _in_another_room(self, row: Cohort, timetable: Timetable) -> Cohort | None:
        """Return the cohort in the cheapest room of its site that can hold all of what is left of it."""
        spans = self._ahead(row)
        by_rate = sorted(self._after.rooms, key=lambda other: other.dollars_per_hour)
        people = self._seats.get(row.cohort, 0)
        for other in by_rate:
            if other.room != row.room and timetable.suits_room(row, other.room, spans, people):
                return row.model_copy(update={"room": other.room})
        return None

    def _made_up(self, row: Cohort, timetable: Timetable) -> Cohort | None:
        """Return the cohort with what it misses at its end: on its days, when the site, room and instructor can.

        From the first missed meeting on, the minutes that are left are laid on the pattern's dates anew, as the
        rule ``hours`` does around closed dates.
        """
        if not self.hit[row.cohort]:
            return row
        first = self.hit[row.cohort][0][0]
        spans = cohort_spans(row)
        kept = [span for span in spans if span[0] < first]
        left = sum(end - start for start, end in spans if start >= first)
        days, clock = parse_days(row.days), parse_clock(row.start)
        date, last = date_of(first), date_of(spans[-1][0]) + dt.timedelta(days=MAKE_UP_DAYS)
        while left > 0:
            if date > last:
                return None
            start = wall_minute(date, clock)
            span = (start, start + min(row.minutes, left))
            if date.weekday() in days and self._can_meet(row, span, timetable):
                kept.append(span)
                left -= span[1] - span[0]
            date += dt.timedelta(days=1)
        return _with_meetings(row, kept)

    def _can_meet(self, row: Cohort, span: Interval, timetable: Timetable) -> bool:
        if span in cohort_spans(row) and span not in self.hit[row.cohort]:
            return True  # it meets then anyway
        people = self._seats.get(row.cohort, 0)
        return (
            timetable.is_open(row.site, span)
            and timetable.suits_room(row, row.room, [span], people)
            and timetable.suits_instructor(row, row.instructor, [span])
        )


def _num_seats(plan: Plan) -> dict[str, int]:
    found: dict[str, int] = {}
    for seat in plan.seats:
        found[seat.cohort] = found.get(seat.cohort, 0) + 1
    return found


def _with_meetings(row: Cohort, spans: Iterable[Interval]) -> Cohort:
    meetings = tuple(
        Meeting(date=date_of(start), start=format_clock(start), end=format_clock(end)) for start, end in spans
    )
    return row.model_copy(update={"meetings": meetings})
