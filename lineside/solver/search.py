"""The search: an incumbent that only gets better, by exact steps in neighbourhoods of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from lineside.solver.bound import Relaxation
from lineside.solver.conflicts import Conflicts
from lineside.solver.model.build import Answer, Limits, solve_scope
from lineside.solver.model.scope import Scope
from lineside.solver.neighbourhoods import NeighbourhoodFinder
from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger, Seating

STEP_WORK = 1.5
"""Deterministic time of one step: enough to prove most of them."""
SMALLEST, LARGEST = 8, 60


@dataclass
class Incumbent:
    """The best seating so far, shared by everything that searches.

    Parameters
    ----------
    problem
        The prepared problem.
    on_better
        Called with each better seating and its units.
    """

    problem: Problem
    on_better: Callable[[Seating, int], None] | None = None
    seating: Seating | None = None
    units: int = 0
    conflicts: Conflicts = field(init=False)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.conflicts, self.ledger = Conflicts(self.problem), Ledger(self.problem)

    def offer(self, seating: Seating) -> bool:
        """Take a seating if it is better than the best so far; return whether it was.

        The caller vouches that it keeps every rule; only the price is worked out here.
        """
        units = self.ledger.objective(seating)
        if self.seating is not None and units >= self.units:
            return False
        self.seating, self.units = seating, units
        if self.on_better is not None:
            self.on_better(seating, units)
        return True


def keeps_pins(problem: Problem, seating: Seating) -> bool:
    """Return whether every pinned need has a seat."""
    seated = seating.candidate_of()
    people, modules = problem.scenario.apprentices, problem.scenario.modules
    return all(
        k in seated
        for k, need in enumerate(problem.demand.needs)
        if (people[need.person_idx].apprentice, modules[need.module_idx].module) in problem.facts.pinned
    )


def solve_restricted(
    incumbent: Incumbent, pairs: np.ndarray[tuple[int], np.dtype[np.int64]], limits: Limits, stop: threading.Event
) -> Answer:
    """Solve the exact model of everybody over some pairs; offer every seating on the way."""
    problem = incumbent.problem
    base = incumbent.seating or Seating((), tuple(choice[0] for choice in problem.demand.choices))
    everybody = frozenset(range(len(problem.scenario.apprentices)))
    scope = Scope(problem, everybody, pairs, base, incumbent.conflicts, incumbent.ledger)
    answer = solve_scope(scope, limits, hint=incumbent.seating, stop=stop)
    if answer.seating is not None:
        incumbent.offer(answer.seating)
    return answer


def search_neighbourhoods(
    incumbent: Incumbent,
    relaxation: Relaxation | None,
    until: float,
    limits: Limits,
    stop: threading.Event,
    tick: Callable[[], None],
) -> None:
    """Improve the incumbent until a moment, or until asked to stop.

    Parameters
    ----------
    incumbent
        The best seating so far; there must be one.
    relaxation
        Prices of the bound, if known.
    until
        Moment of :func:`time.monotonic` to end at.
    limits
        Workers and seed; the time of each step is set here.
    stop
        Set to end.
    tick
        Called after each step.

    Notes
    -----
    The size adapts: a step that is proven quickly was too small, one that is not was too large.
    """
    problem = incumbent.problem
    finder = NeighbourhoodFinder(problem, relaxation, limits.seed)
    size = 16.0
    step = 0
    while time.monotonic() < until and not stop.is_set() and incumbent.seating is not None:
        step += 1
        around = finder.draw(incumbent.seating, round(size))
        scope = Scope(problem, around.people, around.pairs, incumbent.seating, incumbent.conflicts, incumbent.ledger)
        seconds = min(4.0, until - time.monotonic())
        answer = solve_scope(
            scope,
            Limits(seconds, limits.workers, limits.seed + step, deterministic=STEP_WORK),
            hint=incumbent.seating,
            stop=stop,
        )
        if answer.seating is not None:
            incumbent.offer(answer.seating)
        grow = 1.03 if answer.status == "optimal" else 0.93
        size = min(max(size * grow, SMALLEST), LARGEST)
        tick()
