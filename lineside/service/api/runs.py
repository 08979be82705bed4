"""Routes of runs: start, list, look, follow, stop."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import ConfigDict, Field

from lineside.service.access.keys import Actor
from lineside.service.api.context import Admitted, InSession, Service, service_of
from lineside.service.api.parts import Answer, Body, Identity, Instant, Page, problems
from lineside.service.api.run_asks import FrontierBody, Most, OrderText, ask_of, asked_of
from lineside.service.problems import MistakesProblem
from lineside.service.runs.desk import Desk, Method, Order
from lineside.service.runs.records import ACTIVE, gap_of
from lineside.service.storage.models import Run, RunEvent
from lineside.service.storage.scenarios import Scenarios

router = APIRouter(prefix="/runs", tags=["runs"])

PlanningMethod = Literal["search", "first_come", "day_class"]
"""Methods that come to a plan."""
RunStatus = Literal["queued", "running", "finished", "stopped", "failed"]
EVENT_STREAM = "text/event-stream"
EVENT_SCHEMA = {
    "schema": {
        "type": "object",
        "description": "an event of the stream; the data of progress is a RunEventOut as JSON text",
        "properties": {
            "id": {"type": "string", "pattern": "^[0-9]+$"},
            "event": {"type": "string", "enum": ["progress", "end"]},
            "data": {"type": "string"},
        },
        "required": ["event", "data"],
    },
    "example": 'id: 7\nevent: progress\ndata: {"status": "running", "stage": "searching", "objective": 910.5}\n\n',
}
KEEP_ALIVE_SECONDS = 15.0


class RunBody(Body):
    """What to solve, and how long and hard to search."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"scenario": "7f8a4c1e-0b5d-4f8e-9a55-0f8f0c4f6b3d", "seconds": 60, "workers": 2, "seed": 0}]
        }
    )

    scenario: Identity
    revision: int | None = Field(None, ge=1, le=2**31 - 1, description="the newest if left out")
    seconds: float = Field(60, ge=1, le=10**6, allow_inf_nan=False, description="time to search")
    workers: int = Field(2, ge=1, le=256, description="processes; with one, the same input and seed give the same plan")
    seed: int = Field(0, ge=0, le=2**31 - 1)
    method: PlanningMethod = Field(
        "search", description="search for the best plan, or work out a baseline to set beside it"
    )
    margin: int = Field(0, ge=0, le=999, description="people to spare in each new cohort, as far as they fit")
    limits: dict[str, Most] = Field({}, max_length=10, description="most of a measure that the plan may have")
    in_order: OrderText | None = Field(
        None,
        description="measures to minimise in strict order, in place of the prices",
        examples=["changes, dollars:2%"],
    )
    frontier: FrontierBody | None = Field(None, description="trade one measure for another; the time is for all points")


class RunPage(Page):
    """Which runs are wanted."""

    scenario: uuid.UUID | None = None
    status: RunStatus | None = None


class RunOut(Answer):
    """A run; objective and bound in line-minutes, gap as a share of the objective."""

    id: Identity
    scenario: Identity
    revision: int
    seconds: float
    workers: int
    seed: int
    method: Method = Field(description="a way of planning, or advise: advice about a plan")
    margin: int = Field(description="people to spare in each new cohort")
    about: Identity | None = Field(description="the plan that advice is asked about")
    limits: dict[str, float]
    in_order: str | None
    frontier: FrontierBody | None
    status: RunStatus
    attempt: int = Field(description="1 for the first; more if a worker died")
    stop_requested: bool
    stage: str = Field(examples=["searching"])
    objective: float | None
    bound: float | None
    gap: float | None
    solved_seconds: float
    outcome: Literal["optimal", "feasible", "infeasible", "unknown"] | None
    reason: str = Field(description="in words why there is no plan, or what a margin came to, or nothing")
    plan: Identity | None = Field(description="the plan it found")
    created_at: Instant
    started_at: Instant | None
    finished_at: Instant | None


class RunEventOut(Answer):
    """What a run told; sent as the data of an event whose id goes up."""

    status: RunStatus
    attempt: int
    stage: str
    objective: float | None
    bound: float | None
    gap: float | None
    seconds: float


def run_out(desk: Desk, run: Run) -> RunOut:
    """Return a run as an answer."""
    asked = ("id", "revision", "seconds", "workers", "seed", "method", "margin", "about")
    state = ("status", "attempt", "stop_requested", "stage")
    found = ("objective", "bound", "solved_seconds", "outcome", "reason", "created_at", "started_at", "finished_at")
    values = {name: getattr(run, name) for name in (*asked, *state, *found)}
    plan = None if run.status in ACTIVE else desk.plan_of(run.id)
    gap = gap_of(run.objective, run.bound)
    return RunOut(**values, **asked_of(run), scenario=run.scenario_id, gap=gap, plan=plan)


