"""Four weeks of a rota as bars, by the clock on the wall: what its cycle, hours and meals say of each date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lineside.models.calendar import letter_on, letter_times, to_utc, wall_minute
from lineside.models.cells import DAY_MINUTES, format_clock
from lineside.models.tables import Rota

WEEKS = 4
WEEK_MINUTES = 7 * DAY_MINUTES
OFF = "O"


@dataclass(frozen=True)
class Bar:
    """A shift or a meal, or the part of it that lies in one week.

    Parameters
    ----------
    week
        0 to 3.
    start, end
        Hours since Monday 00:00 on the wall clock.
    letter
        Of the shift; the letter is printed in the part in which the shift starts.
    kind
        ``work`` or ``meal``.
    begins
        Whether the shift starts in this part.
    words
        Date, letter, hours and length.
    """

    week: int
    start: float
    end: float
    letter: str
    kind: str
    begins: bool
    words: str


@dataclass(frozen=True)
class ClockChange:
    """A shift that is longer or shorter than the clock says, since the clocks change in it."""

    date: dt.date
    letter: str
    real_minutes: int
    wall_minutes: int


def bars(rota: Rota, monday: dt.date, zone: ZoneInfo) -> list[Bar]:
    """Return the bars of four weeks from a Monday; a shift that began on the Sunday before is among them."""
    found: list[Bar] = []
    for date, letter, start, end, meals in _shifts(rota, monday):
        meal_words = ", ".join(f"{format_clock(s)}–{format_clock(e)}" for s, e in meals)
        words = f"{date:%a, %b} {date.day}: {letter} {format_clock(start)}–{format_clock(end)}"
        words += f", meal {meal_words}" if meals else ", no meal"
        words += _length(date, start, end, zone)
        for kind, spans in (("work", [(start, end)]), ("meal", list(meals))):
            for span in spans:
                found += _parts(monday, date, span, letter, kind, words)
    return found


def clock_changes(rota: Rota, monday: dt.date, zone: ZoneInfo) -> list[ClockChange]:
    """Return the shifts of four weeks in which the clocks go forward or back."""
    return [
        ClockChange(date, letter, _real_minutes(date, start, end, zone), end - start)
        for date, letter, start, end, _ in _shifts(rota, monday)
        if _real_minutes(date, start, end, zone) != end - start
    ]


def _shifts(rota: Rota, monday: dt.date) -> Iterator[tuple[dt.date, str, int, int, tuple[tuple[int, int], ...]]]:
    times = letter_times(rota)
    for day in range(-1, 7 * WEEKS):
        date = monday + dt.timedelta(days=day)
        letter = letter_on(rota, date)
        if letter != OFF and letter in times:
            yield (date, letter, *times[letter])


def _parts(monday: dt.date, date: dt.date, span: tuple[int, int], letter: str, kind: str, words: str) -> Iterator[Bar]:
    """Cut a span at the ends of the weeks."""
    first = (date - monday).days * DAY_MINUTES + span[0]
    last = first + span[1] - span[0]
    for week in range(WEEKS):
        start, end = max(first, week * WEEK_MINUTES), min(last, (week + 1) * WEEK_MINUTES)
        if start < end:
            offset = week * WEEK_MINUTES
            yield Bar(week, (start - offset) / 60, (end - offset) / 60, letter, kind, start == first, words)


def _real_minutes(date: dt.date, start: int, end: int, zone: ZoneInfo) -> int:
    between = to_utc(wall_minute(date, end), zone) - to_utc(wall_minute(date, start), zone)
    return int(between.total_seconds()) // 60


def _length(date: dt.date, start: int, end: int, zone: ZoneInfo) -> str:
    real = _real_minutes(date, start, end, zone)
    told = "" if real == end - start else f", since the clocks change; the clock says {_hours(end - start)}"
    return f" ({_hours(real)}{told})"


def _hours(minutes: int) -> str:
    """Return minutes in hours.

    >>> _hours(480), _hours(510)
    ('8 h', '8 h 30 min')
    """
    whole, rest = divmod(minutes, 60)
    return f"{whole} h {rest} min" if rest else f"{whole} h"
