"""One contestant on one scenario: a process under a time limit and a memory cap, and how it ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import ROOT
from benchmarks.memory import shared_megabytes
from benchmarks.rivals.notes import Event, read_events

POLL_SECONDS = 0.1
"""How often time and memory are looked at."""


@dataclass(frozen=True)
class Limits:
    """What every contestant may use.

    Parameters
    ----------
    seconds
        Time from the start of the process in which plans count.
    workers, seed
        Threads and seed of the search.
    megabytes
        Most resident memory of the process and its children together.
    grace_seconds
        Time beyond the limit for writing down what was found within it.
    """

    seconds: float
    workers: int = 2
    seed: int = 0
    megabytes: int = 14_000
    grace_seconds: float = 60.0


@dataclass(frozen=True)
class Finish:
    """How a contestant ended.

    Parameters
    ----------
    how
        ``optimal``, ``done``, ``time used up`` (it ended of itself at the limit), ``out of time`` (it had to be ended
        after the grace), ``out of memory``, ``could not build`` (at the limit it was still building) or ``failed``.
    seconds
        Real time from start to end.
    megabytes
        Most memory of the process and its children together.
    complaint
        The last words of a contestant that failed.
    """

    how: str
    seconds: float
    megabytes: float
    complaint: str = ""


def race(command: list[str], scenario: Path, limits: Limits, scratch: Path) -> Finish:
    """Run a contestant in a process group of its own, and end it when it goes beyond its limits.

    Parameters
    ----------
    command
        The contestant's command; it learns its task from environment variables.
    scenario
        Folder of the scenario.
    limits
        Time, threads, seed and memory.
    scratch
        An empty folder: the contestant's events and messages.

    Notes
    -----
    Memory is the sum of what the group's processes hold resident, looked at ten times a second; pages that two of them
    share count twice. A cap on address space (``RLIMIT_AS``) would end Java, which reserves far more than it uses.
    """
    events = scratch / "events.jsonl"
    began = time.monotonic()
    environment = os.environ | {
        "LINESIDE_RACE_SCENARIO": str(scenario.resolve()),
        "LINESIDE_RACE_SECONDS": str(limits.seconds),
        "LINESIDE_RACE_WORKERS": str(limits.workers),
        "LINESIDE_RACE_SEED": str(limits.seed),
        "LINESIDE_RACE_MEGABYTES": str(limits.megabytes),
        "LINESIDE_RACE_SCRATCH": str(scratch.resolve()),
        "LINESIDE_RACE_BEGAN": repr(began),
    }
    with (scratch / "messages.txt").open("wb") as messages:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=messages, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            ended_by, megabytes = _watch(process, limits, began, events)
        finally:
            _end_group(process)
    seconds = time.monotonic() - began
    found = read_events(events)
    how = ended_by or how_it_ended(process.returncode, found, (scratch / "messages.txt").read_text(errors="replace"))
    complaint = _last_words(scratch / "messages.txt") if how in ("failed", "out of memory") else ""
    return Finish(how, round(seconds, 2), round(megabytes), complaint)


def _watch(process: subprocess.Popen[bytes], limits: Limits, began: float, events: Path) -> tuple[str, float]:
    """Wait for the end; return why the process must be ended, or nothing, and the most memory seen."""
    most, begun = 0.0, False
    while True:
        most = max(most, group_megabytes(process.pid))
        if process.poll() is not None:
            return "", most
        if most > limits.megabytes:
            return "out of memory", most
        seconds = time.monotonic() - began
        if seconds > limits.seconds and not begun:
            begun = has_begun(read_events(events))
            if not begun:
                return "could not build", most
        if seconds > limits.seconds + limits.grace_seconds:
            return "out of time", most
        time.sleep(POLL_SECONDS)


def has_begun(events: list[Event]) -> bool:
    """Return whether a contestant got as far as searching."""
    return any(event["kind"] != "claim" for event in events)


def how_it_ended(exit_status: int, events: list[Event], messages: str) -> str:
    """Return how a process ended that nobody had to end.

    Examples
    --------
    >>> how_it_ended(0, [{"kind": "ended", "how": "optimal"}], "")
    'optimal'
    >>> how_it_ended(1, [], "MemoryError")
    'out of memory'
    """
    if exit_status == 0:
        return next((str(event["how"]) for event in events if event["kind"] == "ended"), "done")
    short = exit_status == -signal.SIGKILL or any(w in messages for w in ("MemoryError", "OutOfMemory", "bad_alloc"))
    return "out of memory" if short else "failed"


def group_megabytes(group: int) -> float:
    """Return the memory of all processes of a group, what they share counted once (Linux)."""
    return shared_megabytes(_pids_of(group))


def _pids_of(group: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while we looked
            if int(fields[2]) == group:
                found.append(int(folder.name))
    return found


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End everything that a contestant left running."""
    with contextlib.suppress(ProcessLookupError):  # nothing is left
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _last_words(messages: Path) -> str:
    lines = [line.strip() for line in messages.read_text(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if "Error" in line or "Exception" in line or "error" in line]
    return (telling or lines or [""])[-1][:200]


def contestant_command(module: str) -> list[str]:
    """Return the command of a contestant that runs in the project's own environment."""
    return [sys.executable, "-m", module]
