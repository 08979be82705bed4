"""What a seat is said to add to the bound at least is never more than what it adds to the best plan that has it."""

from __future__ import annotations

from random import Random

import pytest
from ortools.sat.python import cp_model

from lineside.solver.bound import ColumnGeneration
from lineside.solver.conflicts import Conflicts
from lineside.solver.cuts import Separator
from lineside.solver.model.build import build
from lineside.solver.model.scope import Scope
from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger, Seating
from tests.random_scenarios import random_scenario
from tests.solver.test_week_losses import stopping_at_once

ROUNDS = (2, 5, 400)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("seed", range(30))
def test_no_plan_with_a_seat_is_below_what_the_bound_says_of_it(seed: int, strict: bool) -> None:
    scenario = stopping_at_once(random_scenario(seed)) if strict else random_scenario(seed)
    problem = Problem(scenario)
    rows = problem.viable_pairs
    chosen = tuple(choice[0] for choice in problem.demand.choices)
    everybody = frozenset(range(len(scenario.apprentices)))
    scope = Scope(problem, everybody, rows, Seating((), chosen), Conflicts(problem), Ledger(problem))
    for rounds in ROUNDS:
        master = ColumnGeneration(problem, rows)
        separator = Separator(master)
        for _ in range(rounds):
            master.round()
            if master.converged and not separator.add_violated():
                break
        relaxation = master.relaxation()
        if not len(relaxation.pair_rows):
            return
        at = Random(seed).randrange(len(relaxation.pair_rows))
        draft = build(scope)
        draft.model.add(draft.seat[int(relaxation.pair_rows[at])] == 1)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        status = solver.solve(draft.model)
        if status == cp_model.OPTIMAL:
            said = relaxation.bound + problem.constant + float(relaxation.pair_reduced[at]) - problem.rounding_slack
            assert said <= solver.objective_value + 1e-6 * max(1.0, solver.objective_value)
        else:
            assert status == cp_model.INFEASIBLE
