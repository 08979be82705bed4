"""Bodies and answers about what happens to a plan in force."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, Literal

from pydantic import ConfigDict, Field

from lineside.models.outages import Outage
from lineside.models.plan import plan_json
from lineside.scenarios.disruptions import Disruption
from lineside.scenarios.in_force import NOTICE_DAYS
from lineside.service.answers.answer import Answer as FoundAnswer
from lineside.service.answers.desk import MOST_ANSWERS
from lineside.service.answers.proposals import EXTRA_CHANGES
from lineside.service.api.advice_models import MeasureDifferenceOut
from lineside.service.api.parts import Answer, Body, Day, Owner, Words
from lineside.service.api.plan_trial_models import PersonChangeOut

EXAMPLE: Any = {"kind": "sick-instructor", "instructor": "I3", "first": "2027-03-01", "last": "2027-03-05"}


class InForceBody(Body):
    """On which date a plan is in force, and what stays as it is."""

    at: Day | None = Field(None, description="date from which on something may change; today if left out")
    notice_days: int = Field(NOTICE_DAYS, ge=0, le=366, description="days from then on that stay as they are")


class AnswersBody(InForceBody):
    """What happened."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"event": EXAMPLE, "at": "2027-03-01"}]})

    event: Disruption
    changes: int = Field(EXTRA_CHANGES, ge=0, le=10**6, description="most changes beyond those that must be")
    answers: int = Field(MOST_ANSWERS, ge=1, le=20, description="most answers")


class TakeBody(AnswersBody):
    """Which answer is taken: what happened once more, and the key that the answer had."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"event": EXAMPLE, "at": "2027-03-01", "key": "0f3b", "revision": 3, "name": "Bob for Ida"}]
        }
    )

    key: str = Field(min_length=1, max_length=64)
    revision: int = Field(ge=1, le=2**31 - 1, description="the revision that the answer was worked out for")
    name: Words


class OutageBody(Body):
    """Dates on which a room or an instructor cannot be had; first and last included."""

    kind: Literal["room", "instructor"]
    id: Owner
    first: Day
    last: Day

    def outage(self) -> Outage:
        """Return it for the solver."""
        return Outage(self.kind, self.id, self.first, self.last)


class ReplanBody(InForceBody):
    """How to plan anew from a plan in force."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"at": "2027-03-01", "total": 40, "per_person": 4, "first": "cheapest"}]}
    )

    total: int | None = Field(None, ge=0, le=10**9, description="most changes, a move counts twice; none for no limit")
    per_person: int | None = Field(None, ge=0, le=10**6, description="most changes of each person")
    first: Literal["cheapest", "fewest"] = Field("cheapest", description="the plan that costs least, or changes least")
    outages: list[OutageBody] = Field([], max_length=100)
    closing: Day | None = Field(None, description="the last class day moves here")
    days: list[str] = Field([], max_length=50, description="class days from now on, such as Mon Wed")
    seconds: float = Field(60, ge=1, le=10**6, allow_inf_nan=False, description="time to search")
    workers: int = Field(2, ge=1, le=256)
    seed: int = Field(0, ge=0, le=2**31 - 1)


class AnswerOut(Answer):
    """One way to deal with what happened; costs are differences against the plan in force before."""

    key: str = Field(description="names the answer when it is taken")
    title: str = Field(examples=["Another instructor"])
    cost: float = Field(description="line-minutes that the objective rises by")
    differences: list[MeasureDifferenceOut]
    changes: int = Field(description="seats that differ from the plan in force, a move twice")
    deeds: list[str] = Field(description="a sentence for each cohort and seat that changes")
    people: list[PersonChangeOut]
    warnings: list[str] = Field(description="rules that running cohorts are exempt from and that hold no longer")
    outages: list[str] = Field(description="what the tables cannot say, and has to be repeated")

    @classmethod
    def of(cls, answer: FoundAnswer) -> AnswerOut:
        """Return an answer as an answer of the interface."""
        return cls(
            key=key_of(answer),
            title=answer.title,
            cost=float(answer.cost),
            differences=[MeasureDifferenceOut.model_validate(row) for row in answer.differences],
            changes=answer.num_changes,
            deeds=list(answer.deeds),
            people=[PersonChangeOut.of(row, has_meetings=False) for row in answer.changes],
            warnings=list(answer.warnings),
            outages=[f"{row.kind} {row.id} is away from {row.first} to {row.last}" for row in answer.outages],
        )


class AnswersOut(Answer):
    """What could be done, the cheapest first."""

    revision: int = Field(description="tables that the answers were worked out for")
    frozen_until: dt.date = Field(description="nothing changes before, unless it must")
    answers: list[AnswerOut]


def key_of(answer: FoundAnswer) -> str:
    """Return what tells an answer's plan and tables from those of others."""
    published = "" if answer.scenario.published is None else plan_json(answer.scenario.published)
    return hashlib.sha256((plan_json(answer.plan) + published).encode()).hexdigest()[:32]
