"""The sentences of feeds: titles, places, times, and what a meeting is for whom.

Names come from tables that anybody may have filled in. Each is made one printable line here, so
that no line break in a name starts a property of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from lineside.models.geography import site_coordinates
from lineside.models.person_days import MeetingView
from lineside.models.plan import Cohort
from lineside.models.scenario import Scenario
from lineside.models.tables import Site
from lineside.service.calendars.events import EventContent, Feed, FeedEvent, FeedKey
from lineside.service.console import one_line
from lineside.service.plan_words import apprentice_name, company_name, instructor_name, module_name, site_name

FOR_YOU = {
    "lunch": "during your lunch break",
    "before": "before your shift",
    "after": "after your shift",
    "off": "apart from your shifts",
    "release": "during your shift",
}
"""Kinds of session, said to the person."""

FOR_THEM = {
    "lunch": "during the lunch break",
    "before": "before the shift",
    "after": "after the shift",
    "off": "apart from the shifts",
    "release": "during the shift",
}
"""Kinds of session, said of the person."""


def session_words(view: MeetingView, words: dict[str, str]) -> str:
    """Return what kind of session a meeting is for a person and what release it takes.

    Parameters
    ----------
    view
        The meeting as the person lives it.
    words
        :data:`FOR_YOU` or :data:`FOR_THEM`.
    """
    return f"{words[view.kind]}, {release_words(view.lost_minutes)}"


def release_words(minutes: int) -> str:
    """Return minutes of release in words.

    >>> release_words(0), release_words(1), release_words(10)
    ('no release', '1 minute of release', '10 minutes of release')
    """
    if minutes == 0:
        return "no release"
    return "1 minute of release" if minutes == 1 else f"{minutes} minutes of release"


def people_words(count: int) -> str:
    """Return a number of people in words."""
    return "1 person" if count == 1 else f"{count} people"


def others_words(counts: Iterable[int]) -> str:
    """Return the groups of other companies as numbers alone, without a word on who they are.

    >>> others_words([4, 3])
    'With 2 groups of other companies: 3 people, 4 people.'
    >>> others_words([1])
    'With a group of another company: 1 person.'
    """
    groups = sorted(counts)
    if not groups:
        return "Nobody of another company takes part."
    group = "a group of another company" if len(groups) == 1 else f"{len(groups)} groups of other companies"
    return f"With {group}: {', '.join(map(people_words, groups))}."


def module_line(scenario: Scenario, module: str) -> str:
    """Return a module's name with its id."""
    name = one_line(module_name(scenario, module))
    return f"Module: {name}" if name == one_line(module) else f"Module: {name} ({one_line(module)})"


def module_title(scenario: Scenario, module: str) -> str:
    """Return a module's name."""
    return one_line(module_name(scenario, module))


def person_words(scenario: Scenario, apprentice: str) -> str:
    """Return an apprentice's name with the id."""
    name = one_line(apprentice_name(scenario, apprentice))
    return name if name == one_line(apprentice) else f"{name} ({one_line(apprentice)})"


def company_words(scenario: Scenario, company: str) -> str:
    """Return a company's name."""
    return one_line(company_name(scenario, company))


def location(scenario: Scenario, cohort: Cohort) -> str:
    """Return room, site and zip code of a cohort; an online one has no room to go to."""
    site = scenario.site_by_id[cohort.site]
    name = one_line(site_name(scenario, site.site))
    if site.kind == "online":
        return f"{name} (online)"
    place = f"Room {one_line(cohort.room)}, {name}"
    return f"{place}, {site.zip}" if site.zip else place


def geo(site: Site) -> tuple[float, float] | None:
    """Return a site's coordinates in degrees to six places (RFC 5545 §3.8.1.6), or None without a place."""
    known = None if site.kind == "online" else site_coordinates(site)
    return None if known is None else (round(known[0], 6), round(known[1], 6))


def feed_title(scenario: Scenario, key: FeedKey) -> str:
    """Return the name of a calendar; an owner who is no longer in the tables goes by the id."""
    owner = one_line(key.owner)
    if key.kind == "apprentice":
        return f"Classes of {one_line(apprentice_name(scenario, key.owner))}"
    if key.kind == "instructor":
        return f"Teaching of {one_line(instructor_name(scenario, key.owner))}"
    if key.kind == "company":
        company = scenario.company_by_id.get(key.owner)
        return f"Classes of {one_line(company.name) if company and company.name else owner}"
    if key.kind == "room":
        room = scenario.room_by_id.get(key.owner)
        return f"Room {owner}, {one_line(site_name(scenario, room.site))}" if room else f"Room {owner}"
    return f"Cohort {owner}"


def time_words(content: EventContent, zone: ZoneInfo) -> str:
    """Return a meeting's local time with the zone, both dates if it crosses midnight.

    >>> utc = dt.UTC
    >>> start = dt.datetime(2026, 9, 14, 20, tzinfo=utc)
    >>> time_words(EventContent(start, start + dt.timedelta(hours=2), "", "", "", None), ZoneInfo("America/Chicago"))
    'Mon 14 Sep 2026, 15:00 to 17:00 CDT (America/Chicago)'
    """
    start, end = content.start.astimezone(zone), content.end.astimezone(zone)
    change = "" if start.tzname() == end.tzname() else f" {start.tzname()}"
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{date_words(end)}, {end:%H:%M}"
    return f"{date_words(start)}, {start:%H:%M}{change} to {until} {end.tzname()} ({zone.key})"


DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def date_words(day: dt.date) -> str:
    """Return a date in words that do not follow the computer's language, so that bytes stay the same everywhere."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def description(event: FeedEvent, zone: ZoneInfo) -> str:
    """Return the description of an event: what was cancelled, time, place, and the details."""
    content = event.content
    lines = [f"When: {time_words(content, zone)}", f"Where: {content.location}", content.details]
    if event.is_cancelled:
        lines.insert(0, "This meeting is cancelled.")
    return "\n".join(lines)


def summary(event: FeedEvent) -> str:
    """Return the summary of an event; a cancelled one says so, since many clients ignore the status."""
    return f"[Cancelled] {event.content.summary}" if event.is_cancelled else event.content.summary


EMPTY_SUMMARY = "No classes are planned"
REVOKED_SUMMARY = "This calendar address was revoked"


def empty_details(feed: Feed) -> str:
    """Return what an empty feed says."""
    return f"{feed.title}: nothing is planned at present. Meetings appear here once a plan has some."


REVOKED_DETAILS = (
    "This calendar no longer shows any classes, and its address will stop working. "
    "Remove it, and ask the training office for a new address."
)
