"""What could be done after a disruption: leeways for the exact repair, each with its title."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

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
    settles
        Whether to settle the people touched anew together with others near by, which takes longest.
    """

    def __init__(
        self,
        scenario: Scenario,
        changed: Disrupted,
        touched: Touched,
        memory: RegionMemory,
        extra_changes: int = EXTRA_CHANGES,
        *,
        settles: bool = True,
    ) -> None:
        self._scenario, self._changed, self._touched = scenario, changed, touched
        self._memory, self._extra, self._settles = memory, extra_changes, settles
        self._repair = Repair(scenario, touched.people, changed.outages, memory)
        rows = () if scenario.published is None else scenario.published.cohorts
        self._unserved = frozenset(
            row.cohort for row in rows if row.cohort in touched.cohorts and missed_meetings(changed.outages, row)
        )

    def all(self) -> list[Proposal]:
        """Return what could be done, no seating twice: leaving it first."""
        leaving = self._solved("Leave it", Leeway(left=self._unserved, gaining=frozenset()))
        if leaving is None:
            return []
        found: dict[object, Proposal] = {}
        for proposal in (leaving, *self._near(leaving)):
            found.setdefault(frozenset(proposal.repaired.seating.cohorts), proposal)
        return list(found.values())

    def _solved(self, title: str, leeway: Leeway, only: tuple[int, int] | None = None) -> Proposal | None:
        repaired = self._repair.repaired(leeway, only=only)
        return None if repaired is None else Proposal(title, self._repair, repaired, leeway)

    def _near(self, leaving: Proposal) -> Iterator[Proposal]:
        plain = leaving.leeway
        for title, leeway in (*self._served(plain), *self._joined(plain), *self._moved(plain)):
            proposal = self._solved(title, leeway)
            if proposal is not None:
                yield proposal
        yield from self._single(plain)
        yield from self._settled(leaving)

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

    def _joined(self, plain: Leeway) -> Iterator[tuple[str, Leeway]]:
        """Yield seats in cohorts that are open for everybody at stake."""
        if self._touched.seats:
            yield "Seats in cohorts that are open", replace(plain, joins=True, gaining=self._touched.seats)

    def _moved(self, plain: Leeway) -> Iterator[tuple[str, Leeway]]:
        """Yield cohorts that have lost their room or instructor at another time or place, with the same people."""
        cohorts = sorted(self._unserved)
        if not 0 < len(cohorts) <= MOST_MOVED:
            return
        places = {name: self._repair.elsewhere(name, MOST_PLACES) for name in cohorts}
        for k in range(MOST_PLACES if len(cohorts) == 1 else 1):
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

    def _settled(self, leaving: Proposal) -> Iterator[Proposal]:
        """Yield the best that few changes near by can do, if anybody has lost a seat, or left one."""
        touched, here = self._touched, self._scenario.apprentice_by_id
        forced = self._repair.changes(leaving.repaired)
        seated = {(seat.apprentice, seat.module) for seat in self._repair.plan_of(leaving.repaired).seats}
        if not self._settles or (touched.seats <= seated and not forced and not self._changed.steps.removed):
            return
        people = touched.people | touched.neighbours
        if len(touched.people) > MANY_TOUCHED:
            people = touched.people  # they can make room for each other
        gaining = frozenset((person, module) for person in people if person in here for module in touched.modules)
        budget = ChangeBudget(total=2 * forced + self._extra)
        leeway = self._with_servers(Leeway(joins=True, opens=True, gaining=gaining, budget=budget))
        is_same = people == touched.people
        wide = self._repair if is_same else Repair(self._scenario, people, self._changed.outages, self._memory)
        repaired = wide.repaired(leeway)
        if repaired is not None:
            yield Proposal("Settle anew near by", wide, repaired, leeway)
