"""What a meeting is for one person: its kind of session, its window, and the working minutes it takes.

This is the contract's "for an apprentice and a meeting" paragraph, and nothing else. It depends on
the person's rota and line only, so everybody of a crew shares the same view of a meeting; travel
from home is the one thing that is personal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from lineside.models.calendar import Interval, RegionCalendar, Shift, date_of, merge, overlap_minutes
from lineside.models.cells import DAY_MINUTES
from lineside.models.geography import Geography
from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice

LAST_ORDINAL = dt.date.max.toordinal()


@dataclass(frozen=True)
class LostPiece:
    """Working minutes ``[start, end)`` that a meeting takes from the shift that starts on ``shift_date``."""

    start: int
    end: int
    shift_date: dt.date

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return self.end - self.start


@dataclass(frozen=True)
class MeetingView:
    """One meeting as one person of a crew lives it. All times are wall minutes, all lengths minutes.

    Parameters
    ----------
    span, window
        The meeting, and the meeting with the travel from and to the line's site around it.
    kind
        ``lunch``, ``before``, ``after``, ``off`` or ``release``.
    lost
        Pieces of the window inside worked shifts and outside their meals; no minute twice.
    lost_minutes, peak_minutes
        Length of ``lost``, and of its part in shifts that start in a peak.
    outside_minutes
        Minutes of the meeting outside every shift; a meal inside a shift is part of the shift.
    meal_left
        The least that the window leaves free of a meal that the meeting overlaps; None without one.
    shifts
        The shifts that the meeting itself overlaps.
    """

    span: Interval
    window: Interval
    kind: str
    lost: tuple[LostPiece, ...]
    lost_minutes: int
    peak_minutes: int
    outside_minutes: int
    meal_left: int | None
    shifts: tuple[Shift, ...]

    @property
    def date(self) -> dt.date:
        """Date on which the meeting starts, to which it belongs."""
        return date_of(self.span[0])


class PersonDays:
    """Views of meetings, and travel, for the apprentices of a scenario; both are kept once found.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.calendar = RegionCalendar(scenario)
        self.geography = Geography(scenario)
        self._scenario = scenario
        self._adjacent = scenario.settings.rules.adjacent_minutes
        self._shifts: dict[tuple[str, str, int], Shift | None] = {}
        self._views: dict[tuple[str, str, str, Interval], MeetingView] = {}
        self._from_home: dict[tuple[str, str], int] = {}

    def of(self, scenario: Scenario) -> PersonDays:
        """Return the views for other tables with the same shifts, sites and travel: people and closed dates may differ.

        What one of the two finds, the other one knows.
        """
        other = PersonDays(scenario)
        other._shifts, other._views, other._from_home = self._shifts, self._views, self._from_home
        return other

    def shift(self, apprentice: Apprentice, day: int) -> Shift | None:
        """Return the apprentice's shift that starts on the date with a proleptic ordinal, or None."""
        return self._shift(apprentice.rota, self._scenario.line_site(apprentice), day)

    def shifts_between(self, apprentice: Apprentice, start: int, end: int) -> tuple[Shift, ...]:
        """Return the apprentice's shifts that overlap or touch ``[start, end]``, in order."""
        return tuple(self._near(apprentice.rota, self._scenario.line_site(apprentice), start, end))

    def view(self, apprentice: Apprentice, site: str, span: Interval) -> MeetingView:
        """Return what a meeting at a site is for an apprentice.

        Parameters
        ----------
        site
            Site of the meeting.
        span
            The meeting in wall minutes.
        """
        line_site = self._scenario.line_site(apprentice)
        key = (apprentice.rota, line_site, site, span)
        if key not in self._views:
            self._views[key] = self._look(*key)
        return self._views[key]

    def travel_minutes(self, apprentice: Apprentice, site: str, date: dt.date) -> int:
        """Return minutes one way to a meeting at a site on a date.

        They count from the line's site on a date on which a shift of the apprentice starts, else
        from home, or from the line's site if no home is given.
        """
        if apprentice.zip is None or self.shift(apprentice, date.toordinal()) is not None:
            return self.geography.between_sites(self._scenario.line_site(apprentice), site)
        key = (apprentice.zip, site)
        if key not in self._from_home:
            self._from_home[key] = self.geography.from_home(*key)
        return self._from_home[key]

    def _shift(self, rota: str, line_site: str, day: int) -> Shift | None:
        key = (rota, line_site, day)
        if key not in self._shifts:
            inside = 1 <= day <= LAST_ORDINAL
            date = dt.date.fromordinal(day) if inside else dt.date.min
            self._shifts[key] = self.calendar.shift_on(rota, line_site, date) if inside else None
        return self._shifts[key]

    def _near(self, rota: str, line_site: str, start: int, end: int) -> Iterator[Shift]:
        # A shift lasts a day at most: one that reaches into a date starts on it or on the day before.
        for day in range(start // DAY_MINUTES - 1, end // DAY_MINUTES + 1):
            shift = self._shift(rota, line_site, day)
            if shift is not None and shift.start <= end and start <= shift.end:
                yield shift

    def _look(self, rota: str, line_site: str, site: str, span: Interval) -> MeetingView:
        travel = self.geography.between_sites(line_site, site)
        window = (span[0] - travel, span[1] + travel)
        lost = tuple(_lost_pieces(window, self._near(rota, line_site, *window)))
        met = tuple(s for s in self._near(rota, line_site, *span) if s.start < span[1] and span[0] < s.end)
        meal_left = _meal_left(span, window, met)
        inside_kind = "release" if meal_left is None else "lunch"
        inside = overlap_minutes((span,), merge((s.start, s.end) for s in met))
        peak = sum(piece.minutes for piece in lost if self.calendar.is_peak(line_site, piece.shift_date))
        return MeetingView(
            span=span,
            window=window,
            kind=inside_kind if met else self._kind_outside(rota, line_site, span),
            lost=lost,
            lost_minutes=sum(piece.minutes for piece in lost),
            peak_minutes=peak,
            outside_minutes=span[1] - span[0] - inside,
            meal_left=meal_left,
            shifts=met,
        )

    def _kind_outside(self, rota: str, line_site: str, span: Interval) -> str:
        start, end = span
        if any(s.end <= start for s in self._near(rota, line_site, start - self._adjacent, start)):
            return "after"
        if any(s.start >= end for s in self._near(rota, line_site, end, end + self._adjacent)):
            return "before"
        return "off"


def _lost_pieces(window: Interval, shifts: Iterator[Shift]) -> Iterator[LostPiece]:
    taken: tuple[Interval, ...] = ()
    for shift in shifts:
        pieces = _without((max(window[0], shift.start), min(window[1], shift.end)), merge((*shift.meals, *taken)))
        taken += pieces  # a rota whose shifts overlap loses the common minutes once
        yield from (LostPiece(start, end, shift.date) for start, end in pieces)


def _without(span: Interval, busy: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Return what is left of ``span``; ``busy`` is sorted and disjoint."""
    left, pieces = span[0], []
    for start, end in busy:
        if end > left:
            pieces.append((left, min(start, span[1])))
            left = end
    pieces.append((left, span[1]))
    return tuple((start, end) for start, end in pieces if start < end)


def _meal_left(span: Interval, window: Interval, met: tuple[Shift, ...]) -> int | None:
    meals = [meal for shift in met for meal in shift.meals if meal[0] < span[1] and span[0] < meal[1]]
    return min((end - start - overlap_minutes((window,), ((start, end),)) for start, end in meals), default=None)
