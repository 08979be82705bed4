"""Calendar arithmetic: shifts, meals, closures, holidays and the dates of a cohort's meetings.

Times are whole local wall minutes counted from the calendar's day 1 (``date.toordinal() * 1440``);
the hour that daylight saving adds or drops is ignored here, as the contract asks for loss. Only
:func:`to_utc` knows the real time zone. All intervals are half open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import holidays as holiday_calendars

from lineside.models.cells import DAY_MINUTES, WeeklyHours
from lineside.models.scenario import Scenario
from lineside.models.tables import Closure, Rota

WEEK_MINUTES = 7 * DAY_MINUTES
Interval = tuple[int, int]


@dataclass(frozen=True)
class Shift:
    """A worked shift; it belongs to the date on which it starts.

    Parameters
    ----------
    date
        Date of the start.
    start, end
        Wall minutes.
    meals
        Meal breaks inside the shift, in wall minutes.
    """

    date: dt.date
    start: int
    end: int
    meals: tuple[Interval, ...]

    @property
    def worked_minutes(self) -> int:
        """Length of the shift less its meals."""
        return self.end - self.start - overlap_minutes(((self.start, self.end),), self.meals)


def wall_minute(date: dt.date, minute: int = 0) -> int:
    """Return the wall minute of a clock minute on a date; ``minute`` may lie outside the day.

    >>> wall_minute(dt.date(1, 1, 2), 90) - wall_minute(dt.date(1, 1, 1))
    1530
    """
    return date.toordinal() * DAY_MINUTES + minute


def date_of(minute: int) -> dt.date:
    """Return the date on which a wall minute falls."""
    return dt.date.fromordinal(minute // DAY_MINUTES)


def week_of(date: dt.date) -> int:
    """Return the number of the Monday-to-Sunday week of a date, counted from day 1, a Monday."""
    return (date.toordinal() - 1) // 7


def overlap_minutes(spans: Iterable[Interval], others: Iterable[Interval]) -> int:
    """Return the minutes that lie in a span and in one of the others; each list is free of overlaps."""
    others = tuple(others)
    return sum(max(0, min(e, f) - max(s, r)) for s, e in spans for r, f in others)


def to_utc(minute: int, zone: ZoneInfo) -> dt.datetime:
    """Return the UTC instant of a wall minute.

    A time that daylight saving skips is read as the same distance after the gap; of a repeated
    hour the first is meant (PEP 495, ``fold=0``).
    """
    date, rest = date_of(minute), minute % DAY_MINUTES
    local = dt.datetime(date.year, date.month, date.day, rest // 60, rest % 60, tzinfo=zone)
    return local.astimezone(dt.UTC)


def letter_times(rota: Rota) -> dict[str, tuple[int, int, tuple[Interval, ...]]]:
    """Return, for each letter of a rota, its shift and meals in minutes from midnight of the shift's date.

    A shift that ends at or before its start ends on the next date; a meal earlier on the clock than
    the shift's start is after midnight.
    """
    times = {}
    for hours in rota.hours:
        end = hours.end if hours.end > hours.start else hours.end + DAY_MINUTES
        meals = []
        for meal in rota.meals:
            if meal.letter == hours.letter:
                start = meal.start if meal.start >= hours.start else meal.start + DAY_MINUTES
                length = (meal.end - meal.start) % DAY_MINUTES or DAY_MINUTES
                meals.append((start, start + length))
        times[hours.letter] = (hours.start, end, tuple(sorted(meals)))
    return times


def letter_on(rota: Rota, date: dt.date) -> str:
    """Return the letter of a rota's cycle on a date, before or after its anchor."""
    return rota.cycle[(date - rota.anchor).days % len(rota.cycle)]


def weekly_spans(hours: tuple[WeeklyHours, ...], first: dt.date, last: dt.date) -> tuple[Interval, ...]:
    """Return the stretches of recurring hours that touch the dates ``first`` to ``last``; hours that touch are one."""
    dates = (dt.date.fromordinal(day) for day in range(first.toordinal() - 1, last.toordinal() + 2))
    return merge(
        (wall_minute(date, row.start), wall_minute(date, row.end))
        for date in dates
        for row in hours
        if date.weekday() in row.days
    )


