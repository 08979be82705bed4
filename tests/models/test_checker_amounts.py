"""By how much a rule is broken, and what the message says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lineside.models.checker import Violation, check
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from tests.build import open_cohort, plan_of, tiny


def only(scenario: Scenario, plan: Plan) -> Violation:
    violations = check(scenario, plan).violations
    assert len(violations) == 1, violations
    return violations[0]


def one_seat(clock: str = "Mon 15:00 120", site: str = "college", **changes: Any) -> Violation:
    *days, start, minutes = clock.split()
    scenario = tiny(patterns=[f"{' '.join(days)} | {start} | {minutes} | {site}"], **changes)
    return only(scenario, plan_of(scenario, (open_cohort(scenario, clock, site=site), "a1")))


def test_room_too_small() -> None:
    scenario = tiny(rooms={"hall": {"seats": 2}}, apprentices={"a2": {}, "a3": {}, "a4": {}})
    violation = only(scenario, plan_of(scenario, (open_cohort(scenario), "a1 a2 a3 a4")))
    assert (violation.amount, violation.unit) == (2, "seats")
    assert violation.message == ("Room hall seats 2; cohort K1 has 4. Choose a larger room or split the cohort.")


def test_release_limit_names_the_worst_meeting() -> None:
    violation = one_seat("Mon Wed 11:00 60", "plant", companies={"acme": {"release_minutes": 45}})
    assert (violation.rule, violation.amount, violation.unit) == ("release-limit", 15, "minutes")
    assert "2026-06-01 11:00-12:00 (and 1 more meeting); the limit is 45" in violation.message


def test_duty_counts_the_whole_stretch() -> None:
    # Friday 06:00 until 21:00 is 900 minutes; the limit is 840.
    violation = one_seat("Fri 19:00 120", "plant")
    assert (violation.rule, violation.amount) == ("duty", 60)
    assert "900 minutes" in violation.message


def test_duty_of_a_rota_without_rest_ends() -> None:
    # Shifts around the clock every day: the stretch has no end, yet the check has.
    endless = {"day": {"cycle": "D", "hours": "D 06:00-06:00", "meals": "D 10:00-10:30"}}
    scenario = tiny(rotas=endless, rules={"week_minutes": 99999}, patterns=["Mon | 11:00 | 120 | plant"])
    plan = plan_of(scenario, (open_cohort(scenario, "Mon 11:00 120", site="plant"), "a1"))
    assert {violation.rule for violation in check(scenario, plan).violations} == {"duty"}


def test_travel_limit_counts_the_farthest_meeting() -> None:
    home = {"travel": ["plant | college | 20", "53202 | college | 75"], "apprentices": {"a1": {"zip": "53202"}}}
    violation = one_seat("Fri Sat 15:00 60", **home)
    assert (violation.rule, violation.amount, violation.ids["date"]) == ("travel-limit", 15, "2026-06-06")


def test_missing_minutes_are_counted() -> None:
    scenario = tiny(patterns=["Mon | 15:00 | 60 | college"])
    cohort = open_cohort(scenario, "Mon 15:00 60")
    short = cohort.model_copy(update={"meetings": cohort.meetings[:1]})
    violation = only(scenario, plan_of(scenario, (short, "a1")))
    assert (violation.rule, violation.amount, violation.unit) == ("hours", 60, "minutes")


def test_a_meeting_on_a_wrong_date_is_named() -> None:
    scenario = tiny()
    cohort = open_cohort(scenario)
    other = cohort.model_copy(update={"meetings": open_cohort(scenario, "Tue 15:00 120").meetings})
    violation = only(scenario, plan_of(scenario, (other, "a1")))
    assert (violation.rule, violation.unit) == ("hours", "meetings")
    assert "lacks a meeting on 2026-06-01 15:00-17:00" in violation.message


def test_a_cohort_without_meetings_breaks_hours_only() -> None:
    scenario = tiny()
    empty = open_cohort(scenario).model_copy(update={"meetings": ()})
    violation = only(scenario, plan_of(scenario, (empty, "a1")))
    assert (violation.rule, violation.amount) == ("hours", 120)


def test_without_a_patterns_table_any_pattern_holds() -> None:
    scenario = tiny(patterns=None)
    plan = plan_of(scenario, (open_cohort(scenario, "Tue Thu 14:53 60"), "a1"))
    assert check(scenario, plan).is_clean


def test_several_rules_are_all_reported() -> None:
    scenario = tiny(
        apprentices={"a1": {"travel_max": 1, "off_dates": "2026-06-01", "modes": "online"}},
        rooms={"hall": {"hours": "Tue 00:00-00:00"}},
        instructors={"ida": {"week_minutes": 0}},
        rules={"class_minutes_per_week": 0, "modules_at_once": 0},
    )
    report = check(scenario, plan_of(scenario, (open_cohort(scenario), "a1")))
    assert [violation.rule for violation in report.violations] == [
        "room",
        "instructor",
        "mode",
        "travel-limit",
        "off-date",
        "modules-at-once",
        "class-week",
    ]
    assert not report.is_clean
    assert report.objective == Decimal("0.8")


def test_a_violation_can_be_kept_in_a_set() -> None:
    violation = one_seat(apprentices={"a1": {"due": "2026-05-31"}})
    assert violation in {violation}
