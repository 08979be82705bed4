"""The bundled scenarios: valid, explained, and solved to what their READMEs say."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import lineside.scenarios
from lineside.models.checker import check
from lineside.models.reading import read_scenario
from lineside.solver import SolveOptions, solve
from tests.good_plans import good_plan

BUNDLED = Path(lineside.scenarios.__file__).parent / "bundled"
NAMES = ("two_plants", "near_misses", "milwaukee", "st_cloud", "st_cloud_compressed", "fox_valley")


def test_every_bundled_folder_is_listed_here() -> None:
    assert {path.name for path in BUNDLED.iterdir() if path.is_dir()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_scenario_has_no_mistake_and_a_readme(name: str) -> None:
    result = read_scenario(BUNDLED / name)
    assert result.warnings == ()
    assert (BUNDLED / name / "README.md").read_text(encoding="utf-8").startswith("# ")


def test_two_plants_costs_what_its_readme_derives() -> None:
    # The README proves the optimum by hand, term by term.
    scenario = read_scenario(BUNDLED / "two_plants").scenario
    plan = solve(scenario, SolveOptions(seconds=20, workers=1)).plan
    assert plan.status == "optimal"
    assert plan.objective == plan.bound == Decimal("253.578")
    assert plan.measures is not None
    assert plan.measures.line_time_lost == Decimal("19.98")
    assert plan.measures.unseated_hours == Decimal("3")
    assert plan.measures.dollars == Decimal("944")
    assert plan.measures.travel_minutes == Decimal("220")
    assert "`253.578`" in _figures("two_plants") or "**253.578**" in _figures("two_plants")


def _figures(name: str) -> str:
    return (BUNDLED / name / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "most"), [("milwaukee", 107_058), ("st_cloud", 25_402), ("st_cloud_compressed", 27_320)]
)
def test_a_larger_scenario_has_a_good_plan_soon(name: str, most: int) -> None:
    # These are what first come, first served costs (benchmarks).
    scenario = read_scenario(BUNDLED / name).scenario
    plan = good_plan(scenario, Decimal(most - 1))
    report = check(scenario, plan)
    assert report.is_clean
    assert plan.objective is not None
    assert plan.bound is not None
    assert plan.bound <= plan.objective < most
