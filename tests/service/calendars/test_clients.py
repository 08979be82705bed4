"""Programs that people use fetch a feed over HTTP and show what changed."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lineside.service.calendars import CONTENT_TYPE, publish, render
from tests.build import open_cohort, plan_of
from tests.service.calendars.parts import JUNE, LATER, feed, first, region

VDIRSYNCER = """[general]
status_path = "{folder}/status"
[pair classes]
a = "feed"
b = "local"
collections = null
conflict_resolution = "a wins"
[storage feed]
type = "http"
url = "{address}"
[storage local]
type = "filesystem"
path = "{folder}/events"
fileext = ".ics"
"""
KHAL = """[calendars]
[[classes]]
path = {folder}/events
readonly = True
[sqlite]
path = {folder}/khal.db
[locale]
local_timezone = America/Chicago
default_timezone = America/Chicago
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""


class FeedServer(ThreadingHTTPServer):
    """Answers every request with the body that it holds."""

    body = b""


class Answer(BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self) -> None:
        assert isinstance(self.server, FeedServer)
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[FeedServer]:
    with FeedServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Client:
    """vdirsyncer and khal with a folder of their own."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder
        (folder / "vdirsyncer").write_text(VDIRSYNCER.format(folder=folder, address=address), encoding="utf-8")
        (folder / "khal").write_text(KHAL.format(folder=folder), encoding="utf-8")
        (folder / "events").mkdir()
        self._run("vdirsyncer", "-c", "vdirsyncer", "discover", "classes")

    def sync(self) -> None:
        """Fetch the feed."""
        self._run("vdirsyncer", "-c", "vdirsyncer", "sync")

    def listed(self, first: str = "2026-06-01") -> list[str]:
        """Return what the calendar shows for three months."""
        form = "{start} {end-time} {title} [{status}] {location}"
        words = ("--once", "--day-format", "", "--format", form, first, "90d")
        shown = self._run("khal", "-c", "khal", "list", *words)
        return [" ".join(line.split()).replace(" ]", "]") for line in shown.splitlines() if line.strip()]

    def _run(self, program: str, *words: str) -> str:
        command = [str(Path(sys.executable).with_name(program)), *words]
        done = subprocess.run(
            command, cwd=self._folder, capture_output=True, text=True, input="y\n" * 9, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def test_a_client_shows_moved_new_and_cancelled_meetings_once(tmp_path: Path) -> None:
    scenario = region(modules={name: {"name": name.title(), "hours": 4} for name in ("math", "weld", "read")})
    math, weld = open_cohort(scenario), open_cohort(scenario, "Wed 23:00 120", name="K2", module="weld")
    before = first(scenario, plan_of(scenario, (math, "a1"), (weld, "a1")))
    later = open_cohort(scenario, "Tue 16:00 120")
    read = open_cohort(scenario, "Thu 15:00 120", name="K3", module="read")
    after = publish(scenario, plan_of(scenario, (later, "a1"), (read, "a1")), before, LATER)
    place = "Room hall, A site, 53202"
    with serving() as server:
        client = Client(tmp_path, f"http://127.0.0.1:{server.server_address[1]}/secret.ics")
        server.body = render(feed(before), JUNE).body
        client.sync()
        assert client.listed() == [
            f"2026-06-01 15:00 17:00 Math [CONFIRMED] {place}",
            f"2026-06-03 23:00 01:00 Weld [CONFIRMED] {place}",
            f"2026-06-08 15:00 17:00 Math [CONFIRMED] {place}",
            f"2026-06-10 23:00 01:00 Weld [CONFIRMED] {place}",
        ]
        server.body = render(feed(after), LATER).body
        client.sync()
        assert client.listed() == [
            f"2026-06-02 16:00 18:00 Math [CONFIRMED] {place}",
            f"2026-06-03 23:00 01:00 [Cancelled] Weld [CANCELLED] {place}",
            f"2026-06-04 15:00 17:00 Read [CONFIRMED] {place}",
            f"2026-06-09 16:00 18:00 Math [CONFIRMED] {place}",
            f"2026-06-10 23:00 01:00 [Cancelled] Weld [CANCELLED] {place}",
            f"2026-06-11 15:00 17:00 Read [CONFIRMED] {place}",
        ]
        server.body = render(feed(after), LATER + (LATER - JUNE) * 5).body
        client.sync()
        assert [line for line in client.listed() if "Weld" in line] == []
