"""Columns of a large master that rest: those that an answer neither uses nor comes near to using.

A master of hundreds of thousands of columns uses some thousands. The others make each solve longer, and most of them
are never used again. One that rests is asked for by pricing like any other; then it takes part again, for good.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lineside.solver.program import LinearProgram

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_AWAKE, KEPT_AWAKE = 80_000, 40_000
"""Columns that have never rested, above which some are laid to rest; and how many are left, if no more are in use."""
IN_USE = 1e-6
"""Least value of a column in use."""


def rest_dearest(program: LinearProgram, columns: Ints, values: Floats, duals: Floats) -> int:
    """Lay the columns to rest that an answer does not use and finds dearest, if there are many; return their number.

    Parameters
    ----------
    program
        The master's program.
    columns
        Variables that are columns.
    values, duals
        The answer: of every variable and row.
    """
    awake = program.restless(columns)
    if len(awake) <= MOST_AWAKE:
        return 0
    dearness = np.where(values[awake] > IN_USE, -np.inf, program.reduced_costs(duals)[awake])
    order = np.argsort(dearness, kind="stable")
    least = max(KEPT_AWAKE, int(np.count_nonzero(np.isneginf(dearness))))
    program.rest(awake[order[least:]].tolist())
    return len(order) - least
