"""What differs between two scenarios, or two revisions of one: settings, and rows of the tables.

Texts are compared, so that drafts with mistakes can be compared too.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from lineside.models.raw import SECTIONS, RawScenario, RawTable, number_text, plain_name
from lineside.models.scenario import Settings
from lineside.models.tables import KEYS, TABLES

Cells = tuple[tuple[str, str], ...]
"""Columns and texts of a row, in table order."""


@dataclass(frozen=True)
class SettingChange:
    """A setting with another value.

    Parameters
    ----------
    section
        ``rules``, ``prices``, or None for a key at the top.
    key
        Its name.
    before, after
        The values as texts; a default where nothing is written, None where there is none.
    """

    section: str | None
    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class CellChange:
    """A cell with another text."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class RowChange:
    """A row of which some cells differ; ``key`` tells which row it is."""

    key: str
    cells: tuple[CellChange, ...]


@dataclass(frozen=True)
class TableChange:
    """What differs in one table.

    Parameters
    ----------
    table
        Its name.
    added, removed
        Rows that only the later, or only the earlier one has.
    changed
        Rows that both have, with different cells. Tables without a key have none.
    """

    table: str
    added: tuple[Cells, ...]
    removed: tuple[Cells, ...]
    changed: tuple[RowChange, ...]


@dataclass(frozen=True)
class ScenarioChanges:
    """What differs between two scenarios; tables without a difference are left out."""

    settings: tuple[SettingChange, ...]
    tables: tuple[TableChange, ...]
    has_other_published: bool

    @property
    def is_empty(self) -> bool:
        """Whether both are the same."""
        return not (self.settings or self.tables or self.has_other_published)


def changes_between(before: RawScenario, after: RawScenario) -> ScenarioChanges:
    """Return what differs between two scenarios' texts.

    Parameters
    ----------
    before, after
        The earlier and the later one. An optional table, column or setting that is left out counts like an empty
        one; the order of rows and columns does not count.

    Examples
    --------
    >>> old = RawScenario({"name": "A", "rules": {"modules_at_once": 2}}, {})
    >>> new = RawScenario({"name": "A", "rules": {"modules_at_once": 3}}, {})
    >>> changes_between(old, new).settings
    (SettingChange(section='rules', key='modules_at_once', before='2', after='3'),)
    """
    names = [*TABLES, *(name for name in {**before.tables, **after.tables} if name not in TABLES)]
    tables = (_table_change(name, before.tables.get(name), after.tables.get(name)) for name in names)
    return ScenarioChanges(
        settings=tuple(setting_changes(before.settings, after.settings)),
        tables=tuple(change for change in tables if change.added or change.removed or change.changed),
        has_other_published=_plan(before.published) != _plan(after.published),
    )


def _plan(text: str | None) -> object:
    """Return a plan's content; a text that is no JSON stands for itself."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def setting_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[SettingChange]:
    """Yield the settings that differ; a setting that is not written counts with its default."""
    parts: list[tuple[str | None, type[BaseModel]]] = [(None, Settings), *SECTIONS.items()]
    for section, model in parts:
        old, new = section_of(before, section), section_of(after, section)
        keys = dict.fromkeys([*model.model_fields, *old, *new])
        for key in keys:
            if section is None and key in SECTIONS:
                continue
            values = [setting_text(model, key, values.get(key)) for values in (old, new)]
            if values[0] != values[1]:
                yield SettingChange(section, key, *values)


def section_of(settings: Mapping[str, Any], section: str | None) -> Mapping[str, Any]:
    """Return the settings of a section, or all if it is None; nothing if there is no such section."""
    values = settings if section is None else settings.get(section)
    return values if isinstance(values, Mapping) else {}


def setting_text(model: type[BaseModel], key: str, value: Any) -> str | None:
    """Return the text of a setting's value, that of its default if there is none; None if that is none either."""
    if value is None and key in model.model_fields:
        info = model.model_fields[key]
        value = None if info.is_required() else info.get_default()
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number_text(float(value)) if isinstance(value, float | Decimal) else str(value)


def _table_change(name: str, before: RawTable | None, after: RawTable | None) -> TableChange:
    columns = _columns(name, before, after)
    old, new = rows_by_key(name, before), rows_by_key(name, after)
    changed = []
    for key in old.keys() & new.keys() if KEYS.get(name) else ():
        cells = tuple(
            CellChange(column, old[key].get(column, ""), new[key].get(column, ""))
            for column in columns
            if old[key].get(column, "") != new[key].get(column, "")
        )
        if cells:
            changed.append((key, cells))
    order = {key: place for place, key in enumerate(new)}
    changed.sort(key=lambda pair: order[pair[0]])
    return TableChange(
        table=name,
        added=tuple(_cells(columns, row) for key, row in new.items() if key not in old),
        removed=tuple(_cells(columns, row) for key, row in old.items() if key not in new),
        changed=tuple(RowChange(_key_words(key), cells) for key, cells in changed),
    )


def _columns(name: str, *tables: RawTable | None) -> list[str]:
    known = list(TABLES[name].model_fields) if name in TABLES else []
    named = [plain_name(title) for table in tables if table is not None for title in table.header]
    return list(dict.fromkeys([column for column in known if column in named] + named))


def _cells(columns: list[str], row: Mapping[str, str]) -> Cells:
    return tuple((column, row.get(column, "")) for column in columns)


RowKey = tuple[tuple[str, ...], int]
"""Texts that name a row, and which of the rows with these texts it is."""


def rows_by_key(name: str, table: RawTable | None) -> dict[RowKey, dict[str, str]]:
    """Return a table's rows by key; a table without key columns has its whole rows as keys."""
    if table is None:
        return {}
    columns = [plain_name(title) for title in table.header]
    keys = KEYS.get(name, ())
    seen: Counter[tuple[str, ...]] = Counter()
    rows = {}
    for cells in table.rows:
        row = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
        texts = [f"{column}={text}" for column, text in sorted(row.items()) if text]
        key = tuple(row.get(column, "") for column in keys) if keys else tuple(texts)
        rows[key, seen[key]] = row
        seen[key] += 1
    return rows


def _key_words(key: RowKey) -> str:
    texts, place = key
    words = ", ".join(texts)
    return words if place == 0 else f"{words} (no. {place + 1})"
