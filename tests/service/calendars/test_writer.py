"""A feed as iCalendar text."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import format_datetime

import pytest
import vobject
from icalendar import Calendar

from lineside.models.plan import Plan
from lineside.service.calendars import CANCELLED_KEPT, FEED_KINDS, Feed, publish, render, render_revoked
from tests.build import open_cohort, plan_of
from tests.service.calendars.parts import DAY, JUNE, LATER, feed, first, plan_with, read_again, region, text

NASTY = 'Comma, semi; back\\slash "quote" Ø 汉字\r\nATTENDEE:mailto:x@example.org\x0bEND:VEVENT\u2028X-EVIL:1'


def test_the_head_has_both_names_and_both_refresh_hints_and_no_uid() -> None:
    head = text(first(region(), plan_with(region()))).split("BEGIN:VEVENT")[0].splitlines()
    assert head == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Lineside//Calendar feeds//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:Classes of Ann Lee",
        "X-WR-CALNAME:Classes of Ann Lee",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]


def test_an_event_has_all_that_a_client_needs() -> None:
    history = first(region(), plan_with(region()))
    lines = text(history).split("BEGIN:VEVENT")[1].split("END:VEVENT")[0].split("\r\n")
    assert set(filter(None, lines)) == {
        "SUMMARY:Mathematics",
        "DTSTART:20260601T200000Z",
        "DTEND:20260601T220000Z",
        "DTSTAMP:20260520T120000Z",
        "LAST-MODIFIED:20260520T120000Z",
        f"UID:{feed(history).events[0].uid}",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "LOCATION:Room hall\\, A site\\, 53202",
        "GEO:43.0506;-87.8968",
        "DESCRIPTION:When: Mon 1 Jun 2026\\, 15:00 to 17:00 CDT (America/Chicago)\\n"
        "Where: Room hall\\, A site\\, 53202\\nModule: Mathematics (math)\\n"
        "For you: after your shift\\, no release.",
    }


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("Mon 15:00 120", "after your shift, no release"),
        ("Mon 10:10 10", "during your lunch break, 20 minutes of release"),
        ("Mon 04:30 60", "before your shift, no release"),
        ("Mon 14:10 60", "after your shift, 10 minutes of release"),
        ("Sun 10:00 60", "apart from your shifts, no release"),
        ("Mon 12:00 60", "during your shift, 100 minutes of release"),
    ],
)
def test_what_kind_of_session_it_is_for_the_person(clock: str, words: str) -> None:
    # The college is 20 minutes away: at lunch 10:00-10:30 the way takes 9:50-10:00 and 10:30-10:40, and so on.
    scenario = region(modules={"math": {"hours": 1}})
    assert f"For you: {words}." in text(first(scenario, plan_with(scenario, clock))).replace("\\,", ",")


def test_an_online_meeting_has_no_place_on_earth() -> None:
    scenario = region(sites={"online": {"kind": "online", "name": "Web class"}})
    found = text(first(scenario, plan_with(scenario, site="online", people="a1")))
    assert "LOCATION:Web class (online)\r\n" in found and "GEO" not in found


def test_the_same_state_is_the_same_bytes_and_tag_at_any_time() -> None:
    history = first(region(), plan_with(region()))
    answers = {render(feed(history), JUNE + k * DAY) for k in range(40)}
    assert len(answers) == 1
    (answer,) = answers
    assert answer.etag.startswith('"') and answer.last_modified == JUNE and answer.valid_until is None


def test_two_people_of_a_cohort_differ_in_nothing_but_names_and_uids() -> None:
    history = first(region(), plan_with(region()))
    mine, yours = text(history), text(history, owner="a2")
    for event, other in zip(feed(history).events, feed(history, owner="a2").events, strict=True):
        assert event.uid in mine and event.uid not in yours and other.uid in yours
        mine, yours = mine.replace(event.uid, "UID"), yours.replace(other.uid, "UID")
    assert mine.replace("Ann Lee", "N") == yours.replace("Bo Ek", "N")


def test_last_modified_and_tag_follow_changes_and_the_end_of_cancelled_events() -> None:
    scenario = region()
    before = first(scenario, plan_with(scenario))
    gone = publish(scenario, Plan(), before, LATER)
    end = LATER + CANCELLED_KEPT
    answers = [render(feed(before), LATER), render(feed(gone), LATER), render(feed(gone), end)]
    assert [answer.last_modified for answer in answers] == [JUNE, LATER, end]
    assert [answer.valid_until for answer in answers] == [None, end, None]
    assert len({answer.etag for answer in answers}) == 3


def test_a_cancelled_meeting_says_so_to_every_client() -> None:
    scenario = region()
    gone = publish(scenario, Plan(), first(scenario, plan_with(scenario)), LATER)
    found = read_again(gone, LATER).events
    assert len(found) == 4
    for event in found:
        assert (event["STATUS"], event["SEQUENCE"], event["TRANSP"]) == ("CANCELLED", 1, "TRANSPARENT")
        assert event["SUMMARY"] == "[Cancelled] Mathematics"
        assert event["DESCRIPTION"].startswith("This meeting is cancelled.\n")
        assert event.DTSTAMP == event.LAST_MODIFIED == LATER


def test_no_feed_needs_a_zone_definition_or_a_recurrence() -> None:
    for found in first(region(), plan_with(region())).feeds.values():
        assert not re.search(rb"TZID|VTIMEZONE|RRULE|RDATE|X-WR-TIMEZONE", render(found, JUNE).body)


@pytest.mark.parametrize("kind", FEED_KINDS)
def test_an_empty_feed_keeps_a_note(kind: str) -> None:
    scenario = region()
    empty = publish(scenario, Plan(), first(scenario, Plan()), LATER)
    for key, found in empty.feeds.items():
        if key.kind == kind:
            (note,) = Calendar.from_ical(render(found, LATER).body).events
            assert note["SUMMARY"] == "No classes are planned" and note["TRANSP"] == "TRANSPARENT"
            assert render(found, JUNE).body == render(found, LATER + 99 * DAY).body


def test_a_revoked_feed_says_so_and_nothing_of_the_person() -> None:
    answer = render_revoked(feed(first(region(), plan_with(region()))), LATER)
    (note,) = Calendar.from_ical(answer.body).events
    assert note["SUMMARY"] == "This calendar address was revoked"
    assert answer.last_modified == LATER and answer.valid_until == LATER + dt.timedelta(days=14)
    assert b"Ann" not in answer.body and b"Mathematics" not in answer.body
    assert answer == render_revoked(feed(first(region(), plan_with(region()))), LATER)


def test_reminders_are_a_choice_and_never_for_cancelled_meetings() -> None:
    scenario = region()
    before = first(scenario, plan_with(scenario))
    hour = dt.timedelta(hours=1)
    assert b"VALARM" not in render(feed(before), JUNE).body
    for event in Calendar.from_ical(render(feed(before), JUNE, hour).body).events:
        (alarm,) = event.walk("VALARM")
        assert alarm["TRIGGER"].dt == -hour and alarm["ACTION"] == "DISPLAY" and alarm["DESCRIPTION"] == "Mathematics"
    assert b"VALARM" not in render(feed(publish(scenario, Plan(), before, LATER)), LATER, hour).body


def nasty_feeds() -> dict[str, Feed]:
    scenario = region(
        modules={"math": {"name": NASTY + " " + "é汉" * 60, "hours": 8}},
        apprentices={"a1": {"name": NASTY}, "a2": {"name": NASTY}, "b1": None},
        companies={"acme": {"name": NASTY}},
        sites={"college": {"name": NASTY}},
        instructors={"ida": {"name": NASTY}},
    )
    cohort = open_cohort(scenario, name="K,;\\1")
    history = first(scenario, plan_of(scenario, (cohort, "a1 a2")))
    return {f"{key.kind} {key.owner}": found for key, found in history.feeds.items()}


def test_names_cannot_break_out_of_their_property() -> None:
    for name, found in nasty_feeds().items():
        body = render(found, JUNE).body
        calendar = Calendar.from_ical(body)
        assert not calendar.errors and len(calendar.events) == max(1, len(found.events)), name
        properties = {line.split(b":")[0].split(b";")[0] for line in body.split(b"\r\n")}
        assert not properties & {b"ATTENDEE", b"X-EVIL"}, name
        contents = vobject.readOne(body.decode()).contents
        assert contents["x-wr-calname"][0].value == contents["name"][0].value == found.title


def test_lines_end_in_crlf_and_are_folded_between_characters() -> None:
    for found in nasty_feeds().values():
        body = render(found, JUNE).body
        assert (
            body.endswith(b"\r\n")
            and b"\n" not in body.replace(b"\r\n", b"")
            and b"\r" not in body.replace(b"\r\n", b"")
        )
        for line in body.split(b"\r\n"):
            assert len(line) <= 75
            line.decode()  # no character is torn apart


def test_texts_come_back_as_they_were_written() -> None:
    for found in nasty_feeds().values():
        read = Calendar.from_ical(render(found, JUNE).body).events
        assert [str(event["SUMMARY"]) for event in read if "STATUS" in event] == [
            event.content.summary for event in found.events
        ]


def test_last_modified_can_be_said_in_http() -> None:
    answer = render(feed(first(region(), plan_with(region()))), JUNE)
    assert format_datetime(answer.last_modified, usegmt=True) == "Wed, 20 May 2026 12:00:00 GMT"
