"""Prices as whole numbers: one unit is ``1 / scale`` of a line-minute.

CP-SAT counts in integers. The scale is the least common denominator of everything that can be
charged, so that the integer objective is the contract's exactly; only if that were above
``LARGEST_SCALE`` are amounts rounded, and then the bound is lowered by what rounding may hide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from lineside.models.scenario import Scenario
from lineside.solver.tariff import Tariff

LARGEST_SCALE = 10_000_000


@dataclass(frozen=True)
class Money:
    """Whole-number prices of one scenario.

    Parameters
    ----------
    scale
        Units of a line-minute.
    exact
        Whether every amount is a whole number of units.
    """

    scale: int
    exact: bool

    @classmethod
    def of(cls, scenario: Scenario, tariff: Tariff | None = None) -> Money:
        """Find the scale for everything that a scenario can charge, by its own prices if no tariff is given."""
        tariff = tariff or Tariff.of_prices(scenario.settings.prices)
        dollar = tariff.dollars
        quanta = {tariff.travel_minutes, tariff.changes, tariff.cohorts, tariff.release, tariff.stopped}
        quanta |= {dollar * Fraction(rate) / 60 for rate in _hourly_rates(scenario)}
        quanta |= {dollar * Fraction(module.dollars_per_seat) for module in scenario.modules}
        hours = {Fraction(module.hours) for module in scenario.modules}
        priorities = {Fraction(row.priority) for row in scenario.apprentices}
        quanta |= {tariff.unseated_hours * h * p for h in hours for p in priorities}
        for weight in {Fraction(line.weight) for line in scenario.lines}:
            quanta |= {weight * tariff.line_time_lost / 1000, weight * tariff.worst_company / 1000}
        scale = math.lcm(*(quantum.denominator for quantum in quanta))
        return cls(min(scale, LARGEST_SCALE), scale <= LARGEST_SCALE)

    def units(self, amount: Fraction | int) -> int:
        """Return an amount of line-minutes in units, rounded if the scale is not exact."""
        return round(Fraction(amount) * self.scale)

    def rate(self, amount: Fraction) -> float:
        """Return an amount of line-minutes in units, for products that are rounded afterwards."""
        return float(amount * self.scale)

    def line_minutes(self, units: float) -> float:
        """Return units as line-minutes."""
        return units / self.scale


def _hourly_rates(scenario: Scenario) -> set[Fraction]:
    rates = {Fraction(room.dollars_per_hour) for room in scenario.rooms}
    rates |= {Fraction(row.dollars_per_hour) for row in scenario.instructors}
    return rates | {Fraction(row.class_wage) for row in scenario.companies}
