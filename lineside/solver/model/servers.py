"""Which rooms and instructors a model may choose from: all, or for a search step a few that are free.

Most rooms and instructors could serve most candidates, and most of them are alike, so a step that
knows all of them spends its time on telling them apart. A few choices are enough to improve a plan;
a model whose bound counts for the whole problem must know all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lineside.solver.problem import Problem
from lineside.solver.resources import Servers
from lineside.solver.seating import OpenCohort

GRID_MINUTES = 15
"""A time is taken or free by quarters of an hour; what is only partly taken counts as taken."""
MOST_REMEMBERED = 100_000
"""Candidates whose times are remembered, and as many with what lies around: about 200 MB each for a term."""
ON_THE_WAY = 2
"""Quarters of an hour before and after a meeting in which its instructor counts as taken."""
FREE_ROOMS = 2
"""Cheapest free rooms of which a step may choose for a candidate."""
CHEAPEST_INSTRUCTORS, OTHER_INSTRUCTORS = 2, 2
"""Cheapest free instructors of which a step may choose for a candidate, and others."""
SCATTER, PRIME = 7_919, 100_003
"""Numbers that make the choice of the others look like chance, and the same every time."""


@dataclass
class Occupancy:
    """The times of candidates as bits, remembered.

    Parameters
    ----------
    problem
        The prepared problem.
    """

    problem: Problem
    _bits: dict[int, int] = field(default_factory=dict)
    _around: dict[tuple[int, int], int] = field(default_factory=dict)

    def bits(self, candidate: int) -> int:
        """Return the quarters of an hour, counted from the day before the first, in which a candidate meets."""
        found = self._bits.get(candidate)
        if found is None:
            slots, mine = self.problem.candidates.slots, self.problem.candidates.slots_of(candidate)
            found = self.bits_of(slots.start[mine], slots.end[mine])
            if len(self._bits) >= MOST_REMEMBERED:
                self._bits.clear()
            self._bits[candidate] = found
        return found

    def bits_around(self, candidate: int, gap: int) -> int:
        """Return the quarters of an hour that are less than some minutes from a meeting of a candidate, or a few more.

        Parameters
        ----------
        candidate
            Which.
        gap
            Minutes.
        """
        quarters = -(-gap // GRID_MINUTES)
        found = self._around.get((candidate, quarters))
        if found is None:
            slots, mine = self.problem.candidates.slots, self.problem.candidates.slots_of(candidate)
            wide = quarters * GRID_MINUTES
            found = self.bits_of(slots.start[mine] - wide, slots.end[mine] + wide)
            if len(self._around) >= MOST_REMEMBERED:
                self._around.clear()
            self._around[candidate, quarters] = found
        return found

    def bits_of(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> int:
        """Return the quarters of an hour of some meetings; what was before the day before the horizon is left out.

        Parameters
        ----------
        start, end
            Minutes, as in the slots of candidates.
        """
        origin = (self.problem.settings.first_day.toordinal() - 1) * 1440
        found = 0
        low = (np.maximum(start - origin, 0) // GRID_MINUTES).tolist()
        high = (np.maximum(end - origin + GRID_MINUTES - 1, 0) // GRID_MINUTES).tolist()
        for begin, until in zip(low, high, strict=True):
            found |= ((1 << (until - begin)) - 1) << begin
        return found


def _wider(bits: int) -> int:
    for _ in range(ON_THE_WAY):
        bits |= bits << 1 | bits >> 1
    return bits


@dataclass(frozen=True)
class ServerChoice:
    """Rooms and instructors that a model may give to a candidate.

    Parameters
    ----------
    problem
        The prepared problem.
    """

    problem: Problem

    def rooms(self, candidate: int) -> list[int]:
        """Return rows of rooms."""
        found: list[int] = self.problem.rooms.of(candidate).tolist()
        return found

    def instructors(self, candidate: int) -> list[int]:
        """Return rows of instructors."""
        found: list[int] = self.problem.instructors.of(candidate).tolist()
        return found


class FewServers(ServerChoice):
    """For a search step: whoever serves the open cohorts, and for the rest a few that are free.

    Parameters
    ----------
    occupancy
        Times of candidates.
    kept
        Cohorts that stay, whose rooms and instructors are taken then.
    decided
        Cohorts of which some or all seats are decided anew.
    """

    def __init__(self, occupancy: Occupancy, kept: Iterable[OpenCohort], decided: Iterable[OpenCohort]) -> None:
        super().__init__(occupancy.problem)
        self._occupancy = occupancy
        self._room_taken: dict[int, int] = {}
        self._instructor_taken: dict[int, int] = {}
        self._own_rooms: dict[int, list[int]] = {}
        self._own_instructors: dict[int, list[int]] = {}
        for cohort in kept:
            bits = occupancy.bits(cohort.candidate)
            self._room_taken[cohort.room] = self._room_taken.get(cohort.room, 0) | bits
            taken = self._instructor_taken.get(cohort.instructor, 0)
            self._instructor_taken[cohort.instructor] = taken | _wider(bits)
            self._note(cohort)
        for cohort in decided:
            self._note(cohort)

    def _note(self, cohort: OpenCohort) -> None:
        self._own_rooms.setdefault(cohort.candidate, []).append(cohort.room)
        self._own_instructors.setdefault(cohort.candidate, []).append(cohort.instructor)

    def rooms(self, candidate: int) -> list[int]:
        """Return rows of rooms: those of open cohorts, the cheapest free ones and the largest."""
        rooms = self.problem.scenario.rooms
        free = self._free(self.problem.rooms, candidate, self._room_taken)
        largest = max(free, key=lambda k: (rooms[k].seats, -k), default=None)
        chosen = free[:FREE_ROOMS] if largest is None else [*free[:FREE_ROOMS], largest]
        return list(dict.fromkeys([*self._own_rooms.get(candidate, ()), *chosen]))

    def instructors(self, candidate: int) -> list[int]:
        """Return rows of instructors: those of open cohorts, the cheapest free ones and some by chance.

        If all candidates had the same few, only so many could be open at one time.
        """
        free = self._free(self.problem.instructors, candidate, self._instructor_taken)
        others = sorted(free[CHEAPEST_INSTRUCTORS:], key=lambda k: (k * SCATTER + candidate) * SCATTER % PRIME)
        chosen = free[:CHEAPEST_INSTRUCTORS] + others[:OTHER_INSTRUCTORS]
        return list(dict.fromkeys([*self._own_instructors.get(candidate, ()), *chosen]))

    def _free(self, servers: Servers, candidate: int, taken: dict[int, int]) -> list[int]:
        """Return who is free, the cheapest first."""
        bits = self._occupancy.bits(candidate)
        rows = zip(servers.cost_of(candidate).tolist(), servers.of(candidate).tolist(), strict=True)
        return [row for _, row in sorted(rows) if not taken.get(row, 0) & bits]
