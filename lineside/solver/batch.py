"""A first plan where pricing all candidates takes long: many cohorts are opened between two pricings."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from lineside.solver.construct import Constructor
from lineside.solver.pricing import Priced
from lineside.solver.seating import Seating

Ints = NDArray[np.int64]

GREED = 0.3
"""Least share of the best candidate's saving at which another is opened in the same round."""
FRESH = 0.8
"""Least share of what a candidate was priced at that its people must still be worth when its turn comes."""


class BatchConstructor(Constructor):
    """Builds a seating several cohorts at a time, those of other people in one round."""

    def run(self, stop: threading.Event | None = None) -> Seating:
        """Open cohorts while any saves something; return the seating."""
        while stop is None or not stop.is_set():
            priced = self._pricer.price(self._value[self._pricer.pairs], self._room_value, self._teacher_value)
            order = np.argsort(priced.reduced_cost, kind="stable")
            order = order[priced.reduced_cost[order] < 0]
            if not len(order):
                break
            self._open_batch(priced, order)
        return self.seating()

    def _open_batch(self, priced: Priced, order: Ints) -> None:
        """Open what saves much, the best first; a candidate whose people have gone waits for the next pricing."""
        ends = np.append(priced.first[1:], len(priced.sorted_pairs))
        least = GREED * float(priced.reduced_cost[order[0]])
        for tried, position in enumerate(order.tolist()):
            cost = float(priced.reduced_cost[position])
            if cost > least:
                return
            first = int(priced.first[position])
            best = slice(first, first + int(priced.count[position]))
            gone = float(np.maximum(self._value[priced.sorted_pairs[best]] - priced.pair_value[best], 0.0).sum())
            if not tried or gone <= (FRESH - 1.0) * cost:
                self._open(int(priced.candidate[position]), priced.sorted_pairs[first : int(ends[position])])
