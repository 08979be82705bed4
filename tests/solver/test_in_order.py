"""Measures in strict order: each is the least under those before it, within their tolerances."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import lineside.scenarios
from lineside.models.checker import check
from lineside.models.measures import measure
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.solver import OrderedSolution, Progress, SolveOptions, goals_of, solve, solve_in_order
from tests.exhaustive import exhaustive_optimum
from tests.random_scenarios import random_scenario

BUNDLED = Path(lineside.scenarios.__file__).parent / "bundled"
QUICK = SolveOptions(seconds=30, workers=1)


@pytest.fixture(scope="module")
def two_plants() -> Scenario:
    return read_scenario(BUNDLED / "two_plants").scenario


def ordered(scenario: Scenario, text: str) -> OrderedSolution:
    found = solve_in_order(scenario, goals_of(text), QUICK)
    assert check(scenario, found.solution.plan).is_clean
    assert all(one.is_optimal for one in found.reached)
    return found


@pytest.mark.parametrize(
    ("text", "values", "finals", "objective"),
    [
        # Nobody loses a minute with SAFETY on Saturdays (240 minutes of travel), BLUE at noon for Aspen and at home for
        # Birch (none). Dollars 1,192 + 100 + 180 = 1,472: 180 + 1,472 × 0.05 + 240 × 0.02 = 258.4.
        ("unseated_hours, line_time_lost, travel_minutes", [3, 0, 240], [3, 0, 240], "258.4"),
        # Of these, BLUE at noon and on Tuesday costs 2.000 less (README) and 100 minutes of travel more.
        ("unseated_hours, line_time_lost", [3, 0], [3, 0], "256.4"),
        # 20 line-minutes may be lost for less travel: SAFETY on Thursdays loses 19.98 and has 120 minutes.
        ("unseated_hours, line_time_lost:+20, travel_minutes", [3, 0, 120], [3, 19.98, 120], "255.578"),
        # Dollars first is nobody in class.
        ("dollars", [0], [0], "2460"),
        ("cohorts:+2, unseated_hours", [0, 3], [2, 3], "263.654"),
        ("objective", [253.578], [253.578], "253.578"),
    ],
)
def test_two_plants_in_several_orders(
    two_plants: Scenario, text: str, values: list[float], finals: list[float], objective: str
) -> None:
    found = ordered(two_plants, text)
    assert [float(one.value) for one in found.reached] == values
    assert [float(one.final) for one in found.reached] == finals
    assert found.solution.plan.objective is not None
    assert Fraction(found.solution.plan.objective) == Fraction(objective)


def test_a_share_of_the_least_may_be_given_up(two_plants: Scenario) -> None:
    # 2 % of 253.578 is 5.07: SAFETY on Saturdays costs 256.4 and loses no line time.
    found = ordered(two_plants, "objective:2%, line_time_lost")
    assert [float(one.final) for one in found.reached] == [256.4, 0]
    assert float(ordered(two_plants, "objective:1%, line_time_lost").reached[1].final) == 19.98


@pytest.mark.parametrize("seed", [0, 2, 4, 10, 11])
def test_the_least_objective_beside_the_fewest_unseated_hours_is_the_brute_force(seed: int) -> None:
    scenario = random_scenario(seed)
    found = solve_in_order(scenario, goals_of("unseated_hours"), QUICK)
    hours = found.reached[0].value
    assert exhaustive_optimum(scenario, most={"unseated_hours": hours}) is not None
    assert hours == 0 or exhaustive_optimum(scenario, most={"unseated_hours": hours - Fraction(1, 60)}) is None
    optimum = exhaustive_optimum(scenario, most={"unseated_hours": hours})
    plan = found.solution.plan
    assert plan.objective is not None and optimum is not None
    assert abs(Fraction(plan.objective) - optimum) <= Fraction(1, 1000)
    assert Fraction(measure(scenario, plan).unseated_hours) == hours


def test_limits_hold_throughout_and_a_goal_without_a_plan_ends_the_order(two_plants: Scenario) -> None:
    options = SolveOptions(seconds=30, workers=1, limits={"dollars": 500})
    found = solve_in_order(two_plants, goals_of("unseated_hours"), options)
    assert found.solution.plan.measures is not None
    assert found.solution.plan.measures.dollars <= 500
    never = solve_in_order(two_plants, goals_of("dollars"), SolveOptions(10, 1, limits={"unseated_hours": 2}))
    assert (never.reached, never.solution.plan.status) == ((), "infeasible")


def test_progress_tells_the_goal_and_its_own_amount(two_plants: Scenario) -> None:
    told: list[Progress] = []
    solve_in_order(two_plants, goals_of("unseated_hours, travel_minutes"), QUICK, told.append)
    stages = list(dict.fromkeys(progress.stage.split(":")[0] for progress in told))
    assert stages == ["least unseated_hours", "least travel_minutes", "least objective"]
    (last,) = [p for p in told if p.stage == "least travel_minutes: done"]
    assert (last.objective, last.bound) == (120, 120)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "No measure is named"),
        ("dollar", "dollar is no measure"),
        ("dollars, dollars:2%", "named twice"),
        ("dollars:much", "'much' is no tolerance of dollars"),
        ("dollars:-2%", "no tolerance"),
        ("dollars:nan", "no tolerance"),
    ],
)
def test_an_order_that_cannot_be_read_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        goals_of(text)


def test_an_order_of_one_objective_is_the_plain_solve(two_plants: Scenario) -> None:
    plain = solve(two_plants, QUICK).plan
    assert ordered(two_plants, "objective").solution.plan.objective == plain.objective
