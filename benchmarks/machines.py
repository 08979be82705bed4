"""Two web processes and four workers on one PostgreSQL: ``python -m benchmarks.machines`` (Linux)."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import signal
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import select, text

from benchmarks.machines_clients import ASK_SECONDS, Asked, Client
from benchmarks.machines_world import (
    WEB,
    WEB_PORT,
    Beside,
    Machine,
    Namespace,
    before_newest_migration,
    has_namespaces,
    postgres,
    python,
    solved_by,
    tree_of,
    wait_for,
)
from lineside.service.access.keys import new_region_key
from lineside.service.runs.records import ACTIVE
from lineside.service.storage.database import Database, revision_of
from lineside.service.storage.models import Run, RunEvent, StoredPlan

NUM_WEBS, NUM_WORKERS = 2, 4
PARTS = ("throughput", "cut-off")
"""What may be left out; the rolling restart comes first in any case, since it brings the newest code."""
STALLED_SECONDS = 30
"""Silence after which a run is taken over: twice the default, as searches and other work share two processors here."""
QUIET = {"LINESIDE_STALLED_SECONDS": str(STALLED_SECONDS)}


class World:
    """A service on several machines.

    Parameters
    ----------
    machines
        Those of the web processes first, then those of the workers.
    port
        Of the database.
    tree
        The code that they run, if not told otherwise.
    """

    def __init__(self, machines: list[Machine], port: int, tree: Path) -> None:
        self._tree = tree
        self.webs, self.workers = machines[:NUM_WEBS], machines[NUM_WEBS:]
        self._port = port
        self.database = Database(f"postgresql://lineside@127.0.0.1:{port}/lineside", pool_size=10)
        self.key = ""

    def start_web(self, machine: Machine, tree: Path | None = None) -> None:
        """Start a web process and wait until it answers."""
        machine.start(python("-c", WEB), tree or self._tree, self._environment(machine))
        wait_for(lambda: _answers(machine))

    def start_worker(self, machine: Machine, tree: Path | None = None) -> None:
        """Start a worker."""
        machine.start(python("-m", "lineside.service.cli", "worker"), tree or self._tree, self._environment(machine))

    def _environment(self, machine: Machine) -> dict[str, str]:
        address = f"{machine.database(self._port)}?keepalives_idle=10&tcp_user_timeout=30000"
        return {"LINESIDE_DATABASE": address, "LINESIDE_HOST": machine.host, "LINESIDE_PORT": str(WEB_PORT), **QUIET}

    @contextlib.contextmanager
    def client(self) -> Iterator[Client]:
        """Give a planner's client."""
        with contextlib.ExitStack() as stack:
            headers = {"Authorization": f"Bearer {self.key}", "If-Match": "*"}
            clients = [
                httpx2.Client(base_url=f"http://{web.host}:{WEB_PORT}", headers=headers, timeout=httpx2.Timeout(60))
                for web in self.webs
            ]
            for one in clients:
                stack.enter_context(one)
            yield Client(clients)

    def statuses(self) -> list[str]:
        """Return the states of all runs."""
        with self.database.session() as session:
            return list(session.scalars(select(Run.status)))

    def is_idle(self) -> bool:
        """Return whether no run waits or runs."""
        return not any(status in ACTIVE for status in self.statuses())


def _answers(machine: Machine) -> bool:
    with contextlib.suppress(httpx2.TransportError):
        return httpx2.get(f"http://{machine.host}:{WEB_PORT}/readyz", timeout=5).status_code == 200
    return False


@contextlib.contextmanager
def world(tree: Path) -> Iterator[World]:
    """Give machines with a database, and nothing started yet."""
    kind: type[Machine] = Namespace if has_namespaces() else Beside
    print(f"Machines: {'network namespaces' if kind is Namespace else 'processes side by side'}.", flush=True)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lineside-machines-")))
        machines: list[Machine] = []
        for number in range(1, NUM_WEBS + NUM_WORKERS + 1):
            machines.append(kind(number, folder))
            stack.callback(machines[-1].close)
        near = [f"10.77.{machine.number}.1" for machine in machines] if kind is Namespace else []
        made = World(machines, stack.enter_context(postgres(near)), tree)
        stack.callback(made.database.close)
        for machine in machines:
            stack.callback(machine.end)  # before the database goes
        yield made


def sweep_body(scenario: str, name: str, points: int, seconds: float) -> dict[str, Any]:
    """Return a sweep whose points differ in a price."""
    edits = [
        {"name": f"price {n}", "settings": [{"key": "prices.dollar", "after": f"0.0{n:02d}"}]}
        for n in range(1, points + 1)
    ]
    axis = {"name": "dollar", "choices": edits}
    return {"name": name, "scenarios": [scenario], "axes": [axis], "seconds": seconds, "workers": 1}


