"""Sheets of a workbook that people read and print: typed cells, readable widths, frozen headers.

Every text is written as text, never as a formula or a link, whatever its first character is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from textwrap import wrap
from typing import Any

import xlsxwriter

Cell = str | int | float | Decimal | dt.date | dt.datetime | dt.time | None
"""Decimals are shown to a thousandth, floats with the digits that they have."""

MAX_NAME = 31
MAX_ROWS = 1_000_000
"""Rows of a table on one sheet; spreadsheet programs end at 1,048,576."""
MAX_TEXT = 32_767
NAME_WIDTH, SENTENCE_WIDTH = 44, 70
"""Widest columns of names and of sentences, in characters; longer texts are wrapped."""
LINE_HEIGHT = 15
LETTER_PAPER = 1
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")

FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "heading": {"bold": True, "font_size": 11, "top": 1},
    "header": {"bold": True, "bg_color": "#E2E8F0", "bottom": 1, "text_wrap": True, "valign": "top"},
    "text": {"valign": "top"},
    "long": {"text_wrap": True, "valign": "top", "indent": 1},
    "whole": {"num_format": "#,##0_)", "valign": "top"},
    "number": {"num_format": "#,##0.000_);-#,##0.000_);0_)", "valign": "top"},
    "plain": {"num_format": "General", "valign": "top"},
    "date": {"num_format": "ddd yyyy-mm-dd", "align": "left", "valign": "top"},
    "clock": {"num_format": "hh:mm", "align": "left", "valign": "top"},
    "alarm": {"bold": True, "font_color": "#9B1C1C", "valign": "top"},
}
DATE_WIDTH, CLOCK_WIDTH = 15, 7


class Book:
    """A workbook in the making.

    Parameters
    ----------
    path
        File to write; it is complete when the book is closed.
    """

    def __init__(self, path: Path) -> None:
        self._workbook = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
        self._formats = {name: self._workbook.add_format(values) for name, values in FORMATS.items()}
        self._names: set[str] = {"history"}  # spreadsheet programs keep this name for themselves

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self._workbook.close()

    def sheet(self, name: str) -> Sheet:
        """Add a sheet; its name is made legal and unique."""
        legal = sheet_name(name, self._names)
        self._names.add(legal.casefold())
        return Sheet(self._workbook.add_worksheet(legal), self._formats)

    def table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Add a sheet with one table, its header frozen and repeated in print; more sheets if it is too long."""
        left = iter(rows)
        chunk = list(islice(left, MAX_ROWS))
        while True:
            sheet = self.sheet(name)
            sheet.header(columns)
            sheet.freeze()
            for row in chunk:
                sheet.row(row)
            sheet.finish(filtered=bool(chunk))
            chunk = list(islice(left, MAX_ROWS))
            if not chunk:
                return


