"""The service and the pages as real processes, for the tests in a browser."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

import lineside.scenarios
from tests.service.runs.processes import wait_for
from tests.service.serving import free_port

BUNDLED = Path(lineside.scenarios.__file__).parent / "bundled"
PATIENCE_SECONDS = 120
"""A guard against hanging on a machine that has much else to do; nothing is measured by it."""
RUN_SECONDS = 10


@dataclass(frozen=True)
class Place:
    """A running service with its pages, and a region in it whose plan is published.

    Parameters
    ----------
    api, pages
        Addresses of the service and of the pages.
    planner, manager
        Keys; the manager is that of ``company``.
    scenario, plan
        Ids of the bundled scenario of two plants and of its plan in force.
    """

    api: str
    pages: str
    planner: str
    manager: str
    company: str
    scenario: str
    plan: str

    def ask(self, method: str, path: str, key: str | None = None, **more: Any) -> Any:
        """Ask the service beside the pages, and return the JSON body of the answer."""
        return asked(self.api, self.planner if key is None else key, method, path, **more)

    def new_scenario(self, name: str, bundled: str = "two_plants") -> str:
        """Upload a bundled scenario under another name, so that a test may change it, and return its id."""
        made = upload(self.api, self.planner, BUNDLED / bundled)
        self.ask("PATCH", f"/scenarios/{made}", json={"name": name}, headers={"If-Match": "*"})
        return made


def asked(api: str, key: str, method: str, path: str, **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {key}", **more.pop("headers", {})}
    answer = httpx2.request(method, f"{api}/api/v1{path}", headers=headers, timeout=PATIENCE_SECONDS, **more)
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


def zipped(folder: Path) -> bytes:
    """Return a scenario's folder as a zip file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    return packed.getvalue()


def upload(api: str, key: str, folder: Path) -> str:
    files = {"file": (f"{folder.name}.zip", zipped(folder))}
    return str(asked(api, key, "POST", "/scenarios/upload", files=files)["id"])


def solve_and_publish(api: str, key: str, scenario: str) -> str:
    """Solve a scenario, put the plan in force and return its id."""
    order = {"scenario": scenario, "seconds": RUN_SECONDS, "workers": 1}
    run = asked(api, key, "POST", "/runs", json=order)["id"]
    wait_for(lambda: asked(api, key, "GET", f"/runs/{run}")["status"] == "finished", PATIENCE_SECONDS)
    plan = str(asked(api, key, "GET", f"/runs/{run}")["plan"])
    asked(api, key, "POST", f"/plans/{plan}/publish")
    return plan


@contextlib.contextmanager
def process(*command: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a module of Python; it is asked to end at the end, and then made to."""
    started = subprocess.Popen(
        [sys.executable, "-m", *command],
        env={**os.environ, "LINESIDE_LOG_LEVEL": "WARNING", **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(60)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
        started.stdout.close()


def answers(address: str) -> bool:
    """Return whether a process answers at an address."""
    with contextlib.suppress(httpx2.TransportError):
        return httpx2.get(address, timeout=5).status_code == 200
    return False


def ready(started: subprocess.Popen[str], address: str) -> None:
    def is_ready() -> bool:
        assert started.poll() is None, f"The process for {address} ended with status {started.returncode}."
        return answers(address)

    wait_for(is_ready, PATIENCE_SECONDS)


@contextlib.contextmanager
def service(database: str, port: int | None = None) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run web service and worker on a database without the pages, and give address and process."""
    number = free_port() if port is None else port
    command = ("lineside.service.cli", "serve", "--port", str(number), "--database", database)
    with process(*command, environment={"LINESIDE_PAGES": "false", "LINESIDE_STALLED_SECONDS": "60"}) as started:
        ready(started, f"http://127.0.0.1:{number}/readyz")
        yield f"http://127.0.0.1:{number}", started


def first_key(started: subprocess.Popen[str]) -> str:
    """Return the planner's key that a service prints on a new database."""
    assert started.stdout is not None
    found = re.search(r"lsk_\S+", started.stdout.readline())
    assert found is not None
    return found[0]


@contextlib.contextmanager
def pages_for(api: str) -> Iterator[str]:
    """Run the pages beside a service, and give their address."""
    port = free_port()
    with process("lineside.ui", "--port", str(port), "--api", api, environment={}) as started:
        ready(started, f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
