"""A day of a region's life in an hour, and whether the service's needs grow: ``python -m benchmarks.long_run``."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2

from benchmarks.long_run_browser import Browsing
from benchmarks.long_run_clients import PROGRAMS, Day
from benchmarks.long_run_report import report
from benchmarks.long_run_samples import Latencies, processes_of, sample
from lineside.service.storage.database import Database
from lineside.service.storage.embedded import EmbeddedServer
from tests.service.serving import free_port

RESULTS = Path(__file__).parent / "results"
MINUTES_OF_A_DAY = 24 * 60
START_SECONDS = 300.0
MINUTE = 60.0


@dataclass(frozen=True)
class Serving:
    """A running ``lineside serve``.

    Parameters
    ----------
    web
        Its process.
    address, pages
        Of the service and of the pages.
    key
        A planner's.
    """

    web: int
    address: str
    pages: str
    key: str


@contextlib.contextmanager
def serving(data: Path) -> Iterator[Serving]:
    """Start the service with worker and pages as its user does, and stop it at the end."""
    port, pages_port = free_port(), free_port()
    command = [sys.executable, "-m", "lineside.service.cli", "serve", "--data", str(data), "--port", str(port)]
    environment = {**os.environ, "LINESIDE_PAGES_PORT": str(pages_port), "LINESIDE_LOG_LEVEL": "WARNING"}
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout is not None
    address, pages = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{pages_port}"
    try:
        key = process.stdout.readline().rpartition(" ")[2].strip()
        for ready in (f"{address}/readyz", f"{pages}/_stcore/health"):
            _wait_for(ready)
        yield Serving(process.pid, address, pages, key)
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    with httpx2.Client(timeout=5) as http:
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx2.TransportError):
                if http.get(address).status_code == 200:
                    return
            time.sleep(0.5)
    raise TimeoutError(f"Nothing answered at {address} within {START_SECONDS:g} s. Look into the service's log.")


def _watch(
    service: Serving, data: Path, database: Database, minutes: int, latencies: Latencies
) -> list[dict[str, float]]:
    """Sample the service at the end of each minute, and return the samples."""
    began, samples = time.monotonic(), []
    for minute in range(1, minutes + 1):
        time.sleep(max(0.0, began + minute * MINUTE - time.monotonic()))
        postmaster = int((data / "postgresql" / "postmaster.pid").read_text().split()[0])
        figures = sample(processes_of(service.web, postmaster), database, f"{service.address}/metrics")
        latencies.end_minute()
        samples.append({**figures, "load": os.getloadavg()[0]})
        answers = sum(map(len, latencies.by_minute[-1].values()))
        told = ", ".join(f"{name} {value:.0f}" for name, value in samples[-1].items())
        print(f"{minute}: {answers} answers, {told}", flush=True)
    return samples


def _address(data: Path) -> str:
    """Return the address of the embedded server that the service runs, without keeping it running."""
    server = EmbeddedServer(data)
    server.stop()
    return server.address


def live(given: argparse.Namespace, data: Path) -> str:
    """Live a day, and return the report."""
    latencies, began = Latencies(), dt.datetime.now(dt.UTC)
    with serving(data) as service:
        database = Database(_address(data))
        day = Day(service.address, service.key, MINUTES_OF_A_DAY / given.minutes, latencies, given.seed)
        day.fill(given.example, given.addresses)
        browsing = Browsing(service.pages, service.key, MINUTES_OF_A_DAY / given.minutes, latencies, day.trouble)
        print(f"{len(day.feeds)} addresses; the day begins", flush=True)
        latencies.end_minute()
        latencies.by_minute.clear()
        day.begin(given.planners, given.fetchers)
        browser = threading.Thread(target=browsing.run, args=(day.ending,), daemon=True)
        if not given.no_browser:
            browser.start()
        samples = _watch(service, data, database, given.minutes, latencies)
        day.end()
        if not given.no_browser:
            browser.join()
        database.close()
    machine = (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    )
    shares = ", ".join(f"{program.share:.0%} {program.name}" for program in PROGRAMS)
    about = (
        f"{machine}. A day in {given.minutes} minutes, example `{given.example}`, {given.addresses} addresses "
        f"({shares}), "
        f"{given.planners} planners{'' if given.no_browser else ' and one in a browser'}, seed {given.seed}."
    )
    return report(f"{began:%H:%M} UTC", about, samples, latencies, day.trouble.counts)


def main() -> None:
    """Live a day and append its figures to the day's results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.long_run", description=__doc__)
    parser.add_argument("--minutes", type=int, default=60, help="how long the day takes; at least 6")
    parser.add_argument("--example", default="fox_valley", help="bundled scenario that the region has")
    parser.add_argument("--addresses", type=int, default=2000, help="calendars' addresses in calendar programs")
    parser.add_argument("--planners", type=int, default=5)
    parser.add_argument("--fetchers", type=int, default=8, help="polls of calendar programs at the same time")
    parser.add_argument("--no-browser", action="store_true", help="without a planner in a real browser (Chromium)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    # Not below a folder that is closed to others: whoever is root runs the server as another user.
    data = Path(tempfile.mkdtemp(prefix="lineside-"))
    try:
        told = live(given, data)
    finally:
        shutil.rmtree(data)
    now = dt.datetime.now(dt.UTC)
    path = given.out / f"{now:%Y-%m-%d}-long-run.md"
    title = "" if path.exists() else f"# A day of a region's life, {now:%Y-%m-%d}\n"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{title}\n{told}")
    print(f"Written: {path.name}")


if __name__ == "__main__":
    main()
