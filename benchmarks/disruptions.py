"""Ten disruptions of a plan in force, answered, beside a full re-solve: ``python -m benchmarks.disruptions``.

It prints a table and writes it to the results of the day.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from benchmarks import table
from benchmarks.cases import FOLDERS
from benchmarks.disruption_cases import ten_disruptions
from lineside.models.checker import check
from lineside.models.measures import published_first_day, seat_keys
from lineside.models.plan import Plan, read_plan
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.scenarios.disruptions import Disruption
from lineside.scenarios.plan_changes import plan_changes
from lineside.service.answers.answer import Answer
from lineside.service.answers.desk import AnswerDesk
from lineside.solver import ReplanOptions, SolveOptions, replan, solve

RESULTS = Path(__file__).parent / "results"
WEEKS_IN = 4
"""Weeks after the first day at which everything happens."""

COLUMNS = (
    "what happened",
    "answers",
    "s",
    "processor s",
    "best answer",
    "cost",
    "changes",
    "people",
    "re-solve: cost",
    "changes",
    "people",
    "s",
    "processor s",
)


@dataclass
class Clock:
    """Seconds of the clock and of the processor."""

    wall: float = 0.0
    processor: float = 0.0


@contextmanager
def timed() -> Iterator[Clock]:
    """Give a clock that knows its seconds at the end of the context."""
    clock, wall, processor = Clock(), time.perf_counter(), time.process_time()
    yield clock
    clock.wall, clock.processor = time.perf_counter() - wall, time.process_time() - processor


@dataclass(frozen=True)
class Row:
    """What came of one disruption, answered and solved anew."""

    name: str
    answers: tuple[Answer, ...]
    answering: Clock
    resolved: Plan | None = None
    resolving: Clock = field(default_factory=Clock)


def main(words: list[str] | None = None) -> int:
    """Answer ten disruptions; return 1 if the checker found something."""
    arguments = _parser().parse_args(words)
    scenario = read_scenario(FOLDERS[arguments.case]).scenario
    plan = _plan_in_force(scenario, arguments)
    at = scenario.settings.first_day + dt.timedelta(weeks=WEEKS_IN)
    with timed() as preparing:
        desk = AnswerDesk(scenario, plan, at)
    now = dt.datetime.now(dt.UTC)
    arguments.results.mkdir(parents=True, exist_ok=True)
    path = arguments.results / f"{now:%Y-%m-%d}-disruptions.md"
    is_new = not path.exists()
    all_clean = True
    with path.open("a", encoding="utf-8") as file:
        if is_new:
            _write(file, f"# Disruptions, {now:%Y-%m-%d}\n\nThe columns are explained in `benchmarks/README.md`.")
        _write(file, f"\n## {now:%H:%M} UTC: {arguments.case}\n")
        _write(file, _protocol(arguments, desk, plan, preparing))
        aligned = ["---" if name in ("what happened", "best answer") else "---:" for name in COLUMNS]
        _write(file, f"\n{_line(list(COLUMNS))}\n{_line(aligned)}")
        for name, event in ten_disruptions(desk.scenario, desk.plan, at):
            row = _answered(desk, name, event, arguments)
            all_clean &= _is_clean(row)
            _write(file, _line(_cells(desk, row)))
        _write(file, f"\nLoad of the machine at the end: {_load()}.")
    print(f"\nAppended to {path}.", file=sys.stderr)
    return 0 if all_clean else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.disruptions", description="Answer ten disruptions.")
    parser.add_argument("--case", default="m-plain-11", choices=list(FOLDERS), help="region; default: m-plain-11")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each full solve, 0 for none; default: 60")
    parser.add_argument("--workers", type=int, default=2, help="threads of each full solve; default: 2")
    parser.add_argument("--plan", type=Path, help="plan in force; default: solved first, for the same seconds")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the dated files")
    return parser


def _plan_in_force(scenario: Scenario, arguments: argparse.Namespace) -> Plan:
    if arguments.plan is not None:
        return read_plan(arguments.plan)
    return solve(scenario, SolveOptions(max(1.0, arguments.seconds), arguments.workers)).plan


def _answered(desk: AnswerDesk, name: str, event: Disruption, arguments: argparse.Namespace) -> Row:
    with timed() as answering:
        answers = desk.answers(event)
    if not arguments.seconds:
        return Row(name, answers, answering)
    options = ReplanOptions(SolveOptions(arguments.seconds, arguments.workers), outages=answers[0].outages)
    with timed() as resolving:
        resolved = replan(answers[0].scenario, options).plan
    return Row(name, answers, answering, resolved, resolving)


def _is_clean(row: Row) -> bool:
    """Return whether the whole checker finds nothing in any answer, nor in the plan that was solved anew."""
    plans = [(answer.scenario, answer.plan) for answer in row.answers]
    if row.resolved is not None:
        plans.append((row.answers[0].scenario, row.resolved))
    return all(check(scenario, plan).is_clean for scenario, plan in plans)


def _cells(desk: AnswerDesk, row: Row) -> list[str]:
    best = row.answers[0]
    cells = [row.name, str(len(row.answers)), f"{row.answering.wall:.2f}", f"{row.answering.processor:.2f}", best.title]
    cells += [f"{float(best.cost):+,.1f}", str(best.num_changes), str(best.num_people)]
    if row.resolved is None or row.resolved.objective is None:
        return cells + [table.NONE] * (len(COLUMNS) - len(cells))
    after, plan = best.scenario, row.resolved
    changes, people = _changes(desk, after, plan)
    more = changes - int(plan.measures.changes if plan.measures is not None else 0)
    cost = float(row.resolved.objective) + float(after.settings.prices.change) * more - float(desk.before.objective)
    cells += [f"{cost:+,.1f}", str(changes), str(people)]
    return [*cells, f"{row.resolving.wall:.0f}", f"{row.resolving.processor:.0f}"]


def _changes(desk: AnswerDesk, after: Scenario, plan: Plan) -> tuple[int, int]:
    """Return seats that differ from the plan in force, a move twice, and people with a meeting that changes."""
    then = seat_keys(desk.plan, published_first_day(desk.scenario))
    now = seat_keys(plan, after.settings.first_day)
    rows = plan_changes(after, desk.plan, plan, earlier=desk.scenario)
    stayed = [row for row in rows if row.who == "instructor" or row.id in after.apprentice_by_id]
    return len(then ^ now), len(stayed)


def _protocol(arguments: argparse.Namespace, desk: AnswerDesk, plan: Plan, preparing: Clock) -> str:
    source = "solved first" if arguments.plan is None else "read from a file"
    machine = table.protocol(arguments.seconds, arguments.workers, 0).splitlines()[1:]
    lines = (
        f"- Plan in force: {source}; objective {table.amount(float(plan.objective or 0))}, "
        f"{len(plan.cohorts)} cohorts, {len(plan.seats)} seats. Everything is told on {desk.at}; nothing changes "
        f"before {desk.scenario.settings.frozen_until} unless it must.",
        f"- Preparing the region once: {preparing.wall:.2f} s, {preparing.processor:.2f} processor s.",
        f"- Full re-solve: {arguments.seconds:g} s, {arguments.workers} workers, seed 0, one run, without a budget of "
        "changes, from the plan in force.",
        f"- Load of the machine at the start: {_load()}.",
    )
    return "\n".join((*lines, *machine))


def _load() -> str:
    one, five, fifteen = os.getloadavg()
    return f"{one:.1f}, {five:.1f} and {fifteen:.1f} processes over 1, 5 and 15 minutes"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _write(file: TextIO, text: str) -> None:
    """Write to the file and the screen at once: an interrupted run keeps what it has."""
    for stream in (file, sys.stdout):
        print(text, file=stream, flush=True)


if __name__ == "__main__":
    sys.exit(main())
