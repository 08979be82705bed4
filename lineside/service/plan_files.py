"""A plan as CSV tables, and files that appear whole or not at all.

The CSV tables are for machines: they hold ids exactly as the scenario has them, also such as
``=1+1``, because a quote put before them would be another id. A spreadsheet program that opens a
CSV file reads such a cell as a formula; people are handed the workbook, where every cell is text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lineside.models.differences import MEASURES
from lineside.models.plan import Measures, Plan

COHORT_COLUMNS = ("cohort", "module", "site", "room", "instructor", "days", "start", "minutes", "first_week")

Row = tuple[object, ...]


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path beside ``path`` to write to; on success it takes the place of ``path``, else it goes.

    Raises
    ------
    OSError
        If the file cannot take its place.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_csv_tables(plan: Plan, folder: Path) -> tuple[Path, ...]:
    """Write a plan as CSV tables (UTF-8, a header row each) and return their paths.

    Raises
    ------
    OSError
        If a table cannot be written; each table appears whole or not at all.
    """
    return tuple(write_table(folder / f"{name}.csv", columns, rows) for name, columns, rows in _tables(plan))


def _tables(plan: Plan) -> Iterator[tuple[str, tuple[str, ...], Iterable[Row]]]:
    yield "cohorts", COHORT_COLUMNS, (tuple(getattr(row, name) for name in COHORT_COLUMNS) for row in plan.cohorts)
    meetings = ((row.cohort, m.date.isoformat(), m.start, m.end) for row in plan.cohorts for m in row.meetings)
    yield "meetings", ("cohort", "date", "start", "end"), meetings
    yield "seats", ("apprentice", "module", "cohort"), ((s.apprentice, s.module, s.cohort) for s in plan.seats)
    choices = ((row.apprentice, row.requirement, row.option) for row in plan.options)
    yield "options", ("apprentice", "requirement", "option"), choices
    unseated = ((row.apprentice, row.module, row.reason) for row in plan.unseated)
    yield "unseated", ("apprentice", "module", "reason"), unseated
    yield "measures", ("measure", "value", "unit"), _measure_rows(plan)


def _measure_rows(plan: Plan) -> Iterator[Row]:
    yield "scenario", plan.scenario, "name"
    yield "first_day", plan.first_day.isoformat() if plan.first_day else "", "date"
    yield "status", plan.status, "word"
    yield "objective", _number(plan.objective), "line-minutes"
    yield "bound", _number(plan.bound), "line-minutes"
    for name in Measures.model_fields:
        yield name, _number(getattr(plan.measures, name, None)), MEASURES[name]


def _number(value: object) -> str:
    return "" if value is None else f"{value:f}" if not isinstance(value, int) else str(value)


def write_table(path: Path, columns: tuple[str, ...], rows: Iterable[Row]) -> Path:
    """Write a CSV table and return its path.

    Raises
    ------
    OSError
        If it cannot be written; it appears whole or not at all.
    """
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return path
