"""The feeds' benchmark: its client counts what comes back and times it from when it was due; its plan is as told."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from benchmarks.cases import REGIONS
from benchmarks.feeds import line
from benchmarks.feeds_load import Load, closed, opened, request_text
from benchmarks.feeds_region import ten_meetings_each
from lineside.models.reading import read_scenario

SLOW_SECONDS = 0.05


async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer 304 to whoever sends a tag, else a body in two pieces; the path ``/slow`` takes its time."""
    while not reader.at_eof():
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            break
        if b"/slow" in head:
            await asyncio.sleep(SLOW_SECONDS)
        if b"If-None-Match" in head:
            writer.write(b'HTTP/1.1 304 Not Modified\r\netag: "b"\r\n\r\n')
        else:
            writer.write(b'HTTP/1.1 200 OK\r\netag: "a"\r\ncontent-length: 4\r\n\r\nab')
            await asyncio.sleep(0.001)
            writer.write(b"cd")
    writer.close()
    await writer.wait_closed()


def loaded(requests: list[bytes], connections: int, seconds: float, *, most: int | None, rate: float | None) -> Load:
    load = Load(requests)

    async def run() -> None:
        server = await asyncio.start_server(served, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        if rate is None:
            await closed(load, "127.0.0.1", port, connections, seconds, most)
        else:
            await opened(load, "127.0.0.1", port, connections, seconds, rate)
        server.close()
        await server.wait_closed()

    asyncio.run(run())
    return load


def test_closed_loop_sends_each_request_once_and_keeps_the_tags() -> None:
    requests = [request_text("h", f"/{i}", '"x"' if i % 2 else None) for i in range(6)]
    load = loaded(requests, 2, 60, most=6, rate=None)
    assert load.statuses == Counter({200: 3, 304: 3})
    assert load.tags == {i: '"b"' if i % 2 else '"a"' for i in range(6)}
    assert load.num_sent == len(load.seconds) == 6


def test_open_loop_counts_the_wait_for_a_free_connection() -> None:
    load = loaded([request_text("h", "/slow", '"x"')], 1, 0.1, most=None, rate=50)
    assert load.statuses == Counter({304: 5})
    # Due every 20 ms and served one after the other in 50 ms: the fifth is ready at 250 ms and was due at 80.
    assert len(load.late_seconds) == 5 and load.late_seconds[0] >= 0
    assert max(load.seconds) >= 5 * SLOW_SECONDS - 0.08 - 0.001


def test_line_of_a_result() -> None:
    told = {
        "seconds": [0.001] * 99 + [0.2],
        "late_seconds": [0.002] * 100,
        "took": 2.0,
        "cpu": 0.5,
        "web": 0.4,
        "waited": 0.1,
        "solve": 1.5,
    }
    text = line("1: unchanged, 304", 50.0, told)
    assert text.startswith("| 1: unchanged, 304 | 50 | 50 | 1.0 | 1.0 | 200.0 | 2.0 | 40 % | 10 % | 150 % | 25 % | ")


@pytest.mark.parametrize("name", ["s-plain-1", "m-plain-11"])
def test_everybody_has_ten_meetings(name: str) -> None:
    scenario = read_scenario(REGIONS / name).scenario
    assert scenario is not None
    plan = ten_meetings_each(scenario)
    meetings = {cohort.cohort: len(cohort.meetings) for cohort in plan.cohorts}
    assert {seat.apprentice: meetings[seat.cohort] for seat in plan.seats} == {
        person.apprentice: 10 for person in scenario.apprentices
    }
