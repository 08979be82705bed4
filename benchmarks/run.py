"""The one command: ``python -m benchmarks.run [--cases WORD ...] [--seconds N] [--workers N] [--seed N]``.

It prints a table and appends it, line by line as cases end, to the results of the day.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import TextIO

from benchmarks import table
from benchmarks.cases import FOLDERS, ROOT, SETS, chosen_cases

RESULTS = Path(__file__).parent / "results"


def main(words: list[str] | None = None) -> int:
    """Run the cases that the command line names; return 1 if one failed or a check found something."""
    arguments = _parser().parse_args(words)
    try:
        cases = chosen_cases(arguments.cases)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    now = dt.datetime.now(dt.UTC)
    arguments.results.mkdir(parents=True, exist_ok=True)
    path = arguments.results / f"{now:%Y-%m-%d}.md"
    is_new = not path.exists()
    with path.open("a", encoding="utf-8") as file:
        if is_new:
            _write(file, f"# Results of {now:%Y-%m-%d}\n\nThe columns are explained in `benchmarks/README.md`.")
        title = f"\n## {now:%H:%M} UTC: {', '.join(arguments.cases)}, {arguments.seconds:g} s\n"
        _write(file, title)
        _write(file, table.protocol(arguments.seconds, arguments.workers, arguments.seed))
        _write(file, f"\n{table.head()}")
        all_clean = True
        for case in cases:
            all_clean &= _run(file, case, arguments)
    print(f"\nAppended to {path}.", file=sys.stderr)
    return 0 if all_clean else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description="Run the benchmark.")
    words = f"sets ({', '.join(SETS)}) or cases ({', '.join(FOLDERS)})"
    parser.add_argument(
        "--cases", nargs="+", default=["bundled", "s"], metavar="WORD", help=f"{words}; default: bundled s"
    )
    parser.add_argument("--seconds", type=float, default=60.0, help="time limit of each case; default: 60")
    parser.add_argument("--workers", type=int, default=2, help="threads of each search; default: 2")
    parser.add_argument("--seed", type=int, default=0, help="seed of everything random; default: 0")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the dated files")
    return parser


def _run(file: TextIO, case: str, arguments: argparse.Namespace) -> bool:
    """Run a case in a process of its own and write its line; return whether all went well."""
    limits = [str(arguments.seconds), str(arguments.workers), str(arguments.seed)]
    command = [sys.executable, "-m", "benchmarks.one_case", case, *limits]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        _write(file, table.failed_line(case, done.returncode))
        return False
    row = json.loads(done.stdout.splitlines()[-1])
    _write(file, table.line(row))
    return bool(row["verdict"] == "clean")


def _write(file: TextIO, text: str) -> None:
    """Write to the file and the screen at once: an interrupted run keeps what it has."""
    for stream in (file, sys.stdout):
        print(text, file=stream, flush=True)


if __name__ == "__main__":
    sys.exit(main())
