"""Pairs that can be in no allowed plan, found by three arguments in turn until none finds more.

1. *Size*: a candidate that fewer than ``seats_min`` people could be in is never opened.
2. *Order*: a module waits for an earlier one; a candidate that begins no later than the earliest end
   of any cohort that could give the earlier module is out of reach.
3. *Party*: members who need a module in any case are in one cohort for it, so a candidate that one
   of them could not be in is nothing to the others.

Each removal can make the next argument stronger: proofs are in ``FORMULATION.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from lineside.solver.problem import Problem

Ints = NDArray[np.int64]
NEVER = np.iinfo(np.int64).max


def viable_pairs(problem: Problem) -> Ints:
    """Return the rows of the pairs that no argument removes, in order."""
    pruner = _Pruner(problem)
    rows = np.arange(len(problem.pairs))
    while True:
        before = len(rows)
        rows = rows[pruner.large_enough(rows)]
        rows = rows[pruner.in_time(rows)]
        rows = rows[pruner.suits_party(rows)]
        if len(rows) == before:
            return rows


class _Pruner:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        found, pairs = problem.candidates, problem.pairs
        least = np.array([row.seats_min for row in problem.scenario.modules], dtype=np.int64)
        self._least = least[found.module]
        self._starts = found.begins[pairs.candidate] if len(found) else pairs.candidate
        self._ends = found.ends[pairs.candidate] if len(found) else pairs.candidate
        self._parties = party_needs(problem)

    def large_enough(self, rows: Ints) -> NDArray[np.bool_]:
        candidate = self.problem.pairs.candidate[rows]
        sizes = np.bincount(candidate, minlength=len(self._least))
        enough: NDArray[np.bool_] = (sizes >= self._least)[candidate]
        return enough

    def in_time(self, rows: Ints) -> NDArray[np.bool_]:
        need = self.problem.pairs.need[rows]
        earliest_end = np.full(len(self.problem.demand.needs), NEVER, dtype=np.int64)
        np.minimum.at(earliest_end, need, self._ends[rows])
        reached = np.full(len(earliest_end), -1, dtype=np.int64)
        for row in self.problem.demand.earlier:
            if not row.options:
                end = earliest_end[row.need_before] if row.need_before >= 0 else NEVER
                end = end if row.frozen_last is None else min(end, row.frozen_last)
                reached[row.need_idx] = max(reached[row.need_idx], end)
        later: NDArray[np.bool_] = self._starts[rows] > reached[need]
        return later

    def suits_party(self, rows: Ints) -> NDArray[np.bool_]:
        keep = np.ones(len(rows), dtype=bool)
        if not self._parties:
            return keep
        need, candidate = self.problem.pairs.need[rows], self.problem.pairs.candidate[rows]
        order = np.argsort(need, kind="stable")
        ptr = np.searchsorted(need[order], np.arange(len(self.problem.demand.needs) + 1))
        for members in self._parties:
            parts = [order[ptr[idx] : ptr[idx + 1]] for idx in members]
            shared = set(candidate[parts[0]].tolist())
            for part in parts[1:]:
                shared &= set(candidate[part].tolist())
            common = np.array(sorted(shared), dtype=np.int64)
            for part in parts:
                keep[part] = np.isin(candidate[part], common)
        return keep


def party_needs(problem: Problem) -> list[list[int]]:
    """Return the needs of one party and module that its members have whatever is chosen, where there are several."""
    groups: dict[tuple[str, int], list[int]] = {}
    for idx, row in enumerate(problem.demand.needs):
        party = problem.scenario.apprentices[row.person_idx].party
        if party is not None and not row.options:
            groups.setdefault((party, row.module_idx), []).append(idx)
    return [members for members in groups.values() if len(members) > 1]
