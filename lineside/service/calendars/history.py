"""What has been published: the memory that lets a new plan change the right events and no others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from lineside.models.calendar import to_utc, wall_minute
from lineside.models.person_days import PersonDays
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.service.calendars.drafting import drafts_by_feed
from lineside.service.calendars.events import Feed, FeedKey
from lineside.service.calendars.matching import Edition, next_events
from lineside.service.calendars.wording import feed_title


@dataclass(frozen=True)
class EventHistory:
    """Every feed of a region after its last publication; all that the next one needs to know.

    Parameters
    ----------
    namespace
        What sets this region's UIDs apart, such as the region's id. It must never change.
    published_at
        UTC instant of the last publication, or the last that changed anything where each feed has a memory of its own;
        None before the first.
    feeds
        The feeds by whose they are.
    """

    namespace: str
    published_at: dt.datetime | None = None
    feeds: Mapping[FeedKey, Feed] = field(default_factory=dict)


class NextFeeds:
    """What each feed is after a plan comes into force.

    A feed follows from the plan and from what it held before, so that a region's feeds need not be in memory together.

    Parameters
    ----------
    scenario, plan
        The plan, and its tables.
    namespace
        What sets the region's UIDs apart.
    at
        Instant of the publication, with a time zone. Parts of a second are dropped.
    days
        Views of meetings for these tables to use again; built if not given.

    Raises
    ------
    ValueError
        If ``at`` has no time zone.
    """

    def __init__(
        self, scenario: Scenario, plan: Plan, namespace: str, at: dt.datetime, days: PersonDays | None = None
    ) -> None:
        self.at = _whole_second(at)
        self._scenario = scenario
        self._namespace = namespace
        self._horizon_start = to_utc(wall_minute(plan.first_day or scenario.settings.first_day), scenario.settings.zone)
        self._drafts = drafts_by_feed(scenario, plan, days)

    @property
    def keys(self) -> Collection[FeedKey]:
        """Whose feeds the plan and its tables know."""
        return self._drafts.keys()

    def of(self, key: FeedKey, before: Feed | None) -> Feed | None:
        """Return a feed after the publication.

        Parameters
        ----------
        key
            Whose it is.
        before
            The feed as it was; None if it is new. A clock that runs behind its last change, or that of one of its
            events, is taken to stand still, so that changes stay in order.

        Returns
        -------
        The same feed if nothing in it changed; None if its owner is gone and nothing more is remembered.
        """
        drafts = self._drafts.get(key)
        events_before = before.events if before else ()
        changes = [one.last_modified for one in (before, *events_before) if one is not None]
        at = max([self.at, *changes])
        edition = Edition(self._namespace, key, at, self._horizon_start)
        title = before.title if before is not None and drafts is None else feed_title(self._scenario, key)
        events = next_events(edition, events_before, drafts or ())
        zone = self._scenario.settings.timezone
        if not events and drafts is None:
            return None
        if before is not None and (before.title, before.zone, before.events) == (title, zone, events):
            return before
        return Feed(key, self._namespace, title, zone, at, events)


def publish(scenario: Scenario, plan: Plan, history: EventHistory, at: dt.datetime) -> EventHistory:
    """Return all feeds after a plan is published.

    Parameters
    ----------
    scenario, plan
        The plan that comes into force, and its tables.
    history
        The feeds before; an empty history for the first plan.
    at
        Instant of the publication, with a time zone. Parts of a second are dropped, and a clock that
        runs behind the last publication is taken to stand still, so that changes stay in order.

    Returns
    -------
    The new history. What did not change is the same in every field, so publishing a plan again
    changes no byte of any feed.

    Raises
    ------
    ValueError
        If ``at`` has no time zone.
    """
    instant = _whole_second(at)
    if history.published_at is not None:
        instant = max(instant, history.published_at)
    after = NextFeeds(scenario, plan, history.namespace, instant)
    feeds = {key: after.of(key, history.feeds.get(key)) for key in sorted({*after.keys, *history.feeds})}
    return EventHistory(history.namespace, instant, {key: feed for key, feed in feeds.items() if feed is not None})


def _whole_second(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        raise ValueError(f"The instant {at.isoformat()} has no time zone. Give one, such as UTC.")
    return at.astimezone(dt.UTC).replace(microsecond=0)
