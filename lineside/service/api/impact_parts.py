"""Routes of the parts of a plan's impact that pages show one at a time: sums, maps of lines, crews and absences."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from lineside.service.api.context import Admitted, InSession
from lineside.service.api.impact import Company, Day, company_in, minute_of, view_of
from lineside.service.api.impact_selections import Across, Asked, Shown, line_map
from lineside.service.api.impact_views import impact_rows
from lineside.service.api.parts import Answer, Owner, Page, problems

router = APIRouter(prefix="/plans/{plan}/impact", tags=["impact"])

Hour = Annotated[int, Field(ge=0, le=167)]


class SummaryOut(Answer):
    """What a plan costs in all, and what there is to look at more closely."""

    lost_line_minutes: float
    stopped_minutes: int
    release_person_minutes: int
    most_away: int = Field(description="people of one crew away at once")
    least_spare_operators: int | None = Field(description="above their crew's minimum; null if nobody is away")
    empty_seats: int = Field(description="needed modules without a seat")
    crews: int
    crews_below_minimum: int = Field(description="crews that fall below their minimum at some time")
    companies: list[str] = Field(description="companies with crews")
    lines: list[str] = Field(description="lines from which somebody is away")
    weeks: list[dt.date] = Field(description="Mondays of weeks in which somebody is away")


class LineOut(Answer):
    """One line of a map; null where nobody is away."""

    line: str
    total: float = Field(description="the sum of line-minutes, or the fewest operators")
    values: list[float | None]


class MapOut(Answer):
    """A part of a map of lines over weeks or hours, the lines that are hit hardest first."""

    count: int = Field(description="lines in all")
    weeks: list[dt.date] | None = Field(None, description="Mondays, where the map is over weeks")
    hours_of_week: list[int] | None = Field(None, description="hours since Monday 00:00, where it is over hours")
    lines: list[LineOut]


class LowPointOut(Answer):
    """The fewest operators left on one crew, relief included, and when that is first so (local times)."""

    company: str
    site: str
    line: str
    rota: str
    headcount_operators: int
    minimum_operators: int
    relief_operators: int
    fewest_operators: int
    start: str | None = Field(examples=["2027-01-05T15:30"])
    end: str | None = Field(examples=["2027-01-05T17:00"])
    low_minutes: int


class AbsenceOut(Answer):
    """One apprentice away from one shift for one meeting (local times)."""

    shift_date: dt.date
    start: str = Field(examples=["2027-01-05T15:30"])
    end: str = Field(examples=["2027-01-05T17:00"])
    company: str
    site: str
    line: str
    rota: str
    apprentice: str
    name: str
    cohort: str
    module: str
    kind: str = Field(examples=["release"])
    release_minutes: int


class AbsencesOut(Answer):
    """A part of the absences that were asked for, how many there are and what they take in all."""

    count: int
    release_minutes: int
    rows: list[AbsenceOut]


class EmptySeatOut(Answer):
    """A needed module without a seat, and why."""

    apprentice: str
    name: str
    company: str
    module: str
    module_name: str
    reason: str


class EmptySeatsOut(Answer):
    """A part of the needed modules without a seat, and how many there are."""

    count: int
    rows: list[EmptySeatOut]


class EmptySeatPage(Page):
    """Whose empty seats are wanted."""

    company: Owner | None = Field(None, description="only this company; a manager's own is taken anyway")


class MapPage(Page):
    """Which part of which map is wanted."""

    across: Across = "week"
    shown: Shown = "lost_line_minutes"
    company: Owner | None = Field(None, description="only this company; a manager's own is taken anyway")


class AbsencePage(Page):
    """Which absences are wanted."""

    company: Owner | None = Field(None, description="only this company; a manager's own is taken anyway")
    line: Owner | None = None
    rota: Owner | None = None
    shift: Owner | None = Field(None, description="letter of the shift")
    week: Day | None = Field(None, description="Monday of the week in which the shift starts")
    hour_of_week: Hour | None = Field(None, description="hours since Monday 00:00")


@router.get("/summary", responses=problems(404, 409))
def read_impact_summary(
    plan: uuid.UUID, request: Request, session: InSession, actor: Admitted, company: Company = None
) -> SummaryOut:
    """Sum what a plan costs, and tell which companies, lines and weeks there are."""
    view = view_of(plan, request, session, actor)
    wanted = company_in(view, actor, company)
    (sums,) = impact_rows(view, (), wanted)
    hours = [part for part in view.hours if wanted in (None, part.company)]
    crews = [row for row in view.low_points if wanted in (None, row.company)]
    return SummaryOut(
        **sums,
        empty_seats=len(view.unseated(wanted)),
        crews=len(crews),
        crews_below_minimum=sum(row.fewest_operators < row.minimum_operators for row in crews),
        companies=sorted({row.company for row in crews}),
        lines=sorted({part.line for part in hours}),
        weeks=sorted({part.week for part in hours}),
    )


@router.get("/map", responses=problems(404, 409))
def read_impact_map(
    plan: uuid.UUID, page: Annotated[MapPage, Query()], request: Request, session: InSession, actor: Admitted
) -> MapOut:
    """Tell what each line loses, or how many operators it has left, by week or hour of the week."""
    view = view_of(plan, request, session, actor)
    found = line_map(view, page.across, page.shown, company_in(view, actor, page.company))
    lines = [
        LineOut(line=line, total=round(total, 3), values=[figures.get(column) for column in found.columns])
        for line, total, figures in found.lines[page.offset : page.offset + page.limit]
    ]
    columns = {"weeks" if page.across == "week" else "hours_of_week": found.columns}
    return MapOut(count=len(found.lines), lines=lines, **columns)


@router.get("/low-points", responses=problems(404, 409))
def read_low_points(
    plan: uuid.UUID, request: Request, session: InSession, actor: Admitted, company: Company = None
) -> list[LowPointOut]:
    """Tell the fewest operators left on each crew."""
    view = view_of(plan, request, session, actor)
    wanted = company_in(view, actor, company)
    times = ("start", "end")
    return [
        LowPointOut.model_validate({**vars(row), **{name: minute_of(getattr(row, name)) for name in times}})
        for row in view.low_points
        if wanted in (None, row.company)
    ]


@router.get("/absences", responses=problems(404, 409))
def read_absences(
    plan: uuid.UUID, page: Annotated[AbsencePage, Query()], request: Request, session: InSession, actor: Admitted
) -> AbsencesOut:
    """Tell who is away when: all, or those behind a total."""
    view = view_of(plan, request, session, actor)
    company = company_in(view, actor, page.company)
    asked = Asked(company, page.line, page.rota, page.shift, page.week, page.hour_of_week)
    found = list(asked.of(view))
    times, people = ("start", "end"), view.scenario.apprentice_by_id
    rows = [
        AbsenceOut.model_validate(
            {
                **{**vars(row), "name": people[row.apprentice].name},
                **{name: minute_of(getattr(row, name)) for name in times},
            }
        )
        for row in found[page.offset : page.offset + page.limit]
    ]
    return AbsencesOut(count=len(found), release_minutes=sum(row.release_minutes for row in found), rows=rows)


@router.get("/empty-seats", responses=problems(404, 409))
def read_empty_seats(
    plan: uuid.UUID, page: Annotated[EmptySeatPage, Query()], request: Request, session: InSession, actor: Admitted
) -> EmptySeatsOut:
    """Tell who has no seat in a needed module, and why."""
    view = view_of(plan, request, session, actor)
    found = view.unseated(company_in(view, actor, page.company))
    people, modules = view.scenario.apprentice_by_id, view.scenario.module_by_id
    rows = [
        EmptySeatOut(
            **{"apprentice": row.apprentice, "name": people[row.apprentice].name, "module": row.module},
            company=people[row.apprentice].company,
            module_name=modules[row.module].name if row.module in modules else row.module,
            reason=row.reason,
        )
        for row in found[page.offset : page.offset + page.limit]
    ]
    return EmptySeatsOut(count=len(found), rows=rows)
