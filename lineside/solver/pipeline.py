"""The search pipeline: construct, bound, restricted model, neighbourhoods, and a proof where one is in reach.

Every stage may be cut short: the incumbent and the bound are kept as they are found.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from lineside.solver.bound import ColumnGeneration
from lineside.solver.budget import Budget
from lineside.solver.columns import Relaxation
from lineside.solver.construct import Constructor
from lineside.solver.cuts import Separator
from lineside.solver.floor import trivial_floor
from lineside.solver.model.build import Limits
from lineside.solver.problem import Problem
from lineside.solver.program import ProgramError
from lineside.solver.search import Incumbent, NeighbourhoodSearch, keeps_pins, solve_restricted
from lineside.solver.seating import Seating

Tell = Callable[[str, float | None, float | None], None]

SMALL_PAIRS = 1_500
"""Pairs up to which the whole model is solved at once."""
WHOLE_PAIRS = 4_000
"""Pairs up to which the whole model is worth a share of the time."""
BOUND_SHARE = 0.3
"""Share of the time for the bound, if it does not converge before."""
CLOSE = 3e-4
"""Gap of the master at which rows are added."""
GUIDE_SECONDS = 2.0
"""How often the search is given the newest prices while the bound is still rising."""
FIRST_GUESSES = (10.0, 1.0, 200.0)
"""What first plans assume that a later start costs, in line-minutes a week."""
MANY_PAIRS = 60_000
"""Pairs above which one first plan must do."""
ROUND_WORK, PAIR_WORK, COLUMN_WORK = 0.01, 2e-6, 1e-5
"""Work of a round of column generation, and of each pair and column in it, in deterministic seconds."""


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
    budget
        What the search may use.
    workers, seed
        Threads and seed of the search.
    tell
        Called with stage, objective and bound.
    """

    def __init__(self, problem: Problem, budget: Budget, workers: int, seed: int, tell: Tell) -> None:
        self.problem, self._budget, self._workers, self._seed = problem, budget, workers, seed
        self._tell_out = tell
        self._stage = "preparing"
        self.incumbent = Incumbent(problem, lambda _seating, _units: self._tell())
        self._floor: float = trivial_floor(problem)
        self._relaxation: Relaxation | None = None
        self._infeasible = False
        self._guided = 0.0

    @property
    def _open_ended(self) -> bool:
        """Whether plans outside the candidates are allowed, so that nothing but the trivial bound holds."""
        return self.problem.scenario.patterns is None

    def _tell(self, stage: str | None = None) -> None:
        self._stage = stage or self._stage
        has_plan = self.incumbent.seating is not None
        money = self.problem.money
        objective = money.line_minutes(self.incumbent.units) if has_plan else None
        self._tell_out(self._stage, objective, money.line_minutes(self._floor))

    def _raise_floor(self, units: float) -> None:
        """Take a lower bound over all candidates; with derived patterns it does not hold for all plans."""
        if not self._open_ended:
            self._floor = max(self._floor, units - self.problem.rounding_slack)

    def _over(self) -> bool:
        return self._budget.over or self._infeasible or self._proven()

    def _proven(self) -> bool:
        """Whether no allowed plan is better than the incumbent, to the thousandth."""
        best = self.incumbent
        return best.seating is not None and best.units - self._floor < self.problem.money.scale / 2000

    @property
    def _num_pairs(self) -> int:
        return len(self.problem.viable_pairs)

    def run(self) -> Outcome:
        """Search until the budget is used up, it is asked to stop, or the incumbent is proven optimal."""
        self._construct_first()
        if self._num_pairs <= SMALL_PAIRS or self.incumbent.seating is None:
            self._solve_whole(0.2 if self.incumbent.seating is not None else 1.0)
        if not self._over():
            self._bound_and_search()
            if self._relaxation is not None:
                self._construct_from(self._relaxation)
        whole = self._num_pairs <= WHOLE_PAIRS
        while self._num_pairs and not self._over() and self.incumbent.seating is not None:
            self._neighbourhoods(0.4 if whole else 1.0)
            if whole and not self._over():
                self._solve_whole(0.5)
        return self._outcome()

    def _outcome(self) -> Outcome:
        best, money = self.incumbent, self.problem.money
        if best.seating is None:
            return Outcome(None, 0.0, 0.0, "infeasible" if self._infeasible else "unknown")
        status = "optimal" if self._proven() else "feasible"
        return Outcome(best.seating, money.line_minutes(best.units), money.line_minutes(self._floor), status)

    def _construct_first(self) -> None:
        """Build full plans by saving alone and keep the best; more than one only where that is quick."""
        self._tell("building a first plan")
        for guess in FIRST_GUESSES[: 1 if self._num_pairs > MANY_PAIRS else None]:
            seating = Constructor(self.problem, self.incumbent.conflicts, guess).run(self._budget.stop)
            if keeps_pins(self.problem, seating):
                self.incumbent.offer(seating)

    def _construct_from(self, relaxation: Relaxation) -> None:
        """Build full plans that begin with the cohorts that the bound uses most, and keep the best."""
        self._tell("building plans from the bound")
        for k in range(4):
            if self._over():
                return
            constructor = Constructor(self.problem, self.incumbent.conflicts)
            shuffle = np.random.default_rng(self._seed + k) if k else None
            constructor.open_columns(relaxation, 0.05 if k % 2 else 0.3, shuffle)
            seating = constructor.run(self._budget.stop)
            if keeps_pins(self.problem, seating):
                self.incumbent.offer(seating)

    def _bound_and_search(self) -> None:
        """Raise the bound; with several workers the others improve the plan meanwhile."""
        self._tell("proving a bound")
        if self._workers == 1:
            self._bound()
            return
        with ThreadPoolExecutor(1) as pool:
            bound = pool.submit(self._bound)
            search = NeighbourhoodSearch(self.incumbent, lambda: self._relaxation, self._budget, self._seed)
            rest = self._budget.share(1.0)
            search.run(rest, self._workers - 1, self._tell, lambda: bound.done() or self._proven())
            bound.result()

    def _bound(self) -> None:
        """Raise the bound by column generation until it converges or its share of the budget is used up."""
        master = ColumnGeneration(self.problem, self.problem.viable_pairs)
        separator = Separator(master, self.incumbent.conflicts)
        allowance = self._budget.share(BOUND_SHARE)
        while self._budget.allows(allowance) and not self._proven():
            try:
                objective = master.round()
            except ProgramError:
                self._tell("the bound cannot be raised further: its linear program has become too imprecise")
                break
            self._budget.spend(ROUND_WORK + PAIR_WORK * self._num_pairs + COLUMN_WORK * len(master.columns))
            self._raise_floor(master.best * master.unit + self.problem.constant)
            if time.monotonic() > self._guided + GUIDE_SECONDS and self._workers > 1:
                self._relaxation, self._guided = master.relaxation(), time.monotonic()
            self._tell()
            if master.converged or objective - master.best < CLOSE * abs(objective):
                added = separator.add_violated()
                if master.converged and not added:
                    break
                master.converged = master.converged and not added
        if master.has_bound:
            self._relaxation = master.relaxation()

    def _solve_whole(self, part: float) -> None:
        """Solve the exact model over every viable pair for a part of what is left; its bound counts."""
        self._tell("solving the whole model")
        seconds, deterministic = self._budget.limit(part * self._budget.left)
        limits = Limits(max(0.1, seconds), self._workers, self._seed, deterministic)
        answer = solve_restricted(self.incumbent, self.problem.viable_pairs, limits, self._budget.stop)
        self._budget.spend(answer.work)
        if answer.status == "infeasible":
            self._infeasible = not self._open_ended
        else:
            self._raise_floor(answer.bound)
        self._tell()

    def _neighbourhoods(self, part: float) -> None:
        self._tell("improving the plan")
        search = NeighbourhoodSearch(self.incumbent, lambda: self._relaxation, self._budget, self._seed)
        search.run(self._budget.share(part), self._workers, self._tell, self._proven)
