"""Looking into an Excel workbook before it is read: a workbook may come from anybody.

The reader works on a copy that holds only what was checked here: parts within the size limits,
without document type declarations, and sheets without stray cells far away (a reader reserves
memory for the whole rectangle). Whatever the file holds, the look takes memory for its parts and
for little more, and ends soon: it counts before it looks, and stops at the first tag beyond a limit.
The look also finds what the reader does not tell apart from empty
cells: error values, and formulas whose value was never stored.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_FILE_BYTES = 128 * 2**20
"""Limit of the file."""
MAX_UNPACKED_BYTES = 512 * 2**20
"""Limit of all parts together."""
MAX_PARTS = 2000
"""Limit of the number of parts."""
MAX_TAGS = 10_000_000
"""Limit of the tags of all parts together, each of which costs a reader time and memory even where nothing is in it.

A region of 50,000 apprentices has some three million.
"""
MAX_SHEET_ROWS = 2**20
"""Rows that a sheet can have in Excel."""
MAX_SHEET_CELLS = 20_000_000
"""Limit of a sheet's rectangle from A1 to its last row and column."""
MAX_BAD_CELLS = 10_000
"""Limit of a sheet's cells that show an error or have no stored value, each of which is told."""
SPARSE_CELLS, SPARSE_SHARE = 2_000_000, 20
"""A rectangle beyond the first, of which not one cell in so many is there, is that of a stray cell far away."""

