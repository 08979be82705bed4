"""From a scenario to a plan with a proven bound: the whole way on one screen."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from lineside.models.outages import Outage
from lineside.models.plan import Plan, Status
from lineside.models.scenario import Scenario
from lineside.models.tables import Pin
from lineside.solver.advice.contradiction import Contradiction, contradiction_of
from lineside.solver.budget import Budget
from lineside.solver.explain import Explainer
from lineside.solver.finish import finish, thousandths_down, unseated_needs
from lineside.solver.limits import limits_of
from lineside.solver.margin import Margin, solve_with_margin
from lineside.solver.needs import pins_without_need
from lineside.solver.parts.solving import is_state, solve_in_parts
from lineside.solver.pipeline import Outcome, Pipeline
from lineside.solver.problem import Problem
from lineside.solver.progress import Progress
from lineside.solver.seating import Ledger, Seating
from lineside.solver.tariff import OBJECTIVE, Amount, MeasureError, Tariff, refuse_unknown
from lineside.solver.telling import IncumbentTeller

NOTHING_PROVEN = {"status": "feasible", "bound": None}
"""What a plan says of itself that is best of some plans only, or by another objective."""


@dataclass(frozen=True)
class SolveOptions:
    """How long and how hard to search.

    Parameters
    ----------
    seconds
        Time to search; reading and explaining come on top.
    workers
        Processes that search. With one, the same input and seed give the same plan: work is counted
        instead of time, and a slow machine may take up to twice as long.
    seed
        Seed of everything random.
    margin
        People that each new cohort must have beyond its module's least number, as far as they fit. The plan is then
        the best that was found with the margin; its bound is still that over all allowed plans
        (:mod:`lineside.solver.margin`).
    limits
        Most of a measure that a plan may have, by name, each in its own unit: a plan's measures, ``objective`` and
        ``cohorts`` (:mod:`lineside.solver.tariff`).
    objective
        What is minimised instead of the scenario's objective: weights by name of measure.
    """

    seconds: float = 60.0
    workers: int = 2
    seed: int = 0
    margin: int = 0
    limits: Mapping[str, Amount] = field(default_factory=dict)
    objective: Mapping[str, Amount] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the scenario's objective is minimised over all allowed plans."""
        return not self.limits and self.objective is None

    def refuse_impossible(self) -> None:
        """Refuse measures that do not exist, amounts below 0, and a margin beside limits or another objective.

        Raises
        ------
        MeasureError
            With a sentence about the first one.
        """
        refuse_unknown(self.limits)
        refuse_unknown(self.objective or {})
        if self.margin and not self.is_plain:
            raise MeasureError("A margin does not go together with limits or other objectives. Ask for one of them.")


@dataclass(frozen=True)
class Aim:
    """What a solve minimised, and how far it came.

    Parameters
    ----------
    value
        Least found of what was minimised; exact, unless amounts had to be rounded.
    bound
        Proven lower bound on it over all plans within the limits, to a thousandth, rounded down.
    is_optimal
        Whether no plan within the limits has less, to the thousandth; that is proven.
    limited
        What the plan has of each limited measure.
    """

    value: Fraction
    bound: Fraction
    is_optimal: bool
    limited: Mapping[str, Fraction]

    @property
    def gap(self) -> Fraction:
        """Value less bound as a share of the value; 0 if both are the same."""
        return (self.value - self.bound) / self.value if self.value > self.bound else Fraction(0)


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
    aim
        What was minimised, which may be something else than the plan's objective; None without a plan.
    """

    plan: Plan
    unmeetable_needs: int
    seconds: float
    explanation: str = ""
    contradiction: Contradiction | None = None
    margin: Margin | None = None
    aim: Aim | None = None


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
        Time, workers, seed, margin, limits and what is minimised.
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
    The solution. Its plan is ``optimal`` only if that is proven over all allowed plans. With limits, or another
    objective, nothing is proven about all allowed plans, so the plan has no bound; the aim has its own.

    Raises
    ------
    MeasureError
        If the options name a measure that does not exist, an amount below 0, or a margin beside limits.
    """
    began = time.monotonic()
    options = options or SolveOptions()
    options.refuse_impossible()
    if options.margin:
        return solve_with_margin(solve, scenario, options, on_progress, stop, start, on_incumbent)
    if on_progress is not None:
        on_progress(Progress("reading the region", None, None, 0.0))
    if options.is_plain and not outages and is_state(scenario):
        return _solve_state(scenario, options, on_progress, stop or threading.Event(), start, on_incumbent, began)
    problem = Problem(scenario, outages=outages)
    return solve_problem(problem, options, on_progress, stop, start, on_incumbent, began)


