"""From texts to values: every cell on its own, so that one bad cell hides no other mistake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import InvalidOperation
from typing import Any

from lineside.models.cells import CellType
from lineside.models.mistakes import Findings, rename_hint, shown
from lineside.models.raw import UNUSABLE, RawScenario, RawTable, plain_name
from lineside.models.tables import KEYS, OPTIONAL_TABLES, TABLES, Row, cell_type, is_required

NOUNS = {
    "id": "id",
    "list of ids": "list of ids",
    "text": "text",
    "zip": "zip code",
    "minutes": "number of minutes",
    "count": "count",
    "number": "number",
    "degrees": "coordinate",
    "date": "date",
    "list of dates": "list of dates",
    "clock": "clock time",
    "days": "list of days",
    "days and hours": "set of days and hours",
    "hours of letters": "set of letters and hours",
    "cycle": "cycle",
    "choices": "list of choices",
    "choice": "word",
    "list of choices": "list of words",
}
"""What a message calls each kind of cell."""


@dataclass(frozen=True)
class Record:
    """A row of a table: its values by column, without the cells that hold mistakes."""

    row: int
    values: dict[str, Any]

    def __getitem__(self, column: str) -> Any:
        """Return a value; None if the cell is empty without a default, or holds a mistake."""
        return self.values.get(column)

    def has(self, *columns: str) -> bool:
        """Return whether none of the cells holds a mistake."""
        return all(column in self.values for column in columns)


@dataclass(frozen=True)
class Records:
    """The rows of one table and the ids in it.

    Parameters
    ----------
    rows
        Records in table order.
    ids
        Texts of the first key column, with those of rows that hold mistakes elsewhere.
    is_readable
        Whether the table could be read and has its key columns; references to others are not judged.
    """

    rows: list[Record] = field(default_factory=list)
    ids: frozenset[str] = frozenset()
    is_readable: bool = False

    def __iter__(self) -> Iterator[Record]:
        """Iterate over the rows."""
        return iter(self.rows)


def cell_message(accepted: CellType, text: str) -> str:
    """Return fact and remedy for a text that a column does not accept."""
    return f"{shown(text)} is no valid {NOUNS[accepted.kind]}. {accepted.remedy}"


def read_records(raw: RawScenario, findings: Findings) -> dict[str, Records]:
    """Return the records of every table; a missing table has none.

    Notes every wrong cell, missing or unknown column, missing table and repeated key.
    """
    records = {}
    for table, model in TABLES.items():
        if table in raw.tables:
            records[table] = _read_table(table, model, raw.tables[table], findings)
        else:
            records[table] = Records()
            if table not in OPTIONAL_TABLES:
                findings.add(table, None, None, None, f"The table {table} is missing or empty. Add it with its header.")
    return records


def _read_table(table: str, model: type[Row], raw: RawTable, findings: Findings) -> Records:
    if not raw.header:
        return Records()
    columns = _columns(table, model, raw, findings)
    readers = {name: _CellReader(table, name) for name in columns}
    defaults = {name: info.get_default() for name, info in model.model_fields.items() if not info.is_required()}
    rows = []
    for number, cells in zip(raw.row_numbers, raw.rows, strict=True):
        values = dict(defaults)
        for name, i in columns.items():
            readers[name].read(number, cells[i], values, findings)
        rows.append(Record(number, values))
    keys = KEYS.get(table, ())
    _report_repeated_keys(table, keys, rows, findings)
    if not all(key in columns for key in keys):
        return Records(rows)
    ids = frozenset(cells[columns[keys[0]]].strip() for cells in raw.rows) if keys else frozenset()
    return Records(rows, ids, is_readable=True)


def _columns(table: str, model: type[Row], raw: RawTable, findings: Findings) -> dict[str, int]:
    """Return the place of each known column, and note those that are unknown, repeated or missing."""
    columns: dict[str, int] = {}
    for i, title in enumerate(raw.header):
        name = plain_name(title)
        if title == UNUSABLE:
            continue
        if name not in model.model_fields:
            hint = rename_hint(name, model.model_fields)
            findings.add(table, raw.header_row, name, title, f"{shown(title)} is no column of {table}. {hint}")
        elif name in columns:
            findings.add(table, raw.header_row, name, title, "The column stands twice. Keep one of them.")
        else:
            columns[name] = i
    for name in model.model_fields:
        if name not in columns and is_required(table, name):
            remedy = f"Add a column {name} and fill every cell of it."
            findings.add(table, raw.header_row, name, None, f"The column is missing. {remedy}")
    return columns


class _CellReader:
    """Reads the cells of one column; equal texts are parsed once and share their value."""

    def __init__(self, table: str, column: str) -> None:
        self._table, self._column = table, column
        self._accepted = cell_type(table, column)
        self._is_required = is_required(table, column)
        self._known: dict[str, Any] = {}

    def read(self, row: int, cell: str, values: dict[str, Any], findings: Findings) -> None:
        """Put the cell's value into ``values``, or take the default out if there is none to trust."""
        text = cell.strip()
        if text in self._known:
            values[self._column] = self._known[text]
        elif text == UNUSABLE:
            values.pop(self._column, None)
        elif text:
            self._parse(row, text, values, findings)
        elif self._is_required:
            message = f"The cell is empty. {self._accepted.remedy}"
            findings.add(self._table, row, self._column, None, message)

    def _parse(self, row: int, text: str, values: dict[str, Any], findings: Findings) -> None:
        try:
            values[self._column] = self._known[text] = self._accepted.parse(text)
        except (ValueError, InvalidOperation):
            values.pop(self._column, None)
            findings.add(self._table, row, self._column, text, cell_message(self._accepted, text))


def _report_repeated_keys(table: str, keys: tuple[str, ...], rows: list[Record], findings: Findings) -> None:
    if not keys:
        return
    first: dict[tuple[Any, ...], int] = {}
    for record in rows:
        if not record.has(*keys):
            continue
        key = tuple(record[name] for name in keys)
        if key in first:
            value = ", ".join(map(str, key))
            message = f"{shown(value)} stands in row {first[key]} as well. Give each row its own, or remove one."
            findings.add(table, record.row, ", ".join(keys), value, message)
        first.setdefault(key, record.row)


def build_rows(records: Mapping[str, Records]) -> dict[str, tuple[Row, ...]]:
    """Return the typed rows of every table, once no mistake is left."""
    return {table: tuple(TABLES[table](**record.values) for record in records[table]) for table in TABLES}
