"""The checker on a real region: the plan in force of s-nasty-5, made for an earlier state of its tables."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from lineside.models.checker import check
from lineside.models.measures import measure, objective_of, rounded
from lineside.models.plan import Plan
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario

REGIONS = Path(__file__).parents[2] / "../shared/regions"


@pytest.fixture(scope="module")
def now() -> Scenario:
    scenario = read_scenario(REGIONS / "s-nasty-5").scenario
    assert scenario is not None
    return scenario


@pytest.fixture(scope="module")
def earlier(now: Scenario) -> Scenario:
    """Return the tables as they were when the plan in force was made, as far as they tell."""
    settings = now.settings.model_copy(update={"first_day": dt.date(2026, 8, 31), "frozen_until": None})
    fields = {name: getattr(now, name) for name in Scenario.model_fields}
    closures = tuple(row for row in now.closures if "after the plan was published" not in row.reason)
    return Scenario(**fields | {"settings": settings, "closures": closures, "pins": (), "published": None})


@pytest.fixture(scope="module")
def plan(now: Scenario) -> Plan:
    assert now.published is not None
    return now.published


def test_line_time_of_the_plan_in_force(earlier: Scenario, plan: Plan) -> None:
    measures = rounded(measure(earlier, plan))
    assert plan.measures is not None
    for name in ("line_time_lost", "release", "stopped", "worst_company"):
        assert getattr(measures, name) == getattr(plan.measures, name)


def test_the_other_measures_differ_by_the_people_who_came_and_went(earlier: Scenario, plan: Plan) -> None:
    measures = measure(earlier, plan)
    assert plan.measures is not None
    # a.3.7 came with 40 + 28 + 6.5 hours, a.5.9 with 10.25 + 40; a.2.0 went with 20.1, a.3.8 with 28.
    came, went = Decimal("124.75"), Decimal("48.1")
    assert measures.unseated_hours == plan.measures.unseated_hours + came - went
    # a.2.0's seat in MATH cost 45 and 40 hours at 17.5 dollars, a.3.8's seat in FIRSTAID 28.
    assert measures.dollars == plan.measures.dollars - 45 - 40 * Decimal("17.5") - 28
    # The objective is the sum of what the measures say.
    prices = earlier.settings.prices
    difference = (
        prices.unseated_hour * (came - went)
        + prices.dollar * (measures.dollars - plan.measures.dollars)
        + prices.travel_minute * (measures.travel_minutes - plan.measures.travel_minutes)
    )
    assert plan.objective is not None
    assert abs(objective_of(earlier, measures) - plan.objective - difference) <= Decimal("0.001")


def test_every_violation_comes_from_a_later_edit(earlier: Scenario, plan: Plan) -> None:
    # a.2.0 left K0003-MATH, a.2.2 got credit for MATH, a.2.4 an off date on 2026-12-14.
    found = {(row.rule, row.ids["cohort"], row.ids.get("apprentice")) for row in check(earlier, plan).violations}
    assert found == {
        ("cohort-size", "K0003-MATH", None),
        ("need", "K0001-MATH", "a.2.2"),
        ("off-date", "K0001-MATH", "a.2.4"),
    }


def test_without_its_seats_everything_is_unseated(now: Scenario) -> None:
    report = check(now, Plan())
    frozen = {row.ids["cohort"] for row in report.violations if row.rule == "frozen"}
    assert frozen
    assert {row.rule for row in report.violations} <= {"frozen", "pin", "party"}
