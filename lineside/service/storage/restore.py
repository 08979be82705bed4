"""Restoring a backup: the whole of it in one transaction, or nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from lineside.service.storage.backup import (
    QUEUE_PREFIX,
    columns_of,
    driver,
    first_line,
    is_ours,
    quoted,
    sequences_of,
    tables_of,
)
from lineside.service.storage.backup_file import BackupAbout, BackupError, BackupFile, TableAbout
from lineside.service.storage.database import Database, known_revisions, newest_revision, upgrade
from lineside.service.storage.feeds import CHANGED, RESTORED
from lineside.service.storage.queue_schema import QueueMigration, migrations_had, shipped

LOCK_SECONDS = 30
"""How long is waited for others to leave the tables alone."""
NAMES_OF_MIGRATIONS = QueueMigration.__tablename__


@dataclasses.dataclass(frozen=True)
class Restored:
    """What was restored.

    Parameters
    ----------
    about
        What the backup says of itself.
    is_queue_new
        Whether the queue's entries were left out, because the backup's queue is of another version: workers put the
        runs that were not over into the queue anew.
    """

    about: BackupAbout
    is_queue_new: bool


def restore(database: Database, path: Path, *, is_replacing: bool = False) -> Restored:
    """Fill a database with a backup, and bring what an older Lineside wrote up to date.

    Parameters
    ----------
    database
        The database; without tables, or with empty ones, unless it is to be replaced.
    path
        The backup.
    is_replacing
        Whether everything that the database holds may go.

    Raises
    ------
    BackupError
        If the backup is damaged, foreign or newer, the database holds something that may not go, or somebody keeps its
        tables in use. The database then holds what it held.
    NewerDatabaseError
        If the database is one of a newer Lineside.
    """
    with BackupFile(path) as file:
        _refuse_newer(path, file.about)
        file.verify()
        try:
            if not is_replacing:
                with database.engine.connect() as connection:
                    _refuse_filled(connection, tables_of(connection))
            database.migrate()
            with database.migrating() as connection, connection.begin():
                is_queue_new = _Restoring(connection, file).restore(is_replacing=is_replacing)
        except psycopg.errors.LockNotAvailable:
            raise _in_use() from None
        except DBAPIError as error:
            if isinstance(error.orig, psycopg.errors.LockNotAvailable):
                raise _in_use() from None
            raise _not_taken(error) from None
        except psycopg.Error as error:
            raise _not_taken(error) from None
        return Restored(file.about, is_queue_new)


def _in_use() -> BackupError:
    return BackupError(
        f"Somebody has used the database's tables for {LOCK_SECONDS} seconds without a break. "
        "Stop the service and its workers, then restore again."
    )


def _not_taken(error: Exception) -> BackupError:
    return BackupError(
        f"The database did not take the backup: {first_line(error)}. Everything is as it was; mend that and try again."
    )


def _refuse_newer(path: Path, about: BackupAbout) -> None:
    strange = [] if about.revision in known_revisions() else [about.revision]
    strange += sorted(set(about.queue) - shipped().keys())
    if strange:
        raise BackupError(
            f"{path} was made by a newer Lineside (its database has had {strange[0]}). Restore it with that version."
        )
    foreign = sorted(table.name for table in about.tables if not is_ours(table.name))
    if foreign:
        raise BackupError(f"{path} holds a table {foreign[0]!r}, which is none of Lineside's. Give another backup.")


def _refuse_filled(connection: Connection, names: Iterable[str]) -> None:
    for name in names:
        is_filled = connection.exec_driver_sql(f'SELECT EXISTS (SELECT FROM "{name}")').scalar()
        if name != NAMES_OF_MIGRATIONS and is_filled:
            raise BackupError(
                f"The database is not empty: its table {name} has rows. "
                "Give an empty one, or --replace to put the backup in place of everything that it holds."
            )


class _Restoring:
    """One restoration, in a transaction that somebody else ends."""

    def __init__(self, connection: Connection, file: BackupFile) -> None:
        self._connection = connection
        self._file = file
        self._about = file.about

    def restore(self, *, is_replacing: bool) -> bool:
        """Put the backup in, and return whether the queue's entries were left out."""
        connection = self._connection
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        present = tables_of(connection)
        connection.exec_driver_sql(f"LOCK TABLE {quoted(present)} IN ACCESS EXCLUSIVE MODE")
        if not is_replacing:
            _refuse_filled(connection, present)
        migrations = connection.execute(select(QueueMigration.name, QueueMigration.made_at)).all()
        is_queue_new = migrations_had(connection) != set(self._about.queue)
        if self._about.revision != newest_revision():
            self._rebuild(present)
        self._fill(is_queue_new=is_queue_new)
        upgrade(connection)
        if is_queue_new:
            connection.execute(text("UPDATE runs SET queue_id = NULL"))
        self._put_names(migrations, is_queue_new=is_queue_new)
        connection.execute(select(func.pg_notify(CHANGED, RESTORED)))
        return is_queue_new

    def _rebuild(self, present: list[str]) -> None:
        """Make our own tables as the backup's Lineside had them."""
        own = [name for name in present if not name.startswith(QUEUE_PREFIX)]
        self._connection.exec_driver_sql(f"DROP TABLE {quoted(own)}")
        self._connection.exec_driver_sql("DELETE FROM alembic_version")
        upgrade(self._connection, self._about.revision)

    def _fill(self, *, is_queue_new: bool) -> None:
        connection, present = self._connection, tables_of(self._connection)
        wanted = [name for name in present if not (is_queue_new and _is_of_queue(name))]
        given = {table.name: table for table in self._about.tables if not (is_queue_new and _is_of_queue(table.name))}
        if sorted(given) != wanted:
            odd = sorted(set(given) ^ set(wanted))[0]
            raise BackupError(
                f"The backup does not have the tables of its version: {odd} is missing or too many. Take another copy."
            )
        references = _References(connection)
        references.drop()
        connection.exec_driver_sql(f"TRUNCATE {quoted(present)}")
        for name, table in given.items():
            # What the queue notes by itself about new rows is in the backup already.
            connection.exec_driver_sql(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
            self._copy(table)
            connection.exec_driver_sql(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
        self._set_sequences()
        references.make()

    def _copy(self, table: TableAbout) -> None:
        if sorted(columns_of(self._connection, table.name)) != sorted(table.columns):
            raise BackupError(
                f"The backup's table {table.name} has other columns than its version's. Take another copy."
            )
        query = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
        )
        with driver(self._connection).cursor() as cursor, cursor.copy(query) as copy:
            for chunk in self._file.chunks(table):
                copy.write(chunk)

    def _set_sequences(self) -> None:
        for name in sequences_of(self._connection):
            if name in self._about.sequences:
                last, is_given = self._about.sequences[name]
                query = text("SELECT setval(CAST(quote_ident(:name) AS regclass), :last, :given)")
                self._connection.execute(query, {"name": name, "last": last, "given": is_given})

    def _put_names(self, migrations: Iterable[tuple[str, dt.datetime]], *, is_queue_new: bool) -> None:
        """Note again which migrations the queue's tables have had, unless the backup had that."""
        if is_queue_new:
            rows = [{"name": name, "made_at": made_at} for name, made_at in migrations]
            self._connection.execute(insert(QueueMigration), rows)


def _is_of_queue(name: str) -> bool:
    return name.startswith(QUEUE_PREFIX) or name == NAMES_OF_MIGRATIONS


class _References:
    """The foreign keys of our tables: gone while rows come in any order, and checked when they are back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        query = (
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND conparentid = 0 "
            "AND conrelid = ANY (CAST(:tables AS regclass[])) ORDER BY 1, 2"
        )
        names = [f'"{name}"' for name in tables_of(connection)]
        self._rows = [tuple(row) for row in connection.execute(text(query), {"tables": names})]

    def drop(self) -> None:
        """Take them away."""
        for table, name, _ in self._rows:
            self._connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    def make(self) -> None:
        """Make them again; PostgreSQL looks whether every row keeps to them."""
        for table, name, definition in self._rows:
            self._connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
