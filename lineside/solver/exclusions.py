"""Which seats of one person exclude each other, as a matrix over the person's pairs.

Two seats exclude each other if no allowed plan has both: they are for the same need, break ``clash``
or ``duty`` together, exceed a weekly cap or take the last free day together, or come in the wrong order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.conflicts import Conflicts
from lineside.solver.problem import Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
PART = 0.8
"""Share of all pairs below which conflicts are found for the rows at hand alone."""


@dataclass(frozen=True)
class WeekTable:
    """What a person's candidates take of each week, and what is left of it beside frozen seats.

    Parameters
    ----------
    minutes, outside
        Meeting minutes, and those outside shifts; shape (candidates, weeks).
    free_dates
        Dates without a shift on which they meet, as bits; shape (candidates, weeks).
    cohorts_left, minutes_left, outside_left
        What new seats may take of each cap, 0 at least.
    dates_left
        Dates without a shift or a frozen meeting, as bits; 0 where ``day-off`` asks for nothing.
    """

    minutes: Ints
    outside: Ints
    free_dates: Ints
    cohorts_left: Ints
    minutes_left: Ints
    outside_left: Ints
    dates_left: Ints

    def apart(self, week: int) -> tuple[Ints, Flags]:
        """Return the candidates that meet in a week, and which two of them the week cannot hold."""
        here = np.flatnonzero(self.minutes[:, week])
        minutes, outside, dates = self.minutes[here, week], self.outside[here, week], self.free_dates[here, week]
        apart = minutes[:, None] + minutes[None, :] > self.minutes_left[week]
        both_outside = (outside[:, None] > 0) & (outside[None, :] > 0)
        apart |= both_outside & (outside[:, None] + outside[None, :] > self.outside_left[week])
        if self.cohorts_left[week] < 2:
            apart[:] = True
        left = self.dates_left[week]
        if left:
            apart |= ((dates[:, None] | dates[None, :]) & left) == left
        return here, apart


def week_table(problem: Problem, person: int, candidates: Ints) -> WeekTable:
    """Return what candidates take of a person's weeks, counted from the first week of the crew's timeline."""
    found, rules = problem.candidates, problem.settings.rules
    timeline = problem.persona(person).timeline
    first_week, shape = timeline.first_week, (len(candidates), len(timeline.worked_by_week))
    idx = np.concatenate([np.zeros(0, dtype=np.int64), *(found.slots_of(c) for c in candidates.tolist())])
    owner = np.repeat(np.arange(len(candidates)), found.slot_ptr[candidates + 1] - found.slot_ptr[candidates])
    start, end, day = found.slots.start[idx], found.slots.end[idx], found.slots.ordinal[idx]
    at = (owner, found.slots.week[idx] - first_week)
    minutes, outside, dates = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    np.add.at(minutes, at, end - start)
    np.add.at(outside, at, end - start - timeline.shifts.minutes_within(start, end))
    np.bitwise_or.at(dates, at, np.where(timeline.works_on(day), 0, 1 << ((day - 1) % 7)))
    left = np.tile(
        np.array([[rules.modules_at_once], [rules.class_minutes_per_week], [rules.week_minutes]], dtype=np.int64),
        (1, shape[1]),
    )
    left[2] -= timeline.worked_by_week
    days = (np.arange(shape[1])[:, None] + first_week) * 7 + 1 + np.arange(7)[None, :]
    known = (days >= timeline.first_ordinal) & (days < timeline.first_ordinal + len(timeline.has_shift))
    works = ~known
    works[known] = timeline.works_on(days[known])
    free = (np.where(works, 0, 1) << np.arange(7)).sum(axis=1)
    for number in problem.frozen_of.get(person, ()):
        spans = np.array(problem.facts.frozen[number].spans, dtype=np.int64).reshape(-1, 2)
        week = (spans[:, 0] // 1440 - 1) // 7 - first_week
        length = spans[:, 1] - spans[:, 0]
        left[0, np.unique(week)] -= 1
        np.subtract.at(left[1], week, length)
        np.subtract.at(left[2], week, length - timeline.shifts.minutes_within(spans[:, 0], spans[:, 1]))
        np.bitwise_and.at(free, week, ~(1 << ((spans[:, 0] // 1440 - 1) % 7)))
    left = np.maximum(left, 0)
    return WeekTable(minutes, outside, dates, left[0], left[1], left[2], free if rules.keep_day_off else free * 0)


class Exclusions:
    """Works out and remembers which seats of a person exclude each other.

    Parameters
    ----------
    problem
        The prepared problem.
    rows
        Pair rows that may be seats.
    conflicts
        Shared memory of conflicts. Where the rows are a part of a large problem's, it is not filled: a little is
        found again more quickly than everything is once.
    """

    def __init__(self, problem: Problem, rows: Ints, conflicts: Conflicts) -> None:
        self.problem, self._conflicts = problem, conflicts
        self._in_part = len(rows) < PART * len(problem.viable_pairs)
        rows = np.sort(rows)
        person = np.array([need.person_idx for need in problem.demand.needs], dtype=np.int64)[problem.pairs.need[rows]]
        order = np.argsort(person, kind="stable")
        self._rows = rows[order]
        self._ptr = np.searchsorted(person[order], np.arange(len(problem.scenario.apprentices) + 1))
        self._found: dict[int, Flags] = {}
        self._tables: dict[int, tuple[Ints, WeekTable]] = {}
        self._waits: dict[int, list[int]] = {}
        for row in problem.demand.earlier:
            if row.need_before >= 0 and row.frozen_last is None:
                self._waits.setdefault(row.need_idx, []).append(row.need_before)

    def rows_of(self, person: int) -> Ints:
        """Return the pair rows of a person, sorted."""
        return self._rows[self._ptr[person] : self._ptr[person + 1]]

    def weeks(self, person: int) -> tuple[Ints, WeekTable]:
        """Return for each of a person's pair rows its row in the table of weeks, and the table."""
        if person not in self._tables:
            candidates, inverse = np.unique(self.problem.pairs.candidate[self.rows_of(person)], return_inverse=True)
            self._tables[person] = (inverse, week_table(self.problem, person, candidates))
        return self._tables[person]

    def of(self, person: int) -> Flags:
        """Return whether each two of a person's pair rows exclude each other: symmetric, the diagonal false."""
        if person not in self._found:
            self._found[person] = self._matrix(person)
        return self._found[person]

    def _matrix(self, person: int) -> Flags:
        need = self.problem.pairs.need[self.rows_of(person)]
        candidates = np.unique(self.problem.pairs.candidate[self.rows_of(person)])
        inverse, table = self.weeks(person)
        persona = self.problem.persona(person)
        if self._in_part:
            apart = self._conflicts.between(persona, candidates, candidates)
        else:
            apart = self._conflicts.matrix(persona, candidates)
        for week in np.flatnonzero(table.minutes.any(axis=0)).tolist():
            here, together = table.apart(week)
            apart[np.ix_(here, here)] |= together
        excluded: Flags = apart[inverse[:, None], inverse[None, :]] | (need[:, None] == need[None, :])
        excluded |= self._out_of_order(person)
        np.fill_diagonal(excluded, False)
        return excluded

    def _out_of_order(self, person: int) -> Flags:
        """Return which seats break ``order`` together: the later module begins no later than the earlier one ends."""
        pairs, found = self.problem.pairs, self.problem.candidates
        rows = self.rows_of(person)
        need, candidate = pairs.need[rows], pairs.candidate[rows]
        first, last = found.begins[candidate], found.ends[candidate]
        late = np.zeros((len(rows), len(rows)), dtype=bool)
        for after in np.unique(need).tolist():
            for before in self._waits.get(after, ()):
                late |= (need == after)[:, None] & (need == before)[None, :] & (first[:, None] <= last[None, :])
        return late | late.T


