"""What a feed is made of: whose it is, its events, and for how long each of them is shown."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii
from typing import Literal, get_args

FeedKind = Literal["apprentice", "instructor", "room", "company", "cohort"]
FEED_KINDS: tuple[FeedKind, ...] = get_args(FeedKind)

EventStatus = Literal["CONFIRMED", "CANCELLED"]

CANCELLED_KEPT = dt.timedelta(days=14)
"""How long a meeting that went is sent as cancelled; clients that ask rarely still learn of it."""

REVOKED_KEPT = dt.timedelta(days=14)
"""How long a revoked address says so before it is gone."""


@dataclass(frozen=True, order=True)
class FeedKey:
    """Whose feed it is: a kind, and an id of the scenario or the plan."""

    kind: FeedKind
    owner: str


@dataclass(frozen=True)
class EventSlot:
    """What a UID stands for in a feed: a cohort, its module, and a serial number that is given once.

    The module is part of it, because a plan may give the id of a cohort that went to another one.
    """

    cohort: str
    module: str
    serial: int


@dataclass(frozen=True)
class EventContent:
    """What a reader sees of a meeting.

    Parameters
    ----------
    start, end
        UTC instants, half open.
    summary, location
        Single lines.
    details
        Lines of the description other than time and place.
    geo
        Latitude and longitude in degrees, or None for an online or unknown place.
    """

    start: dt.datetime
    end: dt.datetime
    summary: str
    details: str
    location: str
    geo: tuple[float, float] | None

    def is_revision_of(self, other: EventContent) -> bool:
        """Return whether time or place differ, so that whoever noted the meeting must note it anew."""
        return (self.start, self.end, self.location) != (other.start, other.end, other.location)


@dataclass(frozen=True)
class FeedEvent:
    """A meeting as one feed sends it.

    Parameters
    ----------
    slot
        What its UID stands for.
    uid
        Globally unique, the same as long as the slot lives (RFC 5545 §3.8.4.7).
    sequence
        Number of revisions of time, place or status (RFC 5545 §3.8.7.4).
    last_modified
        UTC instant of the publication that last changed anything; also the DTSTAMP.
    content
        What a reader sees.
    status
        Whether it takes place.
    """

    slot: EventSlot
    uid: str
    sequence: int
    last_modified: dt.datetime
    content: EventContent
    status: EventStatus = "CONFIRMED"

    @property
    def is_cancelled(self) -> bool:
        """Whether the meeting was taken out of the plan."""
        return self.status == "CANCELLED"

    @property
    def shown_until(self) -> dt.datetime | None:
        """Instant from which a cancelled event is no longer sent; None for one that takes place."""
        return self.last_modified + CANCELLED_KEPT if self.is_cancelled else None

    def is_shown(self, now: dt.datetime) -> bool:
        """Return whether a feed read at an instant holds the event."""
        return self.shown_until is None or now < self.shown_until


@dataclass(frozen=True)
class Feed:
    """One feed after a publication: everything that is needed to write it at any later instant.

    Parameters
    ----------
    key
        Whose feed it is.
    namespace
        What sets the UIDs of one region apart from those of others.
    title
        Name of the calendar.
    zone
        IANA time zone of the local times in descriptions.
    last_modified
        UTC instant of the publication that last changed the title or an event.
    events
        By time; cancelled ones stay here after they are no longer shown, so that their UIDs are not forgotten.
    """

    key: FeedKey
    namespace: str
    title: str
    zone: str
    last_modified: dt.datetime
    events: tuple[FeedEvent, ...]

    def shown(self, now: dt.datetime) -> tuple[FeedEvent, ...]:
        """Return the events that the feed holds at an instant."""
        return tuple(event for event in self.events if event.is_shown(now))

    def changed_at(self, now: dt.datetime) -> dt.datetime:
        """Return when what the feed holds at ``now`` last changed: a publication, or a cancelled event's end."""
        ends = (event.shown_until for event in self.events if event.shown_until is not None)
        return max([self.last_modified, *(end for end in ends if end <= now)])

    def valid_until(self, now: dt.datetime) -> dt.datetime | None:
        """Return when the feed changes next without a publication, or None if it does not."""
        ends = (event.shown_until for event in self.events if event.shown_until is not None)
        return min((end for end in ends if end > now), default=None)


def make_uid(namespace: str, key: FeedKey, *parts: str | int) -> str:
    """Return a UID that holds no id in the clear and is the same for the same parts.

    The feed is part of it: two feeds may say different things of one meeting, and a client that
    reads both must not take one for an update of the other.
    """
    # As json.dumps writes a list, but quicker: a publication makes one for each meeting of everybody.
    texts = (encode_basestring_ascii(part) if isinstance(part, str) else str(part) for part in parts)
    text = f"[{', '.join((*map(encode_basestring_ascii, (namespace, key.kind, key.owner)), *texts))}]"
    return f"{hashlib.sha256(text.encode()).hexdigest()[:40]}@lineside"
