"""The whole road: hours of the program that apprentices have, get by the plan and still owe, and when they finish.

A module gives its hours of class and of self-study. Before it is over it counts by the class that was given: who has
had half of the meetings has half of the self-study too. Hours are exact fractions.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from lineside.models.curriculum import Curriculum
from lineside.models.measures import chosen_options
from lineside.models.plan import Cohort, Plan
from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice, Module

Standing = Literal["done", "in time", "late", "no pace", "no end date"]
STANDINGS: dict[Standing, str] = {
    "late": "finishes after the end date at this pace",
    "no pace": "owes hours, and the plan gives none",
    "no end date": "finishes some day; the tables have no end date for this person",
    "in time": "finishes by the end date at this pace",
    "done": "has all hours of the program",
}
"""What each standing means, the one that needs most attention first."""


@dataclass(frozen=True)
class Road:
    """How far one apprentice has come on a date, and how it goes on.

    Parameters
    ----------
    program_hours
        Hours of the program, self-study included, under the options that are chosen.
    credited_hours
        Hours of the modules that are credited.
    delivered_hours
        Hours that the plan has given before the date.
    planned_hours
        Hours that it gives from the date on.
    pace_hours
        Hours a week that the plan gives over its horizon, from the apprentice's first date on.
    last_meeting
        Date of the last meeting in the plan; None without one.
    finishes
        When the program's last hour is reached: in the plan, or after it at the pace of the plan. None if it is reached
        already, or never.
    terms_after
        Further terms, each as long as this horizon, that are needed at this pace; None if it is never reached.
    ends
        When the program ends for the apprentice; None if nothing says so.
    """

    apprentice: str
    name: str
    company: str
    program: str
    program_hours: Fraction
    credited_hours: Fraction
    delivered_hours: Fraction
    planned_hours: Fraction
    pace_hours: Fraction
    last_meeting: dt.date | None
    finishes: dt.date | None
    terms_after: int | None
    ends: dt.date | None

    @property
    def owed_hours(self) -> Fraction:
        """Hours that are still to come on the date, planned or not."""
        return self.program_hours - self.credited_hours - self.delivered_hours

    @property
    def unplanned_hours(self) -> Fraction:
        """Hours that no seat of the plan gives."""
        return self.owed_hours - self.planned_hours

    @property
    def standing(self) -> Standing:
        """Whether the apprentice finishes in time."""
        if self.owed_hours <= 0:
            return "done"
        if self.finishes is None:
            return "no pace"
        if self.ends is None:
            return "no end date"
        return "in time" if self.finishes <= self.ends else "late"


def roads(scenario: Scenario, plan: Plan, at: dt.date, end: dt.date | None = None) -> tuple[Road, ...]:
    """Return how far each apprentice has come, in table order.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    plan
        The plan in force.
    at
        The date: meetings before it have been held.
    end
        End of the program for apprentices without a ``due`` date.

    Notes
    -----
    Of a requirement with several options the one that the plan chooses counts; if nothing of the requirement is wanted
    in this horizon, the one of which most hours are credited, the first of equals.
    """
    finder = _Roads(scenario, plan, at, end)
    return tuple(finder.road(row) for row in scenario.apprentices)


def forecast(rows: Iterable[Road]) -> tuple[tuple[int | None, int], ...]:
    """Return how many of those who are not done finish in this horizon (0), after more terms (1, 2, ...), never (None).

    Examples
    --------
    >>> forecast([])
    ()
    """
    counts = Counter(row.terms_after for row in rows if row.standing != "done")
    known = sorted(terms for terms in counts if terms is not None)
    return tuple((terms, counts[terms]) for terms in (*known, *([None] if None in counts else [])))


class _Roads:
    def __init__(self, scenario: Scenario, plan: Plan, at: dt.date, end: dt.date | None) -> None:
        self._scenario, self._at, self._end = scenario, at, end
        self._curriculum = Curriculum(scenario)
        self._chosen = chosen_options(scenario, plan, self._curriculum)
        cohorts = {row.cohort: row for row in plan.cohorts}
        self._seats: dict[str, list[Cohort]] = {}
        for seat in dict.fromkeys(plan.seats):
            if seat.cohort in cohorts:
                self._seats.setdefault(seat.apprentice, []).append(cohorts[seat.cohort])

    def road(self, person: Apprentice) -> Road:
        modules = {row.module: row for row in self._modules(person)}
        done = [row for row in modules.values() if row.module in person.credits]
        seats = [row for row in self._seats.get(person.apprentice, ()) if row.module in modules]
        seats = [row for row in seats if row.module not in person.credits]
        first = self._scenario.settings.first_day
        delivered = planned = before = Fraction(0)
        for cohort in seats:
            for date, hours in _given(cohort, modules[cohort.module]):
                delivered, planned = delivered + hours * (date < self._at), planned + hours * (date >= self._at)
                before += hours * (date < first)
        last = max((meeting.date for row in seats for meeting in row.meetings), default=None)
        program, credited = _sum(modules.values()), _sum(done)
        pace = (delivered + planned - before) / Fraction(self._days(person), 7)
        left = program - credited - delivered - planned
        return Road(
            apprentice=person.apprentice,
            name=person.name,
            company=person.company,
            program=person.program,
            program_hours=program,
            credited_hours=credited,
            delivered_hours=delivered,
            planned_hours=planned,
            pace_hours=pace,
            last_meeting=last,
            finishes=self._finish(left, pace, last),
            terms_after=self._terms(left, pace),
            ends=person.due or self._end,
        )

    def _modules(self, person: Apprentice) -> Iterator[Module]:
        """Yield the modules of the program under the options that count."""
        program = self._curriculum.programs[person.program]
        for requirement, options in self._curriculum.choices(person).items():
            option = self._chosen[person.apprentice][requirement]
            if not any(self._curriculum.is_wanted(person, m) for o in options for m in program[requirement][o]):
                option = max(options, key=lambda o: _sum(self._credited(person, program[requirement][o])))
            yield from (self._scenario.module_by_id[module] for module in program[requirement][option])

    def _credited(self, person: Apprentice, modules: tuple[str, ...]) -> Iterator[Module]:
        return (self._scenario.module_by_id[module] for module in modules if module in person.credits)

    def _days(self, person: Apprentice) -> int:
        """Return days of the horizon from the apprentice's first date on, one at least."""
        settings = self._scenario.settings
        return max(1, (settings.last_day - max(settings.first_day, person.starts or settings.first_day)).days + 1)

    def _finish(self, left: Fraction, pace: Fraction, last: dt.date | None) -> dt.date | None:
        if left <= 0:
            return last
        if pace <= 0:
            return None
        days = math.ceil(7 * left / pace)
        room = (dt.date.max - self._scenario.settings.last_day).days
        return self._scenario.settings.last_day + dt.timedelta(days=days) if days <= room else None

    def _terms(self, left: Fraction, pace: Fraction) -> int | None:
        if left <= 0:
            return 0
        return math.ceil(left / (pace * self._scenario.settings.weeks)) if pace > 0 else None


def _given(cohort: Cohort, module: Module) -> Iterator[tuple[dt.date, Fraction]]:
    """Yield the date of each meeting with the hours of the program that it gives, its share of self-study included."""
    whole = Fraction(module.hours) + Fraction(module.self_study_hours)
    for meeting in cohort.meetings:
        start, end = meeting.span
        yield meeting.date, Fraction(end - start, module.minutes) * whole


def _sum(modules: Iterable[Module]) -> Fraction:
    return sum((Fraction(row.hours) + Fraction(row.self_study_hours) for row in modules), Fraction(0))
