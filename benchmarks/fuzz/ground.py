"""The good scenario and plan that every case begins from: the smallest bundled region."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

from lineside.models.mistakes import Findings
from lineside.models.plan import Plan, plan_json
from lineside.models.raw import RawScenario, plain_name
from lineside.models.reading import result_of
from lineside.models.scenario import Scenario
from lineside.models.tables import TABLES
from lineside.scenarios.examples import example_raw
from lineside.solver import SolveOptions, solve


@cache
def raw() -> RawScenario:
    """Return the texts."""
    return example_raw("two_plants")


@cache
def scenario() -> Scenario:
    """Return the scenario."""
    return result_of(raw(), Findings()).scenario


@cache
def plan() -> Plan:
    """Return its optimal plan."""
    return solve(scenario(), SolveOptions(seconds=20, workers=1)).plan


@cache
def plan_text() -> str:
    """Return the plan as JSON."""
    return plan_json(plan())


def plan_data() -> Any:
    """Return the plan as plain data that may be changed."""
    return json.loads(plan_text())


def with_cells(cells: dict[tuple[str, int, str], str]) -> RawScenario:
    """Return the texts with some cells replaced.

    Parameters
    ----------
    cells
        Text by table, row from 0, and column; a column that the table lacks is added, a row beyond its end is not.
    """
    tables = dict(raw().tables)
    for (name, number, column), text in cells.items():
        table = tables.get(name)
        if table is None or number >= len(table.rows):
            continue
        header = [plain_name(title) for title in table.header]
        rows = [list(row) for row in table.rows]
        if column not in header:
            header.append(column)
            rows = [[*row, ""] for row in rows]
        rows[number][header.index(column)] = text
        tables[name] = replace(table, header=tuple(header), rows=tuple(map(tuple, rows)))
    return replace(raw(), tables=tables)


PLACES = tuple((name, column) for name, model in TABLES.items() for column in model.model_fields)
"""Every column of every table."""
