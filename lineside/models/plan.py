"""A plan: the cohorts that are opened, who sits in them, and who stays without a seat and why."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from lineside.models.cells import DAY_MINUTES, parse_clock, parse_days

Status = Literal["optimal", "feasible", "infeasible", "unknown"]


class PlanPart(BaseModel):
    """A part of a plan: immutable, and refusing keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Meeting(PlanPart):
    """One dated session of a cohort; an ``end`` at or before ``start`` is on the next date."""

    date: dt.date
    start: str = Field(examples=["17:30"])
    end: str = Field(examples=["19:00"])

    @property
    def span(self) -> tuple[int, int]:
        """Start and end in local wall minutes since day 1 of the calendar, half open."""
        start, end = parse_clock(self.start), parse_clock(self.end)
        base = self.date.toordinal() * DAY_MINUTES
        return base + start, base + (end if end > start else end + DAY_MINUTES)


class Cohort(PlanPart):
    """A group that takes a module together, its weekly pattern and its meetings."""

    cohort: str
    module: str
    site: str
    room: str
    instructor: str
    days: str = Field(examples=["Mon Wed"])
    start: str = Field(examples=["17:30"])
    minutes: int
    first_week: int
    meetings: tuple[Meeting, ...]

    def identity(self, first_day: dt.date) -> CohortKey:
        """Return what makes two cohorts' seats the same, whatever the cohorts' ids.

        Parameters
        ----------
        first_day
            The Monday that ``first_week`` counts from: the first day of the plan's own horizon.
        """
        first_monday = first_day + dt.timedelta(weeks=self.first_week)
        return (self.module, self.site, parse_days(self.days), parse_clock(self.start), self.minutes, first_monday)


CohortKey = tuple[str, str, tuple[int, ...], int, int, dt.date]
"""Module, site, weekdays, start minute, length in minutes, Monday of the first week."""


class Seat(PlanPart):
    """An apprentice's place in a cohort."""

    apprentice: str
    module: str
    cohort: str


class OptionChoice(PlanPart):
    """The option chosen for a requirement of an apprentice's program."""

    apprentice: str
    requirement: str
    option: str


class Unseated(PlanPart):
    """A needed module without a seat, and the reason in words."""

    apprentice: str
    module: str
    reason: str = ""


class Measures(PlanPart):
    """What a plan costs: line-minutes, person-minutes, hours, dollars, minutes and seats."""

    line_time_lost: Decimal = Decimal(0)
    release: Decimal = Decimal(0)
    stopped: Decimal = Decimal(0)
    unseated_hours: Decimal = Decimal(0)
    dollars: Decimal = Decimal(0)
    travel_minutes: Decimal = Decimal(0)
    changes: int = 0
    worst_company: Decimal = Decimal(0)


class Plan(PlanPart):
    """A plan file. A published plan may lack what only a solve knows."""

    scenario: str = ""
    first_day: dt.date | None = None
    status: Status = "unknown"
    objective: Decimal | None = None
    bound: Decimal | None = None
    measures: Measures | None = None
    cohorts: tuple[Cohort, ...] = ()
    seats: tuple[Seat, ...] = ()
    options: tuple[OptionChoice, ...] = ()
    unseated: tuple[Unseated, ...] = ()

    @property
    def gap(self) -> Decimal | None:
        """Objective less bound, as a share of the objective; 0 if both are 0, None if either is unknown."""
        if self.objective is None or self.bound is None:
            return None
        if self.objective == 0:
            return Decimal(0)
        return (self.objective - self.bound) / self.objective


def read_plan(path: Path) -> Plan:
    """Read a plan file.

    Raises
    ------
    OSError
        If the file cannot be read.
    pydantic.ValidationError
        If its text is no plan; the error lists every mistake.
    """
    return Plan.model_validate_json(path.read_bytes())


def write_plan(plan: Plan, path: Path) -> None:
    """Write a plan as JSON with figures as numbers; the file appears whole or not at all."""
    text = plan_json(plan)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def plan_json(plan: Plan) -> str:
    """Return a plan as JSON text: figures as numbers, keys in the contract's order, one line a leaf."""
    return json.dumps(_plain(plan.model_dump(mode="python")), indent=1, ensure_ascii=False) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
