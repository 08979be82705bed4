"""Planning with a margin: stricter cohorts, the same rules, and bounds that say what they are bounds of."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.solver import Margin, Progress, SolveOptions, solve
from lineside.solver.margin import scenario_with_margin
from tests.build import open_cohort, plan_of, tiny

QUICK = SolveOptions(seconds=10, workers=1)


def two_nights(**settings: object) -> Scenario:
    """Return four people who may meet on Mondays, or two of them apiece at two plants for less travel.

    b1 and b2 stand at the plant of another company. An empty seat costs 2 x 60 line-minutes, a trip to the college
    0.8, a cohort nothing; without a margin each pair meets at its own plant, and nobody travels.
    """
    return tiny(
        companies={"bolt": {}},
        sites={"works": {"kind": "plant", "company": "bolt", "open_to": "own"}},
        rooms={"cell": {"site": "works"}},
        lines={"mill": {"site": "works"}},
        rotas={"late": {"company": "bolt"}},
        crews={"mill/late": {}},
        modules={"math": {"seats_min": 2}},
        apprentices={"a2": {}, **{b: {"company": "bolt", "line": "mill", "rota": "late"} for b in ("b1", "b2")}},
        instructors={"joe": {}},
        patterns=["Mon | 15:00 | 120 | college plant works"],
        travel=["plant | college | 20", "works | college | 20", "plant | works | 40"],
        **settings,
    )


def test_a_margin_makes_larger_cohorts_and_keeps_the_bound_of_all_plans() -> None:
    scenario = two_nights()
    plain, spared = solve(scenario, QUICK), solve(scenario, SolveOptions(seconds=10, workers=1, margin=1))
    # Two pairs at their own plants cost nothing; four at the college make four trips of 2 x 20 minutes at 0.02.
    assert (plain.plan.objective, plain.margin) == (Decimal(0), None)
    assert spared.plan.objective == Decimal("3.2")
    assert Counter(seat.cohort for seat in spared.plan.seats) == {"math-1": 4}
    assert check(scenario, spared.plan).is_clean
    # The bound is that of all plans, so that nothing is claimed that is not so; the margin's own is beside it.
    assert (spared.plan.bound, spared.plan.status) == (Decimal(0), "feasible")
    assert spared.margin == Margin(1, Decimal("3.2"), Decimal(0))


def test_a_margin_that_costs_nothing_may_be_optimal() -> None:
    scenario = tiny(apprentices={"a2": {}})
    spared = solve(scenario, SolveOptions(seconds=10, workers=1, margin=1))
    # Both at the college: 2 x 2 x 20 minutes at 0.02.
    assert (spared.plan.objective, spared.plan.status) == (Decimal("1.6"), "optimal")
    assert spared.plan.bound == Decimal("1.6") and spared.margin == Margin(1, Decimal("1.6"), Decimal("1.6"))
    assert check(scenario, spared.plan).is_clean


@pytest.mark.parametrize(
    ("margin", "least"),
    [(0, 4), (2, 6), (5, 8), (9, 8)],
    ids=["none", "two", "as many as the room seats", "no more than that"],
)
def test_a_margin_asks_for_no_more_than_fits(margin: int, least: int) -> None:
    scenario = tiny(
        modules={"math": {"seats_min": 4, "seats_max": 12}}, rooms={"hall": {"seats": 8}, "shed": {"seats": 5}}
    )
    small = scenario.model_copy(update={"rooms": tuple(row for row in scenario.rooms if row.seats <= 8)})
    assert scenario_with_margin(small, margin).modules[0].seats_min == least


def test_frozen_cohorts_are_left_as_small_as_they_are() -> None:
    begun = open_cohort(tiny(settings={"weeks": 3}), week=0)
    frozen = {"frozen_until": "2026-06-08", "weeks": 3}
    scenario = tiny(settings=frozen, apprentices={"a2": {}, "a3": {}}, published=Plan(cohorts=(begun,)))
    published = plan_of(scenario, (begun, "a1"), first_day=scenario.settings.first_day)
    scenario = scenario.model_copy(update={"published": published})
    plan = solve(scenario, SolveOptions(seconds=10, workers=1, margin=1)).plan
    assert check(scenario, plan).is_clean
    assert Counter(seat.cohort for seat in plan.seats) == {"K1": 1, "math-1": 2}


def test_no_plan_with_a_margin_says_that_the_margin_may_be_at_fault() -> None:
    # a1 is pinned to a cohort that nobody else can come to.
    published_in = tiny()
    cohort = open_cohort(published_in)
    published = plan_of(published_in, (cohort, "a1"), first_day=published_in.settings.first_day)
    scenario = tiny(pins=["a1 | math | K1"], published=published)
    assert solve(scenario, QUICK).plan.status == "optimal"
    found = solve(scenario, SolveOptions(seconds=5, workers=1, margin=1))
    assert found.plan.status == "infeasible" and found.margin is None
    assert found.explanation.startswith("With a margin of 1 people") and "smaller margin" in found.explanation


def test_progress_and_incumbents_do_not_pass_off_a_bound_of_some_plans_for_one_of_all() -> None:
    progress: list[Progress] = []
    told: list[Plan] = []
    solve(
        two_nights(),
        SolveOptions(seconds=10, workers=1, margin=1),
        progress.append,
        on_incumbent=told.append,
    )
    assert progress[0].stage.startswith("with a margin of 1: ") and progress[-1].stage == "without the margin: done"
    assert {row.bound for row in progress if row.stage.startswith("with a")} == {None}
    assert (progress[-1].objective, progress[-1].bound) == (Decimal("3.2"), Decimal(0))
    assert all(plan.bound is None for plan in told)
