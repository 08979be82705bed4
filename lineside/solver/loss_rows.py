"""The rows of line time in a master problem: what columns are charged less there, and at which prices."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lineside.solver.charges import Charges
from lineside.solver.week_rows import LossRow

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass
class LossRows:
    """Rows of line time that a master problem has.

    Parameters
    ----------
    charges
        What columns are charged.
    unit
        Units of the objective in which the master counts.

    Attributes
    ----------
    variable
        Variable of the line time lost, by key of its rows.

    Notes
    -----
    A row of price ``-μ`` lowers what a cohort is charged for the row's minutes by the share ``μ``, and charges its
    people their shares of the row instead. Prices of one key add up to 1 at most, what its variable costs, so
    that no minute is charged less than nothing.
    """

    charges: Charges
    unit: float
    variable: dict[tuple[int, int], int] = field(default_factory=dict)
    _rows: list[tuple[int, LossRow]] = field(default_factory=list)
    _positions: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    _of_entry: dict[int, list[tuple[int, float]]] = field(default_factory=dict)

    @property
    def rows(self) -> list[LossRow]:
        """The rows."""
        return [row for _, row in self._rows]

    @property
    def positions(self) -> frozenset[int]:
        """Their positions among the master's rows."""
        return frozenset(position for position, _ in self._rows)

    def add(self, position: int, row: LossRow, variable: int) -> None:
        """Remember a row by its position among the master's rows."""
        self.variable[row.key] = variable
        self._positions.setdefault(row.key, []).append(position)
        self._rows.append((position, row))
        for entry, minutes in zip(row.entries.tolist(), row.minutes.tolist(), strict=True):
            self._of_entry.setdefault(entry, []).append((position, minutes / self.unit))

    def charge(self, row: LossRow, pairs: Ints) -> float:
        """Return what a column's people are charged for the minutes of one row, in the master's unit."""
        at = np.searchsorted(row.entries, pairs)
        inside = at[row.entries[np.minimum(at, len(row.entries) - 1)] == pairs]
        if not len(inside):
            return 0.0
        steps = self.charges.steps[row.key[0], : len(inside)]
        return float(steps.sum() * row.minutes[inside[0]]) / self.unit

    def charges_of(self, pairs: Ints) -> dict[int, float]:
        """Return what a column's people are charged for the minutes of each row, by the row's position.

        A row's entries are of one persona, and in one candidate all of them have the same minutes.
        """
        found: dict[int, float] = {}
        count: dict[int, int] = {}
        for entry in pairs.tolist():
            for position, minutes in self._of_entry.get(entry, ()):
                rank = count.get(position, 0)
                step = float(self.charges.steps[self.charges.group[entry], rank])
                found[position] = found.get(position, 0.0) + step * minutes
                count[position] = rank + 1
        return found

    def within_prices(self, duals: Floats) -> Floats:
        """Return duals of all rows at most 0, those of one week's line time together at most its price, 1."""
        kept = np.minimum(duals, 0.0)
        for positions in self._positions.values():
            at = [position for position in positions if position < len(kept)]
            total = -float(kept[at].sum())
            if total > 1.0:
                kept[at] /= total
        return kept

    def minutes(self, duals: Floats) -> Floats:
        """Return the minutes of each pair that are charged by column at some row prices, in the master's unit."""
        left = self.charges.minutes / self.unit
        for position, row in self._rows:
            if position < len(duals) and duals[position] < 0:
                left[row.entries] += duals[position] * row.minutes / self.unit
        return np.maximum(left, 0.0)
