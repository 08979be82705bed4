"""The functions that take longest in a solve: ``python -m benchmarks.profile m-plain-11 [--seconds N]``.

One thread, since the profiler sees one only; it makes calls of small functions dearer than they are.
"""

from __future__ import annotations

import argparse
import cProfile
from pathlib import Path
from types import CodeType

from benchmarks.cases import FOLDERS, ROOT
from lineside.models.reading import read_scenario
from lineside.solver import SolveOptions, solve

NUM_FUNCTIONS = 10


def main(words: list[str] | None = None) -> None:
    """Profile one case and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("case", choices=sorted(FOLDERS))
    parser.add_argument("--seconds", type=float, default=60.0, help="time limit; default: 60")
    arguments = parser.parse_args(words)
    scenario = read_scenario(FOLDERS[arguments.case]).scenario
    profile = cProfile.Profile()
    profile.enable()
    plan = solve(scenario, SolveOptions(seconds=arguments.seconds, workers=1, seed=0)).plan
    profile.disable()
    print(f"{arguments.case}: objective {plan.objective}, bound {plan.bound}\n")
    print(table(profile))


def table(profile: cProfile.Profile) -> str:
    """Return the functions with most time of their own as a table: seconds, share of all, calls."""
    rows = sorted(profile.getstats(), key=lambda row: -row.inlinetime)
    total = sum(row.inlinetime for row in rows)
    lines = ["| function | own s | share | calls |", "| --- | ---: | ---: | ---: |"]
    lines += [
        f"| {_name(row.code)} | {row.inlinetime:.1f} | {row.inlinetime / total:.0%} | {row.callcount:,} |"
        for row in rows[:NUM_FUNCTIONS]
    ]
    return "\n".join(lines)


def _name(code: CodeType | str) -> str:
    """Return a function by its place in the project, or in the package that it is of."""
    if isinstance(code, str):
        return code.strip("<>{}").replace("built-in method ", "").replace("|", "/")
    path = Path(code.co_filename)
    place = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(*path.parts[-2:])
    return f"`{code.co_name}` in {place}"


if __name__ == "__main__":
    main()
