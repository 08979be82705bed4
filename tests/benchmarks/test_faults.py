"""Some rounds of faults with real processes: what was acknowledged is there afterwards."""

from __future__ import annotations

import socket
import threading

import pytest

from benchmarks import faults
from benchmarks.faults_service import Proxy


def test_nothing_that_was_acknowledged_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "FAULTS", (faults.kill_worker, faults.kill_web))
    monkeypatch.setattr(faults, "RAM_MB", 0)  # no full disk: its database takes long to come back
    assert faults.run_rounds(None, range(3, 4), 60, 2) == (1, [])


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
