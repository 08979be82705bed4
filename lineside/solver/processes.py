"""The search in several processes: copies of this one that improve the incumbent side by side.

Quick moves are Python, and Python runs one thread at a time: two threads gain what one does. A forked process has
the prepared problem without copying it. Each gets the incumbent, improves it for some seconds and sends back what it
found; what another has changed meanwhile is kept (:mod:`lineside.solver.moves.grafting`).
"""

from __future__ import annotations

import dataclasses
import gc
import math
import multiprocessing
import multiprocessing.connection
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess

import numpy as np
from numpy.typing import NDArray

from lineside.solver.budget import Allowance, Budget
from lineside.solver.columns import Relaxation
from lineside.solver.forking import start_without_input
from lineside.solver.moves.filling import Filler
from lineside.solver.moves.grafting import graft
from lineside.solver.moves.standing import Standing
from lineside.solver.problem import Problem
from lineside.solver.search import Incumbent, NeighbourhoodSearch
from lineside.solver.seating import Seating

ROUND_SECONDS = 2.0
"""Seconds of a round: what is found in a longer one goes less well with what others have found meanwhile."""
GRACE_SECONDS, RETURN_SECONDS = 3.0, 0.3
"""Seconds for the last step of a round to come to its end, and for the last round of all to be taken over."""
WAIT_SECONDS = 0.25
"""How often it is asked whether the search is done."""
MANY_PEOPLE = 300
"""Apprentices from which on each process has a part of the region to itself."""
PARTING_SECONDS = 60.0
"""How long the region stays parted in one way."""
GUIDE_SECONDS = 10.0
"""How often a process is given newer prices."""


@dataclass(frozen=True)
class _Task:
    """What a process is to do.

    Parameters
    ----------
    seating, seconds, grace
        What to improve, for how long, and for how long beyond that the last step may go on.
    guide
        Newer prices, if there are any.
    focus
        Needs at which its moves begin; all if it is None.
    """

    seating: Seating
    seconds: float
    grace: float
    guide: Relaxation | None
    focus: NDArray[np.bool_] | None


@dataclass
class _Helper:
    """A process with its end of the line, and the seating it was given last, if it is at work."""

    process: ForkProcess
    line: Connection
    base: Seating | None = None
    guide: Relaxation | None = None
    guided: float = -GUIDE_SECONDS


