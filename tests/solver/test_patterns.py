"""Patterns: the table's, or derived from the shift clocks."""

from __future__ import annotations

import pytest

from lineside.models.checker import check
from lineside.models.scenario import Scenario
from lineside.solver import SolveOptions, solve
from lineside.solver.patterns import GRID_MINUTES, WeeklySlot, patterns_by_site
from lineside.solver.problem import Problem
from tests.build import tiny

MODULE = {"math": {"session_min": 60, "session_max": 120}}


def derived(**changes: object) -> tuple[WeeklySlot, ...]:
    return patterns_by_site(tiny(patterns=None, modules=MODULE, **changes))["plant"]


def starts(slots: tuple[WeeklySlot, ...], minutes: int, day: int) -> set[int]:
    return {slot.start for slot in slots if slot.minutes == minutes and day in slot.days}


def test_a_table_is_taken_as_it_is() -> None:
    found = patterns_by_site(tiny(patterns=["Mon Wed | 15:00 | 60 | all", "Tue | 16:00 | 90 | college"]))
    assert found["plant"] == (WeeklySlot((0, 2), 900, 60),)
    assert found["college"] == (WeeklySlot((0, 2), 900, 60), WeeklySlot((1,), 960, 90))


def test_every_start_is_on_the_grid_and_every_length_allowed_by_some_module() -> None:
    slots = derived(rotas={"day": {"hours": "D 06:10-14:20", "meals": "D 10:05-10:35"}})
    assert all(slot.start % GRID_MINUTES == 0 for slot in slots)
    assert {slot.minutes for slot in slots} == {60, 90, 120}
    assert len(set(slots)) == len(slots)


def test_patterns_lie_over_lunch_around_the_shift_in_the_evening_by_day_and_at_the_weekend() -> None:
    # Shifts 06:00-14:00, meal 10:00-10:30. Before: an hour that ends at 06:00; after: from 14:00 on.
    monday = starts(derived(), 60, 0)
    assert {10 * 60, 5 * 60, 14 * 60, 17 * 60, 18 * 60, 9 * 60} <= monday
    assert starts(derived(), 120, 0) >= {4 * 60, 14 * 60, 18 * 60}
    saturday = starts(derived(), 60, 5)
    assert saturday and min(saturday) >= 8 * 60


def test_a_night_shift_has_its_hours_around_midnight() -> None:
    # Shifts 22:00-06:00, meal 01:00-01:30: after is 06:00, before an hour that ends at 22:00, lunch is 01:00.
    slots = derived(rotas={"day": {"cycle": "NNNNNOO", "hours": "N 22:00-06:00", "meals": "N 01:00-01:30"}})
    assert {6 * 60, 21 * 60, 60} <= starts(slots, 60, 1)


def test_a_session_limit_that_no_common_length_meets_still_has_a_pattern() -> None:
    scenario = tiny(patterns=None, modules={"math": {"session_min": 100, "session_max": 110, "hours": "1.75"}})
    slots = patterns_by_site(scenario)["college"]
    assert slots
    assert all(100 <= slot.minutes <= 110 for slot in slots)


@pytest.fixture(scope="module")
def open_scenario() -> Scenario:
    """Return a scenario without patterns, in which a seat costs 0.8 for travel at the college and nothing online."""
    return tiny(
        patterns=None, apprentices={"a2": {"modes": "classroom", "travel_max": 0}, "a3": {"modes": "classroom"}}
    )


def test_a_plan_without_a_table_of_patterns_is_clean_and_its_bound_holds(open_scenario: Scenario) -> None:
    plan = solve(open_scenario, SolveOptions(seconds=8, workers=1, seed=0)).plan
    report = check(open_scenario, plan)
    assert report.violations == ()
    assert report.faults == ()
    assert plan.objective is not None
    assert plan.bound is not None
    assert plan.unseated == ()
    assert plan.bound <= plan.objective
    # Everybody can be seated outside shifts at no cost at all: the trivial bound of 0 is reached.
    assert (plan.status, plan.objective, plan.bound) == ("optimal", 0, 0)


def test_without_a_table_nothing_is_optimal_above_the_trivial_bound() -> None:
    # Both sites are 20 minutes away, so each trip costs 0.8; a pattern that nobody thought of might do better.
    scenario = tiny(
        patterns=None, rooms={"shed": None, "licence": None}, companies={"acme": {"sessions": "after before lunch off"}}
    )
    plan = solve(scenario, SolveOptions(seconds=4, workers=1, seed=0)).plan
    assert check(scenario, plan).is_clean
    assert plan.status == "feasible"
    assert plan.objective is not None
    assert plan.bound is not None
    assert plan.bound <= plan.objective
    assert plan.unseated == ()


def test_derived_candidates_keep_the_rules_of_the_table() -> None:
    problem = Problem(tiny(patterns=None, modules=MODULE))
    lanes = problem.candidates.lanes
    assert {lanes[k].slot.minutes for k in problem.candidates.lane} <= {60, 90, 120}
