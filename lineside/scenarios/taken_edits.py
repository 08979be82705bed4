"""A change that was told as an answer, taken over as an edit: what a variant keeps."""

from __future__ import annotations

from collections.abc import Iterable

from lineside.models.raw import RawScenario
from lineside.models.table_edits import CellEdit as CellStep
from lineside.models.table_edits import RowEdit as RowStep
from lineside.models.table_edits import TableEdit
from lineside.models.tables import KEYS
from lineside.scenarios.edits import (
    CellEdit,
    EditError,
    RowAdded,
    RowRemoved,
    ScenarioEdit,
    SettingEdit,
    edit_between,
    edit_from,
    edit_json,
)
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
    settings, cells, added, removed = [], [], [], []
    for change in changes:
        if isinstance(change, CellStep):
            cells.append(CellEdit(table=change.table, row=change.key, column=change.column, after=change.after))
        elif isinstance(change, RowStep) and change.is_added:
            added.append(RowAdded(table=change.table, cells=dict(change.cells)))
        elif isinstance(change, RowStep):
            texts, keys = dict(change.cells), KEYS.get(change.table, ())
            row = tuple(texts.get(column, "") for column in keys)
            removed.append(RowRemoved(table=change.table, row=row, cells={} if keys else texts))
        else:
            settings.append(SettingEdit(key=f"{change.section}.{change.key}", after=change.after))
    found = ScenarioEdit(
        name=name, settings=tuple(settings), cells=tuple(cells), added=tuple(added), removed=tuple(removed)
    )
    return edit_from(edit_json(found))
