"""The queue's own tables, brought up to date with Procrastinate's migrations.

Procrastinate ships its migrations as SQL files and leaves it to its user to know which of them a database has had
(its guide "Migrate the Procrastinate schema"). The table ``queue_migrations`` holds their names.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from lineside.service.storage.models import Table

FIRST_RELEASE = "03.04.00_50_post_add_retry_failed_job_procedure.sql"
"""Newest migration in the schema that databases have from before the names were kept."""


class QueueMigration(Table):
    """A migration of the queue's own tables that the database has had."""

    __tablename__ = "queue_migrations"

    name: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


@cache
def shipped() -> dict[str, Path]:
    """Return the migrations of the installed Procrastinate by name, in the order in which they are made."""
    return {path.name: path for path in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))}


def missing_migrations(connection: Connection) -> list[str]:
    """Return the migrations that the database has not had, in order."""
    known = _known(connection)
    return [name for name in shipped() if name not in known]


def unknown_migrations(connection: Connection) -> list[str]:
    """Return the migrations that the database has had and that the installed Procrastinate does not know."""
    return sorted(_known(connection) - shipped().keys())


def update_queue(connection: Connection) -> None:
    """Make the queue's tables, or make the migrations that they have not had; the caller holds the lock.

    Notes
    -----
    Each migration is a transaction together with the note of its name, so one that is broken off is made again.
    They cannot share one: PostgreSQL does not use a new value of an enumeration before it is committed.
    """
    if connection.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is None:
        _run(connection, SchemaManager.get_schema(), list(shipped()))
    elif not _known(connection):
        _run(connection, "", [name for name in shipped() if name <= FIRST_RELEASE])
    for name in missing_migrations(connection):
        _run(connection, shipped()[name].read_text(encoding="utf-8"), [name])


def _run(connection: Connection, script: str, names: list[str]) -> None:
    if script:
        connection.exec_driver_sql(script.replace("%", "%%"))
    connection.execute(insert(QueueMigration), [{"name": name} for name in names])
    connection.commit()


def migrations_had(connection: Connection) -> set[str]:
    """Return the migrations that the database has had; none where their names were not kept yet."""
    if connection.scalar(text("SELECT to_regclass('queue_migrations')")) is None:
        return set()
    return _known(connection)


def _known(connection: Connection) -> set[str]:
    return set(connection.scalars(select(QueueMigration.name)))
