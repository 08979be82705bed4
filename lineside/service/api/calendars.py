"""The calendars' secret addresses: the feed as iCalendar text, and the person's page.

A route knows no more than the token. What it answers is remembered for a short while, because
calendar programs of thousands of people ask all day for what did not change.
"""

from __future__ import annotations

import datetime as dt
import gzip
import uuid
from dataclasses import dataclass
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import APIRouter, Request, Response
from sqlalchemy import func, select, update

from lineside.service.access.secrets import digest_of
from lineside.service.api.context import client_of, service_of
from lineside.service.api.downloads import binary
from lineside.service.api.parts import problems
from lineside.service.calendars import (
    CONTENT_TYPE,
    PAGE_POLICY,
    REVOKED_KEPT,
    Feed,
    PageLinks,
    RenderedFeed,
    history_from_text,
    render,
    render_page,
    render_revoked,
)
from lineside.service.problems import NotFoundProblem, SlowDownProblem
from lineside.service.storage.database import Database
from lineside.service.storage.models import CalendarState
from lineside.service.storage.models import Feed as StoredFeed

router = APIRouter(prefix="/calendars", tags=["calendars"])

GONE = "This calendar's address is gone. Ask whoever gave it to you for a new one."
FETCH_NOTED_SECONDS = 60
"""The last fetch is written at most this often, so that reading does not turn into writing."""


@dataclass(frozen=True)
class Looked:
    """What stands behind a token."""

    id: uuid.UUID
    feed: Feed | None
    alarm: dt.timedelta | None
    revoked_at: dt.datetime | None


def look_up(database: Database, token: str) -> Looked | None:
    """Return what stands behind a token, and note that it was fetched; None if nothing does."""
    same = (
        (CalendarState.region_id == StoredFeed.region_id)
        & (CalendarState.kind == StoredFeed.kind)
        & (CalendarState.owner == StoredFeed.subject)
    )
    query = select(StoredFeed, CalendarState.text).outerjoin(CalendarState, same)
    with database.session() as session:
        found = session.execute(query.where(StoredFeed.digest == digest_of(token))).one_or_none()
        if found is None:
            return None
        row, text = found
        limit = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, FETCH_NOTED_SECONDS)
        is_old = StoredFeed.last_fetched_at.is_(None) | (StoredFeed.last_fetched_at < limit)
        session.execute(update(StoredFeed).where(StoredFeed.id == row.id, is_old).values(last_fetched_at=func.now()))
    feed = next(iter(history_from_text(text).feeds.values())) if text is not None else None
    alarm = None if row.alarm_minutes is None else dt.timedelta(minutes=row.alarm_minutes)
    return Looked(row.id, feed, alarm, row.revoked_at)


def _found(request: Request, token: str, now: dt.datetime) -> Looked:
    service, client = service_of(request), client_of(request)
    wait = service.throttle.wait_seconds(client)
    if wait > 0:
        raise SlowDownProblem(round(wait) + 1)
    looked = look_up(service.database, token)
    if looked is None:
        service.throttle.failed(client)
        raise NotFoundProblem("There is no calendar at this address. Look whether it was copied in full.")
    return looked


def _is_gone(looked: Looked, now: dt.datetime) -> bool:
    return looked.feed is None or (looked.revoked_at is not None and now >= looked.revoked_at + REVOKED_KEPT)


@router.head("/{token}.ics", name="read_feed", include_in_schema=False)
@router.get(
    "/{token}.ics",
    name="read_feed",
    responses={
        **problems(404),
        200: binary("text/calendar"),
        304: {"description": "not changed"},
        410: {"description": "revoked some time ago"},
    },
    response_class=Response,
)
def read_feed(token: str, request: Request) -> Response:
    """Read a calendar as iCalendar text; ``If-None-Match`` and ``If-Modified-Since`` are honoured."""
    now = dt.datetime.now(dt.UTC)
    looked = _found(request, token, now)
    if looked.feed is None or _is_gone(looked, now):
        return Response(GONE, 410, media_type="text/plain")
    if looked.revoked_at is None:
        rendered = render(looked.feed, now, looked.alarm)
    else:
        rendered = render_revoked(looked.feed, looked.revoked_at)
    return feed_response(request, rendered)


def feed_response(request: Request, rendered: RenderedFeed) -> Response:
    """Return a rendered feed, or 304 if the client has it."""
    headers = {
        "ETag": rendered.etag,
        "Last-Modified": format_datetime(rendered.last_modified, usegmt=True),
        "Cache-Control": "private, max-age=300",
        "Vary": "Accept-Encoding",
    }
    if _has_it(request, rendered):
        return Response(status_code=304, headers=headers)
    body = rendered.body
    if "gzip" in request.headers.get("accept-encoding", ""):
        # The same state gives the same bytes: no time of packing in them.
        body, headers["Content-Encoding"] = gzip.compress(body, 6, mtime=0), "gzip"
    headers["Content-Length"] = str(len(body))
    return Response(b"" if request.method == "HEAD" else body, headers=headers, media_type=CONTENT_TYPE)


def _has_it(request: Request, rendered: RenderedFeed) -> bool:
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return rendered.etag in known or "*" in known
    since = request.headers.get("if-modified-since")
    try:
        return since is not None and rendered.last_modified <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False


@router.head("/{token}", name="read_feed_page", include_in_schema=False)
@router.get(
    "/{token}",
    name="read_feed_page",
    responses={**problems(404), 200: binary("text/html"), 410: {"description": "revoked"}},
    response_class=Response,
)
def read_feed_page(token: str, request: Request) -> Response:
    """Show a calendar as a page with a button to subscribe, a download and a QR code."""
    now = dt.datetime.now(dt.UTC)
    looked = _found(request, token, now)
    if looked.feed is None or looked.revoked_at is not None:
        return Response(GONE, 410, media_type="text/plain")
    base = (service_of(request).settings.public_url or str(request.base_url)).rstrip("/")
    page = f"{base}/calendars/{token}"
    links = PageLinks(f"{token}.ics", f"{page}.ics", page)
    headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "private, no-store"}
    return Response(render_page(looked.feed, now, links), headers=headers, media_type="text/html; charset=utf-8")
