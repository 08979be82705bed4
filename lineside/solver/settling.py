"""Prices of needs settle between two masters of a large region, at the prices of rows that the last master had.

A large master lacks thousands of cohorts for many rounds, and until it has them its prices prove little: they are too
high for some people and too low for others. At fixed prices of rows the best prices of needs are what an ascent
(:mod:`lineside.solver.ascent`) finds without any linear program. It comes close to what the master will prove one day,
and the cohorts that it meets on its way are those that the master lacks.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lineside.solver.bound import ColumnGeneration
from lineside.solver.price_walk import PriceWalk, rises

FIRST_RISE, DECAY, LEAST_RISE = 0.05, 0.93, 4e-3
"""Hundreds of line-minutes by which prices rise in the first round, its factor from round to round, and its end."""
KEPT_RISE = 0.02
"""Rise below which cohorts that are worth more than they cost are added to the master."""


def settle(master: ColumnGeneration, goes_on: Callable[[], bool]) -> None:
    """Let the prices of the last master's needs settle, keep the best bound, and add the cohorts that prices fall for.

    Parameters
    ----------
    master
        A column generation that has been solved.
    goes_on
        Asked before each round, which prices all candidates once.

    Raises
    ------
    RuntimeError
        If no round has been run.
    """
    duals, cut_duals = master.last_duals
    terms = master.terms(cut_duals)
    away = np.maximum(master.away - terms.base, 0.0)
    walk = PriceWalk(master.pricer, terms, away, master.least_paid)
    price = np.clip(duals - terms.base, 0.0, away)
    for rise in rises(FIRST_RISE, DECAY, LEAST_RISE):
        if not goes_on():
            return
        priced = walk.priced(price)
        if rise < KEPT_RISE:
            master.add_priced(priced, walk.chosen(priced))
        price = walk.moved(price, priced, rise)
    master.prove_scaled(terms, price + terms.base, cut_duals)
