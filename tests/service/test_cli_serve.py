"""``lineside serve`` refuses ports that are taken before it starts anything."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("taken", ["LINESIDE_PORT", "LINESIDE_PAGES_PORT"])
def test_a_port_that_is_taken_is_told_in_a_sentence(taken: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        environment = {**os.environ, "LINESIDE_DATA": str(tmp_path / "data"), "LINESIDE_PORT": "0", taken: port}
        command = [sys.executable, "-m", "lineside.service.cli", "serve"]
        found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert found.returncode == 2
    assert found.stdout == ""
    assert f"Nothing can listen on 127.0.0.1, port {port}: address already in use." in found.stderr
    assert f"choose another with {taken}." in " ".join(found.stderr.split())
    assert not (tmp_path / "data").exists()