def measure_throughput(made: World, client: Client, scenario: str, given: argparse.Namespace) -> None:
    """Solve the same queue by one worker, then by all of them."""
    for count in (1, NUM_WORKERS):
        for worker in made.workers:
            worker.end()
        for worker in made.workers[:count]:
            made.start_worker(worker)
        wait_for(partial(has_workers, made, count))
        before = solved_by(made.workers)
        sweep = client.ask("POST", "/sweeps", json=sweep_body(scenario, f"by {count}", given.points, given.seconds))
        began = time.monotonic()
        wait_for(made.is_idle, 3600)
        seconds = time.monotonic() - began
        with made.database.session() as session:
            spans = session.execute(
                text(
                    "SELECT extract(epoch FROM sum(r.finished_at - r.started_at)), count(*) FILTER (WHERE r.status = "
                    "'finished') FROM sweep_points p JOIN runs r ON r.id = p.run_id WHERE p.sweep_id = :sweep"
                ),
                {"sweep": sweep["id"]},
            ).one()
        work = sum(worker.solving_seconds() for worker in made.workers[:count])
        shares = [solved_by(made.workers)[w.number] - before[w.number] for w in made.workers[:count]]
        print(
            f"{count} workers: {given.points} points of {given.seconds:g} s in {seconds:.1f} s, "
            f"{given.points / seconds * 60:.1f} a minute; {spans[1]} finished, by worker {shares}; "
            f"{float(spans[0]) / seconds:.2f} at once on average, {float(spans[0]) / given.points:.1f} s each; "
            f"{work:.1f} s of processor time for the solves, {work / seconds:.2f} processors; "
            f"load {os.getloadavg()[0]:.1f}",
            flush=True,
        )


def made_workers(made: World) -> int:
    """Return how many workers the queue has heard of in the last seconds."""
    with made.database.session() as session:
        query = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '15 seconds'"
        return int(session.scalars(text(query)).one())


def has_workers(made: World, count: int) -> bool:
    """Return whether the queue knows so many workers."""
    return made_workers(made) == count


def cut_off(made: World, client: Client, scenarios: tuple[str, str], given: argparse.Namespace) -> None:
    """Cut the worker of a run off in mid-run, and look who ends it.

    Parameters
    ----------
    scenarios
        A small one and a large one.
    """
    scenario, large = scenarios
    run = uuid.UUID(client.ask("POST", "/runs", json={"scenario": large, "seconds": given.long, "workers": 1})["id"])

    def holder() -> Machine | None:
        begun = [w for w in made.workers if any(e["run"] == str(run) for e in w.told("attempt begins"))]
        return begun[0] if begun else None

    def state(wanted: Any) -> bool:
        with made.database.session() as session:
            return bool(wanted(session.get_one(Run, run)))

    wait_for(lambda: holder() is not None and state(lambda row: row.incumbent is not None))
    first = holder()
    assert first is not None
    first.cut()
    taken = wait_for(lambda: state(lambda row: row.attempt >= 2 or row.status not in ACTIVE))
    ended = taken + wait_for(lambda: state(lambda row: row.status not in ACTIVE), 3600)
    first.mend()
    back = wait_for(lambda: first.has_let_go(str(run)) and made_workers(made) == NUM_WORKERS)
    others = [w.number for w in made.workers if any(e["run"] == str(run) for e in w.told("run finished"))]
    with made.database.session() as session:
        row = session.get_one(Run, run)
        ends = session.scalars(select(RunEvent.status).where(RunEvent.run_id == run)).all()
        plans = len(session.scalars(select(StoredPlan.id).where(StoredPlan.run_id == run)).all())
        outcomes = sum(status not in ACTIVE for status in ends)
        print(
            f"Worker {first.number} cut off: taken over after {taken:.1f} s as attempt {row.attempt}, {row.status} "
            f"({row.outcome}) after {ended:.1f} s by worker {others}; {outcomes} outcome, {plans} plan; after the line "
            f"was back, the first worker had let go of the run and was known to the queue within {back:.1f} s; "
            f"load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    before = solved_by(made.workers)[first.number]
    sweep = sweep_body(scenario, f"after {run}", 2 * NUM_WORKERS, 2)
    client.ask("POST", "/sweeps", json=sweep)
    again = wait_for(lambda: solved_by(made.workers)[first.number] > before, 600)
    print(f"The worker that was cut off ended another run {again:.1f} s later.", flush=True)
    wait_for(made.is_idle, 3600)


def rolling_restart(made: World, client: Client, scenario: str) -> None:
    """Replace an older Lineside by this one, process by process, while clients ask."""
    settings = client.ask("GET", f"/scenarios/{scenario}/settings")["settings"]
    ending = threading.Event()

    def save(one: Client) -> None:
        name = f"save {uuid.uuid4().hex}"
        one.ask("PUT", f"/scenarios/{scenario}/settings", json={"settings": {**settings, "name": name}})

    def look(one: Client) -> None:
        one.ask("GET", "/scenarios")
        one.ask("GET", "/runs")

    def solve(one: Client) -> None:
        told = one.ask("POST", "/runs", json={"scenario": scenario, "seconds": 2, "workers": 1})
        if told is not None:
            one.asked.runs.add(uuid.UUID(told["id"]))
            ending.wait(4)

    def repeat(work: Any, one: Client) -> None:
        while not ending.wait(ASK_SECONDS):
            work(one)

    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(made.client()) for _ in range(3)]
        threads = [
            threading.Thread(target=repeat, args=pair) for pair in zip((save, look, solve), clients, strict=True)
        ]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        try:
            time.sleep(3)
            for machine in made.webs:
                machine.end()
                made.start_web(machine)
                with made.database.engine.connect() as connection:
                    print(f"Web {machine.number} is new; tables {revision_of(connection)}.", flush=True)
            for machine in made.workers:
                machine.end()
                made.start_worker(machine)
                wait_for(partial(has_workers, made, NUM_WORKERS))
            seconds = time.monotonic() - began
            time.sleep(3)
        finally:
            ending.set()
            for thread in threads:
                thread.join()
        wait_for(made.is_idle, 3600)
        tell_restart(made, [one.asked for one in clients], seconds)


