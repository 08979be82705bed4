"""Clients of the service under faults, what it acknowledged to them, and the audit of the store against that."""

from __future__ import annotations

import contextlib
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
import icalendar
from sqlalchemy import select, text

from lineside.service.runs.records import ACTIVE
from lineside.service.storage.database import Database
from lineside.service.storage.models import Publication, Revision, Run, StoredPlan, StoredScenario

SETTLE_SECONDS = 120.0
PATIENCE_SECONDS = 8.0


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


class Clients:
    """Four clients at once: one saves, one publishes, one solves, one fetches a calendar.

    Parameters
    ----------
    address, key
        The service, and a planner's key.
    """

    def __init__(self, address: str, key: str) -> None:
        self.done = Acknowledged()
        self._http = httpx2.Client(
            base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=httpx2.Timeout(60)
        )
        made = self._ask("POST", "/scenarios/examples", json={"example": "two_plants"})
        self.scenario = str(made["id"])
        self._settings = self._ask("GET", f"/scenarios/{self.scenario}/settings")["settings"]
        self._plans = self._first_plans()
        self._ask("POST", f"/plans/{self._plans[0]['id']}/publish")
        self.done.publications[uuid.UUID(self._plans[0]["id"])] += 1
        self._feed = self._ask("POST", "/feeds", json={"kind": "company"})[0]["address"].partition("/calendars")[2]
        self._run: uuid.UUID | None = None
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._http.timeout = httpx2.Timeout(PATIENCE_SECONDS)  # from now on something may hang

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        answer = self._http.request(method, f"/api/v1{path}", headers={"If-Match": "*"}, **more)
        answer.raise_for_status()
        return answer.json()

    def _first_plans(self) -> list[Any]:
        """Solve twice, with different prices, so that publications alternate."""
        found = []
        for seed, method in ((0, "search"), (1, "first_come")):
            order = {"scenario": self.scenario, "seconds": 2, "workers": 1, "seed": seed, "method": method}
            run = self._ask("POST", "/runs", json=order)["id"]
            deadline = time.monotonic() + SETTLE_SECONDS
            while (told := self._ask("GET", f"/runs/{run}"))["status"] in ACTIVE and time.monotonic() < deadline:
                time.sleep(0.2)
            if told.get("plan"):
                found.append(self._ask("GET", f"/plans/{told['plan']}"))
            self.done.runs.add(uuid.UUID(run))
        return [plan for plan in found if not plan["violations"]]

    def begin(self, seed: int) -> None:
        """Begin to ask; times between two requests are drawn from a seed."""
        self._ending.clear()
        works: tuple[Callable[[], None], ...] = (self._save, self._publish, self._solve, self._fetch)
        self._threads = [
            threading.Thread(target=self._repeat, args=(work, random.Random(f"{seed} {work.__name__}")), daemon=True)
            for work in works
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

    def _repeat(self, work: Callable[[], None], draw: random.Random) -> None:
        while not self._ending.wait(draw.uniform(0.02, 0.3)):
            # Without an answer nothing was promised; it may have been done all the same.
            with contextlib.suppress(httpx2.HTTPError):
                work()

    def _save(self) -> None:
        name = f"save {uuid.uuid4().hex}"
        path = f"/scenarios/{self.scenario}/settings"
        saved = self._ask("PUT", path, json={"settings": {**self._settings, "name": name}}, params={"draft": "true"})
        self.done.saves[int(saved["revision"])] = name

    def _publish(self) -> None:
        plan, name = random.choice(self._plans), f"kept {uuid.uuid4().hex}"
        body = {"scenario": self.scenario, "revision": plan["revision"], "name": name, "plan": plan["plan"]}
        kept = uuid.UUID(self._ask("POST", "/plans", json=body)["id"])
        self.done.plans[kept] = name
        self._ask("POST", f"/plans/{kept}/publish")
        self.done.publications[kept] += 1

    def _solve(self) -> None:
        if self._run is None or self._ask("GET", f"/runs/{self._run}")["status"] not in ACTIVE:
            order = {"scenario": self.scenario, "revision": 1, "seconds": 1, "workers": 1}
            self._run = uuid.UUID(self._ask("POST", "/runs", json=order)["id"])
            self.done.runs.add(self._run)
        self._ending.wait(0.5)

    def _fetch(self) -> None:
        answer = self._http.get(f"/calendars{self._feed}")
        if answer.status_code != 200:
            return
        self.done.fetches += 1
        events = icalendar.Calendar.from_ical(answer.text).walk("VEVENT")
        for event in events:
            uid, sequence = str(event["UID"]), int(event["SEQUENCE"])
            if sequence < self.done.sequences.get(uid, 0):
                self.done.losses.append(f"SEQUENCE of {uid} went back to {sequence}")
            self.done.sequences[uid] = sequence


def audit(database: Database, clients: Clients) -> list[str]:
    """Return what was acknowledged and is not in the store, or is there twice, in sentences; empty if all is well."""
    done = clients.done
    losses, done.losses = done.losses, []
    _wait_for_runs(database, done)
    with database.session() as session:
        scenario = session.get_one(StoredScenario, uuid.UUID(clients.scenario))
        rows = select(Revision.number, Revision.settings["name"].astext).where(Revision.scenario_id == scenario.id)
        names = {row[0]: row[1] for row in session.execute(rows)}
        losses += [f"save {number} is lost" for number, name in done.saves.items() if names.get(number) != name]
        if sorted(names) != list(range(1, scenario.head + 1)):
            losses.append("revisions are not numbered 1 to the newest")
        kept = {row[0]: row[1] for row in session.execute(select(StoredPlan.id, StoredPlan.name))}
        losses += [f"plan {plan} is lost" for plan, name in done.plans.items() if kept.get(plan) != name]
        published = list(session.execute(select(Publication.number, Publication.plan_id).order_by(Publication.number)))
        if [row[0] for row in published] != list(range(1, len(published) + 1)):
            losses.append("publications are not numbered without gaps")
        counts = Counter(row[1] for row in published)
        losses += [f"publication of {plan} is lost" for plan, n in done.publications.items() if counts[plan] < n]
        losses += _run_losses(session, done)
    return losses


def _wait_for_runs(database: Database, done: Acknowledged) -> None:
    """Wait until all runs are over, as long as one of them tells of progress now and then."""
    deadline, before = time.monotonic() + SETTLE_SECONDS, -1
    while time.monotonic() < deadline:
        with database.session() as session:
            events = session.scalars(text("SELECT count(*) FROM run_events")).one()
            active = session.scalars(select(Run.id).where(Run.status.in_(ACTIVE))).all()
        if not active:
            return
        if events != before:
            deadline, before = time.monotonic() + SETTLE_SECONDS, events
        time.sleep(0.3)


def _run_losses(session: Any, done: Acknowledged) -> list[str]:
    losses = []
    status = {row[0]: row[1] for row in session.execute(select(Run.id, Run.status))}
    ends = text(
        "SELECT r.id, r.status, (SELECT count(*) FROM run_events e WHERE e.run_id = r.id AND e.status IN "
        "('finished', 'stopped', 'failed')), (SELECT count(*) FROM plans p WHERE p.run_id = r.id), "
        "r.alive_at > now() - interval '30 seconds' FROM runs r"
    )
    for run, state, outcomes, plans, is_alive in session.execute(ends):
        # On a machine with other work a solve may take long; as long as it beats or waits its turn it is not lost.
        is_due = state not in ACTIVE
        wanted_plans = (1,) if state == "finished" else (0, 1) if is_due else (0,)
        is_silent = state == "running" and not is_alive
        if outcomes != int(is_due) or plans not in wanted_plans or is_silent:
            losses.append(f"run {run} is {state} with {outcomes} outcomes and {plans} plans")
    losses += [f"run {run} is lost" for run in done.runs if run not in status]
    return losses
