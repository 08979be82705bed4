"""Routes of scenarios."""

from __future__ import annotations

import dataclasses
import tempfile
import uuid
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response, UploadFile

from lineside.models.raw import RawScenario
from lineside.models.tables import TABLES
from lineside.models.workbook_writing import write_workbook
from lineside.service.api.context import Admitted, InSession, entity_tag, expected_version, service_of
from lineside.service.api.parts import Page, problems
from lineside.service.api.scenario_models import (
    NameBody,
    RevisionOut,
    SavedOut,
    ScenarioBody,
    ScenarioOut,
    TableBody,
    TableOut,
    WholeOut,
    known_table,
)
from lineside.service.api.uploads import raw_from_upload
from lineside.service.problems import ConflictProblem, NotFoundProblem
from lineside.service.storage.scenarios import Saved, Scenarios
from lineside.service.storage.texts import renamed

router = APIRouter(prefix="/scenarios", tags=["scenarios"])

IfMatch = Annotated[str | None, Header(description='the ETag of what was changed, such as "3"')]
Draft = Annotated[bool, Query(description="store it although it has mistakes; it cannot be solved then")]
Number = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="a revision; the newest if left out")]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _answer(saved: Saved, response: Response) -> SavedOut:
    response.headers["ETag"] = entity_tag(saved.revision.number)
    return SavedOut.of_saved(saved)


@router.post("", status_code=201, responses=problems(404))
def create_scenario(
    body: ScenarioBody, session: InSession, actor: Admitted, response: Response, draft: Draft = False
) -> SavedOut:
    """Create a scenario from JSON texts."""
    saved = Scenarios(session, actor.region, actor.label).create(body.raw(), "created", is_draft=draft)
    response.headers["Location"] = f"/api/v1/scenarios/{saved.scenario.id}"
    return _answer(saved, response)


@router.post("/upload", status_code=201, responses=problems())
def upload_scenario(
    file: UploadFile, request: Request, session: InSession, actor: Admitted, response: Response, draft: Draft = False
) -> SavedOut:
    """Create a scenario from a workbook (.xlsx) or a zipped folder."""
    raw = raw_from_upload(file.file, service_of(request).settings.unpacked_bytes)
    saved = Scenarios(session, actor.region, actor.label).create(raw, "uploaded", is_draft=draft)
    response.headers["Location"] = f"/api/v1/scenarios/{saved.scenario.id}"
    return _answer(saved, response)


@router.get("", responses=problems())
def list_scenarios(session: InSession, actor: Admitted, page: Annotated[Page, Query()]) -> list[ScenarioOut]:
    """List the scenarios, the last saved first."""
    return [
        ScenarioOut.of(row) for row in Scenarios(session, actor.region, actor.label).listed(page.limit, page.offset)
    ]


@router.get("/{scenario}", responses=problems(404))
def read_scenario(
    scenario: uuid.UUID, session: InSession, actor: Admitted, response: Response, revision: Number = None
) -> WholeOut:
    """Read a revision of a scenario with all its texts and mistakes."""
    saved = Scenarios(session, actor.region, actor.label).get(scenario, revision)
    response.headers["ETag"] = entity_tag(saved.revision.number)
    return WholeOut.whole(saved)


@router.put("/{scenario}", responses=problems(404, 412, 428))
def replace_scenario(
    scenario: uuid.UUID,
    body: ScenarioBody,
    session: InSession,
    actor: Admitted,
    response: Response,
    if_match: IfMatch = None,
    draft: Draft = False,
) -> SavedOut:
    """Replace all texts; a new revision."""
    scenarios = Scenarios(session, actor.region, actor.label)
    saved = scenarios.locked(scenario, expected_version(if_match))
    return _answer(scenarios.save(saved, body.raw(), "replaced", is_draft=draft), response)


@router.patch("/{scenario}", responses=problems(404, 412, 428))
def rename_scenario(
    scenario: uuid.UUID,
    body: NameBody,
    session: InSession,
    actor: Admitted,
    response: Response,
    if_match: IfMatch = None,
) -> SavedOut:
    """Rename a scenario; a new revision, since the name stands in its settings."""
    scenarios = Scenarios(session, actor.region, actor.label)
    saved = scenarios.locked(scenario, expected_version(if_match))
    return _answer(_saved(scenarios, saved, renamed(saved.raw, body.name), "renamed"), response)


def _saved(scenarios: Scenarios, saved: Saved, raw: RawScenario, note: str) -> Saved:
    """Save a change that has no part in the mistakes that a draft has already."""
    return scenarios.save(saved, raw, note, is_draft=bool(saved.revision.mistakes))


