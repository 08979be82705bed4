"""The way from arrays to a solution with a proven bound: prices, a first solution, steps around it, and a proof."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from lineside.solver.seats.dual import Dual
from lineside.solver.seats.greedy import first_seats
from lineside.solver.seats.model import best_seats
from lineside.solver.seats.proof import prove
from lineside.solver.seats.shape import AWAY, Allotment, SeatArrays

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PRICE_STEPS = 150
"""Steps of the prices after which they hardly rise any more."""
PRICE_SHARE = 0.25
"""Most of the time for the prices."""
STEP_WORK = 1.5
"""Deterministic seconds of one step of the search."""
FIRST_PROOF_SECONDS = 4.0
"""Time of the first try at a proof; a stop is heeded between tries."""
MANY_PAIRS = 3_000
"""Pairs above which both threads search at first: a proof of so many wants a good solution to begin with."""
SEARCH_SHARE = 0.6
"""Share of the time for which they do."""
KINDS = (3, 6, 12)
"""Pairs of each party that a step may use beside its own, cheapest first: the fewer, the more cohorts in one step."""


def allot(arrays: SeatArrays, seconds: float = 60.0, seed: int = 0, stop: threading.Event | None = None) -> Allotment:
    """Seat parties at least cost and prove how good that is, with two threads.

    Parameters
    ----------
    arrays
        The problem.
    seconds
        Time to use at most.
    seed
        Seed of everything random.
    stop
        Set it to end with the best solution so far.

    Returns
    -------
    A solution that keeps every limit, and a bound that holds for all solutions.

    Examples
    --------
    >>> arrays = SeatArrays.dense(sizes=[2, 1], away=[90, 90], opening=[5], most=[2], least=[0], cost=[[3], [1]])
    >>> found = allot(arrays, seconds=5.0)
    >>> found.seats.tolist(), found.objective, found.optimal
    ([-1, 0], 96, True)
    """
    return _Allotter(arrays, seconds, seed, stop or threading.Event()).run()


class _Allotter:
    def __init__(self, arrays: SeatArrays, seconds: float, seed: int, stop: threading.Event) -> None:
        self.arrays, self._stop = arrays, stop
        self._began = time.monotonic()
        self._until = self._began + seconds
        self._seconds, self._seed = seconds, seed
        self.dual = Dual(arrays)
        self.seats: Ints = np.full(arrays.num_parties, AWAY, dtype=np.int64)
        self.objective = arrays.objective(self.seats)
        self._proven = -math.inf
        self._lock = threading.Lock()

    @property
    def _left(self) -> float:
        return 0.0 if self._stop.is_set() else max(0.0, self._until - time.monotonic())

    @property
    def bound(self) -> int:
        """The best bound, as the whole number that every solution reaches."""
        prices = self.dual.bound - 1e-9 * abs(self.dual.bound)
        best = max(math.ceil(prices) if math.isfinite(prices) else 0, self._proven, 0)
        return min(self.objective, int(best))

    @property
    def _done(self) -> bool:
        return self._left <= 0 or self.bound >= self.objective

    def offer(self, seats: Ints, base: Ints | None = None) -> None:
        """Take a solution if it is better; what it changes of an older base is tried on the newest solution."""
        with self._lock:
            options = [seats]
            if base is not None and base is not self.seats:
                options.append(np.where(seats != base, seats, self.seats))
            for option in options:
                try:
                    objective = self.arrays.objective(option)
                except ValueError:
                    continue  # the two changes do not go together
                if objective < self.objective:
                    self.seats, self.objective = option, objective

    def run(self) -> Allotment:
        """Raise the prices, then search in one thread and prove in another, a large problem a little later."""
        self._raise_prices()
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(self._search_and_prove)
            self._search(self._seed, lambda: self._done)
            second.result()
        return Allotment(self.seats, self.objective, self.bound, time.monotonic() - self._began)

    def _search_and_prove(self) -> None:
        if self.dual.alive.sum() > MANY_PAIRS:
            until = time.monotonic() + SEARCH_SHARE * self._left
            self._search(self._seed + 1, lambda: self._done or time.monotonic() > until)
        self._prove()

    def _raise_prices(self) -> None:
        """Raise the prices, and build solutions from the cohorts that have been worth opening most often of late."""
        until = time.monotonic() + PRICE_SHARE * self._seconds
        often = np.zeros(self.arrays.num_cohorts)
        for step in range(PRICE_STEPS):
            fillings = self.dual.evaluate()
            worth = np.zeros(self.arrays.num_cohorts)
            worth[[row.cohort for row in fillings if row.value < 0]] = 1.0
            often = 0.9 * often + 0.1 * worth
            if step % 10 == 0:
                for chosen in (worth > 0, often > 0.5, often > 0.25):
                    self.offer(first_seats(self.arrays, np.flatnonzero(chosen), self.dual.price))
            if self._done or time.monotonic() > until:
                break
            self.dual.move(fillings, self.dual.bound + 0.5 * max(1.0, self.objective - self.dual.bound))
        self.dual.fix(self.objective - 1)

    def _prove(self) -> None:
        """Solve the exact model, longer each time, over the pairs that a better solution could use.

        Between two times the search finds better solutions, which rule out more pairs.
        """
        slice_seconds = FIRST_PROOF_SECONDS
        while not self._done:
            self.dual.fix(self.objective - 1)
            objective = self.objective
            rows = np.flatnonzero(self.dual.alive)
            must_open = self.dual.must_open(objective - 1)
            seats, bound = prove(self.arrays, rows, must_open, self.seats, min(slice_seconds, self._left))
            slice_seconds *= 2
            self._proven = max(self._proven, bound)
            self.offer(seats)

    def _search(self, seed: int, done: Callable[[], bool]) -> None:
        """Solve the exact model around a few cohorts at a time, more of them as long as it is proven in time."""
        rng = random.Random(seed)
        near = _Nearness(self.arrays)
        sizes, fixed_at = {kind: 60.0 / (kind + 8) for kind in KINDS}, self.objective
        while not done():
            base = self.seats
            kind = rng.choice(KINDS)
            rows = near.around(base, round(sizes[kind]), kind, self.dual, rng)
            seats, proven = best_seats(self.arrays, base, rows, STEP_WORK, rng.randrange(1 << 30))
            self.offer(seats, base)
            size = sizes[kind] * (1.06 if proven else 0.9)
            sizes[kind] = min(max(size, 2.0), float(self.arrays.num_cohorts))
            if self.objective - self.bound < 0.8 * (fixed_at - self.bound):
                fixed_at = self.objective
                self.dual.fix(self.objective - 1)


class _Nearness:
    """Draws cohorts that compete for the same parties."""

    def __init__(self, arrays: SeatArrays) -> None:
        self.arrays = arrays

    def around(self, seats: Ints, num_open: int, num_pairs: int, dual: Dual, rng: random.Random) -> Ints:
        """Return the pairs of a step: open cohorts that are near each other, their parties, and closed ones near by."""
        arrays = self.arrays
        party_value = arrays.cost - dual.best_price[arrays.party]
        used = np.unique(seats[seats != AWAY])
        away = np.flatnonzero(seats == AWAY)
        if len(used) == 0 or (len(away) and rng.random() < 0.3):
            start = int(rng.choice(away.tolist() or [0]))
            seeds = arrays.by_party[start]
            centre = int(arrays.cohort[seeds[np.argmin(party_value[seeds])]]) if len(seeds) else 0
        else:
            centre = int(rng.choice(used.tolist()))
        order = self._by_distance(centre, rng)
        is_used = np.isin(order, used)
        chosen_open = order[is_used][:num_open]
        closed = order[~is_used & ~dual.shut[order]][: max(3, num_open)]
        chosen = np.zeros(arrays.num_cohorts, dtype=bool)
        chosen[np.concatenate([chosen_open, closed])] = True
        parties = np.isin(seats, chosen_open)
        if len(away):
            parties[rng.sample(away.tolist(), min(len(away), 10))] = True
        rows = np.flatnonzero(parties[arrays.party] & chosen[arrays.cohort])
        mine = arrays.cohort[rows] == seats[arrays.party[rows]]
        fits = (arrays.sizes[arrays.party[rows]] <= arrays.most[arrays.cohort[rows]]) & dual.alive[rows]
        rows = rows[fits | mine]
        return self._cheapest(rows, seats, party_value, num_pairs)

    def _by_distance(self, centre: int, rng: random.Random) -> Ints:
        """Return cohorts by how differently they cost the parties that the centre is cheap for, with some noise."""
        arrays = self.arrays
        rows = arrays.by_cohort[centre]
        rows = rows[np.argsort(arrays.cost[rows] / arrays.sizes[arrays.party[rows]])][: max(5, len(rows) // 10)]
        total = np.zeros(arrays.num_cohorts)
        count = np.zeros(arrays.num_cohorts)
        for party in arrays.party[rows].tolist():
            mine = arrays.by_party[party]
            total[arrays.cohort[mine]] += arrays.cost[mine] / arrays.sizes[party]
            count[arrays.cohort[mine]] += 1
        mean = np.where(count > 0, total / np.maximum(1, count), np.inf)
        noise = np.array([rng.uniform(0.8, 1.25) for _ in range(len(mean))])
        mean = mean * noise
        mean[centre] = -1.0
        return np.argsort(mean, kind="stable")

    def _cheapest(self, rows: Ints, seats: Ints, value: Floats, num_pairs: int) -> Ints:
        """Keep each party's own pair and the cheapest of the others."""
        arrays = self.arrays
        mine = arrays.cohort[rows] == seats[arrays.party[rows]]
        key = np.where(mine, -np.inf, value[rows])
        order = np.lexsort((key, arrays.party[rows]))
        party = arrays.party[rows][order]
        fresh = np.ones(len(order), dtype=bool)
        fresh[1:] = party[1:] != party[:-1]
        position = np.arange(len(order))
        rank = position - np.maximum.accumulate(np.where(fresh, position, 0))
        return np.sort(rows[order[rank <= num_pairs]])
