"""``lineside serve`` and ``lineside worker``: everything with one command, or one more worker."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

from pydantic import SecretStr, ValidationError
from sqlalchemy.exc import OperationalError

from lineside.service.access.secrets import new_secret
from lineside.service.cli_inputs import BadInputError
from lineside.service.logs import configure_logs
from lineside.service.memory import give_memory_back
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database, WrongAddressError
from lineside.service.storage.embedded import EmbeddedServer, EmbeddedServerError
from lineside.service.storage.repeated import Repeated

FOLLOW = "LINESIDE_FOLLOW_INPUT"
"""Set for the worker of ``lineside serve``: the end of its input tells that the service is gone."""
KEEP_SECONDS = 2.0
"""How often ``lineside serve`` looks whether its embedded server runs."""


def settings_from(**given: Any) -> ServiceSettings:
    """Return the settings, with what the command line gives on top.

    Raises
    ------
    BadInputError
        If a setting is wrong.
    """
    if given.get("database") is not None:
        given["database"] = SecretStr(given["database"])
    try:
        return ServiceSettings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise BadInputError(
            [
                f"Setting {'.'.join(map(str, detail['loc']))}: {detail['msg']}. Correct it in the environment or file."
                for detail in error.errors(include_url=False, include_input=False)
            ]
        ) from None


@contextlib.contextmanager
def opened(settings: ServiceSettings, *, as_it_is: bool = False, is_kept: bool = False) -> Iterator[Database]:
    """Give the database, migrated unless it is wanted as it is; an embedded server is started for it and stopped after.

    Parameters
    ----------
    settings
        Where the database is.
    as_it_is
        Whether not to migrate it.
    is_kept
        Whether an embedded server that dies meanwhile is started again.

    Raises
    ------
    BadInputError
        If there is no such database, or the embedded server does not start.
    """
    with contextlib.ExitStack() as stack:
        try:
            if settings.database is None:
                embedded = EmbeddedServer(settings.data)
                stack.callback(embedded.stop)
                if is_kept:
                    keeping = Repeated("embedded database", KEEP_SECONDS, embedded.ensure)
                    keeping.start()
                    stack.callback(keeping.stop)
                address = embedded.address
            else:
                address = settings.database.get_secret_value()
            database = Database(address, pool_size=10)
            stack.callback(database.close)
            if not as_it_is:
                database.migrate()
        except (EmbeddedServerError, WrongAddressError) as error:
            raise BadInputError([str(error)]) from None
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise BadInputError(
                [f"The database does not answer: {reason}. Check its address and that it runs."]
            ) from None
        yield database


def work(settings: ServiceSettings) -> None:
    """Work on the queue until a signal says to end.

    Raises
    ------
    BadInputError
        If no database is given, or it does not answer.
    """
    if settings.database is None:
        raise BadInputError(["A worker needs the database of its service. Give it with --database URL."])
    from lineside.service.runs.worker import Worker

    configure_logs(settings.log_level)
    if os.environ.get(FOLLOW):
        threading.Thread(target=_end_with_input, daemon=True).start()
    with opened(settings) as database:
        asyncio.run(Worker(database, settings).work())


def _end_with_input() -> None:
    while os.read(0, 1024):  # not through sys.stdin: its lock would be held when the interpreter ends
        pass
    os.kill(os.getpid(), signal.SIGTERM)


COOKIE_SECRET = "pages_cookie_secret"
"""File in the data folder."""
LEAST_LETTERS = 32


class Companion:
    """A process beside the web service, started again whenever it dies.

    Parameters
    ----------
    module, arguments
        What ``python -m`` runs.
    environment
        Added to this process's own; other users cannot read it.
    """

    RESTART_SECONDS = 1.0

    def __init__(self, module: str, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
        self._command = [sys.executable, "-m", module, *arguments]
        self._environment = {**os.environ, **environment, FOLLOW: "1"}
        self._ended = threading.Event()
        self._process = self._started()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def _started(self) -> subprocess.Popen[bytes]:
        # A process group of its own: Ctrl-C at a terminal reaches the service, which ends its companions in order.
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, env=self._environment, start_new_session=True)

    def _watch(self) -> None:
        while not self._ended.is_set():
            self._process.wait()
            if not self._ended.wait(self.RESTART_SECONDS):
                self._process = self._started()

    def stop(self, seconds: float) -> None:
        """Ask the process to end, as a worker does after giving back its runs; kill it after some seconds."""
        self._ended.set()
        self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._watcher.join()


def serve(settings: ServiceSettings) -> None:
    """Start database, worker and web service, and stop them in order when a signal says so.

    Raises
    ------
    BadInputError
        If a port is taken, or the database does not start or answer.
    """
    from lineside.service.api.serving import run_web

    _try_ports(settings)
    give_memory_back()
    configure_logs(settings.log_level)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end_in_order)  # also what the web server comes back to when it was told to end
    with opened(settings, is_kept=True) as database, contextlib.ExitStack() as stack:
        _first_key(database, settings.region)
        if settings.worker:
            worker = Companion("lineside.service.cli", ("worker",), {"LINESIDE_DATABASE": database.address})
            stack.callback(worker.stop, settings.shutdown_seconds)
        if settings.pages:
            stack.callback(_pages(settings).stop, settings.shutdown_seconds)
        run_web(database, settings)


def _try_ports(settings: ServiceSettings) -> None:
    """Refuse ports that something else listens on, before anything is started."""
    wanted = [("port", settings.port), ("pages_port", settings.pages_port)][: 2 if settings.pages else 1]
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    mistakes = []
    for name, port in wanted:
        try:
            socket.create_server((settings.host, port), family=family).close()
        except OSError as error:
            reason = os.strerror(error.errno).lower() if error.errno and error.errno > 0 else str(error)
            advice = f"End what listens there, or choose another with LINESIDE_{name.upper()}."
            mistakes.append(f"Nothing can listen on {settings.host}, port {port}: {reason}. {advice}")
    if mistakes:
        raise BadInputError(mistakes)


def _pages(settings: ServiceSettings) -> Companion:
    arguments = ("--host", settings.host, "--port", str(settings.pages_port), "--api", settings.own_address)
    environment = sign_in_settings(settings)
    print(f"Pages: {settings.pages_address}", flush=True)
    return Companion("lineside.ui", arguments, environment)


def sign_in_settings(settings: ServiceSettings) -> dict[str, str]:
    """Return what the pages need for OpenID Connect; they read the environment and no file of the service's.

    Raises
    ------
    BadInputError
        If the data folder cannot keep what signs the cookies.
    """
    if settings.oidc_client_secret is None:
        return {}
    return {
        "LINESIDE_PAGES_URL": settings.pages_address,
        "LINESIDE_PAGES_COOKIE_SECRET": cookie_secret(settings),
        "LINESIDE_OIDC_ISSUER": settings.oidc_issuer,
        "LINESIDE_OIDC_CLIENT_ID": settings.oidc_client_id,
        "LINESIDE_OIDC_CLIENT_SECRET": settings.oidc_client_secret.get_secret_value(),
        "LINESIDE_OIDC_NAME": settings.oidc_name,
    }


def cookie_secret(settings: ServiceSettings) -> str:
    """Return what signs the cookies of the pages: as it is set, else kept in the data folder and made there once.

    Raises
    ------
    BadInputError
        If the data folder cannot keep it.
    """
    if settings.pages_cookie_secret is not None:
        return settings.pages_cookie_secret.get_secret_value()
    path = settings.data / COOKIE_SECRET
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            # Only its owner may read it, from its first moment on: whoever knows it can sign in as anybody.
            made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(made, "w", encoding="ascii") as file:
                file.write(new_secret())
        kept = path.read_text(encoding="ascii")
    except OSError as error:
        raise BadInputError(
            [f"{path} cannot be written: {error.strerror}. Give LINESIDE_PAGES_COOKIE_SECRET a long random text."]
        ) from None
    if len(kept) < LEAST_LETTERS:
        raise BadInputError([f"{path} holds only {len(kept)} letters. Delete it and start again to have a new one."])
    return kept


def _end_in_order(number: int, frame: FrameType | None) -> None:
    """Leave through every ``with``, once; whoever is in a hurry has SIGKILL."""
    for other in (signal.SIGINT, signal.SIGTERM):
        signal.signal(other, signal.SIG_IGN)
    raise SystemExit(0)


def _first_key(database: Database, region: str) -> None:
    from lineside.service.access.keys import first_key

    key = first_key(database, region)
    if key is not None:
        print(f"New region {region}. Its planner's key, shown this once: {key}", flush=True)


def make_key(settings: ServiceSettings, region: str, company: str | None, label: str) -> None:
    """Make a key and print it; a region that is new is made.

    Raises
    ------
    BadInputError
        If the database does not start or answer.
    """
    from lineside.service.access.keys import new_region_key

    with opened(settings) as database:
        print(new_region_key(database, region, company, label))


def make_identity(settings: ServiceSettings, region: str, company: str | None, email: str, label: str) -> None:
    """Let a person in by the email address; a region that is new is made.

    Raises
    ------
    BadInputError
        If the database does not start or answer, or the address is none or let in already.
    """
    from lineside.service.access.identities import email_key, let_in
    from lineside.service.problems import ConflictProblem

    name, _, domain = email_key(email).partition("@")
    if not name or not domain or "@" in domain or len(email.split()) != 1:
        raise BadInputError([f"{email!r} is no email address. Give one such as dana@acme.example."])
    with opened(settings) as database:
        try:
            let_in(database, region, company, email, label)
        except ConflictProblem as problem:
            raise BadInputError([problem.detail]) from None
    role = "a planner" if company is None else f"a plant manager of {company}"
    print(f"{email_key(email)} may sign in to the region {region} as {role}.")
