"""Checking a part of a plan finds what checking the whole one finds, if the rest is as it was."""

from __future__ import annotations

from random import Random

import pytest

from lineside.models.checker import Part, check, check_part, violations_in
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.plan_parts import differing_part
from tests.build import open_cohort, plan_of, tiny
from tests.random_scenarios import best_plan, random_scenario


def bent(rng: Random, scenario: Scenario, plan: Plan) -> Plan:
    """Return a plan with a seat moved or taken out, or a cohort in another week."""
    cohorts, seats = list(plan.cohorts), list(plan.seats)
    if seats and rng.random() < 0.7:
        place = rng.randrange(len(seats))
        others = [row.cohort for row in cohorts if row.module == seats[place].module]
        seats[place] = seats[place].model_copy(update={"cohort": rng.choice(others)})
        if rng.random() < 0.3:
            seats.pop(place)
    if cohorts and rng.random() < 0.5:
        place = rng.randrange(len(cohorts))
        cohorts[place] = cohorts[place].model_copy(update={"first_week": cohorts[place].first_week + 1})
    cleared = {"objective": None, "bound": None, "measures": None, "status": "unknown"}
    return plan.model_copy(update={"cohorts": tuple(cohorts), "seats": tuple(seats), **cleared})


@pytest.mark.parametrize("seed", (1, 2, 3, 4, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16))
def test_a_part_is_judged_as_in_the_whole(seed: int) -> None:
    scenario = random_scenario(seed)
    plan = best_plan(scenario)
    assert plan is not None
    assert check(scenario, plan).is_clean
    for draw in range(6):
        after = bent(Random(f"{seed}/{draw}"), scenario, plan)
        part = differing_part(plan, after)
        assert check_part(scenario, after, part) == check(scenario, after)
        assert violations_in(scenario, after, part) == check(scenario, after).violations


def test_people_outside_the_part_are_not_looked_at() -> None:
    scenario = tiny(apprentices={"a1": {"due": "2026-06-05"}, "a2": {"name": "Bo"}})
    plan = plan_of(scenario, (open_cohort(scenario, week=1), "a1 a2"))  # too late for a1
    assert [row.rule for row in check(scenario, plan).violations] == ["off-date"]
    assert not check_part(scenario, plan, Part(people=frozenset({"a2"}))).violations
    assert check_part(scenario, plan, Part(people=frozenset({"a1"}))).violations
    assert check_part(scenario, plan, Part(cohorts=frozenset({"K1"}))).violations  # its people come along
