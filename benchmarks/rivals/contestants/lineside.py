"""Lineside as a contestant: what its users call, with what it tells on the way."""

from __future__ import annotations

from decimal import Decimal

from benchmarks.rivals.notes import Notes, Task
from lineside.models.plan import Plan
from lineside.models.reading import read_scenario
from lineside.solver import Progress, SolveOptions, solve


class _Teller:
    """Notes bounds and objectives whenever they get better."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._objective: Decimal | None = None
        self._bound: Decimal | None = None

    def progress(self, progress: Progress) -> None:
        if progress.bound is not None and (self._bound is None or progress.bound > self._bound):
            self._bound = progress.bound
            self._notes.bound(float(progress.bound))
        if progress.objective is not None and (self._objective is None or progress.objective < self._objective):
            self._objective = progress.objective
            self._notes.claim(float(progress.objective))

    def incumbent(self, plan: Plan) -> None:
        self._notes.plan(plan.model_dump(mode="json"))


def main() -> None:
    """Solve until the limit."""
    task = Task()
    scenario = read_scenario(task.folder).scenario
    teller = _Teller(task.notes)
    task.notes.built()
    options = SolveOptions(task.seconds_left, task.workers, task.seed)
    plan = solve(scenario, options, on_progress=teller.progress, on_incumbent=teller.incumbent).plan
    if plan.measures is not None:
        teller.incumbent(plan)
    task.notes.ended("optimal" if plan.status == "optimal" else "time used up")


if __name__ == "__main__":
    main()
