"""What changes for whom between two plans."""

from __future__ import annotations

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.plan_changes import PersonChange, plan_changes
from tests.build import open_cohort, plan_of, tiny

PEOPLE = {"a1": {}, "a2": {"name": "Bo"}}


def region(**changes: object) -> Scenario:
    return tiny(**{"apprentices": PEOPLE, "rooms": {"annex": {}}, **changes})


def by_person(scenario: Scenario, before: Plan | None, after: Plan) -> dict[str, PersonChange]:
    return {row.id: row for row in plan_changes(scenario, before, after)}


def counts(row: PersonChange) -> tuple[int, int, int]:
    return row.count("new"), row.count("moved"), row.count("cancelled")


def test_without_an_earlier_plan_everything_is_new() -> None:
    scenario = region()
    found = by_person(scenario, None, plan_of(scenario, (open_cohort(scenario), "a1")))
    assert {name: counts(row) for name, row in found.items()} == {"a1": (1, 0, 0), "ida": (1, 0, 0)}
    assert (found["a1"].name, found["a1"].company) == ("Ann", "acme")
    assert (found["ida"].who, found["ida"].company) == ("instructor", None)


def test_the_same_plan_changes_nothing_for_anybody() -> None:
    scenario = region()
    plan = plan_of(scenario, (open_cohort(scenario), "a1 a2"))
    assert plan_changes(scenario, plan, plan) == ()
    renamed = plan_of(scenario, (open_cohort(scenario, name="K9"), "a1 a2"))
    assert plan_changes(scenario, plan, renamed) == ()


def test_another_week_moves_and_another_room_moves() -> None:
    scenario = region()
    before = plan_of(scenario, (open_cohort(scenario), "a1"), (open_cohort(scenario, name="K2"), "a2"))
    later, elsewhere = open_cohort(scenario, week=1), open_cohort(scenario, name="K2", room="annex")
    found = by_person(scenario, before, plan_of(scenario, (later, "a1"), (elsewhere, "a2")))
    assert counts(found["a1"]) == (0, 1, 0) and counts(found["a2"]) == (0, 1, 0)
    (meeting,) = found["a1"].meetings
    assert meeting.before is not None and meeting.after is not None
    assert meeting.after.start - meeting.before.start == 7 * 1440


def test_a_lost_seat_is_cancelled_and_a_won_one_is_new() -> None:
    scenario = region()
    before, after = (plan_of(scenario, (open_cohort(scenario), who)) for who in ("a1", "a2"))
    found = by_person(scenario, before, after)
    assert {name: counts(row) for name, row in found.items()} == {"a1": (0, 0, 1), "a2": (1, 0, 0)}


def test_meetings_before_the_later_plans_first_day_are_past() -> None:
    scenario = region()
    old = plan_of(scenario, (open_cohort(scenario, week=-1), "a1"))
    assert plan_changes(scenario, old, plan_of(scenario)) == ()


def test_fewer_meetings_move_and_the_rest_is_cancelled() -> None:
    scenario = region()
    before = plan_of(scenario, (open_cohort(scenario, "Mon Wed 15:00 60"), "a1"))
    after = plan_of(scenario, (open_cohort(scenario, "Tue 15:00 120"), "a1"))
    assert counts(by_person(scenario, before, after)["a1"]) == (0, 1, 1)


def test_minutes_lost_before_and_after() -> None:
    # The shift ends at 14:00 and the way takes 20 minutes: a class at 13:00-15:00 loses 12:40-14:00, one at 15:00 none.
    scenario = region()
    before = plan_of(scenario, (open_cohort(scenario, "Mon 15:00 120"), "a1"))
    after = plan_of(scenario, (open_cohort(scenario, "Mon 13:00 120"), "a1"))
    found = by_person(scenario, before, after)
    assert found["a1"].lost_minutes == (0, 80)
    assert found["ida"].lost_minutes is None


def test_people_who_left_keep_the_name_of_their_tables() -> None:
    earlier, now = region(), tiny()
    before = plan_of(earlier, (open_cohort(earlier), "a2"))
    (left, _) = plan_changes(now, before, plan_of(now), earlier=earlier)
    assert (left.id, left.name, left.company, left.lost_minutes) == ("a2", "Bo", "acme", None)
    (unknown, _) = plan_changes(now, before, plan_of(now))
    assert (unknown.name, unknown.company) == ("a2", None)
