"""Quick search: settle a first plan, then improve the incumbent by bursts of trials."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lineside.solver.model.servers import Occupancy
from lineside.solver.moves.filling import Filler
from lineside.solver.moves.prospects import Prospects
from lineside.solver.moves.rebuilding import Rebuilder
from lineside.solver.moves.shifting import Shifter
from lineside.solver.moves.standing import Standing
from lineside.solver.seating import Ledger, Seating

BURST_WORK = 1.0
"""Counted work of one burst: about two seconds."""
PATIENCES = (40.0, 10.0)
"""Line-minutes by which a plan may become worse in one trial of a burst, by turns."""
MOST_SWEEPS = 4
"""Times that a first plan is gone through before it counts as settled."""


class QuickSearch:
    """Improves seatings without a model.

    Parameters
    ----------
    prospects
        What is known of the problem.
    ledger, occupancy
        Memories of what seats cost and when candidates meet.
    seating
        What to begin with.
    seed
        Seed of the draws.
    """

    def __init__(self, prospects: Prospects, ledger: Ledger, occupancy: Occupancy, seating: Seating, seed: int) -> None:
        self._standing = Standing(prospects, ledger, occupancy, seating)
        self._filler = Filler(self._standing)
        self._rebuilder = Rebuilder(self._standing, self._filler, seed)
        self._scale = float(prospects.problem.money.scale)
        self._bursts = 0

    @property
    def focus(self) -> NDArray[np.bool_]:
        """Needs at which trials begin."""
        return self._rebuilder.focus

    @focus.setter
    def focus(self, needs: NDArray[np.bool_]) -> None:
        self._rebuilder.focus = needs

    def follow(self, score: NDArray[np.float64] | None) -> None:
        """Take what each pair adds to the bound at least as a guide; None if that is not known."""
        self._rebuilder.score = score

    def settle(self, goes_on: Callable[[], bool]) -> Seating:
        """Fill empty seats and move cohorts and people to cheaper places until nothing more is gained.

        Parameters
        ----------
        goes_on
            Whether to go on; asked before each move.
        """
        shifter = Shifter(self._filler)
        candidates = np.arange(len(self._standing.problem.candidates))
        self._filler.fill(goes_on)
        for _ in range(MOST_SWEEPS):
            before = self._standing.units()
            mark = self._standing.mark()
            shifter.run(goes_on)
            self._filler.open_all(candidates, goes_on)
            self._filler.join(self._filler.empty())
            if self._standing.units() >= before:
                self._standing.undo(mark)
                break
        self._standing.keep()
        return self._standing.seating()

    def burst(self, seating: Seating, goes_on: Callable[[], bool]) -> tuple[Seating, float]:
        """Return the best seating that a burst of trials finds from one, and the work that it took.

        Parameters
        ----------
        seating
            What to begin with; returned if nothing better is found.
        goes_on
            Whether to go on; asked before each trial.
        """
        self._standing.follow(seating)
        rebuilder = self._rebuilder
        rebuilder.units = least = self._standing.units()
        rebuilder.patience = PATIENCES[self._bursts % len(PATIENCES)] * self._scale
        self._bursts += 1
        best, began = seating, self._filler.work
        while self._filler.work < began + BURST_WORK and goes_on():
            if rebuilder.trial() and rebuilder.units < least:
                best, least = self._standing.seating(), rebuilder.units
        return best, self._filler.work - began