def heaviest_cliques(excluded: Flags, weight: Floats, least: float) -> list[list[int]]:
    """Return maximal sets of seats that all exclude each other and weigh more than a least, heaviest first.

    Notes
    -----
    Bron and Kerbosch's enumeration with pivots, cut off where what is left cannot weigh enough.

    Examples
    --------
    >>> excluded = np.array([[0, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 1], [0, 0, 1, 0]], dtype=bool)
    >>> heaviest_cliques(excluded, np.array([0.5, 0.5, 0.5, 0.5]), 1.0)
    [[0, 1, 2]]
    """
    neighbours = [frozenset(np.flatnonzero(row).tolist()) for row in excluded]
    weights = weight.tolist()
    found: list[tuple[float, list[int]]] = []

    def grow(clique: list[int], total: float, open_: frozenset[int], closed: frozenset[int]) -> None:
        if total + sum(weights[k] for k in open_) <= least:
            return
        if not open_ and not closed:
            found.append((total, sorted(clique)))
            return
        pivot = max(sorted(open_ | closed), key=lambda k: len(neighbours[k] & open_))
        for k in sorted(open_ - neighbours[pivot]):
            grow([*clique, k], total + weights[k], open_ & neighbours[k], closed & neighbours[k])
            open_, closed = open_ - {k}, closed | {k}

    grow([], 0.0, frozenset(range(len(weights))), frozenset())
    found.sort(key=lambda item: (-item[0], item[1]))
    return [clique for _, clique in found]


def extended(excluded: Flags, clique: Ints) -> Ints:
    """Return a clique with more members that exclude all others, the most excluding first; sorted."""
    members = clique.tolist()
    possible = np.all(excluded[clique], axis=0)
    others = np.flatnonzero(possible)
    degree = excluded[np.ix_(others, others)].sum(axis=1)
    for k in others[np.argsort(-degree, kind="stable")].tolist():
        if possible[k]:
            members.append(k)
            possible &= excluded[k]
    return np.array(sorted(members), dtype=np.int64)


def nearest(problem: Problem, rows: Ints, value: Floats, most: int) -> Ints:
    """Return the pair rows of least value of each person, sorted.

    Parameters
    ----------
    problem
        The prepared problem.
    rows, value
        Pair rows, and the value of each.
    most
        Most rows of a person.
    """
    person = np.array([need.person_idx for need in problem.demand.needs], dtype=np.int64)[problem.pairs.need[rows]]
    order = np.lexsort((value, person))
    first = np.searchsorted(person[order], person[order])
    kept: Ints = np.sort(rows[order[np.arange(len(order)) - first < most]])
    return kept
