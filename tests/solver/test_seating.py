"""The ledger's objective is the contract's, on any seating."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from lineside.models.measures import measure, objective_of
from lineside.models.reading import read_scenario
from lineside.solver.finish import finish
from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger, Seating, overlap_runs
from tests.random_scenarios import random_scenario
from tests.solver.seatings import random_seating, with_every_instructor

REGIONS = Path(__file__).parents[2] / "../shared/regions"
SMALL_REGIONS = ("s-nasty-5", "s-plain-1", "s-plain-2", "s-rotating-3", "s-tight-4")


def difference(problem: Problem, ledger: Ledger, seating: Seating) -> Fraction:
    """Return by how much the ledger's objective is off, in line-minutes."""
    plan = finish(problem, seating, 0.0, "feasible", {})
    objective = objective_of(problem.scenario, measure(problem.scenario, plan))
    return abs(Fraction(ledger.objective(seating), problem.money.scale) - Fraction(objective))


@pytest.mark.parametrize("region", SMALL_REGIONS)
def test_the_objective_of_random_seatings_of_a_region(region: str) -> None:
    problem = with_every_instructor(read_scenario(REGIONS / region).scenario)
    ledger, rng = Ledger(problem), Random(region)
    assert problem.money.exact
    # The contract's figure is rounded to a thousandth.
    for share in (0.0, 0.2, 0.5, 0.9):
        assert difference(problem, ledger, random_seating(problem, rng, share)) <= Fraction(1, 2000)


@pytest.mark.parametrize("seed", range(30))
def test_the_objective_of_random_seatings_of_tiny_scenarios(seed: int) -> None:
    problem = with_every_instructor(random_scenario(seed))
    ledger, rng = Ledger(problem), Random(seed)
    slack = Fraction(problem.rounding_slack, problem.money.scale)
    for _ in range(5):
        assert difference(problem, ledger, random_seating(problem, rng)) <= Fraction(1, 2000) + slack


def test_overlap_runs_tell_who_is_away_together() -> None:
    # 0 is away 0-10 and 5-15 (two windows of one person), 1 is away 8-20.
    runs = overlap_runs([(0, 10, 0), (5, 15, 0), (8, 20, 1)])
    assert runs == {frozenset({0}): 8, frozenset({0, 1}): 7, frozenset({1}): 5}
