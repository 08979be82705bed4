"""The embedded server: whoever leaves last stops it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
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


def test_a_folder_can_be_used_again_by_the_same_process(data: Path) -> None:
    for _ in range(2):
        embedded = EmbeddedServer(data)
        database = Database(embedded.address)
        database.migrate()
        assert database.is_ready()
        database.close()
        embedded.stop()
