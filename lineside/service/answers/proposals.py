"""What could be done after a disruption: leeways for the exact repair, each with its title."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from lineside.models.outages import missed_meetings
from lineside.models.scenario import Scenario
from lineside.scenarios.disruptions import Disrupted
from lineside.scenarios.touched import Touched
from lineside.solver import ChangeBudget, Leeway, RegionMemory, Repair, Repaired

MOST_PLACES = 3
"""Other times that are tried for a cohort as a whole."""
MOST_MOVED = 4
"""Cohorts up to which moving them as a whole is tried."""
MOST_SINGLE = 12
"""Single seats that are offered to one person."""
MANY_TOUCHED = 80
"""People touched above which nobody near by is asked to move as well."""
EXTRA_CHANGES = 8
"""Changes near by that an answer may make beyond those that cannot be avoided."""


@dataclass(frozen=True)
class Proposal:
    """A repair with the words for it."""

    title: str
    repair: Repair
    repaired: Repaired
    leeway: Leeway


class Proposals:
    """Works out what could be done about one disruption, running cohorts being decided on already.

    Parameters
    ----------
    scenario
        The tables after it.
    changed
        What happened.
    touched
        Whom it touches.
    memory
        What is remembered of the region.
    extra_changes
        Changes near by that an answer may make beyond those that cannot be avoided.
    """

    def __init__(
        self,
        scenario: Scenario,
        changed: Disrupted,
        touched: Touched,
        memory: RegionMemory,
        extra_changes: int = EXTRA_CHANGES,
    ) -> None:
        self._scenario, self._changed, self._touched = scenario, changed, touched
        self._memory, self._extra = memory, extra_changes
        self._repair = self._prepared(touched.people)
        rows = () if scenario.published is None else scenario.published.cohorts
        self._unserved = frozenset(
            row.cohort for row in rows if row.cohort in touched.cohorts and missed_meetings(changed.outages, row)
        )

    def _prepared(self, people: frozenset[str]) -> Repair:
        return Repair(self._scenario, people, self._changed.outages, self._memory, self._touched.modules)

    @cached_property
    def leaving(self) -> Proposal | None:
        """What comes of it if nobody does anything: seats that cannot stand are lost, and no other one changes."""
        return self._solved("Leave it", Leeway(left=self._unserved, gaining=frozenset()))

    @cached_property
    def _is_whole(self) -> bool:
        """Whether leaving it costs nobody a seat, and there is none to be had."""
        leaving = self.leaving
        if leaving is None or self._changed.steps.removed:
            return False
        seated = {(seat.apprentice, seat.module) for seat in self._repair.plan_of(leaving.repaired).seats}
        return self._touched.seats <= seated and not self._repair.changes(leaving.repaired)

    def near(self, *, thorough: bool) -> list[Proposal]:
        """Return what could be done with the people touched alone, no seating twice: leaving it first.

        Parameters
        ----------
        thorough
            Whether to try other times for cohorts, and single seats, too.
        """
        leaving = self.leaving
        if leaving is None:
            return []
        found: dict[object, Proposal] = {}
        more = () if self._is_whole else self._near(leaving, thorough)
        for proposal in (leaving, *more):
            found.setdefault(frozenset(proposal.repaired.seating.cohorts), proposal)
        return list(found.values())

    def _solved(self, title: str, leeway: Leeway, only: tuple[int, int] | None = None) -> Proposal | None:
        repaired = self._repair.repaired(leeway, only=only)
        return None if repaired is None else Proposal(title, self._repair, repaired, leeway)

    def _near(self, leaving: Proposal, thorough: bool) -> Iterator[Proposal]:
        plain, is_settled = leaving.leeway, False
        for title, leeway in self._served(plain):
            proposal = None if is_settled else self._solved(title, leeway)
            if proposal is not None:
                is_settled = not self._repair.changes(proposal.repaired)
                yield proposal
        tries = [] if is_settled else self._joined(plain)
        if thorough:
            tries = [*tries, *self._moved(plain, 1 if is_settled else MOST_PLACES)]
        for title, leeway in tries:
            proposal = self._solved(title, leeway)
            if proposal is not None:
                yield proposal
        if thorough:
            yield from self._single(plain)

    def _served(self, plain: Leeway) -> Iterator[tuple[str, Leeway]]:
        """Yield cohorts with another room or instructor, and the same with seats elsewhere for whoever needs one."""
        if not self._touched.cohorts:
            return
        kinds = {outage.kind for outage in self._changed.outages} or {"room", "instructor"}
        served = self._with_servers(replace(plain, left=frozenset()))
        title = f"Another {' and '.join(sorted(kinds))}"
        yield title, served
        if self._unserved:
            yield f"{title}, seats elsewhere for the rest", replace(served, joins=True, gaining=self._touched.seats)

    def _with_servers(self, leeway: Leeway) -> Leeway:
        kinds = {outage.kind for outage in self._changed.outages} or {"room", "instructor"}
        cohorts, none = self._touched.cohorts, frozenset[str]()
        return replace(
            leeway,
            rehoused=cohorts if "room" in kinds else none,
            retaught=cohorts if "instructor" in kinds else none,
        )

    def _joined(self, plain: Leeway) -> list[tuple[str, Leeway]]:
        """Return seats in cohorts that are open for everybody at stake."""
        if not self._touched.seats:
            return []
        return [("Seats in cohorts that are open", replace(plain, joins=True, gaining=self._touched.seats))]

    def _moved(self, plain: Leeway, most: int) -> Iterator[tuple[str, Leeway]]:
        """Yield cohorts that have lost their room or instructor at another time or place, with the same people."""
        cohorts = sorted(self._unserved)
        if not 0 < len(cohorts) <= MOST_MOVED:
            return
        places = {name: self._repair.elsewhere(name, most) for name in cohorts}
        for k in range(most if len(cohorts) == 1 else 1):
            moved = {name: keys[k] for name, keys in places.items() if len(keys) > k}
            if moved:
                yield "The same people at another time or place", replace(plain, moved=moved)

    def _single(self, plain: Leeway) -> Iterator[Proposal]:
        """Yield the seats that one person could take, each with the best of what then goes with it."""
        names = {person for person, _ in self._touched.seats}
        if len(names) != 1 or self._touched.cohorts:
            return
        leeway = replace(plain, joins=True, gaining=self._touched.seats)
        for need, candidate in self._repair.joinable(self._touched.seats)[:MOST_SINGLE]:
            proposal = self._solved("One seat in a cohort that is open", leeway, (need, candidate))
            if proposal is not None:
                yield proposal

    def settled(self) -> Proposal | None:
        """Return the best that few changes near by can do, if there is anything to gain by them."""
        touched, here, leaving = self._touched, self._scenario.apprentice_by_id, self.leaving
        if leaving is None or self._is_whole:
            return None
        people = touched.people | touched.neighbours
        if len(touched.people) > MANY_TOUCHED:
            people = touched.people  # they can make room for each other
        gaining = frozenset((person, module) for person in people if person in here for module in touched.modules)
        budget = ChangeBudget(total=2 * self._repair.changes(leaving.repaired) + self._extra)
        leeway = self._with_servers(Leeway(joins=True, opens=True, gaining=gaining, budget=budget))
        is_same = people == touched.people
        wide = self._repair if is_same else self._prepared(people)
        repaired = wide.repaired(leeway)
        return None if repaired is None else Proposal("Settle anew near by", wide, repaired, leeway)
