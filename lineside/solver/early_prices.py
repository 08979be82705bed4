"""Prices of a large region, found in a process of their own while this one builds a first plan.

Neither needs the other, and each takes a minute or more where there are millions of pairs. A forked process has the
prepared problem without copying it; it tells each better bound, and at last its prices and the cohorts that they ask
for.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection

from lineside.solver.ascent import Ascent
from lineside.solver.columns import Column, Relaxation
from lineside.solver.forking import start_without_input
from lineside.solver.problem import Problem

Prices = tuple[Relaxation, list[Column]]
"""What prices alone prove, and the cohorts that made them fall."""
WAIT_SECONDS = 0.1
"""How often it is asked whether prices are still wanted."""


class EarlyPrices:
    """Prices alone (:mod:`lineside.solver.ascent`), rising in another process from now on.

    Parameters
    ----------
    problem
        The prepared problem.
    seconds
        Time after which prices rise no more.
    keeps_columns
        Whether cohorts are wanted, for a master problem that goes on from here.

    Notes
    -----
    The process is copied by ``fork``: no other thread of this one may be at work on the problem meanwhile.
    """

    def __init__(self, problem: Problem, seconds: float, keeps_columns: bool) -> None:
        context = multiprocessing.get_context("fork")
        self._line, theirs = context.Pipe(duplex=False)
        until = time.monotonic() + seconds
        self._process = context.Process(
            target=_rise, args=(problem, until, keeps_columns, self._line, theirs), daemon=True
        )
        start_without_input(self._process)
        theirs.close()
        self._found: Prices | None = None
        self._is_open = True

    def look(self, on_bound: Callable[[float], None]) -> None:
        """Report the bounds, in units, that have come in since the last time."""
        while self._is_open and self._line.poll():
            self._receive(on_bound)

    def wait(self, goes_on: Callable[[], bool], on_bound: Callable[[float], None]) -> Prices | None:
        """Report bounds until the prices are there or ``goes_on`` says no; return the prices, or None without them."""
        while self._is_open and goes_on():
            if self._line.poll(WAIT_SECONDS):
                self._receive(on_bound)
        return self._found

    def _receive(self, on_bound: Callable[[float], None]) -> None:
        try:
            found: float | Prices = self._line.recv()
        except (EOFError, OSError):  # it has ended before its time, as one does that the system kills for its memory
            self._is_open = False
            return
        if isinstance(found, float):
            on_bound(found)
        else:
            self._found, self._is_open = found, False

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._line.close()
        self._process.kill()
        self._process.join()
        self._process.close()


def _rise(problem: Problem, until: float, keeps_columns: bool, theirs: Connection, line: Connection) -> None:
    """Raise prices and send what they prove: the life of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to the process that was started by hand
    theirs.close()
    ascent = Ascent(problem, keeps_columns)
    try:
        ascent.run(lambda: time.monotonic() < until, lambda units: line.send(float(units)))
        line.send((ascent.relaxation(), ascent.columns))
    except OSError:  # nobody is there any more to be told
        return
