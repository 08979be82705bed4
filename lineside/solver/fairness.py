"""What fairness costs: the best plan with a cap on the company that loses most, beside the best one without."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from lineside.models.scenario import Scenario
from lineside.solver.problem import Problem
from lineside.solver.progress import Progress
from lineside.solver.solve import Solution, SolveOptions, solve_problem
from lineside.solver.tariff import figure_of

WORST = "worst_company"


@dataclass(frozen=True)
class Cap:
    """The most line time that the company that loses most may lose.

    Parameters
    ----------
    amount
        Line-minutes, or, with ``is_share``, a share of what it loses in the best plan without a cap.
    is_share
        Which of the two.
    """

    amount: Fraction
    is_share: bool = False

    def most(self, worst: Fraction) -> Fraction:
        """Return the cap in line-minutes, given what the worst company loses without one."""
        return self.amount * worst if self.is_share else self.amount


@dataclass(frozen=True)
class Fairness:
    """Two plans, and what lies between them.

    Parameters
    ----------
    free, capped
        The best plan found without the cap, and with it. If there is no plan without it, both are that solution.
    most
        The cap in line-minutes.
    """

    free: Solution
    capped: Solution
    most: Fraction

    @property
    def cost(self) -> Fraction | None:
        """Line-minutes by which the objective with the cap is above that without; None if a plan is missing."""
        free, capped = self.free.aim, self.capped.aim
        return None if free is None or capped is None else capped.value - free.value

    @property
    def proven(self) -> tuple[Fraction, Fraction] | None:
        """Least and most that the cap costs for certain, in line-minutes, whatever better plans there may be."""
        free, capped = self.free.aim, self.capped.aim
        if free is None or capped is None:
            return None
        return max(Fraction(0), capped.bound - free.value), capped.value - free.bound


def fairness(
    scenario: Scenario,
    cap: Cap,
    options: SolveOptions | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Fairness:
    """Solve a scenario without and with a cap on the company that loses most.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    cap
        The most that it may lose.
    options
        Time for each of the two solves, workers, seed, and limits for both.
    on_progress, stop
        As in :func:`~lineside.solver.solve.solve`.
    """
    options = options or SolveOptions()
    problem = Problem(scenario)

    def tell(stage: str) -> Callable[[Progress], None] | None:
        if on_progress is None:
            return None
        return lambda progress: on_progress(replace(progress, stage=f"{stage}: {progress.stage}"))

    free = solve_problem(problem, options, tell("without a cap"), stop)
    if free.aim is None:
        return Fairness(free, free, cap.most(Fraction(0)))
    most = cap.most(figure_of(free.plan, scenario.settings.prices, WORST))
    capped_options = replace(options, limits={**options.limits, WORST: most})
    capped = solve_problem(problem, capped_options, tell("with the cap"), stop, free.plan)
    return Fairness(free, capped, most)
