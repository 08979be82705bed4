"""What a solve tells while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Progress:
    """What a running solve knows.

    Parameters
    ----------
    stage
        What it is doing, in words.
    objective, bound
        Incumbent and proven lower bound in line-minutes, where known.
    seconds
        Time since the start.
    """

    stage: str
    objective: Decimal | None
    bound: Decimal | None
    seconds: float

    @property
    def gap(self) -> Decimal | None:
        """Objective less bound as a share of the objective; None if either is unknown."""
        if self.objective is None or self.bound is None:
            return None
        return (self.objective - self.bound) / self.objective if self.objective else Decimal(0)
