"""The comparison of bounds with exhaustive optima, in short, and that it sees a wrong bound."""

from __future__ import annotations

import pytest

from benchmarks import bounds
from lineside.solver.bound import ColumnGeneration


def test_no_bound_is_above_an_optimum(capsys: pytest.CaptureFixture[str]) -> None:
    assert bounds.main(["--scenarios", "3"]) == 0
    assert "0 wrong" in capsys.readouterr().out


def test_a_bound_above_an_optimum_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(ColumnGeneration, "lagrangian", lambda *_: 1e9)
    assert bounds.main(["--scenarios", "3"]) == 1
    assert "roughly: bound" in capsys.readouterr().out
