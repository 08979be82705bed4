"""Routes that look ahead: a plan's futures, and each apprentice's whole road; for a plant manager the own company's."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from lineside.models.plan import Plan
from lineside.scenarios.road import Standing, forecast, roads
from lineside.service.api.context import Admitted, InSession
from lineside.service.api.impact import Company, Day, company_in, view_of
from lineside.service.api.parts import Answer, Owner, problems
from lineside.service.problems import MistakesProblem
from lineside.service.road_rows import road_cells
from lineside.solver import Rates, simulate

router = APIRouter(prefix="/plans/{plan}", tags=["outlook"])

USUAL_FUTURES = 10_000
MOST_MEETINGS = 100_000_000
"""Most meetings of seats, summed over all futures, that one request may play: some seconds' work."""

Chance = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class FuturesPage(BaseModel):
    """Which futures are wanted."""

    model_config = ConfigDict(extra="forbid")

    futures: int | None = Field(
        None, ge=1, le=10**6, description=f"how many; {USUAL_FUTURES:,}, or as many as a request may play, if left out"
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="seed of everything random")
    drop_out_per_week: Chance = Field(Rates.drop_out_per_week, description="chance that an apprentice leaves in a week")
    absence_per_shift: Chance = Field(Rates.absence_per_shift, description="chance that an operator stays away")
    overtime_per_week: Chance = Field(Rates.overtime_per_week, description="chance that a crew has overtime in a week")
    overtime_minutes: int = Field(Rates.overtime_minutes, ge=0, le=720, description="how much longer its shifts are")
    company: Owner | None = Field(None, description="only this company; a manager's own is taken anyway")

    def rates(self) -> Rates:
        """Return what is played."""
        overtime = (self.overtime_per_week, self.overtime_minutes)
        return Rates(self.drop_out_per_week, self.absence_per_shift, *overtime)


class SpreadOut(Answer):
    """How a figure is spread over the futures, in its own unit: average, standard deviation, and quantiles."""

    mean: float
    deviation: float
    low: float = Field(description="5 % of the futures stay at or below")
    quarter: float = Field(description="25 % of the futures stay at or below")
    median: float
    three_quarters: float = Field(description="75 % of the futures stay at or below")
    high: float = Field(description="95 % of the futures stay at or below")


class CohortOutlookOut(Answer):
    """Whether a cohort keeps enough people to its last meeting."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)

    cohort: str
    module: str
    site: str
    seats_min: int
    members: int
    last_meeting: dt.date
    chance_holds: float = Field(description="share of futures that keep the least number of people to the end")
    mean_members_left: float = Field(description="people in the program at the last meeting, on average")
    meetings: int
    mean_thin_meetings: float = Field(description="meetings with fewer present than the least number, on average")


class CrewOutlookOut(Answer):
    """What classes cost a crew: by the plan, and over its futures."""

    company: str
    site: str
    line: str
    rota: str
    planned_lost_line_minutes: float
    lost_line_minutes: SpreadOut
    planned_stopped_minutes: int
    stopped_minutes: SpreadOut
    chance_stopped: float = Field(description="share of futures in which classes stop the line")


class TotalOutlookOut(Answer):
    """What all crews and cohorts that are shown come to."""

    num_cohorts: int
    chance_all_hold: float
    planned_lost_line_minutes: float
    lost_line_minutes: SpreadOut
    planned_stopped_minutes: int
    stopped_minutes: SpreadOut
    chance_stopped: float
    missed_class_hours: SpreadOut = Field(description="hours of class that people miss who stay away for a day")
    num_futures: int


class FuturesOut(Answer):
    """Whether a plan will hold; cohorts and crews that are most at risk come first."""

    seed: int
    total: TotalOutlookOut
    cohorts: list[CohortOutlookOut]
    crews: list[CrewOutlookOut]


class RoadOut(Answer):
    """Hours of the program of one apprentice, and when they are reached at the plan's pace."""

    apprentice: str
    name: str
    company: str
    program: str
    program_hours: float
    credited_hours: float
    delivered_hours: float = Field(description="given by the plan before the date")
    owed_hours: float = Field(description="still to come on the date, planned or not")
    planned_hours: float = Field(description="given by the plan from the date on")
    unplanned_hours: float
    pace_hours_per_week: float
    last_meeting: dt.date | None
    finishes: dt.date | None
    terms_after: int | None = Field(description="further terms of this length; null if the hours are never reached")
    ends: dt.date | None
    standing: Standing


class ForecastOut(Answer):
    """How many apprentices finish after so many further terms; null: never."""

    terms_after: int | None
    apprentices: int


class RoadsOut(Answer):
    """Everybody's road on a date."""

    at: dt.date
    weeks: int = Field(description="length of a term in weeks")
    rows: list[RoadOut]
    forecast: list[ForecastOut]


def _num_futures(plan: Plan, wanted: int | None) -> int:
    """Return how many futures are played.

    Raises
    ------
    MistakesProblem
        If more are asked for than one request may play.
    """
    meetings = {row.cohort: len(row.meetings) for row in plan.cohorts}
    each = sum(meetings.get(seat.cohort, 0) for seat in plan.seats)
    most = max(1, MOST_MEETINGS // max(1, each))
    if wanted is not None and wanted > most:
        raise MistakesProblem(
            f"{wanted:,} futures of this plan are more than one request may play, {most:,}. Ask for fewer, or play "
            "them with lineside simulate."
        )
    return wanted or min(USUAL_FUTURES, most)


@router.get("/futures", responses=problems(404, 409, 422))
def read_futures(
    plan: uuid.UUID, page: Annotated[FuturesPage, Query()], request: Request, session: InSession, actor: Admitted
) -> FuturesOut:
    """Play many futures of a plan, with drop-outs, absences and overtime, and tell whether it holds."""
    view = view_of(plan, request, session, actor)
    company = company_in(view, actor, page.company)
    futures = simulate(view.scenario, view.plan, page.rates(), _num_futures(view.plan, page.futures), page.seed)
    return FuturesOut(
        seed=page.seed,
        total=TotalOutlookOut.model_validate(futures.total(company)),
        cohorts=[CohortOutlookOut.model_validate(row) for row in futures.cohorts(company)],
        crews=[CrewOutlookOut.model_validate(row) for row in futures.crews(company)],
    )


@router.get("/road", responses=problems(404, 409))
def read_road(
    plan: uuid.UUID,
    request: Request,
    session: InSession,
    actor: Admitted,
    at: Annotated[Day | None, Query(description="meetings before it have been held; today if left out")] = None,
    end: Annotated[Day | None, Query(description="end of the program for people without a due date")] = None,
    company: Company = None,
) -> RoadsOut:
    """Tell the hours of the program that each apprentice has, gets and owes, and when they are reached at this pace."""
    view = view_of(plan, request, session, actor)
    wanted, settings = company_in(view, actor, company), view.scenario.settings
    date = at or dt.datetime.now(settings.zone).date()
    rows = [row for row in roads(view.scenario, view.plan, date, end) if wanted in (None, row.company)]
    return RoadsOut(
        at=date,
        weeks=settings.weeks,
        rows=[RoadOut.model_validate(road_cells(row)) for row in rows],
        forecast=[ForecastOut(terms_after=terms, apprentices=count) for terms, count in forecast(rows)],
    )
