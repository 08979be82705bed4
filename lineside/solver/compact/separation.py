"""What a whole solution of the compact program still breaks, as rows and as minutes to state exactly."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.columns import Column, CutRow, Part
from lineside.solver.compact.crews import Cover, cost_of
from lineside.solver.compact.program import CompactProgram, Solution
from lineside.solver.conflicts import duty_faults
from lineside.solver.cuts import Separator
from lineside.solver.problem import Problem
from lineside.solver.week_rows import CountedRow

Ints = NDArray[np.int64]
TINY = 1e-6


@dataclass(frozen=True)
class Faults:
    """What a solution breaks.

    Parameters
    ----------
    rows
        Rows that it breaks.
    counted
        Rows of line time in a week, by people counted, that it breaks.
    covers
        Crews and sets of seats whose line time it pays too little for, and no new row tells.
    """

    rows: list[CutRow]
    counted: list[CountedRow]
    covers: list[tuple[int, Cover]]

    def __bool__(self) -> bool:
        return bool(self.rows or self.counted or self.covers)


def faults_of(program: CompactProgram, solution: Solution, separator: Separator) -> Faults:
    """Return what a solution breaks.

    Parameters
    ----------
    program
        The program that it solves.
    solution
        The solution.
    separator
        Finds rows; those that it has found before are in the program already.
    """
    problem = program.problem
    columns = cohorts_of(problem, solution)
    used: dict[Part, NDArray[np.float64]] = {
        "pair": _marked(len(problem.pairs), solution.seats),
        "room": _marked(len(problem.rooms.idx), solution.rooms),
        "teacher": _marked(len(problem.instructors.idx), solution.instructors),
    }
    rows = [*separator.broken(columns, used), *_too_near(problem, columns), *_long_duty(problem, solution.seats)]
    taken = frozenset(solution.seats.tolist())
    counted: list[CountedRow] = []
    covers: list[tuple[int, Cover]] = []
    by_crew = program.line_time.new_rows(columns)
    for crew, found in program.line_time.crews.items():
        units, costly = cost_of(problem, found, taken)
        if units / program.unit > solution.lost[crew] + TINY:
            counted.extend(by_crew.get(crew, ()))
            if crew not in by_crew:
                covers.extend((crew, cover) for cover in costly if cover not in found.stated)
    return Faults(rows, counted, covers)


def cohorts_of(problem: Problem, solution: Solution) -> list[Column]:
    """Return a solution's cohorts; people of several copies of a candidate are listed with the first."""
    rooms, teachers, seats = (
        _by_owner(owner, entries)
        for owner, entries in (
            (_owner(problem.rooms.ptr, solution.rooms), solution.rooms),
            (_owner(problem.instructors.ptr, solution.instructors), solution.instructors),
            (problem.pairs.candidate[solution.seats], solution.seats),
        )
    )
    nobody = np.zeros(0, dtype=np.int64)
    return [
        Column(candidate, room, teacher, np.array(seats[candidate], dtype=np.int64) if not k else nobody)
        for candidate in sorted(rooms)
        for k, (room, teacher) in enumerate(zip(rooms[candidate], teachers[candidate], strict=True))
    ]


def _marked(size: int, entries: Ints) -> NDArray[np.float64]:
    marked = np.zeros(size)
    marked[entries] = 1.0
    return marked


def _long_duty(problem: Problem, seats: Ints) -> Iterator[CutRow]:
    """Yield rows ``duty``: not all seats of a set whose meetings make a stretch too long together."""
    by_person: dict[int, dict[int, int]] = {}
    for row in seats.tolist():
        person = problem.demand.needs[problem.pairs.need[row]].person_idx
        by_person.setdefault(person, {})[int(problem.pairs.candidate[row])] = row
    for person, rows in by_person.items():
        for fault in duty_faults(problem, person, list(rows)) if len(rows) > 2 else ():
            entries = np.array(sorted(rows[candidate] for candidate in fault), dtype=np.int64)
            yield CutRow("pair", entries, np.ones(len(entries)), len(entries) - 1.0)


def _owner(ptr: Ints, entries: Ints) -> Ints:
    return np.searchsorted(ptr, entries, side="right") - 1


def _by_owner(owner: Ints, entries: Ints) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for candidate, entry in zip(owner.tolist(), entries.tolist(), strict=True):
        found.setdefault(candidate, []).append(entry)
    return found


def _too_near(problem: Problem, columns: list[Column]) -> Iterator[CutRow]:
    """Yield rows ``instructor``: not two consecutive meetings nearer than the way between their sites.

    Whoever could meet between them makes them not consecutive, and so stands on the other side.
    """
    servers, found = problem.instructors, problem.candidates
    slots = found.slots
    by_teacher: dict[int, list[tuple[int, int, int, int]]] = {}
    for column in columns:
        idx = found.slots_of(column.candidate)
        meetings = np.stack([slots.start[idx], slots.end[idx], slots.site[idx]], axis=1).tolist()
        mine = by_teacher.setdefault(int(servers.idx[column.teacher]), [])
        mine.extend((start, end, site, column.teacher) for start, end, site in meetings)
    seen: set[tuple[int, int]] = set()
    for teacher, mine in by_teacher.items():
        for one, two in itertools.pairwise(sorted(mine)):
            near = one[1] <= two[0] < one[1] + int(problem.between[one[2], two[2]])
            if near and (one[3], two[3]) not in seen:
                seen.add((one[3], two[3]))
                middle = _between(problem, teacher, one[1], two[0])
                entries = np.unique(np.concatenate(([one[3], two[3]], middle)))
                signs = np.where(np.isin(entries, [one[3], two[3]]), 1.0, -1.0)
                yield CutRow("teacher", entries, signs, 1.0)


def _between(problem: Problem, teacher: int, after: int, until: int) -> Ints:
    """Return the entries of an instructor's candidates with a meeting within some minutes."""
    found, servers = problem.candidates, problem.instructors
    inside = (found.slots.start >= after) & (found.slots.end <= until)
    before = np.concatenate(([0], np.cumsum(inside[found.slot_idx])))
    meets = before[found.slot_ptr[1:]] > before[found.slot_ptr[:-1]]
    mine = np.flatnonzero(servers.idx == teacher)
    return mine[meets[_owner(servers.ptr, mine)]]
