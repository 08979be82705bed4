"""Where meetings stand in a week's grid: cut at midnight, overlapping ones side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

DAY = dt.timedelta(days=1)
DAY_MINUTES = 1440


@dataclass(frozen=True)
class Piece:
    """A part of a meeting on one day of the grid.

    Parameters
    ----------
    cohort
        Whose meeting.
    start, end
        The whole meeting, local.
    day
        0 for the week's Monday to 6.
    top, bottom
        Minutes of that day.
    """

    cohort: str
    start: dt.datetime
    end: dt.datetime
    day: int
    top: int
    bottom: int


@dataclass(frozen=True)
class Placed:
    """A piece with its lane, and how many lanes stand side by side there."""

    piece: Piece
    lane: int
    lanes: int

    @property
    def left(self) -> float:
        """Left edge, in days from the week's start."""
        return self.piece.day + 0.02 + 0.96 * self.lane / self.lanes

    @property
    def right(self) -> float:
        """Right edge."""
        return self.piece.day + 0.02 + 0.96 * (self.lane + 1) / self.lanes


def pieces(cohort: str, spans: Iterable[tuple[dt.datetime, dt.datetime]], monday: dt.date) -> list[Piece]:
    """Return the parts of a cohort's meetings that fall into a week; one across midnight has two.

    >>> span = (dt.datetime(2027, 1, 5, 22), dt.datetime(2027, 1, 6, 1))
    >>> [(piece.day, piece.top, piece.bottom) for piece in pieces("K", [span], dt.date(2027, 1, 4))]
    [(1, 1320, 1440), (2, 0, 60)]
    """
    found = []
    for start, end in spans:
        date = start.date()
        while dt.datetime.combine(date, dt.time()) < end:
            midnight = dt.datetime.combine(date, dt.time())
            day = (date - monday).days
            if 0 <= day < 7:
                top = max(0, int((start - midnight).total_seconds()) // 60)
                bottom = min(DAY_MINUTES, int((end - midnight).total_seconds()) // 60)
                found.append(Piece(cohort, start, end, day, top, bottom))
            date += DAY
    return found


def placed(found: Iterable[Piece]) -> list[Placed]:
    """Return pieces with lanes: those that overlap, also through a third, share the width of their day."""
    result: list[Placed] = []
    group: list[tuple[Piece, int]] = []
    ends: list[int] = []
    last: tuple[int, int] = (-1, 0)
    for piece in sorted(found, key=lambda piece: (piece.day, piece.top, -piece.bottom, piece.cohort)):
        if (piece.day, piece.top) >= last or piece.day != last[0]:
            result += [Placed(one, lane, len(ends)) for one, lane in group]
            group, ends = [], []
        lane = next((number for number, end in enumerate(ends) if end <= piece.top), len(ends))
        ends[lane : lane + 1] = [piece.bottom]
        group.append((piece, lane))
        last = (piece.day, max(ends))
    return [*result, *(Placed(one, lane, len(ends)) for one, lane in group)]
