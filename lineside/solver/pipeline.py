"""The search pipeline: construct, bound, restricted model, neighbourhoods, and a proof where one is in reach.

Every stage may be cut short: the incumbent and the bound are kept as they are found.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.bound import ColumnGeneration, Relaxation
from lineside.solver.construct import Constructor
from lineside.solver.cuts import Separator
from lineside.solver.floor import trivial_floor
from lineside.solver.model.build import Limits
from lineside.solver.problem import Problem
from lineside.solver.search import Incumbent, keeps_pins, search_neighbourhoods, solve_restricted
from lineside.solver.seating import Seating

Ints = NDArray[np.int64]
Tell = Callable[[str, float | None, float | None], None]

SMALL_PAIRS = 1_500
"""Pairs up to which the whole model is solved at once."""
WHOLE_PAIRS = 30_000
"""Pairs up to which the whole model is worth a share of the time."""
BOUND_SHARE = 0.3
"""Share of the time for the bound, if it does not converge before."""
CLOSE = 3e-4
"""Gap of the master at which rows are added."""


@dataclass(frozen=True)
class Outcome:
    """The best seating, objective and bound in line-minutes, and what is proven."""

    seating: Seating | None
    objective: float
    bound: float
    status: str


class Pipeline:
    """One solve of one problem.

    Parameters
    ----------
    problem
        The prepared problem.
    seconds, workers, seed
        Limits of the search.
    began
        Moment of :func:`time.monotonic` from which seconds count.
    tell
        Called with stage, objective and bound.
    stop
        Set to end early.
    """

    def __init__(
        self,
        problem: Problem,
        seconds: float,
        workers: int,
        seed: int,
        began: float,
        tell: Tell,
        stop: threading.Event,
    ) -> None:
        self.problem, self._workers, self._seed, self._stop = problem, workers, seed, stop
        self._until = began + seconds
        self._tell_out = tell
        self._stage = "preparing"
        self.incumbent = Incumbent(problem, lambda _seating, _units: self._tell())
        self._floor = trivial_floor(problem)
        self._relaxation: Relaxation | None = None
        self._infeasible = False

    @property
    def _open_ended(self) -> bool:
        """Whether plans outside the candidates are allowed, so that nothing but the trivial bound holds."""
        return self.problem.scenario.patterns is None

    def _tell(self, stage: str | None = None) -> None:
        self._stage = stage or self._stage
        has_plan = self.incumbent.seating is not None
        scale = self.problem.money
        objective = scale.line_minutes(self.incumbent.units) if has_plan else None
        self._tell_out(self._stage, objective, scale.line_minutes(self._floor))

    def _raise_floor(self, units: float) -> None:
        """Take a lower bound over all candidates; with derived patterns it does not hold for all plans."""
        if not self._open_ended:
            self._floor = max(self._floor, units - self.problem.rounding_slack)

    @property
    def _left(self) -> float:
        return self._until - time.monotonic()

    def _over(self) -> bool:
        return self._stop.is_set() or self._left <= 0 or self._infeasible or self._proven()

    def _proven(self) -> bool:
        """Whether no allowed plan is better than the incumbent, to the thousandth."""
        best = self.incumbent
        return best.seating is not None and best.units - self._floor < self.problem.money.scale / 2000

    def run(self) -> Outcome:
        """Search until the time is up, it is asked to stop, or the incumbent is proven optimal."""
        self._construct(None)
        if self._num_pairs <= SMALL_PAIRS or self.incumbent.seating is None:
            self._solve_whole(self._left)
        if not self._over():
            self._bound()
            self._construct(self._relaxation)
            self._restricted()
        while not self._over():
            self._neighbourhoods(0.5 * self._left if self._num_pairs <= WHOLE_PAIRS else self._left)
            if self._num_pairs <= WHOLE_PAIRS and not self._over():
                self._solve_whole(max(10.0, 0.5 * self._left))
        return self._outcome()

    @property
    def _num_pairs(self) -> int:
        return len(self.problem.viable_pairs)

    def _outcome(self) -> Outcome:
        best, money = self.incumbent, self.problem.money
        if best.seating is None:
            return Outcome(None, 0.0, 0.0, "infeasible" if self._infeasible else "unknown")
        status = "optimal" if self._proven() else "feasible"
        return Outcome(best.seating, money.line_minutes(best.units), money.line_minutes(self._floor), status)

    def _construct(self, relaxation: Relaxation | None) -> None:
        """Build full plans, plainly and by the relaxation's columns, and keep the best."""
        self._tell("building a first plan" if relaxation is None else "building plans from the bound")
        tries = 1 if relaxation is None else 6
        for k in range(tries):
            if self._over():
                return
            constructor = Constructor(self.problem, self.incumbent.conflicts)
            if relaxation is not None:
                shuffle = np.random.default_rng(self._seed + k) if k else None
                constructor.open_columns(relaxation, 0.05 if k % 2 else 0.3, shuffle)
            seating = constructor.run(self._stop)
            if keeps_pins(self.problem, seating):
                self.incumbent.offer(seating)

    def _bound(self) -> None:
        """Raise the bound by column generation until it converges or its share of the time is up."""
        self._tell("proving a bound")
        master = ColumnGeneration(self.problem, self.problem.viable_pairs)
        separator = Separator(master)
        until = time.monotonic() + BOUND_SHARE * self._left
        while time.monotonic() < until and not self._over():
            objective = master.round()
            self._raise_floor(master.best * master.unit + self.problem.constant)
            self._tell()
            if master.converged or objective - master.best < CLOSE * abs(objective):
                added = separator.add_violated()
                if master.converged and not added:
                    break
                master.converged = master.converged and not added
        self._relaxation = master.relaxation()

    def _restricted(self) -> None:
        """Solve the exact model over the candidates that the relaxation and the incumbent use."""
        if self._over() or self._relaxation is None or self._num_pairs > WHOLE_PAIRS:
            return
        self._tell("choosing among the bound's cohorts")
        used = {c.candidate for c, w in zip(self._relaxation.columns, self._relaxation.weights, strict=False) if w > 1e-6}
        if self.incumbent.seating is not None:
            used |= {cohort.candidate for cohort in self.incumbent.seating.cohorts}
        pairs = self.problem.viable_pairs
        chosen = pairs[np.isin(self.problem.pairs.candidate[pairs], sorted(used))]
        solve_restricted(self.incumbent, chosen, self._limits(0.15 * self._left), self._stop)

    def _solve_whole(self, seconds: float) -> None:
        """Solve the exact model over every pair; its bound counts."""
        self._tell("solving the whole model")
        answer = solve_restricted(self.incumbent, self.problem.viable_pairs, self._limits(seconds), self._stop)
        if answer.status == "infeasible":
            self._infeasible = not self._open_ended
        else:
            self._raise_floor(answer.bound)
        self._tell()

    def _neighbourhoods(self, seconds: float) -> None:
        self._tell("improving the plan")
        until = time.monotonic() + seconds
        search_neighbourhoods(
            self.incumbent, self._relaxation, until, self._limits(seconds), self._stop, self._tell
        )

    def _limits(self, seconds: float) -> Limits:
        return Limits(max(0.1, seconds), self._workers, self._seed)
