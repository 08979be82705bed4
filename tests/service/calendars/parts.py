"""What the tests of calendars share: a region with two companies, instants, and feeds read again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from icalendar import Calendar

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.service.calendars import EventHistory, Feed, FeedEvent, FeedKey, FeedKind, publish, render
from tests.build import open_cohort, plan_of, tiny

JUNE = dt.datetime(2026, 5, 20, 12, tzinfo=dt.UTC)
"""Instant of the first publication."""

LATER = JUNE + dt.timedelta(days=3)
DAY = dt.timedelta(days=1)


def region(**changes: Any) -> Scenario:
    """Return a region of 12 weeks: a1 and a2 of Acme, b1 of Bolt, a module of 8 hours; meetings Mondays 15:00-17:00."""
    tables: dict[str, Any] = {
        "settings": {"weeks": 12},
        "companies": {"acme": {}, "bolt": {"name": "Bolt Works"}},
        "sites": {"yard": {"kind": "plant", "company": "bolt", "open_to": "own", "name": "Bolt yard"}},
        "lines": {"pack": {"site": "yard", "name": "Packing 7"}},
        "rotas": {"boltday": {"company": "bolt", "hours": "D 14:00-22:00", "meals": "D 18:00-18:30"}},
        "crews": {"pack/boltday": {}},
        "modules": {"math": {"name": "Mathematics", "hours": 8}},
        "apprentices": {
            "a1": {"name": "Ann Lee"},
            "a2": {"name": "Bo Ek"},
            "b1": {
                "name": "Zed Quist",
                "company": "bolt",
                "line": "pack",
                "rota": "boltday",
                "zip": "53211",
            },
        },
    }
    return tiny(**{**tables, **changes})


def plan_with(scenario: Scenario, clock: str = "Mon 15:00 120", people: str = "a1 a2 b1", **changes: Any) -> Plan:
    """Return a plan of one cohort, K1."""
    return plan_of(scenario, (open_cohort(scenario, clock, **changes), people), first_day=scenario.settings.first_day)


def first(scenario: Scenario, plan: Plan) -> EventHistory:
    """Return the feeds after a first publication."""
    return publish(scenario, plan, EventHistory("region-1"), JUNE)


def feed(history: EventHistory, kind: FeedKind = "apprentice", owner: str = "a1") -> Feed:
    """Return one feed."""
    return history.feeds[FeedKey(kind, owner)]


def events(history: EventHistory, kind: FeedKind = "apprentice", owner: str = "a1") -> tuple[FeedEvent, ...]:
    """Return the events of one feed."""
    return feed(history, kind, owner).events


def text(history: EventHistory, kind: FeedKind = "apprentice", owner: str = "a1", now: dt.datetime = JUNE) -> str:
    """Return one feed as text with its lines unfolded."""
    return render(feed(history, kind, owner), now).body.decode().replace("\r\n ", "")


def read_again(history: EventHistory, now: dt.datetime, kind: FeedKind = "apprentice", owner: str = "a1") -> Calendar:
    """Return one feed parsed by the library that wrote it."""
    found = Calendar.from_ical(render(feed(history, kind, owner), now).body)
    assert isinstance(found, Calendar)
    return found
