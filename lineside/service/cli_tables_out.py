"""Rows of figures as CSV tables, for commands that tell more than a screen shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lineside.service.cli_inputs import BadInputError, reason
from lineside.service.plan_files import write_table


def write_rows(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    """Write rows of the same columns as a CSV table and return its path; without rows it stays empty.

    Raises
    ------
    BadInputError
        If the system refuses.
    """
    try:
        return write_table(path, tuple(rows[0]) if rows else (), (tuple(row.values()) for row in rows))
    except OSError as error:
        raise BadInputError(
            [f"{path} could not be written: {reason(error)}. Make room or choose another folder, and try again."]
        ) from None
