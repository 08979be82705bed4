"""The bound: prices of parties, raised step by step, at which every cohort is filled as well as it can be.

For any price of each party the sum below is a bound (Lasdon 1970; Held, Wolfe and Crowder 1974):

    sum of min(price, away) + sum over cohorts of min(0, value of the best filling at these prices)

since every solution is a choice of fillings that seat each party once or leave it away. Prices move along
the parties that are seated too often or not at all, with the step of Polyak.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lineside.solver.seats.knapsack import Filling, fill
from lineside.solver.seats.shape import SeatArrays

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PRECISION = 1e-9
PATIENCE = 12
"""Steps without a better bound after which the steps are halved."""
MEMORY = 0.7
"""How much of the last direction is kept: it damps zigzags (Camerini, Fratta and Maffioli 1975)."""


@dataclass
class Dual:
    """Prices and the best bound they gave.

    Parameters
    ----------
    arrays
        The problem.
    """

    arrays: SeatArrays
    price: Floats = field(init=False)
    bound: float = -np.inf
    best_price: Floats = field(init=False)
    fillings: list[Filling] = field(default_factory=list)
    alive: NDArray[np.bool_] = field(init=False)
    shut: NDArray[np.bool_] = field(init=False)
    step: float = 1.0
    _direction: Floats = field(init=False)
    _stale: int = 0

    def __post_init__(self) -> None:
        arrays = self.arrays
        self.alive = np.ones(len(arrays.cost), dtype=bool)
        self.shut = np.zeros(arrays.num_cohorts, dtype=bool)
        share = arrays.opening / np.maximum(1, arrays.most)
        dear = arrays.cost + share[arrays.cohort] * arrays.sizes[arrays.party]
        price = arrays.away.astype(float)
        np.minimum.at(price, arrays.party, dear)
        self.price = price
        self.best_price = price.copy()
        self._direction = np.zeros(arrays.num_parties)

    def evaluate(self) -> list[Filling]:
        """Fill every cohort at the present prices, keep the bound if it is the best, and return the fillings."""
        arrays = self.arrays
        value = arrays.cost - self.price[arrays.party]
        value[~self.alive] = np.inf
        fillings = [fill(arrays, cohort, value) for cohort in np.flatnonzero(~self.shut).tolist()]
        bound = float(np.minimum(self.price, arrays.away).sum()) + sum(min(0.0, row.value) for row in fillings)
        if bound > self.bound + 1e-9 * abs(bound):
            if bound > self.bound + 1e-5 * abs(bound):
                self._stale = 0
            self.bound, self.best_price, self.fillings = bound, self.price.copy(), fillings
        else:
            self._stale += 1
        self._latest = bound
        return fillings

    def move(self, fillings: list[Filling], target: float) -> None:
        """Move the prices towards where parties are seated once each, aiming at a bound of ``target``."""
        arrays = self.arrays
        times = np.zeros(arrays.num_parties)
        for row in fillings:
            if row.value < 0:
                times[arrays.party[row.rows]] += 1
        slack = 1.0 - times
        slack[(self.price > arrays.away) & (slack > 0)] = 0.0
        if self._stale >= PATIENCE:
            self.step, self._stale = self.step / 2, 0
            self.price = self.best_price.copy()
            self._direction[:] = 0.0
            return
        self._direction = MEMORY * self._direction + slack
        norm = float(self._direction @ self._direction)
        if norm > 0:
            self.price = self.price + self.step * max(target - self._latest, 1e-9) / norm * self._direction

    def fix(self, objective: float) -> None:
        """Rule out the cohorts and pairs that no solution below an objective can use, by what they would cost.

        With a pair in its cohort the bound is at least ``bound - min(0, value) + value of the cohort with that
        party``; the other parties fill at best what room is left.
        """
        arrays = self.arrays
        room = self._room(objective)
        for row in self.fillings:
            if row.value > room:
                self.shut[row.cohort] = True
                continue
            rows = arrays.by_cohort[row.cohort]
            if arrays.least[row.cohort]:
                continue
            left = np.minimum(arrays.most[row.cohort] - arrays.sizes[arrays.party[rows]], len(row.by_room) - 1)
            value = arrays.cost[rows] - self.best_price[arrays.party[rows]]
            forced = arrays.opening[row.cohort] + value + row.by_room[left]
            self.alive[rows[forced - min(0.0, row.value) > room]] = False
        self.alive[self.shut[arrays.cohort]] = False

    def _room(self, objective: float) -> float:
        """Return what a solution may cost above the bound, and a little more: sums of prices are imprecise."""
        return objective - self.bound + PRECISION * max(1000.0, abs(objective))

    def must_open(self, objective: float) -> Ints:
        """Return cohorts that every solution below an objective opens."""
        room = self._room(objective)
        return np.array([row.cohort for row in self.fillings if -min(0.0, row.value) > room], dtype=np.int64)
