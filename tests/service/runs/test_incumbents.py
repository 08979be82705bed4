"""What a run has found already: the next attempt begins there, and a stop keeps it, whatever the solve does."""

from __future__ import annotations

import os
import signal
import uuid
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, text

from lineside.models.canonical import raw_of
from lineside.models.checker import check
from lineside.models.plan import Plan, plan_json
from lineside.models.reading import read_scenario
from lineside.service.runs.attempts import Attempts
from lineside.service.runs.desk import Desk
from lineside.service.storage.database import Database
from lineside.service.storage.models import Run, RunEvent, StoredPlan
from lineside.solver import SolveOptions, solve
from tests.build import open_cohort, plan_of, tiny
from tests.service.regions import new_region, new_run
from tests.service.runs.processes import run_row, wait_for, wait_for_status, worker
from tests.service.runs.test_worker import is_alive, long_raw, solver_of

REGION = Path(__file__).parents[3] / "../shared/regions" / "s-tight-4"
"""A region whose first plan is half as dear again as those that follow within seconds."""


def stored(database: Database, run: uuid.UUID) -> Plan | None:
    found = run_row(database, run).incumbent
    return None if found is None else Plan.model_validate_json(found)


def kept_plan(database: Database) -> Plan:
    with database.session() as session:
        return Plan.model_validate_json(session.scalars(select(StoredPlan)).one().text)


def stop(database: Database, region: uuid.UUID, run: uuid.UUID) -> Run:
    with database.session() as session:
        return Desk(session, region).stop(run)


def told_objectives(database: Database, run: uuid.UUID, attempt: int) -> list[float]:
    """Return the objectives that an attempt's child told, in order."""
    query = select(RunEvent).where(RunEvent.run_id == run, RunEvent.attempt == attempt, RunEvent.status == "running")
    with database.session() as session:
        rows = session.scalars(query.order_by(RunEvent.id)).all()
    return [row.objective for row in rows if row.stage != "starting" and row.objective is not None]


@pytest.mark.once
def test_the_second_attempt_begins_with_the_last_stored_incumbent(database: Database) -> None:
    scenario = read_scenario(REGION).scenario
    region = new_region(database)
    run = new_run(database, region, seconds=300, raw=raw_of(scenario))
    seen: set[Decimal | None] = set()

    def has_improved_twice() -> bool:
        plan = stored(database, run)
        seen.update([] if plan is None else [plan.objective])
        return len(seen) > 2

    with worker(database) as first:
        wait_for(has_improved_twice)
        first.kill()
        first.wait()
    last = stored(database, run)
    assert last is not None
    assert last.objective is not None
    assert check(scenario, last).is_clean
    with worker(database):
        wait_for(lambda: bool(told_objectives(database, run, 2)))
        stop(database, region, run)
        found = wait_for_status(database, run, "stopped", "failed")
    # The first attempt began far above: without its incumbent the second one would begin there again.
    assert told_objectives(database, run, 1)[0] > float(last.objective) * 1.001
    assert told_objectives(database, run, 2)[0] <= float(last.objective) + 0.001
    assert (found.status, found.outcome, found.attempt) == ("stopped", "feasible", 2)
    result = kept_plan(database)
    assert result.objective is not None
    assert result.objective <= last.objective
    assert run_row(database, run).incumbent is None


def test_a_solve_that_ignores_a_stop_is_killed_and_its_incumbent_kept(database: Database) -> None:
    region = new_region(database)
    run = new_run(database, region, seconds=300, raw=long_raw())
    with worker(database, stop_seconds=1) as process:
        wait_for(lambda: stored(database, run) is not None)
        child = solver_of(process.pid)
        os.kill(child, signal.SIGSTOP)
        wait_for(lambda: run_row(database, run).status == "running")
        last = stored(database, run)
        stop(database, region, run)
        found = wait_for_status(database, run, "stopped", "failed", "finished")
        assert not is_alive(child)
    assert (found.status, found.outcome, found.attempt) == ("stopped", "feasible", 1)
    assert found.reason == (
        "The solve was killed because it did not stop within 1 seconds; its best plan was kept. "
        "Start another run if it should be better."
    )
    assert last is not None
    kept = kept_plan(database)
    assert kept.objective is not None
    assert last.objective is not None
    assert kept.objective <= last.objective
    assert found.objective == float(kept.objective)
    assert found.solved_seconds > 0


