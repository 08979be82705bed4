"""Who has which room and instructor when, while cohorts open and close."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.model.servers import Occupancy
from lineside.solver.problem import Problem
from lineside.solver.resources import Servers

Ints = NDArray[np.int64]

MOST_GAP = 1440
"""Minutes between two sites up to which times that are known to a quarter of an hour rule out that classes are near."""


@dataclass(frozen=True)
class _Class:
    """Meetings that an instructor gives at one site, when the first begins and the last ends, and all as bits."""

    start: Ints
    end: Ints
    site: int
    begins: int
    ends: int
    bits: int


class Bookings:
    """Rooms and instructors as they are taken, frozen cohorts included.

    Parameters
    ----------
    problem
        The prepared problem.
    occupancy
        Memory of when candidates meet.

    Notes
    -----
    Every two classes of an instructor are kept their sites' travel apart, which is a little stricter than the rule: two
    may be nearer if a third one lies between them, such as one online. A seating from elsewhere may have that; the one
    between must then stay (:meth:`must_stay`).
    Cohorts are known by the caller's numbers; frozen ones have numbers below 0.
    """

    def __init__(self, problem: Problem, occupancy: Occupancy) -> None:
        self.problem, self._occupancy = problem, occupancy
        self._room_uses: dict[int, dict[int, int]] = {}
        self._room_bits: dict[int, int] = {}
        self._teaching: dict[int, dict[int, _Class]] = {}
        meets = np.flatnonzero(problem.has_meetings)
        self._longest_way = int(problem.between[np.ix_(meets, meets)].max(initial=0))
        self._teacher_bits: dict[int, int] = {}
        self._teacher_minutes: dict[tuple[int, int], int] = {}
        self._near: dict[int, set[tuple[int, int]]] = {}
        self._enter_frozen()

    def _enter_frozen(self) -> None:
        problem = self.problem
        rooms = {row.room: k for k, row in enumerate(problem.scenario.rooms)}
        teachers = {row.instructor: k for k, row in enumerate(problem.scenario.instructors)}
        for number, frozen in enumerate(problem.facts.frozen, start=1):
            spans = np.array(frozen.spans, dtype=np.int64)
            bits = self._occupancy.bits_of(spans[:, 0], spans[:, 1])
            if frozen.cohort.room in rooms:
                self._use_room(-number, rooms[frozen.cohort.room], bits)
            if frozen.cohort.instructor in teachers:
                site = problem.site_idx.get(frozen.cohort.site, -1)
                self._teach(-number, teachers[frozen.cohort.instructor], spans[:, 0], spans[:, 1], site, bits)

    def servers(self, candidate: int) -> tuple[int, int] | None:
        """Return the cheapest free room and instructor of a candidate, or None if it lacks one."""
        problem = self.problem
        bits = self._occupancy.bits(candidate)
        rooms, teachers = problem.rooms, problem.instructors
        room = next((row for row in _by_cost(rooms, candidate) if not self._room_bits.get(row, 0) & bits), None)
        if room is None:
            return None
        teacher = next((row for row in _by_cost(teachers, candidate) if self._teacher_free(row, candidate, bits)), None)
        return None if teacher is None else (room, teacher)

    def is_free(self, candidate: int, room: int, teacher: int) -> bool:
        """Return whether a room and an instructor are free for a candidate."""
        bits = self._occupancy.bits(candidate)
        return not self._room_bits.get(room, 0) & bits and self._teacher_free(teacher, candidate, bits)

    def _teacher_free(self, teacher: int, candidate: int, bits: int) -> bool:
        if self._teacher_bits.get(teacher, 0) & bits or next(self._classes_near(teacher, candidate), None) is not None:
            return False
        found = self.problem.candidates
        idx = found.slots_of(candidate)
        limit = self.problem.scenario.instructors[teacher].week_minutes
        added: dict[int, int] = {}
        minutes = (found.slots.end[idx] - found.slots.start[idx]).tolist()
        for week, length in zip(found.slots.week[idx].tolist(), minutes, strict=True):
            added[week] = added.get(week, 0) + length
        return all(self._teacher_minutes.get((teacher, week), 0) + m <= limit for week, m in added.items())

    def _classes_near(self, teacher: int, candidate: int) -> Iterator[int]:
        """Yield the cohorts of an instructor with a meeting nearer to the candidate's than the way between them."""
        classes = self._teaching.get(teacher)
        if not classes:
            return
        found = self.problem.candidates
        idx = found.slots_of(candidate)
        start, end, site = found.slots.start[idx], found.slots.end[idx], int(found.slots.site[idx[0]])
        begins, ends = int(start[0]) - self._longest_way, int(end[-1]) + self._longest_way
        for number, other in classes.items():
            if other.begins >= ends or other.ends <= begins:
                continue
            gap = int(self.problem.between[site, other.site]) if other.site >= 0 else 0
            if gap <= MOST_GAP and not self._occupancy.bits_around(candidate, gap) & other.bits:
                continue
            first = np.searchsorted(other.end, start - gap, side="right")
            until = np.searchsorted(other.start, end + gap, side="left")
            if (first < until).any():
                yield number

    def in_the_way(self, candidate: int, room: int, teacher: int) -> list[int]:
        """Return the cohorts that take a room or an instructor at the time of a candidate; frozen ones below 0."""
        bits = self._occupancy.bits(candidate)
        taken = [number for number, used in self._room_uses.get(room, {}).items() if used & bits]
        return list(dict.fromkeys([*taken, *self._classes_near(teacher, candidate)]))

    def must_stay(self, number: int, teacher: int) -> bool:
        """Return whether two other classes of a cohort's instructor are nearer than the way between their sites."""
        return any(number not in two for two in self._near.get(teacher, ()))

    def book(self, number: int, candidate: int, room: int, teacher: int) -> None:
        """Give a cohort of a candidate a room and an instructor."""
        self._use_room(number, room, self._occupancy.bits(candidate))
        found, bits = self.problem.candidates, self._occupancy.bits(candidate)
        idx = found.slots_of(candidate)
        near = [(other, number) for other in self._classes_near(teacher, candidate)]
        if near:
            self._near.setdefault(teacher, set()).update(near)
        self._teach(number, teacher, found.slots.start[idx], found.slots.end[idx], int(found.slots.site[idx[0]]), bits)

    def release(self, number: int, room: int, teacher: int) -> None:
        """Take a cohort's room and instructor back."""
        del self._room_uses[room][number]
        self._room_bits[room] = _union(self._room_uses[room].values())
        mine = self._teaching[teacher]
        known = mine.pop(number)
        self._teacher_bits[teacher] = _union(other.bits for other in mine.values())
        if teacher in self._near:
            self._near[teacher] = {two for two in self._near[teacher] if number not in two}
        self._count_minutes(teacher, known.start, known.end, -1)

    def _use_room(self, number: int, room: int, bits: int) -> None:
        self._room_uses.setdefault(room, {})[number] = bits
        self._room_bits[room] = self._room_bits.get(room, 0) | bits

    def _teach(self, number: int, teacher: int, start: Ints, end: Ints, site: int, bits: int) -> None:
        known = _Class(start, end, site, int(start.min()), int(end.max()), bits)
        self._teaching.setdefault(teacher, {})[number] = known
        self._teacher_bits[teacher] = self._teacher_bits.get(teacher, 0) | bits
        self._count_minutes(teacher, start, end, 1)

    def _count_minutes(self, teacher: int, start: Ints, end: Ints, sign: int) -> None:
        for week, minutes in zip(((start // 1440 - 1) // 7).tolist(), (end - start).tolist(), strict=True):
            self._teacher_minutes[teacher, week] = self._teacher_minutes.get((teacher, week), 0) + sign * minutes


def _by_cost(servers: Servers, candidate: int) -> list[int]:
    rows = zip(servers.cost_of(candidate).tolist(), servers.of(candidate).tolist(), strict=True)
    return [row for _, row in sorted(rows)]


def _union(parts: Iterable[int]) -> int:
    found = 0
    for bits in parts:
        found |= bits
    return found
