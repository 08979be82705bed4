"""Clients of several web processes, which go to the next one when a connection fails, and what they count."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx2

from benchmarks.machines_world import PATIENCE_SECONDS

ASK_SECONDS = 0.1
"""Between two requests, and before one is sent again."""


@dataclass
class Asked:
    """What came of the requests of clients that go to the other web process when one does not answer.

    Parameters
    ----------
    statuses
        Answers by status.
    retried
        Requests that were sent again because a connection failed.
    failures
        What was no success: a status of 400 or more, or no answer from any web process in the time.
    slowest_seconds
        Of a request with all its repeats.
    runs
        Runs that were acknowledged.
    """

    statuses: dict[int, int] = field(default_factory=dict)
    retried: int = 0
    failures: list[str] = field(default_factory=list)
    slowest_seconds: float = 0.0
    runs: set[uuid.UUID] = field(default_factory=set)


class Client:
    """Asks one of several web processes, and the next one when a connection fails.

    Parameters
    ----------
    clients
        One for each web process.
    patience
        Seconds after which a request counts as failed.
    """

    def __init__(self, clients: list[httpx2.Client], patience: float = PATIENCE_SECONDS) -> None:
        self._clients = clients
        self._patience = patience
        self._turn = 0
        self.asked = Asked()

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Ask until somebody answers; return the answer's body, or None for a failure."""
        began, turn = time.monotonic(), self._turn
        self._turn += 1
        while time.monotonic() - began < self._patience:
            client = self._clients[turn % len(self._clients)]
            try:
                answer = client.request(method, f"/api/v1{path}", **more)
            except httpx2.TransportError:
                turn += 1
                self.asked.retried += 1
                time.sleep(ASK_SECONDS)
                continue
            self.asked.slowest_seconds = max(self.asked.slowest_seconds, time.monotonic() - began)
            self.asked.statuses[answer.status_code] = self.asked.statuses.get(answer.status_code, 0) + 1
            if answer.status_code >= 400:
                self.asked.failures.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
                return None
            return answer.json()
        self.asked.failures.append(f"{method} {path}: no answer within {self._patience:g} seconds")
        return None
