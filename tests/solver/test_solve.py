"""The solver's door: options, progress, stop, determinism, and what it does with nothing to do."""

from __future__ import annotations

import threading
import time
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from lineside.models.checker import check
from lineside.models.plan import plan_json
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.solver import Progress, Solution, SolveOptions, solve
from tests.build import open_cohort, plan_of, tiny
from tests.random_scenarios import random_scenario

REGIONS = Path(__file__).parents[2] / "../shared/regions"
QUICK = SolveOptions(seconds=20, workers=1, seed=0)


def region(name: str) -> Scenario:
    return read_scenario(REGIONS / name).scenario


def test_progress_tells_a_rising_bound_and_a_falling_incumbent() -> None:
    told: list[Progress] = []
    solution = solve(region("s-tight-4"), SolveOptions(seconds=8, workers=1, seed=0), on_progress=told.append)
    assert told[0].objective is None
    assert told[0].bound is None
    assert told[0].gap is None
    assert all(one.seconds <= other.seconds for one, other in pairwise(told))
    objectives = [row.objective for row in told if row.objective is not None]
    assert objectives == sorted(objectives, reverse=True)
    assert len(set(objectives)) > 1
    bounds = [row.bound for row in told if row.bound is not None]
    assert bounds == sorted(bounds)
    assert bounds[0] < bounds[-1]
    assert (objectives[-1], bounds[-1]) == (solution.plan.objective, solution.plan.bound)
    assert told[-1].stage == "done"
    assert told[-1].gap == solution.plan.gap


def test_a_stop_ends_a_large_solve_with_a_checked_plan() -> None:
    scenario, stop = region("m-plain-11"), threading.Event()
    timer = threading.Timer(2.0, stop.set)
    timer.start()
    began = time.monotonic()
    solution = solve(scenario, SolveOptions(seconds=600, workers=1, seed=0), stop=stop)
    assert time.monotonic() - began < 30
    assert solution.plan.status == "feasible"
    assert check(scenario, solution.plan).is_clean


def test_a_stop_before_the_start_still_gives_an_answer() -> None:
    stop = threading.Event()
    stop.set()
    solution = solve(tiny(), QUICK, stop=stop)
    assert solution.plan.status in {"feasible", "optimal", "unknown"}
    if solution.plan.status == "unknown":
        assert solution.explanation


def same_plan_twice(scenario: Scenario, options: SolveOptions) -> Solution:
    first, second = solve(scenario, options), solve(scenario, options)
    # What was proven may depend on the clock, the plan itself may not.
    assert first.plan.objective == second.plan.objective
    fields = {"bound": None, "status": "unknown"}
    assert plan_json(first.plan.model_copy(update=fields)) == plan_json(second.plan.model_copy(update=fields))
    return first


@pytest.mark.parametrize("seed", range(6))
def test_same_input_and_seed_give_the_same_proven_plan(seed: int) -> None:
    assert same_plan_twice(random_scenario(seed), QUICK).plan.status in {"optimal", "infeasible"}


def test_same_input_and_seed_give_the_same_plan_of_a_region() -> None:
    solution = same_plan_twice(region("s-rotating-3"), SolveOptions(seconds=5, workers=1, seed=0))
    assert solution.plan.status in {"feasible", "optimal"}


def test_pins_that_cannot_all_stand_are_infeasible_and_say_so() -> None:
    # Both people are pinned to a cohort for which there is only one seat now.
    people = {"apprentices": {"a2": {}}, "settings": {"weeks": 1}}
    plain = tiny(**people)
    published = plan_of(plain, (open_cohort(plain), "a1 a2"))
    pins = ["a1 | math | K1", "a2 | math | K1"]
    solution = solve(tiny(published=published, pins=pins, rooms={"hall": {"seats": 1}}, **people), QUICK)
    assert solution.plan.status == "infeasible"
    assert solution.plan.cohorts == ()
    assert solution.plan.objective is None
    assert solution.explanation == (
        "No plan keeps every pin, and that is proven: a1 in math (cohort K1) and a2 in math (cohort K1) cannot hold "
        "together. Room hall seats 1; cohort K1 has 2. Choose a larger room or split the cohort. [cohort-size] Take "
        "out or change a2 in math (cohort K1), and the rest can stand."
    )


