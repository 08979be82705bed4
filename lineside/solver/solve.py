"""From a scenario to a plan with a proven bound: the whole way on one screen."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from lineside.models.outages import Outage
from lineside.models.plan import Plan, Status
from lineside.models.scenario import Scenario
from lineside.solver.budget import Budget
from lineside.solver.explain import Explainer
from lineside.solver.finish import finish, thousandths_down, unseated_needs
from lineside.solver.needs import pins_without_need
from lineside.solver.pipeline import Pipeline
from lineside.solver.problem import Problem
from lineside.solver.telling import IncumbentTeller


@dataclass(frozen=True)
class SolveOptions:
    """How long and how hard to search.

    Parameters
    ----------
    seconds
        Time to search; reading and explaining come on top.
    workers
        Threads that search. With one, the same input and seed give the same plan: work is counted
        instead of time, and a slow machine may take up to twice as long.
    seed
        Seed of everything random.
    """

    seconds: float = 60.0
    workers: int = 2
    seed: int = 0


@dataclass(frozen=True)
class Progress:
    """What a running solve knows.

    Parameters
    ----------
    stage
        What it is doing, in words.
    objective, bound
        Incumbent and proven lower bound in line-minutes, where known.
    seconds
        Time since the start.
    """

    stage: str
    objective: Decimal | None
    bound: Decimal | None
    seconds: float

    @property
    def gap(self) -> Decimal | None:
        """Objective less bound as a share of the objective; None if either is unknown."""
        if self.objective is None or self.bound is None:
            return None
        return (self.objective - self.bound) / self.objective if self.objective else Decimal(0)


@dataclass(frozen=True)
class Solution:
    """What a solve came to.

    Parameters
    ----------
    plan
        The best plan; without cohorts if the status is ``infeasible`` or ``unknown``.
    unmeetable_needs
        Needs without a seat that no single candidate cohort could meet.
    seconds
        Time it took.
    explanation
        In words why there is no plan, or nothing.
    """

    plan: Plan
    unmeetable_needs: int
    seconds: float
    explanation: str = ""


def solve(
    scenario: Scenario,
    options: SolveOptions | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
    start: Plan | None = None,
    on_incumbent: Callable[[Plan], None] | None = None,
    outages: tuple[Outage, ...] = (),
) -> Solution:
    """Find the plan that costs least, and prove how good it is.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    options
        Time, workers and seed.
    on_progress
        Called from time to time, from the calling thread or one of the search.
    stop
        Set it to end the search with its best plan.
    start
        A plan to begin from. If it keeps every rule and meets only in patterns that are searched, the
        solution is no worse; of any other, what does not fit is left out and the rest is used.
    on_incumbent
        Called with a plan for each better incumbent, not more often than every two seconds, and from
        one thread of its own. Empty seats have no reasons there; the bound is what is known then.
    outages
        Dates on which rooms and instructors cannot be had; the bound counts for plans around them.

    Returns
    -------
    The solution. Its plan is ``optimal`` only if that is proven over all allowed plans.
    """
    began = time.monotonic()
    options = options or SolveOptions()

    def report(stage: str, objective: Decimal | None, bound: Decimal | None) -> None:
        if on_progress is not None:
            on_progress(Progress(stage, objective, bound, time.monotonic() - began))

    def tell(stage: str, objective: float | None, bound: float | None) -> None:
        report(stage, _thousandths(objective), _bound(bound))

    tell("reading the region", None, None)
    problem = Problem(scenario, outages)
    unneeded = pins_without_need(scenario, problem.facts, problem.demand)
    if unneeded:
        return with_unneeded_pins(scenario, unneeded, time.monotonic() - began)
    budget = Budget(options.seconds, began, options.workers == 1, stop or threading.Event())
    with contextlib.ExitStack() as stack:
        show = None if on_incumbent is None else stack.enter_context(IncumbentTeller(problem, on_incumbent)).offer
        pipeline = Pipeline(problem, budget, options.workers, options.seed, tell, show)
        outcome = pipeline.run(start)
        if outcome.seating is None:
            return _without_plan(scenario, outcome.status == "infeasible", time.monotonic() - began)
        tell("explaining empty seats", outcome.objective, outcome.bound)
        reasons = Explainer(problem).reasons(outcome.seating)
    status: Status = "optimal" if outcome.status == "optimal" else "feasible"
    plan = finish(problem, outcome.seating, outcome.bound, status, reasons)
    report("done", plan.objective, plan.bound)
    hopeless = problem.unmeetable & frozenset(unseated_needs(problem, outcome.seating))
    return Solution(plan, len(hopeless), time.monotonic() - began)


def unmeetable_needs(scenario: Scenario) -> frozenset[tuple[str, str]]:
    """Return the apprentices and modules of needs that no single candidate cohort could meet, whoever else is in it."""
    problem = Problem(scenario)
    needs = (problem.demand.needs[k] for k in problem.unmeetable)
    return frozenset(
        (scenario.apprentices[need.person_idx].apprentice, scenario.modules[need.module_idx].module) for need in needs
    )


def _thousandths(value: float | None) -> Decimal | None:
    # Halves up as the measures do; a half may come a little below as a float.
    return None if value is None else Decimal(math.floor(value * 1000 + 0.5 + 1e-6)) / 1000


def _bound(value: float | None) -> Decimal | None:
    return None if value is None else thousandths_down(value)


def _without_plan(scenario: Scenario, infeasible: bool, seconds: float) -> Solution:
    settings = scenario.settings
    plan = Plan(scenario=settings.name, first_day=settings.first_day, status="infeasible" if infeasible else "unknown")
    if infeasible:
        pins = ", ".join(f"{row.apprentice} in {row.module}" for row in scenario.pins if row.cohort != "none")
        text = (
            f"No plan keeps every pin, and that is proven. Take out or change one of the pinned seats: {pins}."
            if pins
            else "No plan is allowed, and that is proven. Look at what the published plan freezes."
        )
    else:
        text = f"No plan was found in {seconds:.0f} seconds. Give it more time with --seconds, or take out some pins."
    return Solution(plan, 0, seconds, text)


def with_unneeded_pins(scenario: Scenario, pins: tuple[tuple[str, str], ...], seconds: float) -> Solution:
    """Return a solution that says which pinned seats stand for modules that are not needed."""
    settings = scenario.settings
    plan = Plan(scenario=settings.name, first_day=settings.first_day, status="infeasible")
    names = ", ".join(f"{apprentice} in {module}" for apprentice, module in pins)
    text = f"Pinned seats stand for modules that are not needed: {names}. Take out the pins, or correct the credits."
    return Solution(plan, 0, seconds, text)
