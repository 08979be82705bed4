"""Telling of better incumbents as whole plans, while the search goes on.

A thread of its own turns the newest seating into a plan, so that no thread of the search waits for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType

from lineside.models.plan import Plan
from lineside.solver.finish import finish
from lineside.solver.problem import Problem
from lineside.solver.seating import Seating

EVERY_SECONDS = 2.0
"""Plans are told at most this often."""
REST = 9.0
"""The thread rests this many times the processor time that a plan took it: the search keeps nine tenths of Python's."""


class IncumbentTeller:
    """Tells plans of the newest seatings; a context in which its thread runs.

    Parameters
    ----------
    problem
        The prepared problem.
    tell
        Called with each plan, from the thread of this teller alone.

    Notes
    -----
    Of seatings that come quicker than they are told, the last is told. An exception of ``tell`` ends the
    telling, and is raised when the context is left.
    """

    def __init__(self, problem: Problem, tell: Callable[[Plan], None]) -> None:
        self._problem, self._tell = problem, tell
        self._newest: tuple[Seating, float] | None = None
        self._fresh, self._over = threading.Event(), threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="incumbents", daemon=True)

    def offer(self, seating: Seating, bound: float) -> None:
        """Note the newest seating and the bound in line-minutes; returns at once."""
        self._newest = (seating, bound)
        self._fresh.set()

    def __enter__(self) -> IncumbentTeller:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the thread; what was not told yet is not told any more."""
        self._over.set()
        self._fresh.set()
        self._thread.join()
        if self._error is not None and error is None:
            raise self._error

    def _run(self) -> None:
        try:
            while True:
                self._fresh.wait()
                if self._over.is_set():
                    return
                self._over.wait(self._tell_newest())
        except Exception as error:
            self._error = error

    def _tell_newest(self) -> float:
        """Tell the newest seating and return how long to rest."""
        self._fresh.clear()  # before reading, so that a seating that comes meanwhile is told next
        assert self._newest is not None  # it is noted before it is fresh
        began = time.thread_time()
        seating, bound = self._newest
        self._tell(finish(self._problem, seating, bound, "feasible", {}))
        return max(EVERY_SECONDS, REST * (time.thread_time() - began))
