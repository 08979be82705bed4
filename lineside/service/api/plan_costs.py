"""What each cohort of a plan costs: the rows behind a plan's dollars and minutes of travel."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from fastapi import APIRouter, Request
from pydantic import Field

from lineside.models.calendar import date_of
from lineside.models.measures import cohort_spans
from lineside.models.person_days import PersonDays
from lineside.models.plan import Cohort, Plan
from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice
from lineside.service.api.context import Admitted, InSession
from lineside.service.api.parts import Answer, problems
from lineside.service.api.plan_desks import visible_desk

router = APIRouter(prefix="/plans/{plan}", tags=["plans"])


class CohortCostOut(Answer):
    """What a cohort costs from the horizon's first day on; over all cohorts the sums are the plan's measures."""

    cohort: str
    module: str
    site: str
    seats: int
    room_dollars: float
    instructor_dollars: float
    seat_dollars: float = Field(description="what the module costs for each seat")
    wage_dollars: float = Field(description="wages for time in class outside shifts, where the company pays them")
    dollars: float = Field(description="all of these together")
    travel_minutes: int = Field(description="both ways of every seat and meeting")


@router.get("/costs", responses=problems(404, 409))
def read_costs(plan: uuid.UUID, request: Request, session: InSession, actor: Admitted) -> list[CohortCostOut]:
    """Tell what each cohort costs in dollars and minutes of travel."""
    desk = visible_desk(plan, request, session, actor)
    return list(_costs(desk.scenario, desk.plan, desk.days))


def _costs(scenario: Scenario, plan: Plan, days: PersonDays) -> Iterator[CohortCostOut]:
    people: dict[str, list[Apprentice]] = defaultdict(list)
    for seat in dict.fromkeys(plan.seats):
        if seat.apprentice in scenario.apprentice_by_id:
            people[seat.cohort].append(scenario.apprentice_by_id[seat.apprentice])
    for cohort in plan.cohorts:
        if cohort.site in scenario.site_by_id:  # what is unknown has no measure
            yield _cost(scenario, cohort, people[cohort.cohort], days)


def _cost(scenario: Scenario, cohort: Cohort, people: list[Apprentice], days: PersonDays) -> CohortCostOut:
    first_day = scenario.settings.first_day
    spans = [span for span in cohort_spans(cohort) if date_of(span[0]) >= first_day]
    hours = Fraction(sum(end - start for start, end in spans), 60)
    room, instructor = scenario.room_by_id.get(cohort.room), scenario.instructor_by_id.get(cohort.instructor)
    module = scenario.module_by_id.get(cohort.module)
    parts = {
        "room_dollars": hours * Fraction(room.dollars_per_hour if room else 0),
        "instructor_dollars": hours * Fraction(instructor.dollars_per_hour if instructor else 0),
        "seat_dollars": len(people) * Fraction(module.dollars_per_seat if module else 0),
        "wage_dollars": Fraction(0),
    }
    travel = 0
    for person in people:
        views = [days.view(person, cohort.site, span) for span in spans]
        wage = Fraction(scenario.company_by_id[person.company].class_wage or 0)
        parts["wage_dollars"] += Fraction(sum(view.outside_minutes for view in views), 60) * wage
        travel += sum(2 * days.travel_minutes(person, cohort.site, view.date) for view in views)
    return CohortCostOut(
        **{"cohort": cohort.cohort, "module": cohort.module, "site": cohort.site},
        seats=len(people),
        travel_minutes=travel,
        **{name: float(round(value, 3)) for name, value in {**parts, "dollars": sum(parts.values())}.items()},
    )
