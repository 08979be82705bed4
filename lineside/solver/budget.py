"""How much search is left: seconds of the clock, or, with one worker, work that is counted alike on every run."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

WORK_PER_SECOND = 0.6
"""Counted work of a second: with one worker the count runs out before the clock does, on most machines."""
PATIENCE = 2.0
"""Times the seconds after which even a counted search ends: a machine so slow or busy breaks the likeness of runs."""


@dataclass(frozen=True)
class Allowance:
    """A share of a budget: the moment at which it ends, and the work after which it does."""

    until: float
    work: float


class Budget:
    """Counts what a solve may still use.

    Parameters
    ----------
    seconds
        Time from ``began`` on.
    began
        Moment of :func:`time.monotonic`.
    counted
        Whether work is counted, so that equal runs end at equal points.
    stop
        Set to end at once.
    """

    def __init__(self, seconds: float, began: float, counted: bool, stop: threading.Event) -> None:
        self._until = began + seconds * (PATIENCE if counted else 1.0)
        self._total = seconds * WORK_PER_SECOND
        self.counted = counted
        self._spent = 0.0
        self.stop = stop

    def spend(self, work: float) -> None:
        """Count work done, in deterministic seconds."""
        self._spent += work

    @property
    def seconds_left(self) -> float:
        """Seconds of the clock that are left, 0 at least."""
        return max(0.0, self._until - time.monotonic())

    @property
    def left(self) -> float:
        """What is left, in the unit that ends the search: counted work, or seconds."""
        return max(0.0, self._total - self._spent) if self.counted else self.seconds_left

    @property
    def over(self) -> bool:
        """Whether the search must end."""
        return self.stop.is_set() or self.seconds_left <= 0 or self.left <= 0

    def share(self, part: float) -> Allowance:
        """Return a part of what is left."""
        if self.counted:
            return Allowance(self._until, self._spent + part * self.left)
        return Allowance(time.monotonic() + part * self.left, float("inf"))

    def allows(self, allowance: Allowance) -> bool:
        """Return whether a share is not used up, nor the whole."""
        return not self.over and time.monotonic() < allowance.until and self._spent < allowance.work

    def limit(self, most: float) -> tuple[float, float | None]:
        """Return seconds and deterministic time for one model, given the most it should take."""
        if self.counted:
            return self.seconds_left, min(most, self.left)
        return min(most, self.seconds_left), None
