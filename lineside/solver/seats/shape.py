"""The shape of the problem that the search works on: parties, cohorts that could be opened, and seats.

A party of some size sits in one cohort or stays away at a price; a cohort is opened at a price and holds
so many people. Cohorts of one module are of this shape, parties of any size in them; so is capacitated
facility location with single sourcing, where customers are parties and facilities are cohorts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

AWAY = -1
"""Cohort of a party that has no seats."""


@dataclass(frozen=True)
class SeatArrays:
    """Parties, cohorts and what it costs to bring them together, in whole units of any kind.

    Parameters
    ----------
    sizes
        People of each party, at least 1; shape (parties,).
    away
        Units charged if a party has no seats, at least 0; shape (parties,). If everybody must sit, give a price
        above the cost of any whole solution.
    opening
        Units charged if a cohort is opened, at least 0; shape (cohorts,).
    most
        Most people of each cohort, at least 0; shape (cohorts,).
    least
        Fewest people of each cohort that is opened, at least 0; shape (cohorts,).
    party, cohort, cost
        Which party could sit in which cohort, and for how many units; arrays of one length, each pair once.

    Raises
    ------
    ValueError
        If shapes, indices or ranges are not as described.

    Examples
    --------
    >>> import numpy as np
    >>> arrays = SeatArrays.dense(sizes=[2, 1], away=[90, 90], opening=[5], most=[2], least=[0], cost=[[3], [1]])
    >>> arrays.num_parties, arrays.num_cohorts, len(arrays.cost)
    (2, 1, 2)
    """

    sizes: Ints
    away: Ints
    opening: Ints
    most: Ints
    least: Ints
    party: Ints
    cohort: Ints
    cost: Ints

    def __post_init__(self) -> None:
        for name in ("sizes", "away", "opening", "most", "least", "party", "cohort", "cost"):
            values = np.asarray(getattr(self, name))
            if values.ndim != 1 or (len(values) and not np.issubdtype(values.dtype, np.integer)):
                raise ValueError(f"{name} is not one row of whole numbers. Scale amounts with decimals to whole units.")
            object.__setattr__(self, name, values.astype(np.int64))
        self._check_shapes()
        for name, lowest in (("sizes", 1), ("away", 0), ("opening", 0), ("most", 0), ("least", 0)):
            values = getattr(self, name)
            if len(values) and values.min() < lowest:
                raise ValueError(f"{name} has {values.min()}, below {lowest}. Correct that entry.")

    def _check_shapes(self) -> None:
        for names in (("sizes", "away"), ("opening", "most", "least"), ("party", "cohort", "cost")):
            lengths = {name: len(getattr(self, name)) for name in names}
            if len(set(lengths.values())) > 1:
                words = ", ".join(f"{name} {length}" for name, length in lengths.items())
                raise ValueError(f"Lengths differ: {words}. Give one entry for each.")
        for name, size in (("party", self.num_parties), ("cohort", self.num_cohorts)):
            idx = getattr(self, name)
            if len(idx) and (idx.min() < 0 or idx.max() >= size):
                raise ValueError(f"{name} has an index outside 0 to {size - 1}. Correct it, or add what it stands for.")
        key = self.cohort * max(1, self.num_parties) + self.party
        if len(np.unique(key)) < len(key):
            raise ValueError("A party and cohort are paired twice. Keep the cheaper pair.")

    @classmethod
    def dense(
        cls, sizes: object, away: object, opening: object, most: object, least: object, cost: object
    ) -> SeatArrays:
        """Return the arrays of a full table of costs, shape (parties, cohorts)."""
        table = np.asarray(cost)
        party, cohort = np.indices(table.shape)
        return cls(
            np.asarray(sizes),
            np.asarray(away),
            np.asarray(opening),
            np.asarray(most),
            np.asarray(least),
            party.ravel(),
            cohort.ravel(),
            table.ravel(),
        )

    @property
    def num_parties(self) -> int:
        """Number of parties."""
        return len(self.sizes)

    @property
    def num_cohorts(self) -> int:
        """Number of cohorts that could be opened."""
        return len(self.opening)

    @cached_property
    def by_cohort(self) -> tuple[Ints, ...]:
        """Rows of the pairs of each cohort in which the party finds room at all."""
        fits = np.flatnonzero(self.sizes[self.party] <= self.most[self.cohort])
        return _grouped(fits, self.cohort[fits], self.num_cohorts)

    @cached_property
    def by_party(self) -> tuple[Ints, ...]:
        """Rows of the pairs of each party in which it finds room at all."""
        fits = np.flatnonzero(self.sizes[self.party] <= self.most[self.cohort])
        return _grouped(fits, self.party[fits], self.num_parties)

    @cached_property
    def _row_of(self) -> dict[tuple[int, int], int]:
        return {pair: row for row, pair in enumerate(zip(self.party.tolist(), self.cohort.tolist(), strict=True))}

    def objective(self, seats: Ints) -> int:
        """Return the units of a solution, which gives each party its cohort or ``AWAY``.

        Raises
        ------
        ValueError
            If a party sits where it cannot, or a cohort has too many or too few people.
        """
        total = int(self.away[seats == AWAY].sum())
        load = np.zeros(self.num_cohorts, dtype=np.int64)
        for party, cohort in enumerate(seats.tolist()):
            if cohort == AWAY:
                continue
            if (party, cohort) not in self._row_of:
                raise ValueError(f"Party {party} cannot sit in cohort {cohort}. Seat it elsewhere.")
            total += int(self.cost[self._row_of[party, cohort]])
            load[cohort] += self.sizes[party]
        used = np.unique(seats[seats != AWAY])
        for cohort in used.tolist():
            low, high = int(self.least[cohort]), int(self.most[cohort])
            if not low <= load[cohort] <= high:
                raise ValueError(f"Cohort {cohort} has {load[cohort]} people, not {low} to {high}. Move some.")
        return total + int(self.opening[used].sum())


@dataclass(frozen=True)
class Allotment:
    """A solution with its proven bound.

    Parameters
    ----------
    seats
        Cohort of each party, or ``AWAY``.
    objective
        Units of the solution.
    bound
        No solution costs less.
    seconds
        Time it took.
    """

    seats: Ints
    objective: int
    bound: int
    seconds: float

    @property
    def optimal(self) -> bool:
        """Whether no solution is better, and that is proven."""
        return self.bound >= self.objective

    @property
    def gap(self) -> float:
        """Objective less bound as a share of the objective."""
        return (self.objective - self.bound) / self.objective if self.objective else 0.0


def _grouped(rows: Ints, owner: Ints, size: int) -> tuple[Ints, ...]:
    order = np.argsort(owner, kind="stable")
    ptr = np.searchsorted(owner[order], np.arange(size + 1))
    return tuple(rows[order[ptr[k] : ptr[k + 1]]] for k in range(size))
