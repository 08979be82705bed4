"""Rows about the line time that a crew loses in a week, beyond what cohorts are charged one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.columns import CutRow
from lineside.solver.problem import Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
NOWHERE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class LossRow:
    """A row: what a week's seats have shares of is at most what they are charged, and the loss that nobody is charged.

    Parameters
    ----------
    key
        Persona and week: rows of one key have their variable in common.
    entries
        Pair rows, sorted: all of the persona's in every candidate that meets in the row's minutes.
    units
        Units that a seat in each has a share of.
    minutes
        Minutes of the row for which a cohort's people in each are charged by column.
    limit
        Units that the shares may reach before anything is lost.
    candidates, spared
        Candidates each cohort of which lets the shares reach so many units more.
    """

    key: tuple[int, int]
    entries: Ints
    units: Floats
    minutes: Floats
    limit: float
    candidates: Ints
    spared: Floats

    @property
    def identity(self) -> tuple[object, ...]:
        """What is the same in the same row alone."""
        arrays = (self.entries, self.units, self.minutes, self.candidates, self.spared)
        return (self.key, self.limit, *(array.tobytes() for array in arrays))

    def over(self, problem: Problem, unit: float) -> CutRow:
        """Return the row over seats and opened cohorts, without charges and the loss, in some unit."""
        counts = np.diff(problem.rooms.ptr)[self.candidates]
        rooms = [np.arange(problem.rooms.ptr[c], problem.rooms.ptr[c + 1]) for c in self.candidates.tolist()]
        opened = CutRow("room", np.concatenate([NOWHERE, *rooms]), -np.repeat(self.spared, counts) / unit, 0.0)
        return CutRow("pair", self.entries, self.units / unit, self.limit / unit, (opened,) if len(rooms) else ())


@dataclass(frozen=True)
class CountedRow:
    """A row: what the people in a week's cohorts cost is at most what they are charged, and the loss that nobody is.

    Parameters
    ----------
    key, entries, minutes
        As in a :class:`LossRow`.
    candidates, counted
        Candidates of which a plan opens one at most at a time, and the minutes for which the people of each count.
    cost
        Units a minute for 0, 1, ... people of a candidate.
    """

    key: tuple[int, int]
    entries: Ints
    minutes: Floats
    candidates: Ints
    counted: Floats
    cost: tuple[int, ...]

    @property
    def identity(self) -> tuple[object, ...]:
        """What is the same in the same row alone."""
        arrays = (self.entries, self.minutes, self.candidates, self.counted)
        return (self.key, *(array.tobytes() for array in arrays))
