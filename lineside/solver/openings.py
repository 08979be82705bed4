"""How many cohorts a plan can have at most, and what it pays at least where cohorts are worth more than they cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lineside.solver.pricing import Priced
from lineside.solver.problem import Problem

Ints = NDArray[np.int64]


class Openings:
    """The most cohorts of each module that any plan over some pairs can have: as many as its people can fill.

    Parameters
    ----------
    problem
        The prepared problem.
    pairs
        Pair rows that may be used.
    by_candidate
        Whether each candidate's cohorts are counted too: it has no more than it has rooms.
    """

    def __init__(self, problem: Problem, pairs: Ints, by_candidate: bool) -> None:
        modules = problem.scenario.modules
        least = np.array([row.seats_min for row in modules], dtype=np.int64)
        module_of = np.array([need.module_idx for need in problem.demand.needs], dtype=np.int64)
        people = np.bincount(module_of[np.unique(problem.pairs.need[pairs])], minlength=len(modules))
        self._module = problem.candidates.module
        self.of_modules: Ints = people // least
        self.of_candidates: Ints | None = None
        if by_candidate:
            seats = np.bincount(problem.pairs.candidate[pairs], minlength=len(self._module))
            self.of_candidates = np.minimum(np.diff(problem.rooms.ptr), seats // least[self._module])

    def charged(self, priced: Priced) -> float:
        """Return what any plan's cohorts cost at least, given the best cohort of each candidate; 0 at most."""
        module = self._module[priced.candidate]
        best = np.zeros(len(self.of_modules))
        np.minimum.at(best, module, priced.reduced_cost)
        charged = best * self.of_modules
        if self.of_candidates is not None:
            each = np.minimum(priced.reduced_cost, 0.0) * self.of_candidates[priced.candidate]
            charged = np.maximum(charged, np.bincount(module, each, len(best)))
        return float(charged.sum())
