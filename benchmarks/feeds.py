"""How many feeds a second the service answers while a run is solved: ``python -m benchmarks.feeds``."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from benchmarks.feeds_region import PUBLISHED, SOLVED, fill
from lineside.service.storage.database import Database
from lineside.service.storage.embedded import EmbeddedServer
from lineside.service.storage.models import Run

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
HOST = "127.0.0.1"
CONNECTIONS = 64
START_SECONDS = 120.0
COLUMNS = (
    "case",
    "wanted/s",
    "answers/s",
    "p50 ms",
    "p99 ms",
    "worst ms",
    "client late, p99 ms",
    "web process CPU",
    "web process waits",
    "solve CPU",
    "client CPU",
    "load",
)
HEADER = f"| {' | '.join(COLUMNS)} |\n| --- |{' ---: |' * (len(COLUMNS) - 1)}"


@dataclass
class Service:
    """A running ``lineside serve`` with a run in its worker."""

    process: subprocess.Popen[bytes]
    port: int
    database: Database
    run: uuid.UUID

    def solve_pid(self) -> int | None:
        """Return the process of the solve: a child of the worker, which is a child of the service."""
        found = [child for worker in children(self.process.pid) for child in children(worker)]
        return found[0] if found else None

    def status(self) -> str:
        """Return the run's status."""
        with self.database.session() as session:
            return session.get_one(Run, self.run).status


@contextlib.contextmanager
def serving(data: Path, run: uuid.UUID, is_solving: bool) -> Iterator[Service]:
    """Start the service as its user does, wait until the run is being solved, and stop it at the end."""
    server = EmbeddedServer(data)
    database = Database(server.address)
    port = _free_port()
    command = [sys.executable, "-m", "lineside.service.cli", "serve", "--data", str(data), "--port", str(port)]
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    service = Service(process, port, database, run)
    try:
        _wait_for(lambda: _is_ready(port))
        if is_solving:
            _wait_for(lambda: service.solve_pid() is not None and service.status() == "running")
        yield service
    finally:
        process.terminate()
        process.wait()
        database.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _is_ready(port: int) -> bool:
    with contextlib.suppress(OSError):
        return bool(urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=5).status == 200)
    return False


def _wait_for(what: Any) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not what():
        if time.monotonic() > deadline:
            raise TimeoutError(f"The service is not ready after {START_SECONDS:g} s. Look into its log.")
        time.sleep(0.2)


def children(pid: int) -> list[int]:
    """Return a process's children (Linux)."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text().split()]


def cpu_seconds(pid: int | None) -> float:
    """Return the processor time that a process has used so far (Linux); 0 for none."""
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def waited_seconds(pid: int) -> float:
    """Return how long a process's main thread has stood ready without a processor so far (Linux)."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