class SearchProcesses:
    """Improves an incumbent in processes of its own, or in this one where there is to be only one worker.

    Parameters
    ----------
    incumbent
        The best seating so far; there must be one before :meth:`run`.
    guide
        Returns the newest prices of the bound, if there are any.
    budget
        What the whole solve may use.
    workers
        Most processes at work.
    seed
        Seed of the draws.
    on_loss
        Told in words when a process has ended that should not have.

    Notes
    -----
    Processes are copied by ``fork``, which is safe on Linux alone; elsewhere the search has threads.
    """

    def __init__(
        self,
        incumbent: Incumbent,
        guide: Callable[[], Relaxation | None],
        budget: Budget,
        workers: int,
        seed: int,
        on_loss: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.incumbent, self._guide, self._budget, self._seed = incumbent, guide, budget, seed
        self._workers = workers if sys.platform == "linux" and workers > 1 else 0
        self._here = NeighbourhoodSearch(incumbent, guide, budget, seed)
        self._on_loss = on_loss
        self._is_started = False
        self._parting: tuple[tuple[int, int], NDArray[np.int64]] | None = None
        self._helpers: list[_Helper] = []
        self._filler: Filler | None = None

    def start(self) -> None:
        """Make the processes, if there are none yet. No other thread of the solve may be at work meanwhile."""
        if self._is_started:
            return
        self._is_started = True
        context = multiprocessing.get_context("fork")
        incumbent = self.incumbent
        for part in ("prospects", "local_prices"):
            getattr(incumbent, part)  # worked out before the copy, all have it
        while len(self._helpers) < self._workers:
            mine, theirs = context.Pipe()
            lines = [*(helper.line for helper in self._helpers), mine]
            seed = self._seed + len(self._helpers)
            process = context.Process(target=_serve, args=(incumbent, theirs, lines, seed), daemon=True)
            start_without_input(process)
            theirs.close()
            self._helpers.append(_Helper(process, mine))

    @property
    def process_ids(self) -> list[int]:
        """Numbers by which the system knows the processes."""
        return [helper.process.pid for helper in self._helpers if helper.process.pid is not None]

    def close(self) -> None:
        """End all processes, whatever they are doing."""
        for helper in self._helpers:
            helper.line.close()
            helper.process.kill()
            helper.process.join()
            helper.process.close()
        self._helpers.clear()

    def run(self, allowance: Allowance, number: int, tick: Callable[[], None], done: Callable[[], bool]) -> None:
        """Improve the incumbent until a share of the budget is used up or it is done.

        Parameters
        ----------
        allowance
            The share.
        number
            Processes at work.
        tick
            Called after each round.
        done
            Whether to end before.
        """
        if self._workers:
            self.start()
        if not self._helpers:
            self._here.run(allowance, number, tick, done)
            return
        while self._helpers and self._budget.allows(allowance) and not done():
            for helper in self._helpers[:number]:
                if helper.base is None:
                    self._give(helper, allowance, number)
            ready = multiprocessing.connection.wait([h.line for h in self._helpers if h.base], WAIT_SECONDS)
            for helper in list(self._helpers):
                if helper.line in ready:
                    self._take(helper)
                    tick()

    def _give(self, helper: _Helper, allowance: Allowance, number: int) -> None:
        seating = self.incumbent.seating
        if seating is None:
            raise ValueError("There is no seating to improve. Construct one first.")
        now = time.monotonic()
        left = self._budget.seconds_left - RETURN_SECONDS
        seconds = max(0.1, min(ROUND_SECONDS, allowance.until - now, left))
        grace = max(0.0, min(GRACE_SECONDS, left - seconds))
        guide, newest = None, self._guide()
        if newest is not None and newest is not helper.guide and now - helper.guided > GUIDE_SECONDS:
            # Columns are many and of no use to the search.
            guide = dataclasses.replace(newest, columns=[], weights=np.zeros(0))
            helper.guide, helper.guided = newest, now
        helper.base = seating
        try:
            helper.line.send(_Task(seating, seconds, grace, guide, self._part_of(helper, number)))
        except OSError:
            self._lose(helper)

    def _part_of(self, helper: _Helper, number: int) -> NDArray[np.bool_] | None:
        """Return the needs of a process's part of the region: those nearest to some site, or those further away.

        Two processes that change the same people undo each other's gains.
        """
        problem = self.incumbent.problem
        if number < 2 or len(problem.scenario.apprentices) < MANY_PEOPLE:
            return None
        epoch = int(time.monotonic() / PARTING_SECONDS)
        if self._parting is None or self._parting[0] != (epoch, number):
            self._parting = (epoch, number), parting(problem, number, np.random.default_rng((self._seed, epoch)))
        mine: NDArray[np.bool_] = self._parting[1] == self._helpers.index(helper)
        return mine

    def _lose(self, helper: _Helper) -> None:
        """Go on without a process that has ended, as one does that the system kills for its memory."""
        self._helpers.remove(helper)
        helper.line.close()
        helper.process.join()
        self._on_loss(f"going on without a process that ended with exit code {helper.process.exitcode}")
        helper.process.close()

    def _take(self, helper: _Helper) -> None:
        """Take what a process found into the incumbent."""
        base, helper.base = helper.base, None
        try:
            found: Seating | None = helper.line.recv()
        except (EOFError, OSError):
            self._lose(helper)
            return
        current = self.incumbent.seating
        assert base is not None and current is not None  # it was given one
        if found is None:
            return
        if current is not base:
            if self._filler is None:
                memory = self.incumbent.prospects, self.incumbent.ledger, self.incumbent.occupancy
                self._filler = Filler(Standing(*memory, current))
            standing = self._filler.standing
            standing.follow(current)
            graft(self._filler, base, found)
            standing.keep()
            self.incumbent.offer(standing.seating())
        self.incumbent.offer(found)


def parting(problem: Problem, number: int, draws: np.random.Generator) -> NDArray[np.int64]:
    """Return the part of each need, as many needs in one as in another, by how far its plant is from some site.

    Parameters
    ----------
    problem
        The prepared problem.
    number
        Parts.
    draws
        Decides on the site.
    """
    scenario = problem.scenario
    centre = int(draws.choice(np.flatnonzero(problem.has_meetings)))
    plant = [problem.site_idx[scenario.line_by_id[crew.line].site] for crew in scenario.crews]
    far = problem.between[np.array(plant, dtype=np.int64), centre]
    person = np.array([need.person_idx for need in problem.demand.needs], dtype=np.int64)
    order = np.argsort(far[problem.crew_of[person]], kind="stable")
    part = np.empty(len(order), dtype=np.int64)
    part[order] = np.arange(len(order)) * number // max(1, len(order))
    return part


def _serve(incumbent: Incumbent, line: Connection, others: list[Connection], seed: int) -> None:
    """Improve what comes down the line until it is closed: the life of a process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to the process that was started by hand
    for other in others:
        other.close()
    incumbent.on_better = None
    gc.freeze()  # what it was born with never becomes garbage, and going through it would copy its memory
    newest: list[Relaxation | None] = [None]
    search: NeighbourhoodSearch | None = None
    while True:
        try:
            task: _Task = line.recv()
        except EOFError:
            return
        newest[0] = task.guide or newest[0]
        incumbent.begin_from(task.seating)
        now = time.monotonic()
        budget = Budget(task.seconds + task.grace, now, False, threading.Event())
        search = search or NeighbourhoodSearch(incumbent, lambda: newest[0], budget, seed)
        search.renew(budget)
        search.focus(task.focus)
        search.run(Allowance(now + task.seconds, math.inf), 1, lambda: None, lambda: False)
        line.send(None if incumbent.seating is task.seating else incumbent.seating)
