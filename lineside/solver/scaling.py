"""Prices scaled down until no cohort is worth more than it costs: a bound from prices that are not one yet.

Prices of a master that lacks columns are too high somewhere. Charging every cohort that could be opened for it, as a
Lagrangian bound does, throws away more than there is to gain. Farley (1990) divides all prices by the ratio at the
worst column; here each need's price is multiplied by the least ratio among the cohorts it could be in, so that what is
wrong in one corner of a region costs nothing elsewhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lineside.solver.price_walk import TINY
from lineside.solver.pricing import Pricer
from lineside.solver.terms import Terms

Floats = NDArray[np.float64]

MOST_SCALINGS = 12
"""Rounds of scaling; three to six settle it."""


class Scaling:
    """Scales prices of one pricer's needs.

    Parameters
    ----------
    pricer
        Prices the candidates.
    """

    def __init__(self, pricer: Pricer) -> None:
        self._pricer = pricer
        self._need_of = pricer.problem.pairs.need
        self._need = self._need_of[pricer.pairs]
        position = np.full(len(pricer.problem.candidates), -1, dtype=np.int64)
        position[pricer.candidate] = np.arange(len(pricer.candidate))
        self._owner = position[pricer.problem.pairs.candidate[pricer.pairs]]

    def affordable(self, price: Floats, terms: Terms) -> Floats:
        """Return prices scaled down so that no cohort costs less than its people's.

        Parameters
        ----------
        price
            What a seat of each need is worth beyond its cheapest; 0 at least.
        terms
            What the pricer's cohorts cost.

        Notes
        -----
        A candidate's share is the least ratio of a cohort's cost to its people's prices: at the best cohort for the
        share so far, the ratio is a better share, until no cohort is below 0 (Dinkelbach's iteration). Candidates whose
        cohorts are not below 0 keep their share, and are not priced again. A need's price shrinks with the smallest
        share of its candidates. What rounding leaves below 0 is the caller's to charge.
        """
        share = np.ones(len(self._pricer.candidate))
        pricer, chosen, at = self._pricer, np.arange(len(share)), np.arange(len(self._need))
        for _ in range(1 + MOST_SCALINGS):
            seen = price[self._need[at]] * share[self._owner[at]]
            priced = pricer.price(terms.cost[at] - seen, terms.room, terms.teacher, terms.minutes)
            short = np.flatnonzero(priced.reduced_cost < -TINY)
            if not len(short):
                break
            before = np.concatenate(([0.0], np.cumsum(price[self._need_of[priced.sorted_pairs]])))
            people = (before[priced.first + priced.count] - before[priced.first])[short]
            chosen = chosen[short]
            paid = priced.reduced_cost[short] + share[chosen] * people
            ratio = np.clip(paid / np.maximum(people, TINY), 0.0, 1.0) * (1 - TINY)
            share[chosen] = np.minimum(share[chosen], ratio)
            pricer, pairs = pricer.only(short)
            at = at[pairs]
        least = np.ones(len(price))
        np.minimum.at(least, self._need, share[self._owner])
        return least * price
