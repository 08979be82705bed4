"""What-if edits: a named list of changes to a scenario's settings and rows, kept apart from its tables.

An edit speaks of rows by their ids, never by their place, so it holds for a base that has changed meanwhile. It
may also say what it expects to find. What no longer fits is a conflict, told in a sentence; nothing is dropped
silently (:mod:`lineside.scenarios.variants` applies edits).
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lineside.models.raw import RawScenario, number_text
from lineside.models.settings_text import toml_value
from lineside.models.tables import KEYS, TABLES
from lineside.scenarios.changes import RowKey, rows_by_key, setting_changes


class EditError(ValueError):
    """An edit that cannot be read or made; the texts say what is wrong and what to do."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(self.sentences))


def _text(value: Any) -> Any:
    """Return a number, date or truth value as the text that a table or a setting has for it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        return number_text(float(value))
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def _texts(value: Any) -> Any:
    return [value] if isinstance(value, str | int | float) else value


Text = Annotated[str, BeforeValidator(_text)]
RowId = Annotated[tuple[Text, ...], BeforeValidator(_texts)]
Known = Annotated[str, Field(examples=["crews"])]


class EditPart(BaseModel):
    """A part of an edit: immutable, and refusing keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SettingEdit(EditPart):
    """Another value for a setting.

    Parameters
    ----------
    key
        Its name, with the section in front if it stands in one: ``weeks``, ``rules.modules_at_once``.
    before
        The value that is expected; None for any, an empty text for none.
    after
        The new value; an empty text takes the setting out, so that its default holds.
    """

    key: str = Field(examples=["rules.modules_at_once"])
    before: Text | None = None
    after: Text

    @property
    def section(self) -> str | None:
        """Section of the key, or None at the top."""
        head, dot, _ = self.key.partition(".")
        return head if dot else None

    @property
    def name(self) -> str:
        """The key without its section."""
        return self.key.rpartition(".")[2]


class CellEdit(EditPart):
    """Another text for a cell.

    Parameters
    ----------
    table, row, column
        Where it is; the row by its ids, in the order of the table's key columns.
    before
        The text that is expected; None for any.
    after
        The new text.
    """

    table: Known
    row: RowId = Field(examples=[["L1", "R1"]])
    column: str = Field(examples=["relief"])
    before: Text | None = None
    after: Text


class RowAdded(EditPart):
    """A new row: texts by column."""

    table: Known
    cells: dict[str, Text] = Field(min_length=1)


class RowRemoved(EditPart):
    """A row that goes.

    Parameters
    ----------
    table, row
        Where it is; without ids in tables that have none.
    cells
        Texts that are expected; in tables without ids they tell which row is meant.
    """

    table: Known
    row: RowId = ()
    cells: dict[str, Text] = {}


class ScenarioEdit(EditPart):
    """A named list of changes to a scenario.

    Parameters
    ----------
    name, note
        What it is about, in a few words and in more.
    settings, cells, added, removed
        The changes, made in the order removed, cells, added.
    """

    name: str = Field(min_length=1, examples=["Badger opens its room"])
    note: str = ""
    settings: tuple[SettingEdit, ...] = ()
    cells: tuple[CellEdit, ...] = ()
    added: tuple[RowAdded, ...] = ()
    removed: tuple[RowRemoved, ...] = ()

    @property
    def num_changes(self) -> int:
        """How many things it changes."""
        return len(self.settings) + len(self.cells) + len(self.added) + len(self.removed)


def edit_from(data: Any) -> ScenarioEdit:
    """Return the edit that plain data of JSON or TOML describe.

    Raises
    ------
    EditError
        With a sentence for each mistake.

    Examples
    --------
    >>> edit_from({"name": "A", "cells": [{"table": "rooms", "row": "R1", "column": "seats", "after": 20}]}).cells[0]
    CellEdit(table='rooms', row=('R1',), column='seats', before=None, after='20')
    """
    try:
        edit = ScenarioEdit.model_validate(data)
    except ValidationError as error:
        raise EditError(_shape_sentence(detail) for detail in error.errors(include_url=False)) from None
    mistakes = list(_mistakes(edit))
    if mistakes:
        raise EditError(mistakes)
    return edit


def _shape_sentence(detail: Any) -> str:
    place = ", ".join(str(part + 1) if isinstance(part, int) else str(part) for part in detail["loc"]) or "the edit"
    return f"{place}: {detail['msg']}. Give an edit a name and lists of settings, cells, added and removed."


