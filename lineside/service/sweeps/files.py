"""The table of a sweep as CSV and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lineside.service.plan_files import whole_file, write_table
from lineside.service.sheet import Book
from lineside.service.storage.models import Sweep
from lineside.service.sweeps.table import PointStand, cells_of, columns_of


def write_csv(sweep: Sweep, stands: Sequence[PointStand], path: Path) -> None:
    """Write the table as CSV; names stand as they are, see :mod:`lineside.service.plan_files`.

    Raises
    ------
    OSError
        If it cannot be written; it appears whole or not at all.
    """
    write_table(path, columns_of(sweep), map(cells_of, stands))


def write_workbook(sweep: Sweep, stands: Sequence[PointStand], path: Path) -> None:
    """Write the table as a workbook with one sheet.

    Raises
    ------
    OSError
        If it cannot be written; it appears whole or not at all.
    """
    with whole_file(path) as part, Book(part) as book:
        book.table(sweep.name, columns_of(sweep), map(cells_of, stands))
