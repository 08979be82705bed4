"""Whether the time of an answer tells a near guess from a wrong one: ``python -m benchmarks.guessing``.

Two regions are stored, each with a plan in force, feeds and keys. A stranger, a planner of the other region and the
manager of another company ask for what exists and for what does not; both are refused with the same words. The
requests of both kinds are interleaved in random order and reach the application without a network between, which
would only hide differences.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import os
import platform
import random
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from benchmarks.cases import FOLDERS, ROOT
from lineside.models.plan import plan_json
from lineside.models.reading import read_scenario
from lineside.service.access.keys import new_region_key
from lineside.service.access.secrets import KEY_PREFIX, new_secret
from lineside.service.api.app import create_app
from lineside.service.logs import configure_logs
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database
from lineside.service.storage.embedded import EmbeddedServer
from lineside.solver import first_come_plan

RESULTS = ROOT / "benchmarks" / "results"
EXAMPLE = "two_plants"
COMPANY, FOREIGN_PERSON = "ASPEN", "B1"
"""The manager's company, and an apprentice of the other one."""
NUM_IDS = 20
"""So many of each kind, so that no single row's place in the database decides."""
RESAMPLES = 1000
TELLING_P = 0.001
"""Below this the difference is taken for real: with eight cases, one in a hundred runs would say so by chance."""
HEADER = (
    "| guess | answer | exists, median ms | does not, median ms | difference, µs | 95 % interval, µs | p |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
)

Times = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """Two kinds of requests that must not be told apart.

    Parameters
    ----------
    name
        What is guessed.
    status
        What both are answered with.
    ask
        Sends a request for an id or secret.
    real, made_up
        Ids or secrets that exist, or are nearly right, and such that do not.
    """

    name: str
    status: int
    ask: Callable[[str], Any]
    real: list[str]
    made_up: list[str]


