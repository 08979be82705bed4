"""The embedded server: whoever leaves last stops it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lineside.service.storage.database import Database
from lineside.service.storage.embedded import EmbeddedServer, EmbeddedServerError, PostgresServer
from tests.service.conftest import COMMAND

AT_ONCE = 3


@pytest.fixture
def data() -> Iterator[Path]:
    # Not below pytest's own folder, see the fixture of the server.
    folder = Path(tempfile.mkdtemp(prefix="lineside-"))
    yield folder
    shutil.rmtree(folder)


def test_a_key_made_beside_the_service_leaves_its_database_running(data: Path) -> None:
    embedded = EmbeddedServer(data)
    try:
        command = [COMMAND, "key", "main", "--data", str(data)]
        made = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert (made.returncode, made.stdout[:4]) == (0, "lsk_"), made.stderr
        database = Database(embedded.address)
        assert database.is_ready()
        database.close()
    finally:
        embedded.stop()
    assert not (data / "postgresql" / "postmaster.pid").exists()


def test_a_key_made_without_the_service_stops_the_database_it_started(data: Path) -> None:
    subprocess.run([COMMAND, "key", "main", "--data", str(data)], capture_output=True, timeout=120, check=True)
    assert not (data / "postgresql" / "postmaster.pid").exists()


def test_processes_that_start_at_once_on_a_new_folder_share_one_server(data: Path) -> None:
    commands = [[COMMAND, "key", f"region {k}", "--data", str(data)] for k in range(AT_ONCE)]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for command in commands
    ]
    told = [process.communicate(timeout=300) for process in running]
    assert [process.returncode for process in running] == [0] * AT_ONCE, told
    assert all(out.startswith("lsk_") for out, _ in told)
    assert not (data / "postgresql" / "postmaster.pid").exists()


def test_a_server_that_takes_longer_than_the_wheel_waits_is_waited_for(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, tries = PostgresServer.ensure_postgres_running, []

    def slow(server: PostgresServer) -> None:
        tries.append(server)
        if len(tries) == 1:
            raise subprocess.TimeoutExpired("pg_ctl", 10)
        if len(tries) == 2:
            raise AssertionError("the server runs and is not ready")
        whole(server)

    monkeypatch.setattr(PostgresServer, "ensure_postgres_running", slow)
    embedded = EmbeddedServer(data)
    assert len(tries) == 3
    embedded.stop()


def test_a_server_that_never_starts_says_so(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(server: PostgresServer) -> None:
        raise subprocess.TimeoutExpired("pg_ctl", 10)

    monkeypatch.setattr(PostgresServer, "ensure_postgres_running", never)
    monkeypatch.setattr("lineside.service.storage.embedded.START_SECONDS", 1.0)
    with pytest.raises(EmbeddedServerError, match=r"does not start on .* Give the data folder a place on a local disk"):
        EmbeddedServer(data)


def test_a_server_that_was_killed_is_started_again_where_it_was(data: Path) -> None:
    embedded = EmbeddedServer(data)
    address, database = embedded.address, Database(embedded.address)
    database.migrate()
    embedded.ensure()  # it runs: nothing to do
    killed = postmaster_of(data)
    os.kill(killed, signal.SIGKILL)
    _ensured(embedded, lambda: postmaster_of(data) != killed)
    assert postmaster_of(data) != killed
    assert embedded.address == address
    assert database.is_ready()  # the same one, with its tables
    database.close()
    embedded.stop()
    assert not (data / "postgresql" / "postmaster.pid").exists()


def test_a_number_that_another_process_has_by_now_keeps_no_server_from_starting(data: Path) -> None:
    embedded = EmbeddedServer(data)
    address, database = embedded.address, Database(embedded.address)
    database.migrate()
    database.close()
    lost, file = postmaster_of(data), data / "postgresql" / "postmaster.pid"
    os.kill(lost, signal.SIGKILL)
    with stranger() as other:
        file.write_text(file.read_text().replace(str(lost), str(other.pid), 1))
        again = EmbeddedServer(data)
        assert postmaster_of(data) not in (lost, other.pid)
        assert again.address == address
        database = Database(again.address)
        assert database.is_ready()  # with its tables
        database.close()
        again.stop()
        assert other.poll() is None
    assert not file.exists()


@contextlib.contextmanager
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that has nothing to do with the service."""
    with subprocess.Popen(["sleep", "600"]) as other:
        try:
            yield other
        finally:
            other.kill()


def postmaster_of(data: Path) -> int:
    return int((data / "postgresql" / "postmaster.pid").read_text().split()[0])


def _ensured(embedded: EmbeddedServer, is_over: Callable[[], bool]) -> None:
    """Look after the server until something is so: its processes end some moments after the first one was killed."""
    for _ in range(1000):
        embedded.ensure()
        if is_over():
            return
        time.sleep(0.05)


def test_a_server_that_cannot_be_started_again_is_told_and_may_be_later(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded, whole = EmbeddedServer(data), PostgresServer.ensure_postgres_running
    killed = postmaster_of(data)
    os.kill(killed, signal.SIGKILL)

    def full(server: PostgresServer) -> None:
        raise subprocess.CalledProcessError(1, "pg_ctl")

    monkeypatch.setattr("lineside.service.storage.embedded.LEFTOVER_SECONDS", 0.0)
    monkeypatch.setattr(PostgresServer, "ensure_postgres_running", full)
    for _ in range(2):
        with pytest.raises(EmbeddedServerError, match="does not start on"):
            _ensured(embedded, lambda: False)
    monkeypatch.setattr("lineside.service.storage.embedded.LEFTOVER_SECONDS", 5.0)
    monkeypatch.setattr(PostgresServer, "ensure_postgres_running", whole)
    embedded.ensure()
    assert postmaster_of(data) != killed
    embedded.stop()


def test_a_folder_can_be_used_again_by_the_same_process(data: Path) -> None:
    for _ in range(2):
        embedded = EmbeddedServer(data)
        database = Database(embedded.address)
        database.migrate()
        assert database.is_ready()
        database.close()
        embedded.stop()
