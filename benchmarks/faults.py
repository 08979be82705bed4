"""Rounds of faults, drawn from seeds, while clients save, publish, solve and fetch: ``python -m benchmarks.faults``."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from benchmarks.faults_clients import Clients, audit
from benchmarks.faults_service import ServiceUnderTest
from lineside.service.storage.database import Database
from lineside.service.storage.embedded import EmbeddedServer

SERVER = "LINESIDE_TEST_DATABASE"
"""Environment variable with the address of a server; its role may create databases."""
RAM_MB = 1500
Fault = Callable[[ServiceUnderTest, Database, random.Random], None]


def kill_web(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Kill the web process."""
    os.kill(service.web, signal.SIGKILL)


def kill_worker(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Kill the worker, if there is one just now."""
    pid = service.worker
    if pid is not None:
        os.kill(pid, signal.SIGKILL)


def stop_worker(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Stop the worker for longer than a silence that counts as death, and let it go on."""
    _stopped(service.worker, draw.uniform(5, 9))


def stop_web(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Stop the web process for some seconds."""
    _stopped(service.web, draw.uniform(0.5, 3))


def _stopped(pid: int | None, seconds: float) -> None:
    if pid is not None:
        os.kill(pid, signal.SIGSTOP)
        time.sleep(seconds)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def kill_database(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Kill the embedded server, or one process of the one by address, after which all its others begin anew."""
    if service.proxy is None:
        os.kill(service.postmaster, signal.SIGKILL)
        time.sleep(draw.uniform(0, 1))
        os.kill(service.web, signal.SIGKILL)  # the embedded server is started by serve alone
    else:
        os.kill(random.choice(_backends(database)), signal.SIGKILL)


def kill_all(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Kill everything at once."""
    kill_worker(service, database, draw)
    if service.proxy is None:
        os.kill(service.postmaster, signal.SIGKILL)
    else:
        kill_database(service, database, draw)
    with contextlib.suppress(ProcessLookupError):
        os.kill(service.web, signal.SIGKILL)


def cut(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Cut every connection to the database, and by address keep the line cut for a while."""
    if service.proxy is None:
        with contextlib.closing(database.engine.connect()) as connection:
            connection.execute(text(f"SELECT {TERMINATE}"))
        return
    service.proxy.cut()
    time.sleep(draw.uniform(0.2, 3))
    service.proxy.mend()


TERMINATE = (
    "pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
)


def fill_disk(service: ServiceUnderTest, database: Database, draw: random.Random) -> None:
    """Fill the file system of the data folder to the last byte for some seconds."""
    ballast = service.data / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        for _ in range(RAM_MB):
            file.write(b"\0" * 2**20)
    time.sleep(draw.uniform(0.5, 3))
    ballast.unlink()


def _backends(database: Database) -> list[int]:
    with database.engine.connect() as connection:
        query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        return [int(pid) for pid in connection.scalars(text(query))] or [_own(database)]


def _own(database: Database) -> int:
    with database.engine.connect() as connection:
        return int(connection.scalars(text("SELECT pg_backend_pid()")).one())


FAULTS: tuple[Fault, ...] = (kill_web, kill_worker, stop_worker, stop_web, kill_database, kill_all, cut)


def run_round(service: ServiceUnderTest, database: Database, clients: Clients, seed: int, faults: int) -> list[str]:
    """Let clients ask, make some faults at random times, wait until all is well again, and audit.

    Returns
    -------
    The names of the faults, then the losses in sentences.
    """
    draw = random.Random(seed)
    possible = [*FAULTS, *((fill_disk,) if _is_small(service) else ())]
    chosen = [draw.choice(possible) for _ in range(faults)]
    clients.begin(seed)
    for fault in chosen:
        time.sleep(draw.uniform(0.3, 2))
        try:
            fault(service, database, draw)
        except Exception as error:  # a fault may meet what an earlier one left dead; that is told and no loss
            print(f"  {fault.__name__}: {type(error).__name__}", flush=True)
        service.ensure()
        database.engine.dispose()
    time.sleep(draw.uniform(0.3, 1))
    clients.end()
    service.ensure()
    losses = audit(database, clients)
    print(f"{seed}: {' '.join(fault.__name__ for fault in chosen)}: {losses or 'no loss'}", flush=True)
    COUNTS.update(fault.__name__ for fault in chosen)
    return losses


COUNTS: Counter[str] = Counter()


def _is_small(service: ServiceUnderTest) -> bool:
    total = shutil.disk_usage(service.data).total
    return service.proxy is None and 0 < total <= RAM_MB * 2**20  # a file system without a limit says 0


@contextlib.contextmanager
def data_folder() -> Iterator[Path]:
    """Give a folder on a small file system in memory where that can be mounted, else a plain one."""
    folder = Path(tempfile.mkdtemp(prefix="lineside-faults-"))
    folder.chmod(0o755)
    command = ["mount", "-t", "tmpfs", "-o", f"size={RAM_MB}m,mode=755", "tmpfs", str(folder)]
    wanted = RAM_MB > 0 and os.geteuid() == 0  # a size of 0 would be none at all
    is_mounted = wanted and subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        (folder / "data").mkdir()
        yield folder / "data"
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def new_database(server: str) -> Iterator[str]:
    """Give the address of a new database on a server."""
    admin = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    name = f"faults_{os.getpid()}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    admin.dispose()


def run_rounds(server: str | None, seeds: range, seconds: float, faults: int) -> tuple[int, list[str]]:
    """Make rounds on one store until the seeds or the time are over; return how many were made, and the losses."""
    until, made, losses = time.monotonic() + seconds, 0, []
    with contextlib.ExitStack() as stack:
        data = stack.enter_context(data_folder())
        address = None if server is None else stack.enter_context(new_database(server))
        service = ServiceUnderTest(data, address)
        stack.callback(service.end)
        service.ensure()
        database = Database(address or _embedded_address(data))
        stack.callback(database.close)
        clients = Clients(service.address, service.key)
        stack.callback(clients.close)
        for seed in seeds:
            if time.monotonic() > until:
                break
            losses += [f"seed {seed}: {loss}" for loss in run_round(service, database, clients, seed, faults)]
            made += 1
        done = clients.done
        print(
            f"{made} rounds, {len(done.saves)} saves, {len(done.plans)} plans, {sum(done.publications.values())} "
            f"publications, {len(done.runs)} runs and {done.fetches} feeds acknowledged; {len(losses)} losses",
            flush=True,
        )
    return made, losses


def _embedded_address(data: Path) -> str:
    """Return the address of the embedded server that the service runs, without keeping it running."""
    server = EmbeddedServer(data)
    server.stop()
    return server.address


def main() -> None:
    """Make rounds and tell what was lost; status 1 if anything was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no round after so long")
    parser.add_argument("--faults", type=int, default=2, help="faults in a round")
    parser.add_argument("--server", action="store_true", help=f"on the server of {SERVER}")
    given = parser.parse_args()
    began = dt.datetime.now(dt.UTC)
    server = os.environ[SERVER] if given.server else None
    seeds = range(given.first_seed, given.first_seed + given.rounds)
    made, losses = run_rounds(server, seeds, given.seconds, given.faults)
    minutes = (dt.datetime.now(dt.UTC) - began).total_seconds() / 60
    print(f"{made} rounds in {minutes:.1f} minutes; faults: {dict(COUNTS)}")
    for loss in losses:
        print(loss)
    sys.exit(1 if losses else 0)


if __name__ == "__main__":
    main()
