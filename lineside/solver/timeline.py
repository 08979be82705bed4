"""The shifts of one crew as sorted arrays, and what a meeting means to the people of that crew.

All times are wall minutes (:mod:`lineside.models.calendar`), all intervals half open. Every method
takes arrays of meetings and answers for all of them at once: a region has some hundred crews and
some hundred thousand dated meetings, so the loop runs over crews and the arrays over meetings.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.models.calendar import Interval, RegionCalendar, merge, week_of

Minutes = NDArray[np.int64]
Flags = NDArray[np.bool_]

LUNCH, BEFORE, AFTER, OFF, RELEASE = range(5)
"""Kinds of session, numbered as :data:`lineside.models.cells.SESSION_KINDS` lists them."""


class Spans:
    """Disjoint sorted intervals, with the minutes of them that any other interval covers.

    Parameters
    ----------
    spans
        Intervals, not necessarily disjoint; they are merged.
    """

    def __init__(self, spans: list[Interval]) -> None:
        merged = merge(spans)
        self.starts = np.array([s for s, _ in merged], dtype=np.int64)
        self.ends = np.array([e for _, e in merged], dtype=np.int64)
        self._before = np.concatenate(([0], np.cumsum(self.ends - self.starts)))

    def __len__(self) -> int:
        return len(self.starts)

    def minutes_before(self, time: Minutes) -> Minutes:
        """Return the minutes of the spans before each time."""
        idx = np.searchsorted(self.starts, time, side="right")
        if not len(self):
            return np.zeros_like(time)
        last = np.maximum(idx - 1, 0)
        partial = np.minimum(time, self.ends[last]) - self.starts[last]
        return np.where(idx > 0, self._before[last] + partial, 0)

    def minutes_within(self, start: Minutes, end: Minutes) -> Minutes:
        """Return the minutes of the spans inside each ``[start, end)``."""
        return self.minutes_before(end) - self.minutes_before(start)

    def pieces(self, start: int, end: int) -> list[Interval]:
        """Return the parts of the spans inside ``[start, end)``."""
        return self.pieces_of(np.array([start]), np.array([end]))

    def pieces_of(self, start: Minutes, end: Minutes) -> list[Interval]:
        """Return the parts of the spans inside each ``[start, end)``, one window after the other."""
        first = np.searchsorted(self.ends, start, side="right")
        last = np.searchsorted(self.starts, end, side="left")
        return [
            (max(int(start[at]), int(self.starts[k])), min(int(end[at]), int(self.ends[k])))
            for at in np.flatnonzero(first < last).tolist()
            for k in range(int(first[at]), int(last[at]))
        ]


@dataclass(frozen=True)
class Stretches:
    """Work joined over gaps shorter than the rest: the stretches that a meeting may lengthen (rule ``duty``)."""

    starts: Minutes
    ends: Minutes
    rest_minutes: int

    @classmethod
    def of(cls, spans: list[Interval], rest_minutes: int) -> Stretches:
        """Join intervals in time order while the gap from the latest end so far is under the rest."""
        joined: list[Interval] = []
        for start, end in sorted(spans):
            if joined and start - joined[-1][1] < rest_minutes:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        starts = np.array([s for s, _ in joined], dtype=np.int64)
        return cls(starts, np.array([e for _, e in joined], dtype=np.int64), rest_minutes)

    def with_window(self, start: Minutes, end: Minutes) -> tuple[Minutes, Minutes]:
        """Return the stretch that each window is part of, if it alone is added."""
        if not len(self.starts):
            return start, end
        size = len(self.starts)
        first = np.searchsorted(self.ends, start - self.rest_minutes, side="right")
        last = np.searchsorted(self.starts, end + self.rest_minutes, side="left") - 1
        touched = first <= last
        low = np.where(touched, np.minimum(start, self.starts[np.minimum(first, size - 1)]), start)
        high = np.where(touched, np.maximum(end, self.ends[np.maximum(last, 0)]), end)
        return low, high


class CrewTimeline:
    """The shifts of one rota at one line's site.

    Parameters
    ----------
    calendar
        Calendar of the region.
    rota, site
        Rota of the crew and site of its line.
    first, last
        Dates of the first and last shift to know.
    """

    def __init__(self, calendar: RegionCalendar, rota: str, site: str, first: dt.date, last: dt.date) -> None:
        shifts = calendar.shifts(rota, site, first, last)
        self.first_ordinal = first.toordinal()
        self.shift_spans: list[Interval] = [(shift.start, shift.end) for shift in shifts]
        self.shifts = Spans(self.shift_spans)
        self._starts = np.array([shift.start for shift in shifts], dtype=np.int64)
        self._ends = np.maximum.accumulate(np.array([shift.end for shift in shifts], dtype=np.int64))
        meals = sorted(meal for shift in shifts for meal in shift.meals)
        self._meal_starts = np.array([s for s, _ in meals], dtype=np.int64)
        self._meal_ends = np.array([e for _, e in meals], dtype=np.int64)
        worked = [piece for shift in shifts for piece in _without((shift.start, shift.end), shift.meals)]
        self.worked = Spans(worked)
        peak = [shift for shift in shifts if calendar.is_peak(site, shift.date)]
        self.peak = Spans([piece for shift in peak for piece in _without((shift.start, shift.end), shift.meals)])
        self.has_shift = np.zeros((last - first).days + 1, dtype=bool)
        weeks = week_of(last) - week_of(first) + 1
        self.first_week = week_of(first)
        self.worked_by_week = np.zeros(weeks, dtype=np.int64)
        for shift in shifts:
            self.has_shift[shift.date.toordinal() - self.first_ordinal] = True
            self.worked_by_week[week_of(shift.date) - self.first_week] += shift.worked_minutes

    def works_on(self, ordinal: NDArray[np.int64]) -> Flags:
        """Return whether a shift starts on each date, given as an ordinal."""
        return self.has_shift[ordinal - self.first_ordinal]

    def kinds(self, start: Minutes, end: Minutes, adjacent_minutes: int) -> NDArray[np.int8]:
        """Return the kind of each meeting for the people of the crew."""
        kind = np.full(len(start), OFF, dtype=np.int8)
        if not len(self._starts):
            return kind
        size = len(self._starts)
        following = np.searchsorted(self._starts, end, side="left")
        gap_before = np.where(
            following < size, self._starts[np.minimum(following, size - 1)] - end, adjacent_minutes + 1
        )
        kind[gap_before <= adjacent_minutes] = BEFORE
        previous = np.searchsorted(self._ends, start, side="right") - 1
        gap_after = np.where(previous >= 0, start - self._ends[np.maximum(previous, 0)], adjacent_minutes + 1)
        kind[gap_after <= adjacent_minutes] = AFTER
        overlaps = self.shifts.minutes_within(start, end) > 0
        kind[overlaps] = RELEASE
        kind[overlaps & (self._first_meal(start) < self._last_meal(end))] = LUNCH
        return kind

    def meals_kept(self, start: Minutes, end: Minutes, travel: Minutes, kept_minutes: int) -> Flags:
        """Return whether each meal that a meeting overlaps keeps enough minutes outside the meeting's window."""
        kept = np.ones(len(start), dtype=bool)
        if not len(self._meal_starts):
            return kept
        first, last = self._first_meal(start), self._last_meal(end)
        for k in range(int(np.max(last - first, initial=0))):
            meal = np.minimum(first + k, len(self._meal_starts) - 1)
            low, high = self._meal_starts[meal], self._meal_ends[meal]
            taken = np.minimum(end + travel, high) - np.maximum(start - travel, low)
            kept &= (first + k >= last) | (high - low - taken >= kept_minutes)
        return kept

    def _first_meal(self, start: Minutes) -> NDArray[np.intp]:
        return np.searchsorted(self._meal_ends, start, side="right")

    def _last_meal(self, end: Minutes) -> NDArray[np.intp]:
        return np.searchsorted(self._meal_starts, end, side="left")


def _without(span: Interval, holes: tuple[Interval, ...]) -> list[Interval]:
    pieces, start = [], span[0]
    for low, high in merge(holes):
        if low > start:
            pieces.append((start, min(low, span[1])))
        start = max(start, high)
    if start < span[1]:
        pieces.append((start, span[1]))
    return [piece for piece in pieces if piece[0] < piece[1]]
