"""What changes in the calendars, heard from the database as it happens, whoever changes it.

PostgreSQL delivers notifications in the order of their commits. So whoever hears its own call has heard every change
that was committed before. That is how a connection is found out that still stands but no longer delivers: a network
that went silent, or a pooler between service and database that does not pass notifications on.
"""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any, Protocol

import psycopg
import structlog
from sqlalchemy import func, select, text

from lineside.service.storage.database import Database
from lineside.service.storage.feeds import CHANGED
from lineside.service.storage.repeated import Repeated

log = structlog.get_logger("lineside.web")

CALL = "call"
"""First word of what a process sends to hear itself."""
CALL_SECONDS = 2.0
TRUST_SECONDS = 10.0
"""How long after a call that was heard what is remembered may be taken for true."""
RETRY_SECONDS = 1.0
LOOK_SECONDS = 0.5
"""How often the listening thread looks whether it should end."""


class SilentError(Exception):
    """The connection stands, but a call of ours was not heard on it."""


class Hearer(Protocol):
    """Who is told; every method may be called from any thread."""

    def listening(self) -> None:
        """From now on every change is told."""

    def confirmed(self, until: float) -> None:
        """Every change was told that is needed to trust until an instant of ``time.monotonic()``."""

    def changed(self, what: str) -> None:
        """Something changed, in the words of ``Feeds``."""

    def lost(self) -> None:
        """From now on changes may go untold."""


class News:
    """Listens in a thread of its own, and connects again whenever the connection is lost.

    Parameters
    ----------
    database
        The database; one of its connections is kept for listening.
    hearer
        Who is told.
    """

    def __init__(self, database: Database, hearer: Hearer) -> None:
        self._database = database
        self._hearer = hearer
        self._name = uuid.uuid4().hex
        self._ending = threading.Event()
        self._is_known_lost = False
        self._heard_at = 0.0
        self._thread: threading.Thread | None = None
        self._calls = Repeated("calendars' call", CALL_SECONDS, self._call)

    def start(self) -> None:
        """Begin to listen; what was stopped may be started again."""
        self._ending.clear()
        self._thread = threading.Thread(target=self._listen, name="calendars' news", daemon=True)
        self._thread.start()
        self._calls.start()

    def stop(self) -> None:
        """Stop listening."""
        self._ending.set()
        self._calls.stop()
        if self._thread is not None:
            self._thread.join()

    def _listen(self) -> None:
        while not self._ending.is_set():
            try:
                self._listen_once()
            except Exception as error:  # whatever it is: without news the database is asked, and that works
                if not self._is_known_lost:
                    log.warning("changes of calendars are not heard", exc_info=error)
                self._is_known_lost = True
            finally:
                self._hearer.lost()
            self._ending.wait(RETRY_SECONDS)

    def _listen_once(self) -> None:
        with self._database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            driver = connection.connection.driver_connection
            if not isinstance(driver, psycopg.Connection):
                raise TypeError("Listening needs a connection of psycopg. Open the database with lineside's Database.")
            connection.detach()  # closed at the end, never given to anybody else: it would go on listening
            connection.exec_driver_sql(f"LISTEN {CHANGED}")
            self._heard_at = time.monotonic()
            self._hearer.listening()
            self._calls.hurry()
            self._hear(driver)

    def _hear(self, driver: psycopg.Connection[Any]) -> None:
        while not self._ending.is_set():
            for note in driver.notifies(timeout=LOOK_SECONDS):
                self._take(note.payload)
            if time.monotonic() - self._heard_at > TRUST_SECONDS:
                raise SilentError

    def _take(self, words: str) -> None:
        first, _, rest = words.partition(":")
        if first != CALL:
            self._hearer.changed(words)
            return
        name, _, called_at = rest.partition(":")
        if name == self._name:
            self._heard_at = time.monotonic()
            if self._is_known_lost:
                log.info("changes of calendars are heard again")
            self._is_known_lost = False
            self._hearer.confirmed(float(called_at) + TRUST_SECONDS)

    def _call(self) -> None:
        words = f"{CALL}:{self._name}:{time.monotonic()}"
        with self._database.session() as session:
            session.execute(text("SET LOCAL synchronous_commit = off"))  # nobody misses a call after a power cut
            session.execute(select(func.pg_notify(CHANGED, words)))
