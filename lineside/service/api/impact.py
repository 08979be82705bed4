"""Routes of a plan's impact and rosters: for planners all, for a plant manager the own company."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy.orm import Session

from lineside.models.plan import Meeting
from lineside.service.access.keys import Actor
from lineside.service.api.context import Admitted, InSession, company_for
from lineside.service.api.downloads import CSV, PDF, attachment, binary, csv_bytes
from lineside.service.api.impact_views import DIMENSIONS, View, Views, baseline_figures, impact_rows, roster_rows
from lineside.service.api.parts import Answer, Owner, problems
from lineside.service.api.plan_desks import desk_of
from lineside.service.problems import NotFoundProblem
from lineside.service.storage.plans import Plans, Shelved
from lineside.service.week_sheet import Sheet, week_sheet_pdf

router = APIRouter(prefix="/plans/{plan}", tags=["impact"])

Dimension = Literal["company", "line", "rota", "shift", "week", "hour_of_week", "quarter_hour"]
By = Annotated[Sequence[Dimension], Query(max_length=7, description="what to sum by; nothing gives one sum")]
Day = Annotated[dt.date, Field(ge=dt.date(1900, 1, 1), le=dt.date(9000, 1, 1))]
Company = Annotated[Owner | None, Query(description="only this company; a manager's own is taken anyway")]


class ImpactRow(Answer):
    """Sums over some dimensions; those not asked for are null."""

    company: str | None = None
    line: str | None = None
    rota: str | None = None
    shift: str | None = Field(None, examples=["N"], description="letter of the shift")
    week: dt.date | None = Field(None, description="Monday of the week in which the shifts start")
    hour_of_week: int | None = Field(None, examples=[39], description="hours since Monday 00:00, local")
    quarter_hour: str | None = Field(None, examples=["2027-01-05T15:30"], description="its start, local")
    lost_line_minutes: float
    stopped_minutes: int
    release_person_minutes: int
    most_away: int = Field(description="people of one crew away at once")
    least_spare_operators: int | None = Field(
        description="fewest operators left above their crew's minimum, relief included; null if nobody is away"
    )


class BaselineOut(Answer):
    """What a baseline for the same tables would cost; of another company nothing is told."""

    method: Literal["first_come", "day_class"]
    lost_line_minutes: float
    stopped_minutes: int
    release_person_minutes: int
    empty_seats: int = Field(description="needed modules without a seat")


class PersonOut(Answer):
    """A seat's apprentice."""

    apprentice: str
    name: str
    company: str
    line: str
    rota: str


class RosterOut(Answer):
    """A cohort with its people; of people that may not be seen only how many come from each company."""

    cohort: str
    module: str
    module_name: str
    site: str
    site_name: str
    room: str
    days: str
    start: str
    minutes: int
    meetings: list[Meeting]
    people: list[PersonOut]
    others: list[int] = Field(examples=[[3, 2]], description="seats of each other company, without saying whose")


def view_of(plan: uuid.UUID, request: Request, session: Session, actor: Actor) -> View:
    """Return a plan with what follows from it; a manager sees only what was published.

    Raises
    ------
    NotFoundProblem
        If there is none that may be seen.
    """
    shelved = Plans(session, actor.region).get(plan, is_published=actor.role == "manager")
    return _view(shelved, request, session, actor)


def _view(shelved: Shelved, request: Request, session: Session, actor: Actor) -> View:
    views: Views = request.app.state.views
    return views.of(desk_of(shelved, None, request, session, actor))


def company_in(view: View, actor: Actor, wanted: str | None) -> str | None:
    """Return the company whose part of a plan is shown; None for all.

    Raises
    ------
    NotAllowedProblem
        If a manager asks for another company.
    NotFoundProblem
        If the plan's tables have no such company.
    """
    company = company_for(actor, wanted)
    if company is not None and company not in view.scenario.company_by_id:
        raise NotFoundProblem("The plan's tables have no such company. Leave it out, or name one of theirs.")
    return company


