"""What the points of a grid are made of: a scenario for each, and every mistake of the grid before anything runs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lineside.models.mistakes import Mistake, shown
from lineside.scenarios.grids import Choice, Grid, edits_of
from lineside.scenarios.variants import variant_of
from lineside.service.problems import MistakesProblem, Problem
from lineside.service.storage.following import note_of
from lineside.service.storage.scenarios import Saved, Scenarios
from lineside.service.storage.texts import renamed

NAME_LETTERS = 200


@dataclass(frozen=True)
class Made:
    """A point before it is queued.

    Parameters
    ----------
    base
        The scenario that the grid names.
    combination
        One choice of each axis.
    saved
        What is solved: the base, or a scenario that was made of it.
    """

    base: Saved
    combination: tuple[Choice, ...]
    saved: Saved

    @property
    def is_made(self) -> bool:
        """Whether its scenario was made for it."""
        return self.saved.scenario.id != self.base.scenario.id


def made_points(scenarios: Scenarios, grid: Grid, limits: tuple[float, int]) -> list[Made]:
    """Return the points of a grid, each with its scenario stored.

    Parameters
    ----------
    scenarios
        Those of the region.
    grid
        What is asked for.
    limits
        Most seconds and threads that a run may ask for.

    Raises
    ------
    MistakesProblem
        With every mistake of the grid; whoever has the transaction undoes it.
    """
    sentences = list(_over(grid, limits))
    bases = []
    for text in grid.scenarios:
        try:
            bases.append(base_named(scenarios, text))
        except Problem as problem:
            sentences.append(f"Scenario {shown(text)}: {problem.detail}")
    sentences += _same_bases(grid.scenarios, bases)
    made = []
    for base in bases:
        for combination in grid.combinations:
            saved = _saved(scenarios, base, combination, sentences)
            made.append(Made(base, combination, saved))
    if sentences:
        raise grid_problem(sentences)
    return made


def grid_problem(sentences: Sequence[str]) -> MistakesProblem:
    """Return the refusal of a grid for its mistakes, each told once."""
    told = list(dict.fromkeys(sentences))
    count = "1 mistake" if len(told) == 1 else f"{len(told)} mistakes"
    return MistakesProblem(
        f"The grid has {count}, and nothing was queued. Correct it and start the sweep again.",
        [Mistake("grid", None, None, None, sentence) for sentence in told],
    )


def _over(grid: Grid, limits: tuple[float, int]) -> Iterator[str]:
    seconds, workers = limits
    if grid.seconds > seconds:
        yield (
            f"Each point asks for {grid.seconds:g} seconds; the limit is {seconds:g}. "
            "Ask for less, or let the operator raise LINESIDE_RUN_SECONDS."
        )
    if grid.workers > workers:
        yield (
            f"Each point asks for {grid.workers} workers; the limit is {workers}. "
            "Ask for fewer, or let the operator raise LINESIDE_RUN_WORKERS."
        )


def base_named(scenarios: Scenarios, text: str) -> Saved:
    """Return the newest revision of a scenario by its id or name, if it can be solved.

    Raises
    ------
    NotFoundProblem
        If the region has no such scenario.
    MistakesProblem
        If several have that name.
    ConflictProblem
        If it has mistakes, or edits that do not fit its base.
    """
    try:
        identity = uuid.UUID(text)
    except ValueError:
        found = scenarios.named(text)
        if len(found) != 1:
            raise MistakesProblem(_unclear([str(one.id) for one in found])) from None
        identity = found[0].id
    return scenarios.good(identity)[0]


def _unclear(ids: Sequence[str]) -> str:
    if not ids:
        return "No saved scenario of the region has this name. Give the name as the list of scenarios has it, or an id."
    return f"{len(ids)} saved scenarios have this name. Give the id of one: {', '.join(sorted(ids))}."


def _same_bases(texts: Sequence[str], bases: Sequence[Saved]) -> Iterator[str]:
    ids = [base.scenario.id for base in bases]
    if len(set(ids)) < len(ids) and len(set(texts)) == len(texts):
        yield "The same scenario stands in the grid by its name and by its id. Name it once."


def _saved(scenarios: Scenarios, base: Saved, combination: tuple[Choice, ...], sentences: list[str]) -> Saved:
    """Return what a point solves; what is wrong with it is added to the sentences."""
    edits = edits_of(combination)
    if not edits:
        return base
    made = variant_of(base.raw, edits)
    where = base.scenario.name
    if made.conflicts:
        sentences += [f"{where}: {conflict.sentence}" for conflict in made.conflicts]
        return base
    words = ", ".join(choice.name for choice in combination)
    raw = renamed(made.raw, f"{where}: {words}"[:NAME_LETTERS])
    try:
        saved = scenarios.create(raw, note_of(base), is_draft=True)
    except Problem as problem:
        sentences.append(f"{where}, {words}: {problem.detail}")
        return base
    mistakes = [Mistake(**mistake).sentence for mistake in saved.revision.mistakes]
    sentences += [f"{where}, {words}: {sentence}" for sentence in mistakes]
    return saved
