"""A scenario's texts while they are edited: what was changed, undone and done again, before it is saved."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lineside.models.raw import plain_name
from lineside.models.tables import TABLES
from lineside.ui.client import Json, Mistake

Rows = tuple[tuple[str, ...], ...]
FIRST_ROW = 2
"""Number of the first row below the header, as in a file."""
MOST_STEPS = 200
"""Changes that can be undone; the oldest are forgotten first."""
_numbers = itertools.count()


@dataclass(frozen=True)
class Table:
    """Texts of one table: every column that the table may have, then those that it should not have."""

    columns: tuple[str, ...]
    rows: Rows = ()

    def filled(self) -> tuple[Rows, tuple[int, ...]]:
        """Return the rows that hold something, and the number of each as it is shown."""
        kept = [(row, number) for number, row in enumerate(self.rows, FIRST_ROW) if any(row)]
        return tuple(row for row, _ in kept), tuple(number for _, number in kept)


@dataclass(frozen=True)
class Texts:
    """Settings and tables of a scenario."""

    settings: Mapping[str, Any]
    tables: Mapping[str, Table]

    @classmethod
    def of(cls, revision: Json) -> Texts:
        """Return the texts of a revision as the service tells them."""
        return cls(revision["settings"], {name: _table(name, revision["tables"].get(name)) for name in TABLES})

    def with_rows(self, name: str, rows: Rows) -> Texts:
        """Return texts of which one table has other rows."""
        return replace(self, tables={**self.tables, name: replace(self.tables[name], rows=rows)})

    def without_column(self, name: str, column: str) -> Texts:
        """Return texts of which one table has lost a column."""
        table = self.tables[name]
        kept = [place for place, title in enumerate(table.columns) if title != column]
        rows = tuple(tuple(row[place] for place in kept) for row in table.rows)
        smaller = Table(tuple(table.columns[place] for place in kept), rows)
        return replace(self, tables={**self.tables, name: smaller})

    def without_empty_rows(self) -> Texts:
        """Return texts without the rows that hold nothing, or these texts if there are none."""
        kept = {name: table.filled()[0] for name, table in self.tables.items()}
        if all(len(rows) == len(self.tables[name].rows) for name, rows in kept.items()):
            return self
        return replace(self, tables={name: replace(self.tables[name], rows=rows) for name, rows in kept.items()})

    def unknown_columns(self, name: str) -> tuple[str, ...]:
        """Return the columns of a table that it should not have."""
        return tuple(title for title in self.tables[name].columns if title not in TABLES[name].model_fields)

    def with_settings(self, settings: Mapping[str, Any]) -> Texts:
        """Return texts with other settings."""
        return replace(self, settings=settings)


def _table(name: str, told: Json | None) -> Table:
    """Return a table with all columns that it may have: those left out are empty."""
    known = tuple(TABLES[name].model_fields)
    if told is None:
        return Table(known)
    places: dict[str, int] = {}
    for place, title in enumerate(told["columns"]):
        places.setdefault(plain_name(title) if plain_name(title) in known else title, place)
    odd = tuple(title for title in places if title not in known)
    columns = (*known, *odd)
    rows = (
        tuple(row[places[title]] if title in places and places[title] < len(row) else "" for title in columns)
        for row in told["rows"]
    )
    return Table(columns, tuple(rows))


@dataclass
class Draft:
    """A revision, and what was changed in it since.

    Parameters
    ----------
    scenario, revision
        Id of the scenario, and number of the revision that is changed.
    saved
        The revision's texts.
    mistakes, warnings
        What the service said about the texts that were looked at last, ``checked``.
    number
        Tells drafts apart.
    epoch
        Goes up whenever an editor on the screen must forget what was typed into it.
    """

    scenario: str
    revision: int
    saved: Texts
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[str, ...] = ()
    number: int = field(default_factory=lambda: next(_numbers))
    epoch: int = 0
    texts: Texts = field(init=False)
    checked: Texts = field(init=False)
    past: list[Texts] = field(default_factory=list)
    future: list[Texts] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.texts = self.checked = self.saved

    @classmethod
    def of(cls, revision: Json) -> Draft:
        """Return a draft of a revision as the service tells it."""
        mistakes = tuple(Mistake(**row) for row in revision["mistakes"])
        number, texts = revision["revision"], Texts.of(revision)
        return cls(revision["id"], number, texts, mistakes, tuple(revision["warnings"]))

    def change(self, texts: Texts, *, is_redrawn: bool = False) -> None:
        """Take changed texts; the step can be undone.

        Parameters
        ----------
        texts
            The texts as they are now.
        is_redrawn
            Whether editors on the screen must forget what was typed, since rows moved.
        """
        if texts == self.texts:
            return
        self.past = [*self.past[-MOST_STEPS + 1 :], self.texts]
        self.future = []
        self.texts = texts
        self.epoch += is_redrawn

    def undo(self) -> None:
        """Go one step back."""
        if self.past:
            self.future.append(self.texts)
            self.texts = self.past.pop()
            self.epoch += 1

    def redo(self) -> None:
        """Do the step again that was undone last."""
        if self.future:
            self.past.append(self.texts)
            self.texts = self.future.pop()
            self.epoch += 1

    @property
    def changed_tables(self) -> tuple[str, ...]:
        """Tables that differ from the revision."""
        return tuple(name for name in TABLES if self.texts.tables[name] != self.saved.tables[name])

    @property
    def has_other_settings(self) -> bool:
        """Whether the settings differ from the revision's."""
        return self.texts.settings != self.saved.settings

    @property
    def is_changed(self) -> bool:
        """Whether there is something to save."""
        return self.texts is not self.saved and (bool(self.changed_tables) or self.has_other_settings)

    def body(self) -> Json:
        """Return what the service is told: whole tables that changed, without rows that hold nothing."""
        tables = {}
        for name in self.changed_tables:
            table = self.texts.tables[name]
            tables[name] = {"columns": list(table.columns), "rows": [list(row) for row in table.filled()[0]]}
        return {"settings": dict(self.texts.settings) if self.has_other_settings else None, "tables": tables}

    def take(self, told: Json, texts: Texts) -> None:
        """Note what the service said about some texts; about others than the present ones it is of no use."""
        if texts is self.texts:
            numbers = {name: texts.tables[name].filled()[1] for name in self.changed_tables}
            self.mistakes = tuple(_placed(Mistake(**row), numbers) for row in told["mistakes"])
            self.warnings = tuple(told["warnings"])
            self.checked = texts

    def go_on(self, told: Json, texts: Texts) -> None:
        """Go on after some texts were saved as a revision; what was typed meanwhile is still to be saved."""
        self.revision, self.saved = told["revision"], texts.without_empty_rows()
        if texts is self.texts:
            self.epoch += self.texts is not self.saved
            self.texts = self.checked = self.saved
            self.mistakes = tuple(Mistake(**row) for row in told["mistakes"])
            self.warnings = tuple(told["warnings"])


