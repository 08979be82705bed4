"""The benchmark of futures plays what it says, and tells whether it is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.futures import COLUMNS, HEADER, LIMIT_CASE, USUAL_CASES, main


def test_a_case_is_played_and_appended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert main(["--cases", "two_plants", "--futures", "40", "--results", str(tmp_path)]) == 0
    [path] = tmp_path.iterdir()
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Futures of plans, ") and text.count(HEADER) == 2
    row = [cell.strip() for cell in text.splitlines()[-1].strip("|").split("|")]
    told = dict(zip(COLUMNS, row, strict=True))
    # First come, first served opens three cohorts with twelve seats.
    assert (told["case"], told["people"], told["futures"], told["exact"]) == ("two_plants", "8", "40", "yes")
    assert text.splitlines()[-1] in capsys.readouterr().out


def test_unknown_cases_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cases", "nowhere"]) == 2 and "nowhere" in capsys.readouterr().err
    assert LIMIT_CASE in USUAL_CASES
