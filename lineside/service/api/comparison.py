"""Routes that set plans side by side."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from lineside.models.measures import measure, rounded
from lineside.scenarios.comparison import Side, cohort_rows, measure_rows, seat_rows, shift_rows
from lineside.service.access.keys import Actor
from lineside.service.api.context import Admitted, InSession
from lineside.service.api.impact import view_of
from lineside.service.api.parts import Answer, Owner, Page, problems
from lineside.service.api.plan_models import PlanOut
from lineside.service.problems import MistakesProblem
from lineside.service.runs.records import gap_of
from lineside.service.storage.plans import Plans

router = APIRouter(prefix="/plans/compare", tags=["plans"])

ChosenPlans = Annotated[
    list[uuid.UUID],
    Query(alias="plan", max_length=100, description="two plans or more, in the order in which they are shown"),
]


class ComparedPlanOut(PlanOut):
    """A plan that is compared; objective and bound in line-minutes, gap as a share of the objective."""

    objective: float | None
    bound: float | None
    gap: float | None
    cohorts: int
    seats: int
    unseated: int = Field(description="needed modules without a seat")


class MeasureRowOut(Answer):
    """One measure of each plan, and which plans have the least of it; none if all have the same."""

    measure: str = Field(examples=["line_time_lost"])
    unit: str = Field(examples=["line-minutes"])
    values: list[float]
    best: list[bool]


class ShiftRowOut(Answer):
    """What each plan costs one company on the shifts of one letter."""

    company: str
    shift: str = Field(examples=["D"])
    lost_line_minutes: list[float]
    stopped_minutes: list[int]
    release_person_minutes: list[int]


class CohortRowOut(Answer):
    """A cohort that not every plan opens, with its seats in each; null where it is not opened."""

    module: str
    site: str
    days: str = Field(examples=["Mon Wed"])
    start: str = Field(examples=["15:30"])
    minutes: int
    first_monday: dt.date
    seats: list[int | None]


class ComparisonOut(Answer):
    """Plans side by side; lists of figures are in the order of the plans."""

    plans: list[ComparedPlanOut]
    measures: list[MeasureRowOut]
    shifts: list[ShiftRowOut] = Field(description="by company and shift, the largest difference first")
    cohorts: list[CohortRowOut] = Field(description="cohorts that not every plan opens")
    moved_seats: int = Field(description="people and modules whose seat is not the same in all plans")


class SeatRowOut(Answer):
    """A person's seat in a module that is not the same in all plans; null where there is no seat."""

    apprentice: str
    name: str
    company: str
    module: str
    places: list[str | None]


class SeatsOut(Answer):
    """A part of the seats that are not the same in all plans, and how many there are."""

    count: int
    rows: list[SeatRowOut]


class SeatPage(Page):
    """Which seats are wanted."""

    plan: list[uuid.UUID] = Field(max_length=100, description="two plans or more, in the order in which they are shown")
    company: Owner | None = Field(None, description="only this company's people")


def _sides(plans: list[uuid.UUID], request: Request, session: InSession, actor: Actor) -> list[Side]:
    chosen = list(dict.fromkeys(plans))
    if len(chosen) < 2:
        raise MistakesProblem(f"{len(chosen)} plans were chosen. Choose two or more different ones.")
    return [_side(plan, request, session, actor) for plan in chosen]


def _side(plan: uuid.UUID, request: Request, session: InSession, actor: Actor) -> Side:
    view = view_of(plan, request, session, actor)
    # Figures of a plan that was kept by hand and breaks rules are whatever its file says; others were checked.
    is_checked = Plans(session, actor.region).get(plan).plan.violations == 0
    measures = view.plan.measures if is_checked else None
    return Side(view.scenario, view.plan, measures or rounded(measure(view.scenario, view.plan)), view.losses)


@router.get("", responses=problems(404, 409))
def compare_plans(plan: ChosenPlans, request: Request, session: InSession, actor: Admitted) -> ComparisonOut:
    """Set plans side by side: measures, where they differ by company and shift, cohorts opened."""
    sides = _sides(plan, request, session, actor)
    plans = [_plan_out(one, side, session, actor) for one, side in zip(dict.fromkeys(plan), sides, strict=True)]
    return ComparisonOut(
        plans=plans,
        measures=[MeasureRowOut.model_validate(row) for row in measure_rows(sides)],
        shifts=[ShiftRowOut.model_validate(row) for row in shift_rows(sides)],
        cohorts=[CohortRowOut.model_validate(row) for row in cohort_rows(sides)],
        moved_seats=len(seat_rows(sides)),
    )


@router.get("/seats", responses=problems(404, 409))
def compare_seats(
    page: Annotated[SeatPage, Query()], request: Request, session: InSession, actor: Admitted
) -> SeatsOut:
    """List whose seat is not the same in all of some plans."""
    rows = seat_rows(_sides(page.plan, request, session, actor), page.company)
    part = rows[page.offset : page.offset + page.limit]
    return SeatsOut(count=len(rows), rows=[SeatRowOut.model_validate(row) for row in part])


def _plan_out(plan: uuid.UUID, side: Side, session: InSession, actor: Actor) -> ComparedPlanOut:
    objective, bound = (None if value is None else float(value) for value in (side.plan.objective, side.plan.bound))
    return ComparedPlanOut(
        **PlanOut.values_of(Plans(session, actor.region).get(plan)),
        objective=objective,
        bound=bound,
        gap=gap_of(objective, bound),
        cohorts=len(side.plan.cohorts),
        seats=len(side.plan.seats),
        unseated=len(side.plan.unseated),
    )
