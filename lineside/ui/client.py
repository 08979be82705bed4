"""The pages' one way to the service: its HTTP interface, and nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx2

Json = Any
"""What a JSON answer holds; the service's description of its interface says what is in it."""

FORWARDED = "X-Forwarded-For"
SECONDS = 120
"""How long a page waits for an answer; reading a large scenario for the first time takes a while."""
IDLE_SECONDS = 2.0
"""How long an unused connection is kept: less than the service keeps it, as a request must not meet its closing."""
SIGN_IN_PREFIX = "lss_"
"""Start of what the service gives for an ID token."""


UNAUTHORIZED = 401
"""Status of an answer to somebody who is not signed in."""


class ServiceError(Exception):
    """The service refused, or did not answer; the text is for people."""


class ServiceAwayError(ServiceError):
    """The service does not answer."""


@dataclass(frozen=True)
class Mistake:
    """One mistake in a table: its place as in a file, where the header is row 1, and a sentence."""

    table: str
    row: int | None
    column: str | None
    value: str | None
    message: str


class RefusedError(ServiceError):
    """The service answered with a problem.

    Parameters
    ----------
    status
        HTTP status, such as 412 where somebody else saved first.
    title, detail
        What happened and what to do.
    mistakes
        Every mistake in the tables, where there are any.
    """

    def __init__(self, status: int, title: str, detail: str, mistakes: tuple[Mistake, ...] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.mistakes = mistakes


@dataclass(frozen=True)
class Answer:
    """A JSON answer with its entity tag, which the next change is made on."""

    body: Json
    tag: str


@dataclass(frozen=True)
class File:
    """A download."""

    name: str
    kind: str
    body: bytes


class Client:
    """Speaks to the service with one person's key.

    Parameters
    ----------
    http
        Connections to the service, shared by all people.
    key
        The person's key.
    address
        The person's network address, so that wrong keys slow down whoever sent them alone.
    """

    PREFIX = "/api/v1"

    def __init__(self, http: httpx2.Client, key: str, address: str | None = None) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {key}"}
        if address:
            self._headers[FORWARDED] = address

    def ask(self, method: str, path: str, *, tag: str | None = None, **more: Any) -> Answer:
        """Send a request and return its JSON answer.

        Parameters
        ----------
        method, path
            Such as ``GET`` and ``/scenarios``.
        tag
            Entity tag of what was read and is changed now.
        **more
            ``params``, ``json`` or ``files``.

        Raises
        ------
        RefusedError
            If the service answers with a problem.
        ServiceAwayError
            If it does not answer.
        """
        answer = self._answer(method, path, tag, more)
        return Answer(answer.json() if answer.content else None, answer.headers.get("ETag", ""))

    def get(self, path: str, **params: Any) -> Json:
        """Return the JSON body at a path; parameters that are None are left out."""
        return self.ask("GET", path, params=_given(params)).body

    def post(self, path: str, body: Json = None, **params: Any) -> Json:
        """Send a JSON body and return the answer's."""
        return self.ask("POST", path, json=body, params=_given(params)).body

    def file(self, path: str, **params: Any) -> File:
        """Return a download.

        Raises
        ------
        RefusedError, ServiceAwayError
            As for :meth:`ask`.
        """
        return _file(self._answer("GET", path, None, {"params": _given(params)}))

    def made_file(self, path: str, body: Json) -> File:
        """Send a JSON body and return the file that is made of it.

        Raises
        ------
        RefusedError, ServiceAwayError
            As for :meth:`ask`.
        """
        return _file(self._answer("POST", path, None, {"json": body}))

    def events(self, run: str, after: int = 0) -> Iterator[Json]:
        """Follow a run: yield what it tells until it is over.

        Raises
        ------
        RefusedError, ServiceAwayError
            As for :meth:`ask`.
        """
        headers = {**self._headers, "Last-Event-ID": str(after)}
        try:
            with self._http.stream("GET", f"{self.PREFIX}/runs/{run}/events", headers=headers, timeout=60) as answer:
                if answer.status_code != 200:
                    answer.read()
                    raise _refused(answer)
                yield from _progress(answer.iter_lines())
        except httpx2.TransportError as error:
            raise _away() from error

    def _answer(self, method: str, path: str, tag: str | None, more: dict[str, Any]) -> httpx2.Response:
        headers = {**self._headers, **({"If-Match": tag} if tag else {})}
        try:
            answer = self._http.request(method, f"{self.PREFIX}{path}", headers=headers, **more)
        except httpx2.TransportError as error:
            raise _away() from error
        if answer.status_code >= 400:
            raise _refused(answer)
        return answer


@lru_cache(1)
def http() -> httpx2.Client:
    """Return the connections to the service, shared by all people."""
    limits = httpx2.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=IDLE_SECONDS)
    address = os.environ.get("LINESIDE_API", "http://127.0.0.1:8000")
    return httpx2.Client(base_url=address, timeout=SECONDS, limits=limits)


def _file(answer: httpx2.Response) -> File:
    told = answer.headers.get("Content-Disposition", "")
    name = told.partition("filename=")[2].strip('"') or "download"
    return File(name, answer.headers.get("Content-Type", "application/octet-stream"), answer.content)


def _given(params: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value is not None}


def _away() -> ServiceAwayError:
    return ServiceAwayError("Lineside's service does not answer. Wait a moment and try again; nothing is lost.")


def _refused(answer: httpx2.Response) -> RefusedError:
    try:
        told = answer.json()
        mistakes = tuple(Mistake(**mistake) for mistake in told.get("mistakes", ()))
        return RefusedError(answer.status_code, told["title"], told["detail"], mistakes)
    except (ValueError, KeyError, TypeError):
        detail = f"The service answered with status {answer.status_code} without a reason. Try again."
        return RefusedError(answer.status_code, "Unexpected answer", detail)


def _progress(lines: Iterator[str]) -> Iterator[Json]:
    for line in lines:
        if line == "event: end":
            return
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))
