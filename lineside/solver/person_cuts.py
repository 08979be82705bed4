"""Rows that the relaxation is missing about people: seats that exclude each other, weeks, order and parties."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lineside.solver.columns import CutRow
from lineside.solver.conflicts import Conflicts
from lineside.solver.exclusions import Exclusions, extended, heaviest_cliques
from lineside.solver.problem import Problem
from lineside.solver.prune import party_needs

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
VIOLATION = 0.02
"""By how much a row must be broken to be worth adding."""
PER_PERSON = 4
"""Most sets of seats that exclude each other, a person and round."""


class PersonSeparator:
    """Finds rows about people that a relaxed solution breaks; each is found once.

    Parameters
    ----------
    problem
        The prepared problem.
    rows
        Pair rows that exclusions and weekly caps are looked for in: all that may be seats, or a part of them.
    conflicts
        Shared memory of conflicts.
    """

    def __init__(self, problem: Problem, rows: Ints, conflicts: Conflicts) -> None:
        self.problem, self._rows = problem, np.sort(rows)
        self._exclusions = Exclusions(problem, rows, conflicts)
        self._person_of = np.array([need.person_idx for need in problem.demand.needs], dtype=np.int64)
        self._known: set[tuple[object, ...]] = set()
        self._others: dict[int, list[int]] = {}
        for members in party_needs(problem):
            for need in members:
                self._others[need] = [other for other in members if other != need]

    def rows(self, used: Floats) -> Iterable[CutRow]:
        """Yield rows that a solution breaks, given how much it uses of every pair row."""
        seats = np.flatnonzero(used > 1e-6)
        known = seats[np.isin(seats, self._rows, assume_unique=True)]
        person = self._person_of[self.problem.pairs.need[known]]
        for who in np.unique(person).tolist():
            mine = known[person == who]
            if used[mine].sum() > 1 + VIOLATION:
                yield from self._exclusive(who, mine, used)
                yield from self._weeks(who, mine, used)
        yield from self._order(seats, used)
        yield from self._parties(seats, used)

    def _fresh(self, *key: object) -> bool:
        fresh = key not in self._known
        self._known.add(key)
        return fresh

    def _exclusive(self, person: int, seats: Ints, used: Floats) -> Iterable[CutRow]:
        """Yield rows ``at most one of these seats``, each two of which exclude each other."""
        excluded, rows = self._exclusions.of(person), self._exclusions.rows_of(person)
        at = np.searchsorted(rows, seats)
        for clique in heaviest_cliques(excluded[np.ix_(at, at)], used[seats], 1 + VIOLATION)[:PER_PERSON]:
            members = extended(excluded, at[clique])
            if self._fresh("exclusive", person, members.tobytes()):
                yield CutRow("pair", rows[members], np.ones(len(members)), 1.0)

    def _weeks(self, person: int, seats: Ints, used: Floats) -> Iterable[CutRow]:
        """Yield rows of ``modules-at-once``, ``class-week`` and ``work-week``."""
        rows = self._exclusions.rows_of(person)
        inverse, table = self._exclusions.weeks(person)
        at = inverse[np.searchsorted(rows, seats)]
        caps = (
            ("modules", (table.minutes > 0).astype(np.int64), table.cohorts_left),
            ("minutes", table.minutes, table.minutes_left),
            ("outside", table.outside, table.outside_left),
        )
        for name, load, left in caps:
            total = used[seats] @ load[at]
            for week in np.flatnonzero(total > left + VIOLATION * np.maximum(left, 1)).tolist():
                if self._fresh(name, person, week):
                    keep = load[inverse, week] > 0
                    limit = float(left[week])
                    amount = load[inverse[keep], week] / max(1.0, limit)
                    yield CutRow("pair", rows[keep], amount, 1.0 if limit else 0.0)

    def _order(self, seats: Ints, used: Floats) -> Iterable[CutRow]:
        """Yield rows of ``order``: what has begun by a date is at most what the earlier module has ended before."""
        found, pairs = self.problem.candidates, self.problem.pairs
        first, last = found.begins[pairs.candidate[seats]], found.ends[pairs.candidate[seats]]
        taken: dict[int, list[int]] = {}
        for position, need in enumerate(pairs.need[seats].tolist()):
            taken.setdefault(need, []).append(position)
        for number, row in enumerate(self.problem.demand.earlier):
            later = np.array(taken.get(row.need_idx, ()), dtype=np.int64)
            before = np.array(taken.get(row.need_before, ()), dtype=np.int64)
            for date in np.unique(first[later]).tolist() if not row.options else ():
                begun = used[seats[later[first[later] <= date]]].sum()
                done = used[seats[before[last[before] < date]]].sum()
                excused = row.frozen_last is not None and row.frozen_last < date
                if begun > done + VIOLATION and not excused and self._fresh("order", number, date):
                    yield self._order_row(row.need_idx, row.need_before, date)

    def _order_row(self, need: int, before: int, date: int) -> CutRow:
        rows, ptr = self.problem.pairs_by_need
        rows = np.sort(np.concatenate([rows[ptr[k] : ptr[k + 1]] for k in (need, before)]))
        of_need, candidate = self.problem.pairs.need[rows], self.problem.pairs.candidate[rows]
        found = self.problem.candidates
        begun = (of_need == need) & (found.begins[candidate] <= date)
        done = (of_need == before) & (found.ends[candidate] < date)
        keep = begun | done
        return CutRow("pair", rows[keep], np.where(begun[keep], 1.0, -1.0), 0.0)

    def _parties(self, seats: Ints, used: Floats) -> Iterable[CutRow]:
        """Yield rows of ``party``: a member's seat in a candidate is at most another member's there."""
        pairs = self.problem.pairs
        for row, need, candidate in zip(
            seats.tolist(), pairs.need[seats].tolist(), pairs.candidate[seats].tolist(), strict=True
        ):
            for other in self._others.get(need, ()):
                partner = pairs.row(other, candidate)
                if used[row] > used[partner] + VIOLATION and self._fresh("party", row, partner):
                    entries = np.array(sorted((row, partner)), dtype=np.int64)
                    yield CutRow("pair", entries, np.where(entries == row, 1.0, -1.0), 0.0)
