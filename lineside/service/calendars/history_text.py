"""A history as JSON text and back.

Texts that many events share are written once, and UIDs not at all, since they follow from the
slots: a region of 5,000 apprentices takes some megabytes instead of some hundred.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

from lineside.service.calendars.events import FEED_KINDS, EventContent, EventSlot, Feed, FeedEvent, FeedKey, make_uid
from lineside.service.calendars.history import EventHistory

FORMAT = 1
TITLE_PATH = ("feeds", "0", "title")
"""Where the text of a single feed has its title, for whoever wants no more than that."""


class HistoryTextError(ValueError):
    """A text is no history, or one of a format that this version does not know."""


def history_text(history: EventHistory) -> str:
    """Return a history as JSON text; the same history gives the same text."""
    texts: dict[str, int] = {}
    feeds = [
        {
            "kind": feed.key.kind,
            "owner": feed.key.owner,
            "title": feed.title,
            "zone": feed.zone,
            "last_modified": _seconds(feed.last_modified),
            "events": [_event_row(event, texts) for event in feed.events],
        }
        for feed in history.feeds.values()
    ]
    published_at = None if history.published_at is None else _seconds(history.published_at)
    head = {"format": FORMAT, "namespace": history.namespace, "published_at": published_at}
    return json.dumps({**head, "texts": list(texts), "feeds": feeds}, ensure_ascii=False, separators=(",", ":")) + "\n"


def _event_row(event: FeedEvent, texts: dict[str, int]) -> list[Any]:
    slot, content = event.slot, event.content
    words = (slot.cohort, slot.module, content.summary, content.details, content.location)
    return [
        *(texts.setdefault(word, len(texts)) for word in words),
        *(slot.serial, event.sequence, int(event.is_cancelled), _seconds(event.last_modified)),
        *(_seconds(content.start), _seconds(content.end), content.geo),
    ]


def history_from_text(text: str) -> EventHistory:
    """Return the history that a text was made from.

    Raises
    ------
    HistoryTextError
        If the text is no history of a known format.
    """
    try:
        found = json.loads(text)
        if found["format"] != FORMAT:
            raise HistoryTextError(
                f"The history has format {found['format']}; this version knows {FORMAT}. Use the version that wrote it."
            )
        feeds = [_feed(row, str(found["namespace"]), found["texts"]) for row in found["feeds"]]
        published_at = None if found["published_at"] is None else _instant(found["published_at"])
    except (KeyError, IndexError, TypeError, AttributeError, OverflowError, ValueError) as error:
        if isinstance(error, HistoryTextError):
            raise
        raise HistoryTextError(
            "The history of earlier publications cannot be read. Restore it, or remove it to start anew; "
            "then readers may see meetings of the plan before as well."
        ) from error
    return EventHistory(str(found["namespace"]), published_at, {feed.key: feed for feed in feeds})


def _feed(row: dict[str, Any], namespace: str, texts: list[str]) -> Feed:
    key = FeedKey(FEED_KINDS[FEED_KINDS.index(row["kind"])], row["owner"])
    events = tuple(_event(cells, namespace, key, texts) for cells in row["events"])
    zone = ZoneInfo(row["zone"]).key
    return Feed(key, namespace, row["title"], zone, _instant(row["last_modified"]), events)


def _event(cells: list[Any], namespace: str, key: FeedKey, texts: list[str]) -> FeedEvent:
    *words, serial, sequence, cancelled, last_modified, start, end, geo = cells
    cohort, module, summary, details, location = (texts[word] for word in words)
    place = None if geo is None else (float(geo[0]), float(geo[1]))
    return FeedEvent(
        EventSlot(cohort, module, serial),
        make_uid(namespace, key, cohort, module, serial),
        sequence,
        _instant(last_modified),
        EventContent(_instant(start), _instant(end), summary, details, location, place),
        "CANCELLED" if cancelled else "CONFIRMED",
    )


def _seconds(instant: dt.datetime) -> int:
    return int(instant.timestamp())


def _instant(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
