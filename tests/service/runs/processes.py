"""Real workers in processes of their own, with patience cut short."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from lineside.service.storage.database import Database
from lineside.service.storage.models import Run

GUARD = 300.0
"""Seconds after which something counts as hanging; machines that test are busy, and solves step back behind others."""
QUICK = {"LINESIDE_BEAT_SECONDS": "0.3", "LINESIDE_STALLED_SECONDS": "6", "LINESIDE_SWEEP_SECONDS": "0.5"}


@contextlib.contextmanager
def worker(database: Database, **settings: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Start a worker, with other settings if given; at the end it is stopped in peace, whatever was done to it."""
    command = [sys.executable, "-m", "lineside.service.cli", "worker"]
    given = {f"LINESIDE_{name.upper()}": str(value) for name, value in settings.items()}
    process = subprocess.Popen(command, env={**os.environ, **QUICK, **given, "LINESIDE_DATABASE": database.address})
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        process.wait(60)


def run_row(database: Database, run: uuid.UUID) -> Run:
    with database.session() as session:
        return session.get_one(Run, run)


def wait_for(what: Callable[[], bool], seconds: float = GUARD) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.1)


def wait_for_status(database: Database, run: uuid.UUID, *statuses: str, seconds: float = GUARD) -> Run:
    wait_for(lambda: run_row(database, run).status in statuses, seconds)
    return run_row(database, run)
