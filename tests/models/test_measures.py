"""The parts of the measures: who is away when, a minute's cost, and what a meeting is for a person."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from lineside.models.calendar import Interval, wall_minute
from lineside.models.cells import parse_clock
from lineside.models.measures import (
    MeetingView,
    PersonDays,
    crew_losses,
    measure,
    minute_cost,
    objective_of,
    rounded,
)
from lineside.models.tables import Crew
from tests.build import open_cohort, plan_of, tiny

NIGHT = {"day": {"cycle": "NNNNNOO", "hours": "N 22:00-06:00", "meals": "N 02:00-02:30"}}
MONDAY = dt.date(2026, 6, 1)


def span(day: int, start: str, end: str) -> Interval:
    """Return wall minutes of clocks on a day of the first week (0 is Monday)."""
    base = wall_minute(MONDAY + dt.timedelta(days=day))
    first, last = parse_clock(start), parse_clock(end)
    return base + first, base + (last if last > first else last + 1440)


def view(day: int, start: str, end: str, site: str = "plant", **changes: Any) -> MeetingView:
    scenario = tiny(**changes)
    return PersonDays(scenario).view(scenario.apprentices[0], site, span(day, start, end))


@pytest.mark.parametrize(
    ("day", "start", "end", "kind"),
    [
        (0, "11:00", "12:00", "release"),
        (0, "09:00", "10:00", "release"),
        (0, "09:00", "10:01", "lunch"),
        (0, "10:00", "10:30", "lunch"),
        (0, "10:29", "11:00", "lunch"),
        (0, "13:59", "15:00", "release"),
        (0, "05:00", "06:01", "release"),
        (0, "14:00", "15:00", "after"),
        (0, "16:00", "17:00", "after"),
        (0, "16:01", "17:00", "off"),
        (0, "03:00", "04:00", "before"),
        (0, "03:00", "03:59", "off"),
        (5, "10:00", "11:00", "off"),
        (6, "23:00", "04:00", "before"),
    ],
)
def test_kind_of_session(day: int, start: str, end: str, kind: str) -> None:
    assert view(day, start, end).kind == kind


def test_the_first_monday_follows_shifts_before_the_horizon() -> None:
    # The night of Sunday, May 31st, ends on Monday at 06:00.
    rotas = {"day": {**NIGHT["day"], "cycle": "NNNNNON"}}
    assert view(0, "06:00", "07:00", rotas=rotas).kind == "after"
    assert view(0, "05:00", "07:00", rotas=rotas).lost_minutes == 60


def test_window_and_lost_minutes_include_the_way() -> None:
    seen = view(0, "14:00", "15:00", "college")
    assert seen.window == span(0, "13:40", "15:20")
    assert (seen.lost_minutes, seen.kind, seen.outside_minutes) == (20, "after", 60)
    assert [(piece.start, piece.end, piece.shift_date) for piece in seen.lost] == [(*span(0, "13:40", "14:00"), MONDAY)]


def test_meals_split_the_lost_minutes() -> None:
    seen = view(0, "09:00", "11:00")
    assert [(piece.start, piece.end) for piece in seen.lost] == [span(0, "09:00", "10:00"), span(0, "10:30", "11:00")]
    assert (seen.lost_minutes, seen.outside_minutes, seen.meal_left) == (90, 0, 0)


def test_the_least_meal_left_counts() -> None:
    rotas = {"day": {"meals": "D 10:00-10:30; D 12:00-12:20"}}
    assert view(0, "10:20", "12:15", rotas=rotas).meal_left == 5
    assert view(0, "10:30", "12:00", rotas=rotas).meal_left is None


def test_a_window_over_two_shifts_loses_of_both() -> None:
    # Shifts of 06:00-02:00 every day; a class from 01:00 to 07:00 takes an hour of each.
    rotas = {"day": {"hours": "D 06:00-02:00", "meals": "D 10:00-10:30"}}
    seen = view(1, "01:00", "07:00", rotas=rotas)
    assert [piece.shift_date for piece in seen.lost] == [MONDAY, MONDAY + dt.timedelta(days=1)]
    assert (seen.lost_minutes, seen.outside_minutes, len(seen.shifts)) == (120, 240, 2)


def test_shifts_that_overlap_lose_a_minute_once() -> None:
    # Monday's shift runs until Tuesday 09:00, Tuesday's starts at 06:00: 06:00-10:00 is four hours, not seven.
    rotas = {"day": {"cycle": "ABOOOOO", "hours": "A 10:00-09:00; B 06:00-14:00", "meals": "A 12:00-12:30"}}
    assert view(1, "06:00", "10:00", rotas=rotas).lost_minutes == 240


def test_peak_minutes_belong_to_the_shift_that_starts_in_it() -> None:
    peak = {"closures": ["company:acme | 2026-06-01 | 2026-06-01 | peak"], "rotas": NIGHT}
    assert view(1, "01:00", "03:00", **peak).peak_minutes == 90
    assert view(2, "01:00", "03:00", **peak).peak_minutes == 0


def test_travel_counts_from_home_on_free_days_only() -> None:
    scenario = tiny(apprentices={"a1": {"zip": "53202"}}, travel=["plant | college | 20", "college | 53202 | 33"])
    days, row = PersonDays(scenario), scenario.apprentices[0]
    assert days.travel_minutes(row, "college", MONDAY) == 20
    assert days.travel_minutes(row, "college", MONDAY + dt.timedelta(days=5)) == 33
    assert days.travel_minutes(row, "online", MONDAY + dt.timedelta(days=5)) == 0


@pytest.mark.parametrize(
    ("headcount", "minimum", "relief", "away", "cost", "stopped"),
    [
        (10, 0, 0, 0, Fraction(0), False),
        (16, 0, 0, 1, Fraction(63, 1000), False),
        (16, 0, 0, 3, Fraction(188, 1000), False),
        (3, 0, 0, 1, Fraction(333, 1000), False),
        (7, 6, 0, 1, Fraction(143, 1000), False),
        (7, 7, 0, 1, Fraction(1), True),
        (7, 7, 1, 1, Fraction(0), False),
        (2, 0, 0, 2, Fraction(1), False),
        (2, 0, 0, 3, Fraction(1), True),
    ],
)
def test_minute_cost(headcount: int, minimum: int, relief: int, away: int, cost: Fraction, stopped: bool) -> None:
    crew = Crew(line="press", rota="day", headcount=headcount, minimum=minimum, relief=relief)
    assert minute_cost(crew, away) == (cost, stopped)


def test_crew_losses_are_stretches_with_the_same_people() -> None:
    scenario = tiny(
        modules={"math": {"hours": 1}, "art": {"hours": 1}},
        requirements={"tech/art/std": {"modules": "art"}},
        patterns=["Mon | 09:30 | 60 | plant", "Mon | 10:15 | 60 | plant"],
        apprentices={"a2": {}},
        crews={"press/day": {"minimum": 9}},
    )
    math = open_cohort(scenario, "Mon 09:30 60", site="plant")
    art = open_cohort(scenario, "Mon 10:15 60", name="K2", module="art", site="plant")
    losses = crew_losses(scenario, plan_of(scenario, (math, "a1 a2"), (art, "a2")))
    # 09:30-10:30 both, less the meal from 10:00; 10:15-11:15 a2, less the meal until 10:30.
    assert [(loss.start, loss.end) for loss in losses] == [span(0, "09:30", "10:00"), span(0, "10:30", "11:15")]
    assert [loss.away for loss in losses] == [("a1", "a2"), ("a2",)]
    assert [(loss.cost, loss.stopped) for loss in losses] == [(Fraction(1), True), (Fraction(1, 10), False)]
    assert {(loss.line, loss.rota, loss.shift_date) for loss in losses} == {("press", "day", MONDAY)}


def test_people_covered_by_relief_are_away_at_no_cost() -> None:
    scenario = tiny(patterns=["Mon | 11:00 | 120 | plant"], crews={"press/day": {"relief": 1}})
    losses = crew_losses(scenario, plan_of(scenario, (open_cohort(scenario, "Mon 11:00 120", site="plant"), "a1")))
    assert [(loss.minutes, loss.away, loss.cost) for loss in losses] == [(120, ("a1",), Fraction(0))]


def test_stretches_end_with_the_shift() -> None:
    # Shifts that touch at 06:00: the class from 05:00 to 07:00 makes two stretches, one a shift.
    rotas = {
        "day": {"cycle": "ABOOOOO", "hours": "A 14:00-06:00; B 06:00-14:00", "meals": "A 20:00-20:30; B 10:00-10:30"}
    }
    scenario = tiny(rotas=rotas, patterns=["Tue | 05:00 | 120 | plant"])
    losses = crew_losses(scenario, plan_of(scenario, (open_cohort(scenario, "Tue 05:00 120", site="plant"), "a1")))
    assert [(loss.start, loss.end) for loss in losses] == [span(1, "05:00", "06:00"), span(1, "06:00", "07:00")]
    assert [loss.shift_date.day for loss in losses] == [1, 2]


def test_measures_are_exact_and_rounded_for_files_only() -> None:
    scenario = tiny(
        modules={"math": {"hours": "0.5", "session_min": 1}},
        patterns=["Mon Tue | 15:00 | 20 | plant"],
        instructors={"ida": {"dollars_per_hour": "0.005"}},
        prices={"dollar": 1000},
    )
    measures = measure(scenario, plan_of(scenario, (open_cohort(scenario, "Mon Tue 15:00 20", site="plant"), "a1")))
    # 20 + 10 minutes at 0.005 dollars an hour.
    assert measures.dollars == Decimal("0.0025")
    assert rounded(measures).dollars == Decimal("0.003")
    assert objective_of(scenario, measures) == Decimal("2.500")


def test_unknown_parts_of_a_plan_have_no_measure() -> None:
    scenario = tiny()
    plan = plan_of(scenario, (open_cohort(scenario), "a1"))
    strange = plan_of(scenario, (open_cohort(scenario, site="college").model_copy(update={"site": "moon"}), "a1"))
    assert measure(scenario, plan).travel_minutes == 40
    assert measure(scenario, strange).travel_minutes == 0
