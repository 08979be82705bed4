"""Who uses the service in a long run: calendar programs, planners, and somebody who solves and publishes.

Times are those of a day, shortened by a factor; a client that is late does not make up for it.
"""

from __future__ import annotations

import heapq
import itertools
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from benchmarks.long_run_samples import Latencies
from lineside.service.runs.records import ACTIVE

HOUR = 3600.0
PATIENCE_SECONDS = 120.0
TABLE = "apprentices"
RUN_SECONDS = 5


@dataclass(frozen=True)
class Program:
    """How a calendar program polls.

    Parameters
    ----------
    name, agent
        What it is called, and how it calls itself.
    every_seconds
        Mean time between two polls of an address.
    is_conditional
        Whether it sends the entity tag of what it has.
    share
        Of all addresses.
    """

    name: str
    agent: str
    every_seconds: float
    is_conditional: bool
    share: float


PROGRAMS = (
    Program("Google", "Google-Calendar-Importer", 12 * HOUR, False, 0.5),
    Program("Apple", "macOS/15.0 (24A335) dataaccessd/1.0", HOUR, True, 0.35),
    Program("Outlook", "Microsoft Exchange/15.20", 3 * HOUR, False, 0.15),
)


@dataclass
class Subscription:
    """An address in a calendar program."""

    program: Program
    path: str
    tag: str | None = None


@dataclass
class Trouble:
    """Answers that were none, by what they were."""

    counts: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, what: str) -> None:
        """Count one."""
        with self._lock:
            self.counts[what] = self.counts.get(what, 0) + 1


