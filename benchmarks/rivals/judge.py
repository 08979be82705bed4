"""The judge: ``python -m benchmarks.rivals.judge SCENARIO SCRATCH LIMIT TIME ...``, after a contestant has ended.

It works out every plan that the contestant told anew, with the measures of the checker's side, dates it, and shows the
plans that a table names to the checker. It runs in a process of its own, so that it takes nothing from anybody's time.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from benchmarks.rivals.notes import Event, read_events
from benchmarks.rivals.seatings import told_plan
from benchmarks.rivals.trajectory import Point, Trajectory
from lineside.models.checker import check
from lineside.models.measures import measure, objective_of
from lineside.models.plan import Plan
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.solver.problem import Problem

PLANS = ("plan", "seating", "columns")
"""Kinds of events that tell a plan."""
MOST_MEASURED = 150
"""Plans of one contestant that are worked out anew; of more, some between are left out."""
MOST_CHECKED = 20
"""Plans of one contestant that are shown to the checker beside those in force at the times of the table."""
T = TypeVar("T")
EQUAL = 0.0015
"""Line-minutes within which two objectives are the same: each is told to a thousandth."""


@dataclass(frozen=True)
class Told:
    """A plan that a contestant told: when it had it, its objective as worked out anew, and the plan."""

    seconds: float
    objective: float
    plan: Plan


class Judge:
    """Judges the events of one contestant on one scenario."""

    def __init__(self, scenario: Scenario, events: list[Event]) -> None:
        self.scenario, self.events = scenario, events

    @cached_property
    def _problem(self) -> Problem:
        return Problem(self.scenario)

    def trajectory(self, times: list[float]) -> Trajectory:
        """Return what the contestant had when.

        Parameters
        ----------
        times
            Seconds at which the table reads it.
        """
        told = sorted((self._told(event) for event in self._measured()), key=lambda row: row.seconds)
        verdicts = {k: self._verdict(told[k].plan) for k in thinned(list(range(len(told))), MOST_CHECKED)}
        while True:
            good = [k for k in range(len(told)) if not verdicts.get(k)]
            needed = {k for time in times if (k := in_force(told, good, time)) is not None} - verdicts.keys()
            if not needed:
                break
            verdicts.update({k: self._verdict(told[k].plan) for k in needed})
        return Trajectory(
            plans=tuple((told[k].seconds, told[k].objective) for k in good),
            bounds=rising([(e["seconds"], e["bound"]) for e in self.events if e["kind"] == "bound"]),
            built=next((e["seconds"] for e in self.events if e["kind"] == "built"), None),
            faults=tuple(dict.fromkeys(text for text in verdicts.values() if text)),
            num_checked=len(verdicts),
        )

    def _measured(self) -> list[Event]:
        return thinned([event for event in self.events if event["kind"] in PLANS], MOST_MEASURED)

    def _told(self, event: Event) -> Told:
        if event["kind"] != "plan":
            plan = told_plan(self._problem, event)
            objective = float(plan.objective or 0)
        else:
            plan = Plan.model_validate(event["plan"])
            objective = float(objective_of(self.scenario, measure(self.scenario, plan)))
        return Told(self._dated(event["seconds"], objective), objective, plan)

    def _dated(self, seconds: float, objective: float) -> float:
        """Return when a plan's objective was told first: writing a plan down takes longer than finding it."""
        claims = (e["seconds"] for e in self.events if e["kind"] == "claim" and abs(e["objective"] - objective) < EQUAL)
        return min([seconds, *claims])

    def _verdict(self, plan: Plan) -> str:
        """Return what the checker finds, in a few words; nothing if all is well."""
        report = check(self.scenario, plan)
        if report.is_clean:
            return ""
        rules = ", ".join(sorted({violation.rule for violation in report.violations})) or "figures"
        return f"{len(report.violations)} violations and {len(report.faults)} faults: {rules}"


def in_force(told: list[Told], good: list[int], seconds: float) -> int | None:
    """Return which of some plans is the best at a time."""
    here = [k for k in good if told[k].seconds <= seconds]
    return min(here, key=lambda k: told[k].objective) if here else None


def thinned(rows: list[T], most: int) -> list[T]:
    """Return evenly chosen rows, the first and the last among them."""
    if len(rows) <= most:
        return rows
    return [rows[round(k * (len(rows) - 1) / (most - 1))] for k in range(most)]


def rising(points: list[Point]) -> tuple[Point, ...]:
    """Return the points that are higher than all before them.

    >>> rising([(1.0, 5.0), (2.0, 4.0), (3.0, 6.0)])
    ((1.0, 5.0), (3.0, 6.0))
    """
    kept: list[Point] = []
    for seconds, value in points:
        if not kept or value > kept[-1][1]:
            kept.append((seconds, value))
    return tuple(kept)


def main() -> None:
    """Judge what the command line names and write ``trajectory.json`` beside the events."""
    folder, scratch = Path(sys.argv[1]), Path(sys.argv[2])
    judge = Judge(read_scenario(folder).scenario, read_events(scratch / "events.jsonl"))
    trajectory = judge.trajectory([float(word) for word in sys.argv[3:]])
    (scratch / "trajectory.json").write_text(json.dumps(vars(trajectory)), encoding="utf-8")


if __name__ == "__main__":
    main()
