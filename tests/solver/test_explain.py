"""The reason of every empty seat: the right rule, with the right count."""

from __future__ import annotations

from typing import Any

import pytest

from lineside.solver import SolveOptions, solve
from tests.build import open_cohort, plan_of, tiny
from tests.rule_cases import RULE_CASES


def reasons(**changes: Any) -> dict[tuple[str, str], str]:
    """Return the reason of each empty seat, by person and module, in a week with one candidate unless changed."""
    scenario = tiny(**{"settings": {"weeks": 1}, **changes})
    plan = solve(scenario, SolveOptions(seconds=20, workers=1)).plan
    assert plan.status == "optimal"
    return {(row.apprentice, row.module): row.reason for row in plan.unseated}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sites": {"college": {"open_to": "other"}}}, "1 are at a site that is not open to Acme [access]"),
        ({"apprentices": {"a1": {"modes": "online"}}}, "1 are in a mode not accepted [mode]"),
        ({"apprentices": {"a1": {"travel_max": 19}}}, "1 exceed the travel limit [travel-limit]"),
        (
            {"apprentices": {"a1": {"off_dates": "2026-06-01"}}},
            "1 meet on a date that is barred for this person [off-date]",
        ),
        (
            {"rooms": {"hall": {"hours": "Tue 00:00-00:00"}}},
            "1 have no room that is equipped, large enough, open and free [room]",
        ),
        (
            {"instructors": {"ida": {"hours": "Tue 00:00-00:00"}}},
            "1 have no instructor who is qualified, available and free [instructor]",
        ),
        (
            {"rules": {"class_minutes_per_week": 119}},
            "1 exceed the class minutes of a week [class-week]",
        ),
        (
            {"companies": {"acme": {"sessions": "lunch"}}},
            "1 need a kind of session that Acme's agreement does not allow [session-kind]",
        ),
        (
            # Away 12:40-15:20, in the shift until 14:00: 80 minutes.
            {"patterns": ["Mon | 13:00 | 120 | college"], "companies": {"acme": {"release_minutes": 79}}},
            "1 need more release than Acme's agreement allows [release-limit]",
        ),
        ({"rules": {"week_minutes": 2369}}, "1 make a week of work and class too long [work-week]"),
        ({"rules": {"duty_minutes": 600}}, "1 make a stretch of work and class too long [duty]"),
        ({"modules": {"math": {"seats_min": 2}}}, "1 never reach 2 seats [cohort-size]"),
    ],
)
def test_the_only_candidate_fails_one_rule(changes: dict[str, Any], reason: str) -> None:
    assert reasons(**changes) == {("a1", "math"): f"1 candidate cohort: {reason}."}


def test_a_week_without_a_free_date() -> None:
    # A class of Saturday and Sunday, the last of which is cut, takes both free dates.
    found = reasons(patterns=["Sat Sun | 15:00 | 90 | college"])
    assert found == {("a1", "math"): "1 candidate cohort: 1 take the last free day of a week [day-off]."}


def test_counts_add_up_to_the_candidates() -> None:
    # Six patterns: three at the plant's shed during the shift, two online, which a1 does not accept, one too far away.
    patterns = [f"{day} | 07:00 | 120 | plant" for day in ("Mon", "Tue", "Wed")]
    patterns += ["Mon | 15:00 | 120 | online", "Tue | 15:00 | 120 | online", "Wed | 15:00 | 120 | college"]
    found = reasons(
        patterns=patterns,
        companies={"acme": {"sessions": "after"}},
        apprentices={"a1": {"modes": "classroom", "travel_max": 10}},
    )
    assert found["a1", "math"] == (
        "6 candidate cohorts: 3 need a kind of session that Acme's agreement does not allow [session-kind], "
        "2 are in a mode not accepted [mode], 1 exceed the travel limit [travel-limit]."
    )


def test_a_pin_to_none_is_a_reason_of_its_own() -> None:
    plain = tiny(settings={"weeks": 1})
    found = reasons(pins=["a1 | math | none"], published=plan_of(plain, (open_cohort(plain), "a1")))
    assert found == {("a1", "math"): "A pin forbids this module [pin]."}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"modules": {"math": {"features": "lab"}}}, "No candidate cohort: no room has lab [room]."),
        (
            {"modules": {"math": {"session_max": 60}}},
            "No candidate cohort: no pattern has 30 to 60 minutes [session-length].",
        ),
        (
            {"modules": {"math": {"hours": 4}}},
            "No candidate cohort: no pattern and first week give its hours inside the horizon [hours].",
        ),
    ],
)
def test_a_module_without_a_candidate(changes: dict[str, Any], reason: str) -> None:
    assert reasons(**changes) == {("a1", "math"): reason}


def test_an_earlier_module_that_is_never_done_is_named_by_its_rule() -> None:
    found = reasons(
        modules={"math": {"features": "lab"}, "art": {"after": "math"}},
        requirements={"tech/art/std": {"modules": "art"}},
    )
    assert found["a1", "art"] == "1 candidate cohort: 1 begin before an earlier module is done [order]."


def test_a_party_of_which_one_cannot_come() -> None:
    found = reasons(apprentices={"a1": {"party": "car"}, "a2": {"party": "car", "off_dates": "2026-06-01"}})
    assert found["a1", "math"] == "1 candidate cohort: 1 do not suit everybody of the party [party]."
    assert found["a2", "math"] == "1 candidate cohort: 1 meet on a date that is barred for this person [off-date]."


def test_too_few_are_left_without_a_seat() -> None:
    # a1 and a2 fill Monday's cohort, and nobody is left to come on Tuesday with a3, whose hours count half.
    found = reasons(
        modules={"math": {"seats_min": 2, "seats_max": 2}},
        patterns=["Mon | 15:00 | 120 | college", "Tue | 15:00 | 120 | college"],
        apprentices={"a2": {}, "a3": {"off_dates": "2026-06-01", "priority": "0.5"}},
    )
    assert found == {
        ("a3", "math"): "2 candidate cohorts: 1 meet on a date that is barred for this person [off-date], "
        "1 have too few people without a seat to reach 2 [cohort-size]."
    }


def test_a_full_cohort_says_so() -> None:
    found = reasons(modules={"math": {"seats_max": 1}}, apprentices={"a2": {}})
    [reason] = found.values()
    assert reason == "1 candidate cohort: 1 are full [cohort-size]."


def test_two_modules_that_do_not_go_together() -> None:
    found = reasons(
        modules={"art": {"features": "kiln"}, "math": {"features": "boards"}},
        rooms={"hall": {"features": "boards"}, "attic": {"site": "college", "features": "kiln"}},
        requirements={"tech/art/std": {"modules": "art"}},
        instructors={"ivo": {}},
    )
    [reason] = found.values()
    assert reason == (
        "1 candidate cohort: 1 do not go together with this person's other cohorts [clash, duty, weekly limits]."
    )


@pytest.mark.parametrize("case", RULE_CASES, ids=lambda case: f"{case.rule}: {case.name}")
def test_every_empty_seat_of_every_case_has_a_sentence(case: Any) -> None:
    plan = solve(case.scenario, SolveOptions(seconds=20, workers=1)).plan
    for row in plan.unseated:
        assert row.reason.endswith(".")
        assert "{" not in row.reason
