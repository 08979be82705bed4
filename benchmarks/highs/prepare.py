"""The contestant HiGHS, first half: it builds the program, then becomes the process that solves it.

OR-Tools and highspy cannot be loaded in one process, so the second half, :mod:`benchmarks.highs.search`, replaces the
first in the same process: its clock goes on, and building counts.
"""

from __future__ import annotations

import os

import numpy as np

from benchmarks.environments import python_of
from benchmarks.highs.translate import write_program
from benchmarks.rivals.contestants.straight import straight_model
from benchmarks.rivals.notes import Task
from lineside.models.reading import read_scenario
from lineside.solver.model.scope import Draft
from lineside.solver.problem import Problem


def meaning_of(draft: Draft) -> dict[str, np.ndarray]:
    """Return what columns stand for: rows of indices, the column last."""
    pairs = draft.scope.problem.pairs
    seats = [(int(pairs.need[row]), int(pairs.candidate[row]), v.index) for row, v in draft.seat.items()]
    choice_of = {k: number for number, choice in enumerate(draft.scope.problem.demand.choices) for k in choice}
    tables = {
        "seats": seats,
        "opens": [(candidate, room, v.index) for (candidate, room), v in draft.opens.items()],
        "teaches": [(candidate, teacher, v.index) for (candidate, teacher), v in draft.teaches.items()],
        "options": [(choice_of[k], k, v.index) for k, v in draft.option.items()],
    }
    return {name: np.array(rows, dtype=np.int64).reshape(-1, 3) for name, rows in tables.items()}


def main() -> None:
    """Build the program and hand over to the environment of HiGHS."""
    task = Task()
    problem = Problem(read_scenario(task.folder).scenario)
    draft = straight_model(problem)
    facts = meaning_of(draft) | {
        "slack": np.array(problem.money.line_minutes(problem.rounding_slack)),
        "closed": np.array(problem.scenario.patterns is not None),
    }
    model, scale = draft.model, problem.money.scale
    del draft, problem  # what building needed is not held beside the rows
    write_program(model, scale, task.scratch / "program.npz", **facts)
    python = str(python_of("highs"))
    os.execv(python, [python, "-m", "benchmarks.highs.search"])


if __name__ == "__main__":
    main()
