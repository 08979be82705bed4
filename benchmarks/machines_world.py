"""Machines for one service: a PostgreSQL by address, and processes each in a network of its own (Linux, root)."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.cases import ROOT
from benchmarks.faults_service import Proxy

WEB = """
from lineside.service.api.serving import run_web
from lineside.service.cli_serve import opened, settings_from
from lineside.service.logs import configure_logs

settings = settings_from()
configure_logs(settings.log_level)
with opened(settings) as database:
    run_web(database, settings)
"""
"""A web process alone, as any Lineside since the first migration starts it."""
WEB_PORT = 8000
PATIENCE_SECONDS = 600.0


class Machine(ABC):
    """A machine with one process of the service, whose line to the database can be cut.

    Parameters
    ----------
    number
        From 1; machines with the same number would be the same.
    folder
        Where its log goes.
    """

    def __init__(self, number: int, folder: Path) -> None:
        self.number = number
        self.log = folder / f"machine-{number}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def host(self) -> str:
        """Address at which others find it."""

    @abstractmethod
    def database(self, port: int) -> str:
        """Return the address at which it finds the database."""

    @abstractmethod
    def cut(self) -> None:
        """Take the line away."""

    @abstractmethod
    def mend(self) -> None:
        """Give the line back."""

    def command(self, words: list[str]) -> list[str]:
        """Return what runs a command here."""
        return words

    def start(self, words: list[str], tree: Path, environment: dict[str, str]) -> None:
        """Start the process with the code of a tree."""
        given = {**os.environ, "PYTHONPATH": str(tree), **environment}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command(words), cwd=self.log.parent, env=given, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def end(self) -> None:
        """Ask the process to end, as an upgrade does, and wait; kill it if it does not."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def solving_seconds(self) -> float:
        """Return the processor time of the processes that it started and that have ended."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
        user, system = map(int, fields[13:15])
        return (user + system) / os.sysconf("SC_CLK_TCK")

    def told(self, event: str) -> list[dict[str, Any]]:
        """Return the lines of its log that tell of an event."""
        found = []
        for line in self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else ():
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict) and entry.get("event") == event:
                    found.append(entry)
        return found

    def has_let_go(self, run: str) -> bool:
        """Return whether its log tells that an attempt at a run ended without a result that was stored."""
        ends = ("attempt came too late", "run given back", "Job lineside.solve")
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return any(run in line and any(f'"event": "{end}' in line for end in ends) for line in lines)

    def close(self) -> None:
        """End it and take its network away."""
        self.end()


class Namespace(Machine):
    """A machine in a network namespace, joined to the database's by a pair of virtual devices."""

    def __init__(self, number: int, folder: Path) -> None:
        super().__init__(number, folder)
        self._name, self._near, self._far = f"lineside{number}", f"lsnear{number}", f"lsfar{number}"
        _ip("netns", "add", self._name)
        _ip("link", "add", self._near, "type", "veth", "peer", "name", self._far, "netns", self._name)
        _ip("addr", "add", f"10.77.{number}.1/30", "dev", self._near)
        _ip("link", "set", self._near, "up")
        _ip("-n", self._name, "addr", "add", f"{self.host}/30", "dev", self._far)
        for device in ("lo", self._far):
            _ip("-n", self._name, "link", "set", device, "up")

    @property
    def host(self) -> str:
        """Address at which others find it."""
        return f"10.77.{self.number}.2"

    def database(self, port: int) -> str:
        """Return the address at which it finds the database."""
        return f"postgresql://lineside@10.77.{self.number}.1:{port}/lineside"

    def command(self, words: list[str]) -> list[str]:
        """Return what runs a command here."""
        return ["ip", "netns", "exec", self._name, *words]

    def cut(self) -> None:
        """Let nothing through any more, and tell nobody."""
        _ip("link", "set", self._near, "down")

    def mend(self) -> None:
        """Let everything through again."""
        _ip("link", "set", self._near, "up")

    def close(self) -> None:
        """End it and take its network away."""
        super().close()
        _ip("netns", "del", self._name)  # its device goes with it, and with that the other end


