"""What the needs cost at least at given prices: each is met or left empty, as options and weeks allow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lineside.solver.needs import Demand
from lineside.solver.ordering import Groups
from lineside.solver.together import Way

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class LeastPaid:
    """The least that a plan pays for its needs.

    Parameters
    ----------
    demand
        The needs.
    ways, loose
        How the needs of some people may turn out, and choices of options whose needs turn out one by one, as
        :class:`~lineside.solver.together.Together` has them. Every choice is in one of the two.
    away
        What it costs to leave each need empty.

    Notes
    -----
    A plan asks for the needs of one way of each person (:mod:`lineside.solver.together`), meets some of the way's
    set at their prices at least, and pays ``away`` for the others. The least over all ways is found person by person.
    """

    def __init__(
        self, demand: Demand, ways: Sequence[Sequence[Way]], loose: Sequence[tuple[int, ...]], away: Floats
    ) -> None:
        self._away = away
        every = [way for of_person in ways for way in of_person]
        self._asked, self._asked_way = _flat([way.asked for way in every])
        self._met, self._met_way = _flat([way.met for way in every])
        sizes = np.array([len(of_person) for of_person in ways], dtype=np.int64)
        self._ways = Groups(np.repeat(np.arange(len(sizes)), sizes))
        self._cost = np.bincount(self._asked_way, away[self._asked], len(every))
        self._plain = np.array([not need.options for need in demand.needs], dtype=bool)
        self._plain[self._asked] = False
        under: dict[int, list[int]] = {}
        for choice in loose:
            under.update({option: [] for option in choice})
        for k, need in enumerate(demand.needs):
            for option in need.options:
                if option in under:
                    under[option].append(k)
        self._under, self._under_option = _flat([tuple(under[option]) for choice in loose for option in choice])
        options = np.array([len(choice) for choice in loose], dtype=np.int64)
        self._num_options, self._first_option = int(options.sum()), np.cumsum(options) - options
        self._in_ways = np.zeros(len(away), dtype=bool)
        self._in_ways[self._asked] = True

    def of(self, price: Floats) -> tuple[float, Flags]:
        """Return the least that is paid, and which needs a dearer seat would make dearer.

        Parameters
        ----------
        price
            Price of a seat of each need; one above ``away`` is never paid.
        """
        paid = np.minimum(price, self._away)
        total = float(paid[self._plain].sum())
        if self._num_options:
            by_option = np.bincount(self._under_option, paid[self._under], self._num_options)
            total += float(np.minimum.reduceat(by_option, self._first_option).sum())
        counts = ~self._in_ways
        if len(self._cost):
            saving = (self._away - paid)[self._met]
            cost = self._cost - np.bincount(self._met_way, saving, len(self._cost))
            best = self._ways.least(np.asarray(cost, dtype=float))
            total += float(cost[best].sum())
            is_best = np.zeros(len(cost), dtype=bool)
            is_best[best] = True
            counts[self._met[is_best[self._met_way]]] = True
        return total, counts


def _flat(rows: Sequence[tuple[int, ...]]) -> tuple[Ints, Ints]:
    """Return all entries of some rows, and the row of each."""
    sizes = [len(row) for row in rows]
    return np.array([k for row in rows for k in row], dtype=np.int64), np.repeat(np.arange(len(rows)), sizes)
