"""``lineside serve`` as a process of its own, with patience cut short."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2

from lineside.service.storage.embedded import EmbeddedServer
from tests.service.runs.processes import QUICK, wait_for
from tests.service.runs.test_worker import children


class Serving:
    """A running ``lineside serve``.

    Parameters
    ----------
    options
        What the command line gives it besides a free port.
    """

    def __init__(self, *options: str) -> None:
        self.address = f"http://127.0.0.1:{free_port()}"
        port = self.address.rpartition(":")[2]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lineside.service.cli", "serve", "--port", port, *options],
            env={**os.environ, **QUICK, "LINESIDE_LOG_LEVEL": "WARNING", "LINESIDE_PAGES": "false"},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.client = httpx2.Client(base_url=self.address)
        try:
            wait_for(self.is_ready)
        except BaseException:
            self.close()
            raise

    def is_ready(self) -> bool:
        assert self.process.poll() is None
        with contextlib.suppress(httpx2.TransportError):
            return self.client.get("/readyz").status_code == 200
        return False

    def first_key(self) -> str:
        """Return the key that was printed, and use it from now on."""
        assert self.process.stdout is not None
        found = re.fullmatch(
            r"New region main\. Its planner's key, shown this once: (lsk_\S+)\n", self.process.stdout.readline()
        )
        assert found is not None
        self.use(found[1])
        return found[1]

    def use(self, key: str) -> None:
        self.client.headers["Authorization"] = f"Bearer {key}"

    def worker(self) -> int:
        (pid,) = children(self.process.pid)
        return pid

    def run(self, identity: str) -> Any:
        return self.client.get(f"/api/v1/runs/{identity}").json()

    def close(self) -> None:
        """End it the hard way, if it has not ended."""
        self.client.close()
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def data_folder() -> Iterator[Path]:
    """Give a folder for an embedded server, which is stopped at the end whoever left it running."""
    # Not below pytest's own folder, see the fixture of the server.
    folder = Path(tempfile.mkdtemp(prefix="lineside-"))
    yield folder
    EmbeddedServer(folder).stop()
    shutil.rmtree(folder)


@contextlib.contextmanager
def services(*options: str) -> Iterator[Callable[[], Serving]]:
    """Give a way to start the service; whatever still runs at the end is ended."""
    with contextlib.ExitStack() as stack:

        def start() -> Serving:
            serving = Serving(*options)
            stack.callback(serving.close)
            return serving

        yield start
