"""The route that tells what differs between two scenarios, or two revisions of one."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from lineside.scenarios.changes import Cells, TableChange, changes_between
from lineside.service.api.context import Admitted, InSession
from lineside.service.api.parts import Answer, Identity, problems
from lineside.service.api.scenarios import Number
from lineside.service.storage.scenarios import Saved, Scenarios

router = APIRouter(prefix="/scenarios", tags=["scenarios"])

ROWS = 500
"""Most rows of a kind that are told of one table; the counts are of all."""


class SideOut(Answer):
    """One of the two that are compared."""

    scenario: Identity
    name: str
    revision: int


class SettingChangeOut(Answer):
    """A setting with another value; where nothing is written the default is told."""

    section: str | None = Field(examples=["rules"])
    key: str = Field(examples=["modules_at_once"])
    before: str | None = Field(examples=["2"])
    after: str | None = Field(examples=["3"])


class CellChangeOut(Answer):
    """A cell with another text."""

    column: str
    before: str
    after: str


class RowChangeOut(Answer):
    """A row of which some cells differ."""

    key: str = Field(examples=["A17"])
    cells: list[CellChangeOut]


class TableChangeOut(Answer):
    """What differs in one table: counts of all rows, and the first rows of each kind."""

    table: str = Field(examples=["apprentices"])
    num_added: int
    num_removed: int
    num_changed: int
    added: list[dict[str, str]]
    removed: list[dict[str, str]]
    changed: list[RowChangeOut]

    @classmethod
    def of(cls, change: TableChange) -> TableChangeOut:
        """Return a table's differences as an answer."""
        return cls(
            table=change.table,
            num_added=len(change.added),
            num_removed=len(change.removed),
            num_changed=len(change.changed),
            added=_rows(change.added),
            removed=_rows(change.removed),
            changed=[RowChangeOut.model_validate(row) for row in change.changed[:ROWS]],
        )


class ChangesOut(Answer):
    """What differs between two scenarios; tables without a difference are left out."""

    before: SideOut
    after: SideOut
    settings: list[SettingChangeOut]
    tables: list[TableChangeOut]
    has_other_published: bool = Field(description="whether they refer to different published plans")


def _rows(rows: tuple[Cells, ...]) -> list[dict[str, str]]:
    return [dict(row) for row in rows[:ROWS]]


@router.get("/{scenario}/changes", responses=problems(404))
def compare_scenarios(
    scenario: uuid.UUID,
    session: InSession,
    actor: Admitted,
    revision: Number = None,
    base: Annotated[uuid.UUID | None, Query(description="the scenario it is compared to; itself if left out")] = None,
    base_revision: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="of itself the one before, of another the newest if left out")
    ] = None,
) -> ChangesOut:
    """Tell what changed from one revision to another, or from another scenario to this one."""
    scenarios = Scenarios(session, actor.region)
    after = scenarios.get(scenario, revision)
    number = base_revision
    if number is None and base in (None, scenario):
        number = max(1, after.revision.number - 1)
    before = scenarios.get(base or scenario, number)
    changes = changes_between(before.raw, after.raw)
    return ChangesOut(
        before=_side(before),
        after=_side(after),
        settings=[SettingChangeOut.model_validate(row) for row in changes.settings],
        tables=[TableChangeOut.of(row) for row in changes.tables],
        has_other_published=changes.has_other_published,
    )


def _side(saved: Saved) -> SideOut:
    name = str(saved.revision.settings.get("name") or saved.scenario.name)
    return SideOut(scenario=saved.scenario.id, name=name, revision=saved.revision.number)
