"""Bodies and answers about scenarios."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from lineside.models.raw import RawScenario, RawTable
from lineside.models.tables import TABLES
from lineside.service.api.parts import Answer, Body, Identity, Instant, MistakeOut, Words
from lineside.service.problems import NotFoundProblem
from lineside.service.storage.models import Revision, StoredScenario
from lineside.service.storage.scenarios import Saved
from lineside.service.storage.texts import raw_table

SettingValue = str | int | float | bool | None
Setting = SettingValue | dict[str, SettingValue]

EXAMPLE_TABLE: dict[str, Any] = {
    "columns": ["line", "rota", "headcount", "minimum"],
    "rows": [["L1", "R1", "16", "14"]],
}
EXAMPLE_SETTINGS: dict[str, Any] = {
    "name": "Milwaukee spring",
    "timezone": "America/Chicago",
    "first_day": "2027-01-04",
    "weeks": 12,
    "rules": {"modules_at_once": 2},
}


class TableBody(Body):
    """A table as texts, cell by cell as in a CSV file; every row has as many cells as there are columns."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_TABLE]})

    columns: list[str] = Field(max_length=100)
    rows: list[list[str]] = Field(max_length=200_000)

    def raw(self, name: str) -> RawTable:
        """Return the texts; short rows are filled and long ones stay, so that the mistakes tell them."""
        width = len(self.columns)
        return raw_table(self.columns, [[*row, *[""] * (width - len(row))] for row in self.rows])


class ScenarioBody(Body):
    """A whole scenario as texts; settings as in ``scenario.toml``."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"settings": EXAMPLE_SETTINGS, "tables": {"crews": EXAMPLE_TABLE}}]}
    )

    settings: dict[str, Setting]
    tables: dict[str, TableBody]
    published: str | None = Field(None, description="JSON text of the plan that changes, pins and frozen refer to")

    def raw(self) -> RawScenario:
        """Return the scenario's texts."""
        for name in self.tables:
            known_table(name)
        settings = {key: value for key, value in self.settings.items() if value is not None}
        return RawScenario(
            settings, {name: self.tables[name].raw(name) for name in TABLES if name in self.tables}, self.published
        )


def known_table(name: str) -> str:
    """Return a table's name if there is such a table.

    Raises
    ------
    NotFoundProblem
        If there is none.
    """
    if name not in TABLES:
        raise NotFoundProblem(f"A scenario has no table of this name. The tables are {', '.join(TABLES)}.")
    return name


class NameBody(Body):
    """A name."""

    name: Words = Field(examples=["Milwaukee, with the second press line"])


class ScenarioOut(Answer):
    """A scenario in a list."""

    id: Identity
    name: str
    revision: int = Field(description="number of the newest revision")
    created_at: Instant
    saved_at: Instant

    @classmethod
    def of(cls, row: StoredScenario) -> ScenarioOut:
        """Return a stored scenario as an answer."""
        return cls(id=row.id, name=row.name, revision=row.head, created_at=row.created_at, saved_at=row.saved_at)


class RevisionOut(Answer):
    """A revision in a list."""

    number: int
    note: str = Field(examples=["table crews replaced"])
    author: str = Field(examples=["Dana at the college"], description="label of the key that saved it, if known")
    saved_at: Instant
    mistakes: int = Field(description="how many mistakes it has; it can be solved if there are none")

    @classmethod
    def of(cls, row: Revision) -> RevisionOut:
        """Return a stored revision as an answer."""
        head = {"number": row.number, "note": row.note, "author": row.author, "saved_at": row.saved_at}
        return cls.model_validate({**head, "mistakes": len(row.mistakes)})


class TableOut(Answer):
    """A table as texts."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_TABLE]})

    columns: list[str]
    rows: list[list[str]]


class SavedOut(ScenarioOut):
    """A scenario after a save: what ``lineside validate`` says about it."""

    mistakes: list[MistakeOut]
    warnings: list[str]

    @classmethod
    def of_saved(cls, saved: Saved) -> SavedOut:
        """Return a save as an answer."""
        row, revision = saved.scenario, saved.revision
        head = {"id": row.id, "name": row.name, "created_at": row.created_at, "saved_at": revision.saved_at}
        found = {"mistakes": revision.mistakes, "warnings": revision.warnings}
        return cls.model_validate({**head, "revision": revision.number, **found})


class WholeOut(SavedOut):
    """A revision with all its texts."""

    settings: dict[str, Any] = Field(examples=[EXAMPLE_SETTINGS])
    tables: dict[str, TableOut]
    published: str | None

    @classmethod
    def whole(cls, saved: Saved) -> WholeOut:
        """Return a revision with all its texts as an answer."""
        revision = saved.revision
        texts = {"settings": revision.settings, "tables": revision.tables, "published": revision.published}
        return cls.model_validate({**SavedOut.of_saved(saved).model_dump(), **texts})
