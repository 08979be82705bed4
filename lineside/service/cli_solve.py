"""Running a solve from the command line: progress while it runs, and Ctrl-C that keeps the best plan."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

from lineside.service.cli_inputs import BadInputError
from lineside.service.console import Screen

if TYPE_CHECKING:
    from lineside.models.scenario import Scenario
    from lineside.solver import GoalReached, Progress, Solution, SolveOptions

REFRESH_SECONDS = 0.2
QUIT_STATUS = 130
"""What shells use for a command that was ended by Ctrl-C."""


T = TypeVar("T")
Task = Callable[[Callable[["Progress"], None], threading.Event], T]
"""Work that tells its progress and ends early when the event is set."""


@dataclass(frozen=True)
class Wish:
    """What the command line was asked for.

    Parameters
    ----------
    seconds, workers, seed
        Seconds of solving, threads of the search, its seed.
    limits
        Most of each measure, in its own unit.
    goals
        Measures in strict order, as text; None for the scenario's objective.
    margin
        People to spare in each new cohort.
    """

    seconds: float
    workers: int
    seed: int
    margin: int = 0
    limits: dict[str, Decimal] = field(default_factory=dict)
    goals: str | None = None


def limits_from(texts: Sequence[str]) -> dict[str, Decimal]:
    """Return limits from texts such as ``dollars=500``.

    Raises
    ------
    BadInputError
        If one cannot be read, or a measure is limited twice.
    """
    limits: dict[str, Decimal] = {}
    for text in texts:
        name, _, amount = (part.strip() for part in text.partition("="))
        try:
            value = Decimal(amount)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            raise BadInputError([f"{text!r} is no limit. Write a measure and its most, such as dollars=500."])
        if name in limits:
            raise BadInputError([f"{name} is limited twice. Give one limit for each measure."])
        limits[name] = value
    return limits


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


def solve_with_progress(scenario: Scenario, wish: Wish, screen: Screen) -> tuple[Solution, tuple[GoalReached, ...]]:
    """Solve a scenario and show how it goes; return the solution, and what came of goals in strict order.

    Raises
    ------
    BadInputError
        If a measure does not exist or an amount cannot be used.
    """

    def solving(tell: Callable[[Progress], None], stop: threading.Event) -> tuple[Solution, tuple[GoalReached, ...]]:
        # Slow to import: the display is there already.
        from lineside.solver import MeasureError, goals_of, solve, solve_in_order

        options = _options(wish)
        try:
            if wish.goals is None:
                return solve(scenario, options, tell, stop), ()
            found = solve_in_order(scenario, goals_of(wish.goals), options, tell, stop)
        except MeasureError as error:
            raise BadInputError([str(error)]) from None
        return found.solution, found.reached

    return watched(solving, screen)


Search = Callable[["SolveOptions", Callable[["Progress"], None], threading.Event], "Solution"]
"""Looks for a plan, tells how it goes, and ends with its best plan when the event is set."""


def search_with_progress(search: Search, wish: Wish, screen: Screen) -> Solution:
    """Look for a plan and show how it goes."""
    return watched(lambda tell, stop: search(_options(wish), tell, stop), screen)


def _options(wish: Wish) -> SolveOptions:
    from lineside.solver import SolveOptions

    return SolveOptions(wish.seconds, wish.workers, wish.seed, wish.margin, wish.limits)


def watched(task: Task[T], screen: Screen) -> T:
    """Run a task and show how it goes.

    The search runs in a thread of its own: the main thread must stay free, because Python tells it
    alone about Ctrl-C. The first Ctrl-C ends the search with its best plan; a second one ends the
    program at once, without a plan.
    """
    stop = threading.Event()
    try:
        with kept_on_interrupt(stop):
            return _shown(task, screen, stop)
    except KeyboardInterrupt:
        screen.say("Stopped a second time: no plan is kept, nothing is written.")
        sys.stdout.flush()
        # The search may be deep in compiled code that nothing but the end of the process ends.
        os._exit(QUIT_STATUS)


def _shown(task: Task[T], screen: Screen, stop: threading.Event) -> T:
    newest: list[Progress | None] = [None]
    outcome: Future[T] = Future()
    began = time.monotonic()
    with screen.progress() as show:
        show(None, 0)
        threading.Thread(target=_search, args=(task, newest, stop, outcome), daemon=True).start()
        told = is_done = False
        while not is_done:
            is_done = bool(wait((outcome,), timeout=REFRESH_SECONDS).done)
            show(newest[0], time.monotonic() - began)
            if stop.is_set() and not told:
                screen.say("Stopping: the best plan so far is kept. Press Ctrl-C again to quit without it.")
                told = True
    return outcome.result()


def _search(task: Task[T], newest: list[Progress | None], stop: threading.Event, outcome: Future[T]) -> None:
    def remember(progress: Progress) -> None:
        newest[0] = progress

    try:
        outcome.set_result(task(remember, stop))
    except BaseException as error:  # carried over to the main thread, which raises it
        outcome.set_exception(error)
