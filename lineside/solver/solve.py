"""From a scenario to a plan with a proven bound: the whole way on one screen."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from lineside.models.outages import Outage
from lineside.models.plan import Plan, Status
from lineside.models.scenario import Scenario
from lineside.models.tables import Pin
from lineside.solver.advice.contradiction import Contradiction, contradiction_of
from lineside.solver.budget import Budget
from lineside.solver.explain import Explainer
from lineside.solver.finish import finish, thousandths_down, unseated_needs
from lineside.solver.margin import Margin, solve_with_margin
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
    margin
        People that each new cohort must have beyond its module's least number, as far as they fit. The plan is then
        the best that was found with the margin; its bound is still that over all allowed plans
        (:mod:`lineside.solver.margin`).
    """

    seconds: float = 60.0
    workers: int = 2
    seed: int = 0
    margin: int = 0


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
    contradiction
        The pins that cannot hold together, where that is why there is no plan and time was enough to find them.
    margin
        What planning with a margin came to, where one was asked for and there is a plan.
    """

    plan: Plan
    unmeetable_needs: int
    seconds: float
    explanation: str = ""
    contradiction: Contradiction | None = None
    margin: Margin | None = None


CONTRADICTION_SECONDS = 30.0
"""Most time to look for the pins that contradict each other, where no plan keeps them all."""
BECAUSE_SHOWN = 3
"""Most sentences about the published seats that pins ask for."""


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
        Time, workers, seed and margin.
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
    if options.margin:
        return solve_with_margin(solve, scenario, options, on_progress, stop, start, on_incumbent)

    def report(stage: str, objective: Decimal | None, bound: Decimal | None) -> None:
        if on_progress is not None:
            on_progress(Progress(stage, objective, bound, time.monotonic() - began))

    def tell(stage: str, objective: float | None, bound: float | None) -> None:
        report(stage, _thousandths(objective), _bound(bound))

    tell("reading the region", None, None)
    problem = Problem(scenario, outages=outages)
    unneeded = pins_without_need(scenario, problem.facts, problem.demand)
    if unneeded:
        return with_unneeded_pins(scenario, unneeded, time.monotonic() - began)
    budget = Budget(options.seconds, began, options.workers == 1, stop or threading.Event())
    with contextlib.ExitStack() as stack:
        show = None if on_incumbent is None else stack.enter_context(IncumbentTeller(problem, on_incumbent)).offer
        pipeline = Pipeline(problem, budget, options.workers, options.seed, tell, show)
        outcome = pipeline.run(start)
        if outcome.seating is None:
            if outcome.status == "infeasible":
                tell("looking for pins that contradict each other", None, None)
                limit = min(CONTRADICTION_SECONDS, options.seconds)
                found = contradiction_of(scenario, seconds=limit, stop=budget.stop)
                return _infeasible(scenario, found, time.monotonic() - began)
            return _unknown(scenario, time.monotonic() - began)
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


def _unknown(scenario: Scenario, seconds: float) -> Solution:
    settings = scenario.settings
    plan = Plan(scenario=settings.name, first_day=settings.first_day, status="unknown")
    text = f"No plan was found in {seconds:.0f} seconds. Give it more time with --seconds, or take out some pins."
    return Solution(plan, 0, seconds, text)


def _infeasible(scenario: Scenario, found: Contradiction | None, seconds: float) -> Solution:
    settings = scenario.settings
    plan = Plan(scenario=settings.name, first_day=settings.first_day, status="infeasible")
    pins = [row for row in scenario.pins if row.cohort != "none"]
    if found is not None:
        text = contradiction_sentences(found)
    elif pins:
        text = (
            f"No plan keeps every pin, and that is proven. Take out or change one of the pinned seats: {_names(pins)}."
        )
    else:
        text = "No plan is allowed, and that is proven. Look at what the published plan freezes."
    return Solution(plan, 0, seconds, text, found)


def contradiction_sentences(found: Contradiction) -> str:
    """Say which rows cannot hold together, why if that is plain, and what would do."""
    rows = [*map(_pin_words, found.pins), *(f"the frozen cohort {name}" for name in found.frozen)]
    fact = f"{_joined(rows)} cannot {'be kept' if len(rows) == 1 else 'hold together'}"
    because = "".join(f" {text}" for text in found.because[:BECAUSE_SHOWN])
    remedy = f"Take out or change {_joined([*map(_pin_words, found.given_up)])}, and the rest can stand."
    return f"No plan keeps every pin, and that is proven: {fact}.{because} {remedy}"


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _pin_words(pin: Pin) -> str:
    if pin.cohort == "none":
        return f"{pin.apprentice} not in {pin.module}"
    return f"{pin.apprentice} in {pin.module} (cohort {pin.cohort})"


def _names(pins: Iterable[Pin]) -> str:
    return ", ".join(f"{row.apprentice} in {row.module}" for row in pins)


def with_unneeded_pins(scenario: Scenario, pins: tuple[tuple[str, str], ...], seconds: float) -> Solution:
    """Return a solution that says which pinned seats stand for modules that are not needed."""
    settings = scenario.settings
    plan = Plan(scenario=settings.name, first_day=settings.first_day, status="infeasible")
    names = ", ".join(f"{apprentice} in {module}" for apprentice, module in pins)
    text = f"Pinned seats stand for modules that are not needed: {names}. Take out the pins, or correct the credits."
    return Solution(plan, 0, seconds, text)
