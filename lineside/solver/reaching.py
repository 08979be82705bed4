"""Reaching limits: a seating beyond some is improved in those measures alone, one after the other."""

from __future__ import annotations

import copy

from lineside.solver.ascent import Ascent
from lineside.solver.budget import Budget
from lineside.solver.limits import Limit
from lineside.solver.problem import Problem
from lineside.solver.search import Incumbent, NeighbourhoodSearch
from lineside.solver.seating import Seating

GUIDE_SHARE = 0.05
"""Share of what is left for the prices that guide the search."""
SEARCH_SHARE = 0.5
"""Share of what is left for each measure."""
ROUND_WORK = 1e-7
"""Work of a round of prices, in deterministic seconds a pair."""


def reach(problem: Problem, seating: Seating, budget: Budget, workers: int, seed: int) -> Seating | None:
    """Return a seating within all limits, or None if none was found.

    Parameters
    ----------
    problem
        The prepared problem with its limits.
    seating
        A seating that keeps the rules and is beyond some limits.
    budget
        What may be used.
    workers, seed
        Threads and seed of the search.
    """
    for limit in problem.limits:
        if limit.excess(seating):
            found = _lowered(problem, limit, seating, budget, workers, seed)
            if found is None:
                return None
            seating = found
    return seating


def _lowered(
    problem: Problem, limit: Limit, seating: Seating, budget: Budget, workers: int, seed: int
) -> Seating | None:
    """Return a seating within a limit that keeps those that this one keeps."""
    twin = copy.copy(limit.problem)
    twin.limits = tuple(other for other in problem.limits if not other.excess(seating))
    incumbent = Incumbent(twin)
    incumbent.offer(seating)
    ascent = Ascent(twin)
    allowance = budget.share(GUIDE_SHARE)

    def goes_on() -> bool:
        budget.spend(ROUND_WORK * len(twin.viable_pairs))
        return budget.allows(allowance)

    def is_reached() -> bool:
        return incumbent.seating is not None and limit.excess(incumbent.seating) == 0

    ascent.run(goes_on, lambda _: None)
    relaxation = ascent.relaxation()
    search = NeighbourhoodSearch(incumbent, lambda: relaxation, budget, seed)
    search.run(budget.share(SEARCH_SHARE), workers, lambda: None, is_reached)
    return incumbent.seating if is_reached() else None
