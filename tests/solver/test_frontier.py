"""Trade-offs: every point a plan that keeps the rules, none dominated, the ends the least of each measure alone."""

from __future__ import annotations

import itertools
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import lineside.scenarios
from lineside.models.checker import check
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.solver import Frontier, FrontierOptions, FrontierPoint, SolveOptions, frontier, solve
from tests.exhaustive import exhaustive_optimum
from tests.random_scenarios import random_scenario

BUNDLED = Path(lineside.scenarios.__file__).parent / "bundled"


@pytest.fixture(scope="module")
def two_plants() -> Scenario:
    return read_scenario(BUNDLED / "two_plants").scenario


def traced(scenario: Scenario, against: str, **wishes: Any) -> Frontier:
    options = FrontierOptions(against=against, seconds=20, workers=1, **wishes)
    found = frontier(scenario, options)
    assert all(check(scenario, point.plan).is_clean for point in found.points)
    assert not any(one.dominates(other) for one, other in itertools.permutations(found.points, 2))
    assert len({(point.value, point.against) for point in found.points}) == len(found.points)
    assert all(point.bound <= point.value for point in found.points)
    return found


def pairs(found: Frontier) -> list[tuple[float, float]]:
    return [(float(point.value), float(point.against)) for point in found.points]


def test_dollars_of_two_plants_with_everybody_seated_who_can_be(two_plants: Scenario) -> None:
    # The README of two_plants derives these plans; no other is on the frontier.
    found = traced(two_plants, "dollars", points=6, keep=("unseated_hours",))
    assert pairs(found) == [(253.578, 944.0), (310.7, 844.0), (858.32, 440.0), (917.44, 340.0)]
    assert all(point.is_optimal and point.is_efficient for point in found.points)
    assert (found.is_complete, found.is_least_against_optimal, found.least_against_bound) == (True, True, 340)


@pytest.mark.parametrize(
    ("against", "last"),
    [
        ("worst_company", (256.4, 0.0)),
        ("travel_minutes", (255.578, 120.0)),
        ("cohorts", (263.654, 2.0)),
    ],
)
def test_the_ends_are_the_least_of_each_alone(two_plants: Scenario, against: str, last: tuple[float, float]) -> None:
    found = traced(two_plants, against, points=3, keep=("unseated_hours",))
    first = solve(two_plants, SolveOptions(seconds=20, workers=1)).plan
    least = solve(two_plants, SolveOptions(20, 1, 0, limits={"unseated_hours": 3}, objective={against: 1}))
    assert first.objective is not None and least.aim is not None
    assert found.points[0].value == Fraction(first.objective)
    assert found.points[-1].against == least.aim.value
    assert pairs(found)[-1] == last
    plan = found.points[0].plan
    assert (plan.status, plan.bound) == ("optimal", first.objective)
    assert [point.plan.bound for point in found.points] == [first.objective] * len(found.points)


def test_line_time_is_traded_too_and_the_seats_of_the_best_plan_are_kept(two_plants: Scenario) -> None:
    found = traced(two_plants, "dollars", minimise="line_time_lost", points=5, keep=("unseated_hours",))
    assert pairs(found)[0] == (0.0, 1392.0)
    assert pairs(found)[-1] == (657.12, 340.0)
    assert all(point.plan.measures is not None and point.plan.measures.unseated_hours == 3 for point in found.points)
    assert all(point.plan.bound is None for point in found.points), "nothing is proven about all allowed plans"


@pytest.mark.parametrize("seed", [0, 2, 10, 12])
def test_every_point_is_the_brute_force_optimum_under_its_own_measure(seed: int) -> None:
    scenario = random_scenario(seed)
    found = traced(scenario, "dollars", points=4)
    best = exhaustive_optimum(scenario)
    assert best is not None and abs(found.points[0].value - best) < Fraction(1, 1000)
    for point in found.points:
        optimum = exhaustive_optimum(scenario, most={"dollars": point.against})
        assert point.is_efficient
        assert optimum is not None and abs(point.value - optimum) < Fraction(1, 1000)


def test_a_frontier_that_is_stopped_has_the_points_found_so_far(two_plants: Scenario) -> None:
    stop, told = threading.Event(), list[FrontierPoint]()

    def stop_after_one(point: FrontierPoint) -> None:
        told.append(point)
        stop.set()

    found = frontier(two_plants, FrontierOptions("dollars", seconds=20, workers=1), None, stop_after_one, stop)
    assert (len(found.points), found.is_complete) == (1, False)
    assert told[0].value == found.points[0].value == Fraction("253.578")


def test_progress_says_which_point_is_looked_for(two_plants: Scenario) -> None:
    stages: list[str] = []
    frontier(
        two_plants,
        FrontierOptions("cohorts", points=3, seconds=20, workers=1, keep=("unseated_hours",)),
        lambda progress: stages.append(progress.stage.split(":")[0].split(",")[0]),
    )
    assert list(dict.fromkeys(stages))[:2] == ["least objective", "least cohorts"]


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"against": "objective"}, "against itself"),
        ({"against": "dollar"}, "dollar is no measure"),
        ({"against": "dollars", "points": 1}, "no two ends"),
        ({"against": "dollars", "keep": ("seats",)}, "seats is no measure"),
    ],
)
def test_what_cannot_be_traded_is_refused(two_plants: Scenario, wishes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        frontier(two_plants, FrontierOptions(**wishes))


def test_limits_that_nothing_keeps_are_told(two_plants: Scenario) -> None:
    found = frontier(two_plants, FrontierOptions("dollars", seconds=20, workers=1, limits={"unseated_hours": 2}))
    assert found.points == ()
    assert "No plan keeps within 2 unseated hours, and that is proven." in found.explanation
