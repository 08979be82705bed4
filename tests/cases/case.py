"""The kinds of cases."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario


@dataclass(frozen=True)
class RuleCase:
    """A scenario in which breaking one rule pays.

    ``tempting`` breaks that rule and no other, and costs less than ``allowed``, which is a best
    plan among those that break none.
    """

    name: str
    rule: str
    scenario: Scenario
    tempting: Plan
    allowed: Plan


@dataclass(frozen=True)
class AllowedCase:
    """A best plan that too strict a reading of a rule would forbid."""

    name: str
    rule: str
    scenario: Scenario
    allowed: Plan


@dataclass(frozen=True)
class PriceCase:
    """A plan with the exact value of one measure, and of the objective."""

    name: str
    measure: str
    scenario: Scenario
    plan: Plan
    value: Decimal
    objective: Decimal
