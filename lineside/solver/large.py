"""The search where a region is too large for one linear program: plans district by district, one bound over all.

A district is as large as the search for whole regions does well with, and each has rooms and instructors of
its own, so that plans go together; memory holds a few districts at a time. The bound is
:mod:`lineside.solver.ascent`'s, which prices all candidates of the region and knows of no districts.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from lineside.solver.ascent import Ascent
from lineside.solver.batch import BatchConstructor
from lineside.solver.budget import Budget
from lineside.solver.districts import District, part_of, split
from lineside.solver.pipeline import Outcome, Pipeline, Tell
from lineside.solver.problem import Problem
from lineside.solver.search import Incumbent
from lineside.solver.seating import OpenCohort, Seating
from lineside.solver.whole import Whole

MANY_PAIRS = 600_000
"""Viable pairs from which on a region is large."""
MOST_PEOPLE = 1_300
"""People of a district at most."""
WEEK_VALUE = 10.0
"""Line-minutes that a first plan assumes a week's later start to cost."""
PROOF_SHARE = 0.5
"""Most of the time for the bound, in one of the threads."""


class LargePipeline:
    """One solve of one large problem.

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
        self.problem, self._budget, self._workers, self._seed, self._tell_out = problem, budget, workers, seed, tell
        self._stage = "preparing"
        self.incumbent = Incumbent(problem, lambda _seating, _units: self._tell())
        self._floor = 0.0
        self._whole = Whole(problem)
        self._districts = split(problem.scenario, MOST_PEOPLE)
        self._seatings: list[Seating | None] = [None] * len(self._districts)
        self._cohorts: list[list[OpenCohort]] = [[] for _ in self._districts]
        self._chosen = [choice[0] for choice in problem.demand.choices]
        self._lock = threading.Lock()

    def _tell(self, stage: str | None = None) -> None:
        self._stage = stage or self._stage
        money, best = self.problem.money, self.incumbent
        objective = money.line_minutes(best.units) if best.seating is not None else None
        self._tell_out(self._stage, objective, money.line_minutes(self._floor))

    def _take_bound(self, units: float) -> None:
        """Take a lower bound over all candidates; with derived patterns it does not hold for all plans."""
        if self.problem.scenario.patterns is not None:
            self._floor = max(self._floor, units - self.problem.rounding_slack)
        self._tell()

    def run(self) -> Outcome:
        """Search until the budget is used up or it is asked to stop."""
        self._tell("building a first plan")
        with ThreadPoolExecutor(max(1, self._workers)) as pool:
            self._in_districts(pool, self._workers, self._construct)
            self._offer()
            if self._workers > 1:
                proof = pool.submit(self._prove)
            self._tell("improving the plan, district by district")
            self._in_districts(pool, self._workers, self._improve)
            if self._workers > 1:
                proof.result()
        if self._workers <= 1:
            self._prove()
        best, money = self.incumbent, self.problem.money
        return Outcome(best.seating, money.line_minutes(best.units), money.line_minutes(self._floor), "feasible")

    def _in_districts(self, pool: ThreadPoolExecutor, threads: int, work: Callable[[int, int], None]) -> None:
        """Do something in every district, each when a thread is free."""
        left: queue.SimpleQueue[int] = queue.SimpleQueue()
        for k in range(len(self._districts)):
            left.put(k)

        def take() -> None:
            while not self._budget.stop.is_set():
                try:
                    k = left.get_nowait()
                except queue.Empty:
                    return
                work(k, left.qsize() + 1)

        for running in [pool.submit(take) for _ in range(max(1, threads))]:
            running.result()

    def _construct(self, k: int, _: int) -> None:
        part = Problem(part_of(self.problem.scenario, self._districts[k]))
        incumbent = Incumbent(part)
        self._take(k, part, BatchConstructor(part, incumbent.conflicts, WEEK_VALUE).run(self._budget.stop))

    def _improve(self, k: int, num_left: int) -> None:
        """Give a district its share of the time that is left, and the region what it came to."""
        seconds = self._budget.seconds_left * self._workers / (num_left + self._workers - 1)
        if seconds <= 0:
            return
        part = Problem(part_of(self.problem.scenario, self._districts[k]))
        budget = Budget(min(seconds, self._budget.seconds_left), time.monotonic(), False, self._budget.stop)
        pipeline = _Improvement(part, budget, 1, self._seed, lambda *_: None)
        seating = self._seatings[k]
        if seating is not None:
            pipeline.incumbent.offer(seating)
        outcome = pipeline.run()
        if outcome.seating is not None:
            self._take(k, part, outcome.seating)
            self._offer()

    def _take(self, k: int, part: Problem, seating: Seating) -> None:
        district: District = self._districts[k]
        cohorts, options = self._whole.cohorts(district, part, seating), self._whole.options(district, part, seating)
        with self._lock:
            self._seatings[k], self._cohorts[k] = seating, cohorts
            for choice, option in options.items():
                self._chosen[choice] = option

    def _offer(self) -> None:
        with self._lock:
            cohorts = tuple(cohort for part in self._cohorts for cohort in part)
            self.incumbent.offer(Seating(cohorts, tuple(self._chosen)))

    def _prove(self) -> None:
        allowance = self._budget.share(PROOF_SHARE if self._workers > 1 else 1.0)
        Ascent(self.problem).run(lambda: self._budget.allows(allowance), self._take_bound)


class _Improvement(Pipeline):
    """The search for a whole region, begun at a plan that is there already."""

    def _construct_first(self) -> None:
        if self.incumbent.seating is None:
            super()._construct_first()
