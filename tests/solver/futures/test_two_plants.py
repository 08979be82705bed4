"""The futures of the scenario that can be solved on paper are those that its README tells."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

import lineside.scenarios
from lineside.models.checker import check
from lineside.models.reading import read_scenario
from lineside.solver import SolveOptions, simulate, solve

FOLDER = Path(lineside.scenarios.__file__).parent / "bundled" / "two_plants"
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_optimal_plan_holds_as_often_as_the_readme_says() -> None:
    scenario = read_scenario(FOLDER).scenario
    futures = simulate(scenario, solve(scenario, SolveOptions(seconds=20, workers=1)).plan)
    weakest, *others = futures.cohorts()
    assert (weakest.module, weakest.members, weakest.seats_min) == ("BLUE", 2, 2)
    assert f"{100 * weakest.chance_holds:.1f} %" == "97.5 %" and "**97.5 %**" in README
    # Both stay for two weeks: 0.9938 ** 4; the standard error of 10,000 futures is 0.0016.
    assert weakest.chance_holds == pytest.approx(0.9754, abs=0.005) and "**0.9754**" in README
    assert [f"{100 * row.chance_holds:.1f} %" for row in others] == ["100.0 %", "100.0 %"]
    total = futures.total()
    assert round(total.planned_lost_line_minutes, 3) == Decimal("19.98")
    assert round(total.lost_line_minutes.mean, -1) == 250 and round(total.lost_line_minutes.deviation, -1) == 180
    assert "about 250 (standard deviation 180)" in README
    assert 0.78 < total.chance_stopped < 0.82


def test_a_margin_of_one_costs_what_the_readme_derives() -> None:
    scenario = read_scenario(FOLDER).scenario
    found = solve(scenario, SolveOptions(seconds=20, workers=1, margin=1))
    assert (found.plan.objective, found.plan.bound) == (Decimal("263.654"), Decimal("253.578"))
    assert found.margin is not None
    assert (found.margin.bound, found.margin.objective_without) == (Decimal("263.654"), Decimal("253.578"))
    assert "**263.654**" in README
    assert check(scenario, found.plan).is_clean
    sizes = Counter(seat.cohort for seat in found.plan.seats)
    assert sorted(sizes.values()) == [5, 7]
    assert {row.chance_holds for row in simulate(scenario, found.plan).cohorts()} <= {1.0, 0.9999, 0.9998}
