"""The search pipeline: construct, bound, restricted model, neighbourhoods, and a proof where one is in reach.

Every stage may be cut short: the incumbent and the bound are kept as they are found.
"""

from __future__ import annotations

import contextlib
import math
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.models.plan import Plan
from lineside.solver.batch import BatchConstructor
from lineside.solver.budget import Budget
from lineside.solver.columns import Relaxation
from lineside.solver.construct import Constructor
from lineside.solver.floor import trivial_floor
from lineside.solver.limits import keeps_limits
from lineside.solver.model.build import Answer, Limits
from lineside.solver.problem import Problem
from lineside.solver.processes import SearchProcesses
from lineside.solver.proof import Proof
from lineside.solver.reaching import reach
from lineside.solver.restart import StartPlan
from lineside.solver.search import Incumbent, keeps_pins, solve_restricted
from lineside.solver.seating import Seating, seat_rows
from lineside.solver.turns import Turns

Tell = Callable[[str, float | None, float | None], None]
Show = Callable[[Seating, float], None]

SMALL_PAIRS = 1_500
"""Pairs up to which the whole model is solved at once."""
WHOLE_PAIRS = 4_000
"""Pairs up to which the whole model is worth a share of the time."""
BOUND_SHARE = 0.3
"""Share of the time for the bound, if it does not converge before."""
FAVOURITE = 0.5
"""Line-minutes that a pair may add to the bound to be one that its prices like best."""
FAVOURITE_PAIRS, FAVOURITE_SHARE = 4_000, 0.15
"""Most such pairs for which the exact model is solved over them, and its share of what is left."""
CUT_SHARE = 0.9
"""Share of what is left for branch and cut before the next stage."""
COHORTS_WORK = 5.0
"""Deterministic time for a plan of the cohorts that branch and cut would open."""
ALONE_SHARE = 0.2
"""Share of the time in which nothing else runs beside the bound."""
RELAX_SHARE = 0.9
"""Share of what is left in which columns and rows are added beside the search, if they do not come to an end before."""
FIRST_GUESSES = (10.0, 1.0, 200.0)
"""What first plans assume that a later start costs, in line-minutes a week."""
MANY_PAIRS = 60_000
"""Pairs above which one first plan must do, and prices alone come before column generation."""
BATCH_PAIRS = 600_000
"""Pairs above which a first plan opens many cohorts at a time."""
RELAX_LEFT = 1e-7
"""Seconds, or counted work, that must be left for columns and rows to be of use in a large region, times pairs^1.5."""


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
    show
        Called with each better seating and the bound in line-minutes; it must return at once.
    """

    def __init__(
        self, problem: Problem, budget: Budget, workers: int, seed: int, tell: Tell, show: Show | None = None
    ) -> None:
        self.problem, self._budget, self._workers, self._seed = problem, budget, workers, seed
        self._tell_out, self._show = tell, show
        self._stage = "preparing"
        self.incumbent = Incumbent(problem, self._better)
        self._floor: float = trivial_floor(problem)
        self._infeasible = False
        self._beyond: Seating | None = None
        self._proof = Proof(
            problem,
            self.incumbent.conflicts,
            self.incumbent.ledger,
            budget,
            self._take_bound,
            self._proven,
            self._cutoff,
            lambda: self.incumbent.seating,
        )
        self._turns = Turns(workers - 1) if workers > 1 else None
        self._search = SearchProcesses(self.incumbent, lambda: self._relaxation, budget, workers, seed, self._tell)

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

    def _better(self, seating: Seating, _units: int) -> None:
        self._tell()
        if self._show is not None:
            self._show(seating, self.problem.money.line_minutes(self._floor))

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

    def run(self, start: Plan | None = None) -> Outcome:
        """Search until the budget is used up, it is asked to stop, or the incumbent is proven optimal.

        Parameters
        ----------
        start
            A plan to begin from, as far as it can be used.
        """
        with contextlib.closing(self._search), contextlib.closing(self._proof):
            return self._run(start)

    def _run(self, start: Plan | None) -> Outcome:
        self._tell()
        if self._workers > 1 and self._num_pairs > MANY_PAIRS and sys.platform == "linux":
            self._ascend_early()
        if start is None or not self._take_over(start):
            self._construct_first()
        if self.incumbent.seating is None and self.problem.limits and self._num_pairs > SMALL_PAIRS:
            self._reach_limits()
        if self._num_pairs <= SMALL_PAIRS or self.incumbent.seating is None:
            self._solve_whole(0.1 if self.incumbent.seating is not None else 1.0)
        if not self._over() and self._num_pairs > MANY_PAIRS:
            self._prove_many()
        elif not self._over():
            self._prove_few()
        whole = self._num_pairs <= WHOLE_PAIRS
        while self._num_pairs and not self._over() and self.incumbent.seating is not None:
            if self._can_relax_on:
                self._beside("proving a bound", self._relax_on)
            if self._workers == 1 or not self._proof.can_cut:
                self._neighbourhoods(0.4 if whole or self._proof.waits_to_cut or self._can_relax_on else 1.0)
            if self._proof.can_cut:
                self._beside("branching and cutting", self._cut)
            if whole and not self._over():
                self._solve_whole(0.3)
        return self._outcome()

    def _prove_few(self) -> None:
        """Raise the bound by column generation, and build plans from what it uses most."""
        self._relax_alone()
        if not self._proof.is_relaxed and not self._over():
            self._beside("proving a bound", self._relax)
        if self._relaxation is not None:
            self._construct_from(self._relaxation)
            self._solve_favourites(self._relaxation)

    def _prove_many(self) -> None:
        """Raise the bound by prices alone; column generation, which takes long, goes on from there."""
        self._beside("proving a bound", self._ascend)

    @property
    def _can_relax_on(self) -> bool:
        """Whether more columns and rows may raise the bound; with one worker the plan has its turn in between."""
        is_worth_it = self._num_pairs <= MANY_PAIRS or self._budget.left > RELAX_LEFT * self._num_pairs**1.5
        return is_worth_it and not self._proof.is_relaxed and not self._open_ended

    def _outcome(self) -> Outcome:
        best, money = self.incumbent, self.problem.money
        if best.seating is None:
            return Outcome(None, 0.0, 0.0, "infeasible" if self._infeasible else "unknown")
        status = "optimal" if self._proven() else "feasible"
        return Outcome(best.seating, money.line_minutes(best.units), money.line_minutes(self._floor), status)

    def _take_over(self, plan: Plan) -> bool:
        """Begin from what can be used of a plan; return whether it is the whole plan."""
        self._tell("taking over a plan")
        start = StartPlan(self.problem, plan)
        whole = start.whole()
        if whole is not None:
            self._offer_first(whole)
            if plan.status in ("feasible", "optimal") and self.incumbent.seating is whole:
                return True  # a solve has filled it up already, which takes long in a large region
        self._offer_first(start.mended(self._budget.stop))
        return whole is not None and self.incumbent.seating is not None

    def _offer_first(self, seating: Seating) -> None:
        """Offer a seating built without regard to limits, if it keeps the pins; what goes beyond a limit is trimmed."""
        if not keeps_pins(self.problem, seating):
            return
        if not keeps_limits(self.problem, seating):
            seating = self.incumbent.trimmed(seating)
            self._beyond = seating
        self.incumbent.offer(seating)

    def _reach_limits(self) -> None:
        """Bring the last seating that is still beyond a limit below it, one measure after the other."""
        if self._beyond is not None:
            self._tell("looking for a plan within the limits")
            found = reach(self.problem, self._beyond, self._budget, self._workers, self._seed)
            if found is not None:
                self.incumbent.offer(found)

    def _construct_first(self) -> None:
        """Build full plans by saving alone and keep the best; more than one only where that is quick."""
        self._tell("building a first plan")
        for guess in FIRST_GUESSES[: 1 if self._num_pairs > MANY_PAIRS else None]:
            self._offer_first(self._constructor(guess).run(self._budget.stop))
        self._proof.look()
        if self.incumbent.seating is not None and not self._over():
            self._tell("settling the first plan")
            quick = self.incumbent.quick_search(self.incumbent.seating, self._seed)
            self.incumbent.offer(quick.settle(lambda: not self._budget.over))

    def _constructor(self, guess: float) -> Constructor:
        return (BatchConstructor if self._num_pairs > BATCH_PAIRS else Constructor)(self.problem, guess)

    def _construct_from(self, relaxation: Relaxation) -> None:
        """Build full plans that begin with the cohorts that the bound uses most, and keep the best."""
        self._tell("building plans from the bound")
        for k in range(4):
            if self._over():
                return
            constructor = Constructor(self.problem)
            shuffle = np.random.default_rng(self._seed + k) if k else None
            constructor.open_columns(relaxation, 0.05 if k % 2 else 0.3, shuffle)
            self._offer_first(constructor.run(self._budget.stop))

    def _solve_favourites(self, relaxation: Relaxation) -> None:
        """Solve the exact model over the pairs that the bound's prices like best, if they are few."""
        rows = self._pairs_within(relaxation, FAVOURITE * self.problem.money.scale)
        if self._over() or self.incumbent.seating is None or len(rows) > FAVOURITE_PAIRS:
            return
        self._tell("solving what the bound likes best")
        everybody = frozenset(range(len(self.problem.scenario.apprentices)))
        rows = np.union1d(rows, seat_rows(self.problem, self.incumbent.seating, everybody))
        self._solve_exactly(rows, FAVOURITE_SHARE)

    def _pairs_within(self, relaxation: Relaxation, units: float) -> NDArray[np.int64]:
        """Return the pairs whose seat adds no more than some units to the bound."""
        return np.sort(relaxation.pair_rows[relaxation.pair_reduced <= units])

    def _beside(self, stage: str, prove: Callable[[], None]) -> None:
        """Raise the bound; with several workers the others improve the plan meanwhile."""
        self._tell(stage)
        if self._workers == 1 or self.incumbent.seating is None:
            prove()
            return
        self._search.start()
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(prove)
            rest = self._budget.share(1.0)
            self._search.run(rest, self._workers - 1, self._tell, lambda: running.done() or self._proven())
            running.result()

    @property
    def _relaxation(self) -> Relaxation | None:
        return self._proof.relaxation

    def _ascend_early(self) -> None:
        """Let prices rise in a process of their own from now on, with what both need worked out before."""
        for part in ("rooms", "instructors", "charges", "together"):
            getattr(self.problem, part)
        self._proof.ascend_early(self._budget.share(BOUND_SHARE), self._can_relax_on)

    def _ascend(self) -> None:
        """Raise the bound by prices alone."""
        self._proof.ascend(self._budget.share(BOUND_SHARE), self._can_relax_on)

    def _relax_alone(self) -> None:
        """Raise the bound with nothing beside it: its prices are worth more than what the search finds without."""
        self._tell("proving a bound")
        self._proof.relax(self._budget.share(ALONE_SHARE), False)

    def _relax(self) -> None:
        """Raise the bound by column generation until it converges or its share of the budget is used up."""
        self._proof.relax(self._budget.share(BOUND_SHARE), self._workers > 1)
        if self._proof.failed:
            self._tell("the bound cannot be raised further: its linear program has become too imprecise")

    def _relax_on(self) -> None:
        """Raise the bound by column generation for most of what is left, or until the plan needs all workers more."""
        turns, share = self._turns, self._budget.share(BOUND_SHARE if self._workers == 1 else RELAX_SHARE)
        if turns is None or self.incumbent.seating is None:
            self._proof.relax(share, True)
            return
        turns.begin(*self._standing())
        self._proof.relax(share, True, lambda: turns.is_enough(*self._standing()))

    def _standing(self) -> tuple[float, float, float, int]:
        """Return the moment, the bound and the objective in units, and the rows of the bound."""
        return time.monotonic(), self._floor, float(self.incumbent.units), self._proof.num_rows

    def _cut(self) -> None:
        """Raise the bound by branch and cut for a share of what is left."""
        self._proof.cut(self._budget.share(CUT_SHARE), self._plan_from)

    def _plan_from(self, rows: NDArray[np.int64]) -> None:
        """Solve the exact model over some pairs and those of the incumbent, and keep the plan if it is better."""
        if self.incumbent.seating is None or self._open_ended:
            return
        everybody = frozenset(range(len(self.problem.scenario.apprentices)))
        rows = np.union1d(rows, seat_rows(self.problem, self.incumbent.seating, everybody))
        seconds, deterministic = self._budget.limit(COHORTS_WORK)
        limits = Limits(max(0.1, seconds), 1, self._seed, deterministic)
        self._budget.spend(solve_restricted(self.incumbent, rows, limits, self._budget.stop).work)

    def _cutoff(self) -> float:
        """Return the bound, in units, at which the incumbent is proven optimal, rounding included."""
        problem = self.problem
        if self.incumbent.seating is None:
            return math.inf
        return self.incumbent.units - problem.money.scale / 4000 + problem.rounding_slack

    def _take_bound(self, units: float) -> None:
        self._raise_floor(units)
        self._tell()

    def _solve_whole(self, part: float) -> None:
        """Solve the exact model over every pair that a better plan may hold, for a part of what is left."""
        self._tell("solving the whole model")
        rows = self.problem.viable_pairs
        if self._relaxation is not None and not self._open_ended and self.incumbent.seating is not None:
            room = self.incumbent.units - self._relaxation.bound - self.problem.constant
            rows = np.intersect1d(rows, self._pairs_within(self._relaxation, room + self.problem.rounding_slack))
            everybody = frozenset(range(len(self.problem.scenario.apprentices)))
            rows = np.union1d(rows, seat_rows(self.problem, self.incumbent.seating, everybody))
        answer = self._solve_exactly(rows, part)
        if answer.status == "infeasible":
            self._infeasible = not self._open_ended
        else:
            self._raise_floor(answer.bound)
        self._tell()

    def _solve_exactly(self, rows: NDArray[np.int64], part: float) -> Answer:
        seconds, deterministic = self._budget.limit(part * self._budget.left)
        limits = Limits(max(0.1, seconds), self._workers, self._seed, deterministic)
        answer = solve_restricted(self.incumbent, rows, limits, self._budget.stop)
        self._budget.spend(answer.work)
        return answer

    def _neighbourhoods(self, part: float) -> None:
        self._tell("improving the plan")
        self._search.run(self._budget.share(part), self._workers, self._tell, self._proven)
