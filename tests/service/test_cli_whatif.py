"""The commands about what if."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.service.conftest import Run


@pytest.fixture
def changed(folder: Path, tmp_path: Path) -> Path:
    """Return a copy of the scenario whose crew has one relief."""
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    crews = copy / "crews.csv"
    crews.write_text(
        crews.read_text(encoding="utf-8").replace("press,day,10,0,0", "press,day,10,0,1"), encoding="utf-8"
    )
    return copy


def test_the_difference_of_two_scenarios_is_an_edit_for_every_command(
    run: Run, folder: Path, changed: Path, tmp_path: Path
) -> None:
    edit = tmp_path / "relief.toml"
    made = run("edit", folder, changed, "--out", edit, "--name", "One relief")
    assert made.exit_code == 0 and "One relief: 1 change." in made.stdout
    told = run("diff", folder, "--edit", edit)
    assert told.exit_code == 0 and "crews: what changed; row press, day; cells relief: 0 → 1" in told.stdout
    assert run("convert", folder, tmp_path / "made.xlsx", "--edit", edit).exit_code == 0
    assert "do not differ" in run("diff", changed, tmp_path / "made.xlsx").stdout
    assert run("validate", folder, "--edit", edit).exit_code == 0
    solved = run("solve", folder, "--edit", edit, "--out", tmp_path / "plan.json", "--seconds", "5", "--workers", "1")
    assert solved.exit_code == 0
    assert run("check", folder, tmp_path / "plan.json", "--edit", edit).exit_code == 0
    assert run("impact", folder, tmp_path / "plan.json", "--edit", edit).exit_code == 0


def test_an_edit_is_not_written_over_and_needs_a_difference(run: Run, folder: Path, tmp_path: Path) -> None:
    same = run("edit", folder, folder, "--out", tmp_path / "same.toml")
    assert same.exit_code == 2 and "do not differ" in same.stderr and not (tmp_path / "same.toml").exists()
    assert "is there already" in run("edit", folder, folder, "--out", folder / "crews.csv").stderr


def test_a_change_that_does_not_fit_any_more_stops_the_command(
    run: Run, folder: Path, changed: Path, tmp_path: Path
) -> None:
    edit = tmp_path / "relief.toml"
    run("edit", folder, changed, "--out", edit)
    crews = folder / "crews.csv"
    crews.write_text(
        crews.read_text(encoding="utf-8").replace("press,day,10,0,0", "press,day,10,0,2"), encoding="utf-8"
    )
    result = run("convert", folder, tmp_path / "made", "--edit", edit)
    assert result.exit_code == 2 and not (tmp_path / "made").exists()
    assert (
        "relief: crews press, day: its relief is to be '1' instead of '0', but the base now has '2'." in result.stderr
    )
    assert "1 change does not fit the base." in result.stderr


def test_a_change_that_the_base_has_already_is_a_warning(run: Run, folder: Path, changed: Path, tmp_path: Path) -> None:
    edit = tmp_path / "relief.toml"
    run("edit", folder, changed, "--out", edit)
    result = run("validate", changed, "--edit", edit)
    assert result.exit_code == 0
    assert "Warning: relief: the relief of crews press, day is '1' in the base already." in result.stdout


def test_a_missing_edit_is_told(run: Run, folder: Path, tmp_path: Path) -> None:
    result = run("solve", folder, "--edit", tmp_path / "none.toml")
    assert result.exit_code == 2 and "none.toml cannot be read" in result.stderr
