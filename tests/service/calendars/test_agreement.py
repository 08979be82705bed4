"""Two readers that did not write the feed agree with the plan on every start and end.

The reference is the plan itself: clock times of the region's time zone, by a way of reckoning of
its own. Readers: recurring-ical-events, which expands a calendar as clients do, and vobject, a parser
that shares no code with the writer.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
import vobject
from icalendar import Calendar

from lineside.models.plan import Plan, read_plan
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.service.calendars import EventHistory, Feed, publish, render
from tests.service.calendars.parts import JUNE, feed, first, plan_with, region

SHARED_REGIONS = Path(__file__).parents[3] / "../shared/regions"

Times = list[tuple[dt.datetime, dt.datetime]]


def expanded(body: bytes) -> Times:
    span = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    found = recurring_ical_events.of(Calendar.from_ical(body)).between(*span)
    return sorted((event.start, event.end) for event in found if "STATUS" in event)


def parsed(body: bytes) -> Times:
    calendar = vobject.readOne(body.decode())
    events = [event for event in calendar.contents.get("vevent", []) if hasattr(event, "status")]
    return sorted((event.dtstart.value, event.dtend.value) for event in events)


def planned(scenario: Scenario, plan: Plan, apprentice: str) -> Times:
    zone = scenario.settings.zone
    cohorts = {seat.cohort for seat in plan.seats if seat.apprentice == apprentice}
    times = []
    for cohort in plan.cohorts:
        for meeting in cohort.meetings if cohort.cohort in cohorts else ():
            start, end = dt.time.fromisoformat(meeting.start), dt.time.fromisoformat(meeting.end)
            last = meeting.date + dt.timedelta(days=int(end <= start))
            times.append((dt.datetime.combine(meeting.date, start, zone), dt.datetime.combine(last, end, zone)))
    return sorted(times)


def in_utc(times: Times) -> Times:
    return [(start.astimezone(dt.UTC), end.astimezone(dt.UTC)) for start, end in times]


def assert_agreed(found: Feed, times: Times) -> None:
    body = render(found, JUNE).body
    assert in_utc(expanded(body)) == in_utc(parsed(body)) == in_utc(times)


def autumn(hours: int = 8, **changes: object) -> Scenario:
    first_day = changes.pop("first_day", dt.date(2026, 10, 19))
    settings = {"weeks": 12, "first_day": first_day}
    return region(settings=settings, modules={"math": {"hours": hours}}, **changes)


@pytest.mark.parametrize(
    "clock", ["Mon Thu 17:30 60", "Mon Wed 23:00 120", "Sat 23:00 180", "Sun 00:30 60", "Sat Sun 02:30 120"]
)
@pytest.mark.parametrize("first_day", [dt.date(2026, 10, 19), dt.date(2027, 3, 1)], ids=["autumn", "spring"])
def test_readers_agree_across_daylight_saving_and_midnight(clock: str, first_day: dt.date) -> None:
    scenario = autumn(first_day=first_day)
    plan = plan_with(scenario, clock)
    assert_agreed(feed(first(scenario, plan)), planned(scenario, plan, "a1"))


def test_the_clock_stands_and_the_instant_moves_when_daylight_saving_ends() -> None:
    scenario = autumn(hours=3)
    found = feed(first(scenario, plan_with(scenario, "Sat 17:30 60"))).events
    assert [event.content.start.hour for event in found] == [22, 22, 23]  # 17:30 CDT, CDT, CST
    zone = ZoneInfo("America/Chicago")
    assert {event.content.start.astimezone(zone).time() for event in found} == {dt.time(17, 30)}


def test_a_meeting_over_the_change_says_both_zones() -> None:
    scenario = autumn(hours=3, first_day=dt.date(2026, 10, 26))
    history = first(scenario, plan_with(scenario, "Sat 23:00 180"))
    (event,) = feed(history).events
    assert event.content.end - event.content.start == dt.timedelta(hours=4)  # the clock went back once
    body = render(feed(history), JUNE).body.decode().replace("\r\n ", "").replace("\\,", ",")
    assert "When: Sat 31 Oct 2026, 23:00 CDT to Sun 1 Nov 2026, 02:00 CST (America/Chicago)" in body


def test_a_meeting_in_the_hour_that_is_skipped_still_ends_after_it_starts() -> None:
    scenario = autumn(hours=1, first_day=dt.date(2027, 3, 8))
    (event,) = feed(first(scenario, plan_with(scenario, "Sun 02:30 60"))).events
    # 02:30 does not exist on 2027-03-14: read after the gap it is 03:30 CDT, which is also the end's clock.
    assert event.content.start == dt.datetime(2027, 3, 14, 8, 30, tzinfo=dt.UTC)
    assert event.content.end - event.content.start == dt.timedelta(hours=1)


def test_readers_agree_on_every_feed_of_a_region_with_every_edge() -> None:
    folder = SHARED_REGIONS / "s-nasty-5"
    scenario, plan = read_scenario(folder).scenario, read_plan(folder / "published.json")
    history = publish(scenario, plan, EventHistory("nasty"), JUNE)
    people = [(key, found) for key, found in history.feeds.items() if key.kind == "apprentice"]
    assert sum(len(found.events) for _, found in people) > 1000
    for key, found in people:
        assert_agreed(found, planned(scenario, plan, key.owner))
