"""The exact model does not depend on the order in which its builders are called."""

from __future__ import annotations

from random import Random

import pytest
from ortools.sat.python import cp_model

from lineside.solver.conflicts import Conflicts
from lineside.solver.model.build import BUILDERS, build
from lineside.solver.model.curriculum import add_seat_costs
from lineside.solver.model.loss import add_losses
from lineside.solver.model.scope import Draft, Scope
from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger, Seating
from tests.random_scenarios import random_scenario


def whole_scope(seed: int) -> Scope:
    problem = Problem(random_scenario(seed))
    base = Seating((), tuple(choice[0] for choice in problem.demand.choices))
    everybody = frozenset(range(len(problem.scenario.apprentices)))
    return Scope(problem, everybody, problem.viable_pairs, base, Conflicts(problem), Ledger(problem))


def optimum(draft: Draft) -> tuple[str, float]:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(draft.model)
    return solver.status_name(status), solver.objective_value if status == cp_model.OPTIMAL else 0.0


@pytest.mark.parametrize("seed", range(12))
def test_shuffled_builders_give_the_same_optimum(seed: int) -> None:
    scope = whole_scope(seed)
    straight = optimum(build(scope))
    assert straight[0] in {"OPTIMAL", "INFEASIBLE"}
    for shuffle in range(2):
        builders = list(dict.fromkeys((*BUILDERS.values(), add_seat_costs, add_losses)))
        Random(f"{seed}/{shuffle}").shuffle(builders)
        draft = Draft.of(scope)
        for builder in builders:
            builder(draft)
        draft.finish()
        assert optimum(draft) == straight
