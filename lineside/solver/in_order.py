"""Several measures in strict order: each is minimised under limits on those before it, each with its tolerance."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.solver.problem import Problem
from lineside.solver.progress import Progress
from lineside.solver.solve import Solution, SolveOptions, solve_problem
from lineside.solver.tariff import OBJECTIVE, Amount, MeasureError, Tariff, refuse_unknown


@dataclass(frozen=True)
class Goal:
    """A measure to minimise, and what later ones may take of it again.

    Parameters
    ----------
    measure
        Name of the measure, or ``objective``.
    share
        Share of its least value by which it may rise for the sake of later goals.
    more
        Amount by which it may, in its own unit.
    """

    measure: str
    share: Fraction = Fraction(0)
    more: Fraction = Fraction(0)

    @property
    def is_strict(self) -> bool:
        """Whether later goals may take nothing of it."""
        return not self.share and not self.more

    def most(self, value: Fraction) -> Fraction:
        """Return what later plans may have, given the least found.

        >>> Goal("line_time_lost", share=Fraction(2, 100)).most(Fraction(50))
        Fraction(51, 1)
        """
        return value * (1 + self.share) + self.more


@dataclass(frozen=True)
class GoalReached:
    """What came of one goal.

    Parameters
    ----------
    goal
        What was minimised.
    value
        Least found under the limits of the goals before.
    bound
        Proven lower bound on it under those limits.
    is_optimal
        Whether nothing less is possible under them; that is proven.
    final
        What the plan has of it in the end, within the tolerance.
    """

    goal: Goal
    value: Fraction
    bound: Fraction
    is_optimal: bool
    final: Fraction


@dataclass(frozen=True)
class OrderedSolution:
    """A plan that is best in strict order, and what came of each goal.

    Parameters
    ----------
    solution
        The last solve, with its plan; if a goal had no plan, that one's.
    reached
        Goals in their order, as far as they were taken up.
    """

    solution: Solution
    reached: tuple[GoalReached, ...]


def goals_of(text: str) -> tuple[Goal, ...]:
    """Return the goals that a text lists: measures in order, each with a tolerance if wanted.

    Raises
    ------
    MeasureError
        If a measure does not exist or is named twice, or a tolerance cannot be read.

    Examples
    --------
    >>> [(goal.measure, str(goal.share), str(goal.more)) for goal in goals_of("unseated_hours, dollars:2%, changes:+3")]
    [('unseated_hours', '0', '0'), ('dollars', '1/50', '0'), ('changes', '0', '3')]
    """
    goals = tuple(_goal(part.strip()) for part in text.split(",") if part.strip())
    names = [goal.measure for goal in goals]
    if not names:
        raise MeasureError("No measure is named. List one or more, separated by commas.")
    refuse_unknown(dict.fromkeys(names, 0))
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise MeasureError(f"{twice[0]} is named twice. Name each measure once.")
    return goals


def _goal(text: str) -> Goal:
    name, colon, tolerance = (part.strip() for part in text.partition(":"))
    if not colon:
        return Goal(name)
    try:
        amount = Fraction(Decimal(tolerance.removesuffix("%").strip()))
    except (InvalidOperation, ValueError, OverflowError):
        amount = Fraction(-1)
    if amount < 0:
        raise MeasureError(
            f"{tolerance!r} is no tolerance of {name}. Write a share such as 2%, or an amount such as +50."
        )
    if tolerance.endswith("%"):
        return Goal(name, share=amount / 100)
    return Goal(name, more=amount)


def solve_in_order(
    scenario: Scenario,
    goals: Sequence[Goal],
    options: SolveOptions | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
    start: Plan | None = None,
    on_incumbent: Callable[[Plan], None] | None = None,
) -> OrderedSolution:
    """Find the plan that is best by several measures in strict order.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    goals
        What to minimise, the most important first. What they leave open is decided by the scenario's objective.
    options
        Time for all goals together, workers, seed, and limits that hold throughout.
    on_progress, stop, start, on_incumbent
        As in :func:`~lineside.solver.solve.solve`.

    Notes
    -----
    While a later measure is minimised, earlier ones without a tolerance are charged beside it at the scenario's
    relative prices. Their least is their limit, so that changes no optimum, but the search stays among good plans.
    """
    options, began = options or SolveOptions(), time.monotonic()
    stages = [*goals, *([] if any(goal.measure == OBJECTIVE for goal in goals) else [Goal(OBJECTIVE)])]
    problem = Problem(scenario)
    limits: dict[str, Amount] = dict(options.limits)
    reached: list[GoalReached] = []
    for place, goal in enumerate(stages):
        beside = _beside(problem, goal, stages[:place])
        at_most = sum((price * Fraction(limits[name]) for name, price in beside.items()), Fraction(0))
        left = options.seconds - (time.monotonic() - began)
        asked = replace(
            options,
            seconds=max(1.0, left / (len(stages) - place)),
            limits=limits,
            objective={goal.measure: Fraction(1), **beside},
        )
        tell = _telling(on_progress, f"least {goal.measure}", at_most, began)
        solution = solve_problem(problem, asked, tell, stop, start, on_incumbent)
        if solution.aim is None:
            break
        start, aim = solution.plan, solution.aim
        value = aim.value - sum((price * aim.limited[name] for name, price in beside.items()), Fraction(0))
        bound = min(value, max(Fraction(0), aim.bound - at_most))
        reached = [replace(one, final=aim.limited[one.goal.measure]) for one in reached]
        if place < len(goals):
            reached.append(GoalReached(goal, value, bound, value == bound, value))
        most = goal.most(value)
        limits[goal.measure] = min(most, Fraction(limits[goal.measure])) if goal.measure in limits else most
    return OrderedSolution(solution, tuple(reached))


def _beside(problem: Problem, goal: Goal, earlier: Sequence[Goal]) -> dict[str, Fraction]:
    """Return what is charged beside a goal while it is minimised: strict earlier ones, at relative prices."""
    own = _price(problem, goal.measure)
    return {one.measure: _price(problem, one.measure) / own for one in earlier if one.is_strict}


def _price(problem: Problem, measure: str) -> Fraction:
    """Return the scenario's price of a measure, or 1 if it has none."""
    if measure == OBJECTIVE:
        return Fraction(1)
    price: Fraction = getattr(Tariff.of_prices(problem.settings.prices), measure)
    return price or Fraction(1)


def _telling(
    on_progress: Callable[[Progress], None] | None, stage: str, beside: Fraction, began: float
) -> Callable[[Progress], None] | None:
    """Return what tells the progress of one goal, without what is charged beside it."""
    if on_progress is None:
        return None

    def alone(amount: Decimal | None) -> Decimal | None:
        return None if amount is None else max(Decimal(0), amount - Decimal(round(float(beside), 3)))

    def tell(progress: Progress) -> None:
        objective, bound = alone(progress.objective), alone(progress.bound)
        seconds = time.monotonic() - began
        stage_words = f"{stage}: {progress.stage}"
        on_progress(Progress(stage_words, objective, bound, seconds))

    return tell
