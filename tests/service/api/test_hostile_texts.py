"""Formulas, markup, SQL and control characters in texts that people send: kept as they are, or refused in words."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.fuzz.draw import HOSTILE
from benchmarks.fuzz.verdicts import sentences
from tests.service.api.conftest import World, scenario_body

MOST_LETTERS = 200
"""Of a line that people write."""


def is_refused(answer: Any) -> bool:
    """Return whether an answer is a refusal; then it has to be one in words, and no failure of the service."""
    assert answer.status_code < 500, answer.text
    if answer.is_success:
        return False
    assert answer.status_code == 422
    problem = answer.json()
    sentences([problem["detail"], *(mistake["message"] for mistake in problem["mistakes"])])
    return True


def is_line(text: str) -> bool:
    return 0 < len(text) <= MOST_LETTERS and not any(ord(letter) < 32 or ord(letter) == 127 for letter in text)


def test_names_in_tables_come_back_as_they_were(world: World) -> None:
    kept = 0
    for text in HOSTILE:
        body = scenario_body(apprentices={"a1": {"name": "REPLACED"}})
        table = body["tables"]["apprentices"]
        assert "REPLACED" in str(table)
        body["tables"]["apprentices"] = _replaced(table, text)
        answer = world.ask("POST", "/scenarios", json=body)
        if not is_refused(answer):
            read = world.ask("GET", f"/scenarios/{answer.json()['id']}/tables/apprentices").json()
            assert repr(text) in repr(read), text[:60]
            kept += 1
    assert kept > 50


def _replaced(value: Any, text: str) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(one, text) for key, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, text) for one in value]
    return text if value == "REPLACED" else value


@pytest.mark.parametrize("path", ["/keys", "/scenarios"])
def test_labels_and_titles_come_back_as_they_were(world: World, scenario_id: str, path: str) -> None:
    for text in HOSTILE:
        if path == "/keys":
            answer = world.ask("POST", path, json={"role": "planner", "label": text})
        else:
            answer = world.ask("PATCH", f"{path}/{scenario_id}", json={"name": text}, headers={"If-Match": "*"})
        is_good = is_line(text) and (path == "/keys" or bool(text.strip()))  # a scenario needs a title to be told by
        assert is_refused(answer) is not is_good, text[:60]
        assert not answer.is_success or text in answer.json().values(), text[:60]