def refuse_too_much(request: Request, seconds: float, workers: int) -> None:
    """Refuse a run that asks for more than is set.

    Raises
    ------
    MistakesProblem
        If it does.
    """
    settings = service_of(request).settings
    if seconds > settings.run_seconds or workers > settings.run_workers:
        limits = f"{settings.run_seconds:g} seconds and {settings.run_workers} workers"
        raise MistakesProblem(
            f"A run may ask for at most {limits}. Ask for less, or let the operator raise the limits."
        )


@router.post("", status_code=202, responses=problems(404, 409))
def start_run(body: RunBody, request: Request, session: InSession, actor: Admitted, response: Response) -> RunOut:
    """Start a solve of a revision in the background."""
    refuse_too_much(request, body.seconds, body.workers)
    saved, _ = Scenarios(session, actor.region).good(body.scenario, body.revision)
    desk = Desk(session, actor.region)
    method, ask = ask_of(body.method, body.margin, body.limits, body.in_order, body.frontier)
    run = desk.start(saved, Order(body.seconds, body.workers, body.seed, method, margin=body.margin, ask=ask))
    response.headers["Location"] = f"/api/v1/runs/{run.id}"
    return run_out(desk, run)


@router.get("", responses=problems())
def list_runs(
    session: InSession,
    actor: Admitted,
    page: Annotated[RunPage, Query()],
) -> list[RunOut]:
    """List runs, the newest first, of one scenario or status if asked."""
    desk = Desk(session, actor.region)
    return [run_out(desk, run) for run in desk.listed(page.scenario, page.status, page.limit, page.offset)]


@router.get("/{run}", responses=problems(404))
def read_run(run: uuid.UUID, session: InSession, actor: Admitted) -> RunOut:
    """Look how a run is doing."""
    desk = Desk(session, actor.region)
    return run_out(desk, desk.get(run))


@router.post("/{run}/stop", status_code=202, responses=problems(404, 409))
def stop_run(run: uuid.UUID, session: InSession, actor: Admitted) -> RunOut:
    """Ask a run to end with its best plan so far; one that waits ends at once."""
    desk = Desk(session, actor.region)
    return run_out(desk, desk.stop(run))


@router.get(
    "/{run}/events",
    responses={**problems(404), 200: {"content": {EVENT_STREAM: EVENT_SCHEMA}}},
    response_class=StreamingResponse,
)
def follow_run(
    run: uuid.UUID,
    request: Request,
    session: InSession,
    actor: Admitted,
    last_event_id: Annotated[int, Header(ge=0, le=2**63 - 1, description="the last event that was read")] = 0,
) -> StreamingResponse:
    """Follow a run: server-sent events named ``progress``, then one named ``end`` when it is over."""
    Desk(session, actor.region).get(run)
    stream = _stream(service_of(request), actor, run, last_event_id)
    return StreamingResponse(stream, media_type=EVENT_STREAM, headers={"Cache-Control": "no-store"})


async def _stream(service: Service, actor: Actor, run: uuid.UUID, after: int) -> AsyncIterator[str]:
    idle = 0.0
    while not service.ending.is_set():
        events, is_over = await asyncio.to_thread(_news, service, actor, run, after)
        for event in events:
            after = event.id
            yield _event_text("progress", event)
        if is_over:
            yield "event: end\ndata: {}\n\n"
            return
        idle = 0.0 if events else idle + service.settings.events_seconds
        if idle >= KEEP_ALIVE_SECONDS:
            idle = 0.0
            yield ": still here\n\n"
        await asyncio.sleep(service.settings.events_seconds)


def _news(service: Service, actor: Actor, run: uuid.UUID, after: int) -> tuple[list[RunEvent], bool]:
    with service.database.session() as session:
        desk = Desk(session, actor.region)
        # Looked at first: what is over has no events after those that are read next.
        found = desk.find(run)
        return list(desk.events(run, after)), found is None or found.status not in ACTIVE


def _event_text(kind: str, event: RunEvent) -> str:
    names = ("status", "attempt", "stage", "objective", "bound")
    values = {name: getattr(event, name) for name in names}
    data = RunEventOut(**values, gap=gap_of(event.objective, event.bound), seconds=event.solved_seconds)
    return f"id: {event.id}\nevent: {kind}\ndata: {data.model_dump_json()}\n\n"
