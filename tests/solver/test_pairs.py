"""Pairs of need and candidate against the checker: what it lets sit alone is a pair, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from lineside.models.checker import check
from lineside.models.measures import measure, objective_of
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.solver.finish import finish
from lineside.solver.pairs import PairFinder
from lineside.solver.problem import Problem
from lineside.solver.seating import OpenCohort, Seating
from tests.build import tiny
from tests.random_scenarios import random_scenario
from tests.solver.seatings import with_every_instructor

BROKEN_BY_ABSENCE = {"cohort-size", "party", "pin", "order"}
"""Rules that a plan of a single seat may break because others are missing from it."""
WEEKLY = {"modules-at-once", "class-week", "work-week", "day-off"}
"""Rules that a seat may break together with a frozen one: the model's part."""


def options_for(problem: Problem, need: int) -> tuple[int, ...]:
    """Return a choice of options under which a need is one."""
    wanted = set(problem.demand.needs[need].options)
    return tuple(next((k for k in choice if k in wanted), choice[0]) for choice in problem.demand.choices)


def single_seats(problem: Problem) -> Iterator[tuple[int, int, Plan]]:
    """Yield every need with every candidate of its module that has a room and an instructor, as a plan."""
    found = problem.candidates
    for need_idx, need in enumerate(problem.demand.needs):
        for candidate in np.flatnonzero(found.module == need.module_idx).tolist():
            rooms, teachers = problem.rooms.of(candidate), problem.instructors.of(candidate)
            if len(rooms) and len(teachers):
                cohort = OpenCohort(candidate, int(rooms[0]), int(teachers[0]), frozenset({need_idx}))
                seating = Seating((cohort,), options_for(problem, need_idx))
                yield need_idx, candidate, finish(problem, seating, 0.0, "feasible", {})


@pytest.mark.parametrize("seed", range(25))
def test_a_pair_is_what_the_checker_lets_sit_alone(seed: int) -> None:
    scenario = random_scenario(seed)
    problem = with_every_instructor(scenario)
    pairs = set(zip(problem.pairs.need.tolist(), problem.pairs.candidate.tolist(), strict=True))
    for need, candidate, plan in single_seats(problem):
        report = check(scenario, plan)
        person = scenario.apprentices[problem.demand.needs[need].person_idx].apprentice
        # Frozen seats are in the plan; a teacher's frozen meetings may be in the way of this one teacher only.
        broken = {v.rule for v in report.violations if v.ids.get("apprentice", person) == person} - {"instructor"}
        where = f"seed {seed}, need {need}, candidate {candidate}: {sorted(broken)}"
        if (need, candidate) in pairs:
            has_frozen = problem.demand.needs[need].person_idx in problem.frozen_of
            assert broken <= BROKEN_BY_ABSENCE | (WEEKLY if has_frozen else set()), where
        else:
            assert broken - {"cohort-size", "party", "order"}, where


@pytest.mark.parametrize("seed", range(25))
def test_the_cost_of_a_pair_is_what_the_measures_say(seed: int) -> None:
    scenario = random_scenario(seed)
    problem = with_every_instructor(scenario)
    finder, scale = PairFinder(problem), problem.money.scale
    base = apart_from_loss(scenario, finish(problem, Seating((), options_for(problem, 0)), 0.0, "feasible", {}))
    for need_idx, candidate, plan in single_seats(problem):
        need = problem.demand.needs[need_idx]
        persona = problem.persona(need.person_idx)
        reach = finder.reach(persona, np.array([candidate]))
        [cost] = finder.seat_cost(persona, need.person_idx, need.module_idx, reach).tolist()
        servers = int(problem.rooms.cost_of(candidate)[0] + problem.instructors.cost_of(candidate)[0])
        difference = apart_from_loss(scenario, plan) - base - Fraction(cost + servers, scale)
        # Amounts that are no whole units are rounded, minute by minute.
        assert abs(difference) <= (0 if problem.money.exact else Fraction(5000, scale))


def apart_from_loss(scenario: Scenario, plan: Plan) -> Fraction:
    """Return what dollars, travel and changes of a plan cost, in line-minutes."""
    measures, prices = measure(scenario, plan), scenario.settings.prices
    return (
        Fraction(prices.dollar) * Fraction(measures.dollars)
        + Fraction(prices.travel_minute) * Fraction(measures.travel_minutes)
        + Fraction(prices.change) * measures.changes
    )


def test_a_seat_costs_its_dollars_its_travel_and_its_change() -> None:
    # Monday 15:00-17:00 at the college, after the shift: 30 dollars a seat, 2 hours at 10 dollars of wage outside
    # the shift: 50 x 0.05 = 2.5; 2 x 20 minutes x 0.02 = 0.8. Two first weeks, nothing published: no change.
    problem = Problem(tiny(companies={"acme": {"class_wage": 10}}, modules={"math": {"dollars_per_seat": 30}}))
    assert [Decimal(c) / problem.money.scale for c in problem.pairs.cost.tolist()] == [Decimal("3.3")] * 2
    assert problem.pairs.lost.tolist() == [0, 0]


def test_a_seat_in_the_shift_loses_its_window() -> None:
    # Monday 10:00-12:00 at the college: away 9:40-12:20, 160 minutes, of which 30 are the meal.
    problem = Problem(tiny(settings={"weeks": 1}, patterns=["Mon | 10:00 | 120 | college"]))
    assert problem.pairs.lost.tolist() == [130]


def test_needs_that_no_cohort_could_meet_are_known() -> None:
    # Only a1 accepts the only mode, and math takes two people.
    scenario = tiny(modules={"math": {"seats_min": 2}}, apprentices={"a2": {"modes": "online"}})
    problem = Problem(scenario)
    assert len(problem.pairs) == 2
    assert problem.viable_pairs.tolist() == []
    assert problem.unmeetable == {0, 1}
    assert objective_of(scenario, measure(scenario, Plan())) == 240
