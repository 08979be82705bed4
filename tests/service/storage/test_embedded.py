"""The embedded server: whoever leaves last stops it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lineside.service.storage.database import Database
from lineside.service.storage.embedded import EmbeddedServer
from tests.service.conftest import COMMAND


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
