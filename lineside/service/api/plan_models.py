"""Bodies and answers about plans."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import ConfigDict, Field

from lineside.models.checker import CheckReport
from lineside.models.plan import Cohort, OptionChoice, Plan, Seat, Status, Unseated
from lineside.service.api.parts import Answer, Body, Identity, Instant, Words
from lineside.service.runs.desk import Method
from lineside.service.storage.plans import Shelved

PlanPart = Literal["cohorts", "seats", "options", "unseated", "measures"]

EXAMPLE_PLAN: dict[str, Any] = {
    "cohorts": [
        {
            **{"cohort": "MATH-1", "module": "MATH", "site": "college", "room": "R1", "instructor": "I1"},
            **{"days": "Tue", "start": "15:30", "minutes": 90, "first_week": 0},
            "meetings": [{"date": "2027-01-05", "start": "15:30", "end": "17:00"}],
        }
    ],
    "seats": [{"apprentice": "A1", "module": "MATH", "cohort": "MATH-1"}],
    "options": [],
    "unseated": [],
}


class KeepBody(Body):
    """A plan that was made by hand, for a revision of a scenario."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"scenario": "7f8a4c1e-0b5d-4f8e-9a55-0f8f0c4f6b3d", "name": "Draft of Tuesday", "plan": EXAMPLE_PLAN}
            ]
        }
    )

    scenario: Identity
    revision: int | None = Field(None, ge=1, le=2**31 - 1, description="the newest if left out")
    name: Words
    plan: Plan


class CheckBody(Body):
    """A plan to check against a revision of a scenario."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"scenario": "7f8a4c1e-0b5d-4f8e-9a55-0f8f0c4f6b3d", "revision": 1, "plan": EXAMPLE_PLAN}]
        }
    )

    scenario: Identity
    revision: int | None = Field(None, ge=1, le=2**31 - 1, description="the newest if left out")
    plan: Plan


class MeasuresOut(Answer):
    """What a plan costs: line-minutes, person-minutes, crew-minutes, hours, dollars, minutes, seats, line-minutes."""

    line_time_lost: float
    release: float
    stopped: float
    unseated_hours: float
    dollars: float
    travel_minutes: float
    changes: int
    worst_company: float


class PlanTextOut(Answer):
    """A plan as the contract's file has it; objective and bound in line-minutes."""

    scenario: str
    first_day: dt.date | None
    status: Status
    objective: float | None
    bound: float | None
    measures: MeasuresOut | None
    cohorts: list[Cohort]
    seats: list[Seat]
    options: list[OptionChoice]
    unseated: list[Unseated]


class PlanOut(Answer):
    """A plan in a list."""

    id: Identity
    name: str
    scenario: Identity
    scenario_name: str = Field(description="what the scenario is called now")
    revision: int
    run: Identity | None = Field(description="the run that found it; none if it was kept by hand")
    method: Method | None = Field(description="way of planning of that run; none if it was kept by hand")
    violations: int = Field(description="violations and faults when it was kept; only a plan with none is published")
    unmeetable_needs: int | None = Field(description="needs that no single candidate cohort could meet, if known")
    created_at: Instant
    published_at: Instant | None = Field(description="when it last came into force")
    in_force: bool

    @classmethod
    def values_of(cls, shelved: Shelved) -> dict[str, Any]:
        """Return a stored plan's values."""
        row = shelved.plan
        names = (
            *("id", "name", "scenario_name", "revision", "method"),
            *("violations", "unmeetable_needs", "created_at"),
        )
        values = {name: getattr(row, name) for name in names}
        times = {"published_at": shelved.published_at, "in_force": shelved.is_in_force}
        return {**values, **times, "scenario": row.scenario_id, "run": row.run_id}

    @classmethod
    def of(cls, shelved: Shelved) -> PlanOut:
        """Return a stored plan as an answer."""
        return cls(**cls.values_of(shelved))


class WholePlanOut(PlanOut):
    """A plan with its text."""

    plan: PlanTextOut

    @classmethod
    def whole(cls, shelved: Shelved) -> WholePlanOut:
        """Return a stored plan with its text as an answer."""
        return cls(**cls.values_of(shelved), plan=PlanTextOut.model_validate_json(shelved.plan.text))


class PartOut(Answer):
    """One part of a plan; the others are null."""

    cohorts: list[Cohort] | None = None
    seats: list[Seat] | None = None
    options: list[OptionChoice] | None = None
    unseated: list[Unseated] | None = None
    measures: MeasuresOut | None = None


class ViolationOut(Answer):
    """A rule that a plan breaks."""

    rule: str = Field(examples=["room"])
    ids: dict[str, str] = Field(examples=[{"room": "R1", "cohort": "MATH-1"}])
    amount: float = Field(examples=[30])
    unit: str = Field(examples=["minutes"])
    message: str


class CheckOut(Answer):
    """What the checker says, recomputed from the tables alone."""

    is_clean: bool
    violations: list[ViolationOut]
    faults: list[str]
    measures: MeasuresOut
    objective: float = Field(description="line-minutes")

    @classmethod
    def of(cls, report: CheckReport) -> CheckOut:
        """Return a report as an answer."""
        return cls(
            is_clean=report.is_clean,
            violations=[ViolationOut.model_validate(row) for row in report.violations],
            faults=list(report.faults),
            measures=MeasuresOut.model_validate(report.measures),
            objective=float(report.objective),
        )


class PublicationOut(Answer):
    """A plan that came into force; the first of the list is in force."""

    plan: Identity
    name: str
    number: int
    published_at: Instant
    in_force: bool
