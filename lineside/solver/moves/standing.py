"""A seating that is being changed: cohorts opened and closed, seats given and taken, and all of it undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lineside.solver.model.servers import Occupancy
from lineside.solver.moves.bookings import Bookings
from lineside.solver.moves.keeping import LimitKeeper
from lineside.solver.moves.prospects import Prospects
from lineside.solver.needs import Earlier
from lineside.solver.seating import Ledger, OpenCohort, Seating, server_cost

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEVER = 1e11
"""Value of a seat that cannot be had: above any price, small enough for sums to stay precise."""


@dataclass
class Cohort:
    """An open cohort while people come and go."""

    candidate: int
    room: int
    instructor: int
    most: int
    members: set[int] = field(default_factory=set)
    _stands: OpenCohort | None = None

    def add(self, need: int) -> None:
        """Take a need in."""
        self.members.add(need)
        self._stands = None

    def remove(self, need: int) -> None:
        """Let a need go."""
        self.members.remove(need)
        self._stands = None

    def as_it_stands(self) -> OpenCohort:
        """Return the cohort with its present people; made anew only after a change."""
        if self._stands is None:
            self._stands = OpenCohort(self.candidate, self.room, self.instructor, frozenset(self.members))
        return self._stands


class Standing:
    """A seating under change, with the price of every change.

    Parameters
    ----------
    prospects
        What is known of the problem.
    ledger, occupancy
        Memories of what seats cost and when candidates meet.
    seating
        What to begin with.

    Attributes
    ----------
    cohorts
        Open cohorts by number; numbers are never used again.
    home, row
        Number of the cohort and pair row of the seat of each need, -1 if it is empty.
    away
        What it saves to take each need from where it is: the price of an empty seat, the cost of a seat that its
        cohort can spare, or ``-NEVER``.
    version
        Counts the changes of each person's seats: what was found impossible may be possible after one.

    Notes
    -----
    Every change keeps ``clash``, ``duty``, the weekly rules, ``room`` and ``instructor``; ``cohort-size`` and
    ``order`` may be broken on the way (:meth:`holds`).
    """

    def __init__(self, prospects: Prospects, ledger: Ledger, occupancy: Occupancy, seating: Seating) -> None:
        self.prospects, self.problem = prospects, prospects.problem
        self._ledger = ledger
        demand = self.problem.demand
        self.chosen = list(seating.chosen)
        options = frozenset(seating.chosen)
        self.asked = np.array([demand.required_under(need, options) for need in demand.needs], dtype=bool)
        self.cohorts: dict[int, Cohort] = {}
        self.home = np.full(len(demand.needs), -1, dtype=np.int64)
        self.row = np.full(len(demand.needs), -1, dtype=np.int64)
        self._movable = np.ones(len(demand.needs), dtype=bool)
        self._movable[[*prospects.party, *prospects.fixed]] = False
        self.away: Floats = np.where(self.asked, prospects.price.astype(float), -NEVER)
        self.version = np.zeros(len(self.problem.scenario.apprentices), dtype=np.int64)
        self.open_at: dict[int, list[int]] = {}
        self.is_open = np.zeros(len(self.problem.candidates), dtype=bool)
        self._seated: dict[int, dict[int, int]] = {}
        self.bookings = Bookings(self.problem, occupancy)
        self._units = int(prospects.price[self.asked].sum()) + self.problem.constant
        losses = self.problem.crew_losses
        self._crew_units = [(0, 0)] * len(losses)
        self._company_units = [0] * len(self.problem.scenario.companies)
        self._dirty = set(range(len(losses)))
        self._limits = LimitKeeper(self.problem)
        self._undo: list[Callable[[], object]] = []
        self._number = 0
        for cohort in seating.cohorts:
            number = self.open(cohort.candidate, cohort.room, cohort.instructor)
            for need in sorted(cohort.needs):
                self.seat(need, number)
        self._undo.clear()

    # What could be done

    def can_sit(self, need: int, candidate: int) -> bool:
        """Return whether a need's person could be in a candidate instead of where the need is now."""
        if not self._in_order(need, candidate):
            return False
        person = int(self.prospects.person[need])
        others = [at for k, at in self._seated.get(person, {}).items() if k != need]
        return self.prospects.rules.allows(person, others, candidate)

    def blockers(self, need: int, candidate: int) -> list[int]:
        """Return the needs of the same person whose seats keep a need out of a candidate, one at a time."""
        person = int(self.prospects.person[need])
        rules, mine = self.prospects.rules, self._seated.get(person, {})
        begins, ends = self.problem.candidates.begins, self.problem.candidates.ends
        found = [k for k, at in mine.items() if k != need and not rules.allows(person, [at], candidate)]
        for row in self.prospects.waits.get(need, ()):
            at = mine.get(row.need_before)
            if at is not None and ends[at] >= begins[candidate]:
                found.append(row.need_before)
        found += [k for k in self.prospects.followers.get(need, ()) if k in mine and begins[mine[k]] <= ends[candidate]]
        return list(dict.fromkeys(found))

    def _in_order(self, need: int, candidate: int) -> bool:
        found = self.problem.candidates
        first, last = int(found.begins[candidate]), int(found.ends[candidate])
        mine = self._seated.get(int(self.prospects.person[need]), {})
        if not all(self._comes_before(row, mine, first) for row in self.prospects.waits.get(need, ())):
            return False
        return not any(
            k in mine and found.begins[mine[k]] <= last and not self._excused(k, need)
            for k in self.prospects.followers.get(need, ())
        )

    def _comes_before(self, row: Earlier, mine: dict[int, int], first: int) -> bool:
        if row.frozen_last is not None and row.frozen_last < first:
            return True
        before = mine.get(row.need_before)
        if before is not None and self.problem.candidates.ends[before] < first:
            return True
        return bool(row.options) and not self.prospects.is_chosen(row.options, self.chosen)

    def _excused(self, follower: int, need: int) -> bool:
        """Return whether a seated need may stand without an earlier one."""
        first = int(self.problem.candidates.begins[self._seated[int(self.prospects.person[need])][follower]])
        rows = [row for row in self.prospects.waits[follower] if row.need_before == need]
        return all(self._comes_before(row, {}, first) for row in rows)

    def upset_by(self, choice: int) -> list[int]:
        """Return the seated needs that may not stay now that another option of a choice is chosen.

        The person's own, where an earlier module has come to be required; and those of party members, where the
        person has come to need a module that they sit in.
        """
        person = self.problem.demand.options[self.problem.demand.choices[choice][0]].person_idx
        upset = [need for need, at in self._seated.get(person, {}).items() if not self._in_order(need, at)]
        for need in self.prospects.under[choice]:
            if self.asked[need] and self.home[need] < 0:
                upset += [k for k in self.prospects.party.get(need, ()) if self.home[k] >= 0]
        return list(dict.fromkeys(upset))

    def must_stay(self, number: int) -> bool:
        """Return whether a cohort may not be closed, since its instructor has no time for the way without it."""
        return self.bookings.must_stay(number, self.cohorts[number].instructor)

    def number_of(self, key: tuple[int, int, int]) -> int | None:
        """Return the number of the open cohort of a candidate, room and instructor, or None if there is none."""
        for number in self.open_at.get(key[0], ()):
            cohort = self.cohorts[number]
            if (cohort.room, cohort.instructor) == key[1:]:
                return number
        return None

    def spare(self, number: int) -> int:
        """Return how many people a cohort can lose."""
        cohort = self.cohorts[number]
        return len(cohort.members) - int(self.prospects.least[cohort.candidate])

    # What is done

    def open(self, candidate: int, room: int, instructor: int) -> int:
        """Open a cohort without people; return its number."""
        seats = self.problem.scenario.rooms[room].seats
        self._number += 1
        number = self._number
        self._enter(number, Cohort(candidate, room, instructor, min(seats, int(self.prospects.most[candidate]))))
        self._undo.append(lambda: self._leave(number))
        return number

    def close(self, number: int) -> None:
        """Close a cohort without people."""
        cohort = self._leave(number)
        self._undo.append(lambda: self._enter(number, cohort))

    def seat(self, need: int, number: int) -> None:
        """Give an empty need a seat."""
        self._take_seat(need, number)
        self._undo.append(lambda: self._lose_seat(need))

    def unseat(self, need: int) -> None:
        """Take a need's seat away."""
        number = int(self.home[need])
        self._lose_seat(need)
        self._undo.append(lambda: self._take_seat(need, number))

    def choose(self, choice: int, option: int) -> None:
        """Choose another option; what is needed under the old one alone must have no seat any more."""
        old = self.chosen[choice]
        self._choose(choice, option)
        self._undo.append(lambda: self._choose(choice, old))

    def _choose(self, choice: int, option: int) -> None:
        self.chosen[choice] = option
        for need in self.prospects.under[choice]:
            asked = option in self.problem.demand.needs[need].options
            price = int(self.prospects.price[need])
            self._units += price * (int(asked) - int(self.asked[need]))
            self.asked[need] = asked
            if self.home[need] < 0:
                self.away[need] = float(price) if asked else -NEVER

    def follow(self, seating: Seating) -> None:
        """Become another seating, by no more changes than it takes; none of them can be undone."""
        wanted = {(c.candidate, c.room, c.instructor): c.needs for c in seating.cohorts}
        numbers: dict[tuple[int, int, int], int] = {}
        for number, cohort in list(self.cohorts.items()):
            key = (cohort.candidate, cohort.room, cohort.instructor)
            for need in sorted(cohort.members - wanted.get(key, frozenset())):
                self.unseat(need)
            if key in wanted:
                numbers[key] = number
            else:
                self.close(number)
        for choice, option in enumerate(seating.chosen):
            if self.chosen[choice] != option:
                self.choose(choice, option)
        for key, needs in wanted.items():
            number = numbers[key] if key in numbers else self.open(*key)
            for need in sorted(needs - self.cohorts[number].members):
                self.seat(need, number)
        self.keep()

    def mark(self) -> int:
        """Return a point to which :meth:`undo` can go back."""
        return len(self._undo)

    def undo(self, mark: int) -> None:
        """Take back all changes since a mark."""
        while len(self._undo) > mark:
            self._undo.pop()()

    def keep(self) -> None:
        """Forget how to undo what was done."""
        self._undo.clear()

    def _enter(self, number: int, cohort: Cohort) -> None:
        self.cohorts[number] = cohort
        self.bookings.book(number, cohort.candidate, cohort.room, cohort.instructor)
        self.open_at.setdefault(cohort.candidate, []).append(number)
        self.is_open[cohort.candidate] = True
        self._units += self._service(cohort)

    def _leave(self, number: int) -> Cohort:
        cohort = self.cohorts.pop(number)
        self.bookings.release(number, cohort.room, cohort.instructor)
        self.open_at[cohort.candidate].remove(number)
        self.is_open[cohort.candidate] = bool(self.open_at[cohort.candidate])
        self._units -= self._service(cohort)
        return cohort

    def _service(self, cohort: Cohort) -> int:
        room = server_cost(self.problem.rooms, cohort.candidate, cohort.room)
        return room + server_cost(self.problem.instructors, cohort.candidate, cohort.instructor)

    def _take_seat(self, need: int, number: int) -> None:
        cohort = self.cohorts[number]
        cohort.add(need)
        self.home[need] = number
        row = self.row[need] = self.problem.pairs.row(need, cohort.candidate)
        self._seated.setdefault(int(self.prospects.person[need]), {})[need] = cohort.candidate
        self._units += int(self.problem.pairs.cost[row]) - int(self.prospects.price[need])
        self._changed(need, number)

    def _lose_seat(self, need: int) -> None:
        number = int(self.home[need])
        cohort = self.cohorts[number]
        cohort.remove(need)
        self.home[need] = -1
        del self._seated[int(self.prospects.person[need])][need]
        self._units -= int(self.problem.pairs.cost[self.row[need]]) - int(self.prospects.price[need])
        self.away[need] = float(self.prospects.price[need]) if self.asked[need] else -NEVER
        self._changed(need, number)

    def _changed(self, need: int, number: int) -> None:
        person = int(self.prospects.person[need])
        self.version[person] += 1
        self._dirty.add(int(self.problem.crew_of[person]))
        cohort = self.cohorts[number]
        if not cohort.members:
            return
        members = np.fromiter(cohort.members, dtype=np.int64, count=len(cohort.members))
        free = self._movable[members] & (len(members) > self.prospects.least[cohort.candidate])
        self.away[members] = np.where(free, self.prospects.cost[self.row[members]], -NEVER)

    # What it comes to

    def holds(self, needs: Iterable[int]) -> bool:
        """Return whether nobody waits in vain for one of some needs that has lost its seat (rule ``order``)."""
        for need in needs:
            if self.home[need] >= 0:
                continue
            mine = self._seated.get(int(self.prospects.person[need]), {})
            if any(k in mine and not self._excused(k, need) for k in self.prospects.followers.get(need, ())):
                return False
        return True

    def units(self) -> int:
        """Return the objective in units; a seating beyond a limit has more than any that keeps them."""
        return self.cost() + self._limits.penalty(self)

    def cost(self) -> int:
        """Return the objective in units, whatever the limits."""
        self._count_crews()
        return self._units + max(self._company_units, default=0)

    def excess(self) -> tuple[int, ...]:
        """Return by how many units of its measure the seating is above each limit, 0 where it keeps it."""
        if not self.problem.limits:
            return ()
        self._count_crews()
        return self._limits.excess(self)

    def _count_crews(self) -> None:
        for crew in self._dirty:
            loss = self.problem.crew_losses[crew]
            people = {
                person: list(self._seated[person].values()) for person in loss.members if self._seated.get(person)
            }
            units, worst = self._ledger.units_of(crew, people)
            before, worst_before = self._crew_units[crew]
            self._units += units - before
            self._company_units[loss.company_idx] += worst - worst_before
            self._crew_units[crew] = units, worst
            self._limits.follow(crew, people)
        self._dirty.clear()

    def seating(self) -> Seating:
        """Return the seating as it stands."""
        return Seating(tuple(cohort.as_it_stands() for cohort in self.cohorts.values()), tuple(self.chosen))
