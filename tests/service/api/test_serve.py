"""``lineside serve`` as its user starts it: one command, killed and started again, ended in order."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lineside.models.reading import convert
from lineside.service.storage.database import Database
from tests.service.runs.processes import wait_for
from tests.service.runs.test_worker import BUNDLED, is_alive
from tests.service.serving import Serving, data_folder, services


@pytest.fixture
def data() -> Iterator[Path]:
    with data_folder() as folder:
        yield folder


def start_run(serving: Serving, seconds: float) -> str:
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "milwaukee.xlsx"
        convert(BUNDLED / "milwaukee", book)
        made = serving.client.post("/api/v1/scenarios/upload", files={"file": ("m.xlsx", book.read_bytes())})
    assert made.status_code == 201, made.text
    body = {"scenario": made.json()["id"], "seconds": seconds, "workers": 1}
    return str(serving.client.post("/api/v1/runs", json=body).json()["id"])


def end_in_order(serving: Serving) -> None:
    worker = serving.worker()
    serving.process.send_signal(signal.SIGTERM)
    assert serving.process.wait(60) == 0
    assert not is_alive(worker)


def test_nothing_is_lost_whatever_is_killed(data: Path) -> None:
    with services("--data", str(data)) as start:
        serving = start()
        key = serving.first_key()
        run = start_run(serving, 8)
        wait_for(lambda: serving.run(run)["solved_seconds"] > 0)
        # The worker: the service starts another one.
        os.kill(serving.worker(), signal.SIGKILL)
        wait_for(lambda: serving.run(run)["attempt"] == 2 and serving.run(run)["status"] == "running", 30)
        # The web process: its worker ends too, and gives the run back.
        worker = serving.worker()
        serving.close()
        wait_for(lambda: not is_alive(worker))
        serving = start()
        serving.use(key)
        wait_for(lambda: serving.run(run)["status"] == "running", 30)
        # Both at once.
        os.kill(serving.worker(), signal.SIGKILL)
        serving.close()
        serving = start()
        serving.use(key)
        wait_for(lambda: serving.run(run)["status"] not in ("queued", "running"), 120)
        found = serving.run(run)
        assert (found["status"], found["outcome"], found["attempt"]) == ("finished", "feasible", 3)
        assert [row["run"] for row in serving.client.get("/api/v1/plans").json()] == [run]
        postmaster = int((data / "postgresql" / "postmaster.pid").read_text().split()[0])
        end_in_order(serving)
        assert not is_alive(postmaster)


def test_a_server_given_by_its_address_is_used_and_left_running(new_database: Callable[[], str]) -> None:
    address = new_database()
    with services("--database", address) as start:
        serving = start()
        serving.first_key()
        assert serving.client.get("/api/v1/me").json()["role"] == "planner"
        end_in_order(serving)
    database = Database(address)
    assert database.is_ready()
    database.close()
