"""A first solution: parties one by one, those with most to lose first, each where it costs least as things stand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lineside.solver.seats.shape import AWAY, SeatArrays

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def first_seats(arrays: SeatArrays, open_first: Ints, price: Floats) -> Ints:
    """Return a solution that opens some cohorts before any other.

    Parameters
    ----------
    arrays
        The problem.
    open_first
        Cohorts whose opening is taken as paid.
    price
        Units that a seat is worth to each party: the dear ones choose first, people for people.

    Notes
    -----
    Cohorts that stay below their fewest people are closed again, and their parties stay away.
    """
    seats = np.full(arrays.num_parties, AWAY, dtype=np.int64)
    left = arrays.most.copy()
    paid = np.zeros(arrays.num_cohorts, dtype=bool)
    paid[open_first] = True
    share = arrays.opening / np.maximum(1, arrays.most)
    for party in np.lexsort((-price, -arrays.sizes)).tolist():
        rows = arrays.by_party[party]
        size = int(arrays.sizes[party])
        rows = rows[left[arrays.cohort[rows]] >= size]
        if not len(rows):
            continue
        cohort = arrays.cohort[rows]
        cost = arrays.cost[rows] + np.where(paid[cohort], 0.0, arrays.opening[cohort] / 2 + share[cohort] * size / 2)
        best = int(np.argmin(cost))
        if cost[best] < arrays.away[party]:
            seats[party] = cohort[best]
            left[cohort[best]] -= size
            paid[cohort[best]] = True
    load = arrays.most - left
    short = (load > 0) & (load < arrays.least)
    seated = np.flatnonzero(seats != AWAY)
    seats[seated[short[seats[seated]]]] = AWAY
    return seats
