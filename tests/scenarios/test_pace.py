"""Another pace for a term: one edit, what it changes for whom, and what it costs on the line."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

import lineside.scenarios
from lineside.models.checker import check
from lineside.models.plan import Plan, read_plan
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.scenarios.in_force import steps_in_force
from lineside.scenarios.pace import PaceError, pace_steps
from lineside.scenarios.seat_changes import seat_changes
from lineside.scenarios.table_steps import stepped
from tests.build import tiny

ST_CLOUD = Path(lineside.scenarios.__file__).parent / "bundled" / "st_cloud"
DAYS = ("Mon Wed", "Tue Thu", "Mon Thu", "Wed Fri")


@pytest.fixture(scope="module")
def moved() -> tuple[Scenario, Plan, Scenario, Plan]:
    """Return the tables and the plan before the closing date moves, and those after."""
    scenario = read_scenario(ST_CLOUD).scenario
    before, after = read_plan(ST_CLOUD / "plan_in_force.json"), read_plan(ST_CLOUD / "plan_after.json")
    steps = steps_in_force(scenario, before, dt.date(2027, 2, 1))
    return scenario, before, stepped(scenario, steps.then(pace_steps(scenario, dt.date(2027, 4, 30), DAYS))), after


def test_st_cloud_costs_what_its_readme_says(moved: tuple[Scenario, Plan, Scenario, Plan]) -> None:
    scenario, before, tables, after = moved
    reports = check(scenario, before), check(tables, after)
    assert all(report.is_clean for report in reports)
    assert [report.objective for report in reports] == [Decimal("684.800"), Decimal("7538.800")]
    names = ("line_time_lost", "release", "stopped", "unseated_hours", "dollars", "changes")
    assert [tuple(getattr(report.measures, name) for name in names) for report in reports] == [
        (0, 16_320, 0, 0, 13_696, 0),
        (Decimal("40.8"), 17_760, 0, 16, 13_760, 195),
    ]
    # 40.8 + 16 x 60 + 64 x 0.05 + 195 x 30
    assert reports[1].objective - reports[0].objective == Decimal("6854.000")
    assert after.bound == Decimal("7349.999")
    readme = (ST_CLOUD / "README.md").read_text(encoding="utf-8")
    told = ("684.8", "7,538.8", "7,349.9", "40.8", "17,760", "16,320", "13,760", "195", "6,854.0", "98 seats of all 51")
    assert all(figure in readme for figure in told)


def test_st_cloud_changes_what_its_readme_says(moved: tuple[Scenario, Plan, Scenario, Plan]) -> None:
    _, before, tables, after = moved
    rows = seat_changes(tables, after)
    assert Counter(row.kind for row in rows) == {"moves": 97, "loses": 1}
    assert all(row.is_forced for row in rows)
    assert Counter(Counter(row.apprentice for row in rows).values()) == {2: 47, 1: 4}
    assert [(row.apprentice, row.module) for row in rows if row.kind == "loses"] == [("E33", "QUALITY")]
    begun = {row.cohort: row for row in before.cohorts if row.meetings[0].date < dt.date(2027, 2, 15)}
    assert len(begun) == 4
    assert {row.cohort: row for row in after.cohorts if row.cohort in begun} == begun
    assert max(row.meetings[-1].date for row in begun.values()) == dt.date(2027, 3, 5)
    assert max(row.meetings[-1].date for row in after.cohorts) <= dt.date(2027, 4, 30)
    assert min(row.meetings[0].date for row in after.cohorts if row.cohort not in begun) >= dt.date(2027, 2, 15)


def region(**changes: object) -> Scenario:
    patterns = ("Mon | 15:00 | 60 | college", "Tue | 15:00 | 60 | college", "Mon | 10:00 | 90 | all")
    people = {"a1": {}, "a2": {"due": "2026-06-05"}, "a3": {"due": "2026-06-12"}}
    return tiny(**{"patterns": patterns, "apprentices": people, "rules": {"class_minutes_per_week": 100}, **changes})


def dues(scenario: Scenario) -> dict[str, str | None]:
    return {row.apprentice: None if row.due is None else str(row.due) for row in scenario.apprentices}


def test_twice_the_pace_keeps_starts_and_lengths() -> None:
    after = stepped(region(), pace_steps(region(), days=["Wed Mon", "Tue Thu"]))
    assert [(row.days, row.start, row.minutes, row.sites) for row in after.patterns or ()] == [
        ((0, 2), 900, 60, ("college",)),
        ((0, 2), 600, 90, ("all",)),
        ((1, 3), 900, 60, ("college",)),
        ((1, 3), 600, 90, ("all",)),
    ]
    assert len({row.pattern for row in after.patterns or ()}) == 4
    assert after.settings.rules.class_minutes_per_week == 200
    assert dues(after) == dues(region())


def test_a_stretched_term_has_half_the_pace_and_more_weeks() -> None:
    twice = stepped(region(), pace_steps(region(), days=["Mon Wed"]))
    after = stepped(twice, pace_steps(twice, dt.date(2026, 7, 1), ["Mon"]))
    assert after.settings.rules.class_minutes_per_week == 100
    assert after.settings.weeks == 5  # the fifth week is that of 29 June
    # The latest due date is the term's, and moves; a2's is a2's own.
    assert dues(after) == {"a1": "2026-07-01", "a2": "2026-06-05", "a3": "2026-07-01"}


def test_an_earlier_closing_date_binds_everybody() -> None:
    after = stepped(region(), pace_steps(region(), dt.date(2026, 6, 4)))
    assert dues(after) == {"a1": "2026-06-04", "a2": "2026-06-04", "a3": "2026-06-04"}
    assert after.settings.weeks == 2
    assert after.patterns == region().patterns


@pytest.mark.parametrize(
    ("closing", "days", "text"),
    [
        (None, [], "Neither a closing date nor class days"),
        (dt.date(2026, 5, 31), [], "2026-05-31 is before the first day, 2026-06-01"),
        (None, ["Mon Moon"], "'Mon Moon' is no list of days"),
    ],
)
def test_no_pace(closing: dt.date | None, days: list[str], text: str) -> None:
    with pytest.raises(PaceError, match=text):
        pace_steps(region(), closing, days)


def test_patterns_that_are_derived_have_no_days_to_change() -> None:
    with pytest.raises(PaceError, match="no patterns"):
        pace_steps(region(patterns=None), days=["Mon"])
