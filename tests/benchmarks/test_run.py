"""The command of the benchmark and its table."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks import table
from benchmarks.cases import chosen_cases
from benchmarks.one_case import Milestones
from benchmarks.run import main
from lineside.solver.progress import Progress

ROW = {
    "case": "x",
    "people": 1000,
    "first_come": 2000.0,
    "status": "feasible",
    "objective": 1500.0,
    "bound": 1480.0,
    "empty_seats": 1300.0,
    "line_time_lost": 150.25,
    "unmeetable": 7,
    "seconds": 60.04,
    "milestones": (0.31, 12.0, None, None),
    "megabytes": 1234.0,
    "verdict": "clean",
}


def cells(line: str) -> dict[str, str]:
    return dict(zip(table.COLUMNS, (cell.strip() for cell in line.strip("|").split("|")), strict=True))


def test_line_of_a_result() -> None:
    found = cells(table.line(ROW))
    # (2000 - 1500) / 2000, (1500 - 1480) / 1500, and on what is not empty seats (1500 - 1480) / (1500 - 1300).
    assert (found["better by"], found["gap"], found["gap beyond empty seats"]) == ("25.00 %", "1.33 %", "10.00 %")
    assert found["people"] == "1,000"
    assert found["seconds"] == "60.0"
    assert [found[f"{name} s"] for name in ("first plan", "to 5 %", "to 2 %", "to 1 %")] == ["0.3", "12.0", "–", "–"]


def test_when_a_gap_was_reached_is_kept() -> None:
    milestones = Milestones()
    for seconds, objective, bound in ((0.1, None, None), (1, 100, None), (2, 100, 94), (3, 100, 98), (4, 90, 80)):
        amounts = [None if value is None else Decimal(value) for value in (objective, bound)]
        milestones(Progress("at work", *amounts, seconds))
    assert milestones.seconds == [1, 3, 3, None]


def test_line_without_a_plan() -> None:
    none = dict.fromkeys(("objective", "bound", "empty_seats", "line_time_lost"))
    found = cells(table.line(ROW | none | {"status": "unknown", "milestones": (1.0,) * 4}))
    assert {name for name, cell in found.items() if cell == table.NONE} == {
        "objective",
        "better by",
        "bound",
        "gap",
        "gap beyond empty seats",
        "empty seats",
        "line time lost",
    }


def test_line_of_a_failed_case() -> None:
    assert cells(table.failed_line("x", 3))["status"] == "failed, exit 3"


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(1.0, 4.0, "25.00 %"), (0.0, 0.0, "0.00 %"), (2.0, 0.0, table.NONE)]
)
def test_share(part: float, whole: float, text: str) -> None:
    assert table.share(part, whole) == text


def test_sets_and_cases_each_once() -> None:
    assert chosen_cases(["m-tight-13", "m"]) == ["m-tight-13", "m-plain-11", "m-rotating-12"]


def test_unknown_case_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--cases", "nowhere", "--results", str(tmp_path)]) == 2
    assert "no case or set nowhere" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_results_are_appended(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for _ in range(2):
        assert main(["--cases", "two_plants", "--seconds", "10", "--results", str(tmp_path)]) == 0
    text = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    rows = [cells(line) for line in text.splitlines() if line.startswith("| two_plants")]
    assert len(rows) == 2
    assert {row["check"] for row in rows} == {"clean"}
    assert (rows[0]["first come"], rows[0]["status"], rows[0]["objective"]) == ("868.7", "optimal", "253.6")
    assert text.count("| case |") == 2
    assert "Protocol 1: 10 s a case" in capsys.readouterr().out
