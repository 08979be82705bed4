"""Variants: a base scenario with edits made, and what of them no longer fits the base.

A variant is kept as its base and its edits, so that it stays small and follows the base when that changes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from lineside.models.mistakes import rename_hint, shown
from lineside.models.raw import SECTIONS, RawScenario, RawTable, is_plain_number, plain_name, setting_type
from lineside.models.scenario import Settings
from lineside.models.tables import KEYS, TABLES
from lineside.scenarios.changes import rows_by_key, section_of, setting_text
from lineside.scenarios.edits import CellEdit, RowAdded, RowRemoved, ScenarioEdit, SettingEdit

Reason = Literal["row gone", "cell changed", "row changed", "setting changed", "row there", "row twice", "unknown"]


@dataclass(frozen=True)
class Conflict:
    """A change of an edit that does not fit the base any more and was not made.

    Parameters
    ----------
    edit
        Name of the edit.
    reason
        What is in the way.
    place
        Where: table and row, or the setting.
    sentence
        The fact, then what to do.
    """

    edit: str
    reason: Reason
    place: str
    sentence: str


@dataclass(frozen=True)
class Variant:
    """A base with edits made.

    Parameters
    ----------
    raw
        Its texts, without the changes that are in conflict.
    conflicts
        Changes that were not made.
    settled
        Sentences about changes that the base has already.
    """

    raw: RawScenario
    conflicts: tuple[Conflict, ...] = ()
    settled: tuple[str, ...] = ()


def variant_of(base: RawScenario, edits: Sequence[ScenarioEdit]) -> Variant:
    """Return a base with edits made one after the other.

    Parameters
    ----------
    base
        The texts as they are now.
    edits
        What to change; a later edit finds what an earlier one left.

    Notes
    -----
    The plan in force stays the base's. The texts may have mistakes that the base does not have: they are judged like
    any other scenario's.
    """
    raw, conflicts, settled = base, [], []
    for edit in edits:
        work = _Work(edit.name, raw)
        for row in edit.removed:
            work.remove(row)
        for cell in edit.cells:
            work.change(cell)
        for new in edit.added:
            work.add(new)
        for setting in edit.settings:
            work.set(setting)
        raw = work.raw
        conflicts += work.conflicts
        settled += work.settled
    return Variant(raw, tuple(conflicts), tuple(settled))


@dataclass
class _Table:
    """A table while rows come and go: columns as they are written, and the rows by key."""

    header: list[str]
    rows: dict[tuple[tuple[str, ...], int], dict[str, str]]
    numbers: dict[tuple[tuple[str, ...], int], int]
    header_row: int = 1

    @classmethod
    def of(cls, name: str, table: RawTable | None) -> _Table:
        if table is None:
            return cls([], {}, {})
        rows = rows_by_key(name, table)
        return cls(list(table.header), rows, dict(zip(rows, table.row_numbers, strict=False)), table.header_row)

    def raw(self) -> RawTable:
        names = [plain_name(title) for title in self.header]
        rows = tuple(tuple(row.get(name, "") for name in names) for row in self.rows.values())
        last = max(self.numbers.values(), default=self.header_row)
        fresh = iter(range(last + 1, last + 1 + len(self.rows)))
        numbers = tuple(self.numbers[key] if key in self.numbers else next(fresh) for key in self.rows)
        return RawTable(tuple(self.header), rows, numbers, self.header_row)


@dataclass
class _Work:
    """One edit being made."""

    edit: str
    raw: RawScenario
    conflicts: list[Conflict] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)

    def remove(self, part: RowRemoved) -> None:
        table = self._table(part.table)
        place = f"{part.table} {', '.join(part.row)}" if part.row else f"{part.table} ({_words(part.cells)})"
        found = self._rows_named(table, part)
        if not found:
            self.settled.append(f"{self.edit}: {place} is to be removed, and the base does not have it any more.")
            return
        row = table.rows[found[-1]]
        if part.row and len(found) > 1:
            self._twice(place)
            return
        for column, text in part.cells.items():
            if row.get(column, "") != text:
                self._conflict(
                    "row changed",
                    place,
                    f"it is to be removed, but its {column} is {shown(row.get(column, ''))} and no longer "
                    f"{shown(text)}. Look at the row; if it is to go all the same, correct what the edit expects.",
                )
                return
        del table.rows[found[-1]]
        self._keep(part.table, table)

    def change(self, part: CellEdit) -> None:
        table = self._table(part.table)
        place = f"{part.table} {', '.join(part.row)}"
        found = [key for key in table.rows if key[0] == part.row]
        wanted = f"its {part.column} is to be {shown(part.after)}"
        if not found:
            self._conflict(
                "row gone", place, f"{wanted}, but the base has no such row any more. Take the change out of the edit."
            )
            return
        if len(found) > 1:
            self._twice(place)
            return
        row = table.rows[found[0]]
        now = row.get(part.column, "")
        if part.column not in TABLES[part.table].model_fields and part.column not in row:
            hint = rename_hint(part.column, TABLES[part.table].model_fields)
            self._conflict("unknown", place, f"{shown(part.column)} is no column of {part.table}. {hint}")
        elif now == part.after:
            self.settled.append(f"{self.edit}: the {part.column} of {place} is {shown(now)} in the base already.")
        elif part.before is not None and now != part.before:
            self._conflict(
                "cell changed",
                place,
                f"{wanted} instead of {shown(part.before)}, but the base now has {shown(now)}. "
                "Decide which holds, and correct what the edit expects or take the change out.",
            )
        else:
            self._set_cells(part.table, table, found[0], {part.column: part.after})

    def _set_cells(self, name: str, table: _Table, key: tuple[tuple[str, ...], int], cells: dict[str, str]) -> None:
        titles = [plain_name(title) for title in table.header]
        table.header += [column for column in cells if column not in titles]
        table.rows[key] = {**table.rows.get(key, {}), **cells}
        self._keep(name, table)

    def add(self, part: RowAdded) -> None:
        table = self._table(part.table)
        keys = KEYS.get(part.table, ())
        place = f"{part.table} {', '.join(part.cells[column] for column in keys) or f'({_words(part.cells)})'}"
        unknown = [column for column in part.cells if column not in TABLES[part.table].model_fields]
        if unknown:
            hint = rename_hint(unknown[0], TABLES[part.table].model_fields)
            self._conflict("unknown", place, f"{shown(unknown[0])} is no column of {part.table}. {hint}")
            return
        texts = tuple(part.cells[column] for column in keys)
        same = [row for key, row in table.rows.items() if keys and key[0] == texts]
        cells = {column: text for column, text in part.cells.items() if text}
        if any({column: text for column, text in row.items() if text} == cells for row in same):
            self.settled.append(f"{self.edit}: {place} is to be added, and the base has the very same row already.")
        elif same:
            self._conflict(
                "row there",
                place,
                "it is to be added, but the base has a row of that name with other cells. "
                "Give the new row another id, or change the cells of the row that is there.",
            )
        else:
            identity = texts or tuple(f"{column}={text}" for column, text in sorted(cells.items()))
            count = sum(key[0] == identity for key in table.rows)
            ordered = {column: cells[column] for column in TABLES[part.table].model_fields if column in cells}
            self._set_cells(part.table, table, (identity, count), ordered)

    def set(self, part: SettingEdit) -> None:
        model = Settings if part.section is None else SECTIONS.get(part.section)
        if model is None or part.name not in model.model_fields or (part.section is None and part.name in SECTIONS):
            known = [key for key in (model or Settings).model_fields if part.section is not None or key not in SECTIONS]
            hint = rename_hint(part.name, known)
            self._conflict("unknown", part.key, f"it is no setting of a scenario. {hint}")
            return
        now = setting_text(model, part.name, section_of(self.raw.settings, part.section).get(part.name)) or ""
        if now == _setting(part.after):
            self.settled.append(f"{self.edit}: {part.key} is {shown(now)} in the base already.")
        elif part.before is not None and now != _setting(part.before):
            self._conflict(
                "setting changed",
                part.key,
                f"it is to be {shown(part.after)} instead of {shown(part.before)}, but the base now has {shown(now)}. "
                "Decide which holds, and correct what the edit expects or take the change out.",
            )
        else:
            self.raw = dataclasses.replace(self.raw, settings=_with_setting(self.raw.settings, part))

    def _table(self, name: str) -> _Table:
        return _Table.of(name, self.raw.tables.get(name))

    def _rows_named(self, table: _Table, part: RowRemoved) -> list[tuple[tuple[str, ...], int]]:
        if part.row:
            return [key for key in table.rows if key[0] == part.row]
        wanted = {column: text for column, text in part.cells.items() if text}
        return [key for key, row in table.rows.items() if {c: t for c, t in row.items() if t} == wanted]

    def _keep(self, name: str, table: _Table) -> None:
        tables = {**self.raw.tables, name: table.raw()}
        ordered = {known: tables[known] for known in TABLES if known in tables}
        self.raw = dataclasses.replace(self.raw, tables=ordered)

    def _twice(self, place: str) -> None:
        self._conflict("row twice", place, "the base has that row twice. Correct the table before it is edited.")

    def _conflict(self, reason: Reason, place: str, text: str) -> None:
        self.conflicts.append(Conflict(self.edit, reason, place, f"{self.edit}: {place}: {text}"))


def _words(cells: dict[str, str]) -> str:
    return ", ".join(text for text in cells.values() if text)


def _setting(text: str) -> str:
    """Return a setting's text as comparisons have it: yes and no for truth values."""
    return {"true": "yes", "false": "no"}.get(text.strip().lower(), text.strip())


def _with_setting(settings: dict[str, Any], part: SettingEdit) -> dict[str, Any]:
    values = dict(section_of(settings, part.section))
    if part.after.strip():
        values[part.name] = _native(part)
    else:
        values.pop(part.name, None)
    if part.section is None:
        return values
    return {**settings, part.section: values}


def _native(part: SettingEdit) -> Any:
    """Return the value that TOML would have for a setting's text; what cannot be read stays a text for validation."""
    accepted, text = setting_type(part.section, part.name), part.after.strip()
    if accepted is None:
        return {"yes": True, "no": False}.get(_setting(text), text)
    if accepted.kind in ("count", "minutes", "number") and is_plain_number(text):
        return float(text) if "." in text else int(text)
    return text
