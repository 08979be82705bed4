"""Workers as real processes: one result each, whatever is killed, stopped or woken."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from lineside.models.canonical import raw_of
from lineside.models.raw import RawScenario
from lineside.models.reading import read_scenario
from lineside.service.runs.desk import Desk, Method
from lineside.service.storage.database import Database
from lineside.service.storage.models import RunEvent, StoredPlan
from tests.service.regions import new_region, new_run, tiny_raw
from tests.service.runs.processes import run_row, wait_for, wait_for_status, worker

BUNDLED = Path(__file__).parents[3] / "lineside" / "scenarios" / "bundled"


def long_raw() -> RawScenario:
    """Return a region that is not solved to the end in the seconds of a test."""
    return raw_of(read_scenario(BUNDLED / "milwaukee").scenario)


def plans(database: Database) -> int:
    with database.session() as session:
        return session.scalar(select(func.count()).select_from(StoredPlan)) or 0


def is_solving(database: Database, run: object) -> Callable[[], bool]:
    return lambda: run_row(database, run).solved_seconds > 0  # type: ignore[arg-type]


def test_a_worker_solves_a_run(database: Database) -> None:
    run = new_run(database, new_region(database))
    with worker(database):
        found = wait_for_status(database, run, "finished", "failed")
    assert (found.status, found.outcome) == ("finished", "optimal")
    assert plans(database) == 1


@pytest.mark.once
def test_a_worker_plans_with_people_to_spare(database: Database) -> None:
    run = new_run(database, new_region(database), raw=tiny_raw(apprentices={"a2": {}}), margin=1)
    with worker(database):
        found = wait_for_status(database, run, "finished", "failed")
    # Both sit in the one cohort anyway, so the margin costs nothing.
    assert (found.status, found.outcome, found.margin) == ("finished", "optimal", 1)
    assert found.reason.startswith("Each new cohort has 1 person to spare") and "costs 0.0 line-minutes" in found.reason
    assert plans(database) == 1


@pytest.mark.once
def test_a_worker_works_out_baselines(database: Database) -> None:
    region = new_region(database)
    methods: tuple[Method, ...] = ("first_come", "day_class")
    runs = [new_run(database, region, method=method) for method in methods]
    with worker(database):
        found = [wait_for_status(database, run, "finished", "failed") for run in runs]
    assert [row.outcome for row in found] == ["feasible", "feasible"]
    with database.session() as session:
        names = {plan.name.partition(" of ")[0] for plan in session.scalars(select(StoredPlan))}
    assert names == {"First come, first served", "Everybody to the day class"}


@pytest.mark.once
def test_a_run_stops_with_its_incumbent(database: Database) -> None:
    region = new_region(database)
    run = new_run(database, region, seconds=300, raw=long_raw())
    with worker(database):
        wait_for(lambda: run_row(database, run).objective is not None)
        with database.session() as session:
            Desk(session, region).stop(run)
        found = wait_for_status(database, run, "stopped", "failed")
    assert (found.status, found.outcome) == ("stopped", "feasible")
    assert plans(database) == 1


def test_a_killed_worker_loses_no_run(database: Database) -> None:
    run = new_run(database, new_region(database), seconds=8, raw=long_raw())
    with worker(database) as first:
        wait_for(is_solving(database, run))
        child = children(first.pid)
        first.kill()
        first.wait()
        wait_for(lambda: not any(map(is_alive, child)))
    with worker(database):
        found = wait_for_status(database, run, "finished", "failed")
    assert (found.status, found.attempt) == ("finished", 2)
    assert plans(database) == 1


def test_a_stopped_worker_that_wakes_up_stores_nothing(database: Database) -> None:
    run = new_run(database, new_region(database), seconds=4, raw=long_raw())
    with worker(database) as first:
        wait_for(is_solving(database, run))
        first.send_signal(signal.SIGSTOP)
        with worker(database):
            found = wait_for_status(database, run, "finished", "failed")
            assert (found.status, found.attempt) == ("finished", 2)
            first.send_signal(signal.SIGCONT)
            wait_for(lambda: not children(first.pid))
            assert first.poll() is None
        # It is as good as new: it takes the next run.
        again = new_run(database, new_region(database))
        assert wait_for_status(database, again, "finished", "failed").status == "finished"
    assert run_row(database, run).finished_at == found.finished_at
    assert plans(database) == 2


@pytest.mark.once
def test_a_killed_child_is_tried_again(database: Database) -> None:
    run = new_run(database, new_region(database), seconds=6, raw=long_raw())
    with worker(database) as process:
        wait_for(is_solving(database, run))
        os.kill(solver_of(process.pid), signal.SIGKILL)
        found = wait_for_status(database, run, "finished", "failed")
    assert (found.status, found.attempt) == ("finished", 2)


@pytest.mark.once
def test_a_run_that_kills_its_worker_three_times_is_failed(database: Database) -> None:
    run = new_run(database, new_region(database), seconds=60, raw=long_raw())
    for attempt in (1, 2, 3):
        with worker(database) as process:
            wait_for(lambda n=attempt: run_row(database, run).attempt == n and is_solving(database, run)())  # type: ignore[misc]
            process.kill()
            process.wait()
    with worker(database):
        found = wait_for_status(database, run, "failed", "finished")
    assert found.status == "failed"
    assert found.reason.startswith("Attempt 3 of 3 died: ")


def test_a_worker_told_to_end_gives_its_run_back(database: Database) -> None:
    run = new_run(database, new_region(database), seconds=60, raw=long_raw())
    with worker(database) as process:
        wait_for(is_solving(database, run))
        process.terminate()
        assert process.wait(20) == 0
    assert (run_row(database, run).status, run_row(database, run).attempt) == ("queued", 0)


def test_two_workers_share_ten_runs(database: Database) -> None:
    region = new_region(database)
    runs = [new_run(database, region, seconds=2) for _ in range(10)]
    with worker(database), worker(database):
        for run in runs:
            assert wait_for_status(database, run, "finished", "failed").status == "finished"
    with database.session() as session:
        began = select(func.count()).select_from(RunEvent).where(RunEvent.stage == "starting")
        assert session.scalar(began) == 10
        assert session.scalar(text("SELECT count(DISTINCT worker_id) FROM procrastinate_jobs")) is not None
    assert plans(database) == 10


def children(pid: int) -> list[int]:
    """Return the processes that a process started and that live."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return [int(child) for child in listed.split()]


def solver_of(worker: int) -> int:
    """Wait for the child process in which a worker solves, and return it."""
    found: list[int] = []

    def is_found() -> bool:
        for child in children(worker):
            with contextlib.suppress(OSError):  # it may be gone again
                if b"lineside.service.runs.child" in Path(f"/proc/{child}/cmdline").read_bytes():
                    found.append(child)
        return bool(found)

    wait_for(is_found)
    return found[0]


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that only waits to be counted out does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
