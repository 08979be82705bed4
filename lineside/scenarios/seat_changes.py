"""Who changes what from the plan in force to a new one, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from lineside.models.checker import Violation, check
from lineside.models.measures import cohort_key
from lineside.models.outages import Outage, missed_meetings
from lineside.models.person_days import PersonDays
from lineside.models.plan import Cohort, Plan
from lineside.models.scenario import Scenario

Kind = Literal["moves", "loses", "gains"]


@dataclass(frozen=True)
class SeatChange:
    """A need whose seat is not the one of the plan in force.

    Parameters
    ----------
    apprentice, name, company
        Whose.
    module
        The module.
    before, after
        Cohort of the seat in the plan in force and in the new one; None without one.
    is_forced
        Whether the seat cannot stand with the new tables.
    reason
        Why it changes, in a sentence.
    """

    apprentice: str
    name: str
    company: str
    module: str
    before: str | None
    after: str | None
    is_forced: bool
    reason: str

    @property
    def kind(self) -> Kind:
        """Which of the three it is."""
        if self.before is None:
            return "gains"
        return "loses" if self.after is None else "moves"


def seat_changes(
    scenario: Scenario, plan: Plan, outages: tuple[Outage, ...] = (), days: PersonDays | None = None
) -> tuple[SeatChange, ...]:
    """Return every seat that changes for people in the tables, by company and person.

    Parameters
    ----------
    scenario
        The new tables, with the plan in force as the published one.
    plan
        The new plan.
    outages
        Dates on which rooms and instructors cannot be had.
    days
        Views of meetings to use again; built if not given.

    Notes
    -----
    What cannot stand is found by checking the plan in force against the new tables: a change is forced if the
    seat, its person's week, or its cohort breaks a rule there. The others change because the new plan costs less.
    """
    published = scenario.published
    if published is None:
        return ()
    then, now = _seats(scenario, published), _seats(scenario, plan)
    reasons = _Reasons(scenario, published, outages, days)
    here = scenario.apprentice_by_id
    found = []
    for seat in then.keys() | now.keys():
        old, new = then.get(seat), now.get(seat)
        if seat[0] in here and (old and old[1]) != (new and new[1]):
            person = here[seat[0]]
            before, after = old[0] if old else None, new[0] if new else None
            forced = None if before is None else reasons.forced(seat[0], before)
            reason = forced or reasons.chosen(before, after, plan)
            names = (person.apprentice, person.name, person.company, seat[1])
            found.append(SeatChange(*names, before, after, forced is not None, reason))
    return tuple(sorted(found, key=lambda row: (row.company, row.apprentice, row.module)))


def _seats(scenario: Scenario, plan: Plan) -> dict[tuple[str, str], tuple[str, object]]:
    """Return the id and identity of each seat's cohort, by apprentice and module."""
    first_day = plan.first_day or scenario.settings.first_day
    keys = {row.cohort: cohort_key(row, first_day) for row in plan.cohorts}
    return {(seat.apprentice, seat.module): (seat.cohort, keys.get(seat.cohort)) for seat in plan.seats}


class _Reasons:
    def __init__(self, scenario: Scenario, plan: Plan, outages: Iterable[Outage], days: PersonDays | None) -> None:
        self._cohorts = {row.cohort: row for row in plan.cohorts}
        self._outages = tuple(outages)
        cleared = {"objective": None, "bound": None, "measures": None, "status": "unknown"}
        report = check(scenario, plan.model_copy(update=cleared), days)
        self._by_cohort: dict[str, list[Violation]] = defaultdict(list)
        self._by_seat: dict[tuple[str, str], list[Violation]] = defaultdict(list)
        self._by_person: dict[str, list[Violation]] = defaultdict(list)
        for row in report.violations:
            person, cohort = row.ids.get("apprentice"), row.ids.get("cohort")
            if person is not None and cohort is not None:
                self._by_seat[person, cohort].append(row)
                self._by_seat[person, row.ids.get("other", cohort)].append(row)
            elif person is not None:
                self._by_person[person].append(row)
            for name in (cohort, row.ids.get("other")):
                if person is None and name is not None:
                    self._by_cohort[name].append(row)

    def forced(self, person: str, cohort: str) -> str | None:
        """Return why a seat of the plan in force cannot stand, or None if it can."""
        row = self._cohorts.get(cohort)
        outage = next(self._missed(row), None) if row is not None else None
        if outage is not None:
            return outage
        for found in (self._by_cohort[cohort], self._by_seat[person, cohort], self._by_person[person]):
            if found:
                return f"{_fact(found[0].message)} [{found[0].rule}]"
        return None

    def _missed(self, row: Cohort) -> Iterator[str]:
        for outage in self._outages:
            if missed_meetings((outage,), row):
                who = f"{outage.kind.capitalize()} {outage.id} of {row.cohort}"
                yield f"{who} cannot be had from {outage.first} to {outage.last}."

    def chosen(self, before: str | None, after: str | None, plan: Plan) -> str:
        """Return why a seat changes that could stand."""
        if before is None:
            return f"There was no seat; {after} has one now."
        if all(row.cohort != before for row in plan.cohorts):
            return f"{before} is not held any more: the new plan costs less without it."
        return "The seat could stand; the new plan costs less so."


def _fact(message: str) -> str:
    """Return a message without its last sentence, which says what to do: that has been done.

    >>> _fact("Room R2 seats 12; cohort K has 15. Choose a larger room.")
    'Room R2 seats 12; cohort K has 15.'
    """
    return message.rsplit(". ", 1)[0].rstrip(".") + "."
