"""The quick way of a calendar's address: what is kept is answered before anything else looks at the request."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from lineside.service.access.secrets import digest_of
from lineside.service.access.throttle import Throttle
from lineside.service.api.feed_answers import Answer, reply
from lineside.service.api.kept_answers import KeptAnswers
from lineside.service.api.middleware import Figures, dressed
from lineside.service.storage.database import Database
from lineside.service.storage.feed_fetches import FETCH_NOTED_SECONDS, Fetches
from lineside.service.storage.feed_news import News
from lineside.service.storage.feeds import tell_in_process
from lineside.service.storage.repeated import Repeated

log = structlog.get_logger("lineside.web")

START, END = "/calendars/", ".ics"
ROUTE = "read_feed"
LOG_SECONDS = 10.0


class QuickFeeds:
    """What the quick way needs beside the requests: kept answers, the news that keep them true, notes of fetches.

    Until :meth:`start` is called nothing is kept, and every request reads the database.

    Parameters
    ----------
    database
        The database of the feeds.
    """

    def __init__(self, database: Database) -> None:
        self.answers = KeptAnswers()
        self.fetches = Fetches(database)
        self.tally = Tally()
        self._news = News(database, self.answers)
        tell_in_process(database, self.answers.changed)

    def start(self) -> None:
        """Begin to keep answers; returns at once."""
        self.fetches.start()
        self.tally.start()
        self._news.start()

    def stop(self) -> None:
        """Write what was noted, and end."""
        self._news.stop()
        self.fetches.stop()
        self.tally.stop()


class Tally:
    """Counts quick answers for the log, which gets one line for all of them now and then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, int]] = Counter()
        self._worst = 0.0
        self._telling = Repeated("calendars' log", LOG_SECONDS, self.tell)

    def start(self) -> None:
        """Begin to tell."""
        self._telling.start()

    def stop(self) -> None:
        """Tell the rest, and end."""
        self._telling.stop()

    def count(self, method: str, status: int, seconds: float) -> None:
        """Count an answer."""
        with self._lock:
            self._counts[method, status] += 1
            self._worst = max(self._worst, seconds)

    def tell(self) -> None:
        """Write a line for each method and status."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            worst, self._worst = self._worst, 0.0
        for (method, status), count in sorted(counts.items()):
            worst_ms = round(worst * 1000, 1)
            log.info("requests", method=method, route=ROUTE, status=status, count=count, worst_ms=worst_ms)


class FeedDoor:
    """Answers feeds that are kept; everything else goes on to the routes, which say the same more slowly."""

    def __init__(self, app: ASGIApp, quick: QuickFeeds, throttle: Throttle, figures: Figures) -> None:
        self._app = app
        self._answers = quick.answers
        self._fetches = quick.fetches
        self._tally = quick.tally
        self._throttle = throttle
        self._requests = figures.requests
        self._seconds = figures.seconds.labels(ROUTE)
        self._noted: dict[bytes, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        began = time.perf_counter()
        digest = self._digest(scope)
        answer = None if digest is None else self._answers.find(digest)
        if digest is None or answer is None:
            await self._app(scope, receive, send)
            return
        await self._answer(scope, send, answer, began)
        self._note(digest)

    def _digest(self, scope: Scope) -> bytes | None:
        """Return the digest of the address that a request may be answered for at once."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return None
        path: str = scope["path"]
        if not (path.startswith(START) and path.endswith(END)):
            return None
        if any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"]):
            return None  # a body, whose size is looked at elsewhere
        client = scope["client"][0] if scope.get("client") else "unknown"
        if self._throttle.wait_seconds(client) > 0:
            return None
        return digest_of(path[len(START) : -len(END)])

    async def _answer(self, scope: Scope, send: Send, answer: Answer, began: float) -> None:
        method = scope["method"]
        status, headers, body = reply(answer, method, dict(scope["headers"]))
        headers = dressed(headers, uuid.uuid4().hex)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        seconds = time.perf_counter() - began
        self._requests.labels(method, ROUTE, str(status)).inc()
        self._seconds.observe(seconds)
        self._tally.count(method, status, seconds)

    def _note(self, digest: bytes) -> None:
        """Note the fetch, if that was not done in the last minute."""
        now = time.monotonic()
        if now - self._noted.get(digest, -FETCH_NOTED_SECONDS) >= FETCH_NOTED_SECONDS:
            if len(self._noted) > 2 * len(self._answers):
                self._noted.clear()  # addresses that are kept no longer; the database knows the rest
            self._noted[digest] = now
            self._fetches.note(digest)
