"""Who is signed in: a cookie holds a random number, this process remembers the key that goes with it."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from lineside.ui.client import SIGN_IN_PREFIX, Client, ServiceError, http
from lineside.ui.oidc import WANTED, issuer

COOKIE = "lineside_session"
SESSION_SECONDS = 12 * 3600
"""A shift and its overtime: nobody signs in twice on a working day."""
TICKET_SECONDS = 60


@dataclass(frozen=True)
class Session:
    """A key, and the time on the monotonic clock at which it is forgotten."""

    key: str
    ends_at: float


class Sessions:
    """Keys by ticket and by cookie. Both are random; a ticket is good once, to get the cookie."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tickets: dict[str, Session] = {}
        self._sessions: dict[str, Session] = {}

    def ticket(self, key: str) -> str:
        """Return a ticket for a key that was found good."""
        return self._kept(self._tickets, key, TICKET_SECONDS)

    def redeemed(self, ticket: str) -> str | None:
        """Return a new cookie's value for a ticket; None if it was used or is too old."""
        with self._lock:
            found = self._tickets.pop(ticket, None)
        if found is None or found.ends_at < time.monotonic():
            return None
        return self._kept(self._sessions, found.key, SESSION_SECONDS)

    def key(self, cookie: str | None) -> str | None:
        """Return the key of whoever sends a cookie; None if nobody is signed in with it."""
        with self._lock:
            found = self._sessions.get(cookie or "")
        return None if found is None or found.ends_at < time.monotonic() else found.key

    def end(self, cookie: str | None) -> str | None:
        """Forget a cookie, and return the key that went with it."""
        with self._lock:
            found = self._sessions.pop(cookie or "", None)
        return None if found is None else found.key

    def _kept(self, kept: dict[str, Session], key: str, seconds: float) -> str:
        name, now = secrets.token_urlsafe(32), time.monotonic()
        with self._lock:
            for old in [other for other, session in kept.items() if session.ends_at < now]:
                del kept[old]
            kept[name] = Session(key, now + seconds)
        return name


SESSIONS = Sessions()
"""One process serves the pages, so this is all of them; after a restart people sign in again."""


def _inside(target: str) -> str:
    """Return where to go on, on this server only: an address from outside must not lead people elsewhere."""
    parts = urlsplit(target)
    path = "/" + parts.path.replace("\\", "/").lstrip("/")
    return f"{path}?{parts.query}" if parts.query else path


async def _keep(request: Request) -> Response:
    cookie = SESSIONS.redeemed(request.query_params.get("ticket", ""))
    response = RedirectResponse(_inside(request.query_params.get("to", "/")), status_code=303)
    response.delete_cookie(WANTED)
    if cookie is not None:
        secure = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
        response.set_cookie(COOKIE, cookie, max_age=SESSION_SECONDS, httponly=True, samesite="lax", secure=secure)
    return response


async def _end(request: Request) -> Response:
    key = SESSIONS.end(request.cookies.get(COOKIE))
    if key is not None and key.startswith(SIGN_IN_PREFIX):
        # Where the service is away, what it gave ends by itself: nobody has it any more.
        with contextlib.suppress(ServiceError):
            await run_in_threadpool(Client(http(), key).ask, "DELETE", "/sign-in")
    # Streamlit's own address forgets who came from the issuer, and tells the issuer too.
    response = RedirectResponse("/" if issuer() is None else "/auth/logout", status_code=303)
    response.delete_cookie(COOKIE)
    return response


ROUTES = [Route("/session/keep", _keep), Route("/session/end", _end)]
"""What a browser visits to get its cookie, and to give it back."""