class Beside(Machine):
    """A process beside the others on the same machine, where namespaces are not to be had."""

    def __init__(self, number: int, folder: Path) -> None:
        super().__init__(number, folder)
        self._proxy: Proxy | None = None

    @property
    def host(self) -> str:
        """Address at which others find it: one of the machine's own for each."""
        return f"127.0.77.{self.number}"

    def database(self, port: int) -> str:
        """Return the address at which it finds the database: through a line that can be cut."""
        if self._proxy is None:
            self._proxy = Proxy("127.0.0.1", port)
        return f"postgresql://lineside@127.0.0.1:{self._proxy.port}/lineside"

    def cut(self) -> None:
        """Close every connection to the database, and each new one."""
        assert self._proxy is not None
        self._proxy.cut()

    def mend(self) -> None:
        """Let connections through again."""
        assert self._proxy is not None
        self._proxy.mend()

    def close(self) -> None:
        """End it and take its line away."""
        super().close()
        if self._proxy is not None:
            self._proxy.close()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def has_namespaces() -> bool:
    """Return whether network namespaces can be made here."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"lineside-try-{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode != 0:
        return False
    _ip("netns", "del", name)
    return True


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_programs() -> Path:
    """Return the folder of Debian's newest PostgreSQL.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise FileNotFoundError("There is no PostgreSQL. Install Debian's package postgresql.")
    return found[-1].parent


@contextlib.contextmanager
def postgres(addresses: list[str]) -> Iterator[int]:
    """Run a new PostgreSQL that listens on some addresses, and give its port; it keeps its promises to the disk."""
    programs, port = postgres_programs(), free_port()
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="lineside-machines-"))
    if as_user:
        shutil.chown(folder, "postgres")

    def run(*words: str) -> None:
        subprocess.run([*as_user, *words], check=True, capture_output=True, cwd=folder)

    data = folder / "data"
    run(str(programs / "initdb"), "-D", str(data), "--username", "lineside", "--auth", "trust", "-E", "UTF8")
    with (data / "pg_hba.conf").open("a", encoding="utf-8") as file:
        file.write("host all all 10.77.0.0/16 trust\n")
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        listen = ",".join(["127.0.0.1", *addresses])
        file.write(f"port = {port}\nlisten_addresses = '{listen}'\nunix_socket_directories = '{folder}'\n")
        file.write("".join(f"{name} = {value}\n" for name, value in SERVER_SETTINGS.items()))
    try:
        run(str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "start")
        try:
            address = ("-h", "127.0.0.1", "-p", str(port), "-U", "lineside")
            run(str(programs / "createdb"), *address, "lineside")
            yield port
        finally:
            run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


SERVER_SETTINGS = {
    "max_connections": 200,
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "idle_in_transaction_session_timeout": "'60s'",
}
"""What the page on running it for a state says: a machine that is gone must not keep its locks."""


EVEN = "import os\n\nos.nice = lambda by: 0\n"
"""What Python runs first where searches are not to step back."""


@contextlib.contextmanager
def tree_of(revision: str, *, is_even: bool) -> Iterator[Path]:
    """Give a folder with the code of a revision.

    Parameters
    ----------
    revision
        A commit.
    is_even
        Whether searches run at the priority of everything else here, and do not step back.
    """
    with tempfile.TemporaryDirectory(prefix="lineside-tree-") as name:
        packed = subprocess.run(["git", "archive", revision, "lineside"], cwd=ROOT, check=True, capture_output=True)
        subprocess.run(["tar", "-x", "-C", name], input=packed.stdout, check=True)
        if is_even:
            (Path(name) / "sitecustomize.py").write_text(EVEN, encoding="utf-8")
        yield Path(name)


def before_newest_migration() -> str:
    """Return the revision just before the newest migration came.

    Raises
    ------
    LookupError
        If no commit has it.
    """
    newest = sorted((ROOT / "lineside/service/storage/versions").glob("v*.py"))[-1].relative_to(ROOT)
    command = ["git", "log", "--diff-filter=A", "--format=%H", "-1", "--", str(newest)]
    added = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    if not added:
        raise LookupError(f"No commit has {newest}. Commit it, or name a revision with --old.")
    return f"{added}^"


def python(*words: str) -> list[str]:
    """Return a command of this Python."""
    return [sys.executable, *words]


def solved_by(machines: list[Machine]) -> Counter[int]:
    """Return how many runs each machine has finished."""
    return Counter({machine.number: len(machine.told("run finished")) for machine in machines})


def wait_for(what: Any, seconds: float = PATIENCE_SECONDS) -> float:
    """Wait until something is so, and return the seconds that took.

    Raises
    ------
    TimeoutError
        If it does not happen.
    """
    began = time.monotonic()
    while not what():
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"It did not happen within {seconds:g} seconds. Look at the logs of the machines.")
        time.sleep(0.1)
    return time.monotonic() - began
