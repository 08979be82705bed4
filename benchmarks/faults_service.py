"""The service under faults: its processes, its database, and what is done to them."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from sqlalchemy import make_url

from benchmarks.faults_clock import Clock
from benchmarks.faults_places import OwnServer

QUICK = {
    "LINESIDE_BEAT_SECONDS": "0.3",
    "LINESIDE_STALLED_SECONDS": "3",
    "LINESIDE_SWEEP_SECONDS": "0.5",
    "LINESIDE_PAGES": "false",
    "LINESIDE_LOG_LEVEL": "ERROR",
    "LINESIDE_MAX_ATTEMPTS": "20",
    "LINESIDE_FAILED_KEYS_PER_MINUTE": "100000",
}
READY_SECONDS = 1200.0
WORKER_SECONDS = 60.0


class Proxy:
    """A line between the service and a server by address, which can be cut."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_cut = False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Close every connection, and each new one at once."""
        with self._lock:
            self._is_cut, sockets, self._sockets = True, self._sockets, set()
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    def close(self) -> None:
        """Close every connection and let no more through."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return  # it was closed
            try:
                far = socket.create_connection(self._target)
            except OSError:
                near.close()
                continue
            with self._lock:
                self._sockets |= {near, far}
            if self._is_cut:
                self.cut()
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._sockets -= {source}
        source.close()


class ServiceUnderTest:
    """``lineside serve`` on a data folder, or on a server by its address behind a line that can be cut.

    Parameters
    ----------
    data
        Folder of the embedded database; for a server by address, one on the file system that may be filled.
    server
        Address of a database on a server, or None for the embedded one.
    own
        The server of that address, if the harness runs it.
    clock
        The clock of its processes, if it can be moved.
    """

    def __init__(self, data: Path, server: str | None, own: OwnServer | None, clock: Clock | None) -> None:
        self.data = data
        self.clock = clock
        self.proxy: Proxy | None = None
        self.starts = 0
        self._own = own
        self._log = data.parent / "faults.log"
        self._options = ["--data", str(data)]
        if server is not None:
            url = make_url(server)
            self.proxy = Proxy(url.host or "127.0.0.1", url.port or 5432)
            through = url.set(host="127.0.0.1", port=self.proxy.port).render_as_string(hide_password=False)
            self._options = ["--database", through]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.key = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def has_own_disk(self) -> bool:
        """Whether the database is on the file system of the data folder."""
        return self.proxy is None or self._own is not None

    @property
    def can_kill_server(self) -> bool:
        """Whether the database's first process may be killed: it is on this machine, and started again."""
        return self.has_own_disk

    def kill_server(self) -> None:
        """Kill the database's first process."""
        if self._own is not None:
            self._own.kill()
        else:
            os.kill(self._postmaster(), signal.SIGKILL)

    def ensure(self) -> None:
        """See that the service answers and is ready; start again what has ended, as whoever operates it would.

        Raises
        ------
        TimeoutError
            If it does not become ready.
        """
        deadline = time.monotonic() + READY_SECONDS
        if self._own is not None:
            self._own.ensure()
        while not self._is_ready():
            if self._process is None or self._process.poll() is not None:
                self._start()
            if time.monotonic() > deadline:
                raise TimeoutError(self._story())
            time.sleep(0.1)

    def _story(self) -> str:
        is_alive = self._process is not None and self._process.poll() is None
        told = self._log.read_text(encoding="utf-8").splitlines()[-3:]
        return (
            f"The service was not ready after {READY_SECONDS:g} seconds; its web process "
            f"{'is alive' if is_alive else 'has ended'}. Its log says: {' / '.join(told) or 'nothing'}."
        )

    def _start(self) -> None:
        self._close_output()
        self.starts += 1
        command = [sys.executable, "-m", "lineside.service.cli", "serve", "--port", str(self.port), *self._options]
        with self._log.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                command, env=self._environment(), stdout=subprocess.PIPE, stderr=log, text=True
            )
        if not self.key:
            assert self._process.stdout is not None
            self.key = self._process.stdout.readline().rpartition(" ")[2].strip()

    def _environment(self) -> dict[str, str]:
        # It is started so often that it must not translate its modules each time.
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        translated = {"PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "lineside-faults-modules")}
        return {**kept, **QUICK, **translated, **({} if self.clock is None else self.clock.environment)}

    def _is_ready(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return bool(urllib.request.urlopen(f"{self.address}/readyz", timeout=5).status == 200)
        return False

    @property
    def web(self) -> int:
        """Process id of the web service."""
        assert self._process is not None
        return self._process.pid

    def worker(self) -> int:
        """Return the process id of the worker; wait for it if it is being started again.

        Raises
        ------
        TimeoutError
            If there is none.
        """
        deadline = time.monotonic() + WORKER_SECONDS
        while time.monotonic() < deadline:
            for pid in self._children():
                if "worker" in _command(pid):
                    return pid
            time.sleep(0.1)
        raise TimeoutError(f"There was no worker for {WORKER_SECONDS:g} seconds. Look at the service's log.")

    def _children(self) -> list[int]:
        """Return the processes that the web service started, from whichever of its threads."""
        found: list[int] = []
        for children in Path(f"/proc/{self.web}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += map(int, children.read_text().split())
        return found

    def _postmaster(self) -> int:
        return int((self.data / "postgresql" / "postmaster.pid").read_text().split()[0])

    def end(self) -> None:
        """End the service in order."""
        if self.proxy is not None:
            self.proxy.mend()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.web, signal.SIGCONT)
            self._process.terminate()
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._close_output()
        if self.proxy is not None:
            self.proxy.close()

    def _close_output(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""
