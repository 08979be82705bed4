"""What is said about a plan: never more than is proven."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lineside.models.plan import Measures, Plan, Unseated
from lineside.models.scenario import Prices
from lineside.service.plan_words import (
    cohort_listing,
    objective_parts,
    parts_listing,
    proof_sentence,
    seat_sentence,
    unmeetable_sentence,
    unseated_listing,
)
from tests.build import open_cohort, plan_of, tiny


def solved(status: str, objective: str | None, bound: str | None) -> Plan:
    fields = {"status": status, "objective": objective, "bound": bound}
    return Plan.model_validate({key: value for key, value in fields.items() if value is not None})


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (
            solved("optimal", "41000", "41000"),
            "The plan is proven optimal: no plan can be better than 41,000.0 line-minutes (gap 0.0 %).",
        ),
        (
            # 1000 / 40000 = 2.5 % above the bound; 1000 / 41000 = 2.439 %, rounded up.
            solved("feasible", "41000", "40000"),
            "No plan can be better than 40,000.0 line-minutes; this one, at 41,000.0, is at most 2.5 % above the best "
            "possible (gap 2.5 %).",
        ),
        (
            solved("feasible", "300", "200"),
            "No plan can be better than 200.0 line-minutes; this one, at 300.0, is at most 50.0 % above the best "
            "possible (gap 33.4 %).",
        ),
        (
            solved("feasible", "41000", "0"),
            "Nothing is proven yet about better plans: the bound is 0.0, this plan costs 41,000.0 line-minutes "
            "(gap 100.0 %).",
        ),
        (
            solved("feasible", "0", "0"),
            "No plan can be better than 0.0 line-minutes; this one, at 0.0, is at most 0.0 % above the best possible "
            "(gap 0.0 %).",
        ),
        (
            solved("feasible", "41000", None),
            "Nothing is proven about better plans; this one costs 41,000.0 line-minutes.",
        ),
        (solved("unknown", None, None), "The plan has no objective. Solve the scenario to get one with a proof."),
    ],
)
def test_bound_and_gap_in_words(plan: Plan, sentence: str) -> None:
    assert proof_sentence(plan) == sentence


def test_parts_add_up_to_the_objective() -> None:
    measures = Measures(
        line_time_lost=Decimal(100),
        release=Decimal(900),
        unseated_hours=Decimal(2),
        dollars=Decimal(1000),
        travel_minutes=Decimal(500),
        changes=3,
        worst_company=Decimal(60),
    )
    prices = Prices(worst_company=Decimal("0.5"))
    # 100 + 2 x 60 + 1000 x 0.05 + 500 x 0.02 + 3 x 30 + 60 x 0.5
    assert [part.line_minutes for part in objective_parts(measures, prices)] == [100, 120, 50, 10, 90, 30]
    assert parts_listing(measures, prices).rows[-1] == ("objective", "", "", "", "400.0")


def test_seats_and_unmeetable_needs_are_counted() -> None:
    scenario = tiny(apprentices={"a2": {}})
    plan = plan_of(scenario, (open_cohort(scenario), "a1"))
    assert seat_sentence(plan) == "1 of 2 seats needed are given, in 1 cohorts."
    assert unmeetable_sentence(plan, 1).startswith("1 of the 1 needs without a seat")
    assert unmeetable_sentence(plan.model_copy(update={"unseated": ()}), 0) == "Every need has a seat."


def test_cohorts_are_listed_by_their_first_meeting() -> None:
    scenario = tiny()
    late, early = open_cohort(scenario, name="A", week=1), open_cohort(scenario, name="B")
    listing = cohort_listing(scenario, plan_of(scenario, (late, ""), (early, "a1")), limit=1)
    assert listing.rows == [("B", "math", "A site", "Mon 15:00", "120", "2026-06-01 to 2026-06-01", "1")]
    assert listing.left_out == 1


def test_the_unseated_are_grouped_by_module_and_chief_rule() -> None:
    far = "9 candidate cohorts: 8 exceed the travel limit [travel-limit], 1 meet at night [hours]."
    farther = "9 candidate cohorts: 9 exceed the travel limit [travel-limit]."
    rows = [("a1", "A pin forbids this module [pin]."), ("a2", far), ("a3", farther), ("a4", "[red] text")]
    unseated = tuple(Unseated(apprentice=person, module="math", reason=reason) for person, reason in rows)
    listing = unseated_listing(Plan(unseated=unseated), limit=2)
    assert listing.rows == [("2", "math", "travel-limit", far), ("1", "math", "", "[red] text")]
    assert listing.left_out == 1