def _solve_state(
    scenario: Scenario,
    options: SolveOptions,
    on_progress: Callable[[Progress], None] | None,
    stop: threading.Event,
    start: Plan | None,
    on_incumbent: Callable[[Plan], None] | None,
    began: float,
) -> Solution:
    def solve_part(part: Scenario, seconds: float, told: Callable[[Progress], None]) -> tuple[Plan, int]:
        solution = solve(part, replace(options, seconds=seconds), told, stop)
        return solution.plan, solution.unmeetable_needs

    left = max(1.0, options.seconds - (time.monotonic() - began))
    plan, hopeless = solve_in_parts(scenario, left, solve_part, on_progress, stop, start, on_incumbent)
    aim = None
    if plan.objective is not None and plan.bound is not None:
        aim = Aim(Fraction(plan.objective), Fraction(plan.bound), False, {})
    return Solution(plan, hopeless, time.monotonic() - began, aim=aim)


def solve_problem(
    problem: Problem,
    options: SolveOptions,
    on_progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
    start: Plan | None = None,
    on_incumbent: Callable[[Plan], None] | None = None,
    began: float | None = None,
) -> Solution:
    """Solve a problem that is prepared already, as :func:`solve` does without a margin.

    Parameters
    ----------
    problem
        The prepared problem, by the scenario's own prices; options are applied to a copy.
    began
        Moment of :func:`time.monotonic` from which the time counts; default now.
    """
    began = time.monotonic() if began is None else began
    scenario, problem = problem.scenario, _as_asked(problem, options)

    def report(stage: str, objective: Decimal | None, bound: Decimal | None) -> None:
        if on_progress is not None:
            on_progress(Progress(stage, objective, bound, time.monotonic() - began))

    def tell(stage: str, objective: float | None, bound: float | None) -> None:
        report(stage, _thousandths(objective), _bound(bound))

    unneeded = pins_without_need(scenario, problem.facts, problem.demand)
    if unneeded:
        return with_unneeded_pins(scenario, unneeded, time.monotonic() - began)
    budget = Budget(options.seconds, began, options.workers == 1, stop or threading.Event())
    with contextlib.ExitStack() as stack:
        show = None
        if on_incumbent is not None:
            told = on_incumbent if options.is_plain else _unproven(on_incumbent)
            show = stack.enter_context(IncumbentTeller(problem, told)).offer
        pipeline = Pipeline(problem, budget, options.workers, options.seed, tell, show)
        outcome = pipeline.run(start)
        if outcome.seating is None and problem.limits:
            return _without_plan_in_limits(problem, outcome.status == "infeasible", time.monotonic() - began)
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
    aim = _aim(problem, outcome, outcome.seating)
    if options.is_plain:
        report("done", plan.objective, plan.bound)
    else:
        plan = plan.model_copy(update=NOTHING_PROVEN)
        report("done", _thousandths(float(aim.value)), thousandths_down(float(aim.bound)))
    hopeless = problem.unmeetable & frozenset(unseated_needs(problem, outcome.seating))
    return Solution(plan, len(hopeless), time.monotonic() - began, aim=aim)


def _as_asked(problem: Problem, options: SolveOptions) -> Problem:
    """Return a problem with the objective and the limits of some options."""
    if options.is_plain:
        return problem
    weights = {OBJECTIVE: 1} if options.objective is None else options.objective
    asked = problem.under(Tariff.of_weights(weights, problem.settings.prices))
    asked.limits = limits_of(problem, options.limits)
    return asked


def _aim(problem: Problem, outcome: Outcome, seating: Seating) -> Aim:
    value = Fraction(Ledger(problem).objective(seating), problem.money.scale)
    is_optimal = outcome.status == "optimal"
    bound = value if is_optimal else min(value, Fraction(thousandths_down(outcome.bound)))
    limited = {limit.measure: Fraction(limit.units(seating), limit.problem.money.scale) for limit in problem.limits}
    return Aim(value, max(bound, Fraction(0)), is_optimal, limited)


def _unproven(tell: Callable[[Plan], None]) -> Callable[[Plan], None]:
    return lambda plan: tell(plan.model_copy(update=NOTHING_PROVEN))


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


def _without_plan_in_limits(problem: Problem, infeasible: bool, seconds: float) -> Solution:
    settings = problem.settings
    limits = " and ".join(limit.words for limit in problem.limits)
    if infeasible:
        text = f"No plan keeps within {limits}, and that is proven. Raise a limit, or take out some pins."
    else:
        text = f"No plan within {limits} was found in {seconds:.0f} seconds. Give it more time, or raise a limit."
    plan = Plan(scenario=settings.name, first_day=settings.first_day, status="infeasible" if infeasible else "unknown")
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
