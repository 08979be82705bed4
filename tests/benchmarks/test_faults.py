"""Some rounds of faults with real processes: what was acknowledged is there afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from benchmarks import faults, faults_places
from benchmarks.faults_clients import events_of
from benchmarks.faults_clock import clock_in
from benchmarks.faults_kinds import kill_all, kill_database, move_clock
from benchmarks.faults_service import Proxy

SEED = 70
EVENT = (
    "BEGIN:VEVENT\r\nUID:{}\r\nSEQUENCE:0\r\nSTATUS:CONFIRMED\r\n"
    "DTSTART:20260105T{}Z\r\nDTEND:20260105T140000Z\r\nEND:VEVENT\r\n"
)


def test_nothing_that_was_acknowledged_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    # The seed draws each of the three once: the clock goes back an hour, then the database dies, then everything.
    monkeypatch.setattr(faults, "possible_faults", lambda service: (move_clock, kill_database, kill_all))
    monkeypatch.setattr(faults_places, "RAM_MB", 0)  # no full disk: its database takes long to come back
    tally = faults.run_rounds(faults.SERVER in os.environ, range(SEED, SEED + 1), 60, 3)
    assert (len(tally.seconds), tally.losses) == (1, [])
    assert tally.made.total() + tally.vain.total() == 3
    assert tally.made["kill_all"] == 1


@pytest.mark.parametrize("seconds", [-86_400, 3_600])
def test_a_clock_is_moved_for_those_that_have_it(tmp_path: Path, seconds: int) -> None:
    clock = clock_in(tmp_path)
    assert (clock is None) == (shutil.which("cc") is None)
    if clock is None:
        return
    clock.move(seconds)
    told = "import datetime, time; print(time.time(), datetime.datetime.now().timestamp(), time.monotonic())"
    environment = {**os.environ, **clock.environment}
    answer = subprocess.run([sys.executable, "-c", told], env=environment, capture_output=True, text=True, check=True)
    by_time, by_date, forward = map(float, answer.stdout.split())
    clock.close()
    for moved in (by_time, by_date):
        assert moved - time.time() == pytest.approx(seconds, abs=600)
    assert forward == pytest.approx(time.monotonic(), abs=600)  # what only runs forward is left alone


def test_calendars_that_are_not_valid_are_told() -> None:
    def calendar(*events: str) -> str:
        return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{''.join(events)}END:VCALENDAR\r\n"

    good = EVENT.format("a", "120000")
    assert len(events_of(calendar(good, EVENT.format("b", "130000")))) == 2
    with pytest.raises(ValueError, match="same UID"):
        events_of(calendar(good, good))
    with pytest.raises(ValueError, match="ends before it begins"):
        events_of(calendar(EVENT.format("a", "150000")))
    with pytest.raises(ValueError):
        events_of("<html>")


def test_a_line_is_cut_and_mended() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        proxy = Proxy(*listening.getsockname())

        def echo() -> None:
            while True:
                near, _ = listening.accept()
                with near:
                    near.sendall(near.recv(10))

        threading.Thread(target=echo, daemon=True).start()
        with socket.create_connection(("127.0.0.1", proxy.port), 5) as first:
            first.sendall(b"a")
            assert first.recv(10) == b"a"
            proxy.cut()
            assert first.recv(10) == b""
        with socket.create_connection(("127.0.0.1", proxy.port), 5) as second:
            assert second.recv(10) == b""
        proxy.mend()
        with socket.create_connection(("127.0.0.1", proxy.port), 5) as third:
            third.sendall(b"b")
            assert third.recv(10) == b"b"
        proxy.close()