def minute_of(instant: dt.datetime | None) -> str | None:
    """Return a local time as answers write it."""
    return None if instant is None else instant.isoformat(timespec="minutes")


def _rows(view: View, by: Sequence[Dimension], company: str | None) -> list[ImpactRow]:
    wanted = tuple(name for name in DIMENSIONS if name in by)
    rows = impact_rows(view, wanted, company)
    return [ImpactRow.model_validate({**row, "quarter_hour": minute_of(row.get("quarter_hour"))}) for row in rows]


@router.get("/impact", responses=problems(404, 409))
def read_impact(
    plan: uuid.UUID, request: Request, session: InSession, actor: Admitted, by: By = (), company: Company = None
) -> list[ImpactRow]:
    """Sum what a plan costs the lines, by company, line, rota, week and quarter hour as asked."""
    view = view_of(plan, request, session, actor)
    return _rows(view, by, company_in(view, actor, company))


@router.get("/impact/download", responses={**problems(404, 409), 200: binary(CSV)}, response_class=Response)
def download_impact(
    plan: uuid.UUID, request: Request, session: InSession, actor: Admitted, by: By = (), company: Company = None
) -> Response:
    """Download the impact as a CSV table, no cell of which is a formula."""
    view = view_of(plan, request, session, actor)
    rows = _rows(view, by, company_in(view, actor, company))
    columns = [name for name in ImpactRow.model_fields if name not in DIMENSIONS or name in by]
    return attachment(csv_bytes(columns, ([getattr(row, name) for name in columns] for row in rows)), CSV, "impact.csv")


@router.get("/roster", responses=problems(404, 409))
def read_roster(
    plan: uuid.UUID, request: Request, session: InSession, actor: Admitted, company: Company = None
) -> list[RosterOut]:
    """Tell who sits in which cohort; a manager gets the cohorts of the own apprentices."""
    view = view_of(plan, request, session, actor)
    return [RosterOut.model_validate(row) for row in roster_rows(view, company_in(view, actor, company))]


@router.get("/baselines", responses=problems(404, 409))
def read_baselines(
    plan: uuid.UUID, request: Request, session: InSession, actor: Admitted, company: Company = None
) -> list[BaselineOut]:
    """Tell what the baselines would cost that were worked out for the plan's tables."""
    shelved = Plans(session, actor.region).get(plan, is_published=actor.role == "manager")
    found = Plans(session, actor.region).baselines(shelved)
    views = {method: _view(one, request, session, actor) for method, one in found.items()}
    return [
        BaselineOut.model_validate({"method": method, **baseline_figures(view, company_in(view, actor, company))})
        for method, view in views.items()
    ]


@router.get("/week-sheet", responses={**problems(404, 409), 200: binary(PDF)}, response_class=Response)
def download_week_sheet(
    plan: uuid.UUID,
    request: Request,
    session: InSession,
    actor: Admitted,
    week: Annotated[Day | None, Query(description="any day of the week; the first of the horizon if left out")] = None,
    company: Company = None,
) -> Response:
    """Download a week of classes as a PDF for the boards of the plants, each company's on pages of its own."""
    shelved = Plans(session, actor.region).get(plan, is_published=actor.role == "manager")
    desk = desk_of(shelved, None, request, session, actor)
    wanted, known = company_for(actor, company), tuple(desk.scenario.company_by_id)
    if wanted is not None and wanted not in known:
        raise NotFoundProblem("The plan's tables have no such company. Leave it out, or name one of theirs.")
    day = week or desk.scenario.settings.first_day
    monday = day - dt.timedelta(days=day.weekday())
    today = dt.datetime.now(desk.scenario.settings.zone).date()
    companies = known if wanted is None else (wanted,)
    pdf = week_sheet_pdf(Sheet(desk, companies, monday, shelved.plan.name, today))
    return attachment(pdf, PDF, f"week-{monday.isoformat()}.pdf")
