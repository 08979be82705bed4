"""Trials: what a change by hand breaks and costs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.plan_edits import ForbidModule, MoveCohort, MoveSeat, Unpin
from lineside.scenarios.plan_trials import Desk
from tests.build import open_cohort, plan_of, tiny

PATTERNS = ("Mon | 15:00 | 120 | college", "Mon | 13:00 | 120 | college", "Mon | 22:00 | 60 | college")


def region(**changes: object) -> Scenario:
    return tiny(apprentices={"a1": {}, "a2": {"name": "Bo"}}, patterns=PATTERNS, **changes)


def plan_for(scenario: Scenario) -> Plan:
    return plan_of(scenario, (open_cohort(scenario), "a1 a2"))


def test_an_earlier_class_costs_the_minutes_that_it_takes() -> None:
    scenario = region()
    trial = Desk(scenario, plan_for(scenario)).tried([MoveCohort(cohort="K1", start="13:00")])
    # Two of ten are away from 12:40 (20 minutes' way) to 14:00: 80 minutes at 2/10.
    found = {row.measure: row for row in trial.differences}
    assert trial.after.is_clean
    assert found["line_time_lost"].difference == 16 and found["line_time_lost"].line_minutes == 16
    assert found["release"].difference == 160 and found["release"].line_minutes is None
    assert found["objective"].difference == 16
    assert sorted(row.id for row in trial.changes) == ["a1", "a2", "ida"]
    assert (trial.plan.status, trial.plan.objective) == ("feasible", trial.after.objective)
    assert check(scenario, trial.plan).is_clean


def test_the_parts_add_up_to_the_objective() -> None:
    scenario = region(prices={"worst_company": "0.5"})
    trial = Desk(scenario, plan_for(scenario)).tried([MoveSeat(apprentice="a1", module="math", cohort=None)])
    objective, *parts = trial.differences
    # An empty seat costs 2 h x 60, the way that is saved 2 x 20 x 0.02.
    assert objective.difference == Decimal("119.2") == sum(row.line_minutes or 0 for row in parts)


def test_a_late_class_breaks_duty_and_is_new() -> None:
    # From the shift's start at 06:00 to 23:20, with the way home: 1040 minutes without 480 of rest.
    scenario = region(modules={"math": {"hours": 1}})
    plan = plan_of(scenario, (open_cohort(scenario, minutes=60), "a1 a2"))
    plan = Desk(scenario, plan).tried([MoveCohort(cohort="K1", start="15:00", minutes=120)]).plan
    trial = Desk(scenario, plan).tried([MoveCohort(cohort="K1", start="22:00", minutes=60)])
    broken = [row for row in trial.after.violations if row.rule == "duty"]
    assert [row.ids["apprentice"] for row in broken] == ["a1", "a2"]
    assert all(trial.new_violations) and trial.plan.objective is None


def test_what_was_broken_before_is_not_new() -> None:
    scenario = region()
    lonely = plan_of(scenario, (open_cohort(scenario, room="shed"), "a1 a2"))
    trial = Desk(scenario, lonely).tried([MoveSeat(apprentice="a1", module="math", cohort=None)])
    assert [row.rule for row in trial.after.violations] == ["room"] and trial.new_violations == (False,)


@pytest.mark.parametrize(("own", "bound"), [(True, Decimal(1)), (False, None)])
def test_the_bound_holds_for_the_plans_own_tables(own: bool, bound: Decimal | None) -> None:
    scenario = region()
    plan = plan_for(scenario).model_copy(update={"bound": Decimal(1)})
    desk = Desk(scenario, plan, is_own_tables=own)
    assert desk.tried([ForbidModule(apprentice="a1", module="math")]).plan.bound == bound


def test_the_bound_falls_with_a_pin() -> None:
    scenario = region(pins=["a1 | math | none"])
    plan = plan_of(scenario, (open_cohort(scenario), "a2")).model_copy(update={"bound": Decimal(1)})
    trial = Desk(scenario, plan).tried([Unpin(apprentice="a1", module="math")])
    assert trial.after.is_clean and trial.plan.bound is None


def test_a_seat_against_a_pin_is_told() -> None:
    scenario = region(pins=["a1 | math | none"])
    plan = plan_of(scenario, (open_cohort(scenario), "a2"))
    trial = Desk(scenario, plan).tried([MoveSeat(apprentice="a1", module="math", cohort="K1")])
    assert [row.rule for row in trial.after.violations] == ["pin"]
