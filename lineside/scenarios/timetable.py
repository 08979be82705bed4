"""When the rooms and instructors of a plan are taken, and whether they could take another meeting."""

from __future__ import annotations

from collections.abc import Iterable

from lineside.models.calendar import Interval, RegionCalendar, date_of, week_of
from lineside.models.checker.resource_rules import is_available
from lineside.models.geography import Geography
from lineside.models.measures import cohort_spans
from lineside.models.outages import Outage, Served, missed_meetings
from lineside.models.plan import Cohort
from lineside.models.scenario import Scenario

Booking = tuple[int, int, str]
"""Start and end of a meeting in wall minutes, and its site."""


class Timetable:
    """The meetings of a plan by room and by instructor.

    Parameters
    ----------
    scenario
        The tables.
    cohorts
        Cohorts that are held.
    outages
        Dates on which rooms and instructors cannot be had.
    """

    def __init__(self, scenario: Scenario, cohorts: Iterable[Cohort], outages: Iterable[Outage] = ()) -> None:
        self._scenario = scenario
        self._outages = tuple(outages)
        self._geography = Geography(scenario)
        self._calendar = RegionCalendar(scenario)
        self._held: dict[tuple[Served, str], dict[str, tuple[Booking, ...]]] = {}
        for row in cohorts:
            self.book(row)

    def book(self, cohort: Cohort) -> None:
        """Take a cohort's meetings in; those that it had before are forgotten."""
        self.release(cohort.cohort)
        meetings = tuple((*span, cohort.site) for span in cohort_spans(cohort))
        for key in (("room", cohort.room), ("instructor", cohort.instructor)):
            self._held.setdefault(key, {})[cohort.cohort] = meetings

    def release(self, cohort: str) -> None:
        """Forget a cohort."""
        for bookings in self._held.values():
            bookings.pop(cohort, None)

    def is_open(self, site: str, span: Interval) -> bool:
        """Return whether a site may hold a meeting on its date."""
        return not self._calendar.is_barred(site, date_of(span[0]))

    def suits_room(self, cohort: Cohort, name: str, spans: Iterable[Interval], people: int) -> bool:
        """Return whether a room could hold a cohort's meetings: equipped, large enough, open and free."""
        room, module = self._scenario.room_by_id.get(name), self._scenario.module_by_id[cohort.module]
        if room is None or room.site != cohort.site or room.seats < people:
            return False
        if not set(module.features) <= set(room.features):
            return False
        held = self._others("room", name, cohort.cohort)
        return all(
            is_available(room.hours, span)
            and not self._is_away("room", name, span)
            and not any(span[0] < end and start < span[1] for start, end, _ in held)
            for span in spans
        )

    def suits_instructor(self, cohort: Cohort, name: str, spans: Iterable[Interval]) -> bool:
        """Return whether an instructor could teach a cohort's meetings: qualified, there, free with travel, in hours.

        Every two meetings are kept their sites' travel apart, which is a little stricter than the rule.
        """
        row = self._scenario.instructor_by_id.get(name)
        if row is None or cohort.module not in row.modules:
            return False
        held = self._others("instructor", name, cohort.cohort)
        minutes: dict[int, int] = {}
        for start, end, _ in held:
            minutes[week_of(date_of(start))] = minutes.get(week_of(date_of(start)), 0) + end - start
        for span in spans:
            week = week_of(date_of(span[0]))
            minutes[week] = minutes.get(week, 0) + span[1] - span[0]
            if minutes[week] > row.week_minutes or not is_available(row.hours, span):
                return False
            if self._is_away("instructor", name, span) or any(
                self._is_near(cohort.site, span, other) for other in held
            ):
                return False
        return True

    def _is_near(self, site: str, span: Interval, other: Booking) -> bool:
        start, end, place = other
        travel = self._geography.between_sites(site, place) if place in self._scenario.site_by_id else 0
        return span[0] < end + travel and start < span[1] + travel

    def _others(self, kind: Served, name: str, cohort: str) -> list[Booking]:
        held = self._held.get((kind, name), {})
        return [booking for other, bookings in held.items() if other != cohort for booking in bookings]

    def _is_away(self, kind: Served, name: str, span: Interval) -> bool:
        return any(row.kind == kind and row.id == name and row.touches(span) for row in self._outages)

    def missed(self, cohort: Cohort) -> tuple[Interval, ...]:
        """Return the meetings that a cohort's room or instructor cannot serve."""
        return missed_meetings(self._outages, cohort)
