"""Reading a scenario from an Excel workbook, as people make them.

Dates come as dates, ids typed as numbers lose their ``.0``, zip codes get their lost zeros back, and
clock cells may hold times. Everything becomes the text that a CSV table would hold.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import python_calamine as calamine

from lineside.models.cells import format_clock
from lineside.models.mistakes import Findings, rename_hint
from lineside.models.raw import (
    SECTIONS,
    UNUSABLE,
    RawScenario,
    RawTable,
    build_table,
    number_text,
    plain_name,
    setting_type,
)
from lineside.models.scenario import Settings
from lineside.models.tables import TABLES, cell_type
from lineside.models.workbook_guard import CheckedWorkbook, SheetLook, WorkbookRefusedError, check_workbook

SETTINGS_SHEET = "scenario"
PUBLISHED_SHEET = "published"
EXPLANATION_SHEET = "explanation"

Cell = Any
"""What a cell holds: text, number, truth value, date, time; empty text if nothing."""

NUMBER_KINDS = frozenset({"count", "minutes", "number", "degrees"})
"""Kinds of columns and keys that hold numbers."""

_SETTING_KEY = re.compile(r"^\[?\s*(\w+)\s*\]?[.: ]\s*(\w+)$")
_INTEGER = re.compile(r"\s*[-+]?\d{1,18}\s*")
_DECIMAL = re.compile(r"\s*[-+]?\d+\.?\d*(e[-+]?\d+)?\s*", re.IGNORECASE)


def read_workbook(path: Path, findings: Findings) -> RawScenario | None:
    """Read the texts of a scenario's workbook; what cannot be read is left out and noted.

    Parameters
    ----------
    path
        An existing file.
    findings
        Takes the mistakes and warnings.

    Returns
    -------
    The texts, or None if the file is no workbook that can be read.
    """
    try:
        checked = check_workbook(path)
        book = calamine.CalamineWorkbook.from_filelike(checked.copy)
        return _read_book(book, checked, findings)
    except WorkbookRefusedError as error:
        findings.add("workbook", None, None, path.name, str(error))
    except calamine.CalamineError as error:
        message = f"{path.name} cannot be read as an Excel workbook ({error}). Open it in Excel and save it anew."
        findings.add("workbook", None, None, path.name, message)
    return None


def _read_book(book: calamine.CalamineWorkbook, checked: CheckedWorkbook, findings: Findings) -> RawScenario:
    names = _sheets_by_role(book, findings)
    looks = {role: checked.sheets.get(name, SheetLook({}, frozenset())) for role, name in names.items()}

    def cells(role: str) -> list[list[Cell]]:
        rows: list[list[Cell]] = book.get_sheet_by_name(names[role]).to_python(skip_empty_area=False)
        return rows

    tables = {}
    for table in TABLES:
        if table in names and (found := _read_table(table, cells(table), looks[table], findings)):
            tables[table] = found
    _restore_travel_zips(tables)
    settings: dict[str, Any] = {}
    rows: dict[str, int] = {}
    if SETTINGS_SHEET in names:
        settings, rows = _read_settings(cells(SETTINGS_SHEET), looks[SETTINGS_SHEET], findings)
    else:
        message = "The sheet scenario is missing. Add it with rows of key and value: name, timezone, first_day, weeks."
        findings.add("scenario", None, None, None, message)
    published = "".join(str(row[0]) for row in cells(PUBLISHED_SHEET) if row) if PUBLISHED_SHEET in names else ""
    return RawScenario(settings, tables, published if published.strip() else None, rows)


def _sheets_by_role(book: calamine.CalamineWorkbook, findings: Findings) -> dict[str, str]:
    roles = (SETTINGS_SHEET, *TABLES, PUBLISHED_SHEET, EXPLANATION_SHEET)
    names: dict[str, str] = {}
    for sheet in book.sheets_metadata:
        role = plain_name(sheet.name)
        if sheet.typ != calamine.SheetTypeEnum.WorkSheet or role not in roles:
            findings.warn(f"Sheet {sheet.name} is no table of a scenario and was not read. {rename_hint(role, roles)}")
        elif role in names:
            message = f"Sheets {names[role]!r} and {sheet.name!r} are the same table. Keep one of them."
            findings.add(role, None, None, sheet.name, message)
        else:
            names[role] = sheet.name
    return names


def _read_table(table: str, cells: list[list[Cell]], look: SheetLook, findings: Findings) -> RawTable | None:
    start = next((k for k, row in enumerate(cells) if any(_text(cell).strip() for cell in row)), len(cells))
    header = [_text(cell).strip() for row in cells[start : start + 1] for cell in row]
    _report_bad_cells(table, header, cells, look, findings)
    converters = [_converter(table, plain_name(name)) for name in header]

    def lines() -> Iterator[tuple[int, list[str]]]:
        for number, row in enumerate(cells, start=1):
            if number > start + 1:
                yield number, [convert(cell) for convert, cell in zip(converters, row, strict=True)]
            else:
                yield number, [_text(cell) for cell in row]

    return build_table(table, lines(), findings, is_padded=True)


def _report_bad_cells(
    table: str, header: list[str], cells: list[list[Cell]], look: SheetLook, findings: Findings
) -> None:
    """Report error values and formulas without a value, and put a marker there that is no mistake of its own."""
    for (row, column), value in look.errors.items():
        findings.add(table, row, _column_name(header, column), value, _ERROR.format(value=value))
    for row, column in sorted(look.uncomputed):
        findings.add(table, row, _column_name(header, column), None, _UNCOMPUTED)
    for row, column in (*look.errors, *look.uncomputed):
        if row <= len(cells) and column <= len(cells[row - 1]):
            cells[row - 1][column - 1] = UNUSABLE


_ERROR = "The cell shows the error {value}. Correct its formula or write the value."
_UNCOMPUTED = "The cell's formula has no stored value. Open the workbook in Excel and save it, or write the value."


def _column_name(header: list[str], column: int) -> str:
    return (header[column - 1] if column <= len(header) else "") or f"column {column}"


def _text(cell: Cell) -> str:
    """Return a cell as the text that a CSV table would hold."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return number_text(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ", "minutes") if cell.time() != dt.time(0) else cell.date().isoformat()
    if isinstance(cell, dt.time):
        return cell.isoformat("minutes")
    if isinstance(cell, dt.timedelta):
        return number_text(cell.total_seconds() / 3600)
    return str(cell)


