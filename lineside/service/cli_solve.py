"""Running a solve from the command line: progress while it runs, and Ctrl-C that keeps the best plan."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from lineside.service.console import Screen

if TYPE_CHECKING:
    from lineside.models.scenario import Scenario
    from lineside.solver import Progress, Solution, SolveOptions

REFRESH_SECONDS = 0.2
QUIT_STATUS = 130
"""What shells use for a command that was ended by Ctrl-C."""


@dataclass(frozen=True)
class Wish:
    """What the command line was asked for: seconds of solving, threads of the search, its seed, people to spare."""

    seconds: float
    workers: int
    seed: int
    margin: int = 0


@contextmanager
def kept_on_interrupt(stop: threading.Event) -> Iterator[None]:
    """Let the first Ctrl-C set ``stop`` and a second one raise KeyboardInterrupt, as long as the context lasts."""

    def handle(signum: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


Search = Callable[["SolveOptions", Callable[["Progress"], None], threading.Event], "Solution"]
"""Looks for a plan, tells how it goes, and ends with its best plan when the event is set."""


def solve_with_progress(scenario: Scenario, wish: Wish, screen: Screen) -> Solution:
    """Solve a scenario and show how it goes."""

    def search(options: SolveOptions, tell: Callable[[Progress], None], stop: threading.Event) -> Solution:
        from lineside.solver import solve

        return solve(scenario, options, tell, stop)

    return search_with_progress(search, wish, screen)


def search_with_progress(search: Search, wish: Wish, screen: Screen) -> Solution:
    """Look for a plan and show how it goes.

    The search runs in a thread of its own: the main thread must stay free, because Python tells it
    alone about Ctrl-C. The first Ctrl-C ends the search with its best plan; a second one ends the
    program at once, without a plan.
    """
    stop = threading.Event()
    try:
        with kept_on_interrupt(stop):
            return _watched(search, wish, screen, stop)
    except KeyboardInterrupt:
        screen.say("Stopped a second time: no plan is kept, nothing is written.")
        sys.stdout.flush()
        # The search may be deep in compiled code that nothing but the end of the process ends.
        os._exit(QUIT_STATUS)


def _watched(search: Search, wish: Wish, screen: Screen, stop: threading.Event) -> Solution:
    newest: list[Progress | None] = [None]
    outcome: Future[Solution] = Future()
    began = time.monotonic()
    with screen.progress() as show:
        show(None, 0)
        threading.Thread(target=_search, args=(search, wish, newest, stop, outcome), daemon=True).start()
        told = is_done = False
        while not is_done:
            is_done = bool(wait((outcome,), timeout=REFRESH_SECONDS).done)
            show(newest[0], time.monotonic() - began)
            if stop.is_set() and not told:
                screen.say("Stopping: the best plan so far is kept. Press Ctrl-C again to quit without it.")
                told = True
    return outcome.result()


def _search(
    search: Search,
    wish: Wish,
    newest: list[Progress | None],
    stop: threading.Event,
    outcome: Future[Solution],
) -> None:
    def remember(progress: Progress) -> None:
        newest[0] = progress

    try:
        from lineside.solver import SolveOptions  # slow to import: the display is there already

        options = SolveOptions(seconds=wish.seconds, workers=wish.workers, seed=wish.seed, margin=wish.margin)
        outcome.set_result(search(options, remember, stop))
    except BaseException as error:  # carried over to the main thread, which raises it
        outcome.set_exception(error)
