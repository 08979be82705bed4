"""Bodies and answers about changes by hand, and about what changes for whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import ConfigDict, Field

from lineside.models.cells import DAY_MINUTES
from lineside.scenarios.plan_changes import MeetingChange, PersonChange, Sitting
from lineside.scenarios.plan_edits import Edit
from lineside.scenarios.plan_trials import Trial
from lineside.service.api.advice_models import MeasureDifferenceOut
from lineside.service.api.parts import Answer, Body, Identity, Words
from lineside.service.api.plan_models import ViolationOut

MOST_EDITS = 500
EXAMPLE_EDITS: Any = [
    {"kind": "move-cohort", "cohort": "MATH-1", "start": "17:30"},
    {"kind": "forbid-module", "apprentice": "A1", "module": "MATH"},
]


class TryBody(Body):
    """Changes by hand, one after the other."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"edits": EXAMPLE_EDITS}]})

    edits: list[Edit] = Field(max_length=MOST_EDITS)
    revision: int | None = Field(
        None, ge=1, le=2**31 - 1, description="tables to judge by; those that the plan was made for if left out"
    )


class KeepEditedBody(TryBody):
    """Changes by hand, and the name of the plan that they give."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Math an hour later", "edits": EXAMPLE_EDITS}]})

    name: Words


class TriedViolationOut(ViolationOut):
    """A rule that the edited plan breaks."""

    is_new: bool = Field(description="whether the plan kept the rule before the changes")


class SittingOut(Answer):
    """A meeting of one person (local times)."""

    cohort: str
    module: str
    site: str
    room: str
    start: str = Field(examples=["2027-01-05T15:30"])
    end: str = Field(examples=["2027-01-05T17:00"])

    @classmethod
    def of(cls, row: Sitting | None) -> SittingOut | None:
        """Return a meeting as an answer."""
        if row is None:
            return None
        names = ("cohort", "module", "site", "room")
        return cls(start=clock(row.start), end=clock(row.end), **{name: getattr(row, name) for name in names})


class MeetingChangeOut(Answer):
    """A meeting that is new, cancelled, or moved in time or place."""

    kind: Literal["new", "moved", "cancelled"]
    before: SittingOut | None
    after: SittingOut | None

    @classmethod
    def of(cls, row: MeetingChange) -> MeetingChangeOut:
        """Return a change as an answer."""
        return cls(kind=row.kind, before=SittingOut.of(row.before), after=SittingOut.of(row.after))


class PersonChangeOut(Answer):
    """How many meetings of one person change; minutes lost are those of all meetings from the first day on."""

    who: Literal["apprentice", "instructor"]
    id: str
    name: str
    company: str | None
    new: int
    moved: int
    cancelled: int
    lost_minutes_before: int | None
    lost_minutes_after: int | None
    meetings: list[MeetingChangeOut] = Field(description="each change, where they were asked for")

    @classmethod
    def of(cls, row: PersonChange, *, has_meetings: bool) -> PersonChangeOut:
        """Return what changes for a person as an answer."""
        before, after = row.lost_minutes or (None, None)
        return cls(
            **{name: getattr(row, name) for name in ("who", "id", "name", "company")},
            **{kind: row.count(kind) for kind in ("new", "moved", "cancelled")},
            lost_minutes_before=before,
            lost_minutes_after=after,
            meetings=[MeetingChangeOut.of(meeting) for meeting in row.meetings] if has_meetings else [],
        )


class CompanyChangeOut(Answer):
    """How many people of a company are concerned, and how many of their meetings change."""

    company: str
    people: int
    new: int
    moved: int
    cancelled: int


class ChangesOut(Answer):
    """What changes for whom if a plan comes into force."""

    against: Identity | None = Field(description="the plan in force; none if there is none yet")
    against_name: str | None
    first_day: dt.date = Field(description="earlier meetings are past and do not change")
    companies: list[CompanyChangeOut]
    people: list[PersonChangeOut]


class TrialOut(Answer):
    """What changes by hand break, and what they cost."""

    is_clean: bool
    has_pins: bool = Field(description="whether pins of the tables change; they are saved as a new revision")
    violations: list[TriedViolationOut]
    faults: list[str]
    mended: int = Field(description="violations that the plan had before and has no longer")
    differences: list[MeasureDifferenceOut]
    people: list[PersonChangeOut]

    @classmethod
    def of(cls, trial: Trial, *, has_pins: bool) -> TrialOut:
        """Return a trial as an answer."""
        rows = zip(trial.after.violations, trial.new_violations, strict=True)
        names = ("rule", "ids", "amount", "unit", "message")
        violations = [
            TriedViolationOut(is_new=is_new, **{name: getattr(row, name) for name in names}) for row, is_new in rows
        ]
        still = len(violations) - sum(trial.new_violations)
        return cls(
            is_clean=trial.after.is_clean,
            has_pins=has_pins,
            violations=violations,
            faults=list(trial.after.faults),
            mended=len(trial.before.violations) - still,
            differences=[MeasureDifferenceOut.model_validate(row) for row in trial.differences],
            people=[PersonChangeOut.of(row, has_meetings=True) for row in trial.changes],
        )


def clock(wall: int) -> str:
    """Return a wall minute as a local date and time.

    >>> clock(dt.date(2027, 1, 5).toordinal() * 1440 + 930)
    '2027-01-05T15:30'
    """
    date, minute = dt.date.fromordinal(wall // DAY_MINUTES), wall % DAY_MINUTES
    return f"{date.isoformat()}T{minute // 60:02}:{minute % 60:02}"


def by_company(rows: Iterable[PersonChange]) -> list[CompanyChangeOut]:
    """Return the changes of apprentices summed by company."""
    sums: dict[str, list[int]] = {}
    for row in rows:
        if row.company is not None:
            total = sums.setdefault(row.company, [0, 0, 0, 0])
            counts = (1, row.count("new"), row.count("moved"), row.count("cancelled"))
            sums[row.company] = [old + new for old, new in zip(total, counts, strict=True)]
    return [
        CompanyChangeOut(company=company, people=people, new=new, moved=moved, cancelled=cancelled)
        for company, (people, new, moved, cancelled) in sorted(sums.items())
    ]
