"""What the bound's master problem is made of: columns, rows over them, and what a solved one says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lineside.solver.pricing import Priced
from lineside.solver.problem import Problem
from lineside.solver.seating import Seating

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Part = Literal["pair", "room", "teacher"]
UNIT_SCALE = 100.0
"""Bounds count in hundreds of line-minutes: prices of thousands make the simplex imprecise."""
PARTS: tuple[Part, ...] = ("pair", "room", "teacher")


@dataclass(frozen=True)
class CutRow:
    """A row ``sum of coefficients <= limit`` over columns, by what a column contains.

    Parameters
    ----------
    part
        What the coefficients belong to.
    entries, coefficients
        Pair rows, or entries of ``problem.rooms`` or ``problem.instructors``, sorted, and their coefficients.
    limit
        Right-hand side.
    beside
        Rows of other parts whose coefficients are in this row too.
    """

    part: Part
    entries: Ints
    coefficients: Floats
    limit: float
    beside: tuple[CutRow, ...] = ()

    def parts(self) -> tuple[CutRow, ...]:
        """Return the row and those beside it."""
        return (self, *self.beside)


@dataclass(frozen=True)
class Column:
    """A cohort with its people: entries of rooms and instructors, and pair rows."""

    candidate: int
    room: int
    teacher: int
    pairs: Ints

    def entries(self, part: Part) -> list[int]:
        """Return what the column contains of one part."""
        if part == "pair":
            found: list[int] = self.pairs.tolist()
            return found
        return [self.room if part == "room" else self.teacher]


def columns_of(problem: Problem, seating: Seating) -> list[Column]:
    """Return the cohorts of a seating as columns."""
    found = []
    for cohort in seating.cohorts:
        room, teacher = (
            next(k for k in servers.entries_of(cohort.candidate) if servers.idx[k] == server)
            for servers, server in ((problem.rooms, cohort.room), (problem.instructors, cohort.instructor))
        )
        low, high = np.searchsorted(problem.pairs.candidate, [cohort.candidate, cohort.candidate + 1])
        rows = low + np.searchsorted(problem.pairs.need[low:high], sorted(cohort.needs))
        found.append(Column(cohort.candidate, room, teacher, rows))
    return found


@dataclass
class Relaxation:
    """What a bound says: of column generation, or of prices alone.

    Parameters
    ----------
    bound
        Proven lower bound in units.
    columns, weights
        The last master's columns and how much of each it uses.
    candidate, reduced_cost
        Candidates that can have a cohort, and what opening one adds to the bound at least, in units.
    pair_reduced
        For every pair row of the pricer, what a seat there adds to the bound at least, in units.
    pair_rows
        Those pair rows.
    need_price
        Dual price of each need in units: what a seat for it is worth.
    converged
        Whether no column could improve the master when it ended.
    """

    bound: float
    columns: list[Column]
    weights: Floats
    candidate: Ints
    reduced_cost: Floats
    pair_rows: Ints
    pair_reduced: Floats
    need_price: Floats
    converged: bool

    @classmethod
    def proven_by(
        cls,
        bound: float,
        need_price: Floats,
        priced: Priced,
        unit: float,
        columns: Sequence[Column] = (),
        weights: Floats | None = None,
        converged: bool = False,
    ) -> Relaxation:
        """Return what prices prove.

        Parameters
        ----------
        bound, need_price, priced
            The bound, the price of each need, and the best cohorts at these prices, all in master units.
        unit
            Units of the objective in a master unit.
        columns, weights, converged
            Of the last master, if there was one.
        """
        return cls(
            bound=bound * unit,
            columns=list(columns),
            weights=np.zeros(0) if weights is None else weights,
            candidate=priced.candidate,
            reduced_cost=priced.reduced_cost * unit,
            pair_rows=priced.sorted_pairs,
            pair_reduced=priced.forced() * unit,
            need_price=need_price * unit,
            converged=converged,
        )
