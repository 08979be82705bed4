"""First come, first served, as a contestant: one plan and no search."""

from __future__ import annotations

from benchmarks.rivals.notes import Task
from lineside.models.reading import read_scenario
from lineside.solver import first_come_plan


def main() -> None:
    """Run it once."""
    task = Task()
    scenario = read_scenario(task.folder).scenario
    task.notes.built()
    plan = first_come_plan(scenario)
    if plan.objective is not None:
        task.notes.claim(float(plan.objective))
    task.notes.plan(plan.model_dump(mode="json"))
    task.notes.ended("done")


if __name__ == "__main__":
    main()
