"""Routes that a new scenario starts from: the bundled scenarios, and an empty workbook to fill in."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from fastapi import APIRouter, Response
from pydantic import Field

from lineside.models.template import empty_scenario, explanation_rows
from lineside.models.workbook_writing import write_workbook
from lineside.scenarios.examples import example_raw, examples
from lineside.service.api.context import Admitted, InSession, entity_tag
from lineside.service.api.downloads import XLSX, attachment, binary
from lineside.service.api.parts import Answer, Body, problems
from lineside.service.api.scenario_models import SavedOut
from lineside.service.problems import NotFoundProblem
from lineside.service.storage.scenarios import Scenarios

router = APIRouter(prefix="/scenarios", tags=["scenarios"])


class ExampleOut(Answer):
    """A bundled scenario."""

    name: str = Field(examples=["two_plants"])
    title: str = Field(examples=["Two plants and a college"])
    story: str = Field(description="what it is about, as plain text")
    num_companies: int
    num_apprentices: int
    weeks: int


class ExampleBody(Body):
    """A bundled scenario to start from."""

    example: str = Field(max_length=100, examples=["two_plants"])


@router.get("/examples", responses=problems())
def list_examples(actor: Admitted) -> list[ExampleOut]:
    """List the bundled scenarios, the smallest first."""
    return [ExampleOut.model_validate(example) for example in examples()]


@router.post("/examples", status_code=201, responses=problems(404))
def create_from_example(body: ExampleBody, session: InSession, actor: Admitted, response: Response) -> SavedOut:
    """Create a scenario that is a copy of a bundled one."""
    try:
        raw = example_raw(body.example)
    except KeyError:
        names = ", ".join(example.name for example in examples())
        raise NotFoundProblem(f"There is no bundled scenario of this name. Choose one of {names}.") from None
    saved = Scenarios(session, actor.region, actor.label).create(raw, f"started from the bundled {body.example}")
    response.headers["Location"] = f"/api/v1/scenarios/{saved.scenario.id}"
    response.headers["ETag"] = entity_tag(saved.revision.number)
    return SavedOut.of_saved(saved)


@router.get("/template", responses={**problems(), 200: binary(XLSX)}, response_class=Response)
def download_template(actor: Admitted) -> Response:
    """Download an empty workbook that explains every table and column."""
    with tempfile.TemporaryDirectory(prefix="lineside-") as folder:
        path = Path(folder) / "scenario.xlsx"
        write_workbook(empty_scenario(dt.date.today()), path, explanation_rows())
        body = path.read_bytes()
    return attachment(body, XLSX, "template.xlsx")
