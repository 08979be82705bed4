"""The solver keeps every rule, even where breaking it would pay, and is no stricter than the contract."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.models.rules import RULES
from lineside.models.scenario import Scenario
from lineside.solver import SolveOptions, solve
from tests.rule_cases import ALLOWED_CASES, PRICE_CASES, RULE_CASES, AllowedCase, PriceCase, RuleCase


def _name(case: RuleCase | AllowedCase) -> str:
    return f"{case.rule}: {case.name}"


def proven_objective(scenario: Scenario) -> Decimal:
    """Return the objective of the solver's plan, which must be clean and proven."""
    plan: Plan = solve(scenario, SolveOptions(seconds=20, workers=1, seed=0)).plan
    report = check(scenario, plan)
    assert (plan.status, report.violations, report.faults) == ("optimal", (), ())
    assert plan.bound == plan.objective == report.objective
    return report.objective


def test_every_rule_has_a_case_in_which_breaking_it_would_pay() -> None:
    assert {case.rule for case in RULE_CASES} == set(RULES)


@pytest.mark.parametrize("case", RULE_CASES, ids=_name)
def test_the_solver_resists(case: RuleCase) -> None:
    objective = proven_objective(case.scenario)
    assert objective > check(case.scenario, case.tempting).objective
    assert objective == check(case.scenario, case.allowed).objective


@pytest.mark.parametrize("case", ALLOWED_CASES, ids=_name)
def test_the_solver_uses_what_is_allowed(case: AllowedCase) -> None:
    assert proven_objective(case.scenario) == check(case.scenario, case.allowed).objective


@pytest.mark.parametrize("case", PRICE_CASES, ids=lambda case: f"{case.measure}: {case.name}")
def test_the_optimum_is_no_dearer_than_a_plan_whose_price_is_known(case: PriceCase) -> None:
    assert proven_objective(case.scenario) <= case.objective
