"""People who cannot have everything: which of their needs go together, and what the bound makes of it."""

from __future__ import annotations

import numpy as np
import pytest

from lineside.models.scenario import Scenario
from lineside.solver.ascent import Ascent
from lineside.solver.bound import ColumnGeneration
from lineside.solver.least_paid import LeastPaid
from lineside.solver.problem import Problem
from lineside.solver.restart import StartPlan
from lineside.solver.together import Way, largest
from tests.build import tiny
from tests.random_scenarios import best_plan, random_scenario


def two_modules(hours: int, **more: object) -> Scenario:
    """Return a scenario of two weeks with at most five hours of class each, and two modules of some hours."""
    modules = {"math": {"hours": hours}, "blue": {"hours": hours}}
    asked = {"tech/math/std": {"modules": "math"}, "tech/blue/std": {"modules": "blue"}}
    evenings = ("Mon Tue Wed Thu | 15:00 | 60 | college", "Mon Tue Wed Thu | 17:00 | 60 | college")
    return tiny(modules=modules, requirements=asked, patterns=evenings, **more)


def test_hours_beyond_what_the_weeks_hold_leave_one_of_two_modules_empty() -> None:
    # 6 h at 4 h a week take both weeks; together 12 h, and two weeks hold 10. An empty seat costs 6 x 60 = 360.
    problem = Problem(two_modules(6))
    assert problem.together.ways == [[Way((0, 1), (0,)), Way((0, 1), (1,))]]
    ascent = Ascent(problem)
    ascent.run(lambda: True, lambda _: None)
    scale = problem.money.scale
    # The seat that is met: eight trips of 2 x 20 minutes at 0.02 for 6 sessions, 4.8, and nothing of the shift.
    assert 360 <= ascent.bound / scale <= 360 + 4.8 + 0.001
    master = ColumnGeneration(problem)
    while not master.converged:
        master.round()
    assert 360 <= master.best * master.unit / scale <= 360 + 4.8 + 0.001


def test_modules_that_fit_one_after_the_other_are_no_case() -> None:
    assert Problem(two_modules(4)).together.ways == []  # 4 h take a week each


def test_a_cap_of_one_cohort_at_a_time_counts() -> None:
    # 5 h take two weeks each, and eight hours of a week are allowed here.
    assert Problem(two_modules(5, rules={"class_minutes_per_week": 480})).together.ways == []
    rules = {"class_minutes_per_week": 480, "modules_at_once": 1}
    assert len(Problem(two_modules(5, rules=rules)).together.ways) == 1


def test_options_are_ways_where_one_of_them_asks_for_too_much() -> None:
    asked = {
        "tech/math/std": None,
        "tech/numbers/both": {"modules": "math blue"},
        "tech/numbers/lean": {"modules": "lean"},
    }
    evenings = ("Mon Tue Wed Thu | 15:00 | 60 | college",)
    for hours, ways in ((6, [Way((0, 1), (0,)), Way((0, 1), (1,)), Way((2,), (2,))]), (4, [])):
        modules = {"math": {"hours": hours}, "blue": {"hours": hours}, "lean": {"hours": 4}}
        together = Problem(tiny(modules=modules, requirements=asked, patterns=evenings)).together
        assert together.ways == ([ways] if ways else [])
        assert together.loose == ([] if ways else [(0, 1)])


def test_the_least_is_paid_over_the_ways_of_a_person() -> None:
    problem = Problem(two_modules(6))
    least = LeastPaid(problem.demand, problem.together.ways, problem.together.loose, np.array([360.0, 360.0]))
    total, counts = least.of(np.array([5.0, 400.0]))
    assert total == 365.0
    assert counts.tolist() == [True, False]
    total, counts = least.of(np.array([5.0, 4.0]))
    assert total == 364.0
    assert counts.tolist() == [False, True]


@pytest.mark.parametrize("seed", range(60))
def test_what_a_plan_meets_is_part_of_a_way(seed: int) -> None:
    scenario = random_scenario(seed)
    problem, best = Problem(scenario), best_plan(scenario)
    assert best is not None  # random scenarios are small enough to enumerate
    if best.status == "infeasible":
        return
    seating = StartPlan(problem, best).whole()
    assert seating is not None
    met = {need for cohort in seating.cohorts for need in cohort.needs}
    options = frozenset(seating.chosen)
    for ways in problem.together.ways:
        person = problem.demand.needs[ways[0].asked[0]].person_idx
        mine = problem.needs_of_person[person]
        asked = tuple(k for k in mine if problem.demand.required_under(problem.demand.needs[k], options))
        assert any(way.asked == asked and met.intersection(mine) <= set(way.met) for way in ways)


def test_largest_sets_lie_in_no_other() -> None:
    apart = {(0, 1), (1, 2)}
    found = list(largest([0, 1, 2, 3], lambda chosen: not any(set(pair) <= set(chosen) for pair in apart)))
    assert found == [(0, 2, 3), (1, 3)]
