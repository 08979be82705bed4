"""Rows of a large master that may be broken: for little at first, for more as long as they are.

A master that has just got rows lacks the cohorts that keep them. If it were forbidden to break them, it would leave
needs empty, at prices that tell nothing about which cohorts it lacks. What breaking a row costs is the most that its
dual can be, so prices stay near those that were there before, and rise where that is not enough. Prices of rows that
have a limit prove a bound as any others do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lineside.solver.program import LinearProgram

Floats = NDArray[np.float64]

FIRST_SHARE, MOST_SHARE = 0.03, 0.5
"""What breaking a row by 1 costs at first and at most, as a share of the dearest need's price."""
GROWTH = 5.0
"""By what that is multiplied where a row is still broken."""
BROKEN = 0.01
"""By how much a row is broken at least."""


class Breakable:
    """Variables by which rows of a master may be broken.

    Parameters
    ----------
    program
        The master's program.
    dearest
        Price of the dearest need, in the master's unit.
    """

    def __init__(self, program: LinearProgram, dearest: float) -> None:
        self._program, self._dearest = program, dearest
        self._costs: dict[int, float] = {}

    def add(self, row: int) -> None:
        """Let a row be broken from now on."""
        cost = FIRST_SHARE * self._dearest
        self._costs[self._program.add_variable(cost, [(row, -1.0)])] = cost

    def raise_costs(self, values: Floats) -> bool:
        """Let breaking those rows cost more that an answer still breaks; return whether any does.

        Parameters
        ----------
        values
            Of the program's variables, in the last answer.
        """
        most = MOST_SHARE * self._dearest
        broken = [k for k in self._costs if k < len(values) and values[k] > BROKEN and self._costs[k] < most]
        for variable in broken:
            self._costs[variable] = min(GROWTH * self._costs[variable], most)
            self._program.set_cost(variable, self._costs[variable])
        return bool(broken)