def load(service: Service, tokens: list[str], seconds: float, **order: Any) -> dict[str, Any]:
    """Let the client do one piece of work, and return what it tells and what the service used meanwhile."""
    solve = service.solve_pid()
    web = service.process.pid
    before, began = (cpu_seconds(web), waited_seconds(web), cpu_seconds(solve)), time.monotonic()
    whole = {
        "host": HOST,
        "port": service.port,
        "connections": CONNECTIONS,
        "paths": [f"/calendars/{token}.ics" for token in tokens],
        "tags": None,
        "rate": None,
        "most": None,
        "seconds": seconds,
        **order,
    }
    command = [sys.executable, "-m", "benchmarks.feeds_load"]
    done = subprocess.run(command, input=json.dumps(whole), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    lasted = time.monotonic() - began
    after = (cpu_seconds(web), waited_seconds(web), cpu_seconds(solve))
    told["web"], told["waited"], told["solve"] = ((b - a) / lasted for a, b in zip(before, after, strict=True))
    return told


def line(case: str, rate: float | None, told: dict[str, Any]) -> str:
    """Return a result as a line of the table."""
    seconds = told["seconds"]
    latencies = [_milliseconds(seconds, share) for share in (0.5, 0.99, 1.0)] + [
        _milliseconds(told["late_seconds"], 0.99)
    ]
    shares = [
        f"{100 * share:.0f} %" for share in (told["web"], told["waited"], told["solve"], told["cpu"] / told["took"])
    ]
    cells = [case, "all" if rate is None else f"{rate:g}", f"{len(seconds) / told['took']:.0f}"]
    return f"| {' | '.join([*cells, *latencies, *shares, f'{os.getloadavg()[0]:.1f}'])} |"


def _milliseconds(ordered: list[float], share: float) -> str:
    return f"{1000 * ordered[int(share * (len(ordered) - 1))]:.1f}" if ordered else "–"


def main() -> int:
    """Fill a new database, serve it, load it, and append what was measured to the day's results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="length of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured")
    parser.add_argument("--rate", type=float, default=750.0, help="requests a second of the open loop")
    parser.add_argument("--no-solve", action="store_true", help="without a run in the worker, to compare")
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    # Not below a folder that is closed to others: whoever is root runs the server as another user.
    data = Path(tempfile.mkdtemp(prefix="lineside-"))
    try:
        with (arguments.out / f"{dt.datetime.now(dt.UTC):%Y-%m-%d}-feeds.md").open("a", encoding="utf-8") as file:
            return _measured(file, data, arguments)
    finally:
        EmbeddedServer(data).stop()
        shutil.rmtree(data)


def _measured(file: TextIO, data: Path, arguments: argparse.Namespace) -> int:
    began = time.monotonic()
    server = EmbeddedServer(data)
    database = Database(server.address)
    database.migrate()
    tokens, run = fill(database)
    filled = time.monotonic() - began
    if arguments.no_solve:
        with database.session() as session:
            session.get_one(Run, run).stop_requested = True
    database.close()
    _write(file, _head(arguments, len(tokens), filled))
    with serving(data, run, not arguments.no_solve) as service:
        return _rounds(file, service, tokens, arguments)


def _rounds(file: TextIO, service: Service, tokens: list[str], arguments: argparse.Namespace) -> int:
    failed = 0

    def measure(case: str, status: int, **order: Any) -> dict[str, Any]:
        nonlocal failed
        told = load(service, tokens, order.pop("seconds", arguments.seconds), **order)
        _write(file, line(case, order.get("rate"), told))
        if told["statuses"] != {str(status): told["sent"]}:
            failed = 1
            _write(file, f"\nNot every answer was {status}: {told['statuses']} of {told['sent']}.\n")
        return told

    tags = measure("first fetch of each feed", 200, seconds=600.0, most=len(tokens))["tags"]
    for number in range(1, arguments.rounds + 1):
        measure(f"{number}: unchanged, 304", 304, tags=tags)
        measure(f"{number}: unchanged, 304", 304, tags=tags, rate=arguments.rate)
        measure(f"{number}: whole feed, 200", 200)
        measure(f"{number}: whole feed, 200", 200, rate=arguments.rate)
    _write(file, f"\nThe run was {service.status()} at the end.")
    return failed


def _head(arguments: argparse.Namespace, num_feeds: int, filled: float) -> str:
    solving = "no run is solved" if arguments.no_solve else f"a run of {SOLVED} with 2 threads is solved meanwhile"
    now = dt.datetime.now(dt.UTC)
    return (
        f"\n## {now:%H:%M} UTC: {num_feeds} apprentices' feeds of {PUBLISHED}, {solving}\n\n"
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, "
        f"{arguments.seconds:g} s each, {CONNECTIONS} connections; load average before: {os.getloadavg()[0]:.1f}. "
        f"Filling the database took {filled:.0f} s.\n\n{HEADER}"
    )


def _write(file: TextIO, text: str) -> None:
    """Write to the file and the screen at once: an interrupted run keeps what it has."""
    for stream in (file, sys.stdout):
        print(text, file=stream, flush=True)


if __name__ == "__main__":
    sys.exit(main())
