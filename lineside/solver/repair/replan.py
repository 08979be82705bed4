"""Planning anew from the plan in force, with hard budgets of changes: cheapest first, or fewest changes first.

What the budget leaves is searched by exact steps, each with the rows of the budget: quick moves know no such rows.
The plan in force, less what cannot stand, is where the search begins.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lineside.models.outages import Outage
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.solver.budget import Budget
from lineside.solver.explain import Explainer
from lineside.solver.finish import finish, unseated_needs
from lineside.solver.floor import trivial_floor
from lineside.solver.model.build import Answer, Limits, build, solve_draft
from lineside.solver.model.scope import Draft
from lineside.solver.needs import pins_without_need
from lineside.solver.pipeline import MANY_PAIRS, WHOLE_PAIRS
from lineside.solver.problem import Problem
from lineside.solver.progress import Progress
from lineside.solver.proof import Proof
from lineside.solver.repair.budget import ChangeBudget, SeatsInForce, altered_needs
from lineside.solver.repair.budgeted import BudgetedSearch
from lineside.solver.repair.held import RepairScope
from lineside.solver.repair.rules import ChangeRules
from lineside.solver.restart import StartPlan
from lineside.solver.search import Incumbent
from lineside.solver.seating import Seating
from lineside.solver.solve import Solution, SolveOptions, solve, with_unneeded_pins
from lineside.solver.telling import IncumbentTeller

Ints = NDArray[np.int64]
First = Literal["cheapest", "fewest"]

BOUND_SHARE = 0.3
"""Share of the time for a bound over all plans."""
KEEPING_SHARE = 0.3
"""Most of the time for finding out what of the plan in force can stand."""
WHOLE_SHARE = 0.5
"""Share of what is left for the exact model of a small region."""
PROVEN = "Nothing within the limits on changes costs less, and that is proven."


@dataclass(frozen=True)
class ReplanOptions:
    """How to plan anew.

    Parameters
    ----------
    search
        Time, workers and seed.
    budget
        The most that may change, whatever it saves; None for no limit.
    first
        ``cheapest`` for the plan that costs least; ``fewest`` for the least number of seats that change, a move
        counting once, and then the cheapest of these plans. Rooms and instructors stay too, then, if they can.
    outages
        Dates on which rooms and instructors cannot be had.
    """

    search: SolveOptions = field(default_factory=SolveOptions)
    budget: ChangeBudget | None = None
    first: First = "cheapest"
    outages: tuple[Outage, ...] = ()

    @property
    def is_limited(self) -> bool:
        """Whether changes are limited at all, rather than priced alone."""
        return self.first == "fewest" or (self.budget is not None and self.budget.is_limit)


def replan(
    scenario: Scenario,
    options: ReplanOptions | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
    on_incumbent: Callable[[Plan], None] | None = None,
) -> Solution:
    """Find a plan that follows the one in force.

    Parameters
    ----------
    scenario
        Tables with the plan in force as the published one, and ``frozen_until`` for what must stay.
    options
        Budgets, order and time.
    on_progress, stop, on_incumbent
        As for :func:`lineside.solver.solve`.

    Returns
    -------
    The solution; its bound counts for all plans, within the budget or not, and is missing if outages leave some
    out. If no plan keeps the budget, or none was found, it has no cohorts and says how many changes are needed.

    Raises
    ------
    ValueError
        If there is no plan in force.
    """
    options = options or ReplanOptions()
    if scenario.published is None:
        raise ValueError("There is no plan in force. Publish one first.")
    if not options.is_limited:
        found = solve(scenario, options.search, on_progress, stop, scenario.published, on_incumbent, options.outages)
    else:
        found = _Replanner(scenario, options, on_progress, stop or threading.Event()).run(on_incumbent)
    if options.outages and found.plan.cohorts:
        unbound = found.plan.model_copy(update={"bound": None, "status": "feasible"})
        return Solution(unbound, found.unmeetable_needs, found.seconds, found.explanation)
    return found


class _Replanner:
    """One planning within limits on changes."""

    def __init__(
        self,
        scenario: Scenario,
        options: ReplanOptions,
        on_progress: Callable[[Progress], None] | None,
        stop: threading.Event,
    ) -> None:
        self._began = time.monotonic()
        self._scenario, self._options, self._on_progress = scenario, options, on_progress
        search = options.search
        self._budget = Budget(search.seconds, self._began, search.workers == 1, stop)
        self._stage = "reading the region"
        self._tell(None, None)
        self.problem = Problem(scenario, outages=options.outages)
        self._start = StartPlan(self.problem, scenario.published or Plan())
        held = tuple(self._start.cohorts) if options.first == "fewest" else ()
        self._rules = ChangeRules(SeatsInForce.of(self.problem), options.budget, None, held)
        self._floor: float = trivial_floor(self.problem)
        self.incumbent = Incumbent(self.problem)
        self._is_proven = False

    def _tell(self, objective: float | None, bound: float | None) -> None:
        if self._on_progress is not None:
            best, floor = (None if value is None else round(Decimal(value), 3) for value in (objective, bound))
            self._on_progress(Progress(self._stage, best, floor, time.monotonic() - self._began))

    def _report(self, stage: str | None = None) -> None:
        self._stage = stage or self._stage
        money, best = self.problem.money, self.incumbent
        objective = None if best.seating is None else money.line_minutes(best.units)
        self._tell(objective, money.line_minutes(self._floor))

    @property
    def _is_best(self) -> bool:
        """Whether no allowed plan is better, within the limits or not, to the thousandth."""
        return self.incumbent.units - self._floor < self.problem.money.scale / 2000

    @property
    def _seconds(self) -> float:
        return time.monotonic() - self._began

    def run(self, on_incumbent: Callable[[Plan], None] | None) -> Solution:
        """Return the best plan within the limits."""
        unneeded = pins_without_need(self._scenario, self.problem.facts, self.problem.demand)
        if unneeded:
            return with_unneeded_pins(self._scenario, unneeded, self._seconds)
        self._report("keeping what can stand")
        kept = self._kept()
        if kept is None:
            return self._without_plan()
        with contextlib.ExitStack() as stack:
            if on_incumbent is not None:
                teller = stack.enter_context(IncumbentTeller(self.problem, on_incumbent))
                self.incumbent.on_better = lambda seating, _: teller.offer(seating, 0.0)
            self.incumbent.offer(kept)
            self._improve()
            self._report("explaining empty seats")
            best = self.incumbent.seating or kept
            reasons = Explainer(self.problem).reasons(best)
        bound = self.problem.money.line_minutes(self._floor)
        plan = finish(self.problem, best, bound, "optimal" if self._is_best else "feasible", reasons)
        hopeless = self.problem.unmeetable & frozenset(unseated_needs(self.problem, best))
        return Solution(plan, len(hopeless), self._seconds, PROVEN if self._is_proven else "")

    def _draft(self, rows: Ints, *, knows_all: bool = False) -> Draft:
        """Return a model of everybody over some pairs, with the rows of the limits."""
        everybody = frozenset(range(len(self._scenario.apprentices)))
        base = Seating((), tuple(self._start.chosen.get(k, row[0]) for k, row in enumerate(self._choices)))
        memory = self.incumbent.conflicts, self.incumbent.ledger, self.incumbent.occupancy
        held = self._rules.held if knows_all else tuple(self._start.cohorts)
        draft = build(RepairScope(self.problem, everybody, rows, base, *memory, held=held, knows_all=knows_all))
        self._rules.add_to(draft)
        return draft

    @property
    def _choices(self) -> tuple[tuple[int, ...], ...]:
        return self.problem.demand.choices

    def _solve(self, draft: Draft, part: float, hint: Seating | None = None) -> Answer:
        seconds, deterministic = self._budget.limit(part * self._budget.left)
        search = self._options.search
        limits = Limits(max(0.1, seconds), search.workers, search.seed, deterministic)
        answer = solve_draft(draft, limits, hint=hint or self.incumbent.seating, stop=self._budget.stop)
        self._budget.spend(answer.work)
        return answer

    def _kept(self) -> Seating | None:
        """Return the plan in force less what cannot stand, its cohorts filled up where they would be too small.

        As few needs as possible change. With fewest changes first, their number is a limit from now on.
        """
        rows, rules = self._standing_rows(), self._rules
        draft = self._draft(rows)
        terms = altered_needs(draft, rules.published)
        draft.model.minimize(terms.constant - sum(terms.kept) + sum(terms.moved))
        least = self._solve(draft, KEEPING_SHARE).seating
        if least is None:
            return None
        self._rules = rules.with_most_altered(len(rules.altered(least)))
        kept = self._solve(self._draft(rows), KEEPING_SHARE, least).seating or least
        if self._options.first == "cheapest":
            self._rules = rules
        return kept

    def _standing_rows(self) -> Ints:
        """Return the pairs of all seats in the cohorts in force, and of modules that are lost and others wait for."""
        pairs, published = self.problem.pairs, self._rules.published.candidate_of
        lost = {need for need, candidate in published.items() if candidate < 0 or pairs.row(need, candidate) < 0}
        waited = {row.need_before for row in self.problem.demand.earlier if row.need_idx in published}
        near = np.isin(pairs.candidate, list(set(published.values())))
        viable = np.zeros(len(pairs), dtype=bool)
        viable[self.problem.viable_pairs] = True
        return np.flatnonzero(near | (viable & np.isin(pairs.need, list(lost & waited))))

    def _without_plan(self) -> Solution:
        settings = self._scenario.settings
        forced = self._forced()
        budget = self._options.budget or ChangeBudget()
        is_certain = budget.total is not None and forced > budget.total
        plan = Plan(
            scenario=settings.name, first_day=settings.first_day, status="infeasible" if is_certain else "unknown"
        )
        limit = "no limit in total" if budget.total is None else f"{budget.total} in total"
        person = "" if budget.per_person is None else f" and {budget.per_person} for each person"
        text = (
            f"No plan was found within the budget of changes: {forced} seats of the plan in force cannot stand, and "
            f"the budget is {limit}{person}. Allow more changes, or change the tables that they rest on."
        )
        return Solution(plan, 0, self._seconds, text)

    def _forced(self) -> int:
        """Return how many published seats no plan can keep."""
        published, row = self._rules.published, self.problem.pairs.row
        lost = sum(candidate < 0 or row(need, candidate) < 0 for need, candidate in published.candidate_of.items())
        return lost + sum(published.needless.values())

    def _improve(self) -> None:
        search = self._options.search
        if len(self.problem.viable_pairs) <= WHOLE_PAIRS:
            self._solve_whole()
        if self._budget.over or self._is_proven:
            return
        memory = self.incumbent.conflicts, self.incumbent.ledger
        proof = Proof(self.problem, *memory, self._budget, self._take_bound, lambda: self._is_best)
        many = len(self.problem.viable_pairs) > MANY_PAIRS
        prove = (lambda a: proof.ascend(a, False)) if many else (lambda a: proof.relax(a, True))
        searcher = BudgetedSearch(self.incumbent, lambda: proof.relaxation, self._budget, search.seed, self._rules)
        self._report("improving the plan within the limits on changes")
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(prove, self._budget.share(BOUND_SHARE))
            if search.workers == 1:
                running.result()
            rest = self._budget.share(1.0)
            searcher.run(rest, max(1, search.workers - 1), self._report, lambda: searcher.is_stuck or self._is_best)
            running.result()

    def _take_bound(self, units: float) -> None:
        if self._scenario.patterns is not None:
            self._floor = max(self._floor, units - self.problem.rounding_slack)
        self._report()

    def _solve_whole(self) -> None:
        """Solve the exact model over every pair."""
        self._report("solving the whole model")
        answer = self._solve(self._draft(self.problem.viable_pairs, knows_all=True), WHOLE_SHARE)
        if answer.seating is not None:
            self.incumbent.offer(answer.seating)
        self._is_proven = answer.status == "optimal"
        self._report()
