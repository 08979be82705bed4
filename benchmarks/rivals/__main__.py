"""The command: ``python -m benchmarks.rivals [--cases WORD ...] [--seconds N ...] [--contestants NAME ...]``.

It prints tables and appends them, case by case, to the rivals' results of the day, and draws a chart of each case.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from benchmarks import table
from benchmarks.cases import FOLDERS, SETS, chosen_cases
from benchmarks.rivals.chart import save_chart
from benchmarks.rivals.contest import CONTESTANTS, hold, prepare, read_apart
from benchmarks.rivals.growth import growth_text
from benchmarks.rivals.race import Limits
from benchmarks.rivals.report import case_tables, remarks
from benchmarks.rivals.trajectory import Standing
from benchmarks.run import RESULTS

PROTOCOL = 1
"""Number of the rivals' protocol; a change of it gets a footnote in the README."""


def main(words: list[str] | None = None) -> int:
    """Hold the contests that the command line names; return 1 if a plan or a bound was wrong, or a run failed."""
    arguments = _parser().parse_args(words)
    try:
        cases = chosen_cases(arguments.cases)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    prepare(arguments.contestants)
    times = sorted(set(arguments.seconds))
    now = dt.datetime.now(dt.UTC)
    arguments.results.mkdir(parents=True, exist_ok=True)
    stem = arguments.results / f"{now:%Y-%m-%d}-rivals"
    path = stem.with_suffix(".md")
    is_new = not path.exists()
    with path.open("a", encoding="utf-8") as file:
        if is_new:
            _write(file, f"# Rivals, {now:%Y-%m-%d}\n\nThe columns are explained in `benchmarks/README.md`.")
        _write(file, f"\n## {now:%H:%M} UTC: {', '.join(arguments.cases)}\n")
        _write(file, protocol(arguments, times))
        all_well = True
        for case in cases:
            found = [_hold(name, case, arguments, times) for name in arguments.contestants]
            _write(file, "\n" + case_tables(found, times))
            all_well &= not any(_is_wrong(row, found, times[-1]) for row in found)
            _keep(stem.with_suffix(".jsonl"), found)
            if any(row.trajectory.plans for row in found):
                chart = arguments.results / f"{stem.name}-{now:%H%M}-{case}.svg"
                save_chart(found, chart)
                _write(file, f"\n![Objectives and bounds of {case} over time]({chart.name})")
        _write(file, "\n" + growth_text(_kept(stem.with_suffix(".jsonl"))))
    print(f"\nAppended to {path}.", file=sys.stderr)
    return 0 if all_well else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rivals", description="Lineside beside its rivals.")
    words = f"sets ({', '.join(SETS)}) or cases ({', '.join(FOLDERS)})"
    parser.add_argument("--cases", nargs="+", default=["s"], metavar="WORD", help=f"{words}; default: s")
    parser.add_argument(
        "--seconds", nargs="+", type=float, default=[10.0, 60.0], help="times to read; the last is the limit"
    )
    parser.add_argument("--contestants", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS))
    parser.add_argument("--workers", type=int, default=2, help="threads of each search; default: 2")
    parser.add_argument("--seed", type=int, default=0, help="seed of everything random; default: 0")
    parser.add_argument("--megabytes", type=int, default=14_000, help="cap on memory; default: 14000")
    parser.add_argument("--grace", type=float, default=60.0, help="seconds for writing plans down; default: 60")
    parser.add_argument("--apart", action="store_true", help="a run for each time instead of one with the last limit")
    parser.add_argument("--keep", type=Path, help="folder in which events and messages of each run are kept")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the dated files")
    return parser


def protocol(arguments: argparse.Namespace, times: list[float]) -> str:
    """Return what was measured with what, as a list."""
    runs = "a run for each time" if arguments.apart else "one run of the last limit, read at each time"
    lines = table.protocol(times[-1], arguments.workers, arguments.seed).splitlines()
    lines[0] = (
        f"- Rivals' protocol {PROTOCOL}: {', '.join(f'{t:g}' for t in times)} s, {runs}; {arguments.workers} workers, "
        f"seed {arguments.seed}, at most {arguments.megabytes:,} MB, a process each contestant and case, in turn."
    )
    return "\n".join(lines)


def _hold(name: str, case: str, arguments: argparse.Namespace, times: list[float]) -> Standing:
    limits = Limits(times[-1], arguments.workers, arguments.seed, arguments.megabytes, arguments.grace)
    print(f"{case}: {name} …", file=sys.stderr, flush=True)
    if not arguments.apart:
        return hold(name, case, limits, times, arguments.keep)
    return read_apart([hold(name, case, replace(limits, seconds=t), [t], arguments.keep) for t in times])


def _is_wrong(row: Standing, standings: list[Standing], until: float) -> bool:
    """Return whether something is wrong that is not just slowness."""
    said = remarks(row, standings, until)
    return row.how == "failed" or any("no bound" in text or "checker" in text for text in said)


def _keep(path: Path, standings: list[Standing]) -> None:
    """Append trajectories, a line of JSON each, from which tables and charts can be made again."""
    with path.open("a", encoding="utf-8") as file:
        for row in standings:
            file.write(json.dumps(row.to_json(), separators=(",", ":")) + "\n")


def _kept(path: Path) -> list[Standing]:
    """Return the day's standings, the newest of each case and contestant: growth may be fitted over several runs."""
    rows = [Standing.from_json(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    return list({(row.contestant, row.case): row for row in rows}.values())


def _write(file: TextIO, text: str) -> None:
    for stream in (file, sys.stdout):
        print(text, file=stream, flush=True)


if __name__ == "__main__":
    sys.exit(main())
