"""Every case of a rule or a price, for the checker's tests and the solver's.

``RULE_CASES``: breaking the rule pays; the solver's plan must be clean and cost what ``allowed``
costs. ``ALLOWED_CASES``: a best plan at the edge of a rule. ``PRICE_CASES``: exact amounts.
"""

from __future__ import annotations

from tests.cases import cohorts, in_force, pairs, prices, seats, sessions
from tests.cases.case import AllowedCase, PriceCase, RuleCase

__all__ = ["ALLOWED_CASES", "PRICE_CASES", "RULE_CASES", "AllowedCase", "PriceCase", "RuleCase"]

_FAMILIES = (cohorts, seats, sessions, pairs, in_force)

RULE_CASES: tuple[RuleCase, ...] = tuple(case for family in _FAMILIES for case in family.RULE_CASES)
ALLOWED_CASES: tuple[AllowedCase, ...] = tuple(case for family in _FAMILIES for case in family.ALLOWED_CASES)
PRICE_CASES: tuple[PriceCase, ...] = tuple(prices.PRICE_CASES)
