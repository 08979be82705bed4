"""Every measure can be counted by itself: under a tariff of it alone, a seating costs what the contract says it has."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from lineside.models.measures import measure
from lineside.models.scenario import Prices
from lineside.solver.finish import finish
from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger
from lineside.solver.tariff import MEASURES, Tariff
from tests.random_scenarios import random_scenario
from tests.solver.seatings import list_every_instructor, random_seating, with_every_instructor


def under(problem: Problem, name: str) -> Problem:
    return list_every_instructor(problem.under(Tariff.of_weights({name: 1}, problem.settings.prices)))


@pytest.mark.parametrize("seed", range(20))
def test_a_seating_costs_what_it_has_of_the_only_measure_charged(seed: int) -> None:
    problem = with_every_instructor(random_scenario(seed))
    twins = {name: under(problem, name) for name in MEASURES}
    ledgers = {name: Ledger(twin) for name, twin in twins.items()}
    rng = Random(seed)
    for _ in range(3):
        seating = random_seating(problem, rng)
        plan = finish(problem, seating, 0.0, "feasible", {})
        found = {**dict(measure(problem.scenario, plan)), "cohorts": len(plan.cohorts)}
        for name, twin in twins.items():
            assert twin.money.exact
            got = Fraction(ledgers[name].objective(seating), twin.money.scale)
            assert abs(got - Fraction(found[name])) < Fraction(1, 10**9), name


@pytest.mark.parametrize("seed", range(6))
def test_the_tariff_of_the_prices_is_the_objective(seed: int) -> None:
    problem = with_every_instructor(random_scenario(seed))
    twin = under(problem, "objective")
    seating = random_seating(problem, Random(seed))
    assert (twin.money, Ledger(twin).objective(seating)) == (problem.money, Ledger(problem).objective(seating))


def test_weights_are_added_to_those_of_the_objective() -> None:
    tariff = Tariff.of_weights({"objective": 2, "dollars": 1, "cohorts": 7}, Prices())
    assert (tariff.line_time_lost, tariff.dollars, tariff.changes, tariff.cohorts) == (2, Fraction(11, 10), 60, 7)


@pytest.mark.parametrize(("weights", "words"), [({"dollar": 1}, "dollar is no measure"), ({"dollars": -1}, "below 0")])
def test_a_weight_that_cannot_be_charged_is_refused(weights: dict[str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Tariff.of_weights(weights, Prices())
