"""Every rule and every price of the contract, one tiny case at a time."""

from __future__ import annotations

import pytest

from lineside.models.checker import CHECKS, check
from lineside.models.rules import RULES
from tests.rule_cases import ALLOWED_CASES, PRICE_CASES, RULE_CASES, AllowedCase, PriceCase, RuleCase


def _name(case: RuleCase | AllowedCase) -> str:
    return f"{case.rule}: {case.name}"


def test_every_rule_has_a_check_in_the_registrys_order() -> None:
    assert list(CHECKS) == list(RULES)


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in RULE_CASES} == set(RULES)


def test_cases_have_names_of_their_own() -> None:
    names = [_name(case) for case in (*RULE_CASES, *ALLOWED_CASES)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("case", RULE_CASES, ids=_name)
def test_tempting_plan_breaks_exactly_its_rule(case: RuleCase) -> None:
    report = check(case.scenario, case.tempting)
    assert {violation.rule for violation in report.violations} == {case.rule}
    assert report.faults == ()


@pytest.mark.parametrize("case", RULE_CASES, ids=_name)
def test_breaking_the_rule_pays(case: RuleCase) -> None:
    assert check(case.scenario, case.tempting).objective < check(case.scenario, case.allowed).objective


@pytest.mark.parametrize("case", (*RULE_CASES, *ALLOWED_CASES), ids=_name)
def test_allowed_plan_is_clean(case: RuleCase | AllowedCase) -> None:
    report = check(case.scenario, case.allowed)
    assert report.violations == ()
    assert report.faults == ()
    assert report.is_clean


@pytest.mark.parametrize("case", RULE_CASES, ids=_name)
def test_messages_state_a_fact_and_a_remedy(case: RuleCase) -> None:
    for violation in check(case.scenario, case.tempting).violations:
        fact, *remedy = violation.message.split(". ")
        assert fact
        assert remedy
        assert violation.message.endswith(".")
        assert violation.amount > 0
        assert violation.unit
        assert all(found in violation.message for kind, found in violation.ids.items() if kind == "apprentice")


@pytest.mark.parametrize("case", PRICE_CASES, ids=lambda case: f"{case.measure}: {case.name}")
def test_price_is_exact(case: PriceCase) -> None:
    report = check(case.scenario, case.plan)
    assert report.is_clean
    assert getattr(report.measures, case.measure) == case.value
    assert report.objective == case.objective
