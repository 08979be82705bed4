"""Around every request: its size, the headers of its answer, one line in the log, the figures for Prometheus."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lineside.service.api.errors import problem_response

log = structlog.get_logger("lineside.web")

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""Sent with every answer that does not say something else itself."""


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods that are counted by name: a client may make up others, and each would take memory for good."""


def dressed(given: Iterable[tuple[bytes, bytes]], request: str) -> list[tuple[bytes, bytes]]:
    """Return an answer's headers with those that every answer has, and the request's id."""
    headers = list(given)
    names = {name.lower() for name, _ in headers}
    headers.extend(pair for pair in HEADERS if pair[0] not in names)
    headers.append((b"x-request-id", request.encode()))
    return headers


class SizeLimit:
    """Refuses bodies that are larger than a limit, also those that do not say how large they are."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on as long as it is small enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = dict(scope["headers"]).get(b"content-length", b"0")
        if not told.isdigit() or int(told) > self._max_bytes:
            await self._refuse(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max_bytes:
                raise HTTPException(413, "The request is too large")
            return message

        await self._app(scope, counted, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = f"{self._max_bytes / 2**20:g} MB"
        detail = f"The request is larger than {limit}. Send less, or let the operator raise the limit."
        await problem_response(413, "Too large", detail, headers={"Connection": "close"})(scope, receive, send)


class Figures:
    """What is counted of requests."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("lineside_requests", "Answers given", labels, registry=self.registry)
        self.seconds = Histogram(
            "lineside_request_seconds", "Time to the answer's end", ("route",), registry=self.registry
        )


class Watch:
    """Adds the headers, counts the answer and logs it by its route: addresses may be secrets."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and watch its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, request = time.perf_counter(), 500, uuid.uuid4().hex

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = dressed(message.get("headers", ()), request)
            await send(message)

        with structlog.contextvars.bound_contextvars(request=request):
            try:
                await self._app(scope, receive, watched)
            finally:
                seconds = time.perf_counter() - began
                route = getattr(scope.get("route"), "name", "none")
                method = scope["method"] if scope["method"] in METHODS else "other"
                self._figures.requests.labels(method, route, str(status)).inc()
                self._figures.seconds.labels(route).observe(seconds)
                log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
