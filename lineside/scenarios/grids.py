"""Grids of edits: axes of named choices, every combination of which is made on every scenario.

A grid's file is TOML. A choice is the file of an edit, an edit as it stands in such a file, or ``no edit``.
"""

from __future__ import annotations

import itertools
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from lineside.models.mistakes import shown
from lineside.scenarios.edits import EditError, EditPart, ScenarioEdit, edit_from, read_edit

NO_EDIT = "no edit"
MOST_POINTS = 500
"""Points of a grid: each keeps the whole texts of a scenario."""

ReadEdit = Callable[[str], ScenarioEdit]


class GridError(ValueError):
    """A grid that cannot be used; the texts tell every mistake and what to do."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(self.sentences))


@dataclass(frozen=True)
class Choice:
    """What an axis may be: its name, and the edit that it makes, if any."""

    name: str
    edit: ScenarioEdit | None = None


@dataclass(frozen=True)
class Axis:
    """A question of a grid, with the choices that answer it."""

    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Grid:
    """What is to be solved: every combination of choices on every scenario.

    Parameters
    ----------
    name
        What it is called.
    scenarios
        Names or ids of scenarios.
    axes
        Edits are made in this order; without axes each scenario is solved as it is.
    seconds, workers, seed, margin
        As for a single solve; seconds and threads are those of each point.
    """

    name: str
    scenarios: tuple[str, ...]
    axes: tuple[Axis, ...] = field(default=())
    seconds: float = 60.0
    workers: int = 1
    seed: int = 0
    margin: int = 0

    @property
    def combinations(self) -> list[tuple[Choice, ...]]:
        """One choice of each axis, in all ways; the last axis changes first."""
        return list(itertools.product(*(axis.choices for axis in self.axes)))

    @property
    def num_points(self) -> int:
        """How many solves it asks for."""
        count = len(self.scenarios)
        for axis in self.axes:
            count *= len(axis.choices)
        return count


def edits_of(combination: Iterable[Choice]) -> tuple[ScenarioEdit, ...]:
    """Return the edits of a combination that change anything."""
    return tuple(choice.edit for choice in combination if choice.edit is not None and choice.edit.num_changes)


class _AxisShape(EditPart):
    name: str = Field(min_length=1, max_length=100)
    choices: tuple[Any, ...] = Field(min_length=1)


class _GridShape(EditPart):
    name: str = Field(min_length=1, max_length=200)
    scenarios: tuple[str, ...] = Field(min_length=1)
    axes: tuple[_AxisShape, ...] = ()
    seconds: float = Field(60.0, ge=1, le=10**6, allow_inf_nan=False)
    workers: int = Field(1, ge=1, le=256)
    seed: int = Field(0, ge=0, le=2**31 - 1)
    margin: int = Field(0, ge=0, le=999)


def grid_from(data: Any, read: ReadEdit | None = None) -> Grid:
    """Return the grid that plain data of JSON or TOML describe.

    Parameters
    ----------
    data
        A name, names or ids of scenarios, axes with choices, and how each point is solved.
    read
        Reads the file of an edit; None where no files may be named.

    Raises
    ------
    GridError
        With a sentence for each mistake of the grid and of the edits in it.

    Examples
    --------
    >>> ten = {"name": "ten weeks", "settings": [{"key": "weeks", "after": 10}]}
    >>> grid = grid_from({"name": "A", "scenarios": ["x"], "axes": [{"name": "end", "choices": ["no edit", ten]}]})
    >>> [[choice.name for choice in combination] for combination in grid.combinations]
    [['no edit'], ['ten weeks']]
    """
    try:
        shape = _GridShape.model_validate(data)
    except ValidationError as error:
        raise GridError(_shape_sentence(detail) for detail in error.errors(include_url=False)) from None
    sentences: list[str] = []
    axes = tuple(_axis(axis, read, sentences) for axis in shape.axes)
    sentences += _twice("Axis", [axis.name for axis in axes])
    sentences += _twice("Scenario", shape.scenarios)
    numbers = {name: getattr(shape, name) for name in ("seconds", "workers", "seed", "margin")}
    grid = Grid(shape.name, shape.scenarios, axes, **numbers)
    if grid.num_points > MOST_POINTS:
        sentences.append(
            f"The grid has {grid.num_points:,} points; the limit is {MOST_POINTS}. "
            "Leave out choices, or make two grids."
        )
    if sentences:
        raise GridError(sentences)
    return grid


def _shape_sentence(detail: Any) -> str:
    place = ", ".join(str(part + 1) if isinstance(part, int) else str(part) for part in detail["loc"]) or "the grid"
    return f"{place}: {detail['msg']}. A grid has a name, scenarios, and axes, each with a name and choices."


def _twice(noun: str, names: Iterable[str]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{noun} {shown(name)} stands in the grid {count} times. Name it once."


def _axis(shape: _AxisShape, read: ReadEdit | None, sentences: list[str]) -> Axis:
    choices = []
    for number, given in enumerate(shape.choices, start=1):
        try:
            choices.append(_choice(given, read))
        except EditError as error:
            sentences += [f"Axis {shown(shape.name)}, choice {number}: {sentence}" for sentence in error.sentences]
    names = [choice.name for choice in choices]
    sentences += [f"Axis {shown(shape.name)}: {sentence}" for sentence in _twice("choice", names)]
    return Axis(shape.name, tuple(choices))


def _choice(given: Any, read: ReadEdit | None) -> Choice:
    if given == NO_EDIT:
        return Choice(NO_EDIT)
    if isinstance(given, str):
        if read is None:
            raise EditError([f"{shown(given)} is no edit. Give the edit itself, or {NO_EDIT!r}."])
        edit = read(given)
    else:
        edit = edit_from(given)
    return Choice(edit.name, edit)


def read_grid(path: Path) -> Grid:
    """Read a grid from a TOML file; files of edits are found from its folder.

    Raises
    ------
    GridError
        If the text is no grid, or an edit cannot be read; a sentence for each mistake.
    OSError
        If the file cannot be read.
    """
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise GridError([f"{path.name} is not written in TOML: {error}. Correct that line."]) from None

    def read(name: str) -> ScenarioEdit:
        try:
            return read_edit(path.parent / name)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise EditError([f"{name} cannot be read: {why}. Name a file beside the grid, or {NO_EDIT!r}."]) from None

    return grid_from(data, read)
