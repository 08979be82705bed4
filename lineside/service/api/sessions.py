"""Routes of single people's meetings and shifts: for planners all, for a plant manager the own company's."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from lineside.service.api.context import Admitted, InSession, company_for
from lineside.service.api.parts import Answer, Owner, problems
from lineside.service.api.plan_desks import visible_desk
from lineside.service.api.session_views import session_rows, shift_rows
from lineside.service.problems import MistakesProblem, NotFoundProblem

router = APIRouter(prefix="/plans/{plan}", tags=["impact"])

Kind = Literal["lunch", "before", "after", "off", "release"]
LOCAL = ["2027-01-05T15:30"]


class SessionQuery(BaseModel):
    """Whose meetings are wanted: a cohort's, an apprentice's, or both."""

    model_config = ConfigDict(extra="forbid")

    cohort: Owner | None = None
    apprentice: Owner | None = None
    company: Owner | None = Field(None, description="only this company's people; a manager's own is taken anyway")


class SessionOut(Answer):
    """One meeting as one apprentice lives it (local times)."""

    apprentice: str
    name: str
    company: str
    line: str
    rota: str
    cohort: str
    module: str
    module_name: str
    site: str
    site_name: str
    room: str
    start: str = Field(examples=LOCAL)
    end: str = Field(examples=LOCAL)
    leaves: str = Field(examples=LOCAL, description="start of the window: the meeting and the way from the line's site")
    returns: str = Field(examples=LOCAL, description="end of the window")
    kind: Kind
    lost_minutes: int = Field(description="working minutes that the window takes")
    travel_minutes: int = Field(description="one way, from the line's site on a working date, else from home")


class SpanOut(Answer):
    """A stretch of time (local)."""

    start: str = Field(examples=LOCAL)
    end: str = Field(examples=LOCAL)


class ShiftOut(SpanOut):
    """A shift of an apprentice; it belongs to the date on which it starts."""

    date: dt.date
    letter: str = Field(examples=["D"])
    meals: list[SpanOut]
    worked_minutes: int


class TermOut(Answer):
    """An apprentice's horizon at a glance."""

    apprentice: str
    name: str
    company: str
    line: str
    rota: str
    first_day: dt.date
    last_day: dt.date
    timezone: str = Field(examples=["America/Chicago"])
    shifts: list[ShiftOut]
    sessions: list[SessionOut]


@router.get("/sessions", responses=problems(404, 409))
def read_sessions(
    plan: uuid.UUID, asked: Annotated[SessionQuery, Query()], request: Request, session: InSession, actor: Admitted
) -> list[SessionOut]:
    """List meetings with each person's kind of session, minutes lost and travel."""
    if asked.cohort is None and asked.apprentice is None:
        raise MistakesProblem("Neither a cohort nor an apprentice was named. Name one of them.")
    desk = visible_desk(plan, request, session, actor)
    company = company_for(actor, asked.company)
    return [SessionOut(**row) for row in session_rows(desk, asked.cohort, asked.apprentice, company)]


@router.get("/term", responses=problems(404, 409))
def read_term(
    plan: uuid.UUID,
    apprentice: Annotated[Owner, Query()],
    request: Request,
    session: InSession,
    actor: Admitted,
    company: Annotated[Owner | None, Query(description="only if of this company")] = None,
) -> TermOut:
    """Read an apprentice's shifts and meetings over the horizon."""
    desk = visible_desk(plan, request, session, actor)
    wanted = company_for(actor, company)
    person = desk.scenario.apprentice_by_id.get(apprentice)
    if person is None or wanted not in (None, person.company):
        raise NotFoundProblem("The plan's tables have no such apprentice. Name one of theirs.")
    settings = desk.scenario.settings
    return TermOut(
        **{name: getattr(person, name) for name in ("apprentice", "name", "company", "line", "rota")},
        first_day=settings.first_day,
        last_day=settings.last_day,
        timezone=settings.timezone,
        shifts=[ShiftOut.model_validate(row) for row in shift_rows(desk, person)],
        sessions=[SessionOut(**row) for row in session_rows(desk, None, apprentice, None)],
    )
