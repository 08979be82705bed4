"""Who changes what, and why: what had to change says its rule, what was chosen says so."""

from __future__ import annotations

import datetime as dt

from lineside.models.outages import Outage
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.seat_changes import SeatChange, seat_changes
from lineside.scenarios.table_steps import changed_scenario
from tests.build import open_cohort, plan_of, tiny

PEOPLE = {"a1": {}, "a2": {"name": "Bo"}, "a3": {"name": "Cy"}, "a4": {"name": "Di"}}
PATTERNS = ("Mon | 15:00 | 120 | college", "Tue | 15:00 | 120 | college")


def told(scenario: Scenario, plan: Plan, outages: tuple[Outage, ...] = ()) -> dict[str, tuple[str, bool, str]]:
    rows: tuple[SeatChange, ...] = seat_changes(scenario, plan, outages)
    assert len({row.apprentice for row in rows}) == len(rows)
    return {row.apprentice: (row.kind, row.is_forced, row.reason) for row in rows}


def test_each_change_has_its_reason() -> None:
    before = tiny(apprentices=PEOPLE, patterns=PATTERNS)
    monday, tuesday = open_cohort(before, week=1), open_cohort(before, "Tue 15:00 120", name="K2", week=1)
    plan = plan_of(before, (monday, "a1 a2 a3"))
    people = {**PEOPLE, "a1": {"due": "2026-06-05"}}
    scenario = changed_scenario(tiny(apprentices=people, patterns=PATTERNS), published=plan)
    new = plan_of(scenario, (monday, "a3"), (tuesday, "a2 a4"))
    assert told(scenario, new) == {
        "a1": (
            "loses",
            True,
            "Cohort K1 meets on 2026-06-08, which is after 2026-06-05, the last date for Ann (a1). [off-date]",
        ),
        "a2": ("moves", False, "The seat could stand; the new plan costs less so."),
        "a4": ("gains", False, "There was no seat; K2 has one now."),
    }


def test_a_cohort_that_goes_takes_its_people_along() -> None:
    before = tiny(apprentices=PEOPLE, patterns=PATTERNS)
    plan = plan_of(before, (open_cohort(before, week=1), "a1"), (open_cohort(before, name="K2"), "a2"))
    scenario = changed_scenario(before, published=plan)
    reason = "K1 is not held any more: the new plan costs less without it."
    assert told(scenario, plan_of(before, (open_cohort(before, name="K2"), "a1 a2"))) == {
        "a1": ("moves", False, reason)
    }
    fewer = changed_scenario(
        tiny(apprentices=PEOPLE, patterns=PATTERNS, modules={"math": {"seats_min": 2}}), published=plan
    )
    text = "Cohort K1 has 1 seat; module math needs 2. [cohort-size]"
    assert told(fewer, Plan())["a1"] == ("loses", True, text)


def test_outages_are_reasons_too_and_other_rooms_are_no_change_of_seat() -> None:
    tables = tiny(apprentices=PEOPLE, patterns=PATTERNS, rooms={"annex": {"site": "college", "seats": 5}})
    plan = plan_of(tables, (open_cohort(tables, week=1, room="hall"), "a1 a2"))
    scenario = changed_scenario(tables, published=plan)
    outage = Outage("room", "hall", dt.date(2026, 6, 8), dt.date(2026, 6, 9))
    elsewhere = plan_of(tables, (open_cohort(tables, week=1, room="annex", name="K1"), "a1"))
    text = "Room hall of K1 cannot be had from 2026-06-08 to 2026-06-09."
    assert told(scenario, elsewhere, (outage,)) == {"a2": ("loses", True, text)}


def test_without_a_plan_in_force_nothing_changes() -> None:
    scenario = tiny()
    assert seat_changes(scenario, plan_of(scenario, (open_cohort(scenario), "a1"))) == ()
