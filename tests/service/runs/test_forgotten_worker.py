"""A worker that was silent so long that the queue forgot it."""

from __future__ import annotations

from sqlalchemy import create_engine, make_url, text

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
