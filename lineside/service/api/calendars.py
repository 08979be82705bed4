"""The calendars' secret addresses: the feed as iCalendar text, and the person's page.

A route knows no more than the token. A feed that was read here is kept in memory for the quick way of
:mod:`lineside.service.api.feed_door`, because calendar programs of thousands of people ask all day for what did not
change.
"""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from lineside.service.access.secrets import digest_of
from lineside.service.api.context import client_of, service_of
from lineside.service.api.downloads import binary
from lineside.service.api.feed_answers import Looked, answer_of, reply
from lineside.service.api.feed_door import QuickFeeds
from lineside.service.api.parts import problems
from lineside.service.calendars import PAGE_POLICY, PageLinks, history_from_text, render_page
from lineside.service.problems import NotFoundProblem, SlowDownProblem
from lineside.service.storage.database import Database
from lineside.service.storage.models import CalendarState
from lineside.service.storage.models import Feed as StoredFeed

router = APIRouter(prefix="/calendars", tags=["calendars"])

GONE = "This calendar's address is gone. Ask whoever gave it to you for a new one."


def look_up(database: Database, digest: bytes) -> Looked | None:
    """Return what stands behind an address; None if nothing does."""
    same = (
        (CalendarState.region_id == StoredFeed.region_id)
        & (CalendarState.kind == StoredFeed.kind)
        & (CalendarState.owner == StoredFeed.subject)
    )
    query = select(StoredFeed, CalendarState.text).outerjoin(CalendarState, same)
    with database.session() as session:
        found = session.execute(query.where(StoredFeed.digest == digest)).one_or_none()
    if found is None:
        return None
    row, text = found
    feed = next(iter(history_from_text(text).feeds.values())) if text is not None else None
    alarm = None if row.alarm_minutes is None else dt.timedelta(minutes=row.alarm_minutes)
    return Looked(row.id, row.region_id, feed, alarm, row.revoked_at)


def _found(request: Request, token: str) -> Looked:
    service, client = service_of(request), client_of(request)
    wait = service.throttle.wait_seconds(client)
    if wait > 0:
        raise SlowDownProblem(round(wait) + 1)
    digest = digest_of(token)
    looked = look_up(service.database, digest)
    if looked is None:
        service.throttle.failed(client)
        raise NotFoundProblem("There is no calendar at this address. Look whether it was copied in full.")
    _quick(request).fetches.note(digest)
    return looked


def _quick(request: Request) -> QuickFeeds:
    quick: QuickFeeds = request.app.state.quick_feeds
    return quick


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
    answers = _quick(request).answers
    ticket = answers.ticket()  # before anything is read: what is read may be old by the time it would be kept
    looked = _found(request, token)
    answer = answer_of(looked, dt.datetime.now(dt.UTC))
    if answer is None:
        return Response(GONE, 410, media_type="text/plain")
    answers.keep(digest_of(token), answer, ticket)
    status, headers, body = reply(answer, request.method, dict(request.scope["headers"]))
    response = Response(body, status)
    response.raw_headers = headers
    return response


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
    looked = _found(request, token)
    if looked.feed is None or looked.revoked_at is not None:
        return Response(GONE, 410, media_type="text/plain")
    base = (service_of(request).settings.public_url or str(request.base_url)).rstrip("/")
    page = f"{base}/calendars/{token}"
    links = PageLinks(f"{token}.ics", f"{page}.ics", page)
    headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "private, no-store"}
    return Response(render_page(looked.feed, now, links), headers=headers, media_type="text/html; charset=utf-8")
