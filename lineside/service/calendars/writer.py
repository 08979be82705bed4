"""A feed as iCalendar text (RFC 5545, RFC 7986), and what an HTTP answer says about it.

The calendar is built part by part: ``Calendar.new()`` would add a UID of its own, by which some
clients take the whole feed for one event. Times are UTC instants, because zone definitions are what
clients read most differently; the local time stands in the description.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vText

from lineside.service.calendars.events import REVOKED_KEPT, EventSlot, Feed, FeedEvent, make_uid
from lineside.service.calendars.wording import (
    EMPTY_SUMMARY,
    REVOKED_DETAILS,
    REVOKED_SUMMARY,
    description,
    empty_details,
    summary,
)

CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Lineside//Calendar feeds//EN"
REFRESH = dt.timedelta(hours=1)
BUSY_KINDS = ("apprentice", "instructor")
"""Kinds of feed whose reader is busy during an event; in the others an event only informs."""

CALENDAR_END = b"END:VCALENDAR\r\n"
ANY_UID = "0" * 40 + "@lineside"
ANY_SLOT = EventSlot("", "", 0)


@dataclass(frozen=True)
class RenderedFeed:
    """A feed as bytes.

    Parameters
    ----------
    body
        The text.
    etag
        Strong entity tag, quoted, computed from the body.
    last_modified
        UTC instant of the last change of the body.
    valid_until
        UTC instant at which the body changes without a publication, or None.
    """

    body: bytes
    etag: str
    last_modified: dt.datetime
    valid_until: dt.datetime | None


def render(feed: Feed, now: dt.datetime, alarm: dt.timedelta | None = None) -> RenderedFeed:
    """Return a feed as it reads at an instant.

    Parameters
    ----------
    feed
        The feed.
    now
        Decides only which cancelled events have been shown long enough; it is written nowhere.
    alarm
        How long before each meeting a reminder is wished; None for no reminder.

    Notes
    -----
    A feed without events holds a note: a calendar needs a component (RFC 5545 §3.6), and some
    clients refuse a feed that has become empty.
    """
    zone = ZoneInfo(feed.zone)
    changed_at = feed.changed_at(now)
    is_busy = feed.key.kind in BUSY_KINDS
    events = [_event_text(event, zone, is_busy, alarm) for event in feed.shown(now)]
    if not events:
        events = [_note(feed, changed_at, EMPTY_SUMMARY, empty_details(feed)).to_ical()]
    return _rendered(feed.title, events, changed_at, feed.valid_until(now))


def render_revoked(feed: Feed, revoked_at: dt.datetime) -> RenderedFeed:
    """Return what a revoked address answers until ``REVOKED_KEPT`` has passed: one event that says so.

    Clients keep the old events on screen when an address is simply gone. The text holds nothing of
    the person, since the address may be in the wrong hands.

    Parameters
    ----------
    feed
        The feed that the address showed.
    revoked_at
        Instant at which it was revoked, with a time zone.
    """
    instant = revoked_at.astimezone(dt.UTC).replace(microsecond=0)
    note = _note(feed, instant, REVOKED_SUMMARY, REVOKED_DETAILS)
    return _rendered("Revoked calendar", [note.to_ical()], instant, instant + REVOKED_KEPT)


def _rendered(
    title: str, events: Iterable[bytes], changed_at: dt.datetime, valid_until: dt.datetime | None
) -> RenderedFeed:
    body = _calendar(title).to_ical().removesuffix(CALENDAR_END) + b"".join(events) + CALENDAR_END
    return RenderedFeed(body, f'"{hashlib.sha256(body).hexdigest()[:40]}"', changed_at, valid_until)


def _calendar(title: str) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    # The library does not know that these two are text; as plain values they would not be escaped.
    calendar.add("name", vText(title))
    calendar.add("x-wr-calname", vText(title))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return calendar


def _event_text(event: FeedEvent, zone: ZoneInfo, is_busy: bool, alarm: dt.timedelta | None) -> bytes:
    """Return an event's lines; the UID's line stands alone, since no text can hold a bare line break."""
    return _shared_text(replace(event, uid=ANY_UID, slot=ANY_SLOT), zone, is_busy, alarm).replace(
        b"\r\nUID:%b\r\n" % ANY_UID.encode(), b"\r\nUID:%b\r\n" % event.uid.encode(), 1
    )


@lru_cache(maxsize=8192)
def _shared_text(event: FeedEvent, zone: ZoneInfo, is_busy: bool, alarm: dt.timedelta | None) -> bytes:
    """Return the lines of an event with a stand-in for the UID: most members of a cohort share all others."""
    text: bytes = _event(event, zone, is_busy, alarm).to_ical()
    return text


def _event(event: FeedEvent, zone: ZoneInfo, is_busy: bool, alarm: dt.timedelta | None) -> Event:
    content = event.content
    made = _component(event.uid, event.last_modified, summary(event), description(event, zone))
    made.add("dtstart", content.start)
    made.add("dtend", content.end)
    made.add("sequence", event.sequence)
    made.add("status", event.status)
    made.add("location", content.location)
    if content.geo is not None:
        made.add("geo", content.geo)
    made.add("transp", "OPAQUE" if is_busy and not event.is_cancelled else "TRANSPARENT")
    if alarm is not None and not event.is_cancelled:
        made.add_component(_alarm(content.summary, alarm))
    return made


def _alarm(words: str, before: dt.timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", -before)
    return alarm


def _note(feed: Feed, instant: dt.datetime, words: str, details: str) -> Event:
    """Return an event of one whole day, the local date of an instant, that blocks no time."""
    day = instant.astimezone(ZoneInfo(feed.zone)).date()
    uid = make_uid(feed.namespace, feed.key, words, int(instant.timestamp()))
    note = _component(uid, instant, words, details)
    note.add("dtstart", day)
    note.add("dtend", day + dt.timedelta(days=1))
    note.add("sequence", 0)
    note.add("transp", "TRANSPARENT")
    return note


def _component(uid: str, instant: dt.datetime, words: str, details: str) -> Event:
    event = Event()
    event.add("uid", uid)
    # Not the time of the answer: two answers about the same state must be the same bytes.
    event.add("dtstamp", instant)
    event.add("last-modified", instant)
    event.add("summary", words)
    event.add("description", details)
    return event
