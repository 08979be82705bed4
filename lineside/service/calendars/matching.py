"""Which meeting of a new plan is which event of the feed before.

Meetings are matched within a feed, a cohort and a module, since a cohort that goes on keeps its id:

1. A meeting that starts when an event did is that event, cut or not, cancelled or not.
2. What is left of meetings and of events that take place is paired in time order: these moved. A
   closure that pushes a cohort's last meeting out thus moves one event, from the closed date to
   the new last one, and leaves the others alone; a cohort put on another day moves each in turn.
3. A meeting that is still left is new. An event still left went: it is cancelled.

An event before the first day of the new plan is not in it because plans start somewhere; it stays.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from lineside.service.calendars.events import EventContent, EventSlot, FeedEvent, FeedKey, make_uid

MEMORY = dt.timedelta(days=400)
"""How long an event is remembered after its end and its last change; older UIDs do not come back."""


@dataclass(frozen=True)
class Draft:
    """A meeting of the new plan for one feed."""

    cohort: str
    module: str
    content: EventContent


@dataclass(frozen=True)
class Edition:
    """A publication of a feed.

    Parameters
    ----------
    namespace, key
        The region, and whose feed it is.
    at
        UTC instant of the publication.
    horizon_start
        UTC instant at which the first day of the new plan begins.
    """

    namespace: str
    key: FeedKey
    at: dt.datetime
    horizon_start: dt.datetime


def next_events(edition: Edition, before: Iterable[FeedEvent], drafts: Iterable[Draft]) -> tuple[FeedEvent, ...]:
    """Return a feed's events after a publication, in time order.

    Parameters
    ----------
    edition
        The publication.
    before
        The feed's events before it, cancelled ones too.
    drafts
        The feed's meetings in the new plan.

    Returns
    -------
    Events that did not change are the same as before in every field.
    """
    old: dict[tuple[str, str], list[FeedEvent]] = defaultdict(list)
    new: dict[tuple[str, str], list[EventContent]] = defaultdict(list)
    for event in before:
        old[event.slot.cohort, event.slot.module].append(event)
    for draft in drafts:
        new[draft.cohort, draft.module].append(draft.content)
    found = (
        event
        for group in dict.fromkeys((*old, *new))
        for event in _cohort_events(edition, group, old.get(group, []), new.get(group, []))
    )
    return tuple(sorted(found, key=lambda event: (event.content.start, event.content.end, event.uid)))


def _cohort_events(
    edition: Edition, group: tuple[str, str], old: list[FeedEvent], new: list[EventContent]
) -> Iterator[FeedEvent]:
    pairs, left_old, left_new = _pair(edition, old, new)
    for event, content in pairs:
        yield _revised(edition, event, content)
    for event in left_old:
        if event.is_cancelled or _is_past(edition, event):
            if max(event.content.end, event.last_modified) > edition.at - MEMORY:
                yield event
        else:
            yield _cancelled(edition, event)
    serial = max((event.slot.serial for event in old), default=-1) + 1
    for number, content in enumerate(left_new, serial):
        uid = make_uid(edition.namespace, edition.key, *group, number)
        yield FeedEvent(EventSlot(*group, number), uid, 0, edition.at, content)


def _pair(
    edition: Edition, old: list[FeedEvent], new: list[EventContent]
) -> tuple[list[tuple[FeedEvent, EventContent]], list[FeedEvent], list[EventContent]]:
    by_start = _by_start(old)
    pairs, moved_to = [], []
    for content in sorted(new, key=lambda content: content.start):
        event = by_start.get(content.start)
        if event is None:
            moved_to.append(content)
        else:
            pairs.append((event, content))
    taken = {event.uid for event, _ in pairs}
    left = sorted((event for event in old if event.uid not in taken), key=lambda event: event.content.start)
    movable = [event for event in left if not event.is_cancelled and not _is_past(edition, event)]
    moved = list(zip(movable, moved_to, strict=False))
    taken |= {event.uid for event, _ in moved}
    return pairs + moved, [event for event in left if event.uid not in taken], moved_to[len(moved) :]


def _by_start(events: list[FeedEvent]) -> Mapping[dt.datetime, FeedEvent]:
    """Return events by their start; one that takes place wins over a cancelled one, then the later serial."""
    ordered = sorted(events, key=lambda event: (not event.is_cancelled, event.slot.serial))
    return {event.content.start: event for event in ordered}


def _is_past(edition: Edition, event: FeedEvent) -> bool:
    return event.content.start < edition.horizon_start


def _revised(edition: Edition, event: FeedEvent, content: EventContent) -> FeedEvent:
    if event.content == content and not event.is_cancelled:
        return event
    is_revision = event.is_cancelled or content.is_revision_of(event.content)
    sequence = event.sequence + 1 if is_revision else event.sequence
    return replace(event, sequence=sequence, last_modified=edition.at, content=content, status="CONFIRMED")


def _cancelled(edition: Edition, event: FeedEvent) -> FeedEvent:
    return replace(event, sequence=event.sequence + 1, last_modified=edition.at, status="CANCELLED")
