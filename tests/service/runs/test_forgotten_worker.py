"""A worker that the queue forgot, or whose database is away, works on until it is told to end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from sqlalchemy import create_engine, make_url, text

from lineside.service.runs.queue import worker_app
from lineside.service.runs.worker import Worker
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database
from tests.service.conftest import OWN_CONNECTIONS
from tests.service.regions import new_region, new_run
from tests.service.runs.processes import GUARD, wait_for, wait_for_status, worker


def known_workers(database: Database) -> int:
    with database.session() as session:
        return session.scalar(text("SELECT count(*) FROM procrastinate_workers")) or 0


def test_a_worker_that_the_queue_forgot_works_on(database: Database) -> None:
    with worker(database) as process:
        wait_for(lambda: known_workers(database) == 1)
        with database.session() as session:  # as any other worker does when it starts
            session.execute(text("DELETE FROM procrastinate_workers"))
        run = new_run(database, new_region(database))
        assert wait_for_status(database, run, "finished", "failed").status == "finished"
        assert process.poll() is None


class Queue:
    """A queue without a database, whose worker does one thing after another; the last one again and again."""

    def __init__(self, *things: Callable[[], Awaitable[None]]) -> None:
        self._things = list(things)
        self.num_begun = 0

    @contextlib.asynccontextmanager
    async def open_async(self) -> AsyncIterator[None]:
        yield

    async def run_worker_async(self, **settings: Any) -> None:
        self.num_begun += 1
        assert not settings["install_signal_handlers"]
        await self._things[min(self.num_begun, len(self._things)) - 1]()


async def takes_the_loss_for_a_wish_to_end() -> None:
    """End, as the queue's worker does when it could not tell that it is alive and its database is back by then."""


async def loses_its_database() -> None:
    raise ConnectorException


async def is_told_to_end() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(3600)


async def is_told_to_end_without_a_database() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0.01)
    raise ConnectorException


def working(monkeypatch: pytest.MonkeyPatch, *things: Callable[[], Awaitable[None]]) -> Queue:
    """Let a worker work until it ends."""
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")

    made = Worker(nowhere, ServiceSettings(sweep_seconds=0.01))
    queue = Queue(*things)
    monkeypatch.setattr(made, "_app", queue)
    asyncio.run(asyncio.wait_for(made.work(), 60))
    nowhere.close()
    return queue


def test_a_worker_ends_when_it_is_told_and_not_when_its_database_was_away(monkeypatch: pytest.MonkeyPatch) -> None:
    things = (takes_the_loss_for_a_wish_to_end, loses_its_database, is_told_to_end)
    assert working(monkeypatch, *things).num_begun == 3


def test_a_worker_ends_when_it_is_told_while_its_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two would mean that the wish to end was lost, and a worker whose service is gone would stay for good.
    things = (is_told_to_end_without_a_database, loses_its_database)
    assert working(monkeypatch, *things).num_begun == 1


def test_a_worker_ends_when_it_is_told_although_the_database_is_away(database: Database, server: str) -> None:
    name = make_url(database.address).database
    admin = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with worker(database) as process, admin.connect() as connection:
        wait_for(lambda: known_workers(database) == 1)
        database.engine.dispose()
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        connection.execute(text(OWN_CONNECTIONS), {"name": name})
        process.terminate()
        assert process.wait(GUARD) == 0
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    admin.dispose()


def listening(database: Database) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'listen%'"
    with database.session() as session:
        return session.scalar(text(query)) or 0


def test_a_worker_listens_again_after_its_database_was_away(database: Database, server: str) -> None:
    name = make_url(database.address).database
    admin = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with worker(database), admin.connect() as connection:
        wait_for(lambda: listening(database) == 1)
        database.engine.dispose()
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        connection.execute(text(OWN_CONNECTIONS), {"name": name})
        time.sleep(1)  # it tries at once, in vain
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
        wait_for(lambda: listening(database) == 1)
    admin.dispose()


def test_a_sign_of_life_that_does_not_arrive_is_not_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost(**_: Any) -> None:
        raise ConnectorException

    app = worker_app("postgresql://nobody@127.0.0.1:1/none", 2)
    monkeypatch.setattr(app.connector, "execute_query_async", lost)
    asyncio.run(app.job_manager.update_heartbeat(1))
    with pytest.raises(ConnectorException):  # what ends the library's own signs of life
        asyncio.run(JobManager(app.connector).update_heartbeat(1))
