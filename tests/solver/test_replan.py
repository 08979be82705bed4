"""Planning anew: within budgets, fewest or cheapest first, and as good as enumeration finds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise

import pytest

from lineside.models.checker import check
from lineside.models.measures import seat_keys
from lineside.models.outages import Outage
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.table_steps import changed_scenario
from lineside.solver import ChangeBudget, Progress, ReplanOptions, SolveOptions, replan
from lineside.solver.repair.replan import First
from tests.build import open_cohort, plan_of, tiny
from tests.random_scenarios import best_plan
from tests.solver.test_repair import with_plan

QUICK = SolveOptions(seconds=5, workers=1)


def objective(scenario: Scenario, plan: Plan) -> Decimal:
    report = check(scenario, plan)
    assert report.is_clean, report
    return report.objective


def altered(scenario: Scenario, plan: Plan) -> int:
    """Return how many needs have another seat than in the plan in force, or one of both only."""
    assert scenario.published is not None
    first_day = scenario.settings.first_day
    keys = [
        {(person, key[0]): key for person, key in seat_keys(one, one.first_day or first_day)}
        for one in (scenario.published, plan)
    ]
    here = scenario.apprentice_by_id
    return sum(keys[0].get(seat) != keys[1].get(seat) for seat in keys[0].keys() | keys[1].keys() if seat[0] in here)


@pytest.mark.parametrize("seed", [2, 4, 6, 8, 9, 10, 12, 15])
def test_budgets_are_kept_and_a_wide_one_costs_nothing(seed: int) -> None:
    scenario = with_plan(seed)
    best = best_plan(scenario)
    assert best is not None
    if best.status == "infeasible":
        return
    found = replan(scenario, ReplanOptions(QUICK, ChangeBudget(total=1_000)))
    assert objective(scenario, found.plan) == objective(scenario, best)
    assert found.explanation == "Nothing within the limits on changes costs less, and that is proven."
    fewest = replan(scenario, ReplanOptions(QUICK, first="fewest"))
    assert altered(scenario, fewest.plan) <= altered(scenario, best)
    assert objective(scenario, fewest.plan) >= objective(scenario, best)


ROOMY = {
    "patterns": ("Mon | 15:00 | 120 | college", "Tue | 15:00 | 120 | college"),
    "apprentices": {"a1": {}, "a2": {"name": "Bo"}, "a3": {"name": "Cy", "due": "2026-06-09"}},
    "settings": {"weeks": 3},
    "instructors": {"ida": {"hours": "Mon 00:00-00:00", "dollars_per_hour": 900}, "bob": {"hours": "Tue 00:00-00:00"}},
    "prices": {"change": 10},
}


def late_monday() -> Scenario:
    """Everybody sits in a class on 8 June, dear by 90; then the college closes on that day, and it is the 15th."""
    before = tiny(**ROOMY)
    plan = plan_of(before, (open_cohort(before, week=1), "a1 a2 a3"))
    return changed_scenario(tiny(**ROOMY, closures=("all | 2026-06-08 | 2026-06-08 | closed",)), published=plan)


def test_fewest_first_moves_only_who_must() -> None:
    scenario = late_monday()
    fewest = replan(scenario, ReplanOptions(QUICK, first="fewest")).plan
    # a3 must be done by the 9th, so the seat on the 15th is lost, and one on a Tuesday costs nothing more: one need
    # changes, by two changes of 10. a1 and a2 keep the class: 90; three ways of 0.8.
    assert altered(scenario, fewest) == 1
    assert objective(scenario, fewest) == Decimal("112.400")
    cheapest = replan(scenario, ReplanOptions(QUICK)).plan
    # All on a Tuesday: six changes, no Ida.
    assert objective(scenario, cheapest) == Decimal("62.400")


def test_each_budget_buys_what_it_can() -> None:
    scenario = late_monday()
    found = {}
    for total, per_person in ((1, None), (2, None), (6, None), (None, 1), (None, 2)):
        solution = replan(scenario, ReplanOptions(QUICK, ChangeBudget(total, per_person)))
        found[total, per_person] = objective(scenario, solution.plan), solution.plan.measures
    costs = {limits: cost for limits, (cost, _) in found.items()}
    assert costs == {
        (1, None): Decimal(90 + 120 + 10) + Decimal("1.600"),  # a3 loses the seat
        (2, None): Decimal("112.400"),
        (6, None): Decimal("62.400"),
        (None, 1): Decimal(90 + 120 + 10) + Decimal("1.600"),
        (None, 2): Decimal("62.400"),
    }
    for (total, _), (_, measures) in found.items():
        assert measures is not None
        assert total is None or measures.changes <= total


@pytest.mark.parametrize("workers", [1, 2])
def test_steps_near_by_find_the_same(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lineside.solver.repair.replan.WHOLE_PAIRS", 0)  # as in a region too large for one model
    scenario = late_monday()
    options = SolveOptions(seconds=1.5, workers=workers)
    cases: tuple[tuple[First, int | None, str], ...] = (
        ("fewest", None, "112.400"),
        ("cheapest", 6, "62.400"),
        ("cheapest", 2, "112.400"),
    )
    for first, total, cost in cases:
        solution = replan(scenario, ReplanOptions(options, ChangeBudget(total), first))
        assert objective(scenario, solution.plan) == Decimal(cost)
        assert solution.explanation == ""  # nothing is proven within the limits


def test_too_small_a_budget_is_told() -> None:
    scenario = late_monday()
    solution = replan(scenario, ReplanOptions(QUICK, ChangeBudget(total=0)))
    assert solution.plan.status == "infeasible"
    assert solution.explanation == (
        "No plan was found within the budget of changes: 1 seats of the plan in force cannot stand, and the budget is "
        "0 in total. Allow more changes, or change the tables that they rest on."
    )


def test_cohorts_keep_ids_rooms_and_instructors_with_fewest_changes_first() -> None:
    rooms = {"hall": {"dollars_per_hour": 10}, "annex": {"site": "college", "seats": 10}}
    before = tiny(**ROOMY, rooms=rooms)
    plan = plan_of(before, (open_cohort(before, week=1, room="hall", name="blue"), "a1 a2 a3"))
    scenario = changed_scenario(before, published=plan)
    fewest = replan(scenario, ReplanOptions(QUICK, first="fewest")).plan
    assert [(row.cohort, row.room, row.instructor) for row in fewest.cohorts] == [("blue", "hall", "ida")]
    # Priced alone, the free room is taken.
    prices = {"change": 100}
    dear = changed_scenario(tiny(**{**ROOMY, "prices": prices}, rooms=rooms), published=plan)
    cheapest = replan(dear, ReplanOptions(QUICK, ChangeBudget(total=0))).plan
    assert [(row.cohort, row.room) for row in cheapest.cohorts] == [("blue", "annex")]


def test_outages_are_planned_around_and_leave_no_bound() -> None:
    scenario = late_monday()
    away = Outage("instructor", "bob", dt.date(2026, 6, 1), dt.date(2026, 6, 9))
    for options in (ReplanOptions(QUICK, outages=(away,)), ReplanOptions(QUICK, ChangeBudget(9), outages=(away,))):
        plan = replan(scenario, options).plan
        assert objective(scenario, plan) >= Decimal("62.400")
        assert all(
            meeting.date > away.last for row in plan.cohorts if row.instructor == "bob" for meeting in row.meetings
        )
        assert (plan.bound, plan.status) == (None, "feasible")


def test_progress_is_told_and_better_plans_are_handed_out() -> None:
    scenario = late_monday()
    told: list[Progress] = []
    replan(scenario, ReplanOptions(QUICK, ChangeBudget(total=6)), told.append)
    objectives = [row.objective for row in told if row.objective is not None]
    assert all(later <= earlier for earlier, later in pairwise(objectives))
    assert told[0].stage == "reading the region"
    with pytest.raises(ValueError, match="no plan in force"):
        replan(tiny())