# Attributes as strictly as spreadsheets write them; the count of starts shows a tag that is written otherwise.
_TAG = re.compile(rb"<(?:\w+:)?(c|row)((?:\s+[\w:.-]+\s*=\s*(?:\"[^<\"&]*\"|'[^<'&]*'))*+)\s*+/?>")
_TAG_START = re.compile(rb"<(?:\w+:)?(?:c|row)(?=[\s>/])")
_DATA_END = re.compile(rb"</(?:\w+:)?sheetData")
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([^\"']*)")
_ROW_PLACE = re.compile(rb"()([0-9]{1,7})")
_CELL_PLACE = re.compile(rb"([A-Za-z]{1,3})([0-9]{1,7})")
_ERROR = re.compile(rb"\st\s*=\s*[\"']e[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_SHEET = re.compile(r"<(?:\w+:)?sheet\s([^>]*?)/?>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s([^>]*?)/?>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


_DAMAGED = "Sheet {name} is damaged. Save the workbook anew from Excel."


class WorkbookRefusedError(Exception):
    """A file that is no workbook that can be read; the text says why and what to do."""


@dataclass(frozen=True)
class SheetLook:
    """Cells of a sheet that hold no usable value, by row and column (both from 1)."""

    errors: dict[tuple[int, int], str]
    uncomputed: frozenset[tuple[int, int]]


@dataclass(frozen=True)
class CheckedWorkbook:
    """A copy of a workbook that is safe to read, and what was seen in each sheet."""

    copy: io.BytesIO
    sheets: dict[str, SheetLook]


def check_workbook(path: Path) -> CheckedWorkbook:
    """Check a workbook and return a copy of it.

    Raises
    ------
    WorkbookRefusedError
        If the file is no .xlsx workbook, is damaged, or goes beyond a limit.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise WorkbookRefusedError(f"{path.name} is larger than {MAX_FILE_BYTES // 2**20} MB. Split the scenario.")
        with zipfile.ZipFile(path) as archive:
            parts = _read_parts(archive, path.name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is damaged, protected or old"
        message = f"{path.name} cannot be read as an Excel workbook ({reason}). Save it as .xlsx without a password."
        raise WorkbookRefusedError(message) from None
    names = _sheet_names(parts, path.name)
    titles = {part: name for name, part in names.items()}
    # Every part with cells is looked at, whichever sheet a reader may take it for.
    looks = {part: _look(titles.get(part, part), data) for part, data in parts.items() if b"sheetData" in data}
    return CheckedWorkbook(_pack(parts), {name: looks[part] for name, part in names.items() if part in looks})


def _read_parts(archive: zipfile.ZipFile, name: str) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > MAX_PARTS or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        limit = MAX_UNPACKED_BYTES // 2**20
        raise WorkbookRefusedError(f"{name} unpacks to more than {limit} MB or {MAX_PARTS} parts. Split the scenario.")
    # Only these are needed; pictures, printer settings and macros stay behind. Reading stops at
    # the stated size and checks the checksum, so a false size cannot get through.
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise WorkbookRefusedError(f"{name} is packed in an unusual way. Save it anew from Excel.")
    wanted = [entry for entry in entries if entry.filename.endswith((".xml", ".rels")) and not entry.is_dir()]
    parts = {entry.filename: archive.read(entry) for entry in wanted}
    for part, data in parts.items():
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data[:200]:
            raise WorkbookRefusedError(f"{name} has a part {part} that no spreadsheet writes. Save it anew from Excel.")
    if sum(data.count(b"<") for data in parts.values()) > MAX_TAGS:
        message = f"{name} holds more than {MAX_TAGS:,} tags, most of which are blank rows or cells."
        raise WorkbookRefusedError(f"{message} Delete the rows below and the columns beside the tables.")
    if "xl/workbook.xml" not in parts:
        raise WorkbookRefusedError(f"{name} is no Excel workbook. Save the tables as .xlsx.")
    return parts


def _pack(parts: dict[str, bytes]) -> io.BytesIO:
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    copy.seek(0)
    return copy


def _attributes(text: str) -> dict[str, str]:
    return {key.split(":")[-1]: html.unescape(a or b) for key, a, b in _ATTRIBUTE.findall(text)}


def _sheet_names(parts: dict[str, bytes], name: str) -> dict[str, str]:
    """Return the part of each sheet by the sheet's name."""
    try:
        book = parts["xl/workbook.xml"].decode("utf-8")
        links = parts.get("xl/_rels/workbook.xml.rels", b"").decode("utf-8")
    except UnicodeDecodeError:
        raise WorkbookRefusedError(f"{name} is not written in UTF-8. Save it anew from Excel.") from None
    targets = {}
    for found in _RELATION.findall(links):
        link = _attributes(found)
        target = link.get("Target", "")
        targets[link.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    sheets = [_attributes(found) for found in _SHEET.findall(book)]
    return {s.get("name", ""): posixpath.normpath(targets.get(s.get("id", ""), "")) for s in sheets}


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _look(name: str, data: bytes) -> SheetLook:
    end = _DATA_END.search(data)
    data = data[: end.start()] if end else data
    errors: dict[tuple[int, int], str] = {}
    uncomputed = set()
    last_row = last_column = row = column = lowest = num_cells = num_tags = 0
    for tag, following in _with_next(_TAG.finditer(data)):
        num_tags += 1
        row, column = _place_of(name, tag, row, column)
        last_row, last_column = max(last_row, row), max(last_column, column)
        if last_row > MAX_SHEET_ROWS:
            message = f"Sheet {name} reaches to row {last_row}, beyond {MAX_SHEET_ROWS:,} rows."
            raise WorkbookRefusedError(f"{message} Delete the rows below the table.")
        if last_row * last_column > MAX_SHEET_CELLS:
            raise _too_far(name, last_row, last_column, MAX_SHEET_CELLS)
        if tag[1] == b"c":
            lowest, num_cells = max(lowest, row), num_cells + 1
        content = data[tag.end() : following.start() if following else len(data)]
        if _ERROR.search(tag[2]):
            value = _VALUE.search(content)
            errors[row, column] = value[1].decode("utf-8", "replace") if value else "#ERROR"
        elif _FORMULA.search(content) and _is_uncomputed(tag[2], content):
            uncomputed.add((row, column))
        if len(errors) + len(uncomputed) > MAX_BAD_CELLS:
            message = f"Sheet {name} has more than {MAX_BAD_CELLS:,} cells with an error or without a stored value."
            raise WorkbookRefusedError(f"{message} Correct the formulas in Excel and save it anew.")
    if num_tags != sum(1 for _ in _TAG_START.finditer(data)):
        raise WorkbookRefusedError(_DAMAGED.format(name=name))
    area = lowest * last_column
    if area > SPARSE_CELLS and area > num_cells * SPARSE_SHARE:
        raise _too_far(name, last_row, last_column, SPARSE_CELLS)
    return SheetLook(errors, frozenset(uncomputed))


def _with_next(tags: Iterator[re.Match[bytes]]) -> Iterator[tuple[re.Match[bytes], re.Match[bytes] | None]]:
    """Return each tag with the one after it, none of which is kept: there may be millions."""
    tag = next(tags, None)
    while tag is not None:
        following = next(tags, None)
        yield tag, following
        tag = following


def _too_far(name: str, row: int, column: int, limit: int) -> WorkbookRefusedError:
    message = f"Sheet {name} reaches to row {row}, column {column}, beyond {limit:,} cells."
    return WorkbookRefusedError(f"{message} Delete the stray cells below and beside the table.")


def _place_of(name: str, tag: re.Match[bytes], row: int, column: int) -> tuple[int, int]:
    """Return row and column after a tag; a row or cell without its place follows the one before."""
    places = _PLACE.findall(tag[2])
    is_row = tag[1] == b"row"
    if not places:
        return (row + 1, 0) if is_row else (max(row, 1), column + 1)
    place = (_ROW_PLACE if is_row else _CELL_PLACE).fullmatch(places[0])
    if place is None or len(places) > 1:
        raise WorkbookRefusedError(_DAMAGED.format(name=name))
    return int(place[2]), _column_number(place[1])


def _is_uncomputed(attributes: bytes, content: bytes) -> bool:
    value = _VALUE.search(content)
    return value is None or (not value[1] and b"str" not in attributes)
