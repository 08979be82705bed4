"""Linear and concave functions of the people away that are nowhere above what a crew loses: what rows are made of."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lineside.solver.charges import convex_steps

Floats = NDArray[np.float64]
TINY = 1e-9


@cache
def minorants(cost: tuple[int, ...]) -> Floats:
    """Return concave functions of the number of people away that are nowhere above a loss, one a row.

    Parameters
    ----------
    cost
        Units a minute for 0, 1, ... people away; never falling, the first 0.

    Notes
    -----
    Each is a line through two points of the loss, which goes on from the second one with steps that never rise, as
    high as the loss lets it. Those that another is nowhere below are left out.

    Examples
    --------
    >>> minorants((0, 1000, 1000)).tolist()
    [[0.0, 1000.0, 1000.0]]
    >>> minorants((0, 0, 1000, 1000)).tolist()
    [[-1000.0, 0.0, 1000.0, 1000.0], [-500.0, 0.0, 500.0, 1000.0]]
    """
    loss = np.array(cost, dtype=float)
    found = [row for a, b in itertools.combinations(range(len(cost)), 2) if (row := _minorant(loss, a, b)) is not None]
    distinct = np.unique(np.array(found).reshape(-1, len(cost)), axis=0)
    keep = [k for k, row in enumerate(distinct) if (distinct >= row).all(axis=1).sum() == 1]
    return distinct[keep]


@cache
def facets(cost: tuple[int, ...]) -> list[tuple[float, float]]:
    """Return the lines that the lower convex envelope of a loss is made of, each as what is spared and its step.

    Parameters
    ----------
    cost
        Units a minute for 0, 1, ... people away; never falling, the first 0.

    Examples
    --------
    >>> facets((0, 10, 100, 100))
    [(0.0, 10.0), (35.0, 45.0)]
    """
    steps = convex_steps(cost)
    total = np.concatenate(([0.0], np.cumsum(steps)))
    return [
        (step * k - float(total[k]), step)
        for k, step in enumerate(steps)
        if step > 0 and (not k or step > steps[k - 1])
    ]


def _minorant(loss: Floats, a: int, b: int) -> Floats | None:
    """Return the function whose line goes through ``a`` and ``b``, or None if it is above the loss or does not rise."""
    step = (loss[b] - loss[a]) / (b - a)
    row: Floats = loss[a] + step * (np.arange(len(loss)) - a)
    if step <= 0 or (row[:b] > loss[:b] + TINY).any():
        return None
    for k in range(b + 1, len(loss)):
        step = min(step, loss[k] - row[k - 1])
        row[k] = row[k - 1] + step
    return row


def highest(cost: tuple[int, ...], away: Floats, opened: float) -> tuple[Floats, float]:
    """Return the concave function that is highest for people away in part, and its amount there.

    Parameters
    ----------
    cost
        Units a minute for 0, 1, ... people away; never falling, the first 0.
    away
        How much each person is away, most first.
    opened
        How often what the function is for nobody away counts; nobody is away more.
    """
    functions = minorants(cost)
    if not len(functions):
        return np.zeros(len(cost)), 0.0
    steps = np.diff(functions, axis=1)[:, : len(away)]
    amounts = opened * functions[:, 0] + steps @ np.minimum(away[: steps.shape[1]], opened)
    best = int(np.argmax(amounts))
    return functions[best], float(amounts[best])
