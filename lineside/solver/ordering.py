"""Sorting within groups: what pricing does a thousand times, so it has to be quick."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_PASSES = 8
"""Passes that set right what was sorted only roughly; what is left after them is sorted anew."""


def order_within(group: Ints, value: Floats) -> Ints:
    """Return the order of some finite values by group, and within a group from the least to the greatest.

    Parameters
    ----------
    group
        Group of each value, 0 at least; quickest where groups come one after the other.
    value
        The values.

    Returns
    -------
    Positions; shape (values,).

    Notes
    -----
    One key of group and value is sorted more than ten times as quickly as two keys are (``numpy.lexsort``). It holds
    some 2⁻⁵³ of the groups' number times the values' range, so that values which are nearer than that may come out in
    the wrong order: neighbours are then exchanged until they are not.

    >>> order_within(np.array([1, 0, 1]), np.array([3.0, 9.0, -3.0])).tolist()
    [1, 2, 0]
    """
    if not len(value):
        return np.zeros(0, dtype=np.int64)
    low = value.min()
    key = group * (value.max() - low + 1.0) + (value - low)
    order: Ints = np.argsort(key, kind="stable")
    of, ordered = group[order], value[order]
    for _ in range(MOST_PASSES):
        wrong = np.flatnonzero((ordered[1:] < ordered[:-1]) & (of[1:] == of[:-1]))
        if not len(wrong):
            return order
        wrong = wrong[np.diff(wrong, prepend=-2) > 1]
        for array in (order, ordered):
            array[wrong], array[wrong + 1] = array[wrong + 1], array[wrong].copy()
    found: Ints = np.lexsort((value, group))
    return found


def flat_ranges(first: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Return the numbers of some ranges one after the other, and where each range begins among them.

    >>> [found.tolist() for found in flat_ranges(np.array([7, 2]), np.array([2, 3]))]
    [[7, 8, 2, 3, 4], [0, 2]]
    """
    begins = np.cumsum(sizes) - sizes
    numbers: Ints = np.repeat(first - begins, sizes) + np.arange(int(sizes.sum()))
    return numbers, begins


class Groups:
    """Values that belong to owners, those of each owner one after the other.

    Parameters
    ----------
    owner
        Owner of each value, sorted; every owner from 0 on has one at least.
    """

    def __init__(self, owner: Ints) -> None:
        self.owner = owner
        self._first = np.flatnonzero(np.diff(owner, prepend=-1))
        self._size = np.diff(self._first, append=len(owner))

    def only(self, chosen: Ints) -> tuple[Ints, Groups]:
        """Return the positions of the values of some owners, and the groups that these make."""
        sizes = self._size[chosen]
        positions, _ = flat_ranges(self._first[chosen], sizes)
        return positions, Groups(np.repeat(np.arange(len(chosen)), sizes))

    def least(self, value: Floats) -> Ints:
        """Return the position of the least value of each owner, the first of equal ones."""
        if not len(value):
            return np.zeros(0, dtype=np.int64)
        lowest = np.minimum.reduceat(value, self._first)
        hits = np.flatnonzero(value == lowest[self.owner])
        found: Ints = hits[np.diff(self.owner[hits], prepend=-1) != 0]
        return found