def test_a_pin_to_a_module_that_is_no_longer_needed_is_infeasible() -> None:
    plain = tiny()
    published = plan_of(plain, (open_cohort(plain), "a1"))
    scenario = tiny(published=published, pins=["a1 | math | K1"], apprentices={"a1": {"credits": "math"}})
    solution = solve(scenario, QUICK)
    assert solution.plan.status == "infeasible"
    assert solution.explanation == (
        "Pinned seats stand for modules that are not needed: a1 in math. Take out the pins, or correct the credits."
    )


@pytest.mark.parametrize(
    ("scenario", "unseated"),
    [
        (tiny(apprentices={"a1": None}), 0),
        (tiny(apprentices={"a1": {"credits": "math"}}), 0),
        (tiny(rooms={"shed": None, "hall": None, "licence": None}), 1),
        (tiny(instructors={"ida": None}), 1),
        (tiny(instructors={"ida": None}, rooms={"shed": None, "hall": None, "licence": None}), 1),
        (tiny(instructors={"ida": None}, patterns=None), 1),
    ],
    ids=["no apprentices", "no needs", "no rooms", "no instructors", "neither", "no instructors and no patterns"],
)
def test_nothing_to_plan_is_proven_at_once(scenario: Scenario, unseated: int) -> None:
    solution = solve(scenario, QUICK)
    report = check(scenario, solution.plan)
    assert (solution.plan.status, report.violations, report.faults) == ("optimal", (), ())
    assert solution.plan.cohorts == ()
    assert len(solution.plan.unseated) == unseated == solution.unmeetable_needs
    assert solution.plan.objective == solution.plan.bound == Decimal(120 * unseated)
    assert all(row.reason for row in solution.plan.unseated)


def test_nobody_can_come_and_any_pattern_is_allowed() -> None:
    # Nobody may travel, and only the college teaches: no candidate suits, but an unknown pattern is not ruled out.
    scenario = tiny(patterns=None, rooms={"shed": None, "licence": None}, apprentices={"a1": {"travel_max": 0}})
    solution = solve(scenario, QUICK)
    assert (solution.plan.status, solution.plan.objective, solution.plan.bound) == ("feasible", 120, 0)
    assert solution.unmeetable_needs == 1
    assert solution.seconds < 10


def test_a_cohort_that_goes_on_keeps_its_id() -> None:
    plain = tiny(settings={"weeks": 1}, apprentices={"a2": {}})
    published = plan_of(plain, (open_cohort(plain, name="spring"), "a1"))
    scenario = tiny(settings={"weeks": 1}, apprentices={"a2": {}}, published=published)
    plan = solve(scenario, QUICK).plan
    assert [row.cohort for row in plan.cohorts] == ["spring"]
    assert {row.apprentice for row in plan.seats} == {"a1", "a2"}
    assert plan.measures is not None
    assert plan.measures.changes == 1


def test_a_frozen_cohort_counts_its_first_week_from_the_new_horizon() -> None:
    before = tiny(settings={"first_day": "2026-05-18", "weeks": 3}, patterns=["Mon | 15:00 | 60 | college"])
    begun = open_cohort(before, "Mon 15:00 60", name="old", week=1)
    published = plan_of(before, (begun, "a1"), first_day=before.settings.first_day)
    scenario = tiny(
        published=published, settings={"frozen_until": "2026-06-01"}, patterns=["Mon | 15:00 | 60 | college"]
    )
    plan = solve(scenario, QUICK).plan
    # Its meetings are on May 25th and June 1st; it began a week before this horizon.
    assert [(row.cohort, row.first_week, row.meetings) for row in plan.cohorts] == [("old", -1, begun.meetings)]
    assert plan.status == "optimal"
    assert check(scenario, plan).is_clean