def merge(spans: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the union of intervals as sorted, disjoint intervals that do not touch.

    >>> merge([(5, 7), (0, 2), (2, 4)])
    ((0, 4), (5, 7))
    """
    merged: list[Interval] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


@lru_cache(maxsize=64)
def public_holidays(code: str, first_year: int, last_year: int) -> frozenset[dt.date]:
    """Return the public holidays of a country or country-subdivision code, observed ones included.

    Raises
    ------
    NotImplementedError
        If the ``holidays`` library does not know the code.
    """
    country, _, subdivision = code.partition("-")
    years = range(first_year, last_year + 1)
    return frozenset(holiday_calendars.country_holidays(country, subdiv=subdivision or None, years=years))


class RegionCalendar:
    """The calendar of one scenario: what its rotas, closures and holidays say of each date.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._times = {row.rota: letter_times(row) for row in scenario.rotas}
        self._barred: dict[str, frozenset[int]] = {}
        self._shut: dict[str, frozenset[int]] = {}
        self._peak: dict[str, frozenset[int]] = {}

    @cached_property
    def holidays(self) -> frozenset[dt.date]:
        """Public holidays on which nothing meets, one year beyond the horizon on both sides."""
        settings = self._scenario.settings
        if settings.holidays is None:
            return frozenset()
        return public_holidays(settings.holidays, settings.first_day.year - 1, settings.last_day.year + 2)

    def _dates(self, site: str, kinds: tuple[str, ...]) -> frozenset[int]:
        owner = self._scenario.site_by_id[site].company
        dates: set[int] = set()
        for row in self._scenario.closures:
            if row.kind in kinds and _applies(row, site, owner):
                dates.update(range(row.first.toordinal(), row.last.toordinal() + 1))
        return frozenset(dates)

    def is_barred(self, site: str, date: dt.date) -> bool:
        """Return whether a site has no meeting on a date: a holiday, closed, or shut down."""
        if site not in self._barred:
            self._barred[site] = self._dates(site, ("closed", "shutdown"))
        return date in self.holidays or date.toordinal() in self._barred[site]

    def is_shut(self, site: str, date: dt.date) -> bool:
        """Return whether no shift of the lines at a site starts on a date."""
        if site not in self._shut:
            self._shut[site] = self._dates(site, ("shutdown",))
        return date.toordinal() in self._shut[site]

    def is_peak(self, site: str, date: dt.date) -> bool:
        """Return whether nobody on a line at a site may lose a minute of a shift that starts on a date."""
        if site not in self._peak:
            self._peak[site] = self._dates(site, ("peak",))
        return date.toordinal() in self._peak[site]

    def shift_on(self, rota: str, site: str, date: dt.date) -> Shift | None:
        """Return the shift of a rota that starts on a date at a line's site, or None."""
        row = self._scenario.rota_by_id[rota]
        letter = letter_on(row, date)
        if letter == "O" or self.is_shut(site, date):
            return None
        start, end, meals = self._times[rota][letter]
        base = wall_minute(date)
        return Shift(date, base + start, base + end, tuple((base + s, base + e) for s, e in meals))

    def shifts(self, rota: str, site: str, first: dt.date, last: dt.date) -> tuple[Shift, ...]:
        """Return the shifts that start from ``first`` to ``last``, both included, in order."""
        days = range(first.toordinal(), last.toordinal() + 1)
        found = (self.shift_on(rota, site, dt.date.fromordinal(day)) for day in days)
        return tuple(shift for shift in found if shift is not None)

    def meeting_spans(
        self, site: str, days: tuple[int, ...], start: int, minutes: int, first_monday: dt.date, total_minutes: int
    ) -> tuple[Interval, ...] | None:
        """Return a cohort's meetings: the pattern's days from a week on, until the module's minutes are given.

        Parameters
        ----------
        site
            Site of the cohort; its closed dates are skipped, as are holidays.
        days, start, minutes
            Weekdays (Monday is 0), clock minute and length of each meeting.
        first_monday
            Monday of the first week.
        total_minutes
            Minutes of the module; the last meeting is cut to what remains.

        Returns
        -------
        tuple of intervals in wall minutes, or None if they do not all start inside the horizon.
        """
        spans: list[Interval] = []
        left = total_minutes
        for ordinal in range(first_monday.toordinal(), self._scenario.settings.last_day.toordinal() + 1):
            date = dt.date.fromordinal(ordinal)
            if date.weekday() not in days or self.is_barred(site, date):
                continue
            length = min(minutes, left)
            spans.append((wall_minute(date, start), wall_minute(date, start + length)))
            left -= length
            if left == 0:
                return tuple(spans)
        return None


def _applies(closure: Closure, site: str, owner: str | None) -> bool:
    return closure.scope in ("all", f"site:{site}") or (owner is not None and closure.scope == f"company:{owner}")
