"""What a re-plan does to the events of a feed."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from lineside.models.plan import Plan
from lineside.service.calendars import CANCELLED_KEPT, EventHistory, FeedEvent, FeedKey, NextFeeds, publish, render
from tests.build import open_cohort, plan_of
from tests.service.calendars.parts import DAY, JUNE, LATER, events, feed, first, plan_with, region

MONDAYS = [dt.date(2026, 6, day) for day in (1, 8, 15, 22)]


def dates(found: tuple[FeedEvent, ...]) -> list[dt.date]:
    return [event.content.start.date() for event in found]


def marks(found: tuple[FeedEvent, ...]) -> list[tuple[int, str]]:
    return [(event.sequence, event.status) for event in found]


def test_a_first_plan_gives_an_event_for_each_meeting() -> None:
    found = events(first(region(), plan_with(region())))
    assert dates(found) == MONDAYS
    assert marks(found) == [(0, "CONFIRMED")] * 4
    assert {event.last_modified for event in found} == {JUNE}
    assert found[0].content.start == dt.datetime(2026, 6, 1, 20, tzinfo=dt.UTC)  # 15:00 CDT


def test_every_uid_is_of_one_feed_and_one_region() -> None:
    scenario, plan = region(), plan_with(region())
    one, other = first(scenario, plan), publish(scenario, plan, EventHistory("region-2"), JUNE)
    uids = [event.uid for history in (one, other) for found in history.feeds.values() for event in found.events]
    assert len(uids) == len(set(uids)) == 2 * 4 * (3 + 2 + 3)  # people, companies, and instructor, room, cohort


def test_the_same_plan_again_changes_nothing() -> None:
    scenario, plan = region(), plan_with(region())
    before = first(scenario, plan)
    after = publish(scenario, plan, before, LATER)
    assert after.feeds == before.feeds
    for key, found in before.feeds.items():
        assert render(found, JUNE).body == render(after.feeds[key], LATER).body


def test_the_order_of_cohorts_and_seats_does_not_matter() -> None:
    scenario, plan = region(), plan_with(region())
    turned = plan.model_copy(update={"seats": plan.seats[::-1]})
    assert publish(scenario, turned, first(scenario, plan), LATER).feeds == first(scenario, plan).feeds


def test_a_cohort_on_another_day_moves_each_meeting_and_keeps_its_uid() -> None:
    scenario = region()
    before = first(scenario, plan_with(scenario))
    after = events(publish(scenario, plan_with(scenario, "Tue 15:00 120"), before, LATER))
    assert [event.uid for event in after] == [event.uid for event in events(before)]
    assert dates(after) == [date + DAY for date in MONDAYS]
    assert marks(after) == [(1, "CONFIRMED")] * 4
    assert {event.last_modified for event in after} == {LATER}


def test_a_closure_moves_one_event_and_leaves_the_others_alone() -> None:
    scenario = region()
    before = first(scenario, plan_with(scenario))
    closed = region(closures=["site:college | 2026-06-08 | 2026-06-08 | closed"])
    after = events(publish(closed, plan_with(closed), before, LATER))
    assert dates(after) == [*(MONDAYS[k] for k in (0, 2, 3)), dt.date(2026, 6, 29)]
    assert after[:3] == tuple(events(before)[k] for k in (0, 2, 3))
    assert (after[3].uid, after[3].sequence) == (events(before)[1].uid, 1)


def test_a_meeting_that_is_cut_keeps_its_uid() -> None:
    scenario, shorter = region(), region(modules={"math": {"name": "Mathematics", "hours": 7}})
    before = events(first(scenario, plan_with(scenario)))
    after = events(publish(shorter, plan_with(shorter), first(scenario, plan_with(scenario)), LATER))
    assert after[:3] == before[:3]
    assert (after[3].uid, after[3].sequence) == (before[3].uid, 1)
    assert after[3].content.end - after[3].content.start == dt.timedelta(hours=1)


def test_longer_modules_add_events_and_shorter_ones_cancel() -> None:
    long, short = region(), region(modules={"math": {"name": "Mathematics", "hours": 4}})
    grown = events(publish(long, plan_with(long), first(short, plan_with(short)), LATER))
    assert marks(grown) == [(0, "CONFIRMED")] * 4 and len({event.uid for event in grown}) == 4
    shrunk = events(publish(short, plan_with(short), first(long, plan_with(long)), LATER))
    assert marks(shrunk) == [(0, "CONFIRMED")] * 2 + [(1, "CANCELLED")] * 2


def test_a_person_who_leaves_a_cohort_gets_cancellations_and_the_others_do_not() -> None:
    scenario = region()
    before = first(scenario, plan_with(scenario))
    after = publish(scenario, plan_with(scenario, people="a2 b1"), before, LATER)
    assert marks(events(after)) == [(1, "CANCELLED")] * 4
    assert events(after, "apprentice", "a2") == events(before, "apprentice", "a2")
    assert marks(events(after, "company", "acme")) == [(0, "CONFIRMED")] * 4
    assert {event.last_modified for event in events(after, "company", "acme")} == {LATER}


def test_a_cancelled_event_is_shown_for_14_days_and_its_uid_comes_back_with_it() -> None:
    scenario = region()
    before = first(scenario, plan_with(scenario))
    gone = publish(scenario, Plan(), before, LATER)
    assert len(feed(gone).shown(LATER + CANCELLED_KEPT - dt.timedelta(seconds=1))) == 4
    assert feed(gone).shown(LATER + CANCELLED_KEPT) == ()
    assert feed(gone).valid_until(LATER) == LATER + CANCELLED_KEPT
    assert publish(scenario, Plan(), gone, LATER + DAY).feeds == gone.feeds
    again = events(publish(scenario, plan_with(scenario), gone, LATER + 30 * DAY))
    assert [event.uid for event in again] == [event.uid for event in events(before)]
    assert marks(again) == [(2, "CONFIRMED")] * 4


def test_another_room_is_a_revision_and_another_text_is_not() -> None:
    rooms = {"shed": {"site": "plant"}, "hall": {}, "attic": {"site": "college"}}
    scenario = region(rooms=rooms)
    before = first(scenario, plan_with(scenario))
    moved = publish(scenario, plan_with(scenario, room="attic"), before, LATER)
    assert marks(events(moved)) == [(1, "CONFIRMED")] * 4
    renamed = region(rooms=rooms, modules={"math": {"name": "Numbers", "hours": 8}})
    told = events(publish(renamed, plan_with(renamed), before, LATER))
    assert marks(told) == [(0, "CONFIRMED")] * 4
    assert {event.last_modified for event in told} == {LATER}
    assert marks(events(moved, "room", "hall")) == [(1, "CANCELLED")] * 4
    assert marks(events(moved, "room", "attic")) == [(0, "CONFIRMED")] * 4


def test_what_lies_before_a_new_horizon_stays_as_it_was() -> None:
    scenario = region()
    before = first(scenario, plan_with(scenario))
    next_term = region(settings={"weeks": 12, "first_day": dt.date(2026, 6, 15)})
    after = events(publish(next_term, Plan(first_day=dt.date(2026, 6, 15)), before, LATER))
    assert after[:2] == events(before)[:2]
    assert marks(after[2:]) == [(1, "CANCELLED")] * 2


def test_an_id_that_goes_to_another_module_is_another_cohort() -> None:
    scenario = region(modules={"math": {"hours": 8}, "weld": {"name": "Welding", "hours": 8}})
    before = first(scenario, plan_with(scenario))
    after = events(publish(scenario, plan_with(scenario, module="weld"), before, LATER))
    assert sorted(marks(after)) == [(0, "CONFIRMED")] * 4 + [(1, "CANCELLED")] * 4
    assert len({event.uid for event in after}) == 8


def test_an_owner_who_leaves_the_tables_keeps_a_feed_until_it_is_forgotten() -> None:
    scenario, without = region(), region(apprentices={"a1": {"name": "Ann Lee"}})
    before = first(scenario, plan_with(scenario))
    after = publish(without, plan_with(without, people="a1"), before, LATER)
    assert feed(after, "apprentice", "b1").title == "Classes of Zed Quist"
    assert marks(events(after, "apprentice", "b1")) == [(1, "CANCELLED")] * 4
    much_later = publish(without, plan_with(without, people="a1"), after, LATER + 500 * DAY)
    assert FeedKey("apprentice", "b1") not in much_later.feeds
    assert feed(much_later).events == feed(after).events


def test_two_cohorts_of_a_person_do_not_touch_each_other() -> None:
    scenario = region(modules={"math": {"hours": 8}, "weld": {"name": "Welding", "hours": 8}})
    both = (open_cohort(scenario), "a1"), (open_cohort(scenario, "Wed 15:00 120", name="K2", module="weld"), "a1")
    before = first(scenario, plan_of(scenario, *both))
    after = publish(scenario, plan_of(scenario, both[1]), before, LATER)
    kept = [event for event in events(after) if event.slot.cohort == "K2"]
    assert kept == [event for event in events(before) if event.slot.cohort == "K2"]


def test_a_clock_that_runs_behind_stands_still() -> None:
    scenario = region()
    before = first(scenario, plan_with(scenario))
    after = publish(scenario, plan_with(scenario, "Tue 15:00 120"), before, JUNE - DAY)
    assert {event.last_modified for event in events(after)} == {JUNE}


def test_a_change_is_no_older_than_any_event_of_its_feed() -> None:
    scenario = region()
    before = feed(first(scenario, plan_with(scenario)))
    older = dataclasses.replace(before, last_modified=JUNE - DAY)  # an earlier version could write that
    after = NextFeeds(scenario, plan_with(scenario, "Tue 15:00 120"), "region-1", JUNE - DAY).of(before.key, older)
    assert after is not None
    assert {after.last_modified, *(event.last_modified for event in after.events)} == {JUNE}


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        publish(region(), Plan(), EventHistory("region-1"), JUNE.replace(tzinfo=None))


def test_parts_that_the_tables_do_not_have_are_left_out() -> None:
    scenario = region()
    odd = plan_with(scenario).cohorts[0].model_copy(update={"cohort": "K9", "site": "moon"})
    gone = open_cohort(scenario, "Wed 15:00 120", name="K8", instructor="left")
    plan = plan_of(scenario, (odd, "a1"), (gone, "a1 nobody"))
    found = first(scenario, plan)
    assert {event.slot.cohort for event in events(found)} == {"K8"}
    assert FeedKey("apprentice", "nobody") not in found.feeds and FeedKey("instructor", "left") not in found.feeds