@router.post("/{scenario}/copies", status_code=201, responses=problems(404))
def copy_scenario(
    scenario: uuid.UUID,
    body: NameBody,
    session: InSession,
    actor: Admitted,
    response: Response,
    revision: Number = None,
) -> SavedOut:
    """Copy a revision into a new scenario."""
    scenarios = Scenarios(session, actor.region, actor.label)
    source = scenarios.get(scenario, revision)
    copied = scenarios.create(renamed(source.raw, body.name), "copied", is_draft=bool(source.revision.mistakes))
    response.headers["Location"] = f"/api/v1/scenarios/{copied.scenario.id}"
    return _answer(copied, response)


@router.delete("/{scenario}", status_code=204, responses=problems(404, 409, 412, 428))
def delete_scenario(scenario: uuid.UUID, session: InSession, actor: Admitted, if_match: IfMatch = None) -> None:
    """Delete a scenario with its revisions, runs and unpublished plans."""
    scenarios = Scenarios(session, actor.region, actor.label)
    scenarios.delete(scenarios.locked(scenario, expected_version(if_match)))


@router.get("/{scenario}/revisions", responses=problems(404))
def list_revisions(scenario: uuid.UUID, session: InSession, actor: Admitted) -> list[RevisionOut]:
    """List all revisions, the newest first."""
    return [RevisionOut.of(row) for row in Scenarios(session, actor.region, actor.label).revisions(scenario)]


@router.get("/{scenario}/tables/{table}", responses=problems(404))
def read_table(
    scenario: uuid.UUID,
    table: str,
    session: InSession,
    actor: Admitted,
    response: Response,
    revision: Number = None,
) -> TableOut:
    """Read one table of a revision; the ETag is the revision's."""
    saved = Scenarios(session, actor.region, actor.label).get(scenario, revision)
    if known_table(table) not in saved.revision.tables:
        raise NotFoundProblem(f"The scenario has no table {table}, so its default holds. Replace it to have one.")
    response.headers["ETag"] = entity_tag(saved.revision.number)
    return TableOut.model_validate(saved.revision.tables[table])


@router.put("/{scenario}/tables/{table}", responses=problems(404, 412, 428))
def replace_table(
    scenario: uuid.UUID,
    table: str,
    body: TableBody,
    session: InSession,
    actor: Admitted,
    response: Response,
    if_match: IfMatch = None,
    draft: Draft = False,
) -> SavedOut:
    """Replace one table; a new revision."""
    scenarios = Scenarios(session, actor.region, actor.label)
    known_table(table)
    saved = scenarios.locked(scenario, expected_version(if_match))
    tables = {**saved.raw.tables, table: body.raw(table)}
    raw = dataclasses.replace(saved.raw, tables={name: tables[name] for name in TABLES if name in tables})
    return _answer(scenarios.save(saved, raw, f"table {table} replaced", is_draft=draft), response)


@router.delete("/{scenario}/tables/{table}", responses=problems(404, 412, 428))
def delete_table(
    scenario: uuid.UUID,
    table: str,
    session: InSession,
    actor: Admitted,
    response: Response,
    if_match: IfMatch = None,
    draft: Draft = False,
) -> SavedOut:
    """Take one table out, so that its default holds; a new revision."""
    scenarios = Scenarios(session, actor.region, actor.label)
    known_table(table)
    saved = scenarios.locked(scenario, expected_version(if_match))
    tables = {name: rows for name, rows in saved.raw.tables.items() if name != table}
    raw = dataclasses.replace(saved.raw, tables=tables)
    return _answer(scenarios.save(saved, raw, f"table {table} taken out", is_draft=draft), response)


@router.get(
    "/{scenario}/download",
    responses={**problems(404, 409), 200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
    response_class=Response,
)
def download_scenario(scenario: uuid.UUID, session: InSession, actor: Admitted, revision: Number = None) -> Response:
    """Download a revision as a workbook, in which every cell is a text or a number and none a formula."""
    saved = Scenarios(session, actor.region, actor.label).get(scenario, revision)
    with tempfile.TemporaryDirectory(prefix="lineside-") as folder:
        path = Path(folder) / "scenario.xlsx"
        try:
            write_workbook(saved.raw, path)
        except ValueError as error:
            raise ConflictProblem(str(error)) from None
        body = path.read_bytes()
    return Response(body, media_type=XLSX, headers={"Content-Disposition": 'attachment; filename="scenario.xlsx"'})
