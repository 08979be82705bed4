"""Pricing: the best parties of every cohort at given prices, by dynamic programming over the seats taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.seats.shape import SeatArrays

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Filling:
    """The best parties of one cohort at given prices.

    Parameters
    ----------
    cohort
        Which cohort.
    value
        Least units of an opened cohort, its opening included; infinite if none can be filled.
    rows
        Pair rows of its parties.
    by_room
        Least units of parties with at most 0, 1, ... people, opening left out; only while there is no fewest number
        of people.
    """

    cohort: int
    value: float
    rows: Ints
    by_room: Floats


def fill(arrays: SeatArrays, cohort: int, value: Floats) -> Filling:
    """Return the best parties of a cohort.

    Parameters
    ----------
    arrays
        The problem.
    cohort
        Which cohort.
    value
        Units of each pair row, below 0 where a seat is worth it.

    Notes
    -----
    ``F[k, w]`` is the least value of some of the first ``k`` parties with exactly ``w`` people. Without a fewest
    number of people only parties below 0 matter.
    """
    rows = arrays.by_cohort[cohort]
    least, most = int(arrays.least[cohort]), int(arrays.most[cohort])
    if not least:
        rows = rows[value[rows] < 0]
    sizes, values = arrays.sizes[arrays.party[rows]], value[rows]
    most = min(most, int(sizes.sum()))
    table = np.full((len(rows) + 1, most + 1), np.inf)
    table[0, 0] = 0.0
    for k, (size, worth) in enumerate(zip(sizes.tolist(), values.tolist(), strict=True)):
        table[k + 1] = table[k]
        if size <= most:
            np.minimum(table[k, size:], table[k, : most + 1 - size] + worth, out=table[k + 1, size:])
    final = table[-1]
    by_room = np.minimum.accumulate(final)
    if least > most:
        return Filling(cohort, np.inf, rows[:0], by_room)
    load = least + int(np.argmin(final[least:]))
    total = float(final[load]) + float(arrays.opening[cohort])
    taken = []
    for k in range(len(rows), 0, -1):
        if table[k, load] != table[k - 1, load]:
            taken.append(int(rows[k - 1]))
            load -= int(sizes[k - 1])
    return Filling(cohort, total, np.array(taken, dtype=np.int64), by_room)
