"""The route that tells who changes what from the plan in force to another plan, and why."""

from __future__ import annotations

import uuid
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy.orm import Session

from lineside.models.outages import Outage
from lineside.scenarios.seat_changes import SeatChange, seat_changes
from lineside.service.access.keys import Actor
from lineside.service.api.context import Admitted, InSession
from lineside.service.api.parts import Answer, problems
from lineside.service.api.plan_desks import desk_of
from lineside.service.runs.desk import Desk
from lineside.service.runs.replanning import outages_of
from lineside.service.storage.plans import Plans, Shelved

router = APIRouter(prefix="/plans/{plan}", tags=["what now"])


class SeatChangeOut(Answer):
    """A need whose seat is not the one of the plan in force."""

    apprentice: str
    name: str
    company: str
    module: str
    kind: Literal["moves", "loses", "gains"]
    before: str | None = Field(description="cohort in the plan in force; none without a seat")
    after: str | None = Field(description="cohort in this plan; none without a seat")
    is_forced: bool = Field(description="whether the seat cannot stand with the tables of this plan")
    reason: str = Field(examples=["Instructor I3 of K4 cannot be had from 2027-03-01 to 2027-03-05."])

    @classmethod
    def of(cls, change: SeatChange) -> SeatChangeOut:
        """Return a change as an answer."""
        return cls(**{name: getattr(change, name) for name in cls.model_fields})


class SeatChangesOut(Answer):
    """Who changes what, by company and person."""

    has_plan_before: bool = Field(description="whether the plan's tables have a plan in force to compare with")
    forced: int = Field(description="seats that change because they cannot stand")
    people: int = Field(description="apprentices with a seat that changes")
    changes: list[SeatChangeOut]


@router.get("/seat-changes", responses=problems(404, 409))
def read_seat_changes(plan: uuid.UUID, request: Request, session: InSession, actor: Admitted) -> SeatChangesOut:
    """Tell who changes what from the plan in force in a plan's own tables to that plan, and why."""
    shelved = Plans(session, actor.region).get(plan)
    desk = desk_of(shelved, None, request, session, actor)
    rows = seat_changes(desk.scenario, desk.plan, _outages(shelved, session, actor), desk.days)
    return SeatChangesOut(
        has_plan_before=desk.scenario.published is not None,
        forced=sum(row.is_forced for row in rows),
        people=len({row.apprentice for row in rows}),
        changes=[SeatChangeOut.of(row) for row in rows],
    )


def _outages(shelved: Shelved, session: Session, actor: Actor) -> tuple[Outage, ...]:
    """Return the outages that the run of a plan was told of: tables cannot say them."""
    found = None if shelved.plan.run_id is None else Desk(session, actor.region).find(shelved.plan.run_id)
    return outages_of(found.ask) if found is not None and found.method == "replan" and found.ask else ()
