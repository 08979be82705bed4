"""Answers to disruptions: each keeps every rule, costs what it says, and changes no more than it must."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import lineside.scenarios
from lineside.models.checker import check
from lineside.models.measures import seat_keys
from lineside.models.plan import Plan
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.scenarios.disruptions import (
    ClosedRoom,
    Disruption,
    DisruptionError,
    DropOut,
    LateJoiner,
    ShiftChange,
    SickInstructor,
    SnowDay,
)
from lineside.scenarios.in_force import InForceError
from lineside.service.answers.answer import Answer
from lineside.service.answers.desk import AnswerDesk, PlanInForceError
from lineside.solver import first_come_plan
from tests.build import open_cohort, plan_of, tiny

JUNE = {day: dt.date(2026, 6, day) for day in range(1, 31)}
MONDAYS = ("Mon | 15:00 | 120 | college", "Mon | 10:00 | 120 | college")
TWO = {"a1": {}, "a2": {"name": "Bo"}}
NEW = {
    "apprentice": "a9",
    "name": "Kim",
    "company": "acme",
    "line": "press",
    "rota": "day",
    "program": "tech",
    "travel_max": "60",
}


def region(**changes: Any) -> Scenario:
    """Six weeks; Bob teaches too, for 30 dollars an hour, and the college has a second room."""
    tables = {
        "apprentices": TWO,
        "patterns": MONDAYS,
        "instructors": {"ida": {}, "bob": {"name": "Bob", "dollars_per_hour": 30}},
        "rooms": {"annex": {"site": "college", "seats": 10}},
        "companies": {"acme": {"sessions": "before after off"}},
        "settings": {"weeks": 6},
    }
    return tiny(**{**tables, **changes})


def answers(scenario: Scenario, plan: Plan, event: Disruption, at: dt.date = JUNE[1]) -> tuple[Answer, ...]:
    found = AnswerDesk(scenario, plan, at).answers(event)
    for answer in found:
        assert_holds(answer)
    return found


def assert_holds(answer: Answer) -> None:
    """The whole checker finds the plan clean, with the figures that the quick way gave."""
    report = check(answer.scenario, answer.plan)
    assert report.is_clean
    assert report.measures == answer.plan.measures
    assert report.objective == answer.plan.objective


def told(found: tuple[Answer, ...]) -> dict[str, Decimal]:
    return {answer.title: answer.cost for answer in found}


def test_a_sick_instructor_of_a_later_class() -> None:
    scenario = region()
    plan = plan_of(scenario, (open_cohort(scenario, week=3), "a1 a2"))
    found = answers(scenario, plan, SickInstructor(instructor="ida", first=JUNE[22], last=JUNE[22]))
    assert told(found) == {
        "Another instructor": Decimal("3.000"),  # two hours of Bob at 30 dollars, 0.05 a dollar
        "The same people at another time or place": Decimal(120),  # two people move: 4 changes at 30
        "Leave it": Decimal("298.400"),  # two empty seats of 120, two changes of 30, two ways of 0.8 saved
    }
    assert found[0].deeds == ("bob teaches K1 in place of ida.",)
    assert [row.id for row in found[0].changes] == ["bob", "ida"]  # the instructors alone have other meetings
    assert found[-1].deeds == ("K1 is not held.", "a1 loses the seat in K1.", "a2 loses the seat in K1.")
    assert [answer.num_changes for answer in found] == [0, 4, 2]


def test_a_running_class_of_a_sick_instructor() -> None:
    scenario = region(modules={"math": {"hours": 4}})
    plan = plan_of(scenario, (open_cohort(scenario), "a1 a2"))
    found = answers(scenario, plan, SickInstructor(instructor="ida", first=JUNE[8], last=JUNE[9]), JUNE[3])
    assert told(found) == {
        "Running cohorts make up what they miss": Decimal(0),
        "Another instructor for running cohorts": Decimal("6.000"),  # all four hours count as Bob's: 120 dollars
        "Running cohorts are broken off": Decimal("536.800"),  # 2 x 240 + 2 x 30 - 2 x 2 x 0.8
    }
    made_up = found[0].plan.cohorts[0]
    assert [meeting.date for meeting in made_up.meetings] == [JUNE[1], JUNE[15]]
    assert found[0].deeds == ("K1 does not meet on 2026-06-08 as planned and ends on 2026-06-15.",)


def test_a_class_of_another_id_is_another_class() -> None:
    scenario = region(modules={"math": {"hours": 4}}, instructors={"bob": None})
    plan = plan_of(scenario, (open_cohort(scenario, name="math-1"), "a1 a2"))
    found = answers(scenario, plan, SickInstructor(instructor="ida", first=JUNE[8], last=JUNE[9]), JUNE[3])
    broken = next(answer for answer in found if "broken" in answer.title)
    assert "math-1" not in {row.cohort for row in broken.plan.cohorts}


def test_a_room_closed_for_a_day() -> None:
    scenario = region()
    plan = plan_of(scenario, (open_cohort(scenario, week=3), "a1 a2"))
    found = answers(scenario, plan, ClosedRoom(room="hall", first=JUNE[20], last=JUNE[22]))
    assert told(found)["Another room"] == 0
    assert found[0].deeds == ("K1 meets in annex in place of hall.",)
    assert found[0].num_people == 3  # both apprentices and Ida go to another room


def test_a_late_joiner_takes_a_seat_that_is_there() -> None:
    scenario = region()
    plan = plan_of(scenario, (open_cohort(scenario, week=3), "a1 a2"))
    found = answers(scenario, plan, LateJoiner(row=NEW))
    # A seat is a change of 30 and a way of 0.8; without one, two hours at 60 are missing.
    assert told(found) == {"Seats in cohorts that are open": Decimal("30.800"), "Leave it": Decimal(120)}
    assert found[0].deeds == ("a9 gets a seat in K1.",)


def test_a_late_joiner_does_not_enter_a_class_that_is_near() -> None:
    scenario = region()
    plan = plan_of(scenario, (open_cohort(scenario, week=1), "a1 a2"))
    found = answers(scenario, plan, LateJoiner(row=NEW))
    assert "Seats in cohorts that are open" not in told(found)  # it begins within the notice of 14 days
    # A class of one's own from the third week on: 30 for the change and 0.8 for the way.
    assert told(found) == {"Settle anew near by": Decimal("30.800"), "Leave it": Decimal(120)}


def test_a_drop_out_makes_room() -> None:
    scenario = region(apprentices={**TWO, "a3": {"name": "Cy"}}, modules={"math": {"seats_min": 2, "seats_max": 2}})
    plan = plan_of(scenario, (open_cohort(scenario, week=3), "a1 a2"))
    found = answers(scenario, plan, DropOut(apprentice="a1"))
    # Before: one empty seat of 120, two ways. With Cy in the seat: two ways, two changes. Left alone, the
    # class falls below its minimum: two empty seats, two changes, no way.
    assert told(found) == {
        "Settle anew near by": Decimal(60 - 120),
        "Leave it": Decimal("178.400"),
    }
    assert found[0].deeds == ("a3 gets a seat in K1.",)
    assert "a1" not in {row.apprentice for row in found[0].scenario.apprentices}


def test_another_rota_leads_to_another_class() -> None:
    scenario = region(
        rotas={"late": {"hours": "D 14:00-22:00", "meals": "D 18:00-18:30"}}, crews={"press/late": {}}, apprentices=TWO
    )
    late = open_cohort(scenario, "Mon 10:00 120", name="K2", week=3)
    plan = plan_of(scenario, (open_cohort(scenario, week=3), "a1"), (late, "a2"))
    # a2 sits in the morning class by day: it begins and ends inside the shift, which Acme does not allow.
    with pytest.raises(PlanInForceError, match="has 1 violations and faults"):
        AnswerDesk(scenario, plan, JUNE[1])
    scenario = region(
        rotas={"late": {"hours": "D 14:00-22:00", "meals": "D 18:00-18:30"}},
        crews={"press/late": {}},
        apprentices={"a1": {}, "a2": {"rota": "late", "name": "Bo"}},
    )
    found = answers(scenario, plan, ShiftChange(apprentice="a1", rota="late"))
    # a1 moves: two changes; 12:00 + 20 minutes' way leaves the shift whole. Left alone: 120 + 30 - 0.8.
    assert told(found)["Seats in cohorts that are open"] == 60
    assert told(found)["Leave it"] == Decimal("149.200")
    assert found[0].deeds[-1] == "a1 goes from K1 to K2."


def test_a_snow_day_moves_what_meets_then() -> None:
    scenario = region(modules={"math": {"hours": 4}})
    running = open_cohort(scenario)
    later = open_cohort(scenario, name="K2", week=3, room="annex", instructor="bob")
    plan = plan_of(scenario, (running, "a1"), (later, "a2"))
    found = answers(scenario, plan, SnowDay(date=JUNE[8]), JUNE[3])
    assert told(found) == {"Running cohorts make up what they miss": Decimal(0)}
    found = answers(scenario, plan, SnowDay(date=JUNE[22], site="college"), JUNE[3])
    assert told(found)["Leave it"] == 0
    dates = {row.cohort: [meeting.date for meeting in row.meetings] for row in found[0].plan.cohorts}
    assert dates == {"K1": [JUNE[1], JUNE[8]], "K2": [JUNE[29], dt.date(2026, 7, 6)]}


def test_what_running_classes_ask_of_people_is_told() -> None:
    # Both classes of a1 run. Snow on the 8th sends K1 to the 15th, onto the other one.
    scenario = region(
        modules={"math": {"hours": 4}, "lab": {"hours": 4}},
        requirements={"tech/lab/std": {"modules": "lab"}},
        patterns=("Mon | 15:00 | 120 | college", "Mon | 16:00 | 120 | college"),
        rules={"modules_at_once": 2},
        apprentices={"a1": {}},
    )
    lab = open_cohort(scenario, "Mon 16:00 120", name="L1", module="lab", week=2, room="annex", instructor="bob")
    plan = plan_of(scenario, (open_cohort(scenario), "a1"), (lab, "a1"))
    found = answers(scenario, plan, SnowDay(date=JUNE[8]), JUNE[3])
    assert found[0].title == "Running cohorts make up what they miss"
    assert [warning.split(";")[0] for warning in found[0].warnings] == [
        "Meetings of cohorts K1 and L1 of Ann (a1) on 2026-06-15 overlap"
    ]


def test_the_plan_in_force_must_be_one() -> None:
    scenario = region()
    plan = plan_of(scenario, (open_cohort(scenario, week=3), "a1 a2"))
    with pytest.raises(InForceError, match="2027-01-01 is outside the horizon from 2026-06-01 to 2026-07-12"):
        AnswerDesk(scenario, plan, dt.date(2027, 1, 1))
    with pytest.raises(InForceError, match="status unknown cannot be in force"):
        AnswerDesk(scenario, Plan(status="unknown"), JUNE[1])


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (DropOut(apprentice="a7"), "There is no apprentice a7"),
        (ShiftChange(apprentice="a1", rota="day", line="saw"), "There is no line saw"),
        (SickInstructor(instructor="bo", first=JUNE[1], last=JUNE[2]), "There is no instructor bo"),
        (SickInstructor(instructor="ida", first=JUNE[2], last=JUNE[1]), "2026-06-01 is before 2026-06-02"),
        (ClosedRoom(room="shed2", first=JUNE[1], last=JUNE[2]), "There is no room shed2"),
        (SnowDay(date=JUNE[1], site="mars"), "There is no site mars"),
        (LateJoiner(row={**NEW, "apprentice": "a1"}), "There is an apprentice a1 already"),
        (LateJoiner(row={**NEW, "name": " "}), "has no name"),
        (LateJoiner(row={**NEW, "age": "7"}), "age is no column"),
        (LateJoiner(row={**NEW, "program": "art"}), "no program art"),
        (LateJoiner(row={**NEW, "zip": "00000"}), "Nobody knows where zip code 00000 is"),
        (LateJoiner(row={**NEW, "travel_max": "far"}), "'far' is no valid travel_max"),
        (LateJoiner(row={**NEW, "credits": "yoga"}), "There is no module yoga"),
    ],
)
def test_what_cannot_happen_is_refused(event: Disruption, text: str) -> None:
    scenario = region()
    plan = plan_of(scenario, (open_cohort(scenario, week=3), "a1 a2"))
    with pytest.raises(DisruptionError, match=text):
        AnswerDesk(scenario, plan, JUNE[1]).answers(event)


@cache
def milwaukee() -> AnswerDesk:
    folder = Path(lineside.scenarios.__file__).parent / "bundled" / "milwaukee"
    scenario = read_scenario(folder).scenario
    return AnswerDesk(scenario, first_come_plan(scenario), dt.date(2026, 9, 28))


def milwaukee_events() -> dict[str, Disruption]:
    desk = milwaukee()
    until = desk.scenario.settings.frozen_until
    assert until is not None
    later = [row for row in desk.plan.cohorts if all(meeting.date >= until for meeting in row.meetings)]
    running = [row for row in desk.plan.cohorts if row not in later and row.meetings[-1].date >= desk.at]
    member = next(seat.apprentice for seat in desk.plan.seats if seat.cohort == later[0].cohort)
    first, last = later[0].meetings[0].date, later[0].meetings[1].date
    return {
        "drop-out": DropOut(apprentice=member),
        "sick, later": SickInstructor(instructor=later[0].instructor, first=first, last=last),
        "sick, running": SickInstructor(instructor=running[0].instructor, first=desk.at, last=desk.at),
        "room, running": ClosedRoom(room=running[1].room, first=desk.at, last=until),
        "snow": SnowDay(date=running[0].meetings[-1].date),
    }


@pytest.mark.parametrize("name", ["drop-out", "sick, later", "sick, running", "room, running", "snow"])
def test_answers_in_a_region_hold_and_are_ranked(name: str) -> None:
    desk = milwaukee()
    found = desk.answers(milwaukee_events()[name])
    assert found
    assert [answer.cost for answer in found] == sorted(answer.cost for answer in found)
    for answer in found:
        assert_holds(answer)
        then = seat_keys(desk.plan, desk.scenario.settings.first_day)
        now = seat_keys(answer.plan, answer.scenario.settings.first_day)
        assert answer.num_changes == len(then ^ now)
        # The difference is made of its measures at their prices.
        priced = [row.line_minutes for row in answer.differences[1:] if row.line_minutes is not None]
        assert abs(sum(priced) - answer.cost) < Decimal("0.005")
        assert (answer.num_people > 0) == bool(answer.deeds)
