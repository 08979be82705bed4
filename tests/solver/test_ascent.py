"""The bound without a linear program: never above the true optimum, close to column generation's, never falling."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lineside.models.reading import read_scenario
from lineside.solver.ascent import Ascent
from lineside.solver.bound import ColumnGeneration
from lineside.solver.price_walk import cheapest
from lineside.solver.problem import Problem
from lineside.solver.resources import Servers
from tests.exhaustive import exhaustive_optimum
from tests.random_scenarios import random_scenario

REGIONS = Path(__file__).parents[2] / "../shared/regions"


@pytest.mark.parametrize("seed", range(150))
def test_the_bound_is_never_above_the_optimum_of_an_enumeration(seed: int) -> None:
    scenario = random_scenario(seed)
    optimum = exhaustive_optimum(scenario)
    problem = Problem(scenario)
    found: list[float] = []
    Ascent(problem).run(lambda: True, found.append)
    assert found == sorted(found)
    if optimum is not None:
        slack = (problem.rounding_slack + 0.001 * problem.money.scale) / problem.money.scale
        assert found[-1] / problem.money.scale <= float(optimum) + slack


@pytest.mark.parametrize("region", ["s-plain-1", "s-rotating-3", "s-tight-4", "s-nasty-5"])
def test_the_bound_comes_close_to_column_generation_without_rows(region: str) -> None:
    problem = Problem(read_scenario(REGIONS / region).scenario)
    master = ColumnGeneration(problem, problem.viable_pairs)
    while not master.converged:
        master.round()
    relaxed = master.best * master.unit
    ascent = Ascent(problem)
    ascent.run(lambda: True, lambda _: None)
    assert ascent.best * ascent.unit <= relaxed * (1 + 1e-6)
    assert ascent.best * ascent.unit >= relaxed * 0.99


def test_no_cohort_costs_less_than_its_peoples_prices() -> None:
    problem = Problem(read_scenario(REGIONS / "s-plain-2").scenario)
    ascent = Ascent(problem)
    ascent.run(lambda: True, lambda _: None)
    priced = ascent.relaxation()
    assert priced.reduced_cost.min() >= -1e-4
    assert np.all(priced.need_price >= 0)  # nothing is published here, so no seat costs less than nothing


def rounds_up_to(most: int) -> Callable[[], bool]:
    """Return a question that is answered yes so many times."""
    left = iter(range(most))
    return lambda: next(left, None) is not None


def test_the_bound_can_be_stopped_and_goes_on_where_it_was() -> None:
    problem = Problem(read_scenario(REGIONS / "s-plain-1").scenario)
    once, twice = Ascent(problem), Ascent(problem)
    once.run(rounds_up_to(60), lambda _: None)
    for most in (25, 35):
        twice.run(rounds_up_to(most), lambda _: None)
    assert once.bound == twice.bound > 0


def test_the_cheapest_server_of_each_candidate_stands_for_all() -> None:
    servers = Servers(np.array([0, 2, 2, 3]), np.array([4, 7, 1], dtype=np.int32), np.array([30, 20, 10]))
    least = cheapest(servers)
    assert least.ptr.tolist() == [0, 1, 1, 2]
    assert least.cost.tolist() == [20, 10]
