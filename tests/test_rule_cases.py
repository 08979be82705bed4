"""The cases are scenarios that anybody could hand in: written to a folder and read back without a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineside.models.reading import read_scenario, write_scenario
from tests.rule_cases import ALLOWED_CASES, PRICE_CASES, RULE_CASES, AllowedCase, PriceCase, RuleCase

Case = RuleCase | AllowedCase | PriceCase


def _name(case: Case) -> str:
    return f"{case.measure if isinstance(case, PriceCase) else case.rule}: {case.name}"


@pytest.mark.parametrize("case", (*RULE_CASES, *ALLOWED_CASES, *PRICE_CASES), ids=_name)
def test_case_is_a_scenario_without_mistakes(case: Case, tmp_path: Path) -> None:
    write_scenario(case.scenario, tmp_path / "case")
    assert read_scenario(tmp_path / "case").scenario == case.scenario
