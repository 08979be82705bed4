"""A scenario as texts: what folders and workbooks hold, before any cell is understood.

Conversion works on these texts, so that every cell comes back exactly as it was written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from lineside.models.cells import CellType, accepted_by
from lineside.models.mistakes import Findings, shown
from lineside.models.scenario import Prices, Rules, Settings

SECTIONS: dict[str, type[BaseModel]] = {"rules": Rules, "prices": Prices}
"""Sections of the settings."""


@dataclass(frozen=True)
class RawTable:
    """Texts of one table.

    Parameters
    ----------
    header
        Column names as written.
    rows
        Cells of each row, as many as the header has; an empty cell is an empty text.
    row_numbers
        Row of the file or sheet at which each row stands.
    header_row
        Row of the file or sheet at which the header stands.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_numbers: tuple[int, ...] = field(default=(), compare=False)
    header_row: int = field(default=1, compare=False)


@dataclass(frozen=True)
class RawScenario:
    """Texts of all tables, the settings as TOML knows them, and the published plan as JSON text."""

    settings: dict[str, Any]
    tables: dict[str, RawTable]
    published: str | None = None
    setting_rows: dict[str, int] = field(default_factory=dict, compare=False)

    def holds_the_same(self, other: RawScenario) -> bool:
        """Return whether both have equal tables, settings and published plans."""
        plans = [None if text is None else json.loads(text) for text in (self.published, other.published)]
        return self.settings == other.settings and self.tables == other.tables and plans[0] == plans[1]


_NUMBER = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?")

UNUSABLE = "\udfff"
"""Text of a cell about which a mistake is noted already; no file or sheet can hold this text."""


def plain_name(text: str) -> str:
    """Return the name of a column, key or sheet without blanks around it, in lower case.

    >>> plain_name(" Travel max ")
    'travel_max'
    """
    return text.strip().lower().replace(" ", "_")


def number_text(value: float) -> str:
    """Return the plain text of a number cell, to the 15 digits that spreadsheets keep.

    >>> number_text(40.0), number_text(20.1), number_text(0.1 + 0.2)
    ('40', '20.1', '0.3')
    """
    return format(Decimal(f"{value:.15g}"), "f")


def is_plain_number(text: str) -> bool:
    """Return whether a text comes back the same from a number cell.

    >>> [is_plain_number(text) for text in ("42.5", "042", "1e3", "-7", "60.0", "x")]
    [True, False, False, True, False, False]
    """
    return _NUMBER.fullmatch(text) is not None and number_text(float(text)) == text


def setting_type(section: str | None, key: str) -> CellType | None:
    """Return what a key of the settings accepts, or None for a yes-or-no key.

    Raises
    ------
    KeyError
        If there is no such section or key.
    """
    return accepted_by(Settings if section is None else SECTIONS[section], key)


def build_table(
    table: str, lines: Iterable[tuple[int, Sequence[str]]], findings: Findings, is_padded: bool
) -> RawTable | None:
    """Return a table of numbered lines of cells; blank lines and blank unnamed columns are left out.

    Parameters
    ----------
    table
        Name of the table, for messages.
    lines
        Row number and cells of each line; the first line that is not blank is the header.
    findings
        Takes the mistakes: cells outside the header's columns, and rows that are too short.
    is_padded
        Whether every line has all cells (a sheet), so that a short one is no mistake.

    Returns
    -------
    The table, or None if all lines are blank.
    """
    filled = [(number, cells) for number, cells in lines if any(cell and not cell.isspace() for cell in cells)]
    if not filled:
        return None
    (header_row, header), body = filled[0], filled[1:]
    named = [i for i, name in enumerate(header) if name.strip()]
    rows = []
    for number, cells in body:
        if not is_padded and len(cells) <= named[-1]:
            findings.add(table, number, None, len(cells), _short_row(len(cells), named[-1] + 1))
        if len(cells) > len(named):  # The line may have cells outside the named columns.
            _report_unnamed(table, number, header, cells, findings)
        rows.append(tuple(cells[i] if i < len(cells) else "" for i in named))
    return RawTable(tuple(header[i] for i in named), tuple(rows), tuple(number for number, _ in body), header_row)


def _short_row(found: int, wanted: int) -> str:
    return f"The row has {found} cells, the header has {wanted}. Give the row as many cells as the header."


def _report_unnamed(table: str, number: int, header: Sequence[str], cells: Sequence[str], findings: Findings) -> None:
    for i, cell in enumerate(cells):
        if cell.strip() and cell != UNUSABLE and not (i < len(header) and header[i].strip()):
            message = f"{shown(cell)} stands in column {i + 1}, which has no name. Name the column or remove the cell."
            findings.add(table, number, None, cell, message)
