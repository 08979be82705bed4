"""A plan read against its scenario: the cohorts, seats and frozen parts that the rules look at.

Parts of a plan that name an unknown module, site, cohort or apprentice are left out here and
reported as faults, so that a rule never meets anything half known.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lineside.models.calendar import Interval, date_of
from lineside.models.curriculum import Curriculum
from lineside.models.measures import chosen_options, cohort_key, cohort_spans, published_first_day
from lineside.models.person_days import MeetingView, PersonDays
from lineside.models.plan import Cohort, CohortKey, Plan
from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice, Instructor, Module, Pin, Room, Site


@dataclass(frozen=True, eq=False)
class OpenCohort:
    """A cohort of the plan with the rows it names; a frozen one may lack its room or instructor."""

    row: Cohort
    module: Module
    site: Site
    room: Room | None
    instructor: Instructor | None
    key: CohortKey | None
    spans: tuple[Interval, ...]
    is_frozen: bool

    @property
    def id(self) -> str:
        """Id of the cohort."""
        return self.row.cohort

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """Dates on which its meetings start, in order."""
        return tuple(date_of(start) for start, _ in self.spans)

    @property
    def mode(self) -> str:
        """How the cohort is taught: ``online`` at an online site, else ``classroom``."""
        return "online" if self.site.kind == "online" else "classroom"


@dataclass(frozen=True, eq=False)
class OpenSeat:
    """A seat of the plan; a frozen one is a seat of the published plan in a frozen cohort."""

    apprentice: Apprentice
    cohort: OpenCohort
    is_frozen: bool

    @property
    def ids(self) -> dict[str, str]:
        """Ids of the apprentice and the cohort."""
        return {"apprentice": self.apprentice.apprentice, "cohort": self.cohort.id}


class Facts:
    """What the checks of the rules share.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    plan
        Any plan that could be read.
    """

    def __init__(self, scenario: Scenario, plan: Plan, days: PersonDays | None = None) -> None:
        self.scenario = scenario
        self.plan = plan
        self.settings = scenario.settings
        self.rules = scenario.settings.rules
        self.first_day = plan.first_day or scenario.settings.first_day
        self.days = days or PersonDays(scenario)
        self.curriculum = Curriculum(scenario)
        self.chosen = chosen_options(scenario, plan, self.curriculum)
        self._views: dict[tuple[str, str, OpenCohort], tuple[MeetingView, ...]] = {}
        self._weeks: dict[tuple[str, str, int], tuple[int, frozenset[int]]] = {}
        self.remembered: dict[Hashable, Any] = {}
        """What rules that look at the same thing have worked out for each other."""

    @cached_property
    def frozen_cohorts(self) -> dict[str, Cohort]:
        """Published cohorts, by id, whose first meeting is before ``frozen_until``."""
        published, until = self.scenario.published, self.settings.frozen_until
        if published is None or until is None:
            return {}
        dated = ((row, min((meeting.date for meeting in row.meetings), default=until)) for row in published.cohorts)
        return {row.cohort: row for row, first in dated if first < until}

    @cached_property
    def published_keys(self) -> dict[str, CohortKey | None]:
        """Identity of each published cohort, by id."""
        published = self.scenario.published
        first_day = published_first_day(self.scenario)
        return {row.cohort: cohort_key(row, first_day) for row in published.cohorts} if published else {}

    @cached_property
    def _published_by_key(self) -> dict[CohortKey | None, list[str]]:
        names: dict[CohortKey | None, list[str]] = defaultdict(list)
        for name, key in self.published_keys.items():
            names[key].append(name)
        return dict(names)

    def cohorts_published_as(self, key: CohortKey | None) -> tuple[str, ...]:
        """Return the ids of the published cohorts with an identity; none for a cohort that cannot be read."""
        return () if key is None else tuple(self._published_by_key.get(key, ()))

    @cached_property
    def published_members(self) -> dict[str, frozenset[str]]:
        """Apprentices of each published cohort who are still in the tables, by the cohort's id."""
        members: dict[str, set[str]] = defaultdict(set)
        for seat in self.scenario.published.seats if self.scenario.published else ():
            if seat.apprentice in self.scenario.apprentice_by_id:
                members[seat.cohort].add(seat.apprentice)
        return {cohort: frozenset(people) for cohort, people in members.items()}

    @cached_property
    def cohorts(self) -> tuple[OpenCohort, ...]:
        """The plan's cohorts whose module and site are known, in the plan's order."""
        tables = self.scenario
        return tuple(
            OpenCohort(
                row=row,
                module=tables.module_by_id[row.module],
                site=tables.site_by_id[row.site],
                room=tables.room_by_id.get(row.room),
                instructor=tables.instructor_by_id.get(row.instructor),
                key=cohort_key(row, self.first_day),
                spans=cohort_spans(row),
                is_frozen=row.cohort in self.frozen_cohorts,
            )
            for row in self.plan.cohorts
            if row.module in tables.module_by_id and row.site in tables.site_by_id
        )

    @cached_property
    def new_cohorts(self) -> tuple[OpenCohort, ...]:
        """The cohorts that are not frozen."""
        return tuple(cohort for cohort in self.cohorts if not cohort.is_frozen)

    @cached_property
    def seats(self) -> tuple[OpenSeat, ...]:
        """The plan's seats of known apprentices in known cohorts, each once, in the plan's order."""
        cohorts = {cohort.id: cohort for cohort in reversed(self.cohorts)}
        people = self.scenario.apprentice_by_id
        return tuple(
            OpenSeat(people[person], cohorts[cohort], self._is_frozen_seat(person, cohort))
            for person, cohort in dict.fromkeys((seat.apprentice, seat.cohort) for seat in self.plan.seats)
            if person in people and cohort in cohorts
        )

    def _is_frozen_seat(self, person: str, cohort: str) -> bool:
        return cohort in self.frozen_cohorts and person in self.published_members.get(cohort, ())

    @cached_property
    def new_seats(self) -> tuple[OpenSeat, ...]:
        """The seats that are not frozen."""
        return tuple(seat for seat in self.seats if not seat.is_frozen)

    @property
    def pins(self) -> tuple[Pin, ...]:
        """The pins to look at."""
        return self.scenario.pins

    @property
    def parties(self) -> Mapping[str, tuple[Apprentice, ...]]:
        """The parties to look at, with their members."""
        return self.scenario.parties

    @cached_property
    def seats_of(self) -> dict[str, list[OpenSeat]]:
        """Seats by apprentice; only people who have one."""
        found: dict[str, list[OpenSeat]] = defaultdict(list)
        for seat in self.seats:
            found[seat.apprentice.apprentice].append(seat)
        return dict(found)

    @cached_property
    def people_of(self) -> dict[OpenCohort, list[OpenSeat]]:
        """Seats by cohort; only cohorts that have one."""
        found: dict[OpenCohort, list[OpenSeat]] = defaultdict(list)
        for seat in self.seats:
            found[seat.cohort].append(seat)
        return dict(found)

    @cached_property
    def frozen_modules(self) -> frozenset[tuple[str, str]]:
        """Apprentices and modules of the frozen seats that the published plan asks for."""
        return frozenset(
            (person, row.module)
            for row in self.frozen_cohorts.values()
            for person in self.published_members.get(row.cohort, ())
        )

    def views(self, seat: OpenSeat) -> tuple[MeetingView, ...]:
        """Return the meetings of a seat as its person lives them, in time order."""
        key = (seat.apprentice.line, seat.apprentice.rota, seat.cohort)
        if key not in self._views:
            site = seat.cohort.site.site
            self._views[key] = tuple(self.days.view(seat.apprentice, site, span) for span in seat.cohort.spans)
        return self._views[key]

    def week_of_work(self, apprentice: Apprentice, week: int) -> tuple[int, frozenset[int]]:
        """Return worked minutes of the shifts that start in a week, and its dates (ordinals) on which none starts.

        Parameters
        ----------
        week
            Number of the Monday-to-Sunday week, as :func:`lineside.models.calendar.week_of` counts.
        """
        key = (apprentice.line, apprentice.rota, week)
        if key not in self._weeks:
            shifts = {day: self.days.shift(apprentice, day) for day in range(7 * week + 1, 7 * week + 8)}
            worked = sum(shift.worked_minutes for shift in shifts.values() if shift)
            self._weeks[key] = worked, frozenset(day for day, shift in shifts.items() if shift is None)
        return self._weeks[key]