def _mistakes(edit: ScenarioEdit) -> Iterator[str]:
    parts: list[CellEdit | RowAdded | RowRemoved] = [*edit.cells, *edit.added, *edit.removed]
    for part in parts:
        if part.table not in TABLES:
            yield f"{part.table} is no table of a scenario. Choose one of {', '.join(TABLES)}."
            continue
        keys = KEYS.get(part.table, ())
        if isinstance(part, CellEdit) and not keys:
            yield f"The rows of {part.table} have no ids, so no cell can be named. Remove the row and add it anew."
        elif isinstance(part, RowAdded):
            missing = [column for column in keys if not part.cells.get(column)]
            if missing:
                yield f"A row added to {part.table} has no {' and no '.join(missing)}. Give it."
        elif isinstance(part, CellEdit | RowRemoved) and len(part.row) != len(keys):
            wanted = " and ".join(keys) or "its cells alone"
            yield f"A row of {part.table} is named by {wanted}; {len(part.row)} ids were given. Name it so."
        elif isinstance(part, RowRemoved) and not keys and not part.cells:
            yield f"The rows of {part.table} have no ids. Give the cells of the row that goes."


def edit_text(edit: ScenarioEdit) -> str:
    """Return an edit as TOML.

    >>> print(edit_text(ScenarioEdit(name="Longer", settings=(SettingEdit(key="weeks", before="8", after="10"),))))
    name = "Longer"
    <BLANKLINE>
    [[settings]]
    key = "weeks"
    before = "8"
    after = "10"
    <BLANKLINE>
    """
    lines = [f"name = {toml_value(edit.name)}", *([f"note = {toml_value(edit.note)}"] if edit.note else [])]
    for kind in ("settings", "removed", "cells", "added"):
        for part in getattr(edit, kind):
            lines += ["", f"[[{kind}]]"]
            lines += [f"{key} = {_toml(value)}" for key, value in part.model_dump(exclude_defaults=True).items()]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{toml_value(key)} = {toml_value(text)}" for key, text in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(toml_value(text) for text in value) + "]"
    return toml_value(value)


def edit_json(edit: ScenarioEdit) -> dict[str, Any]:
    """Return an edit as plain data; parts that say nothing are left out."""
    data: dict[str, Any] = edit.model_dump(mode="json", exclude_defaults=True)
    return data


def read_edit(path: Path) -> ScenarioEdit:
    """Read an edit from a file: JSON if its name ends in ``.json``, else TOML.

    Raises
    ------
    EditError
        If the text is no edit; a sentence for each mistake.
    OSError
        If the file cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        data = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        language = "JSON" if path.suffix.lower() == ".json" else "TOML"
        detail = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise EditError([f"{path.name} is not written in {language}: {detail}. Correct that line."]) from None
    try:
        return edit_from(data)
    except EditError as error:
        raise EditError(f"{path.name}: {sentence}" for sentence in error.sentences) from None


def write_edit(edit: ScenarioEdit, path: Path) -> None:
    """Write an edit to a file: JSON if its name ends in ``.json``, else TOML."""
    is_json = path.suffix.lower() == ".json"
    text = json.dumps(edit_json(edit), indent=1, ensure_ascii=False) + "\n" if is_json else edit_text(edit)
    path.write_text(text, encoding="utf-8", newline="\n")


def edit_between(before: RawScenario, after: RawScenario, name: str, note: str = "") -> ScenarioEdit:
    """Return the edit that turns one scenario's texts into another's.

    Parameters
    ----------
    before, after
        The base, and a copy with the changes made. Their plans in force have no part in an edit.
    name, note
        What the edit is about.

    Raises
    ------
    EditError
        If two rows of a table have the same ids, so that an edit could not name them.
    """
    cells: list[CellEdit] = []
    added: list[RowAdded] = []
    removed: list[RowRemoved] = []
    for table in TABLES:
        old, new = (rows_by_key(table, raw.tables.get(table)) for raw in (before, after))
        _refuse_twins(table, [*old, *new])
        keys = KEYS.get(table, ())
        for key, row in old.items():
            if key not in new:
                removed.append(RowRemoved(table=table, row=key[0] if keys else (), cells=_filled(row)))
        for key, row in new.items():
            if key not in old:
                added.append(RowAdded(table=table, cells=_filled(row)))
            elif keys:
                cells.extend(_cell_edits(table, key, old[key], row))
    return ScenarioEdit(
        name=name,
        note=note,
        settings=tuple(
            SettingEdit(
                key=change.key if change.section is None else f"{change.section}.{change.key}",
                before=change.before or "",
                after=change.after or "",
            )
            for change in setting_changes(before.settings, after.settings)
        ),
        cells=tuple(cells),
        added=tuple(added),
        removed=tuple(removed),
    )


def _refuse_twins(table: str, keys: Iterable[RowKey]) -> None:
    for texts, place in keys:
        if place and KEYS.get(table):
            named = ", ".join(texts)
            raise EditError([f"Two rows of {table} are {named}. Correct the table first, so that a row has one name."])


def _filled(row: dict[str, str]) -> dict[str, str]:
    return {column: text for column, text in row.items() if text}


def _cell_edits(table: str, key: RowKey, old: dict[str, str], new: dict[str, str]) -> Iterator[CellEdit]:
    for column in dict.fromkeys([*old, *new]):
        before, after = old.get(column, ""), new.get(column, "")
        if before != after:
            yield CellEdit(table=table, row=key[0], column=column, before=before, after=after)
