"""What a solve charges for each measure: the scenario's prices, or weights that stand in their place."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from lineside.models.plan import Measures, Plan
from lineside.models.scenario import Prices

MEASURES: tuple[str, ...] = (
    "line_time_lost",
    "release",
    "stopped",
    "unseated_hours",
    "dollars",
    "travel_minutes",
    "changes",
    "worst_company",
    "cohorts",
)
"""What can be charged or limited, beside the objective: a plan's measures, and the number of its cohorts."""
OBJECTIVE = "objective"
"""The scenario's objective, where a measure is named."""

AMOUNT_WORDS: dict[str, str] = {
    "objective": "line-minutes in all",
    "line_time_lost": "line-minutes of line time",
    "release": "person-minutes of release",
    "stopped": "minutes of stopped crews",
    "unseated_hours": "unseated hours",
    "dollars": "dollars",
    "travel_minutes": "travel minutes",
    "changes": "changed seats",
    "worst_company": "line-minutes at the company that loses most",
    "cohorts": "cohorts",
}
"""What an amount of each measure is called in a sentence, with its unit."""

Amount = Fraction | Decimal | int


class MeasureError(ValueError):
    """A measure that does not exist, or an amount of one that makes no sense; the text says what to do."""


@dataclass(frozen=True)
class Tariff:
    """Price of one of each measure, in line-minutes or in whatever is minimised.

    Parameters
    ----------
    line_time_lost, release, stopped, unseated_hours, dollars, travel_minutes, changes, worst_company
        As the contract defines the measures, each in its own unit.
    cohorts
        Of an open cohort, frozen ones included.
    """

    line_time_lost: Fraction = Fraction(0)
    release: Fraction = Fraction(0)
    stopped: Fraction = Fraction(0)
    unseated_hours: Fraction = Fraction(0)
    dollars: Fraction = Fraction(0)
    travel_minutes: Fraction = Fraction(0)
    changes: Fraction = Fraction(0)
    worst_company: Fraction = Fraction(0)
    cohorts: Fraction = Fraction(0)

    @classmethod
    def of_prices(cls, prices: Prices) -> Tariff:
        """Return the tariff of the contract's objective.

        >>> Tariff.of_prices(Prices()).dollars
        Fraction(1, 20)
        """
        return cls(**{name: Fraction(price) for name, price in prices.by_measure().items()})

    @classmethod
    def of_weights(cls, weights: Mapping[str, Amount], prices: Prices) -> Tariff:
        """Return the tariff that charges some measures a weight each.

        Parameters
        ----------
        weights
            Weights by name of measure, 0 at least; ``objective`` stands for all prices of the scenario.
        prices
            Those prices.

        Raises
        ------
        ValueError
            If there is no such measure, or a weight is below 0.
        """
        refuse_unknown(weights)
        whole = Fraction(weights.get(OBJECTIVE, 0))
        charged = dataclasses.asdict(cls.of_prices(prices))
        return cls(**{name: whole * charged[name] + Fraction(weights.get(name, 0)) for name in MEASURES})


def figure_of(plan: Plan, prices: Prices, name: str) -> Fraction:
    """Return what a plan with measures has of one measure, of its cohorts, or of the objective by some prices."""
    if name == "cohorts":
        return Fraction(len(plan.cohorts))
    measures = plan.measures or Measures()
    if name != OBJECTIVE:
        return Fraction(getattr(measures, name))
    charged = dataclasses.asdict(Tariff.of_prices(prices))
    return sum((charged[key] * Fraction(value) for key, value in measures), Fraction(0))


def refuse_unknown(amounts: Mapping[str, Amount]) -> None:
    """Refuse measures that do not exist, and amounts below 0.

    Raises
    ------
    MeasureError
        With a sentence about the first one.
    """
    for name, amount in amounts.items():
        if name != OBJECTIVE and name not in MEASURES:
            raise MeasureError(f"{name} is no measure. Choose one of {', '.join((OBJECTIVE, *MEASURES))}.")
        if amount < 0:
            raise MeasureError(f"{name} has the amount {amount}, which is below 0. Give 0 or more.")
