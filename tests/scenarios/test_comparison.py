"""Plans side by side, with figures derived by hand."""

from __future__ import annotations

import datetime as dt

from lineside.models.measures import crew_losses, measure, rounded
from lineside.models.plan import Cohort, Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.comparison import (
    MEASURES,
    CohortRow,
    SeatRow,
    ShiftRow,
    Side,
    cohort_rows,
    measure_rows,
    seat_rows,
    shift_rows,
)
from tests.build import open_cohort, plan_of, tiny

SCENARIO = tiny(apprentices={"a2": {"name": "Bo"}})
AFTER = "Mon 15:00 120"
"""After the shift: nobody loses a minute."""
DURING = "Mon 13:00 120"
"""With 20 minutes of travel from 12:40 on: 80 minutes of a shift that ends at 14:00."""


def side(*rosters: tuple[Cohort, str], scenario: Scenario = SCENARIO, **fields: object) -> Side:
    plan: Plan = plan_of(scenario, *rosters, **fields)  # type: ignore[arg-type]
    return Side(scenario, plan, rounded(measure(scenario, plan)), crew_losses(scenario, plan))


def test_the_least_of_each_measure_is_marked_and_a_tie_of_all_is_not() -> None:
    after, during = side((open_cohort(SCENARIO, AFTER), "a1 a2")), side((open_cohort(SCENARIO, DURING), "a1"))
    rows = {row.measure: row for row in measure_rows([after, during])}
    assert list(rows) == list(MEASURES)
    # One of ten operators is away for 80 minutes: 80 x 1/10.
    assert (rows["line_time_lost"].values, rows["line_time_lost"].best) == ((0, 8), (True, False))
    assert (rows["release"].values, rows["release"].unit) == ((0, 80), "person-minutes")
    # a2 has no seat: two hours.
    assert rows["unseated_hours"].values == (0, 2)
    # Two people travel 40 minutes each, or one: 40 x 2, 40.
    assert (rows["travel_minutes"].values, rows["travel_minutes"].best) == ((80, 40), (False, True))
    assert rows["stopped"].best == (False, False)
    # 80 x 0.02 = 1.6; 8 + 2 x 60 + 40 x 0.02 = 128.8.
    assert rows["objective"].values == (1.6, 128.8)


def test_two_of_three_may_share_the_mark() -> None:
    after, during = side((open_cohort(SCENARIO, AFTER), "a1")), side((open_cohort(SCENARIO, DURING), "a1"))
    rows = {row.measure: row for row in measure_rows([after, during, after])}
    assert rows["line_time_lost"].best == (True, False, True)


def test_losses_are_told_by_company_and_shift_where_they_differ_most_first() -> None:
    nights = {"rota": "night", "line": "saw"}
    scenario = tiny(
        rotas={"night": {"cycle": "NNNNNOO", "hours": "N 18:00-06:00", "meals": "N 23:30-00:00"}},
        lines={"saw": {"site": "plant", "weight": 2}},
        crews={"saw/night": {"headcount": 4, "minimum": 4}},
        apprentices={"a2": nights},
    )
    day = side((open_cohort(scenario, DURING), "a1"), scenario=scenario)
    # 19:00 to 21:00 with travel: 160 minutes, in which the line of weight 2 stops.
    night = side((open_cohort(scenario, "Mon 19:00 120"), "a2"), scenario=scenario)
    assert shift_rows([day, night]) == (
        ShiftRow("acme", "N", (0, 320), (0, 160), (0, 160)),
        ShiftRow("acme", "D", (8, 0), (0, 0), (80, 0)),
    )


def test_cohorts_are_the_same_whatever_their_ids_and_rooms() -> None:
    one = side((open_cohort(SCENARIO, AFTER, name="K1"), "a1 a2"))
    other = side((open_cohort(SCENARIO, AFTER, name="K7"), "a1"), (open_cohort(SCENARIO, AFTER, name="K8"), "a2"))
    assert cohort_rows([one, other]) == ()
    assert seat_rows([one, other]) == ()


def test_cohorts_that_only_some_open_and_seats_that_move_are_told() -> None:
    one = side((open_cohort(SCENARIO, AFTER), "a1 a2"))
    other = side((open_cohort(SCENARIO, AFTER), "a1"), (open_cohort(SCENARIO, DURING, name="K2", week=1), "a2"))
    none = side()
    late = dt.date(2026, 6, 8)
    assert cohort_rows([one, other, none]) == (
        CohortRow("math", "college", "Mon", "15:00", 120, dt.date(2026, 6, 1), (2, 1, None)),
        CohortRow("math", "college", "Mon", "13:00", 120, late, (None, 1, None)),
    )
    first = "college, Mon 15:00, 120 minutes, from 2026-06-01"
    moved = SeatRow("a2", "Bo", "acme", "math", (first, f"college, Mon 13:00, 120 minutes, from {late}", None))
    assert seat_rows([one, other, none]) == (SeatRow("a1", "Ann", "acme", "math", (first, first, None)), moved)
    assert seat_rows([one, other]) == (SeatRow("a2", "Bo", "acme", "math", moved.places[:2]),)
    assert seat_rows([one, other], "bolt") == ()


def test_weeks_count_from_each_plans_own_first_day() -> None:
    later = tiny(settings={"first_day": dt.date(2026, 6, 8)}, apprentices={"a2": {"name": "Bo"}})
    one = side((open_cohort(SCENARIO, AFTER, week=1), "a1"))
    other = side((open_cohort(later, AFTER, week=0), "a1"), scenario=later)
    assert cohort_rows([one, other]) == ()
