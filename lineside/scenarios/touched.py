"""Whom something that happened touches: people and cohorts that must be decided on anew, and those near them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from lineside.models.calendar import RegionCalendar
from lineside.models.curriculum import Curriculum
from lineside.models.measures import cohort_spans
from lineside.models.outages import Outage, missed_meetings
from lineside.models.plan import Cohort, Plan
from lineside.models.scenario import Scenario

MOST_NEIGHBOURS = 40
"""People near by who may move to make room: more would take longer than an answer may."""


@dataclass(frozen=True)
class Touched:
    """Who is decided on anew.

    Parameters
    ----------
    cohorts
        Ids of cohorts of the plan in force, not frozen, that cannot go on just as they are.
    seats
        Apprentices and modules whose seats are at stake, or could be gained; the first that answers look at.
    people
        Everybody whose seats may have to change, with the members of cohorts that might fall below their minimum.
    neighbours
        Others in the same modules who may move to make room, or fill a cohort up.
    modules
        Modules of all these seats, and of seats that are gone with their people.
    """

    cohorts: frozenset[str]
    seats: frozenset[tuple[str, str]]
    people: frozenset[str]
    neighbours: frozenset[str]
    modules: frozenset[str]


class Surroundings:
    """A plan in force before and after something happened.

    Parameters
    ----------
    before
        The tables with the plan in force.
    after
        The tables after it, with the plan in force as it goes on.
    outages
        Dates on which rooms and instructors cannot be had.
    """

    def __init__(self, before: Scenario, after: Scenario, outages: tuple[Outage, ...]) -> None:
        if before.published is None or after.published is None:
            raise ValueError("There is no plan in force. Publish one first.")
        self._before, self._after, self._outages = before, after, outages
        self._old: Plan = before.published
        self._plan: Plan = after.published
        self._cohorts = {row.cohort: row for row in self._plan.cohorts}
        self._members: Mapping[str, tuple[str, ...]] = _members(self._old)
        self._was, self._now = RegionCalendar(before), RegionCalendar(after)

    def touched(self, amended: frozenset[str]) -> Touched:
        """Return whom it touches.

        Parameters
        ----------
        amended
            Running cohorts that do not go on as they were published.
        """
        here = self._after.apprentice_by_id
        rows = self._changed_people()
        cohorts = self._hit_cohorts(amended)
        direct = rows | {person for name in cohorts | amended for person in self._members.get(name, ())}
        at_risk = self._at_risk(direct)
        seats = frozenset(self._seats_at_stake(rows, cohorts | amended))
        gone = {seat.module for seat in self._old.seats if seat.apprentice in rows}
        modules = gone | {module for _, module in seats}
        people = frozenset(person for person in direct | at_risk if person in here)
        neighbours = self._neighbours(modules, people, cohorts | amended)
        return Touched(cohorts, seats, people, neighbours, frozenset(modules))

    def _changed_people(self) -> frozenset[str]:
        """Return the apprentices who are new, gone, or have another row."""
        old, new = self._before.apprentice_by_id, self._after.apprentice_by_id
        return frozenset(name for name in {**old, **new} if old.get(name) != new.get(name))

    def _free(self) -> Iterable[Cohort]:
        """Return the cohorts of the plan in force that are not frozen."""
        until = self._after.settings.frozen_until or dt.date.min
        return (row for row in self._plan.cohorts if all(meeting.date >= until for meeting in row.meetings))

    def _hit_cohorts(self, amended: frozenset[str]) -> frozenset[str]:
        taken: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for name in amended & self._cohorts.keys():
            row = self._cohorts[name]
            for key in (f"room {row.room}", f"instructor {row.instructor}"):
                taken[key].extend(cohort_spans(row))
        return frozenset(row.cohort for row in self._free() if self._is_hit(row, taken))

    def _is_hit(self, row: Cohort, taken: Mapping[str, list[tuple[int, int]]]) -> bool:
        if missed_meetings(self._outages, row):
            return True
        dates = (meeting.date for meeting in row.meetings)
        if row.site in self._after.site_by_id and any(
            self._now.is_barred(row.site, date) and not self._was.is_barred(row.site, date) for date in dates
        ):
            return True
        rivals = [*taken.get(f"room {row.room}", ()), *taken.get(f"instructor {row.instructor}", ())]
        return any(s < end and start < e for s, e in cohort_spans(row) for start, end in rivals)

    def _at_risk(self, direct: Set[str]) -> frozenset[str]:
        """Return the people who may lose a seat if those touched lose theirs.

        A cohort that falls below its minimum takes all its seats with it, a module that somebody loses takes the
        later ones that wait for it (rule ``order``), and a seat those of the party (rule ``party``).
        """
        modules = self._after.module_by_id
        party = {row.apprentice: row.party for row in self._after.apprentices if row.party is not None}
        free = [row for row in self._free() if row.module in modules]
        holders = {row.cohort: frozenset(self._members.get(row.cohort, ())) for row in free}
        lost = {(person, row.module) for row in free for person in holders[row.cohort] & direct}
        size = -1
        while len(lost) > size:
            size = len(lost)
            for row in free:
                members = holders[row.cohort]
                lost |= {(p, row.module) for p in members if any((p, m) in lost for m in modules[row.module].after)}
                parties = {party[p] for p in members if p in party and (p, row.module) in lost}
                lost |= {(p, row.module) for p in members if party.get(p) in parties}
                left = sum((person, row.module) not in lost for person in members)
                if left < min(len(members), modules[row.module].seats_min):
                    lost |= {(person, row.module) for person in members}
        return frozenset(person for person, _ in lost)

    def _seats_at_stake(self, rows: frozenset[str], cohorts: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Yield the seats of cohorts, and what people of new or other rows may need."""
        here = self._after.apprentice_by_id
        for row in self._old.cohorts:
            if row.cohort in cohorts:
                yield from ((person, row.module) for person in self._members.get(row.cohort, ()) if person in here)
        curriculum = Curriculum(self._after)
        for person in rows & here.keys():
            program = curriculum.programs[here[person].program]
            for requirement, options in curriculum.choices(here[person]).items():
                for option in options:
                    open_modules = curriculum.open_modules(here[person], program[requirement][option])
                    yield from ((person, module) for module in open_modules)

    def _neighbours(self, modules: Set[str], people: frozenset[str], cohorts: frozenset[str]) -> frozenset[str]:
        """Return others in the same modules: those without a seat first, then by site of the cohorts touched."""
        here = self._after.apprentice_by_id
        sites = {row.site for row in self._old.cohorts if row.cohort in cohorts}
        found: dict[str, None] = {}
        for row in self._plan.unseated:
            if row.module in modules and row.apprentice in here:
                found.setdefault(row.apprentice)
        parallel = [row for row in self._free() if row.module in modules and row.cohort not in cohorts]
        for cohort in sorted(parallel, key=lambda row: (row.site not in sites, len(self._members.get(row.cohort, ())))):
            for person in self._members.get(cohort.cohort, ()):
                if person in here:
                    found.setdefault(person)
        near = [person for person in found if person not in people]
        return frozenset(near[:MOST_NEIGHBOURS])


def _members(plan: Plan) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for seat in plan.seats:
        found[seat.cohort].append(seat.apprentice)
    return {cohort: tuple(people) for cohort, people in found.items()}
