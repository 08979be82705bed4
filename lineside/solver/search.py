"""The search: an incumbent that only gets better, by exact steps in neighbourhoods of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lineside.solver.budget import Allowance, Budget
from lineside.solver.columns import Relaxation
from lineside.solver.conflicts import Conflicts
from lineside.solver.limits import keeps_limits
from lineside.solver.local_prices import LocalPrices
from lineside.solver.model.build import Answer, Limits, solve_scope
from lineside.solver.model.scope import Scope
from lineside.solver.model.servers import Occupancy
from lineside.solver.moves.prospects import Prospects
from lineside.solver.moves.quick import QuickSearch
from lineside.solver.moves.standing import Standing
from lineside.solver.neighbourhoods import REBUILDING, Neighbourhood, NeighbourhoodFinder
from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger, Seating, seat_rows
from lineside.solver.trimming import trim

Ints = NDArray[np.int64]

NO_PAIRS = np.zeros(0, dtype=np.int64)
STEP_WORK = 3.0
"""Deterministic time of one step: enough to prove most of them."""


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
    occupancy: Occupancy = field(init=False)

    def __post_init__(self) -> None:
        self.conflicts, self.ledger = Conflicts(self.problem), Ledger(self.problem)
        self.occupancy = Occupancy(self.problem)

    @cached_property
    def local_prices(self) -> LocalPrices:
        """Prices of neighbourhoods, made on first use."""
        return LocalPrices(self.problem)

    @cached_property
    def prospects(self) -> Prospects:
        """What quick moves know of the problem, worked out on first use."""
        return Prospects(self.problem)

    def quick_search(self, seating: Seating, seed: int) -> QuickSearch:
        """Return a quick search that begins with a seating."""
        return QuickSearch(self.prospects, self.ledger, self.occupancy, seating, seed)

    def trimmed(self, seating: Seating) -> Seating:
        """Return a seating with cohorts closed until it keeps every limit, or until closing more does not help."""
        standing = Standing(self.prospects, self.ledger, self.occupancy, seating)
        trim(standing, self.prospects)
        return standing.seating()

    def offer(self, seating: Seating) -> bool:
        """Take a seating if it keeps every limit and is better than the best so far; return whether it was taken.

        The caller vouches that it keeps every rule; only limits and price are worked out here.
        """
        units = self.ledger.objective(seating)
        if (self.seating is not None and units >= self.units) or not keeps_limits(self.problem, seating):
            return False
        self.seating, self.units = seating, units
        if self.on_better is not None:
            self.on_better(seating, units)
        return True

    def begin_from(self, seating: Seating) -> None:
        """Take a seating that another search vouches for, whether it is better or not."""
        self.seating, self.units = seating, self.ledger.objective(seating)


def keeps_pins(problem: Problem, seating: Seating) -> bool:
    """Return whether every pinned need has a seat."""
    seated = seating.candidate_of()
    people, modules = problem.scenario.apprentices, problem.scenario.modules
    return all(
        k in seated
        for k, need in enumerate(problem.demand.needs)
        if (people[need.person_idx].apprentice, modules[need.module_idx].module) in problem.facts.pinned
    )


def solve_restricted(incumbent: Incumbent, pairs: Ints, limits: Limits, stop: threading.Event) -> Answer:
    """Solve the exact model of everybody over some pairs; offer what it finds."""
    problem = incumbent.problem
    base = incumbent.seating or Seating((), tuple(choice[0] for choice in problem.demand.choices))
    everybody = frozenset(range(len(problem.scenario.apprentices)))
    scope = Scope(problem, everybody, pairs, base, incumbent.conflicts, incumbent.ledger)
    answer = solve_scope(scope, limits, hint=incumbent.seating, stop=stop)
    if answer.seating is not None:
        incumbent.offer(answer.seating)
    return answer


@dataclass
class _Hand:
    """What one thread of a search has learnt."""

    finder: NeighbourhoodFinder
    quick: QuickSearch
    steps: int = 0


class NeighbourhoodSearch:
    """Improves an incumbent by steps, in one thread or several.

    Parameters
    ----------
    incumbent
        The best seating so far; there must be one.
    guide
        Returns the newest prices of the bound, if there are any.
    budget
        What the whole solve may use.
    seed
        Seed of the draws.

    Notes
    -----
    Sizes adapt: a step that is proven quickly was too small, one that is not was too large. Threads
    share the incumbent; a step that began from an older one is solved again, over the few pairs that
    the two seatings use, so that both gains are kept.
    """

    def __init__(self, incumbent: Incumbent, guide: Callable[[], Relaxation | None], budget: Budget, seed: int) -> None:
        self.incumbent, self._guide, self._budget, self._seed = incumbent, guide, budget, seed
        self._hands: list[_Hand] = []
        self._focus: NDArray[np.bool_] | None = None
        self._lock = threading.Lock()

    def run(self, allowance: Allowance, threads: int, tick: Callable[[], None], done: Callable[[], bool]) -> None:
        """Search until a share of the budget is used up or it is done; ``tick`` is called after each step.

        Called again, it goes on with what it has learnt.
        """
        while len(self._hands) < threads:
            self._hands.append(self._hand(self._seed + len(self._hands)))
        if threads == 1:
            self._loop(self._hands[0], allowance, tick, done)
            return
        with ThreadPoolExecutor(threads) as pool:
            submitted = [pool.submit(self._loop, hand, allowance, tick, done) for hand in self._hands[:threads]]
            for running in submitted:
                running.result()

    def renew(self, budget: Budget) -> None:
        """Go on with another budget."""
        self._budget = budget

    def focus(self, needs: NDArray[np.bool_] | None) -> None:
        """Begin quick moves, and steps at empty seats, at some needs only; at all with None."""
        self._focus = np.ones(len(self.incumbent.problem.demand.needs), dtype=bool) if needs is None else needs
        for hand in self._hands:
            self._turn(hand)

    def _turn(self, hand: _Hand) -> None:
        if self._focus is not None:
            hand.finder.focus = hand.quick.focus = self._focus

    def _hand(self, seed: int) -> _Hand:
        incumbent = self.incumbent
        if incumbent.seating is None:
            raise ValueError("There is no seating to improve. Construct one first.")
        finder = NeighbourhoodFinder(incumbent.problem, incumbent.local_prices, seed)
        hand = _Hand(finder, incumbent.quick_search(incumbent.seating, seed))
        self._turn(hand)
        return hand

    def _loop(self, hand: _Hand, allowance: Allowance, tick: Callable[[], None], done: Callable[[], bool]) -> None:
        while self._budget.allows(allowance) and not done():
            hand.steps += 1
            self._step(hand.finder, hand.quick, hand.steps)
            tick()

    def _step(self, finder: NeighbourhoodFinder, quick: QuickSearch, step: int) -> None:
        with self._lock:
            base = self.incumbent.seating
        assert base is not None  # there was one when the loop began
        finder.follow(self._guide())
        quick.follow(finder.guide)
        kind = finder.choose()
        if kind == REBUILDING:
            self._rebuild(finder, quick, base, step)
            return
        began = time.monotonic()
        around = finder.draw(kind, base)
        answer = self._solve(base, around.people, around.pairs, step)
        gain = 0.0 if answer.seating is None else self._take(base, answer.seating, around, step)
        proven = answer.seating is not None and answer.status == "optimal"
        finder.learn(around, proven, gain, answer.work, self._took(began, answer.work))

    def _took(self, began: float, work: float) -> float:
        """Return what a step took: its counted work where runs must be alike, else seconds."""
        return work if self._budget.counted else time.monotonic() - began

    def _rebuild(self, finder: NeighbourhoodFinder, quick: QuickSearch, base: Seating, step: int) -> None:
        """Improve the incumbent by a burst of quick moves."""
        began = time.monotonic()
        found, work = quick.burst(base, lambda: not self._budget.over)
        self._budget.spend(work)
        gain = 0.0
        if found is not base:
            around = Neighbourhood(REBUILDING, people_who_change(self.incumbent.problem, base, found), NO_PAIRS)
            gain = self._take(base, found, around, step)
        finder.learn_rebuilding(gain, self._took(began, work))

    def _take(self, base: Seating, found: Seating, around: Neighbourhood, step: int) -> float:
        """Take what a step from ``base`` found into the incumbent; return the line-minutes gained."""
        with self._lock:
            before = self.incumbent.units
            if self.incumbent.seating is base:
                self.incumbent.offer(found)
            elif self.incumbent.ledger.objective(found) < self.incumbent.ledger.objective(base):
                self._merge(around, found, step)
            return float(self.incumbent.problem.money.line_minutes(before - self.incumbent.units))

    def _merge(self, around: Neighbourhood, found: Seating, step: int) -> None:
        """Bring what a step found into an incumbent that has moved on meanwhile."""
        current = self.incumbent.seating
        assert current is not None  # the caller has compared it
        problem = self.incumbent.problem
        rows = [seat_rows(problem, seating, around.people) for seating in (found, current)]
        open_now = [cohort.candidate for seating in (found, current) for cohort in seating.cohorts]
        rows.append(around.pairs[np.isin(problem.pairs.candidate[around.pairs], open_now)])
        answer = self._solve(current, around.people, np.unique(np.concatenate(rows)), step)
        if answer.seating is not None:
            self.incumbent.offer(answer.seating)

    def _solve(self, base: Seating, people: frozenset[int], pairs: Ints, step: int) -> Answer:
        incumbent = self.incumbent
        memory = incumbent.conflicts, incumbent.ledger, incumbent.occupancy
        scope = Scope(incumbent.problem, people, pairs, base, *memory)
        seconds, deterministic = self._budget.limit(STEP_WORK)
        limits = Limits(max(0.05, seconds), 1, self._seed + step, deterministic or STEP_WORK, brief=True)
        answer = solve_scope(scope, limits, hint=base, stop=self._budget.stop)
        self._budget.spend(answer.work)
        return answer


def people_who_change(problem: Problem, one: Seating, other: Seating) -> frozenset[int]:
    """Return the people who have another seat, or another option, in one seating than in the other, parties whole."""
    before, after = one.candidate_of(), other.candidate_of()
    needs = problem.demand.needs
    moved = {needs[k].person_idx for k in before.keys() | after.keys() if before.get(k) != after.get(k)}
    for mine, theirs in zip(one.chosen, other.chosen, strict=True):
        if mine != theirs:
            moved.add(problem.demand.options[mine].person_idx)
    people = problem.scenario.apprentices
    parties = {people[person].party for person in moved} - {None}
    return frozenset(moved) | {k for k, row in enumerate(people) if row.party in parties}
