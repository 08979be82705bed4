"""What has been published: the memory that lets a new plan change the right events and no others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from lineside.models.calendar import to_utc, wall_minute
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.service.calendars.drafting import drafts_by_feed
from lineside.service.calendars.events import Feed, FeedKey
from lineside.service.calendars.matching import Draft, Edition, next_events
from lineside.service.calendars.wording import feed_title


@dataclass(frozen=True)
class EventHistory:
    """Every feed of a region after its last publication; all that the next one needs to know.

    Parameters
    ----------
    namespace
        What sets this region's UIDs apart, such as the region's id. It must never change.
    published_at
        UTC instant of the last publication, or None before the first.
    feeds
        The feeds by whose they are.
    """

    namespace: str
    published_at: dt.datetime | None = None
    feeds: Mapping[FeedKey, Feed] = field(default_factory=dict)

    def only(self, key: FeedKey) -> EventHistory:
        """Return the memory of one feed, to be kept apart from the others'.

        Raises
        ------
        KeyError
            If there is no such feed.
        """
        return EventHistory(self.namespace, self.published_at, {key: self.feeds[key]})


def publish(scenario: Scenario, plan: Plan, history: EventHistory, at: dt.datetime) -> EventHistory:
    """Return the feeds after a plan is published.

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
    horizon_start = to_utc(wall_minute(plan.first_day or scenario.settings.first_day), scenario.settings.zone)
    drafts = drafts_by_feed(scenario, plan)
    feeds: dict[FeedKey, Feed] = {}
    for key in sorted({*drafts, *history.feeds}):
        edition = Edition(history.namespace, key, instant, horizon_start)
        feed = _next_feed(scenario, edition, history.feeds.get(key), drafts.get(key))
        if feed.events or key in drafts:  # an owner who is gone goes when nothing more is remembered
            feeds[key] = feed
    return EventHistory(history.namespace, instant, feeds)


def _whole_second(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        raise ValueError(f"The instant {at.isoformat()} has no time zone. Give one, such as UTC.")
    return at.astimezone(dt.UTC).replace(microsecond=0)


def _next_feed(scenario: Scenario, edition: Edition, before: Feed | None, drafts: list[Draft] | None) -> Feed:
    title = before.title if before is not None and drafts is None else feed_title(scenario, edition.key)
    events = next_events(edition, before.events if before else (), drafts or ())
    zone = scenario.settings.timezone
    if before is not None and (before.title, before.zone, before.events) == (title, zone, events):
        return before
    return Feed(edition.key, edition.namespace, title, zone, edition.at, events)
