"""A change that was told as an answer, taken over as an edit: what a variant keeps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lineside.models.raw import RawScenario
from lineside.models.table_edits import CellEdit as CellStep
from lineside.models.table_edits import RowEdit as RowStep
from lineside.models.table_edits import TableEdit
from lineside.models.tables import KEYS
from lineside.scenarios.edits import EditError, ScenarioEdit, edit_between, edit_from
from lineside.scenarios.variants import variant_of


def taken_edit(raw: RawScenario, changes: Iterable[TableEdit], name: str, note: str = "") -> ScenarioEdit:
    """Return changes to tables as an edit of a scenario's texts.

    Parameters
    ----------
    raw
        The texts of the tables that the changes were found for.
    changes
        The changes, in their order.
    name, note
        What the edit is about.

    Returns
    -------
    ScenarioEdit
        It expects the texts as they are written in ``raw``, where a cell may be empty that stands for its default.

    Raises
    ------
    EditError
        If a change does not fit the texts.
    """
    made = variant_of(raw, [_loose(changes, name)])
    if made.conflicts:
        raise EditError(conflict.sentence for conflict in made.conflicts)
    return edit_between(raw, made.raw, name, note)


def _loose(changes: Iterable[TableEdit], name: str) -> ScenarioEdit:
    """Return the edit that expects nothing of what is there before."""
    settings: list[dict[str, Any]] = []
    cells: list[dict[str, Any]] = []
    added: list[dict[str, Any]] = []
    removed: list[dict[str, Any]] = []
    for change in changes:
        if isinstance(change, CellStep):
            where = {"table": change.table, "row": list(change.key), "column": change.column}
            cells.append({**where, "after": change.after})
        elif isinstance(change, RowStep) and change.is_added:
            added.append({"table": change.table, "cells": dict(change.cells)})
        elif isinstance(change, RowStep):
            texts, keys = dict(change.cells), KEYS.get(change.table, ())
            row = [texts.get(column, "") for column in keys]
            removed.append({"table": change.table, "row": row, "cells": {} if keys else texts})
        else:
            settings.append({"key": f"{change.section}.{change.key}", "after": change.after})
    return edit_from({"name": name, "settings": settings, "cells": cells, "added": added, "removed": removed})
