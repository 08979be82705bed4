"""Throw hostile input at everything that reads or shows: ``make fuzz``, or ``python -m benchmarks.fuzz``.

Ends with 1 if any case failed or hung, or a target's process died.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.cases import ROOT
from benchmarks.fuzz.hunt import HANG_SECONDS, TARGETS

GUIDE = ROOT / ".venv-atheris"
RESULTS = ROOT / "benchmarks" / "results"
KINDS = ("refused", "taken", "failed", "hung")
"""What may come of a case."""
HEAD = (
    "| target | cases | refused | taken | failed | hung | processor s | slowest s | peak MB | guided |\n"
    + "| --- |"
    + " ---: |" * 8
    + " --- |\n"
)


def hunted(name: str, seconds: float, cases: int, seed: int) -> dict[str, Any]:
    """Return the figures of one target; ``died`` holds the last words of a process that ended otherwise."""
    with tempfile.TemporaryDirectory(prefix="lineside-") as folder:
        out = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "benchmarks.fuzz.hunt", name, str(seconds), str(cases), str(seed), str(out)]
        path = os.pathsep.join([str(ROOT), str(GUIDE)])
        # What cases leave behind, if anything, is theirs and goes with the folder.
        environment = {**os.environ, "PYTHONPATH": path, "TMPDIR": folder}
        done = subprocess.run(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if not out.exists():
            return {"died": done.stderr.decode(errors="replace")[-600:]}
        figures: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        left = sorted(path.name for path in Path(folder).iterdir() if path != out)
        if left:
            figures["failures"]["files left behind"] = {"count": len(left), "text": ", ".join(left[:5]), "data": ""}
            figures["failed"] += 1
        return figures


def row(name: str, figures: dict[str, Any]) -> str:
    """Return a line of the table of results."""
    if "died" in figures:
        return f"| {name} | died | | | | | | | | |\n"
    cases = sum(figures[kind] for kind in KINDS)
    counts = " | ".join(f"{figures[kind]:,}" for kind in KINDS)
    guided = "yes" if figures["guided"] else "no"
    spent = f"{figures['processor_seconds']} | {figures['slowest_seconds']} | {figures['peak_mb']:,}"
    return f"| {name} | {cases:,} | {counts} | {spent} | {guided} |\n"


def main() -> None:
    """Hunt all targets one after another, and append a table to the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=list(TARGETS))
    parser.add_argument("--cases", type=int, default=1_000_000, help="most cases in all")
    parser.add_argument("--seconds", type=float, default=600, help="most time in all")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    cases, is_bad, began = given.cases, False, time.monotonic()
    moment = dt.datetime.now(dt.UTC)
    lines = [
        f"\n## {moment:%H:%M} UTC, seed {given.seed}, {given.seconds:g} s in all, hang limit {HANG_SECONDS} s\n\n",
        HEAD,
    ]
    print(lines[0] + HEAD, end="")
    notes = []
    for number, name in enumerate(given.targets):
        share = len(given.targets) - number  # a target's turn comes with what those before it have left over
        seconds = (given.seconds - (time.monotonic() - began)) / share
        figures = hunted(name, seconds, -(-cases // share), given.seed)
        cases -= sum(figures.get(kind, 0) for kind in KINDS)
        lines.append(row(name, figures))
        print(lines[-1], end="", flush=True)
        is_bad |= "died" in figures or figures["failed"] + figures["hung"] > 0
        if "died" in figures:
            notes.append(f"- {name} died: {figures['died']!r}\n")
        for place, failure in figures.get("failures", {}).items():
            notes.append(
                f"- {name}, {failure['count']:,} times: {place}: {failure['text']!r}; case {failure['data']}\n"
            )
    lines += ["\n", *notes] if notes else []
    print("".join(notes), end="")
    file = RESULTS / f"{moment:%Y-%m-%d}-fuzz.md"
    title = "" if file.exists() else "# Hostile input\n"
    with file.open("a", encoding="utf-8") as results:
        results.write(title + "".join(lines))
    sys.exit(1 if is_bad else 0)


if __name__ == "__main__":
    main()
