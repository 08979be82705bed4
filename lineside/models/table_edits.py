"""Small changes to the tables of a scenario, each by name: a cell, a row, a setting.

A change carries its texts as a table's file would have them, so that whoever keeps scenarios as texts
can make the same change there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lineside.models.canonical import text_of
from lineside.models.cells import CellType
from lineside.models.raw import setting_type
from lineside.models.scenario import Scenario
from lineside.models.tables import KEYS, TABLES, Row, cell_type


@dataclass(frozen=True)
class CellEdit:
    """Another text in one cell.

    Parameters
    ----------
    table, column
        Which column.
    key
        Texts of the key columns of the row.
    before, after
        The cell's text now and then; an empty one stands for the default.
    """

    table: str
    key: tuple[str, ...]
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class RowEdit:
    """A row that comes, or goes.

    Parameters
    ----------
    table
        Which table.
    cells
        Columns and texts of the row.
    is_added
        Whether it comes.
    """

    table: str
    cells: tuple[tuple[str, str], ...]
    is_added: bool


@dataclass(frozen=True)
class SettingEdit:
    """Another value of a key of the settings; ``section`` is ``rules`` or ``prices``."""

    section: str
    key: str
    before: str
    after: str


TableEdit = CellEdit | RowEdit | SettingEdit
"""One change to the tables."""


def cell_edit(row: Row, column: str, value: Any) -> CellEdit:
    """Return the change that gives a row of a table with a key another value.

    Examples
    --------
    >>> from lineside.models.tables import Travel, Line
    >>> cell_edit(Line(line="L1", site="S", name="Press"), "weight", 2)
    CellEdit(table='lines', key=('L1',), column='weight', before='1', after='2')
    """
    table = _table_of(row)
    key = tuple(text_of(table, name, getattr(row, name)) for name in KEYS[table])
    return CellEdit(table, key, column, text_of(table, column, getattr(row, column)), text_of(table, column, value))


def row_edit(row: Row, *, is_added: bool) -> RowEdit:
    """Return the change by which a row comes or goes; cells without a text are left out."""
    table = _table_of(row)
    texts = ((column, text_of(table, column, getattr(row, column))) for column in TABLES[table].model_fields)
    return RowEdit(table, tuple((column, text) for column, text in texts if text), is_added)


def setting_edit(scenario: Scenario, section: str, key: str, value: int) -> SettingEdit:
    """Return the change that gives a number of the settings another value."""
    return SettingEdit(section, key, str(getattr(getattr(scenario.settings, section), key)), str(value))


def edited(scenario: Scenario, edits: Iterable[TableEdit]) -> Scenario:
    """Return a scenario after some changes, in their order.

    Raises
    ------
    ValueError
        If a change names a row that is not there, or one whose cell has another text by now.
    """
    for edit in edits:
        scenario = _MAKERS[type(edit)](scenario, edit)
    return scenario


def _with(scenario: Scenario, **changes: Any) -> Scenario:
    # Built anew: a copy would keep the maps by id of the rows before.
    return Scenario(**{name: getattr(scenario, name) for name in Scenario.model_fields} | changes)


def _edit_cell(scenario: Scenario, edit: CellEdit) -> Scenario:
    rows = list(getattr(scenario, edit.table) or ())
    keys = KEYS[edit.table]
    for place, row in enumerate(rows):
        if tuple(text_of(edit.table, name, getattr(row, name)) for name in keys) == edit.key:
            _assert_text(edit, text_of(edit.table, edit.column, getattr(row, edit.column)))
            rows[place] = row.model_copy(update={edit.column: _value(edit.table, edit.column, edit.after)})
            return _with(scenario, **{edit.table: tuple(rows)})
    raise ValueError(f"The table {edit.table} has no row {' '.join(edit.key)}. Choose one that is there.")


def _assert_text(edit: CellEdit, found: str) -> None:
    if found != edit.before:
        raise ValueError(
            f"{edit.table} {' '.join(edit.key)} has {edit.column} {found!r}, not {edit.before!r} as the change says. "
            "Work out the change anew."
        )


def _edit_row(scenario: Scenario, edit: RowEdit) -> Scenario:
    rows = list(getattr(scenario, edit.table) or ())
    row = TABLES[edit.table].model_validate(dict(edit.cells))
    if edit.is_added:
        rows.append(row)
    elif row in rows:
        rows.remove(row)
    else:
        raise ValueError(f"The table {edit.table} has no such row. Choose one that is there.")
    return _with(scenario, **{edit.table: tuple(rows)})


def _edit_setting(scenario: Scenario, edit: SettingEdit) -> Scenario:
    section = getattr(scenario.settings, edit.section)
    accepted = setting_type(edit.section, edit.key)
    value: Any = edit.after == "yes" if accepted is None else accepted.parse(edit.after)
    changed = section.model_copy(update={edit.key: value})
    return _with(scenario, settings=scenario.settings.model_copy(update={edit.section: changed}))


_MAKERS: dict[type, Any] = {CellEdit: _edit_cell, RowEdit: _edit_row, SettingEdit: _edit_setting}


def _table_of(row: Row) -> str:
    return next(name for name, model in TABLES.items() if model is type(row))


def _value(table: str, column: str, text: str) -> Any:
    accepted: CellType = cell_type(table, column)
    return accepted.parse(text) if text else TABLES[table].model_fields[column].get_default()
