"""Writing a scenario as an Excel workbook: a sheet per table, the settings, the published plan.

Cells come back as the texts they were: a number becomes a number cell only in a column of numbers
and only if its text is the plain one, a date only in a column of dates; everything else is text, and
nothing is ever a formula.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter
from pydantic import BaseModel
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from lineside.models.columns import REFERENCES
from lineside.models.raw import SECTIONS, RawScenario, RawTable, is_plain_number, plain_name
from lineside.models.scenario import Settings
from lineside.models.tables import KEYS, cell_type
from lineside.models.workbook_reading import EXPLANATION_SHEET, NUMBER_KINDS, PUBLISHED_SHEET, SETTINGS_SHEET

MAX_ROWS = 1_048_576
MAX_CELL_CHARACTERS = 32_767
CHUNK_CHARACTERS = 16_000
"""Characters of the published plan in one cell: below Excel's limit even if each counts twice."""
FIRST_SAFE_YEAR = 1904
"""Earlier dates are written as text: Excel's calendar has a day in 1900 that never was."""

Writer = Callable[[int, int, str], Any]
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_WIDTHS = {"text": 28, "list of ids": 24, "days and hours": 34, "hours of letters": 34, "list of dates": 24}


def write_workbook(raw: RawScenario, path: Path, explanation: list[tuple[str, ...]] | None = None) -> None:
    """Write a workbook; it appears whole or not at all, in place of a file of that name.

    Parameters
    ----------
    raw
        Texts of the scenario.
    path
        File to write.
    explanation
        Rows of the sheet that explains the columns; its first row is the header. Left out: no such sheet.

    Raises
    ------
    ValueError
        If a table has more rows, or a cell more characters, than a sheet holds.
    """
    _check_sizes(raw)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.stem}-", dir=path.parent) as folder:
        part = Path(folder) / "workbook.xlsx"
        with xlsxwriter.Workbook(part, {"constant_memory": True}) as book:
            _Sheets(book).write(raw, explanation)
        part.replace(path)


def _check_sizes(raw: RawScenario) -> None:
    for name, table in raw.tables.items():
        if len(table.rows) >= MAX_ROWS:
            raise ValueError(f"Table {name} has {len(table.rows):,} rows; a sheet holds {MAX_ROWS:,}. Keep the folder.")
        for number, row in zip(table.row_numbers or range(2, len(table.rows) + 2), table.rows, strict=True):
            if sum(map(len, row)) > MAX_CELL_CHARACTERS and max(map(len, row)) > MAX_CELL_CHARACTERS:
                longest = max(map(len, row))
                raise ValueError(
                    f"{name} row {number} has a cell of {longest:,} characters; a sheet's cell holds "
                    f"{MAX_CELL_CHARACTERS:,}. Shorten it or keep the folder."
                )


