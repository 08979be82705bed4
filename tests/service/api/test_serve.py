"""``lineside serve`` as its user starts it: one command, killed and started again, ended in order."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from lineside.service.storage.embedded import EmbeddedServer
from tests.service.runs.processes import QUICK, wait_for
from tests.service.runs.test_worker import BUNDLED, children, is_alive


@pytest.fixture
def data() -> Iterator[Path]:
    # Not below pytest's own folder, see the fixture of the server.
    folder = Path(tempfile.mkdtemp(prefix="lineside-"))
    yield folder
    EmbeddedServer(folder).stop()  # a test that failed may leave it running
    shutil.rmtree(folder)


class Serving:
    """A running ``lineside serve``."""

    def __init__(self, data: Path, port: int) -> None:
        command = [sys.executable, "-m", "lineside.service.cli", "serve", "--data", str(data), "--port", str(port)]
        self.process = subprocess.Popen(
            command, env={**os.environ, **QUICK, "LINESIDE_LOG_LEVEL": "WARNING"}, stdout=subprocess.PIPE, text=True
        )
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{port}")
        wait_for(self.is_ready)

    def is_ready(self) -> bool:
        assert self.process.poll() is None
        with contextlib.suppress(httpx2.TransportError):
            return self.client.get("/readyz").status_code == 200
        return False

    def first_key(self) -> str:
        assert self.process.stdout is not None
        found = re.search(r"lsk_\S+", self.process.stdout.readline())
        assert found is not None
        return found[0]

    def worker(self) -> int:
        (pid,) = children(self.process.pid)
        return pid

    def run(self, identity: str) -> Any:
        return self.client.get(f"/api/v1/runs/{identity}").json()

    def close(self) -> None:
        self.client.close()
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_run(serving: Serving, seconds: float) -> str:
    from lineside.models.reading import convert

    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "milwaukee.xlsx"
        convert(BUNDLED / "milwaukee", book)
        made = serving.client.post("/api/v1/scenarios/upload", files={"file": ("m.xlsx", book.read_bytes())})
    assert made.status_code == 201, made.text
    body = {"scenario": made.json()["id"], "seconds": seconds, "workers": 1}
    return str(serving.client.post("/api/v1/runs", json=body).json()["id"])


def test_nothing_is_lost_whatever_is_killed(data: Path) -> None:
    port = free_port()
    serving = Serving(data, port)
    key = serving.first_key()
    serving.client.headers["Authorization"] = f"Bearer {key}"
    run = start_run(serving, 8)
    wait_for(lambda: serving.run(run)["solved_seconds"] > 0)
    # The worker: the service starts another one.
    os.kill(serving.worker(), signal.SIGKILL)
    wait_for(lambda: serving.run(run)["attempt"] == 2 and serving.run(run)["status"] == "running", 30)
    # The web process: its worker ends too, and gives the run back.
    worker = serving.worker()
    serving.process.kill()
    serving.process.wait()
    wait_for(lambda: not is_alive(worker))
    serving.close()
    serving = Serving(data, port)
    serving.client.headers["Authorization"] = f"Bearer {key}"
    wait_for(lambda: serving.run(run)["status"] == "running", 30)
    # Both at once.
    os.kill(serving.worker(), signal.SIGKILL)
    serving.process.kill()
    serving.process.wait()
    serving.close()
    serving = Serving(data, port)
    serving.client.headers["Authorization"] = f"Bearer {key}"
    wait_for(lambda: serving.run(run)["status"] not in ("queued", "running"))
    found = serving.run(run)
    assert (found["status"], found["outcome"], found["attempt"]) == ("finished", "feasible", 3)
    assert [row["run"] for row in serving.client.get("/api/v1/plans").json()] == [run]
    # In order: everything it started is gone.
    worker = serving.worker()
    postmaster = int((data / "postgresql" / "postmaster.pid").read_text().split()[0])
    began = time.monotonic()
    serving.process.send_signal(signal.SIGTERM)
    serving.process.wait(30)
    assert time.monotonic() - began < 20
    assert not is_alive(worker) and not is_alive(postmaster)
    serving.close()
