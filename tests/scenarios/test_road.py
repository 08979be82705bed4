"""Hours of the program: what each apprentice has, gets and owes on a date, and the forecast at this pace."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest

import lineside.scenarios
from lineside.models.plan import Plan
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.scenarios.road import Road, forecast, roads
from tests.build import open_cohort, plan_of, tiny

BUNDLED = Path(lineside.scenarios.__file__).parent / "bundled"
FIRST = dt.date(2026, 6, 1)


def program(**people: dict[str, object]) -> Scenario:
    """Return a program of 40 hours: math 6 + 4 of self-study, safety 20, and lean or kaizen, 10 each; three weeks."""
    return tiny(
        settings={"weeks": 3},
        modules={
            "math": {"hours": 6, "self_study_hours": 4},
            "safety": {"hours": 20},
            "lean": {"hours": 10},
            "kaizen": {"hours": 8, "self_study_hours": 2},
        },
        requirements={
            "tech/safety/std": {"modules": "safety"},
            "tech/better/lean": {"modules": "lean"},
            "tech/better/kaizen": {"modules": "kaizen"},
        },
        apprentices=people or {"a1": {"wanted": "math"}},
        patterns=["Mon | 15:00 | 120 | college"],
    )


def road(scenario: Scenario, plan: Plan, at: dt.date = FIRST, end: dt.date | None = None) -> Road:
    return roads(scenario, plan, at, end)[0]


def in_math(scenario: Scenario) -> Plan:
    return plan_of(scenario, (open_cohort(scenario), "a1"))


@pytest.mark.parametrize(
    ("at", "delivered"),
    [("2026-06-01", "0"), ("2026-06-02", "10/3"), ("2026-06-15", "20/3"), ("2026-06-16", "10")],
    ids=["before the first meeting", "after one of three", "on the day of the last", "after it"],
)
def test_a_meeting_gives_its_share_of_class_and_self_study(at: str, delivered: str) -> None:
    scenario = program()
    row = road(scenario, in_math(scenario), dt.date.fromisoformat(at))
    assert row.delivered_hours == Fraction(delivered)
    assert row.delivered_hours + row.planned_hours == 10
    assert (row.program_hours, row.credited_hours) == (40, 0)
    assert row.owed_hours == 40 - row.delivered_hours and row.unplanned_hours == 30
    assert row.last_meeting == dt.date(2026, 6, 15)


def test_the_forecast_goes_on_at_the_pace_of_the_plan() -> None:
    scenario = program()
    row = road(scenario, in_math(scenario))
    # 10 hours in three weeks: the other 30 take nine weeks after the horizon's last day, three terms like this one.
    assert row.pace_hours == Fraction(10, 3)
    assert row.finishes == dt.date(2026, 6, 21) + dt.timedelta(weeks=9)
    assert row.terms_after == 3
    assert row.standing == "no end date"
    assert road(scenario, in_math(scenario), end=dt.date(2026, 8, 23)).standing == "in time"
    assert road(scenario, in_math(scenario), end=dt.date(2026, 8, 22)).standing == "late"


def test_the_due_date_of_the_table_comes_before_the_general_one() -> None:
    scenario = program(a1={"wanted": "math", "due": "2026-06-30"})
    row = road(scenario, in_math(scenario), end=dt.date(2027, 1, 1))
    assert (row.ends, row.standing) == (dt.date(2026, 6, 30), "late")


def test_pace_counts_from_the_first_date_of_who_starts_later() -> None:
    scenario = program(a1={"wanted": "math", "starts": "2026-06-08"})
    # 10 hours in the two weeks from 8 June; the other 30 take two terms of three weeks.
    row = road(scenario, plan_of(scenario, (open_cohort(scenario, week=1), "a1")))
    assert row.pace_hours == 5 and row.terms_after == 2


def test_who_gets_nothing_has_no_pace_and_who_has_all_is_done() -> None:
    scenario = program(
        a1={"wanted": "math"},
        a2={"credits": "math safety kaizen", "wanted": "math"},
        a3={"credits": "math safety lean"},
    )
    idle, done, choosing = roads(scenario, plan_of(scenario), FIRST)
    assert (idle.standing, idle.finishes, idle.terms_after, idle.owed_hours) == ("no pace", None, None, 40)
    # Nothing of "better" is wanted, so the option that is credited counts.
    assert (done.standing, done.credited_hours, done.owed_hours) == ("done", 40, 0)
    # Everything is wanted, so the plan chooses: lean, the first, which is credited.
    assert choosing.standing == "done"
    assert forecast((idle, done, choosing)) == ((None, 1),)


def test_the_option_that_the_plan_chooses_counts() -> None:
    scenario = program(a1={"credits": "math safety lean"})
    plan = plan_of(scenario, options={("a1", "better"): "kaizen"})
    row = road(scenario, plan)
    assert (row.credited_hours, row.owed_hours, row.standing) == (30, 10, "no pace")


def test_a_seat_in_a_credited_module_counts_once() -> None:
    scenario = program(a1={"credits": "math", "wanted": "math safety"})
    row = road(scenario, in_math(scenario))
    assert (row.credited_hours, row.planned_hours, row.last_meeting) == (10, 0, None)


def test_hours_before_the_first_day_are_delivered_and_set_no_pace() -> None:
    scenario = program()
    earlier = open_cohort(scenario, week=-1)
    row = road(scenario, plan_of(scenario, (earlier, "a1")), dt.date(2026, 6, 9))
    # The meetings are on 25 May, 1 June and 8 June; the last two are in the horizon.
    assert row.delivered_hours == 10 and row.pace_hours == Fraction(20, 9)


def test_the_forecast_counts_people_by_further_terms() -> None:
    scenario = program(a1={"wanted": "math"}, a2={"wanted": "math", "credits": "safety lean"}, a3={"wanted": "math"})
    plan = plan_of(scenario, (open_cohort(scenario), "a1 a2"))
    rows = roads(scenario, plan, FIRST)
    assert [row.terms_after for row in rows] == [3, 0, None]
    assert rows[1].finishes == dt.date(2026, 6, 15)
    assert forecast(rows) == ((0, 1), (3, 1), (None, 1))


@pytest.mark.parametrize("name", ["milwaukee", "st_cloud", "st_cloud_compressed"])
def test_everybody_of_the_bundled_programs_has_264_hours_ahead_or_behind(name: str) -> None:
    scenario = read_scenario(BUNDLED / name).scenario
    assert {row.program_hours for row in roads(scenario, Plan(), FIRST)} == {264}
