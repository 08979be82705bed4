"""Routes of plans: read, check, keep, publish, download."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.service.api.context import Admitted, InSession, entity_tag, expected_version
from lineside.service.api.downloads import CSV_ZIP, JSON, XLSX, attachment, binary, plan_tables, plan_workbook
from lineside.service.api.notices import post_notices
from lineside.service.api.parts import Page, problems
from lineside.service.api.plan_desks import desk_of
from lineside.service.api.plan_models import (
    CheckBody,
    CheckOut,
    KeepBody,
    PartOut,
    PlanOut,
    PlanPart,
    PlanTextOut,
    PublicationOut,
    WholePlanOut,
)
from lineside.service.api.scenario_models import NameBody
from lineside.service.api.scenarios import IfMatch
from lineside.service.problems import ConflictProblem, MistakesProblem
from lineside.service.storage.feeds import Feeds
from lineside.service.storage.plans import Plans, Shelved
from lineside.service.storage.scenarios import Scenarios
from lineside.service.storage.texts import refuse_odd_text

router = APIRouter(tags=["plans"])


class PlanPage(Page):
    """Which plans are wanted."""

    scenario: uuid.UUID | None = None


def _answer(shelved: Shelved, response: Response) -> PlanOut:
    response.headers["ETag"] = entity_tag(shelved.plan.version)
    return PlanOut.of(shelved)


@router.get("/plans", responses=problems())
def list_plans(session: InSession, actor: Admitted, page: Annotated[PlanPage, Query()]) -> list[PlanOut]:
    """List plans, the newest first."""
    return [PlanOut.of(row) for row in Plans(session, actor.region).listed(page.scenario, page.limit, page.offset)]


@router.post("/plans", status_code=201, responses=problems(404, 409))
def keep_plan(body: KeepBody, session: InSession, actor: Admitted, response: Response) -> PlanOut:
    """Keep a plan that was made by hand, also one that breaks rules; how many is told."""
    saved, scenario = Scenarios(session, actor.region).good(body.scenario, body.revision)
    refuse_odd_text("plan", body.plan.model_dump_json())
    report = check(scenario, body.plan)
    found = len(report.violations) + len(report.faults)
    plan = body.plan.model_copy(update={"measures": report.measures, "objective": report.objective})
    shelved = Plans(session, actor.region).keep(saved, body.name, plan if report.is_clean else body.plan, found)
    response.headers["Location"] = f"/api/v1/plans/{shelved.plan.id}"
    return _answer(shelved, response)


@router.post("/plans/check", responses=problems(404, 409))
def check_plan(body: CheckBody, session: InSession, actor: Admitted) -> CheckOut:
    """Check an edited plan against a revision; nothing is stored."""
    _, scenario = Scenarios(session, actor.region).good(body.scenario, body.revision)
    return CheckOut.of(check(scenario, body.plan))


@router.get("/publications", responses=problems())
def list_publications(session: InSession, actor: Admitted) -> list[PublicationOut]:
    """List the plans that came into force, the one in force first."""
    rows = enumerate(Plans(session, actor.region).publications())
    return [
        PublicationOut(plan=plan.id, name=plan.name, number=row.number, published_at=row.published_at, in_force=i == 0)
        for i, (row, plan) in rows
    ]


@router.get("/plans/{plan}", responses=problems(404))
def read_plan(plan: uuid.UUID, session: InSession, actor: Admitted, response: Response) -> WholePlanOut:
    """Read a plan."""
    shelved = Plans(session, actor.region).get(plan)
    response.headers["ETag"] = entity_tag(shelved.plan.version)
    return WholePlanOut.whole(shelved)


@router.get("/plans/{plan}/parts/{part}", responses=problems(404))
def read_plan_part(plan: uuid.UUID, part: PlanPart, session: InSession, actor: Admitted) -> PartOut:
    """Read one part of a plan."""
    text = PlanTextOut.model_validate_json(Plans(session, actor.region).get(plan).plan.text)
    return PartOut.model_validate({part: getattr(text, part)})


@router.patch("/plans/{plan}", responses=problems(404, 412, 428))
def rename_plan(
    plan: uuid.UUID,
    body: NameBody,
    session: InSession,
    actor: Admitted,
    response: Response,
    if_match: IfMatch = None,
) -> PlanOut:
    """Give a plan another name."""
    return _answer(Plans(session, actor.region).rename(plan, body.name, expected_version(if_match)), response)


@router.delete("/plans/{plan}", status_code=204, responses=problems(404, 409))
def delete_plan(plan: uuid.UUID, session: InSession, actor: Admitted) -> None:
    """Delete a plan that was never published."""
    Plans(session, actor.region).delete(plan)


@router.post("/plans/{plan}/publish", responses=problems(404, 409))
def publish_plan(plan: uuid.UUID, request: Request, session: InSession, actor: Admitted, response: Response) -> PlanOut:
    """Put a plan in force for the region.

    All calendars follow at once, and with a mail server whoever's next meeting changes is told by mail. The plan's
    scenario gets a new revision that has it as its published plan, so that changes, pins and frozen of the next run
    refer to it.
    """
    plans, scenarios = Plans(session, actor.region), Scenarios(session, actor.region)
    plans.in_turn()  # before anything is read: a person who is deleted meanwhile does not come back
    shelved = plans.get(plan)
    desk = desk_of(shelved, None, request, session, actor)
    scenario, parsed = desk.scenario, desk.plan
    report = check(scenario, parsed, desk.days)
    if not report.is_clean:
        found = len(report.violations) + len(report.faults)
        raise ConflictProblem(f"The plan has {found} violations and faults. Check it, correct it and keep it anew.")
    if parsed.status in ("infeasible",):
        raise MistakesProblem("The plan says that there is none. Publish one with cohorts.")
    published = plans.publications()
    now = plans.get(published[0][1].id) if published else None
    before = desk_of(now, None, request, session, actor) if now else None
    publication = plans.publish(shelved)
    post_notices(publication, before, desk, request, session, actor)
    Feeds(session, actor.region).publish(scenario, parsed, dt.datetime.now(dt.UTC), desk.days)
    saved = scenarios.locked(shelved.plan.scenario_id, None)
    raw = dataclasses.replace(saved.raw, published=shelved.plan.text)
    scenarios.save(saved, raw, f"plan {shelved.plan.name} published", is_draft=True)
    return _answer(Shelved(shelved.plan, publication.published_at, True), response)


@router.get(
    "/plans/{plan}/download",
    responses={**problems(404, 409), 200: binary(XLSX, CSV_ZIP, JSON)},
    response_class=Response,
)
def download_plan(
    plan: uuid.UUID,
    session: InSession,
    actor: Admitted,
    form: Annotated[Literal["xlsx", "csv", "json"], Query(description="csv is a zip of tables")] = "xlsx",
) -> Response:
    """Download a plan as a workbook, zipped CSV tables or JSON; no cell of workbook or CSV is a formula."""
    shelved = Plans(session, actor.region).get(plan)
    if form == "json":
        return attachment(shelved.plan.text.encode(), JSON, "plan.json")
    parsed = Plan.model_validate_json(shelved.plan.text)
    if form == "csv":
        return attachment(plan_tables(parsed), CSV_ZIP, "plan.zip")
    _, scenario = Scenarios(session, actor.region).good(shelved.plan.scenario_id, shelved.plan.revision)
    return attachment(plan_workbook(scenario, parsed, shelved.plan.unmeetable_needs or 0), XLSX, "plan.xlsx")
