"""Where the store under faults lives: a small file system in memory, and a server of its own for the way by address."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

RAM_MB = 600
"""Size of the file system. One without a limit would take the whole machine's memory when it is filled."""
START_SECONDS = 600.0
ACCOUNT = "postgres"
"""Who runs the server when the harness is root's: PostgreSQL refuses to be."""


@contextlib.contextmanager
def small_folder() -> Iterator[Path]:
    """Give a folder on a small file system in memory where that can be mounted, else a plain one."""
    folder = Path(tempfile.mkdtemp(prefix="lineside-faults-"))
    folder.chmod(0o755)
    command = ["mount", "-t", "tmpfs", "-o", f"size={RAM_MB}m,mode=755", "tmpfs", str(folder)]
    wanted = RAM_MB > 0 and os.geteuid() == 0  # a size of 0 would be none at all
    is_mounted = wanted and subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield folder
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def is_small(folder: Path) -> bool:
    """Return whether a folder's file system may be filled; one without a limit says 0."""
    return 0 < shutil.disk_usage(folder).total <= RAM_MB * 2**20


@contextlib.contextmanager
def new_database(server: str) -> Iterator[str]:
    """Give the address of a new database on a server."""
    admin = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    name = f"faults_{os.getpid()}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    admin.dispose()
    yield make_url(server).set(database=name).render_as_string(hide_password=False)


class OwnServer:
    """A PostgreSQL server from the machine's package, on the loopback alone.

    Parameters
    ----------
    folder
        Where its data go.
    environment
        Added to its processes' own.

    Raises
    ------
    FileNotFoundError
        If PostgreSQL is not installed.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._data = folder / "server"
        self._environment = {**os.environ, **environment}
        self._account = ACCOUNT if os.geteuid() == 0 else None
        self._log = (folder / "server.log").open("ab")
        found = shutil.which("initdb")
        if found is None:
            raise FileNotFoundError("PostgreSQL's initdb is not in the path. Install PostgreSQL, or add its folder.")
        self._programs = Path(found).resolve().parent
        self._data.mkdir(mode=0o700)
        if self._account is not None:
            shutil.chown(self._data, self._account)
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--username=lineside", "--pgdata", str(self._data))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.address = f"postgresql://lineside@127.0.0.1:{self._port}/postgres"
        self._process: subprocess.Popen[bytes] | None = None

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        subprocess.run(command, check=True, stdout=self._log, stderr=self._log, user=self._account, cwd="/")

    def ensure(self) -> None:
        """See that it runs and answers; start it again if it has ended, as whoever operates it would.

        Raises
        ------
        TimeoutError
            If it does not answer in time.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process is None or self._process.poll() is not None:
                self._start()
            if time.monotonic() > deadline:
                raise TimeoutError(f"PostgreSQL did not answer within {START_SECONDS:g} seconds. Look at its log.")
            time.sleep(0.1)

    def _start(self) -> None:
        options = ["-D", str(self._data), "-p", str(self._port), "-h", "127.0.0.1", "-k", ""]
        command = [str(self._programs / "postgres"), *options]
        self._process = subprocess.Popen(
            command, stdout=self._log, stderr=self._log, user=self._account, env=self._environment, cwd="/"
        )

    def _answers(self) -> bool:
        engine = create_engine(make_url(self.address).set(drivername="postgresql+psycopg"))
        try:
            with engine.connect() as connection:
                return connection.scalar(text("SELECT NOT pg_is_in_recovery()")) is True
        except OperationalError:
            return False
        finally:
            engine.dispose()

    def kill(self) -> None:
        """Kill its first process; the others end when they notice."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """Stop it at once."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
        self._log.close()
