"""The route that tells what a run told, for pages that ask now and then instead of holding a stream."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from lineside.service.api.context import Admitted, InSession
from lineside.service.api.parts import Instant, problems
from lineside.service.api.runs import RunEventOut
from lineside.service.runs.desk import Desk
from lineside.service.runs.records import gap_of
from lineside.service.storage.models import RunEvent

router = APIRouter(prefix="/runs", tags=["runs"])


class ToldOut(RunEventOut):
    """What a run told, with its number and time."""

    id: int = Field(description="goes up; ask for what came after it")
    at: Instant


def _told(row: RunEvent) -> ToldOut:
    names = ("id", "at", "status", "attempt", "stage", "objective", "bound")
    values = {name: getattr(row, name) for name in names}
    return ToldOut(**values, gap=gap_of(row.objective, row.bound), seconds=row.solved_seconds)


@router.get("/{run}/progress", responses=problems(404))
def list_run_events(
    run: uuid.UUID,
    session: InSession,
    actor: Admitted,
    after: Annotated[int, Query(ge=0, le=2**63 - 1, description="the last event that was read")] = 0,
) -> list[ToldOut]:
    """List what a run told so far; objective and bound in line-minutes."""
    desk = Desk(session, actor.region)
    desk.get(run)
    return [_told(row) for row in desk.events(run, after)]
