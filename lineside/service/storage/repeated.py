"""Something that is done again and again beside the requests."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger("lineside.web")


class Repeated:
    """Calls a function every some seconds in a thread of its own, and once more at the end.

    Parameters
    ----------
    name
        Name of the thread, and of the work in the log.
    seconds
        Time between two calls.
    work
        The function. If it fails, the log tells it and the next call is made as usual.
    """

    def __init__(self, name: str, seconds: float, work: Callable[[], None]) -> None:
        self._name = name
        self._seconds = seconds
        self._work = work
        self._sooner = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        """Whether further calls will be made."""
        return self._thread is not None and not self._ending.is_set()

    def start(self) -> None:
        """Begin; the first call comes after the first wait. What was stopped may be started again."""
        self._ending.clear()
        self._sooner.clear()
        self._thread = threading.Thread(target=self._repeat, name=self._name, daemon=True)
        self._thread.start()

    def hurry(self) -> None:
        """Make the next call now."""
        self._sooner.set()

    def stop(self) -> None:
        """Make the last call and end."""
        self._ending.set()
        self._sooner.set()
        if self._thread is not None:
            self._thread.join()

    def _repeat(self) -> None:
        while not self._ending.is_set():
            self._sooner.wait(self._seconds)
            self._sooner.clear()
            if not self._ending.is_set():
                self._call()
        self._call()

    def _call(self) -> None:
        try:
            self._work()
        except Exception as error:
            log.warning("repeated work failed", work=self._name, exc_info=error)
