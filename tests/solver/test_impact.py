"""The impact of a plan: figures derived by hand, and sums that equal the measures."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from lineside.models.measures import measure
from lineside.models.plan import Cohort, Meeting, Plan, Seat
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.solver.impact import Impact, impact_of

REGIONS = Path(__file__).parents[2] / "../shared/regions"
MONDAY = dt.date(2026, 9, 7)


def small_scenario() -> Scenario:
    """Return two companies with a line each; Acme's rota works 06:00-14:00 with a meal at 10:00-10:30."""
    person = {"program": "IMT", "travel_max": 60}
    module = {"name": "Safety", "hours": 1, "seats_min": 1, "seats_max": 9, "session_min": 30, "session_max": 90}
    company = {"sessions": "lunch release off", "release_minutes": 90}
    rota = {"anchor": MONDAY, "cycle": "DDDDDOO", "hours": "D 06:00-14:00", "meals": "D 10:00-10:30"}
    return Scenario.model_validate(
        {
            "settings": {"name": "small", "timezone": "America/Chicago", "first_day": MONDAY, "weeks": 2},
            "companies": [{"company": "ACME", "name": "Acme", **company}, {"company": "B", "name": "Bolt", **company}],
            "sites": [
                {"site": "P", "name": "Acme plant", "kind": "plant", "company": "ACME", "open_to": "all"},
                {"site": "Q", "name": "Bolt plant", "kind": "plant", "company": "B", "open_to": "all"},
            ],
            "rooms": [{"room": "R", "site": "P", "seats": 9, "hours": "Mon-Sun 00:00-00:00"}],
            "lines": [
                {"line": "L1", "site": "P", "name": "Paint", "weight": 2},
                {"line": "L2", "site": "Q", "name": "Press"},
            ],
            "rotas": [{"rota": "D1", "company": "ACME", **rota}, {"rota": "D2", "company": "B", **rota}],
            "crews": [
                {"line": "L1", "rota": "D1", "headcount": 4, "minimum": 3, "relief": 1},
                {"line": "L2", "rota": "D2", "headcount": 5, "minimum": 3},
            ],
            "modules": [{"module": "SAFE", **module}, {"module": "MATH", **module}],
            "requirements": [
                {"program": "IMT", "requirement": "s", "option": "s", "modules": "SAFE"},
                {"program": "IMT", "requirement": "m", "option": "m", "modules": "MATH"},
            ],
            "instructors": [],
            "apprentices": [
                {"apprentice": a, "name": a.upper(), "company": "ACME", "line": "L1", "rota": "D1", **person}
                for a in ("ann", "bob", "cyd")
            ]
            + [{"apprentice": "dee", "name": "Dee", "company": "B", "line": "L2", "rota": "D2", **person}],
            "travel": [{"origin": "P", "destination": "Q", "minutes": 20}],
        }
    )


def cohort(name: str, module: str, date: dt.date, start: str, end: str) -> Cohort:
    return Cohort(
        cohort=name,
        module=module,
        site="P",
        room="R",
        instructor="I",
        days=f"{date:%a}",
        start=start,
        minutes=90,
        first_week=0,
        meetings=(Meeting(date=date, start=start, end=end),),
    )


def small_plan(*seats: str) -> Plan:
    """Return a plan with K1 on Monday 09:30-11:00, K2 on Monday 10:30-11:30, K3 on Sunday 14:00-15:00."""
    cohorts = (
        cohort("K1", "SAFE", MONDAY, "09:30", "11:00"),
        cohort("K2", "MATH", MONDAY, "10:30", "11:30"),
        cohort("K3", "MATH", MONDAY + dt.timedelta(days=13), "14:00", "15:00"),
    )
    pairs = [seat.split() for seat in seats]
    modules = {row.cohort: row.module for row in cohorts}
    return Plan(
        first_day=MONDAY,
        cohorts=cohorts,
        seats=tuple(Seat(apprentice=who, module=modules[where], cohort=where) for who, where in pairs),
    )


@pytest.fixture(scope="module")
def impact() -> Impact:
    return impact_of(small_scenario(), small_plan("ann K1", "bob K1", "cyd K2", "dee K3"))


