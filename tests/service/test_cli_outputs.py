"""Outputs are refused before the solve, each with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineside.service.cli_outputs import Outputs


@pytest.fixture
def region(tmp_path: Path) -> Path:
    path = tmp_path / "region"
    path.mkdir()
    (path / "crews.csv").write_text("line\n")
    (path / "published.json").write_text("{}")
    return path


def mistakes(
    region: Path, plan: str | None = None, workbook: str | None = None, tables: str | None = None
) -> list[str]:
    base = region.parent
    paths = [None if name is None else base / name for name in (plan, workbook, tables)]
    return Outputs(*paths).mistakes(region)


def test_new_names_in_new_folders_are_fine_and_nothing_is_touched(region: Path) -> None:
    assert mistakes(region, "out/a/plan.json", "out/plan.xlsx", "out/csv") == []
    assert [path.name for path in region.parent.iterdir()] == ["region"]


def test_the_plan_in_force_may_be_replaced(region: Path) -> None:
    assert mistakes(region, "region/published.json") == []


@pytest.mark.parametrize(
    ("plan", "workbook", "tables", "part"),
    [
        ("region/crews.csv", None, None, "belongs to the scenario"),
        ("region", None, None, "is a folder"),
        (None, "plan.xls", None, "does not end in .xlsx"),
        ("same.xlsx", "x/../same.xlsx", None, "would both be"),
        (None, None, "region", "the scenario's own folder"),
        (None, None, "region/crews.csv", "is a file"),
        ("region/crews.csv/plan.json", None, None, "is no folder"),
    ],
)
def test_what_would_fail_or_destroy_is_refused(
    region: Path, plan: str | None, workbook: str | None, tables: str | None, part: str
) -> None:
    (region.parent / "x").mkdir()
    found = mistakes(region, plan, workbook, tables)
    assert part in found[0] and found[0].count(". ") == 1


def test_the_scenario_workbook_itself_is_never_overwritten(tmp_path: Path) -> None:
    workbook = tmp_path / "region.xlsx"
    workbook.write_bytes(b"")
    assert "belongs to the scenario" in Outputs(None, workbook, None).mistakes(workbook)[0]


def test_several_outputs_tell_all_their_mistakes(region: Path) -> None:
    assert len(mistakes(region, "region", "plan.xls", "region")) == 3
