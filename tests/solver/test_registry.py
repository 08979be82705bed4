"""Every rule of the registry has its check, its home in the solver, its refusal and its case."""

from __future__ import annotations

import inspect

import pytest

from lineside.models.checker import CHECKS
from lineside.models.rules import RULES
from lineside.solver.model.build import BUILDERS
from lineside.solver.personas import FAULTS
from lineside.solver.rules_home import homes_of
from tests.rule_cases import RULE_CASES


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_complete(rule: str) -> None:
    assert rule in CHECKS
    assert homes_of(rule)
    assert RULES[rule].sentence.endswith(".")
    assert RULES[rule].refusal
    assert any(case.rule == rule for case in RULE_CASES)


def test_nothing_is_built_or_judged_for_a_rule_that_the_registry_does_not_know() -> None:
    assert set(BUILDERS) <= set(RULES)
    assert set(FAULTS) <= set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_the_docstring_of_a_home_names_its_rule(rule: str) -> None:
    texts = [inspect.getdoc(home) or "" for home in homes_of(rule)]
    sources = [inspect.getsource(home) for home in homes_of(rule)]
    assert any(f"``{rule}``" in text for text in texts) or any(f'"{rule}"' in source for source in sources)
