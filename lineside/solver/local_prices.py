"""Prices of a neighbourhood: what seats are worth to its people while everybody else stays where they are.

The prices of the whole region's bound count on people who may not move in a step. Prices of the
step's own say which cohorts its people can fill by themselves, or by joining cohorts that are open.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lineside.solver.columns import UNIT_SCALE
from lineside.solver.price_walk import PriceWalk, cheapest_instructors
from lineside.solver.pricing import Pricer
from lineside.solver.problem import Problem
from lineside.solver.terms import Terms

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROUNDS = 80
FIRST_RISE, DECAY = 0.6, 0.95
"""Hundreds of line-minutes by which prices rise in the first round, and by what the rise shrinks each round."""


class LocalPrices:
    """Ranks pairs by the prices of the few needs that are decided anew.

    Parameters
    ----------
    problem
        The prepared problem.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.unit = UNIT_SCALE * problem.money.scale
        self._eased = cheapest_instructors(problem)
        self._price = np.array([need.price for need in problem.demand.needs], dtype=float) / self.unit

    def reduced(self, fresh: Ints, open_now: Ints, start: Floats | None) -> tuple[Ints, Floats]:
        """Return the pairs of cohorts to open, and what a seat there costs at least at the prices of these needs.

        Parameters
        ----------
        fresh
            Pair rows, sorted, of candidates that would have to be opened.
        open_now
            Pair rows of cohorts that others keep open: a need is worth no more than a seat there costs.
        start
            Prices of all needs in units to begin with; None begins with those of empty seats.

        Returns
        -------
        Pair rows of candidates that enough people could be in, and their costs in units.
        """
        pairs = self.problem.pairs
        pricer = Pricer(self._eased, fresh, self.unit, self.problem.charges)
        if not len(pricer.candidate):
            return fresh[:0], np.zeros(0)
        away = self._price.copy()
        np.minimum.at(away, pairs.need[open_now], pairs.cost[open_now] / self.unit)
        servers = self._eased.rooms.cost / self.unit, self._eased.instructors.cost / self.unit
        terms = Terms(np.zeros(len(away)), pairs.cost[pricer.pairs] / self.unit, *servers)
        walk = PriceWalk(pricer, terms, away)
        price = away if start is None else np.clip(start / self.unit, 0.0, away)
        rise = FIRST_RISE
        priced = walk.priced(price)
        for _ in range(ROUNDS):
            price = walk.moved(price, priced, rise)
            priced = walk.priced(price)
            rise *= DECAY
        return priced.sorted_pairs, priced.forced() * self.unit