def rank_test(one: Times, other: Times) -> float:
    """Return the two-sided p of the Mann-Whitney test: the chance of such a difference if both come from one source.

    >>> rank_test(np.arange(5.0), np.arange(5.0))
    1.0
    >>> rank_test(np.arange(50.0), np.arange(50.0) + 100) < 1e-9
    True
    """
    together = np.concatenate([one, other])
    _, inverse, counts = np.unique(together, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[inverse]
    n, m = len(one), len(other)
    u = ranks[:n].sum() - n * (n + 1) / 2
    ties = float((counts**3 - counts).sum()) / ((n + m) * (n + m - 1))
    spread = math.sqrt(n * m / 12 * (n + m + 1 - ties))
    distance = max(0.0, abs(float(u) - n * m / 2) - 0.5)
    return math.erfc(distance / spread / math.sqrt(2)) if spread else 1.0


def difference(one: Times, other: Times, seed: int = 0) -> tuple[float, float, float]:
    """Return the difference of two medians and its 95 % interval, found by drawing again.

    >>> difference(np.full(9, 3.0), np.full(9, 1.0))
    (2.0, 2.0, 2.0)
    """
    rng = np.random.default_rng(seed)
    drawn = [np.median(rng.choice(part, (RESAMPLES, len(part))), axis=1) for part in (one, other)]
    low, high = np.quantile(drawn[0] - drawn[1], (0.025, 0.975))
    return float(np.median(one) - np.median(other)), float(low), float(high)


def measured(case: Case, requests: int, seed: int) -> tuple[Times, Times]:
    """Return seconds of each answer to what exists and to what does not.

    Raises
    ------
    RuntimeError
        If an answer is another one than it must be.
    """
    rng = random.Random(seed)
    seconds: tuple[list[float], list[float]] = ([], [])
    kinds = [0, 1] * requests
    rng.shuffle(kinds)
    for kind in kinds:
        wanted = rng.choice((case.real, case.made_up)[kind])
        began = time.perf_counter()
        answer = case.ask(wanted)
        seconds[kind].append(time.perf_counter() - began)
        if answer.status_code != case.status:
            raise RuntimeError(f"{case.name}: {answer.status_code} {answer.text}. It should be {case.status}.")
    return np.array(seconds[0]), np.array(seconds[1])


def row(case: Case, real: Times, made_up: Times) -> str:
    """Return a line of the table of results."""
    found, low, high = (1e6 * value for value in difference(real, made_up))
    medians = f"{1000 * np.median(real):.3f} | {1000 * np.median(made_up):.3f}"
    p = rank_test(real, made_up)
    return f"| {case.name} | {case.status} | {medians} | {found:+.1f} | {low:+.1f} to {high:+.1f} | {p:.3f} |"


class Place:
    """An application with two regions, and who asks it."""

    def __init__(self, database: Database, client: TestClient) -> None:
        self._client = client
        self._foreign = _bearer(new_region_key(database, "there", None, "planner"))
        self._planner = _bearer(new_region_key(database, "here", None, "planner"))
        self._manager = _bearer(new_region_key(database, "here", COMPANY, "manager"))
        self._scenario = self._made("/scenarios/examples", example=EXAMPLE)["id"]
        self._text = json.loads(plan_json(first_come_plan(read_scenario(FOLDERS[EXAMPLE]).scenario)))
        self._plan = self._planned("in force")
        self._done(f"/plans/{self._plan}/publish")

    def cases(self) -> list[Case]:
        """Return all pairs of kinds."""
        feeds = self._made("/feeds", kind="apprentice")
        tokens = [feed["page"].rpartition("/")[2] for feed in feeds]
        keys = [self._made("/keys", role="planner", label="x") for _ in range(NUM_IDS)]
        plans = [self._planned(f"plan {number}") for number in range(NUM_IDS)]
        ids = [str(uuid.uuid4()) for _ in range(NUM_IDS)]
        runs = [self._made("/runs", scenario=self._scenario)["id"] for _ in range(NUM_IDS)]
        old = [self._made("/keys", role="planner", label="x") for _ in range(NUM_IDS)]
        for key in old:
            self._client.delete(f"/api/v1/keys/{key['id']}", headers=self._planner).raise_for_status()
        secrets = [new_secret(KEY_PREFIX) for _ in range(NUM_IDS)]
        near = [_nearly(token) for token in tokens]
        return [
            Case("feed address, last letter wrong", 404, self._feed, near, [new_secret() for _ in near]),
            Case("key that was revoked", 401, self._key, [key["key"] for key in old], secrets),
            Case("key, last letter wrong", 401, self._key, [_nearly(key["key"]) for key in keys], secrets),
            Case("plan of another region", 404, self._foreign_asks("GET", "/plans/{}"), plans, ids),
            Case("run of another region", 404, self._foreign_asks("GET", "/runs/{}"), runs, ids),
            Case(
                "feed of another region",
                404,
                self._foreign_asks("POST", "/feeds/{}/rotate"),
                [feed["id"] for feed in feeds],
                ids,
            ),
            Case(
                "key of another region",
                404,
                self._foreign_asks("POST", "/keys/{}/rotate"),
                [key["id"] for key in keys],
                ids,
            ),
            Case("apprentice of another company", 404, self._term, [FOREIGN_PERSON], ["X1"]),
        ]

    def _feed(self, token: str) -> Any:
        return self._client.get(f"/calendars/{token}.ics")

    def _key(self, secret: str) -> Any:
        return self._client.get("/api/v1/me", headers=_bearer(secret))

    def _term(self, person: str) -> Any:
        path = f"/api/v1/plans/{self._plan}/term"
        return self._client.get(path, params={"apprentice": person}, headers=self._manager)

    def _foreign_asks(self, method: str, path: str) -> Callable[[str], Any]:
        return lambda one: self._client.request(method, f"/api/v1{path.format(one)}", headers=self._foreign)

    def _planned(self, name: str) -> str:
        return str(self._made("/plans", scenario=self._scenario, name=name, plan=self._text)["id"])

    def _made(self, path: str, **body: Any) -> Any:
        return self._done(path, json=body).json()

    def _done(self, path: str, **more: Any) -> Any:
        answer = self._client.post(f"/api/v1{path}", headers=self._planner, **more)
        answer.raise_for_status()
        return answer


def _bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def _nearly(secret: str) -> str:
    return secret[:-1] + ("B" if secret[-1] != "B" else "C")


@contextmanager
def served() -> Iterator[Place]:
    """Give an application on a new database, which ends with it."""
    # Not below a folder that is closed to others: whoever is root runs the server as another user.
    data = Path(tempfile.mkdtemp(prefix="lineside-"))
    database = Database(EmbeddedServer(data).address)
    try:
        database.migrate()
        with TestClient(create_app(database, ServiceSettings(failed_keys_per_minute=10**9))) as client:
            yield Place(database, client)
    finally:
        database.close()
        EmbeddedServer(data).stop()
        shutil.rmtree(data)


def main() -> int:
    """Measure every case, and append the table to the day's results; 1 if a difference is real."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.guessing", description=__doc__)
    parser.add_argument("--requests", type=int, default=2000, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    configure_logs("ERROR")
    moment, told = dt.datetime.now(dt.UTC), 0
    head = (
        f"## {moment:%H:%M} UTC: {given.requests:,} requests of each kind, seed {given.seed}\n\n"
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}; "
        f"load average before: {os.getloadavg()[0]:.1f}.\n\n{HEADER}"
    )
    file = given.out / f"{moment:%Y-%m-%d}-guessing.md"
    title = "" if file.exists() else "# What guesses tell by their time\n"
    with file.open("a", encoding="utf-8") as results, served() as place:
        for text in (title, head):
            print(text, file=results, flush=True)
        print(head, flush=True)
        for case in place.cases():
            real, made_up = measured(case, given.requests, given.seed)
            told += rank_test(real, made_up) < TELLING_P
            for stream in (results, sys.stdout):
                print(row(case, real, made_up), file=stream, flush=True)
        print(file=results)
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
