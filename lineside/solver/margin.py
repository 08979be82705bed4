"""Planning with a margin: cohorts that are larger than they must be, so that a drop-out does not end them.

A margin makes the search stricter and changes nothing else, so every plan with it is allowed without it. Its bound is
another matter: plans with a margin are only some of the allowed ones, so a bound over them is none over all. A share
of the time therefore goes to a second search without the margin, whose bound is the plan's; it begins from the plan
found, so it also tells what the margin costs.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.models.tables import Module

if TYPE_CHECKING:
    from lineside.solver.progress import Progress
    from lineside.solver.solve import Solution, SolveOptions

PROOF_SHARE = 0.3
"""Share of the time for the search without the margin."""


@dataclass(frozen=True)
class Margin:
    """What planning with a margin came to.

    Parameters
    ----------
    seats
        People that each cohort has beyond its module's least number, or fewer if no more fit.
    bound
        Proven lower bound, in line-minutes, on the objective over all allowed plans with this margin.
    objective_without
        Objective of the best plan without the margin that was found in the rest of the time, in line-minutes: never
        above the plan's own.
    """

    seats: int
    bound: Decimal
    objective_without: Decimal


def scenario_with_margin(scenario: Scenario, seats: int) -> Scenario:
    """Return a scenario whose cohorts need so many people more, or as many as the module and its largest room allow.

    Frozen cohorts are exempt from every rule, so they stay as they are.
    """
    modules = tuple(
        row.model_copy(update={"seats_min": max(row.seats_min, min(row.seats_min + seats, _most(scenario, row)))})
        for row in scenario.modules
    )
    return scenario.model_copy(update={"modules": modules})


def _most(scenario: Scenario, module: Module) -> int:
    rooms = (row.seats for row in scenario.rooms if set(module.features) <= set(row.features))
    return min(module.seats_max, max(rooms, default=0))


def solve_with_margin(
    solve: Callable[..., Solution],
    scenario: Scenario,
    options: SolveOptions,
    on_progress: Callable[[Progress], None] | None,
    stop: threading.Event | None,
    start: Plan | None,
    on_incumbent: Callable[[Plan], None] | None,
) -> Solution:
    """Find a plan with a margin, and prove how good it is among all allowed plans.

    Parameters
    ----------
    solve
        :func:`lineside.solver.solve.solve`, which calls this; the rest is what it was called with.

    Returns
    -------
    The solution. Its plan's bound and status are those over all allowed plans, with or without the margin;
    :attr:`Solution.margin` has the bound over those with it.
    """
    stop = stop or threading.Event()
    plain = dataclasses.replace(options, margin=0)

    def with_it(progress: Progress) -> None:
        if on_progress is not None:
            stage = f"with a margin of {options.margin}: {progress.stage}"
            on_progress(dataclasses.replace(progress, stage=stage, bound=None))  # it is no bound over all plans

    def unproven(plan: Plan) -> None:
        if on_incumbent is not None:
            on_incumbent(plan.model_copy(update={"bound": None}))

    first = dataclasses.replace(plain, seconds=(1 - PROOF_SHARE) * options.seconds)
    found = solve(scenario_with_margin(scenario, options.margin), first, with_it, stop, start, unproven)
    if found.plan.objective is None or found.plan.bound is None:
        told = f"With a margin of {options.margin} people in each cohort: {found.explanation}"
        return dataclasses.replace(found, explanation=f"{told} Or try a smaller margin.")

    def without_it(progress: Progress) -> None:
        if on_progress is not None:
            stage = f"without the margin: {progress.stage}"
            seconds = found.seconds + progress.seconds
            on_progress(dataclasses.replace(progress, stage=stage, objective=found.plan.objective, seconds=seconds))

    rest = dataclasses.replace(plain, seconds=PROOF_SHARE * options.seconds)
    proof = solve(scenario, rest, without_it, stop, found.plan)
    return _joined(found, proof, options.margin, _hopeless(scenario, found.plan))


def _hopeless(scenario: Scenario, plan: Plan) -> int:
    """Return how many needs without a seat no candidate cohort could meet, with or without a margin."""
    from lineside.solver.solve import unmeetable_needs

    hopeless = unmeetable_needs(scenario)
    return sum((row.apprentice, row.module) in hopeless for row in plan.unseated)


def _joined(found: Solution, proof: Solution, seats: int, hopeless: int) -> Solution:
    objective, bound = found.plan.objective, found.plan.bound
    without, floor = proof.plan.objective, proof.plan.bound
    assert objective is not None and bound is not None  # it was looked at before
    assert without is not None and floor is not None  # a search that begins from a plan ends with one
    is_best = proof.plan.status == "optimal" and without == objective
    plan = found.plan.model_copy(update={"bound": floor, "status": "optimal" if is_best else "feasible"})
    return dataclasses.replace(
        found,
        plan=plan,
        unmeetable_needs=hopeless,
        seconds=found.seconds + proof.seconds,
        margin=Margin(seats, max(bound, floor), min(without, objective)),
    )
