"""Clients of the service under faults, and what it acknowledged to them."""

from __future__ import annotations

import contextlib
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx2
import icalendar

from lineside.service.runs.records import ACTIVE

EXAMPLE = "two_plants"
FIRST_RUN_SECONDS = 600.0
PATIENCE_SECONDS = 8.0
PAUSE_SECONDS = (0.05, 0.5)
RUN_PAUSE_SECONDS = (0.5, 3.0)
"""A run is a process that imports the solver, which is dear; the other requests are not."""
RUNS_AT_ONCE = 2
Events = list[icalendar.Event]


@dataclass
class Acknowledged:
    """What the service said was done."""

    saves: dict[int, str] = field(default_factory=dict)
    plans: dict[uuid.UUID, str] = field(default_factory=dict)
    publications: Counter[uuid.UUID] = field(default_factory=Counter)
    runs: set[uuid.UUID] = field(default_factory=set)
    sequences: dict[str, int] = field(default_factory=dict)
    fetches: int = 0
    losses: list[str] = field(default_factory=list)


def events_of(text: str) -> Events:
    """Return the meetings of a calendar.

    Raises
    ------
    ValueError
        If it is no calendar, or two of its events are one.
    """
    events = icalendar.Calendar.from_ical(text).walk("VEVENT")
    uids = [str(event["UID"]) for event in events]
    if len(set(uids)) < len(uids):
        raise ValueError("Two events have the same UID.")
    for event in events:
        if not event["DTSTART"].dt < event["DTEND"].dt or int(event["SEQUENCE"]) < 0:
            raise ValueError(f"The event {event['UID']} ends before it begins, or has no SEQUENCE.")
    return [event for event in events if "STATUS" in event]


class Clients:
    """Four clients at once: one saves, one publishes, one solves, one fetches calendars.

    Parameters
    ----------
    address, key
        The service, and a planner's key.
    """

    def __init__(self, address: str, key: str) -> None:
        self.done = Acknowledged()
        self._http = httpx2.Client(
            base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=httpx2.Timeout(FIRST_RUN_SECONDS)
        )
        made = self._ask("POST", "/scenarios/examples", json={"example": EXAMPLE})
        self.scenario = str(made["id"])
        self._settings = self._ask("GET", f"/scenarios/{self.scenario}/settings")["settings"]
        self._plans = self._first_plans()
        self._ask("POST", f"/plans/{self._plans[0]['id']}/publish")
        self.done.publications[uuid.UUID(self._plans[0]["id"])] += 1
        made = self._ask("POST", "/feeds", json={"kind": "company"})
        self.feeds = {feed["owner"]: str(feed["address"]).partition("/calendars")[2] for feed in made}
        self._active: set[uuid.UUID] = set()
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._http.timeout = httpx2.Timeout(PATIENCE_SECONDS)  # from now on something may hang

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        answer = self._http.request(method, f"/api/v1{path}", headers={"If-Match": "*"}, **more)
        answer.raise_for_status()
        return answer.json()

    def _first_plans(self) -> list[Any]:
        """Solve twice, with different methods, so that publications alternate."""
        found = []
        for seed, method in ((0, "search"), (1, "first_come")):
            order = {"scenario": self.scenario, "seconds": 2, "workers": 1, "seed": seed, "method": method}
            run = self._ask("POST", "/runs", json=order)["id"]
            deadline = time.monotonic() + FIRST_RUN_SECONDS
            while (told := self._ask("GET", f"/runs/{run}"))["status"] in ACTIVE and time.monotonic() < deadline:
                time.sleep(0.2)
            found.append(self._ask("GET", f"/plans/{told['plan']}"))
            self.done.runs.add(uuid.UUID(run))
        return [plan for plan in found if not plan["violations"]]

    def begin(self, seed: int) -> None:
        """Begin to ask; times between two requests are drawn from a seed."""
        self._ending.clear()
        works: tuple[tuple[Callable[[random.Random], None], tuple[float, float]], ...] = (
            (self._save, PAUSE_SECONDS),
            (self._publish, PAUSE_SECONDS),
            (self._solve, RUN_PAUSE_SECONDS),
            (self._fetch, PAUSE_SECONDS),
        )
        self._threads = [
            threading.Thread(target=self._repeat, args=(*work, random.Random(f"{seed} {number}")), daemon=True)
            for number, work in enumerate(works)
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Close the connections to the service."""
        self._http.close()

    def end(self) -> None:
        """End when the requests under way have ended."""
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, work: Callable[[random.Random], None], pause: Iterable[float], draw: random.Random) -> None:
        while not self._ending.wait(draw.uniform(*pause)):
            # Without an answer nothing was promised; it may have been done all the same.
            with contextlib.suppress(httpx2.HTTPError):
                work(draw)

    def _save(self, draw: random.Random) -> None:
        name = f"save {uuid.uuid4().hex}"
        path = f"/scenarios/{self.scenario}/settings"
        saved = self._ask("PUT", path, json={"settings": {**self._settings, "name": name}}, params={"draft": "true"})
        self.done.saves[int(saved["revision"])] = name

    def _publish(self, draw: random.Random) -> None:
        plan, name = draw.choice(self._plans), f"kept {uuid.uuid4().hex}"
        body = {"scenario": self.scenario, "revision": plan["revision"], "name": name, "plan": plan["plan"]}
        kept = uuid.UUID(self._ask("POST", "/plans", json=body)["id"])
        self.done.plans[kept] = name
        self._ask("POST", f"/plans/{kept}/publish")
        self.done.publications[kept] += 1

    def _solve(self, draw: random.Random) -> None:
        told = {run: self._ask("GET", f"/runs/{run}")["status"] for run in self._active}
        self._active = {run for run, status in told.items() if status in ACTIVE}
        if len(self._active) < RUNS_AT_ONCE:
            method = draw.choice(("search", "first_come"))
            order = {"scenario": self.scenario, "revision": 1, "seconds": 1, "workers": 1, "method": method}
            run = uuid.UUID(self._ask("POST", "/runs", json=order)["id"])
            self.done.runs.add(run)
            self._active.add(run)

    def _fetch(self, draw: random.Random) -> None:
        if self.fetched(draw.choice(list(self.feeds.values()))) is not None:
            self.done.fetches += 1

    def fetched(self, path: str) -> Events | None:
        """Return a calendar's meetings, None if there was no answer; what is wrong with it is noted as a loss."""
        with contextlib.suppress(httpx2.HTTPError):
            answer = self._http.get(f"/calendars{path}")
            if answer.status_code == 200:
                return self._events(answer.text)
            if answer.status_code < 500:
                self.done.losses.append(f"a calendar was answered with {answer.status_code}")
        return None

    def _events(self, text: str) -> Events:
        try:
            events = events_of(text)
        except (ValueError, KeyError) as error:
            self.done.losses.append(f"a calendar is not valid: {error}")
            return []
        for event in events:
            uid, sequence = str(event["UID"]), int(event["SEQUENCE"])
            if sequence < self.done.sequences.get(uid, 0):
                self.done.losses.append(f"SEQUENCE of {uid} went back to {sequence}")
            self.done.sequences[uid] = sequence
        return events
