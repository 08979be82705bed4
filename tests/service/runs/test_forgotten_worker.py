"""A worker that was silent so long that the queue forgot it."""

from __future__ import annotations

from sqlalchemy import text

from lineside.service.storage.database import Database
from tests.service.regions import new_region, new_run
from tests.service.runs.processes import wait_for, wait_for_status, worker


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
