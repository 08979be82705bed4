"""The seats by which one crew's people may be away, minute by minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lineside.models.calendar import Interval
from lineside.solver.charges import own_windows
from lineside.solver.personas import Persona
from lineside.solver.problem import Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
MINUTES, SPARED, EACH = 0, 1, 2
"""Lines of a table of a row's minutes; those of single people come after them."""


@dataclass(frozen=True)
class Part:
    """Some minutes of a row about a crew's line time.

    Parameters
    ----------
    start, end
        The minutes.
    shares, each
        What a minute costs for some people away, and for each other one, in units.
    spared
        Units that a minute may cost before anything is lost; never below 0.
    rivals
        Candidates of which a plan opens one at most. Only their people have shares then, and each opened cohort spares
        its own, so that one opened in part spares a part. None if all people have shares.
    """

    start: int
    end: int
    shares: Mapping[int, float]
    each: float
    spared: float
    rivals: tuple[int, ...] | None


class Halls:
    """Where candidates can be.

    Parameters
    ----------
    problem
        The prepared problem.

    Attributes
    ----------
    seats
        How many people each candidate can have in all its cohorts, each in another room with another instructor.
    only_room
        The only room that each candidate fits; -1 if there is none or more than one.
    """

    def __init__(self, problem: Problem) -> None:
        rooms, seats = problem.rooms, problem.room_seats
        owner = np.repeat(np.arange(len(problem.candidates)), np.diff(rooms.ptr))
        least = np.array([row.seats_min for row in problem.scenario.modules], dtype=np.int64)
        fits = seats >= least[problem.candidates.module[owner]]
        rank = np.empty(len(owner), dtype=np.int64)
        rank[np.lexsort((-seats, owner))] = np.arange(len(owner)) - rooms.ptr[owner]
        used = fits & (rank < np.diff(problem.instructors.ptr)[owner])
        self.seats: Ints = np.bincount(owner[used], seats[used], len(problem.candidates)).astype(np.int64)
        self.only_room: Ints = np.full(len(problem.candidates), -1, dtype=np.int64)
        self.only_room[owner[fits]] = rooms.idx[fits]
        self.only_room[np.bincount(owner[fits], minlength=len(self.only_room)) != 1] = -1


@dataclass
class CrewSeats:
    """What is known of a crew whose losing seats are of one persona.

    Parameters
    ----------
    problem, halls
        The prepared problem, and where its candidates can be.
    persona, cost
        The persona, and what a minute costs by the number of its people away, in units.
    rows, candidate, person
        Its losing seats as pair rows, sorted, and the candidate and the person of each.
    """

    problem: Problem
    halls: Halls
    persona: Persona
    cost: tuple[int, ...]
    rows: Ints
    candidate: Ints
    person: Ints
    candidates: Ints = field(init=False)
    _most: Ints = field(init=False)
    _slots: Ints = field(init=False)
    _low: Ints = field(init=False)
    _high: Ints = field(init=False)
    _owner: Ints = field(init=False)
    _slot_at: Ints = field(init=False)
    _pieces: dict[int, list[Interval]] = field(init=False, default_factory=dict)
    _rivals: dict[tuple[int, int, bool], tuple[int, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        found = self.problem.candidates
        counts = found.slot_ptr[self.candidate + 1] - found.slot_ptr[self.candidate]
        ends = np.cumsum(counts)
        flat = np.repeat(found.slot_ptr[self.candidate] - ends + counts, counts) + np.arange(int(ends[-1]))
        self._slots, self._slot_at = np.unique(found.slot_idx[flat], return_inverse=True)
        self._owner = np.repeat(np.arange(len(self.rows)), counts)
        self._low, self._high = own_windows(self.problem, self.persona, self._slots)
        self.candidates, people = np.unique(self.candidate, return_counts=True)
        self._most = np.minimum(people, self.halls.seats[self.candidates])

    def most_of(self, candidate: int) -> int:
        """Return how many of the crew's people a candidate can have in all its cohorts."""
        return int(self._most[np.searchsorted(self.candidates, candidate)])

    def pieces(self, candidate: int) -> list[Interval]:
        """Return the worked minutes of a candidate's own windows."""
        if candidate not in self._pieces:
            at = np.searchsorted(self._slots, self.problem.candidates.slots_of(candidate))
            self._pieces[candidate] = self.persona.timeline.worked.pieces_of(self._low[at], self._high[at])
        return self._pieces[candidate]

    def rivals(self, candidate: int, minute: int, *, of_any_size: bool = False) -> tuple[int, ...]:
        """Return candidates of which a plan opens one at most: those that meet when one does, in its only room.

        Parameters
        ----------
        candidate
            The one; it is among them.
        minute
            A minute of one of its own windows.
        of_any_size
            Whether those that can have more people of the crew are among them.
        """
        room, slots = self.halls.only_room[candidate], self.problem.candidates.slots
        if room < 0:
            return (candidate,)
        mine = np.searchsorted(self._slots, self.problem.candidates.slots_of(candidate))
        at = int(mine[(self._low[mine] <= minute) & (minute < self._high[mine])][0])
        key = candidate, at, of_any_size
        if key not in self._rivals:
            start, end = slots.start[self._slots], slots.end[self._slots]
            instant = (int(start[at]) + int(end[at])) // 2
            meets = (start <= instant) & (instant < end)
            others = np.isin(self.candidates, self.candidate[self._owner[meets[self._slot_at]]])
            others &= self.halls.only_room[self.candidates] == room
            others &= of_any_size | (self._most <= self.most_of(candidate))
            self._rivals[key] = tuple(self.candidates[others].tolist())
        return self._rivals[key]

    def table(self, parts: list[Part], line: Mapping[int, int]) -> Floats:
        """Return by line and meeting, summed over the minutes of some parts: minutes, what is spared, and shares.

        Parameters
        ----------
        parts
            The parts.
        line
            Line of each person who has a share of any.
        """
        begin, until = min(part.start for part in parts), max(part.end for part in parts)
        near = np.flatnonzero((self._low < until) & (self._high > begin))
        low, high = self._low[near], self._high[near]
        table = np.zeros((EACH + 1 + len(line), len(self._slots)))
        for part in parts:
            first = np.clip(low, part.start, part.end)
            last = np.maximum(np.clip(high, part.start, part.end), first)
            minutes = self.persona.timeline.worked.minutes_within(first, last)
            table[MINUTES, near] += minutes
            table[SPARED, near] += part.spared * minutes
            table[EACH:, near] += part.each * minutes
            for person, share in part.shares.items():
                table[line[person], near] += share * minutes
        return table

    def of_seats(self, table: Floats, line: Ints) -> Floats:
        """Return for each seat the sum over its meetings of its line of a table; nothing where the line is -1."""
        of_meeting = line[self._owner]
        there = of_meeting >= 0
        found = np.bincount(self._owner[there], table[of_meeting[there], self._slot_at[there]], len(self.rows))
        return found.astype(float)

    def of_candidates(self, of_seats: Floats) -> tuple[Ints, Floats]:
        """Return the candidates whose seats have more than nothing of something, and how much: each seat the same."""
        found = of_seats[np.searchsorted(self.candidate, self.candidates)]
        some = np.flatnonzero(found > 0)
        return self.candidates[some], found[some]