def _clock_text(cell: Cell) -> str:
    """Return a clock cell as text: a time, a fraction of a day, or a date's time of day."""
    if isinstance(cell, dt.datetime):
        cell = cell.time()
    if isinstance(cell, dt.time):
        cell = dt.timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second, microseconds=cell.microsecond)
    if isinstance(cell, float) and 0 <= cell < 1:
        cell = dt.timedelta(days=cell)
    if isinstance(cell, dt.timedelta) and dt.timedelta(0) <= cell < dt.timedelta(days=1):
        return format_clock(round(cell.total_seconds() / 60))
    return _text(cell)


def _zip_text(cell: Cell) -> str:
    return _text(cell).zfill(5) if isinstance(cell, float) else _text(cell)


def _converter(table: str, column: str) -> Callable[[Cell], str]:
    if column not in TABLES[table].model_fields:
        return _text
    return {"clock": _clock_text, "zip": _zip_text}.get(cell_type(table, column).kind, _text)


def _restore_travel_zips(tables: dict[str, RawTable]) -> None:
    """Give zip codes of the travel table back the zeros that a number cell loses, unless a site has that id."""
    if "travel" not in tables or "sites" not in tables:
        return
    names = [plain_name(name) for name in tables["sites"].header]
    sites = {row[names.index("site")].strip() for row in tables["sites"].rows} if "site" in names else set()
    travel = tables["travel"]
    ends = {i for i, name in enumerate(travel.header) if plain_name(name) in ("origin", "destination")}

    def restored(i: int, text: str) -> str:
        is_short_zip = i in ends and text.isdecimal() and 3 <= len(text) < 5 and text not in sites
        return text.zfill(5) if is_short_zip else text

    rows = tuple(tuple(restored(i, text) for i, text in enumerate(row)) for row in travel.rows)
    tables["travel"] = RawTable(travel.header, rows, travel.row_numbers, travel.header_row)


def _read_settings(
    cells: list[list[Cell]], look: SheetLook, findings: Findings
) -> tuple[dict[str, Any], dict[str, int]]:
    settings: dict[str, Any] = {}
    rows: dict[str, int] = {}
    _report_bad_cells("scenario", ["key", "value"], cells, look, findings)
    for number, row in enumerate(cells, start=1):
        key, value = (*row, "", "")[:2]
        place = _setting_place(_text(key))
        if place in SECTIONS:  # A row such as [rules] above the keys of the section.
            settings.setdefault(place, {})
        elif not place or not _text(value).strip() or (not rows and place == "key"):
            continue
        elif place in rows:
            message = f"The key stands in row {rows[place]} as well. Keep one of them."
            findings.add("scenario", number, place, _text(value), message)
        else:
            rows[place] = number
            if value != UNUSABLE:
                _set(settings, place, value)
    return settings, rows


def _setting_place(text: str) -> str:
    """Return a row's key as ``key`` or ``section.key``; a bare key finds its section, a section stands alone."""
    name = plain_name(text).removeprefix("[").removesuffix("]")
    if name in Settings.model_fields:
        return name
    match = _SETTING_KEY.match(text.strip().lower())
    if match is not None and match[1] in SECTIONS:
        return f"{match[1]}.{match[2]}"
    section = next((section for section, model in SECTIONS.items() if name in model.model_fields), None)
    return name if section is None else f"{section}.{name}"


def _set(settings: dict[str, Any], place: str, cell: Cell) -> None:
    section, _, key = place.rpartition(".")
    if section in SECTIONS:
        settings.setdefault(section, {})[key] = _setting_value(section, key, cell)
    else:
        settings[place] = _setting_value(None, place, cell)


def _setting_value(section: str | None, key: str, cell: Cell) -> Any:
    """Return the value that TOML would hold: numbers and truth values also where they were typed as text."""
    try:
        accepted = setting_type(section, key)
    except KeyError:
        return _text(cell)
    if accepted is None:
        return {"true": True, "false": False}.get(cell.strip().lower(), cell) if isinstance(cell, str) else cell
    if accepted.kind in NUMBER_KINDS:
        return _number(cell)
    if accepted.kind == "date" and isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
        return cell
    return _text(cell)


def _number(cell: Cell) -> Any:
    """Return a number as TOML would hold it: whole numbers of a cell are integers, ``60.0`` typed as text is not."""
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else cell
    if isinstance(cell, str) and _INTEGER.fullmatch(cell):
        return int(cell)
    if isinstance(cell, str) and _DECIMAL.fullmatch(cell):
        return float(cell)
    return cell if isinstance(cell, bool) else _text(cell)
