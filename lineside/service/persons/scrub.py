"""Taking one person out of what was stored: tables, plans, edits, sentences.

An id in its own column is replaced by a pseudonym and nothing else is touched there; in sentences the id and the names
are replaced wherever they stand as words. What a sentence says of somebody else with the same name goes with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from lineside.models.plan import Plan, plan_json
from lineside.models.raw import plain_name

PersonKind = Literal["apprentice", "instructor"]


@dataclass(frozen=True)
class Traits:
    """Where a kind of person stands in the tables.

    Parameters
    ----------
    table
        The table with a row of each; its id column, and the columns in plans, are called as the kind.
    kept
        Columns from which the figures of plans are computed; all others are emptied.
    named_in
        Other tables with a column of that name.
    """

    table: str
    kept: frozenset[str]
    named_in: frozenset[str]


TRAITS: Mapping[PersonKind, Traits] = {
    "apprentice": Traits(
        "apprentices",
        frozenset(
            {"company", "line", "rota", "program", "credits", "options", "wanted"}
            | {"zip", "travel_max", "modes", "priority", "party"}
        ),
        frozenset({"pins"}),
    ),
    "instructor": Traits(
        "instructors", frozenset({"modules", "hours", "week_minutes", "dollars_per_hour"}), frozenset()
    ),
}
FREE_CELLS = frozenset({("closures", "reason")})
"""Cells in which people write sentences."""


@dataclass(frozen=True)
class Person:
    """Somebody whom the tables know.

    Parameters
    ----------
    kind, id
        Who it is.
    names
        Every name that was written for the person.
    """

    kind: PersonKind
    id: str
    names: frozenset[str] = frozenset()

    @property
    def traits(self) -> Traits:
        """Where such people stand."""
        return TRAITS[self.kind]


class Scrub:
    """Puts a pseudonym in place of a person.

    Parameters
    ----------
    person
        Who goes.
    pseudonym
        What stands for the person from now on.
    """

    def __init__(self, person: Person, pseudonym: str) -> None:
        self._person = person
        self._pseudonym = pseudonym
        self.title = f"Deleted {person.kind}"
        self._words = [(_word_pattern([person.id], re.NOFLAG), pseudonym)]
        names = sorted((name for name in person.names if name.strip()), key=len, reverse=True)
        if names:
            self._words.insert(0, (_word_pattern(names, re.IGNORECASE), self.title))

    def text(self, value: str) -> str:
        """Return a sentence, a name or a note without the person."""
        for pattern, word in self._words:
            value = pattern.sub(word, value)
        return value

    def sentences(self, value: Any) -> Any:
        """Return plain data of JSON without the person: every text in it, and every key."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(key): self.sentences(item) for key, item in value.items()}
        return [self.sentences(item) for item in value] if isinstance(value, list) else value

    def tables(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return the tables of a revision without the person."""
        return {name: self._table(name, table) for name, table in value.items()}

    def _table(self, name: str, table: Mapping[str, Any]) -> dict[str, Any]:
        columns = [plain_name(title) for title in table["columns"]]
        rows = [self._cells(name, columns, row) for row in table["rows"]]
        return {**table, "rows": rows}

    def _cells(self, table: str, columns: list[str], row: list[str]) -> list[str]:
        # A draft may have rows that are shorter or longer than its head; what stands beyond has no column.
        named = list(zip([*columns, *[""] * len(row)], row, strict=False))
        mine = self.is_mine(table, named)
        return [self._cell(table, column, cell, is_mine=mine) for column, cell in named]

    def is_mine(self, table: str, cells: Iterable[tuple[str, str]]) -> bool:
        """Return whether a row is the person's own."""
        person = self._person
        return table == person.traits.table and dict(cells).get(person.kind, "").strip() == person.id

    def _cell(self, table: str, column: str, cell: str, *, is_mine: bool) -> str:
        person = self._person
        names_person = column == person.kind and (is_mine or table in person.traits.named_in)
        if names_person:
            return self._pseudonym if cell.strip() == person.id else cell
        if is_mine and column == "name":
            return self.title
        if column == "party" and table == person.traits.table:
            return self.text(cell).replace(" ", "-")  # an id has no spaces
        if is_mine:
            return cell if column in person.traits.kept else ""
        return self.text(cell) if not column or (table, column) in FREE_CELLS else cell

    def edits(self, value: list[Any]) -> list[Any]:
        """Return the edits of a variant without the person: what they change about the person is left out."""
        return [self._edit(edit) for edit in value]

    def _edit(self, edit: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: [part for part in item if not self._is_about(part)]
            if key in ("cells", "added", "removed")
            else self.sentences(item)
            for key, item in edit.items()
        }

    def _is_about(self, part: Mapping[str, Any]) -> bool:
        person = self._person
        if part["table"] not in (person.traits.table, *person.traits.named_in):
            return False
        cells = {plain_name(column): str(cell).strip() for column, cell in part.get("cells", {}).items()}
        return person.id in (cells.get(person.kind), *part.get("row", ())[:1])

    def plan(self, text: str) -> str:
        """Return a plan's JSON text without the person; one that does not name the person stays as it is."""
        try:
            found = json.loads(text)
        except ValueError:
            return self.text(text)  # a draft may hold what is no plan
        new = self._plan_part(found)
        if new == found:
            return text
        try:
            return plan_json(Plan.model_validate_json(json.dumps(new)))
        except ValidationError:
            return json.dumps(new, ensure_ascii=False)

    def _plan_part(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self._plan_part(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self._plan_part(item, key) for item in value]
        if key == self._person.kind and value == self._person.id:
            return self._pseudonym
        return self.text(value) if key in ("reason", "scenario") and isinstance(value, str) else value


def _word_pattern(words: Iterable[str], flags: re.RegexFlag) -> re.Pattern[str]:
    """Return what finds words that are not part of longer ones."""
    found = "|".join(re.escape(" ".join(word.split())).replace(r"\ ", r"\s+") for word in words)
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)", flags)
