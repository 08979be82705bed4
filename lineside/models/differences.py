"""What one plan costs more or less than another, measure by measure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from lineside.models.measures import rounded
from lineside.models.plan import Measures
from lineside.models.scenario import Prices

MEASURES: dict[str, str] = {
    "objective": "line-minutes",
    "line_time_lost": "line-minutes",
    "release": "person-minutes",
    "stopped": "crew-minutes",
    "unseated_hours": "hours",
    "dollars": "dollars",
    "travel_minutes": "minutes",
    "changes": "seats",
    "worst_company": "line-minutes",
}
"""Figures that are compared, with their units; of each, less is better."""


class Figures(Protocol):
    """A plan's objective in line-minutes, and its measures."""

    @property
    def objective(self) -> Decimal:
        """Objective in line-minutes."""

    @property
    def measures(self) -> Measures:
        """Measures, each in its unit."""


@dataclass(frozen=True)
class MeasureDifference:
    """A measure before and after, in its unit, and what the difference adds to the objective.

    Parameters
    ----------
    line_minutes
        Difference times the measure's price; None for a measure that has no part in the objective.
    """

    measure: str
    unit: str
    before: Decimal
    after: Decimal
    line_minutes: Decimal | None

    @property
    def difference(self) -> Decimal:
        """How much more it is."""
        return self.after - self.before


def measure_differences(prices: Prices, before: Figures, after: Figures) -> Iterator[MeasureDifference]:
    """Yield each measure of two plans at some prices, the objective first."""
    priced = prices.by_measure()
    yield MeasureDifference(
        "objective", MEASURES["objective"], before.objective, after.objective, after.objective - before.objective
    )
    was = dict(rounded(before.measures))
    for name, value in rounded(after.measures):
        old, new, price = Decimal(was[name]), Decimal(value), priced.get(name)
        yield MeasureDifference(name, MEASURES[name], old, new, None if price is None else price * (new - old))
