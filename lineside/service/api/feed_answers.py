"""What a calendar's address answers as long as nothing changes, and how it is given to a client."""

from __future__ import annotations

import datetime as dt
import gzip
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime, parsedate_to_datetime

from lineside.service.calendars import CONTENT_TYPE, REVOKED_KEPT, Feed, RenderedFeed, render, render_revoked
from lineside.service.storage.feeds import feed_changed, region_changed

RawHeaders = list[tuple[bytes, bytes]]

CACHE_CONTROL = (b"cache-control", b"private, max-age=300")
VARY = (b"vary", b"Accept-Encoding")
CONTENT = (b"content-type", CONTENT_TYPE.encode())


@dataclass(frozen=True)
class Looked:
    """What stands behind an address.

    Parameters
    ----------
    id, region
        Ids of the feed and of its region.
    feed
        The calendar; None if its owner is gone.
    alarm
        How long before each meeting a reminder is wished, or None.
    revoked_at
        When the address was revoked, or None.
    """

    id: uuid.UUID
    region: uuid.UUID
    feed: Feed | None
    alarm: dt.timedelta | None
    revoked_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A feed as it is answered until something changes.

    Parameters
    ----------
    touched_by
        Changes, in the words of ``Feeds``, that end the answer.
    packed, length
        The body as gzip, and how many bytes it has unpacked. Most clients want it packed, and it takes a fifth.
    etag, last_modified_text
        Values of the headers.
    last_modified
        UTC instant of the last change of the body.
    valid_until
        Seconds since the epoch at which the body changes by itself; infinite if it does not.
    """

    touched_by: tuple[str, str]
    packed: bytes
    length: int
    etag: bytes
    last_modified: dt.datetime
    last_modified_text: bytes
    valid_until: float


def answer_of(looked: Looked, now: dt.datetime) -> Answer | None:
    """Return what an address answers at an instant; None if it is gone."""
    if looked.feed is None:
        return None
    if looked.revoked_at is None:
        rendered = render(looked.feed, now, looked.alarm)
    elif now < looked.revoked_at + REVOKED_KEPT:
        rendered = render_revoked(looked.feed, looked.revoked_at)
    else:
        return None
    return _answer(looked, rendered)


def _answer(looked: Looked, rendered: RenderedFeed) -> Answer:
    return Answer(
        touched_by=(feed_changed(looked.id), region_changed(looked.region)),
        # The same state gives the same bytes: no time of packing in them.
        packed=gzip.compress(rendered.body, 6, mtime=0),
        length=len(rendered.body),
        etag=rendered.etag.encode(),
        last_modified=rendered.last_modified,
        last_modified_text=format_datetime(rendered.last_modified, usegmt=True).encode(),
        valid_until=float("inf") if rendered.valid_until is None else rendered.valid_until.timestamp(),
    )


def reply(answer: Answer, method: str, asked: Mapping[bytes, bytes]) -> tuple[int, RawHeaders, bytes]:
    """Return status, headers and body for a client: 304 without a body if the client has it.

    Parameters
    ----------
    answer
        What the address answers.
    method
        ``GET`` or ``HEAD``.
    asked
        The request's headers, names in small letters.
    """
    headers = [(b"etag", answer.etag), (b"last-modified", answer.last_modified_text), CACHE_CONTROL, VARY]
    if _has_it(answer, asked):
        return 304, headers, b""
    headers.append(CONTENT)
    is_packed = b"gzip" in asked.get(b"accept-encoding", b"")
    if is_packed:
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", b"%d" % (len(answer.packed) if is_packed else answer.length)))
    if method == "HEAD":
        return 200, headers, b""
    return 200, headers, answer.packed if is_packed else gzip.decompress(answer.packed)


def _has_it(answer: Answer, asked: Mapping[bytes, bytes]) -> bool:
    tags = asked.get(b"if-none-match")
    if tags is not None:
        known = {tag.strip().removeprefix(b"W/") for tag in tags.split(b",")}
        return answer.etag in known or b"*" in known
    since = asked.get(b"if-modified-since")
    try:
        return since is not None and answer.last_modified <= parsedate_to_datetime(since.decode("latin-1"))
    except (ValueError, TypeError):
        return False
