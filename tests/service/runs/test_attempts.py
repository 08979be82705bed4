"""Attempts: one holder at a time, a result once, and an end to what dies again and again."""

from __future__ import annotations

import dataclasses
import time
import uuid

import pytest
from sqlalchemy import func, select, text

from lineside.service.runs.attempts import Attempt, Attempts
from lineside.service.runs.desk import Desk, Order
from lineside.service.runs.records import Found, Told
from lineside.service.storage.database import Database
from lineside.service.storage.models import Run, StoredPlan
from lineside.service.storage.scenarios import Scenarios
from tests.service.regions import new_region, new_run, tiny_raw

FOUND = Found('{"scenario": "x"}', "feasible", 2.0, 1.0, 3.0, 0, "")


def begun(attempts: Attempts, run: uuid.UUID) -> Attempt:
    attempt = attempts.begin(run)
    assert attempt is not None
    return attempt


def silent(database: Database) -> None:
    """Let a minute pass."""
    with database.session() as session:
        session.execute(text("UPDATE runs SET alive_at = alive_at - interval '1 minute'"))


def row(database: Database, run: uuid.UUID) -> Run:
    with database.session() as session:
        return session.get_one(Run, run)


def entries(database: Database) -> int:
    with database.session() as session:
        return session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")) or 0


def test_a_run_is_queued_in_the_same_transaction(database: Database) -> None:
    region = new_region(database)
    with pytest.raises(LookupError), database.session() as session:
        saved = Scenarios(session, region).create(tiny_raw(), "")
        Desk(session, region).start(saved, Order(5, 1, 0))
        raise LookupError
    assert entries(database) == 0
    new_run(database, region)
    assert entries(database) == 1


def test_a_run_has_one_holder(database: Database) -> None:
    run, attempts = new_run(database, new_region(database)), Attempts(database, 3)
    begun(attempts, run)
    assert attempts.begin(run) is None


def test_a_result_is_stored_once_and_only_under_its_token(database: Database) -> None:
    run, attempts = new_run(database, new_region(database)), Attempts(database, 3)
    slow = begun(attempts, run)
    silent(database)
    assert attempts.sweep(15) == [run]
    second = begun(attempts, run)
    assert attempts.beat(slow, None, None) == "lost"
    assert not attempts.finish(slow, dataclasses.replace(FOUND, objective=99.0))
    assert attempts.finish(second, FOUND)
    assert not attempts.finish(second, FOUND)
    assert not attempts.fail(slow, "late")
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(StoredPlan)) == 1
    assert (row(database, run).status, row(database, run).objective) == ("finished", 2.0)


def test_a_clock_that_was_set_back_does_not_hide_a_dead_attempt(database: Database) -> None:
    run, attempts = new_run(database, new_region(database)), Attempts(database, 3)
    begun(attempts, run)
    with database.session() as session:
        session.execute(text("UPDATE runs SET alive_at = alive_at + interval '1 day'"))
    assert attempts.sweep(15) == []  # silence counts from here
    silent(database)
    assert attempts.sweep(15) == [run]


def test_what_dies_three_times_is_failed_with_its_reason(database: Database) -> None:
    run, attempts = new_run(database, new_region(database)), Attempts(database, 3)
    for _ in range(3):
        begun(attempts, run)
        silent(database)
        assert attempts.sweep(15) == [run]
    assert attempts.begin(run) is None
    assert row(database, run).status == "failed"
    assert row(database, run).reason.startswith("Attempt 3 of 3 died: its worker was not heard of for 15 seconds.")


def test_a_worker_that_ends_in_peace_costs_no_attempt(database: Database) -> None:
    run, attempts = new_run(database, new_region(database)), Attempts(database, 1)
    for _ in range(3):
        attempts.give_back(begun(attempts, run))
    assert row(database, run).status == "queued"


def test_the_incumbent_outlives_its_attempt(database: Database) -> None:
    run, attempts = new_run(database, new_region(database)), Attempts(database, 3)
    attempts.beat(begun(attempts, run), Told("searching", 9.0, 1.0, 2.0), '{"a": 1}')
    silent(database)
    attempts.sweep(15)
    assert begun(attempts, run).incumbent == '{"a": 1}'


def test_a_lost_queue_entry_is_replaced(database: Database) -> None:
    run, attempts = new_run(database, new_region(database)), Attempts(database, 3)
    with database.session() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
    silent(database)
    assert attempts.sweep(15) == [run]
    assert entries(database) == 1
    begun(attempts, run)


def test_nothing_is_swept_that_is_alive(database: Database) -> None:
    run, attempts = new_run(database, new_region(database)), Attempts(database, 3)
    silent(database)
    assert attempts.sweep(15) == []
    begun(attempts, run)
    assert attempts.sweep(15) == []


def test_a_stop_reaches_the_attempt(database: Database) -> None:
    region = new_region(database)
    run, attempts = new_run(database, region), Attempts(database, 3)
    attempt = begun(attempts, run)
    with database.session() as session:
        Desk(session, region).stop(run)
    assert attempts.beat(attempt, None, None) == "stop"
    attempts.finish(attempt, FOUND)
    assert row(database, run).status == "stopped"


def test_events_tell_the_story_in_order(database: Database) -> None:
    region = new_region(database)
    run, attempts = new_run(database, region), Attempts(database, 3)
    attempt, started = begun(attempts, run), time.monotonic()
    attempts.beat(attempt, Told("searching", 9.0, 1.0, time.monotonic() - started), None)
    attempts.finish(attempt, FOUND)
    with database.session() as session:
        events = Desk(session, region).events(run, 0)
        assert [event.status for event in events] == ["queued", "running", "running", "finished"]
        assert Desk(session, region).events(run, events[2].id)[0].objective == 2.0
