"""Selections of a plan's impact: the lines that it hits hardest over weeks or hours, and the rows behind a total."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from lineside.models.calendar import letter_on
from lineside.models.scenario import Scenario
from lineside.service.api.impact_views import View, impact_rows
from lineside.solver import Absence

Across = Literal["week", "hour_of_week"]
Shown = Literal["lost_line_minutes", "least_spare_operators"]
WEEK_HOURS = 168


@dataclass(frozen=True)
class LineMap:
    """A figure of every line over weeks or hours of the week.

    Parameters
    ----------
    columns
        Mondays, or hours since Monday 00:00, in order, those without an absence left out.
    lines
        Line, its total (the sum of line-minutes, or the fewest operators), and its figures by column; those that are
        hit hardest come first.
    """

    columns: list[Any]
    lines: list[tuple[str, float, dict[Any, float]]]


def line_map(view: View, across: Across, shown: Shown, company: str | None) -> LineMap:
    """Return line-minutes lost, or operators left above the minimum, by line and week or hour."""
    figures: dict[str, dict[Any, float]] = defaultdict(dict)
    for row in impact_rows(view, ("line", across), company):
        figures[row["line"]][row[across]] = row[shown]
    is_lost = shown == "lost_line_minutes"
    lines = [(line, sum(row.values()) if is_lost else min(row.values()), row) for line, row in figures.items()]
    lines.sort(key=lambda row: (-row[1] if is_lost else row[1], row[0]))
    return LineMap(sorted({column for row in figures.values() for column in row}), lines)


@dataclass(frozen=True)
class Asked:
    """Which absences are asked for; what is None does not matter.

    Parameters
    ----------
    shift
        Letter of the shift.
    week
        Monday of the week in which the shift starts.
    hour_of_week
        Hours since Monday 00:00, of an hour in which the person is away.
    """

    company: str | None
    line: str | None
    rota: str | None
    shift: str | None
    week: dt.date | None
    hour_of_week: int | None

    def of(self, view: View) -> Iterator[Absence]:
        """Yield the absences of a plan that are asked for, by time."""
        wanted = [(name, getattr(self, name)) for name in ("company", "line", "rota")]
        given = [(name, value) for name, value in wanted if value is not None]
        for row in view.absences:
            if all(getattr(row, name) == value for name, value in given) and self._is_then(view.scenario, row):
                yield row

    def _is_then(self, scenario: Scenario, row: Absence) -> bool:
        monday = row.shift_date - dt.timedelta(days=row.shift_date.weekday())
        return (
            self.week in (None, monday)
            and self.shift in (None, letter_on(scenario.rota_by_id[row.rota], row.shift_date))
            and (self.hour_of_week is None or self.hour_of_week in _hours(row))
        )


def _hours(row: Absence) -> set[int]:
    first = row.start.weekday() * 24 + row.start.hour
    last = row.end - dt.timedelta(minutes=1)
    count = int((last.replace(minute=0) - row.start.replace(minute=0)) / dt.timedelta(hours=1)) + 1
    return {hour % WEEK_HOURS for hour in range(first, first + count)}
