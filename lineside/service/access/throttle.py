"""Failed keys and addresses are slowed down: a client gets some tries a minute, then has to wait.

A client is an IPv4 address, or the 64 bits of an IPv6 address that name a network: whoever has such a network has all
of its addresses, and would otherwise have as many tries.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from functools import lru_cache

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
            over = self._level(_counted_as(client)) + 1 - self._per_minute
        return max(0.0, over * MINUTE_SECONDS / self._per_minute)

    def failed(self, client: str) -> None:
        """Count a failed try."""
        client = _counted_as(client)
        with self._lock:
            level = self._level(client) + 1
            self._levels.pop(client, None)
            self._levels[client] = (level, time.monotonic())
            if len(self._levels) > MAX_CLIENTS:
                self._levels.pop(next(iter(self._levels)))

    def _level(self, client: str) -> float:
        level, since = self._levels.get(client, (0.0, 0.0))
        return max(0.0, level - (time.monotonic() - since) * self._per_minute / MINUTE_SECONDS)


@lru_cache(4096)
def _counted_as(client: str) -> str:
    """Return whom a client is counted as.

    >>> _counted_as("2001:db8:1:2:3:4:5:6"), _counted_as("::ffff:10.0.0.7"), _counted_as("unknown")
    ('2001:db8:1:2::', '10.0.0.7', 'unknown')
    """
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client[:64]
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False).network_address)
