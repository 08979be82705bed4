"""Rooms and instructors that cannot be had on some dates.

The tables know the hours of a week, not dates: a sick instructor or a flooded room is told beside them, and
whoever plans or judges around it looks here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lineside.models.calendar import Interval, wall_minute
from lineside.models.measures import cohort_spans
from lineside.models.plan import Cohort

Served = Literal["room", "instructor"]


@dataclass(frozen=True)
class Outage:
    """Dates on which a room or an instructor cannot be had.

    Parameters
    ----------
    kind, id
        Which one.
    first, last
        First and last date, both included.
    """

    kind: Served
    id: str
    first: dt.date
    last: dt.date

    @property
    def span(self) -> Interval:
        """The dates in wall minutes, half open."""
        return wall_minute(self.first), wall_minute(self.last + dt.timedelta(days=1))

    def touches(self, span: Interval) -> bool:
        """Return whether a meeting reaches into the dates."""
        low, high = self.span
        return span[0] < high and low < span[1]

    def missed(self, cohort: Cohort) -> tuple[Interval, ...]:
        """Return the meetings of a cohort that cannot be held with its room or instructor, in wall minutes."""
        if self.id != (cohort.room if self.kind == "room" else cohort.instructor):
            return ()
        return tuple(span for span in cohort_spans(cohort) if self.touches(span))


def away(outages: Iterable[Outage], kind: Served, name: str) -> list[Interval]:
    """Return the dates on which a room or an instructor cannot be had, in wall minutes."""
    return [row.span for row in outages if row.kind == kind and row.id == name]


def missed_meetings(outages: Iterable[Outage], cohort: Cohort) -> tuple[Interval, ...]:
    """Return the meetings of a cohort that its room or instructor cannot serve, in time order, each once."""
    return tuple(sorted({span for row in outages for span in row.missed(cohort)}))
