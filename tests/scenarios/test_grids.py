"""Grids of edits: what they come to, and every mistake at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineside.scenarios.edits import edit_from, write_edit
from lineside.scenarios.grids import Choice, GridError, edits_of, grid_from, read_grid

RELIEF = edit_from(
    {"name": "one relief", "cells": [{"table": "crews", "row": ["press", "day"], "column": "relief", "after": "1"}]}
)
GRID = """
name = "Relief and weeks"
scenarios = ["north", "south"]
seconds = 5

[[axes]]
name = "relief"
choices = ["no edit", "relief.toml"]

[[axes]]
name = "weeks"
[[axes.choices]]
name = "as it is"
[[axes.choices]]
name = "three"
settings = [{ key = "weeks", after = 3 }]
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_edit(RELIEF, tmp_path / "relief.toml")
    (tmp_path / "grid.toml").write_text(GRID, encoding="utf-8")
    return tmp_path / "grid.toml"


def test_every_combination_is_made_in_order(path: Path) -> None:
    grid = read_grid(path)
    assert (grid.num_points, grid.seconds, grid.workers) == (8, 5, 1)
    names = [[choice.name for choice in combination] for combination in grid.combinations]
    assert names == [["no edit", "as it is"], ["no edit", "three"], ["one relief", "as it is"], ["one relief", "three"]]
    made = [[edit.name for edit in edits_of(combination)] for combination in grid.combinations]
    assert made == [[], ["three"], ["one relief"], ["one relief", "three"]]  # an edit of nothing is no edit
    assert grid.axes[0].choices[1] == Choice("one relief", RELIEF)


def test_a_grid_without_axes_is_its_scenarios() -> None:
    grid = grid_from({"name": "x", "scenarios": ["a", "b"]})
    assert (grid.combinations, grid.num_points) == ([()], 2)


def test_every_mistake_is_told(tmp_path: Path) -> None:
    text = """
name = "x"
scenarios = ["a", "a"]
[[axes]]
name = "one"
choices = ["gone.toml", { name = "odd", cells = [{ table = "crewz", row = ["a"], column = "b", after = "c" }] }, 7]
[[axes]]
name = "one"
choices = ["no edit", "no edit", { name = "no edit", settings = [] }]
"""
    (tmp_path / "grid.toml").write_text(text, encoding="utf-8")
    with pytest.raises(GridError) as refused:
        read_grid(tmp_path / "grid.toml")
    begins = [sentence[:62] for sentence in refused.value.sentences]
    assert begins == [
        "Axis 'one', choice 1: gone.toml cannot be read: no such file o",
        "Axis 'one', choice 2: crewz is no table of a scenario. Choose ",
        "Axis 'one', choice 3: the edit: Input should be a valid dictio",
        "Axis 'one': choice 'no edit' stands in the grid 3 times. Name ",
        "Axis 'one' stands in the grid 2 times. Name it once.",
        "Scenario 'a' stands in the grid 2 times. Name it once.",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = ", "grid.toml is not written in TOML:"),
        ("name = 'x'", "scenarios: Field required. A grid has a name,"),
        ("name = 'x'\nscenarios = ['a']\nsecond = 3", "second: Extra inputs are not permitted."),
        ("name = 'x'\nscenarios = ['a']\n[[axes]]\nname = 'b'\nchoices = []", "axes, 1, choices: Tuple should have at"),
    ],
)
def test_what_is_no_grid_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "grid.toml").write_text(text, encoding="utf-8")
    with pytest.raises(GridError) as refused:
        read_grid(tmp_path / "grid.toml")
    assert refused.value.sentences[0].startswith(told)


def test_a_grid_has_a_limit_and_no_files_where_none_may_be_named() -> None:
    many = {"name": "x", "choices": [{"name": str(number)} for number in range(251)]}
    with pytest.raises(GridError, match=r"The grid has 502 points; the limit is 500\. Leave out choices"):
        grid_from({"name": "x", "scenarios": ["a", "b"], "axes": [many]})
    with pytest.raises(GridError, match=r"Axis 'x', choice 1: 'a\.toml' is no edit\. Give the edit itself"):
        grid_from({"name": "x", "scenarios": ["a"], "axes": [{"name": "x", "choices": ["a.toml"]}]})
