"""The solver's optimum is that of a brute-force enumeration, on random tiny scenarios."""

from __future__ import annotations

from fractions import Fraction

import pytest

from lineside.models.checker import check
from lineside.models.scenario import Scenario
from lineside.solver import SolveOptions, solve
from tests.exhaustive import exhaustive_optimum
from tests.random_scenarios import random_scenario

THOUSANDTH = Fraction(1, 1000)
NUM_SEEDS = 200


@pytest.mark.parametrize("seed", range(NUM_SEEDS))
def test_solver_finds_the_optimum(seed: int) -> None:
    scenario = random_scenario(seed)
    assert disagreements(scenario, exhaustive_optimum(scenario)) == []


def disagreements(scenario: Scenario, optimum: Fraction | None) -> list[str]:
    """Return in words what the solver's plan has wrong, given the true optimum (None: no plan is allowed)."""
    plan = solve(scenario, SolveOptions(seconds=20, workers=1, seed=0)).plan
    if optimum is None:
        return [] if plan.status == "infeasible" else [f"status {plan.status}, but no plan is allowed"]
    if plan.status != "optimal" or plan.objective is None or plan.bound is None:
        return [
            f"status {plan.status}, objective {plan.objective}, bound {plan.bound}; the optimum is {float(optimum)}"
        ]
    found = []
    if abs(Fraction(plan.objective) - optimum) > THOUSANDTH:
        found.append(f"objective {plan.objective}; the optimum is {float(optimum)}")
    if plan.bound > plan.objective:
        found.append(f"bound {plan.bound} above the objective {plan.objective}")
    report = check(scenario, plan)
    return [*found, *report.faults, *(violation.rule for violation in report.violations)]
