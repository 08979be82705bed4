"""Small changes to tables, made to a scenario in memory and to its texts alike."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lineside.models.plan import Plan, plan_json
from lineside.models.raw import RawScenario, RawTable, plain_name
from lineside.models.scenario import Scenario
from lineside.models.tables import KEYS, TABLES


@dataclass(frozen=True)
class TableSteps:
    """Changes to the tables of one scenario.

    Parameters
    ----------
    added
        Rows to add, as table and texts by column.
    changed
        Texts to write into rows that are there, by table and the value of their first key column.
    removed
        Tables and the value of the first key column of the rows to take out.
    replaced
        Tables of which every row is another one, with the new rows.
    frozen_until, weeks
        Other values for the settings of these names; None leaves them.
    rules
        Other values for settings in the section of rules.
    published
        Another plan in force; None leaves it.
    """

    added: tuple[tuple[str, Mapping[str, str]], ...] = ()
    changed: tuple[tuple[str, str, Mapping[str, str]], ...] = ()
    removed: tuple[tuple[str, str], ...] = ()
    replaced: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    frozen_until: dt.date | None = None
    weeks: int | None = None
    rules: Mapping[str, int] = field(default_factory=dict)
    published: Plan | None = None

    def with_plan(self, published: Plan | None) -> TableSteps:
        """Return the same changes with another plan in force."""
        return dataclasses.replace(self, published=published)

    def then(self, later: TableSteps) -> TableSteps:
        """Return these changes and then those: where both give a value, the later one holds."""
        return TableSteps(
            self.added + later.added,
            self.changed + later.changed,
            self.removed + later.removed,
            {**self.replaced, **later.replaced},
            later.frozen_until or self.frozen_until,
            later.weeks or self.weeks,
            {**self.rules, **later.rules},
            later.published or self.published,
        )

    @property
    def settings(self) -> dict[str, Any]:
        """The settings outside sections that get another value."""
        named = {"frozen_until": self.frozen_until, "weeks": self.weeks}
        return {name: value for name, value in named.items() if value is not None}


def changed_scenario(scenario: Scenario, **changes: Any) -> Scenario:
    """Return a scenario with some fields replaced; what was worked out from the old ones is forgotten."""
    fields = {name: getattr(scenario, name) for name in Scenario.model_fields}
    return Scenario.model_construct(**{**fields, **changes})


def stepped(scenario: Scenario, steps: TableSteps) -> Scenario:
    """Return a scenario after changes to its tables.

    Raises
    ------
    pydantic.ValidationError
        If a cell of a new row, or a changed cell, cannot be read.
    KeyError
        If a row to change is not there.
    """
    rows: dict[str, list[Any]] = {}

    def table(name: str) -> list[Any]:
        return rows.setdefault(name, list(getattr(scenario, name) or ()))

    for name, key in steps.removed:
        rows[name] = [row for row in table(name) if getattr(row, KEYS[name][0]) != key]
    for name, key, cells in steps.changed:
        place = next((k for k, row in enumerate(table(name)) if getattr(row, KEYS[name][0]) == key), None)
        if place is None:
            raise KeyError(key)
        old = {column: getattr(rows[name][place], column) for column in TABLES[name].model_fields}
        rows[name][place] = TABLES[name].model_validate({**old, **_filled(cells)})
    for name, listed in steps.replaced.items():
        rows[name] = [TABLES[name].model_validate(_filled(cells)) for cells in listed]
    for name, cells in steps.added:
        table(name).append(TABLES[name].model_validate(_filled(cells)))
    changes: dict[str, Any] = {name: tuple(found) for name, found in rows.items()}
    rules = scenario.settings.rules.model_copy(update=dict(steps.rules))
    changes["settings"] = scenario.settings.model_copy(update={**steps.settings, "rules": rules})
    if steps.published is not None:
        changes["published"] = steps.published
    return changed_scenario(scenario, **changes)


def _filled(cells: Mapping[str, str]) -> dict[str, str]:
    """Return the cells that are not empty: an empty one has its default."""
    return {column: text.strip() for column, text in cells.items() if text.strip()}


def stepped_texts(raw: RawScenario, steps: TableSteps) -> RawScenario:
    """Return a scenario's texts after changes to its tables; every other cell stays as it was written."""
    tables = dict(raw.tables)
    for name, key in steps.removed:
        if name in tables:
            tables[name] = _without(tables[name], KEYS[name][0], key)
    for name, key, cells in steps.changed:
        tables[name] = _with_cells(tables[name], KEYS[name][0], key, cells)
    for name, listed in steps.replaced.items():
        columns = tuple(TABLES[name].model_fields)
        tables[name] = _numbered(columns, (tuple(cells.get(column, "") for column in columns) for cells in listed))
    for name, cells in steps.added:
        tables[name] = _with_row(tables.get(name) or RawTable(tuple(TABLES[name].model_fields), ()), cells)
    settings = {**raw.settings, **steps.settings}
    if steps.rules:
        settings["rules"] = {**(raw.settings.get("rules") or {}), **steps.rules}
    published = raw.published if steps.published is None else plan_json(steps.published)
    kept = {name: tables[name] for name in TABLES if name in tables}
    return RawScenario(settings, kept, published)


def _columns(table: RawTable) -> list[str]:
    return [plain_name(title) for title in table.header]


def _numbered(header: Iterable[str], rows: Iterable[tuple[str, ...]]) -> RawTable:
    listed = tuple(rows)
    return RawTable(tuple(header), listed, tuple(range(2, len(listed) + 2)))


def _without(table: RawTable, column: str, key: str) -> RawTable:
    place = _columns(table).index(column)
    return _numbered(table.header, (row for row in table.rows if row[place].strip() != key))


def _wider(table: RawTable, cells: Mapping[str, str]) -> RawTable:
    """Return a table with a column for every cell that is not empty."""
    known = _columns(table)
    more = [column for column, text in cells.items() if text.strip() and column not in known]
    return _numbered((*table.header, *more), ((*row, *("" for _ in more)) for row in table.rows))


def _with_cells(table: RawTable, column: str, key: str, cells: Mapping[str, str]) -> RawTable:
    wide = _wider(table, cells)
    columns = _columns(wide)
    place = columns.index(column)

    def written(row: tuple[str, ...]) -> tuple[str, ...]:
        if row[place].strip() != key:
            return row
        return tuple(cells.get(name, text) for name, text in zip(columns, row, strict=True))

    return _numbered(wide.header, map(written, wide.rows))


def _with_row(table: RawTable, cells: Mapping[str, str]) -> RawTable:
    wide = _wider(table, cells)
    return _numbered(wide.header, (*wide.rows, tuple(cells.get(name, "") for name in _columns(wide))))
