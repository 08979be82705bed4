"""Routes that question a plan: why, answered within some seconds, and advice, worked out by a run."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from typing import Annotated, Any, cast

from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict, Field

from lineside.models.scenario import Scenario
from lineside.scenarios.edits import EditError, edit_json
from lineside.scenarios.plan_trials import Desk as PlanDesk
from lineside.scenarios.taken_edits import taken_edit
from lineside.service.api.advice_models import AdviceReport, AdvisedOut, EditOut, WhyOut
from lineside.service.api.context import Admitted, InSession, entity_tag, service_of
from lineside.service.api.parts import Body, Owner, Words, problems
from lineside.service.api.plan_desks import desk_of
from lineside.service.api.runs import RunOut, RunStatus, run_out
from lineside.service.api.variants import VariantOut
from lineside.service.problems import ConflictProblem, MistakesProblem
from lineside.service.runs.desk import Desk, Order
from lineside.service.storage.plans import Plans
from lineside.service.storage.scenarios import Scenarios
from lineside.service.storage.variants import Variants, edits_from
from lineside.solver import Inquiry, NoSuchNeedError, UnusablePlanError

router = APIRouter(prefix="/plans/{plan}", tags=["plans"])

EXAMPLE: Any = {
    **{"kind": "cell", "table": "companies", "key": ["STEEL"], "column": "release_minutes"},
    **{"before": "130", "after": "145"},
}
MOST_SECONDS = 60.0
"""Longest that one answer may take; who wants to know more asks on the command line."""
PATIENCE_SECONDS = 5.0
"""Longest that a question waits for its turn."""


class Inquiries:
    """Plans that were questioned last; one question at a time is answered, for each takes a processor."""

    SIZE = 3

    def __init__(self) -> None:
        self._kept: OrderedDict[uuid.UUID, tuple[Scenario, Inquiry]] = OrderedDict()
        self.turn = threading.Lock()

    def of(self, plan: uuid.UUID, desk: PlanDesk) -> Inquiry:
        """Return what is remembered of a plan as it lies on a desk; the caller has the turn."""
        scenario, inquiry = self._kept.pop(plan, (None, None))
        if scenario is not desk.scenario or inquiry is None:
            inquiry = Inquiry(desk.scenario, desk.plan)
        self._kept[plan] = (desk.scenario, inquiry)
        if len(self._kept) > self.SIZE:
            self._kept.popitem(last=False)
        return inquiry


@router.get("/why", responses=problems(404, 409))
def read_why(
    plan: uuid.UUID,
    request: Request,
    session: InSession,
    actor: Admitted,
    apprentice: Annotated[Owner, Query(description="whose need")],
    module: Annotated[Owner, Query(description="of which module")],
    seconds: Annotated[
        float, Query(ge=1, le=MOST_SECONDS, allow_inf_nan=False, description="after so long, what is known is told")
    ] = 15,
) -> WhyOut:
    """Tell why somebody sits in a cohort or has no seat, the next best cohort, and the least change that seats them."""
    desk = desk_of(Plans(session, actor.region).get(plan), None, request, session, actor)
    inquiries: Inquiries = request.app.state.inquiries
    if not inquiries.turn.acquire(timeout=PATIENCE_SECONDS):
        raise ConflictProblem("Other questions are being answered, one at a time. Ask again in a moment.")
    try:
        inquiry = inquiries.of(plan, desk)
        return WhyOut.of(desk.scenario, inquiry.why(apprentice, module, seconds=seconds))
    except UnusablePlanError as error:
        raise ConflictProblem(str(error)) from None
    except NoSuchNeedError as error:
        raise MistakesProblem(str(error)) from None
    finally:
        inquiries.turn.release()


class AdviceBody(Body):
    """How long and hard to look for advice."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"seconds": 120, "workers": 1, "seed": 0}]})

    seconds: float = Field(120, ge=1, le=10**6, allow_inf_nan=False, description="time in all")
    workers: int = Field(1, ge=1, le=256, description="processes of each solve")
    seed: int = Field(0, ge=0, le=2**31 - 1)


@router.post("/advice", status_code=202, responses=problems(404, 409))
def start_advice(
    plan: uuid.UUID, body: AdviceBody, request: Request, session: InSession, actor: Admitted, response: Response
) -> RunOut:
    """Start to look in the background which changes of the tables would be worth asking for."""
    settings = service_of(request).settings
    if body.seconds > settings.run_seconds or body.workers > settings.run_workers:
        limits = f"{settings.run_seconds:g} seconds and {settings.run_workers} workers"
        raise MistakesProblem(
            f"A run may ask for at most {limits}. Ask for less, or let the operator raise the limits."
        )
    shelved = Plans(session, actor.region).get(plan)
    if shelved.plan.violations:
        raise ConflictProblem("The plan breaks rules of its tables. Correct it by hand first, then ask for advice.")
    saved, _ = Scenarios(session, actor.region).good(shelved.plan.scenario_id, shelved.plan.revision)
    desk = Desk(session, actor.region)
    run = desk.start(saved, Order(body.seconds, body.workers, body.seed, "advise", plan))
    response.headers["Location"] = f"/api/v1/runs/{run.id}"
    return run_out(desk, run)


class TakenBody(Body):
    """A change as an answer to why or as advice told it, and what the variant with it is called."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Badger opens its room", "edits": [EXAMPLE]}]})

    name: Words
    note: str = Field("", max_length=2000, description="what it would bring")
    edits: list[EditOut] = Field(min_length=1, max_length=100)


@router.post("/variants", status_code=201, responses=problems(404, 409))
def take_change(
    plan: uuid.UUID, body: TakenBody, session: InSession, actor: Admitted, response: Response
) -> VariantOut:
    """Make a variant of a plan's scenario from a change that was told; it follows the scenario as any variant does."""
    shelved = Plans(session, actor.region).get(plan)
    saved = Scenarios(session, actor.region).get(shelved.plan.scenario_id, shelved.plan.revision)
    try:
        edit = taken_edit(saved.raw, (row.step for row in body.edits), body.name, body.note)
        edits = edits_from([edit_json(edit)])
    except EditError as error:
        raise MistakesProblem(" ".join(error.sentences)) from None
    kept = Variants(session, actor.region, actor.label).create(shelved.plan.scenario_id, body.name, edits)
    response.headers["Location"] = f"/api/v1/scenarios/{kept.saved.scenario.id}"
    response.headers["ETag"] = entity_tag(kept.saved.revision.number)
    return VariantOut.of_kept(kept)


@router.get("/advice", responses=problems(404))
def read_advice(plan: uuid.UUID, session: InSession, actor: Admitted) -> AdvisedOut:
    """Tell the newest advice about a plan, or how its run is doing."""
    Plans(session, actor.region).get(plan)
    run = Desk(session, actor.region).newest_about(plan, "advise")
    if run is None:
        return AdvisedOut(run=None, status=None, stage="", reason="", report=None)
    report = None if run.answer is None else AdviceReport.model_validate(run.answer)
    return AdvisedOut(
        run=run.id, status=cast("RunStatus", run.status), stage=run.stage, reason=run.reason, report=report
    )