def tell_restart(made: World, asked: list[Asked], seconds: float) -> None:
    """Tell what clients met, and whether each run has one outcome."""
    runs = set[uuid.UUID]().union(*(one.runs for one in asked))
    with made.database.session() as session:
        query = (
            "SELECT r.id, r.status, (SELECT count(*) FROM run_events e WHERE e.run_id = r.id AND e.status IN "
            "('finished', 'stopped', 'failed')), (SELECT count(*) FROM plans p WHERE p.run_id = r.id) FROM runs r"
        )
        found = {row[0]: tuple(row[1:]) for row in session.execute(text(query))}
    odd = [run for run in runs if found.get(run) != ("finished", 1, 1)]
    failures = [failure for one in asked for failure in one.failures]
    statuses: dict[int, int] = {}
    for one in asked:
        for status, count in one.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    print(
        f"Rolling restart of {NUM_WEBS} web processes and {NUM_WORKERS} workers in {seconds:.1f} s: "
        f"answers {statuses}, "
        f"{sum(one.retried for one in asked)} requests retried after a failed connection, slowest request "
        f"{max(one.slowest_seconds for one in asked):.1f} s, {len(failures)} other failures; {len(runs)} runs "
        f"acknowledged, {len(odd)} without one outcome and one plan; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    for failure in failures:
        print(f"  {failure}")


def main() -> None:
    """Measure all three, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=16, help="solves in the queue")
    parser.add_argument("--seconds", type=float, default=3.0, help="time of each, by one thread")
    parser.add_argument("--long", type=float, default=20.0, help="time of the run whose worker is cut off")
    parser.add_argument("--old", default="", help="revision that the rolling restart begins with")
    parser.add_argument("--even", action="store_true", help="let searches not step back behind other processes")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS, help="the parts to measure")
    given = parser.parse_args()
    old = given.old or before_newest_migration()
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} processors.", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # through every with, which takes the networks away
    with contextlib.ExitStack() as stack:
        new = stack.enter_context(tree_of("HEAD", is_even=given.even))
        tree = stack.enter_context(tree_of(old, is_even=given.even))
        made = stack.enter_context(world(new))
        for web in made.webs:
            made.start_web(web, tree)
        made.key = new_region_key(made.database, "state", None, "benchmark")
        for worker in made.workers:
            made.start_worker(worker, tree)
        with made.client() as client:
            scenario = client.ask("POST", "/scenarios/examples", json={"example": "two_plants"})["id"]
            large = client.ask("POST", "/scenarios/examples", json={"example": "milwaukee"})["id"]
            rolling_restart(made, client, scenario)
            if "throughput" in given.only:
                measure_throughput(made, client, scenario, given)
            if "cut-off" in given.only:
                cut_off(made, client, (scenario, large), given)
            if client.asked.failures:
                raise SystemExit("\n".join(client.asked.failures))


if __name__ == "__main__":
    main()
