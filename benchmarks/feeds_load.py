"""The client that loads the feeds, in a process of its own: ``python -m benchmarks.feeds_load``.

Its input is a JSON object: where to go, how, and for how long. Its output is another: what came back and how fast.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

DRAIN_SECONDS = 30.0
"""How long answers may still come after the last request."""


@dataclass
class Load:
    """What is sent, and what came back.

    Parameters
    ----------
    requests
        Whole requests; they are sent in turn, and from the start again.
    statuses
        How many answers had each status.
    seconds
        Of each answer, the time since the request was due.
    late_seconds
        Of each request of an open loop, how late the client itself came to it.
    tags
        Entity tag by index of the request, of the last answer.
    """

    requests: list[bytes]
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    late_seconds: list[float] = field(default_factory=list)
    tags: dict[int, str] = field(default_factory=dict)
    num_sent: int = 0


class Connection(asyncio.Protocol):
    """A connection that is kept alive, with one request at a time on its way."""

    def __init__(self, load: Load, when_free: Callable[[Connection], None]) -> None:
        self._load = load
        self._when_free = when_free
        self._got = b""
        self._due = 0.0
        self._request_idx = 0
        self._transport: Any = None
        self._closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that nothing can be sent any more."""
        self._transport = None
        self._closed.set()

    def send(self, due: float) -> None:
        """Send the next request, which was due at an instant of ``time.perf_counter()``."""
        if self._transport is None:
            raise ConnectionError("The service closed a connection. Look into its log.")
        self._due, self._got = due, b""
        self._request_idx = self._load.num_sent % len(self._load.requests)
        self._load.num_sent += 1
        self._transport.write(self._load.requests[self._request_idx])

    async def close(self) -> None:
        """Close the connection, and wait until it is closed."""
        if self._transport is not None:
            self._transport.close()
            await self._closed.wait()

    def data_received(self, data: bytes) -> None:
        """Take a piece of an answer; a whole one is counted."""
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        if not end or len(body) < _content_length(head):
            return
        load = self._load
        load.seconds.append(time.perf_counter() - self._due)
        load.statuses[int(head[9:12])] += 1
        tag = head.find(b"etag: ")
        if tag >= 0:
            load.tags[self._request_idx] = head[tag + 6 :].split(b"\r", 1)[0].decode()
        self._when_free(self)


def _content_length(head: bytes) -> int:
    start = head.find(b"content-length: ")
    return 0 if start < 0 else int(head[start + 16 :].split(b"\r", 1)[0])


async def closed(load: Load, host: str, port: int, num_connections: int, seconds: float, most: int | None) -> float:
    """Let every connection send its next request as soon as it has an answer; return the seconds that it took."""
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    end = time.perf_counter() + seconds
    num_open = num_connections

    def again(connection: Connection) -> None:
        nonlocal num_open
        now = time.perf_counter()
        if now < end and (most is None or load.num_sent < most):
            connection.send(now)
            return
        num_open -= 1
        if not num_open:
            done.set()

    made = [await loop.create_connection(lambda: Connection(load, again), host, port) for _ in range(num_connections)]
    began = time.perf_counter()
    end = began + seconds
    for _, connection in made:
        connection.send(time.perf_counter())
    await asyncio.wait_for(done.wait(), seconds + DRAIN_SECONDS)
    took = time.perf_counter() - began
    for _, connection in made:
        await connection.close()
    return took


async def opened(load: Load, host: str, port: int, num_connections: int, seconds: float, rate: float) -> float:
    """Send at a fixed rate, whatever comes back; a request that finds no connection free waits, and its time runs."""
    loop, waiting = asyncio.get_running_loop(), deque[float]()
    free: deque[Connection] = deque()

    def next_one(connection: Connection) -> None:
        if waiting:
            connection.send(waiting.popleft())
        else:
            free.append(connection)

    for _ in range(num_connections):
        free.append((await loop.create_connection(lambda: Connection(load, next_one), host, port))[1])
    made = list(free)
    began = time.perf_counter()
    num_due, num_wanted = 0, int(rate * seconds)
    while num_due < num_wanted:
        while num_due < num_wanted and began + num_due / rate <= time.perf_counter():
            due = began + num_due / rate
            num_due += 1
            load.late_seconds.append(time.perf_counter() - due)
            if free:
                free.popleft().send(due)
            else:
                waiting.append(due)
        await asyncio.sleep(max(0.0, began + num_due / rate - time.perf_counter()))
    took = time.perf_counter() - began
    deadline = time.perf_counter() + DRAIN_SECONDS
    while len(load.seconds) < num_wanted and time.perf_counter() < deadline:
        await asyncio.sleep(0.01)
    for connection in made:
        await connection.close()
    return took


def request_text(host: str, path: str, tag: str | None) -> bytes:
    """Return a request as calendar programs send it."""
    condition = "" if tag is None else f"If-None-Match: {tag}\r\n"
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: lineside-benchmark\r\nAccept: text/calendar\r\n"
        f"Accept-Encoding: gzip, deflate\r\n{condition}\r\n"
    ).encode()


def main() -> None:
    """Do what the standard input says."""
    import uvloop  # not on Windows; the tests of the rest run there

    order: dict[str, Any] = json.load(sys.stdin)
    tags = order["tags"] or [None] * len(order["paths"])
    load = Load([request_text(order["host"], path, tag) for path, tag in zip(order["paths"], tags, strict=True)])
    where = (load, order["host"], order["port"], order["connections"], order["seconds"])
    cpu = time.process_time()
    if order["rate"] is None:
        took = uvloop.run(closed(*where, order["most"]))
    else:
        took = uvloop.run(opened(*where, order["rate"]))
    told = {"took": took, "cpu": time.process_time() - cpu, "sent": load.num_sent, "statuses": load.statuses}
    found = {"seconds": sorted(load.seconds), "late_seconds": sorted(load.late_seconds)}
    print(json.dumps({**told, **found, "tags": [load.tags.get(i) for i in range(len(tags))]}))


if __name__ == "__main__":
    main()
