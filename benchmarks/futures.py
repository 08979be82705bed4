"""How long it takes to play many futures of a plan: ``python -m benchmarks.futures [--cases WORD ...] [--futures N]``.

It prints a table and appends it to the results of the day.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import FOLDERS, SETS, chosen_cases
from lineside.models.measures import measure
from lineside.models.plan import Plan
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.solver import Rates, first_come_plan, simulate

RESULTS = Path(__file__).parent / "results"
USUAL_CASES = ["milwaukee", "fox_valley", "s-nasty-5", "m-plain-11"]
REPEATS = 5
LIMIT_SECONDS = 10.0
LIMIT_CASE = "milwaukee"
"""The case that must be played within the limit, of which 10,000 futures are asked for."""
COLUMNS = ("case", "people", "cohorts", "meetings of seats", "futures", "median s", "slowest s", "work s", "exact")
HEADER = f"| {' | '.join(COLUMNS)} |\n| --- |{' ---: |' * (len(COLUMNS) - 2)} --- |"


@dataclass(frozen=True)
class Played:
    """Real and processors' seconds of each repeat, and whether futures without chance are the plan's measure."""

    seconds: list[float]
    work: list[float]
    exact: bool


def play(scenario: Scenario, plan: Plan, num_futures: int) -> Played:
    """Play a plan's futures several times, with preparing, and once without chance."""
    seconds, work = [], []
    for seed in range(REPEATS):
        began, processor = time.perf_counter(), time.process_time()
        simulate(scenario, plan, num_futures=num_futures, seed=seed).total()
        seconds.append(time.perf_counter() - began)
        work.append(time.process_time() - processor)
    still = simulate(scenario, plan, Rates(0, 0, 0, 0), 10).total()
    lost = round(float(measure(scenario, plan).line_time_lost), 3)
    exact = {round(still.lost_line_minutes.low, 3), round(still.lost_line_minutes.high, 3)} == {lost}
    return Played(seconds, work, exact)


def line(case: str, scenario: Scenario, plan: Plan, num_futures: int, played: Played) -> str:
    """Return the line of the table."""
    meetings = {row.cohort: len(row.meetings) for row in plan.cohorts}
    counts = (
        len(scenario.apprentices),
        len(plan.cohorts),
        sum(meetings[row.cohort] for row in plan.seats),
        num_futures,
    )
    times = (statistics.median(played.seconds), max(played.seconds), statistics.median(played.work))
    cells = (case, *(f"{count:,}" for count in counts), *(f"{value:.2f}" for value in times))
    return f"| {' | '.join(cells)} | {'yes' if played.exact else 'NO'} |"


def main(words: list[str] | None = None) -> int:
    """Play the cases that the command line names; return 1 if one is wrong or too slow."""
    arguments = _parser().parse_args(words)
    try:
        cases = chosen_cases(arguments.cases)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    now = dt.datetime.now(dt.UTC)
    path = arguments.results / f"{now:%Y-%m-%d}-futures.md"
    load = os.getloadavg()[0]
    head = f"\n## {now:%H:%M} UTC: {', '.join(arguments.cases)}, {arguments.futures:,} futures\n\n"
    head += (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}; "
    )
    head += f"load average before: {load:.1f}. {REPEATS} repeats.\n\n{HEADER}\n"
    text, good = head, True
    print(head, end="", flush=True)
    for case in cases:
        scenario = read_scenario(FOLDERS[case]).scenario
        plan = first_come_plan(scenario)
        played = play(scenario, plan, arguments.futures)
        row = line(case, scenario, plan, arguments.futures, played)
        print(row, flush=True)
        text += f"{row}\n"
        good &= played.exact and (case != LIMIT_CASE or statistics.median(played.work) <= LIMIT_SECONDS)
    arguments.results.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with path.open("a", encoding="utf-8") as file:
        file.write(f"# Futures of plans, {now:%Y-%m-%d}\n" if is_new else "")
        file.write(text)
    return 0 if good else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.futures", description="Play futures of plans.")
    words = f"sets ({', '.join(SETS)}) or cases ({', '.join(FOLDERS)})"
    parser.add_argument(
        "--cases", nargs="+", default=USUAL_CASES, metavar="WORD", help=f"{words}; default: {' '.join(USUAL_CASES)}"
    )
    parser.add_argument("--futures", type=int, default=10_000, help="futures of each case; default: 10000")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the dated files")
    return parser


if __name__ == "__main__":
    sys.exit(main())
