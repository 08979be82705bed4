"""The kinds of faults: what is done to the service under test, each drawn with its own times."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from benchmarks.faults_places import RAM_MB, is_small
from benchmarks.faults_service import ServiceUnderTest
from lineside.service.storage.database import Database

Fault = Callable[[ServiceUnderTest, Database, random.Random], None]
MOVES_SECONDS = (-86_400, -3_600, -60, 0, 60, 3_600, 86_400)
"""How far the clock may be ahead of the true one after a move."""


def kill_web(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Kill the web process."""
    os.kill(service.web, signal.SIGKILL)


def kill_worker(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Kill the worker; there is one within seconds of the last one's end."""
    os.kill(service.worker(), signal.SIGKILL)


def stop_worker(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Stop the worker, half of the times for longer than a silence that counts as death, and let it go on."""
    _stopped(service.worker(), draw.uniform(1.5, 4.5))


def stop_web(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Stop the web process for some seconds."""
    _stopped(service.web, draw.uniform(0.3, 2))


def _stopped(pid: int, seconds: float) -> None:
    os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


def kill_database(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Kill the server's first process, or one of those that serve connections, after which all its others end too."""
    if service.can_kill_server and draw.random() < 0.5:
        service.kill_server()
    else:
        _kill_backend(database, draw)


def _kill_backend(database: Database, draw: random.Random) -> None:
    """Kill a process that serves a connection; on another machine, end it as the server allows."""
    with database.engine.connect() as connection:
        query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        pid = draw.choice(list(connection.scalars(text(query))))
        # A number that is another program's here is a process of another machine.
        if _name(pid).startswith("postgres"):
            os.kill(pid, signal.SIGKILL)
        else:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})


def _name(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8")
    return ""


def kill_all(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Kill everything at once."""
    pids = [service.worker(), service.web]
    if service.can_kill_server:
        service.kill_server()
    else:
        _kill_backend(database, draw)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def cut(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Cut every connection to the database, and by address keep the line cut for a while."""
    if service.proxy is None:
        with database.engine.connect() as connection:
            connection.execute(text(f"SELECT {TERMINATE}"))
        return
    service.proxy.cut()
    time.sleep(draw.uniform(0.2, 2))
    service.proxy.mend()


TERMINATE = (
    "pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
)


def fill_disk(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Fill the file system of the database to the last byte for some seconds."""
    ballast = service.data / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        for _ in range(RAM_MB):
            file.write(b"\0" * 2**20)
    time.sleep(draw.uniform(0.5, 2))
    ballast.unlink()


def move_clock(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Move the wall clock of all processes at once; it stays there until the next move."""
    assert service.clock is not None
    service.clock.move(draw.choice(MOVES_SECONDS))


FAULTS: tuple[Fault, ...] = (kill_web, kill_worker, stop_worker, stop_web, kill_database, kill_all, cut)


def possible_faults(service: ServiceUnderTest) -> tuple[Fault, ...]:
    """Return the kinds that can be made here."""
    full = (fill_disk,) if service.has_own_disk and is_small(service.data) else ()
    return (*FAULTS, *full, *((move_clock,) if service.clock is not None else ()))