class _Sheets:
    """Writes the sheets of one workbook, row by row."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._bold: Format = book.add_format({"bold": True, "bg_color": "#DDE6EE", "border": 1})
        self._text: Format = book.add_format({"num_format": "@"})
        self._date: Format = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._wrapped: Format = book.add_format({"text_wrap": True, "valign": "top"})

    def write(self, raw: RawScenario, explanation: list[tuple[str, ...]] | None) -> None:
        if explanation is not None:
            self._explanation(explanation)
        self._settings(raw.settings, list_all=explanation is not None)
        for name, table in raw.tables.items():
            self._table(name, table, raw)
        if raw.published is not None:
            sheet = self._book.add_worksheet(PUBLISHED_SHEET)
            for i, chunk in enumerate(plan_chunks(raw.published)):
                sheet.write_string(i, 0, chunk)

    def _sheet(self, name: str, header: tuple[str, ...]) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, self._bold)
        return sheet

    def _explanation(self, rows: list[tuple[str, ...]]) -> None:
        sheet = self._sheet(EXPLANATION_SHEET, rows[0])
        for column, width in enumerate((14, 22, 10, 18, 60, 26, 60)):
            sheet.set_column(column, column, width, self._wrapped)
        for i, row in enumerate(rows[1:], start=1):
            for column, text in enumerate(row):
                sheet.write_string(i, column, text, self._wrapped)

    def _settings(self, settings: dict[str, Any], list_all: bool) -> None:
        sheet = self._sheet(SETTINGS_SHEET, ("key", "value", "meaning"))
        for column, width in enumerate((32, 28, 70)):
            sheet.set_column(column, column, width)
        for i, (place, value, meaning) in enumerate(_setting_rows(settings, list_all), start=1):
            sheet.write_string(i, 0, place)
            self._setting(sheet, i, value)
            sheet.write_string(i, 2, meaning)

    def _setting(self, sheet: Worksheet, row: int, value: Any) -> None:
        if isinstance(value, bool):
            sheet.write_boolean(row, 1, value)
        elif isinstance(value, int | float) and is_plain_number(repr(value)):
            sheet.write_number(row, 1, value)
        elif isinstance(value, dt.date) and value.year >= FIRST_SAFE_YEAR:
            sheet.write_datetime(row, 1, value, self._date)
        elif value is not None:
            sheet.write_string(row, 1, value if isinstance(value, str) else str(value), self._text)

    def _table(self, name: str, table: RawTable, raw: RawScenario) -> None:
        sheet = self._sheet(name, table.header)
        writers = []
        for column, title in enumerate(table.header):
            field = plain_name(title)
            kind = cell_type(name, field).kind
            width = max(_WIDTHS.get(kind, 12), len(title) + 3)
            sheet.set_column(column, column, width, self._column_format(kind))
            self._drop_down(sheet, name, field, column, raw)
            writers.append(self._writer(sheet, kind))
        for i, row in enumerate(table.rows, start=1):
            for column, text in enumerate(row):
                if text:
                    writers[column](i, column, text)

    def _column_format(self, kind: str) -> Format | None:
        """Return the format of a column's empty cells: what is typed there as text stays text."""
        return None if kind in NUMBER_KINDS else self._date if kind == "date" else self._text

    def _writer(self, sheet: Worksheet, kind: str) -> Writer:
        def write_text(row: int, column: int, text: str) -> Any:
            return sheet.write_string(row, column, text, self._text)

        def write_number(row: int, column: int, text: str) -> Any:
            if is_plain_number(text):
                return sheet.write_number(row, column, float(text))
            return write_text(row, column, text)

        def write_date(row: int, column: int, text: str) -> Any:
            if _DATE.fullmatch(text) and int(text[:4]) >= FIRST_SAFE_YEAR:
                return sheet.write_datetime(row, column, dt.date.fromisoformat(text), self._date)
            return write_text(row, column, text)

        if kind in NUMBER_KINDS:
            return write_number
        return write_date if kind in ("date", "list of dates") else write_text

    def _drop_down(self, sheet: Worksheet, table: str, column_name: str, column: int, raw: RawScenario) -> None:
        """Offer a column's closed list, or the ids of the table it refers to."""
        accepted = cell_type(table, column_name)
        if accepted.choices:
            is_list = accepted.kind == "list of choices"
            source = [*accepted.choices, *([" ".join(accepted.choices)] if is_list else [])]
            # A cell that may hold several words is helped, not bound, by the list.
            options: dict[str, Any] = {"validate": "list", "source": source, "show_error": not is_list}
        elif (table, column_name) in REFERENCES and (ids := _id_column(REFERENCES[table, column_name], raw)):
            options = {"validate": "list", "source": ids, "show_error": False}
        else:
            return
        sheet.data_validation(1, column, MAX_ROWS - 1, column, options)


def _id_column(target: str, raw: RawScenario) -> str | None:
    """Return a formula for the filled ids of a table, or None if the table is not written."""
    if target not in raw.tables:
        return None
    header = [plain_name(title) for title in raw.tables[target].header]
    key = KEYS[target][0]
    letter = xl_col_to_name(header.index(key))
    return f"=OFFSET({target}!${letter}$2,0,0,MAX(1,COUNTA({target}!${letter}:${letter})-1),1)"


def _setting_rows(settings: dict[str, Any], list_all: bool) -> list[tuple[str, Any, str]]:
    """Return place, value and meaning of each key: those that are set, or all of them."""
    rows: list[tuple[str, Any, str]] = []
    models: list[tuple[str | None, type[BaseModel]]] = [(None, Settings), *SECTIONS.items()]
    for section, model in models:
        values = settings if section is None else settings.get(section, {})
        names = [name for name in model.model_fields if name not in SECTIONS]
        if section in settings and not values:
            rows.append((str(section), None, "section without keys"))
        for name in names if list_all else [name for name in values if name in names]:
            place = name if section is None else f"{section}.{name}"
            rows.append((place, values.get(name), model.model_fields[name].description or ""))
    return rows


def plan_chunks(text: str) -> list[str]:
    r"""Return a JSON text in pieces that fit into cells; the blanks that JSON allows between lines are dropped.

    >>> plan_chunks('{\n "scenario": "A"\n}')
    ['{"scenario": "A"}']
    """
    # A text inside JSON has no line break, so whole lines may lose their margins.
    joined = "".join(line.strip(" \t") for line in re.split(r"[\r\n]+", text))
    return [joined[i : i + CHUNK_CHARACTERS] for i in range(0, len(joined), CHUNK_CHARACTERS)]