class Day:
    """A day's users of one service.

    Parameters
    ----------
    address, key
        The service, and a planner's key.
    factor
        How many times faster the day goes.
    latencies
        Where the seconds of every answer are noted.
    seed
        Of who comes when.
    """

    def __init__(self, address: str, key: str, factor: float, latencies: Latencies, seed: int) -> None:
        self._address = address
        self._key = key
        self._factor = factor
        self._latencies = latencies
        self._draw = random.Random(seed)
        self.trouble = Trouble()
        self.ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._http = self._client()
        self.scenario = ""
        self.plans: list[dict[str, Any]] = []
        self.feeds: list[str] = []

    def _client(self) -> httpx2.Client:
        headers = {"Authorization": f"Bearer {self._key}"}
        return httpx2.Client(base_url=self._address, headers=headers, timeout=httpx2.Timeout(PATIENCE_SECONDS))

    def fill(self, example: str, num_addresses: int) -> None:
        """Store an example, publish a plan of it, and make addresses of everybody's calendar."""
        self.scenario = str(self.ask("POST", "/scenarios/examples", json={"example": example})["id"])
        for method in ("first_come", "search"):
            self.plans.append(self.solved(method))
        self.ask("POST", f"/plans/{self.plans[0]['id']}/publish")
        while len(self.feeds) < num_addresses:
            made = self.ask("POST", "/feeds", json={"kind": "apprentice"})
            self.feeds += [str(feed["address"]).partition("/calendars")[2] for feed in made]
        del self.feeds[num_addresses:]

    def ask(self, method: str, path: str, http: httpx2.Client | None = None, **more: Any) -> Any:
        """Ask the service, note how long it took under ``kind``, and return the JSON of its answer."""
        kind, began = more.pop("kind", None), time.monotonic()
        answer = (http or self._http).request(method, f"/api/v1{path}", **more)
        if kind is not None:
            self._latencies.add(kind, time.monotonic() - began)
        answer.raise_for_status()
        return answer.json()

    def solved(self, method: str, http: httpx2.Client | None = None) -> dict[str, Any]:
        """Let a run be solved, and return its plan."""
        order = {"scenario": self.scenario, "seconds": RUN_SECONDS, "workers": 1, "method": method}
        run = self.ask("POST", "/runs", http, json={**order, "seed": self._draw.randrange(1000)}, kind="start a run")
        while (told := self.ask("GET", f"/runs/{run['id']}", http, kind="look at a run"))["status"] in ACTIVE:
            if self.ending.wait(1.0):
                return {}
        plan: dict[str, Any] = self.ask("GET", f"/plans/{told['plan']}", http, kind="read a plan")
        return plan

    def begin(self, num_planners: int, num_fetchers: int) -> None:
        """Let everybody begin."""
        queue = _Polls(self._subscriptions(), self._factor, self._draw)
        works: list[Callable[[httpx2.Client, random.Random], None]] = []
        works += [lambda http, draw: self._poll(queue, http)] * num_fetchers
        works += [self._plan_a_while] * num_planners
        works += [self._solve, self._publish]
        for number, work in enumerate(works):
            given = (work, random.Random(self._draw.random()))
            self._threads.append(threading.Thread(target=self._repeat, args=given, name=f"user {number}", daemon=True))
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """End when the requests under way have ended."""
        self.ending.set()
        for thread in self._threads:
            thread.join()
        self._http.close()

    def _subscriptions(self) -> list[Subscription]:
        bounds = list(itertools.accumulate(program.share for program in PROGRAMS))
        found = []
        for number, path in enumerate(self.feeds):
            place = (number + 0.5) / len(self.feeds)
            program = next(one for one, bound in zip(PROGRAMS, bounds, strict=True) if place <= bound + 1e-9)
            found.append(Subscription(program, path))
        return found

    def _repeat(self, work: Callable[[httpx2.Client, random.Random], None], draw: random.Random) -> None:
        with self._client() as http:
            while not self.ending.is_set():
                try:
                    work(http, draw)
                except httpx2.HTTPStatusError as error:
                    self.trouble.add(f"{error.response.status_code} for {error.request.method}")
                except httpx2.HTTPError as error:
                    self.trouble.add(type(error).__name__)

    def _wait(self, draw: random.Random, day_seconds: float) -> bool:
        """Wait for a time of the day, evenly from 0.5 to 1.5 of it; return whether the day goes on."""
        return not self.ending.wait(draw.uniform(0.5, 1.5) * day_seconds / self._factor)

    def _poll(self, queue: _Polls, http: httpx2.Client) -> None:
        due = queue.next(self.ending)
        if due is None:
            return
        headers = {"User-Agent": due.program.agent, "Accept-Encoding": "gzip"}
        if due.program.is_conditional and due.tag is not None:
            headers["If-None-Match"] = due.tag
        began = time.monotonic()
        answer = http.get(f"/calendars{due.path}", headers=headers)
        self._latencies.add(f"{due.program.name} polls", time.monotonic() - began)
        if answer.status_code not in (200, 304):
            self.trouble.add(f"{answer.status_code} for a calendar")
        due.tag = answer.headers.get("etag")

    def _plan_a_while(self, http: httpx2.Client, draw: random.Random) -> None:
        """Open what a page asks for, now and then save a table; some 200 times a day."""
        if not self._wait(draw, 24 * HOUR / 200):
            return
        if draw.random() < 0.2:
            self._save(http, draw)
            return
        plan = draw.choice(self.plans)["id"]
        pages = {
            "page Home": ("/scenarios", "/runs", "/plans", "/publications"),
            "page Region": (f"/scenarios/{self.scenario}", f"/scenarios/{self.scenario}/tables/{TABLE}"),
            "page Plan": (f"/plans/{plan}", f"/plans/{plan}/costs"),
            "page Impact": (f"/plans/{plan}/impact/summary", f"/plans/{plan}/impact/low-points"),
            "page Calendars": ("/feeds", "/feeds/owners?kind=apprentice"),
        }
        kind = draw.choice(list(pages))
        began = time.monotonic()
        for path in pages[kind]:
            self.ask("GET", path, http)
        self._latencies.add(kind, time.monotonic() - began)

    def _save(self, http: httpx2.Client, draw: random.Random) -> None:
        path = f"/scenarios/{self.scenario}/tables/{TABLE}"
        table = self.ask("GET", path, http)
        name = table["columns"].index("name")
        row = draw.randrange(len(table["rows"]))
        table["rows"][row][name] = f"Person {draw.randrange(10**6)}"
        self.ask("PUT", path, http, json=table, headers={"If-Match": "*"}, kind="save a table")

    def _solve(self, http: httpx2.Client, draw: random.Random) -> None:
        """Solve some 40 times a day, and keep the newest plans for those who publish."""
        if self._wait(draw, 24 * HOUR / 40) and (plan := self.solved(draw.choice(("search", "first_come")), http)):
            self.plans = [*self.plans, plan][-3:]

    def _publish(self, http: httpx2.Client, draw: random.Random) -> None:
        """Publish some 20 times a day: a newer plan, or the same one again."""
        if self._wait(draw, 24 * HOUR / 20):
            plan = draw.choice(self.plans)["id"]
            self.ask("POST", f"/plans/{plan}/publish", http, kind="publish")


class _Polls:
    """Which address is due next; each comes again about a program's interval after it was due."""

    def __init__(self, subscriptions: list[Subscription], factor: float, draw: random.Random) -> None:
        self._lock = threading.Lock()
        self._factor = factor
        self._draw = draw
        self._order = itertools.count()
        now = time.monotonic()
        self._due = [
            (now + draw.random() * one.program.every_seconds / factor, next(self._order), one) for one in subscriptions
        ]
        heapq.heapify(self._due)

    def next(self, ending: threading.Event) -> Subscription | None:
        """Wait for the next address that is due, and return it; None if the day is over."""
        with self._lock:
            due, _, found = heapq.heappop(self._due)
            again = (
                max(due, time.monotonic()) + self._draw.uniform(0.8, 1.2) * found.program.every_seconds / self._factor
            )
            heapq.heappush(self._due, (again, next(self._order), found))
        return None if ending.wait(max(0.0, due - time.monotonic())) else found
