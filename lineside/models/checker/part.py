"""The part of a plan that a change could have broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from lineside.models.checker.facts import Facts, OpenCohort, OpenSeat
from lineside.models.person_days import PersonDays
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice, Pin


@dataclass(frozen=True)
class Part:
    """Who and what differs from a plan that keeps every rule.

    Parameters
    ----------
    people
        Ids of apprentices: their seats, the meetings of their cohorts, or their rows in the tables.
    cohorts
        Ids of cohorts: their rows, their meetings or their people.
    """

    people: frozenset[str] = frozenset()
    cohorts: frozenset[str] = frozenset()


class PartFacts(Facts):
    """A plan read against its scenario, with only a part of its people and cohorts to look at.

    Parameters
    ----------
    scenario, plan, days
        As for :class:`Facts`.
    part
        What to look at; people of the same party, and of the cohorts, come along.
    """

    def __init__(self, scenario: Scenario, plan: Plan, part: Part, days: PersonDays) -> None:
        super().__init__(scenario, plan, days)
        members = {seat.apprentice for seat in plan.seats if seat.cohort in part.cohorts}
        people = part.people | members
        parties = {row.party for row in scenario.apprentices if row.apprentice in people} - {None}
        self._judged = people | {row.apprentice for row in scenario.apprentices if row.party in parties}
        self._part = part

    @property
    def pins(self) -> tuple[Pin, ...]:
        """The pins of the people to look at."""
        return tuple(pin for pin in self.scenario.pins if pin.apprentice in self._judged)

    @property
    def parties(self) -> Mapping[str, tuple[Apprentice, ...]]:
        """The parties of the people to look at."""
        return {
            name: members
            for name, members in self.scenario.parties.items()
            if any(row.apprentice in self._judged for row in members)
        }

    @cached_property
    def new_cohorts(self) -> tuple[OpenCohort, ...]:
        """The cohorts to look at that are not frozen."""
        return tuple(cohort for cohort in self.cohorts if not cohort.is_frozen and cohort.id in self._part.cohorts)

    @cached_property
    def new_seats(self) -> tuple[OpenSeat, ...]:
        """The seats to look at that are not frozen."""
        return tuple(seat for seat in self.seats if not seat.is_frozen and seat.apprentice.apprentice in self._judged)

    @cached_property
    def seats_of(self) -> dict[str, list[OpenSeat]]:
        """All seats of the people to look at, by apprentice."""
        found: dict[str, list[OpenSeat]] = {}
        for seat in self.seats:
            if seat.apprentice.apprentice in self._judged:
                found.setdefault(seat.apprentice.apprentice, []).append(seat)
        return found
