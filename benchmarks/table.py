"""The table of results: its columns, and the protocol above it, as Markdown."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import version
from typing import Any

from benchmarks.cases import ROOT

PROTOCOL = 1
"""Number of the protocol; a change of it gets a footnote in the README."""

COLUMNS = (
    "case",
    "people",
    "first come",
    "status",
    "objective",
    "better by",
    "bound",
    "gap",
    "gap beyond empty seats",
    "empty seats",
    "line time lost",
    "unmeetable",
    "seconds",
    "first plan s",
    "to 5 % s",
    "to 2 % s",
    "to 1 % s",
    "memory MB",
    "check",
)
NONE = "–"

Row = dict[str, Any]


def head() -> str:
    """Return the head of the table."""
    aligned = ["---" if name in ("case", "status", "check") else "---:" for name in COLUMNS]
    return f"{_line(COLUMNS)}\n{_line(aligned)}"


def line(row: Row) -> str:
    """Return the line of one result of :class:`benchmarks.one_case.Result`, as a dictionary."""
    objective, bound, empty = row["objective"], row["bound"], row["empty_seats"]
    solved = objective is not None and bound is not None and empty is not None
    cells = (
        row["case"],
        f"{row['people']:,}",
        amount(row["first_come"]),
        row["status"],
        amount(objective),
        share(row["first_come"] - objective, row["first_come"]) if solved else NONE,
        amount(bound),
        share(objective - bound, objective) if solved else NONE,
        share(objective - bound, objective - empty) if solved else NONE,
        amount(empty),
        amount(row["line_time_lost"]),
        f"{row['unmeetable']:,}",
        f"{row['seconds']:.1f}",
        *(NONE if seconds is None else f"{seconds:.1f}" for seconds in row["milestones"]),
        f"{row['megabytes']:,.0f}",
        row["verdict"],
    )
    return _line(cells)


def failed_line(case: str, exit_status: int) -> str:
    """Return the line of a case whose process failed."""
    return _line([case, NONE, NONE, f"failed, exit {exit_status}", *[NONE] * (len(COLUMNS) - 4)])


def amount(value: float | None) -> str:
    """Return line-minutes as text.

    >>> amount(66001.25), amount(None)
    ('66,001.2', '–')
    """
    return NONE if value is None else f"{value:,.1f}"


def share(part: float, whole: float) -> str:
    """Return a share in per cent; nothing of nothing is 0.

    >>> share(1, 4), share(0, 0), share(2, 0)
    ('25.00 %', '0.00 %', '–')
    """
    if part == 0:
        return "0.00 %"
    return f"{100 * part / whole:.2f} %" if whole > 0 else NONE


def protocol(seconds: float, workers: int, seed: int) -> str:
    """Return what was measured with what, as a list."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("lineside", "ortools", "numpy", "holidays", "zipcodes"))
    lines = (
        f"Protocol {PROTOCOL}: {seconds:g} s a case, {workers} workers, seed {seed}, one run, a process a case.",
        f"Machine: {platform.system()} {platform.machine()}, {_cores()} cores, {_memory_gigabytes():.1f} GB of memory.",
        f"Software: Python {platform.python_version()}, {packages}; source {_revision()}.",
    )
    return "\n".join(f"- {text}" for text in lines)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_gigabytes() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _revision() -> str:
    """Return the revision of the source, marked if files differ from it, or ``unknown`` outside a clone."""
    git = shutil.which("git")
    if git is None:
        return "unknown"
    command = [git, "describe", "--always", "--dirty", "--exclude", "*"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else "unknown"


def _line(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"
