"""The random tiny scenarios reach every rule, price and corner, and the brute force agrees with the checker on them."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.models.reading import read_scenario, write_scenario
from lineside.models.rules import RULES
from lineside.models.scenario import Prices, Scenario
from tests.exhaustive import exhaustive_optimum, exhaustive_plan
from tests.random_scenarios import made_scenario, random_scenario
from tests.random_traits import TRAITS

SEEDS_OF_RULES = {
    "hours": (38, 132),
    "session-length": (33, 61),
    "room": (59, 128),
    "instructor": (15, 128),
    "cohort-size": (38, 128),
    "mode": (128, 132),
    "need": (38, 132),
    "order": (33, 57),
    "access": (38, 116),
    "travel-limit": (2, 136),
    "off-date": (12, 26),
    "session-kind": (138, 146),
    "release-limit": (19, 138),
    "meal": (76, 105),
    "clash": (68, 102),
    "modules-at-once": (41, 61),
    "class-week": (49, 136),
    "work-week": (33, 65),
    "duty": (38, 128),
    "day-off": (128, 132),
    "party": (17, 101),
    "pin": (57, 59),
    "frozen": (65, 146),
}
"""Seeds found by trying: there the rule keeps people from a better plan. Find others when the generator changes."""

SEEDS = sorted(
    {seed for seeds in SEEDS_OF_RULES.values() for seed in seeds} | {6, 18, 21, 30, 40, 62, 83, 98, 111, 119}
)
"""Seeds that show each trait and price at least twice."""


@cache
def best_plan(seed: int) -> Plan:
    return exhaustive_plan(random_scenario(seed))


@cache
def optimum_of(seed: int) -> Fraction | None:
    return exhaustive_optimum(random_scenario(seed))


def test_same_seed_gives_the_same_scenario() -> None:
    assert made_scenario(3) == made_scenario(3) == random_scenario(3)
    assert random_scenario(4) != random_scenario(3)


@pytest.mark.parametrize("seed", SEEDS)
def test_scenario_has_no_mistake(seed: int, tmp_path: Path) -> None:
    scenario = random_scenario(seed)
    write_scenario(scenario, tmp_path / "tiny")
    assert read_scenario(tmp_path / "tiny").scenario == scenario


@pytest.mark.parametrize("seed", SEEDS)
def test_brute_force_and_checker_agree(seed: int) -> None:
    plan = best_plan(seed)
    if plan.status == "infeasible":
        assert exhaustive_optimum(random_scenario(seed)) is None
        return
    report = check(random_scenario(seed), plan)
    assert report.violations == ()
    assert report.faults == ()
    assert report.measures == plan.measures
    assert report.objective == plan.objective


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_binds(rule: str) -> None:
    """Without the rule the optimum is lower, or there is a plan at last."""
    for seed in SEEDS_OF_RULES[rule]:
        optimum = optimum_of(seed)
        relaxed = exhaustive_optimum(random_scenario(seed), without={rule})
        assert relaxed is not None, f"seed {seed} has no plan without {rule} either"
        assert optimum is None or relaxed < optimum, f"seed {seed} does not depend on {rule}"


@pytest.mark.parametrize("rule", RULES)
def test_checker_names_the_one_rule_that_is_broken(rule: str) -> None:
    for seed in SEEDS_OF_RULES[rule]:
        plan = exhaustive_plan(random_scenario(seed), without={rule})
        report = check(random_scenario(seed), plan)
        assert {violation.rule for violation in report.violations} == {rule}, f"seed {seed}"
        assert report.objective == plan.objective


@pytest.mark.parametrize("price", Prices.model_fields)
def test_each_price_counts(price: str) -> None:
    lower = 0
    for seed in SEEDS:
        optimum = optimum_of(seed)
        free = exhaustive_optimum(_without_price(random_scenario(seed), price))
        assert (optimum is None) == (free is None)
        lower += optimum is not None and free is not None and free < optimum
    assert lower >= 2


def _without_price(scenario: Scenario, price: str) -> Scenario:
    prices = scenario.settings.prices.model_copy(update={price: 0})
    return scenario.model_copy(update={"settings": scenario.settings.model_copy(update={"prices": prices})})


@pytest.mark.parametrize("trait", TRAITS)
def test_each_trait_occurs(trait: str) -> None:
    assert sum(TRAITS[trait](random_scenario(seed), best_plan(seed)) for seed in SEEDS) >= 2


def test_most_plans_have_seats_and_some_leave_needs_open() -> None:
    plans = [best_plan(seed) for seed in SEEDS]
    assert sum(bool(plan.seats) for plan in plans) > len(SEEDS) / 2
    assert sum(bool(plan.unseated) for plan in plans) > len(SEEDS) / 5
