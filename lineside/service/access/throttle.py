"""Failed keys and addresses are slowed down: a client gets some tries a minute, then has to wait."""

from __future__ import annotations

import threading
import time

MINUTE_SECONDS = 60.0
MAX_CLIENTS = 100_000
"""Clients that are remembered; beyond that the ones that failed longest ago are forgotten."""


class Throttle:
    """Counts failed tries of each client in a leaking bucket.

    Parameters
    ----------
    per_minute
        Tries that may fail in a minute.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._levels: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait_seconds(self, client: str) -> float:
        """Return how long a client has to wait before its next try; 0 if it may try now."""
        with self._lock:
            over = self._level(client) + 1 - self._per_minute
        return max(0.0, over * MINUTE_SECONDS / self._per_minute)

    def failed(self, client: str) -> None:
        """Count a failed try."""
        with self._lock:
            level = self._level(client) + 1
            self._levels.pop(client, None)
            self._levels[client] = (level, time.monotonic())
            if len(self._levels) > MAX_CLIENTS:
                self._levels.pop(next(iter(self._levels)))

    def _level(self, client: str) -> float:
        level, since = self._levels.get(client, (0.0, 0.0))
        return max(0.0, level - (time.monotonic() - since) * self._per_minute / MINUTE_SECONDS)
