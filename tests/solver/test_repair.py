"""Repairs of a plan in force: exact within their leeway, and within a budget of changes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from lineside.models.checker import check
from lineside.models.outages import Outage
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.table_steps import changed_scenario
from lineside.solver import ChangeBudget, Leeway, RegionMemory, Repair, remember_region
from tests.build import open_cohort, plan_of, tiny
from tests.random_scenarios import best_plan, random_scenario

EVERYTHING = Leeway(joins=True, opens=True)


def with_plan(seed: int) -> Scenario:
    """Return a random scenario with a plan in force that keeps its rules: its own, or the best one."""
    scenario = random_scenario(seed)
    if scenario.published is None:
        best = best_plan(scenario)
        assert best is not None
        scenario = changed_scenario(scenario, published=best.model_copy(update={"status": "feasible"}), pins=())
    return scenario


def everybody(scenario: Scenario) -> list[str]:
    return [row.apprentice for row in scenario.apprentices]


def costs(scenario: Scenario, plan: Plan) -> Decimal:
    report = check(scenario, plan)
    assert report.is_clean, report
    return report.objective


def wide(scenario: Scenario, budget: ChangeBudget | None = None) -> Leeway:
    """Return a leeway in which everything may change, rooms and instructors too."""
    assert scenario.published is not None
    names = frozenset(row.cohort for row in scenario.published.cohorts)
    return Leeway(joins=True, opens=True, rehoused=names, retaught=names, budget=budget)


@pytest.mark.parametrize("seed", [2, 3, 4, 6, 8, 9, 10, 11, 12, 13, 15, 16])
def test_with_every_leeway_a_repair_is_the_best_plan(seed: int) -> None:
    scenario = with_plan(seed)
    best = best_plan(scenario)
    assert best is not None
    repair = Repair(scenario, everybody(scenario))
    found = repair.repaired(wide(scenario))
    if best.status == "infeasible":
        assert found is None
        return
    assert found is not None
    assert found.is_proven
    assert costs(scenario, repair.plan_of(found)) == costs(scenario, best)


@pytest.mark.parametrize("seed", [2, 4, 6, 9, 12, 15, 16])
def test_a_budget_of_changes_is_kept(seed: int) -> None:
    scenario = with_plan(seed)
    repair = Repair(scenario, everybody(scenario))
    free = repair.repaired(wide(scenario))
    if free is None:
        return
    before: Decimal | None = None
    for total in range(repair.changes(free) + 1):
        found = repair.repaired(wide(scenario, ChangeBudget(total=total)))
        if found is None:
            continue  # more changes than that are forced
        assert repair.changes(found) <= total
        objective = costs(scenario, repair.plan_of(found))
        assert before is None or objective <= before
        before = objective
    assert before == costs(scenario, repair.plan_of(free))


CHEAP_TUESDAY = tiny(
    apprentices={"a1": {}, "a2": {"name": "Bo"}, "a3": {"name": "Cy"}},
    patterns=("Mon | 15:00 | 120 | college", "Tue | 15:00 | 120 | college"),
    instructors={"ida": {"hours": "Mon 00:00-00:00", "dollars_per_hour": 900}, "bob": {"hours": "Tue 00:00-00:00"}},
    prices={"change": 10},
)
"""A class on Monday costs 2 h x 900 x 0.05 = 90, on Tuesday nothing; each way 0.8, each change 10."""


def monday_class() -> Scenario:
    plan = plan_of(CHEAP_TUESDAY, (open_cohort(CHEAP_TUESDAY, week=1), "a1 a2 a3"))
    return changed_scenario(CHEAP_TUESDAY, published=plan)


def test_moving_everybody_pays_unless_nobody_may_move() -> None:
    scenario = monday_class()
    repair = Repair(scenario, everybody(scenario))
    answers = {}
    for total, per_person in ((None, None), (None, 2), (6, None), (5, None), (None, 1), (0, None)):
        found = repair.repaired(wide(scenario, ChangeBudget(total, per_person)))
        assert found is not None
        answers[total, per_person] = costs(scenario, repair.plan_of(found)), repair.changes(found)
    # Three people on Tuesday: 6 x 10 + 3 x 0.8, instead of 90 + 3 x 0.8 where they are. With less leeway the Monday
    # class stays, since an empty seat costs 120.
    assert answers == {
        (None, None): (Decimal("62.400"), 6),
        (None, 2): (Decimal("62.400"), 6),
        (6, None): (Decimal("62.400"), 6),
        (5, None): (Decimal("92.400"), 0),
        (None, 1): (Decimal("92.400"), 0),
        (0, None): (Decimal("92.400"), 0),
    }


def test_without_leeway_everybody_stays() -> None:
    scenario = monday_class()
    repair = Repair(scenario, ["a1"])
    found = repair.repaired(Leeway())
    assert found is not None
    assert repair.plan_of(found).seats == scenario.published.seats if scenario.published else False


def test_a_cohort_that_is_left_is_closed_and_one_that_is_moved_goes_whole() -> None:
    scenario = monday_class()
    repair = Repair(scenario, everybody(scenario))
    left = repair.repaired(Leeway(left=frozenset({"K1"}), gaining=frozenset()))
    assert left is not None
    assert repair.plan_of(left).cohorts == ()
    places = repair.elsewhere("K1", 3)
    assert [(key[2], key[5]) for key in places] == [
        ((0,), dt.date(2026, 6, 1)),
        ((1,), dt.date(2026, 6, 1)),
        ((1,), dt.date(2026, 6, 8)),
    ]
    moved = repair.repaired(Leeway(moved={"K1": places[2]}))
    assert moved is not None
    plan = repair.plan_of(moved)
    assert [(row.days, row.first_week, row.instructor) for row in plan.cohorts] == [("Tue", 1, "bob")]
    assert len(plan.seats) == 3


def test_whoever_is_away_teaches_nothing_and_a_closed_room_holds_nothing() -> None:
    scenario = monday_class()
    away = Outage("instructor", "ida", dt.date(2026, 6, 8), dt.date(2026, 6, 8))
    repair = Repair(scenario, everybody(scenario), (away,))
    found = repair.repaired(EVERYTHING)
    assert found is not None
    assert {row.instructor for row in repair.plan_of(found).cohorts} == {"bob"}
    closed = Outage("room", "hall", dt.date(2026, 6, 1), dt.date(2026, 6, 14))
    found = Repair(scenario, everybody(scenario), (closed,)).repaired(EVERYTHING)
    assert found is not None
    assert found.seating.cohorts == ()
    with pytest.raises(ValueError, match="Decide on all of its people"):
        Repair(scenario, ["a1"], (away,))


def test_cohorts_keep_their_rooms_unless_they_may_get_others() -> None:
    dear = {"hall": {"dollars_per_hour": 100}, "annex": {"site": "college", "seats": 10}}
    tables = tiny(apprentices={"a1": {}}, rooms=dear)
    scenario = changed_scenario(tables, published=plan_of(tables, (open_cohort(tables, room="hall"), "a1")))
    repair = Repair(scenario, ["a1"])
    for leeway, room in ((Leeway(), "hall"), (Leeway(rehoused=frozenset({"K1"})), "annex")):
        found = repair.repaired(leeway)
        assert found is not None
        assert [row.room for row in repair.plan_of(found).cohorts] == [room]


def test_what_is_remembered_changes_nothing() -> None:
    scenario = with_plan(4)
    memory = remember_region(scenario)
    for people in (everybody(scenario)[:1], everybody(scenario)):
        fresh, known = Repair(scenario, people), Repair(scenario, people, (), memory)
        assert fresh.repaired(EVERYTHING) == known.repaired(EVERYTHING)
        again = Repair(scenario, people, (), RegionMemory())
        assert again.repaired(EVERYTHING) == known.repaired(EVERYTHING)


def test_a_budget_is_no_number_below_0() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        ChangeBudget(total=-1)
    with pytest.raises(ValueError, match="no plan in force"):
        Repair(tiny(), ["a1"])
