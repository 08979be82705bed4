"""What guesses tell by their time: how it is measured."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.guessing import Case, difference, measured, rank_test, row


def test_a_rank_test_finds_a_shift_and_nothing_else() -> None:
    same = np.arange(100.0)
    assert rank_test(same, same) == 1.0
    assert rank_test(np.ones(9), np.ones(9)) == 1.0
    # U = 0 of n = m = 4: mean 8, spread sqrt(4 * 4 * 9 / 12) = 3.4641; with the half for steps z = 7.5 / 3.4641.
    assert rank_test(np.arange(4.0), np.arange(4.0) + 4) == pytest.approx(0.030383, abs=1e-6)
    # Two of the four are ties of two: their ranks are 1, 2.5, 2.5, 4, U = 0.5, 6 / (4 * 3) is taken from the spread.
    spread = (2 * 2 / 12 * (5 - 6 / 12)) ** 0.5
    assert spread == pytest.approx(1.224745)
    assert rank_test(np.array([1.0, 2.0]), np.array([2.0, 3.0])) == pytest.approx(0.414216, abs=1e-6)


def test_the_difference_of_medians_has_an_interval_around_it() -> None:
    assert difference(np.full(9, 3.0), np.full(9, 1.0)) == (2.0, 2.0, 2.0)
    rng = np.random.default_rng(1)
    found, low, high = difference(rng.normal(5, 1, 400), rng.normal(4, 1, 400))
    assert low < 1 < high and low < found < high


def case(status: int = 404) -> tuple[Case, list[str]]:
    asked: list[str] = []

    def ask(one: str) -> SimpleNamespace:
        asked.append(one)
        return SimpleNamespace(status_code=404, text="")

    return Case("x", status, ask, ["a", "b"], ["c"]), asked


def test_both_kinds_are_asked_for_equally_often_and_in_turn() -> None:
    one, asked = case()
    real, made_up = measured(one, 50, 0)
    assert len(real) == len(made_up) == 50
    assert asked.count("c") == 50 and set(asked) == {"a", "b", "c"}
    assert "c" in asked[:20] and set(asked[:20]) & {"a", "b"}
    told = row(one, np.full(5, 0.003), np.full(5, 0.001))
    assert told.startswith("| x | 404 | 3.000 | 1.000 | +2000.0 | +2000.0 to +2000.0 | 0.0")


def test_another_answer_than_expected_ends_the_measurement() -> None:
    with pytest.raises(RuntimeError, match=r"x: 404 \. It should be 401\."):
        measured(case(401)[0], 1, 0)
