"""Branch and bound ends at the optimum of the relaxed problem, and no bound on the way is above the true one."""

from __future__ import annotations

import math
import threading
import time

import pytest

from lineside.solver.budget import Budget
from lineside.solver.conflicts import Conflicts
from lineside.solver.problem import Problem
from lineside.solver.proof import Proof
from tests.exhaustive import exhaustive_optimum
from tests.random_scenarios import random_scenario

MINUTES = 600.0


@pytest.mark.parametrize("seed", range(60))
def test_no_case_raises_the_bound_above_the_optimum(seed: int) -> None:
    scenario = random_scenario(seed)
    optimum = exhaustive_optimum(scenario)
    if optimum is None:
        return
    problem = Problem(scenario)
    bounds = [-math.inf]
    budget = Budget(MINUTES, time.monotonic(), False, threading.Event())
    proof = Proof(problem, Conflicts(problem), budget, bounds.append, lambda: False)
    proof.relax(budget.share(1.0), False)
    assert proof.is_relaxed
    # The cut-off is above every price: no case is closed because it is too dear.
    nothing = float(problem.constant + 10 * sum(need.price for need in problem.demand.needs) + problem.money.scale)
    root = max(bounds)
    proof.branch(budget.share(1.0), lambda: nothing)
    rises = [units for units in bounds if root < units < nothing]
    best = problem.money.line_minutes(max(rises, default=root) - problem.rounding_slack)
    assert best <= float(optimum) + 1e-6