class Sheet:
    """A sheet that is filled from top to bottom."""

    def __init__(self, worksheet: Any, formats: dict[str, Any]) -> None:
        self._worksheet = worksheet
        self._formats = formats
        self._next = 0
        self._header = 0
        self._columns = 0
        self._widths: dict[int, int] = {}
        self._headers: list[tuple[int, tuple[str, ...]]] = []

    def title(self, text: str) -> None:
        """Write a title over the whole width."""
        self._line(text, "title")

    def heading(self, text: str) -> None:
        """Leave a row and write the heading of a block."""
        self._next += 1
        self._line(text, "heading")

    def sentence(self, text: str) -> None:
        """Write a sentence that runs over the columns to its right."""
        self._line(text, "text")

    def header(self, columns: Sequence[str]) -> None:
        """Write the header of a table; long names wrap at their blanks."""
        self._header, self._columns = self._next, len(columns)
        for index, name in enumerate(columns):
            self._worksheet.write_string(self._next, index, name, self._formats["header"])
            self._widen(index, max(map(len, name.split())) + 3)  # room for a filter button
        self._headers.append((self._next, tuple(columns)))
        self._next += 1

    def row(self, cells: Sequence[Cell], alarm: bool = False) -> None:
        """Write a row of a table; ``alarm`` marks its texts."""
        for index, cell in enumerate(cells):
            self._cell(index, cell, alarm)
        num_lines = max((_num_lines(cell) for cell in cells if isinstance(cell, str)), default=1)
        if num_lines > 1:
            self._worksheet.set_row(self._next, LINE_HEIGHT * num_lines)
        self._next += 1

    def freeze(self) -> None:
        """Keep the rows written so far in view, and repeat them on every printed page."""
        self._worksheet.freeze_panes(self._next, 0)
        self._worksheet.repeat_rows(0, self._next - 1)

    def finish(self, filtered: bool = False) -> None:
        """Set widths and print layout: landscape, one page wide, pages numbered.

        Parameters
        ----------
        filtered
            Whether the last table gets filter buttons.
        """
        for index, width in self._widths.items():
            self._worksheet.set_column(index, index, width)
        for row, names in self._headers:
            num_lines = max(len(wrap(name, self._widths[index] - 2)) for index, name in enumerate(names))
            self._worksheet.set_row(row, LINE_HEIGHT * num_lines)
        if filtered:
            self._worksheet.autofilter(self._header, 0, self._next - 1, self._columns - 1)
        self._worksheet.set_landscape()
        self._worksheet.set_paper(LETTER_PAPER)
        self._worksheet.fit_to_pages(1, 0)
        self._worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self._worksheet.set_footer("&L&A&RPage &P of &N")

    def _line(self, text: str, style: str) -> None:
        self._worksheet.write_string(self._next, 0, text[:MAX_TEXT], self._formats[style])
        self._next += 1

    def _cell(self, index: int, cell: Cell, alarm: bool) -> None:
        where = (self._next, index)
        if cell is None or cell == "":
            return
        if isinstance(cell, str):
            style = "long" if len(cell) > NAME_WIDTH else "text"
            self._worksheet.write_string(*where, cell[:MAX_TEXT], self._formats["alarm" if alarm else style])
            self._widen(index, min(len(cell) + 2, _limit(cell)))
        elif isinstance(cell, dt.time):
            self._worksheet.write_datetime(*where, cell, self._formats["clock"])
            self._widen(index, CLOCK_WIDTH)
        elif isinstance(cell, dt.date):
            self._worksheet.write_datetime(*where, cell, self._formats["date"])
            self._widen(index, DATE_WIDTH)
        else:
            style, text = _number_style(cell)
            self._worksheet.write_number(*where, cell, self._formats[style])
            self._widen(index, len(text) + 2)

    def _widen(self, index: int, width: int) -> None:
        self._widths[index] = max(self._widths.get(index, 0), width)


def _limit(text: str) -> int:
    return NAME_WIDTH if len(text) <= SENTENCE_WIDTH else SENTENCE_WIDTH


def _num_lines(text: str) -> int:
    return len(wrap(text[:MAX_TEXT], _limit(text))) if len(text) > NAME_WIDTH else 1


def _number_style(cell: float | Decimal) -> tuple[str, str]:
    if isinstance(cell, Decimal):
        return "number", f"{cell:,.3f}"
    return ("whole", f"{cell:,}") if isinstance(cell, int) else ("plain", f"{cell}")


def sheet_name(wish: str, taken: Iterable[str]) -> str:
    """Return a legal sheet name near ``wish`` that differs from those taken, upper and lower case alike.

    >>> sheet_name("Plant 1/2: north", {"plant 1-2- north"})
    'Plant 1-2- north (2)'
    """
    used = set(taken)
    base = FORBIDDEN.sub("-", wish).strip().strip("'")[:MAX_NAME].rstrip().rstrip("'") or "sheet"
    name, number = base, 1
    while name.casefold() in used:
        number += 1
        suffix = f" ({number})"
        name = base[: MAX_NAME - len(suffix)].rstrip() + suffix
    return name