def _placed(mistake: Mistake, numbers: Mapping[str, tuple[int, ...]]) -> Mistake:
    """Return a mistake with its row as it is shown, where empty rows count as well."""
    shown = numbers.get(mistake.table)
    if shown is None or mistake.row is None or not FIRST_ROW <= mistake.row < FIRST_ROW + len(shown):
        return mistake
    return replace(mistake, row=shown[mistake.row - FIRST_ROW])


def with_cells(table: Table, before: Mapping[int, tuple[str, ...]], cells: Mapping[int, Mapping[str, str]]) -> Rows:
    """Return a table's rows with what was typed into some of them.

    Parameters
    ----------
    table
        The table.
    before
        The rows that were shown before anything was typed, by place counted from 0; a place may be beyond the end.
    cells
        Texts that were typed since, by place and column.
    """
    places = {column: place for place, column in enumerate(table.columns)}
    rows = list(table.rows)
    for place, shown in before.items():
        row = list(shown)
        for column, text in cells.get(place, {}).items():
            row[places[column]] = text
        rows += [("",) * len(table.columns)] * (place + 1 - len(rows))
        rows[place] = tuple(row)
    while rows and not any(rows[-1]):
        rows.pop()
    return tuple(rows)


def without_rows(table: Table, places: Iterable[int]) -> Rows:
    """Return a table's rows without those at some places, counted from 0."""
    gone = set(places)
    return tuple(row for place, row in enumerate(table.rows) if place not in gone)