def test_a_solve_that_does_not_end_and_has_no_plan_is_failed(database: Database) -> None:
    run = new_run(database, new_region(database), seconds=1, raw=long_raw())
    with worker(database, overtime_seconds=3) as process:
        os.kill(solver_of(process.pid), signal.SIGSTOP)  # before it has read its task
        found = wait_for_status(database, run, "stopped", "failed", "finished")
    assert (found.status, found.outcome) == ("failed", None)
    assert found.reason == (
        "The solve was killed because it did not end within 5 seconds and had no plan yet. "
        "Start it anew with fewer threads or more overtime."
    )


@pytest.mark.once
def test_a_slow_child_does_not_make_its_worker_look_dead(database: Database) -> None:
    """A child that reads nothing holds up the task's pipe, but neither the beats nor the worker."""
    run = new_run(database, new_region(database), seconds=4, raw=long_raw())
    with worker(database) as process:
        child = solver_of(process.pid)
        os.kill(child, signal.SIGSTOP)
        began = run_row(database, run).alive_at
        wait_for(lambda: (run_row(database, run).alive_at - began).total_seconds() > 10)
        os.kill(child, signal.SIGCONT)
        found = wait_for_status(database, run, "failed", "finished")
    assert (found.status, found.attempt) == ("finished", 1)


def waiting_with(database: Database, region: uuid.UUID, incumbent: str) -> uuid.UUID:
    """Return a run whose first attempt died when it had told an incumbent."""
    run, attempts = new_run(database, region), Attempts(database, 3)
    attempt = attempts.begin(run)
    assert attempt is not None
    attempts.beat(attempt, None, incumbent)
    with database.session() as session:
        session.execute(text("UPDATE runs SET alive_at = alive_at - interval '1 minute'"))
    assert attempts.sweep(15) == [run]
    return run


@pytest.fixture(scope="module")
def optimal() -> Plan:
    return solve(tiny(), SolveOptions(seconds=5, workers=1)).plan


@pytest.mark.once
def test_a_solve_that_does_not_end_is_killed_and_its_incumbent_kept(database: Database, optimal: Plan) -> None:
    run = waiting_with(database, new_region(database), plan_json(optimal))
    with worker(database, overtime_seconds=3) as process:
        os.kill(solver_of(process.pid), signal.SIGSTOP)
        found = wait_for_status(database, run, "stopped", "failed", "finished")
    assert (found.status, found.outcome, found.attempt) == ("stopped", "optimal", 2)
    assert found.reason.startswith("The solve was killed because it did not end within 13 seconds; its best plan")
    assert kept_plan(database) == optimal


def test_a_waiting_run_that_has_an_incumbent_is_stopped_with_it(database: Database, optimal: Plan) -> None:
    region = new_region(database)
    run = waiting_with(database, region, plan_json(optimal))
    assert stop(database, region, run).status == "queued"  # a worker has to check the plan first
    with worker(database):
        found = wait_for_status(database, run, "stopped", "failed", "finished")
    assert (found.status, found.reason) == ("stopped", "")
    assert kept_plan(database) == optimal


def test_an_incumbent_that_fails_its_check_is_not_kept(database: Database) -> None:
    region, scenario = new_region(database), tiny()
    broken = plan_of(scenario, (open_cohort(scenario, room="gone"), "a1"), status="feasible")
    run = waiting_with(database, region, plan_json(broken))
    stop(database, region, run)
    with worker(database):
        found = wait_for_status(database, run, "stopped", "failed", "finished")
    assert found.status == "failed"
    assert found.reason.startswith("AssertionError: The plan does not pass its own check.")


@pytest.mark.parametrize("incumbent", ['{"form": "of another version"}', "broken", plan_json(Plan())])
@pytest.mark.once
def test_an_unusable_incumbent_does_not_hinder_the_next_attempt(database: Database, incumbent: str) -> None:
    run = waiting_with(database, new_region(database), incumbent)
    with worker(database):
        found = wait_for_status(database, run, "failed", "finished")
    assert (found.status, found.outcome, found.attempt) == ("finished", "optimal", 2)
