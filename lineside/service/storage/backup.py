"""Backing up a database that is in use: every table as it was at one instant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from lineside.service.storage.backup_file import BackupAbout, BackupError, BackupWriter, new_backup
from lineside.service.storage.database import Database, known_revisions, revision_of
from lineside.service.storage.models import Table
from lineside.service.storage.queue_schema import migrations_had

QUEUE_PREFIX = "procrastinate_"
SAME_TEXTS = "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 3"
"""So that a value is the same text whatever somebody set for the database."""


def back_up(database: Database, path: Path) -> BackupAbout:
    """Write all of Lineside's tables, those of the queue included, into a new file; others read and write meanwhile.

    Parameters
    ----------
    database
        A database of this or an older Lineside; nothing in it is changed.
    path
        The file; it must not be there yet.

    Returns
    -------
    What the backup says of itself.

    Raises
    ------
    BackupError
        If there is nothing to back up, the tables are of a newer Lineside, or the file cannot be written.
    """
    with database.engine.connect() as plain, new_backup(path) as writer:
        connection = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        try:
            with connection.begin():
                names = tables_of(connection)
            with connection.begin():
                about = _write(connection, writer, names)
        except (DBAPIError, psycopg.Error) as error:
            raise BackupError(
                f"The database did not give its tables: {first_line(error)}. Try again when it answers."
            ) from None
        writer.finish(about)
    return about


def first_line(error: Exception) -> str:
    """Return what PostgreSQL said, without details, which may quote what people wrote."""
    return str(getattr(error, "orig", error)).strip().splitlines()[0].rstrip(".")


def _write(connection: Connection, writer: BackupWriter, names: list[str]) -> BackupAbout:
    if not names:
        raise BackupError("The database has no tables of Lineside. Give the address or folder of the right one.")
    connection.exec_driver_sql(SAME_TEXTS)
    # The locks come before the first look, whose instant then holds for all: no migration can come in between.
    connection.exec_driver_sql(f"LOCK TABLE {quoted(names)} IN ACCESS SHARE MODE")
    if tables_of(connection) != names:
        raise BackupError("The database is just being brought up to date. Try again in a moment.")
    revision, queue = revision_of(connection), migrations_had(connection)
    if revision is None or revision not in known_revisions():
        raise BackupError(
            f"The database was brought up to date by a newer Lineside (it has had {revision}). "
            "Back it up with that version."
        )
    made_at = connection.scalars(text("SELECT now()")).one()
    tables = []
    for name in names:
        columns = columns_of(connection, name)
        tables.append(writer.table(name, columns, _copied(connection, name, columns)))
    # Sequences know no transactions; read last, none of them is behind a row.
    sequences = {name: _sequence(connection, name) for name in sequences_of(connection)}
    return BackupAbout(made_at, revision, tuple(sorted(queue)), tuple(tables), sequences)


def quoted(names: list[str]) -> str:
    """Return names of tables, all of them ours, as a statement lists them."""
    return ", ".join(f'"{name}"' for name in names)


def tables_of(connection: Connection) -> list[str]:
    """Return the names of Lineside's tables that are there, those of the queue included."""
    query = "SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'"
    return sorted(name for name in connection.scalars(text(query)) if is_ours(name))


def is_ours(name: str) -> bool:
    """Return whether a table holds what a backup holds."""
    return name in Table.metadata.tables or name.startswith(QUEUE_PREFIX)


def columns_of(connection: Connection, table: str) -> list[str]:
    """Return a table's columns in order."""
    query = (
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(quote_ident(:table)) AND attnum > 0 "
        "AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
    )
    return list(connection.scalars(text(query), {"table": table}))


def sequences_of(connection: Connection) -> list[str]:
    """Return the names of the sequences that belong to Lineside's tables."""
    query = (
        "SELECT s.relname, t.relname FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i') "
        "JOIN pg_class t ON t.oid = d.refobjid "
        "WHERE s.relkind = 'S' AND s.relnamespace = current_schema()::regnamespace"
    )
    return sorted(sequence for sequence, table in connection.execute(text(query)) if is_ours(table))


def driver(connection: Connection) -> psycopg.Connection[tuple[object, ...]]:
    """Return the connection of psycopg, in whose transaction tables are copied."""
    found = connection.connection.driver_connection
    if not isinstance(found, psycopg.Connection):
        raise TypeError("Copying needs a connection of psycopg. Open the database with lineside's Database.")
    return found


def _copied(connection: Connection, table: str, columns: list[str]) -> Iterator[bytes | bytearray | memoryview]:
    query = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with driver(connection).cursor() as cursor, cursor.copy(query) as copy:
        yield from copy


def _sequence(connection: Connection, name: str) -> tuple[int, bool]:
    row = connection.exec_driver_sql(f'SELECT last_value, is_called FROM "{name}"').one()
    return int(row[0]), bool(row[1])