def test_losses_are_those_derived_by_hand(impact: Impact) -> None:
    # 09:30-10:00 two away, relief covers one: 1/4 a minute, weight 2: 15. 10:00-10:30 is the meal: nothing.
    # 10:30-11:00 three away: 2 of 4 are left, below the minimum of 3, the line stops: 30 x 2 = 60.
    # 11:00-11:30 one away, covered by relief: nothing. Together 75; release 60 + 90 + 30 = 180.
    [loss] = impact.losses
    assert (loss.company, loss.site, loss.line, loss.rota, loss.week_monday) == ("ACME", "P", "L1", "D1", MONDAY)
    assert (loss.lost_line_minutes, loss.stopped_minutes, loss.release_person_minutes) == (75, 30, 180)


def test_the_low_point_is_the_worst_stretch_and_an_untouched_crew_is_full(impact: Impact) -> None:
    touched, full = impact.low_points
    assert (touched.line, touched.fewest_operators, touched.low_minutes) == ("L1", 2, 30)
    assert touched.start == dt.datetime(2026, 9, 7, 10, 30) and touched.end == dt.datetime(2026, 9, 7, 11, 0)
    assert (full.line, full.fewest_operators, full.start, full.end, full.low_minutes) == ("L2", 5, None, None, 0)


def test_absences_say_who_is_away_when(impact: Impact) -> None:
    rows = [
        (f"{row.start:%a %H:%M}", f"{row.end:%H:%M}", row.apprentice, row.module, row.kind, row.release_minutes)
        for row in impact.absences
    ]
    # The meal lies inside ann's and bob's absence and is not lost; dee's Sunday class costs nothing.
    assert rows == [
        ("Mon 09:30", "11:00", "ann", "SAFE", "lunch", 60),
        ("Mon 09:30", "11:00", "bob", "SAFE", "lunch", 60),
        ("Mon 10:30", "11:30", "cyd", "MATH", "release", 60),
    ]


def test_meetings_hold_every_seat_with_its_travel(impact: Impact) -> None:
    rows = [(row.apprentice, row.kind, row.release_minutes, row.travel_minutes) for row in impact.meetings]
    assert rows == [("ann", "lunch", 60, 0), ("bob", "lunch", 60, 0), ("cyd", "release", 60, 0), ("dee", "off", 0, 20)]


def test_two_windows_of_one_person_lose_a_common_minute_once() -> None:
    impact = impact_of(small_scenario(), small_plan("ann K1", "ann K2"))
    # 09:30-10:00 and 10:30-11:30 without the meal: 90 minutes, though each meeting alone takes 60.
    assert impact.totals()[()].release_person_minutes == 90
    assert [row.release_minutes for row in impact.absences] == [60, 60]


def test_one_company_sees_its_own_people_only(impact: Impact) -> None:
    bolt = impact.of_company("B")
    assert bolt.losses == bolt.absences == ()
    assert [row.apprentice for row in bolt.meetings] == ["dee"]
    assert [row.line for row in bolt.low_points] == ["L2"]
    assert bolt.totals()[()].lost_line_minutes == 0


def test_totals_group_by_any_column(impact: Impact) -> None:
    assert set(impact.totals("company", "line")) == {("ACME", "L1")}
    assert impact.totals("week_monday")[MONDAY,].stopped_minutes == 30


@pytest.mark.parametrize("meetings_before", [True, False])
def test_meetings_before_the_first_day_do_not_count(meetings_before: bool) -> None:
    scenario = small_scenario()
    later = scenario.settings.model_copy(update={"first_day": MONDAY + dt.timedelta(weeks=int(meetings_before))})
    impact = impact_of(scenario.model_copy(update={"settings": later}), small_plan("ann K1"))
    assert len(impact.meetings) == (0 if meetings_before else 1)


def test_sums_equal_the_measures_of_a_published_plan() -> None:
    scenario = read_scenario(REGIONS / "s-nasty-5").scenario
    assert scenario.published is not None
    impact = impact_of(scenario, scenario.published)
    measures = measure(scenario, scenario.published)
    total = impact.totals()[()]
    assert total.lost_line_minutes == measures.line_time_lost
    assert Decimal(total.stopped_minutes) == measures.stopped
    assert Decimal(total.release_person_minutes) == measures.release
    assert max(row.lost_line_minutes for row in impact.totals("company").values()) == measures.worst_company
    assert measures.line_time_lost > 0
