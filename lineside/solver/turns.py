"""Whose turn it is: whether another processor is worth more to the bound or to the plan."""

from __future__ import annotations

WINDOW_SECONDS = 60.0
"""Time over which gains are compared: a round of a large master may take half of it."""
LEAST_SHARE = 0.5
"""Share of what the search takes off the plan, with one process less, that the bound must rise by."""
FIRST_RISE = 1e-3
"""Share of the gap by which the bound must rise after new rows before it is compared: they prove nothing at first."""


class Turns:
    """Compares what the bound and the plan gain.

    Parameters
    ----------
    searching
        Processes that improve the plan while the bound is raised.
    """

    def __init__(self, searching: int) -> None:
        self._searching = searching
        self._rows, self._low = -1, 0.0
        self._has_risen = False
        self._since = (0.0, 0.0, 0.0)

    def begin(self, now: float, bound: float, plan: float, rows: int) -> None:
        """Begin a turn of the bound.

        Parameters
        ----------
        now
            Seconds.
        bound, plan
            The bound and the objective as they are now, in one unit.
        rows
            Rows that have been added to the master so far.
        """
        self._see(bound, plan, rows)
        self._since = now, bound, plan

    def is_enough(self, now: float, bound: float, plan: float, rows: int) -> bool:
        """Return whether the plan would gain more by the bound's processor than the bound does.

        Parameters
        ----------
        now, bound, plan, rows
            As in :meth:`begin`.
        """
        began, low, high = self._since
        self._see(bound, plan, rows)
        if now - began < WINDOW_SECONDS:
            return False
        self._since = now, bound, plan
        return self._has_risen and bound - low < LEAST_SHARE * (high - plan) / self._searching

    def _see(self, bound: float, plan: float, rows: int) -> None:
        """Remember whether the rows of now have raised the bound."""
        if rows != self._rows:
            self._rows, self._low, self._has_risen = rows, bound, False
        self._has_risen |= bound - self._low > FIRST_RISE * (plan - bound)
