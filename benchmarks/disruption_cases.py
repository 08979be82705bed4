"""Ten disruptions of a plan in force, chosen by fixed rules from whatever plan it is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from lineside.models.plan import Cohort, Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.disruptions import (
    ClosedRoom,
    Disruption,
    DropOut,
    LateJoiner,
    ShiftChange,
    SickInstructor,
    SnowDay,
)

NEW = "NEW1"
"""Id of the late joiner."""


def ten_disruptions(scenario: Scenario, plan: Plan, at: dt.date) -> list[tuple[str, Disruption]]:
    """Return ten disruptions with their names.

    Parameters
    ----------
    scenario
        Tables with the plan in force.
    plan
        The plan in force.
    at
        The date on which everything is told.
    """
    return list(_Chooser(scenario, plan, at).all())


class _Chooser:
    def __init__(self, scenario: Scenario, plan: Plan, at: dt.date) -> None:
        until = scenario.settings.frozen_until or at
        self._scenario, self._plan, self._at = scenario, plan, at
        self._size = Counter(seat.cohort for seat in plan.seats)
        by_size = sorted(plan.cohorts, key=lambda row: (-self._size[row.cohort], row.cohort))
        self._later = [row for row in by_size if min(m.date for m in row.meetings) >= until]
        self._running = [
            row
            for row in by_size
            if row not in self._later and min(m.date for m in row.meetings) < at <= max(m.date for m in row.meetings)
        ]

    def all(self) -> Iterator[tuple[str, Disruption]]:
        """Yield the ten, in a fixed order."""
        week = dt.timedelta(days=6)
        yield "late joiner", LateJoiner(row=self._joiner())
        yield "drop-out from a smallest class", DropOut(apprentice=self._members(self._later[-1])[0])
        yield "drop-out from the largest class", DropOut(apprentice=self._members(self._later[0])[0])
        yield "shift change", self._shift_change()
        later, running = self._later[0], self._running[0]
        first = min(meeting.date for meeting in later.meetings)
        yield (
            "instructor sick for a week, later",
            SickInstructor(instructor=later.instructor, first=first, last=first + week),
        )
        yield (
            "instructor sick for a week, now",
            SickInstructor(instructor=running.instructor, first=self._at, last=self._at + week),
        )
        yield "room closed for a week, later", ClosedRoom(room=later.room, first=first, last=first + week)
        yield "room closed for a week, now", ClosedRoom(room=running.room, first=self._at, last=self._at + week)
        snow = min(meeting.date for meeting in running.meetings if meeting.date >= self._at)
        yield "snow day at one site", SnowDay(date=snow, site=running.site)
        yield "snow day everywhere", SnowDay(date=snow)

    def _members(self, cohort: Cohort) -> list[str]:
        return sorted(seat.apprentice for seat in self._plan.seats if seat.cohort == cohort.cohort)

    def _joiner(self) -> dict[str, str]:
        """Return a colleague of somebody in the largest class to come, with no module done but what comes before."""
        cohort = self._later[0]
        like = self._scenario.apprentice_by_id[self._members(cohort)[0]]
        before = self._scenario.module_by_id[cohort.module].after
        return {
            "apprentice": NEW,
            "name": "Late Joiner",
            "company": like.company,
            "line": like.line,
            "rota": like.rota,
            "program": like.program,
            "credits": " ".join(dict.fromkeys((*like.credits, *before))),
            "wanted": cohort.module,
            "zip": like.zip or "",
            "travel_max": str(like.travel_max),
        }

    def _shift_change(self) -> ShiftChange:
        """Return the first member of a later class whose line has another rota, and that rota."""
        for cohort in self._later:
            for person in self._members(cohort):
                row = self._scenario.apprentice_by_id[person]
                others = [rota for line, rota in self._scenario.crew_by_id if line == row.line and rota != row.rota]
                if others:
                    return ShiftChange(apprentice=person, rota=others[0])
        raise ValueError("Nobody in a class to come has another rota on the own line. Choose another region.")
