"""What a contestant writes while it runs: one line of JSON an event, on a file that its parent reads.

Only the standard library is used here, because contestants run in environments of their own.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

Event = dict[str, Any]
Cohort = tuple[int, int, int, Sequence[int]]
"""Candidate, room, instructor and needs, as the prepared problem numbers them."""


class Notes:
    """Writes events, each with the seconds since the process started; several threads may write.

    Parameters
    ----------
    path
        File that events are appended to.
    began
        Reading of the monotonic clock when the process was started.
    """

    def __init__(self, path: Path, began: float) -> None:
        self._path, self._began = path, began
        self._lock = threading.Lock()

    @property
    def seconds(self) -> float:
        """Seconds since the process started."""
        return time.monotonic() - self._began

    def write(self, kind: str, **facts: Any) -> None:
        """Append an event at once, so that it outlives the process."""
        event = {"kind": kind, "seconds": round(self.seconds, 3), **facts}
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(event, separators=(",", ":")) + "\n")

    def built(self) -> None:
        """Say that the model is built and the search begins."""
        self.write("built")

    def bound(self, line_minutes: float) -> None:
        """Tell a proven lower bound."""
        self.write("bound", bound=line_minutes)

    def claim(self, line_minutes: float) -> None:
        """Tell the objective of a plan that follows later, or never."""
        self.write("claim", objective=line_minutes)

    def seating(self, cohorts: Iterable[Cohort], chosen: Sequence[int], mend: bool = False) -> None:
        """Tell a plan as indices of the prepared problem.

        Parameters
        ----------
        cohorts
            Open cohorts.
        chosen
            Index of the chosen option of each choice.
        mend
            Whether cohorts that are too small, and what depends on them, are still to be dissolved.
        """
        rows = [[int(c), int(r), int(k), [int(n) for n in needs]] for c, r, k, needs in cohorts]
        self.write("seating", cohorts=rows, chosen=[int(k) for k in chosen], mend=mend)

    def plan(self, plan: Event) -> None:
        """Tell a plan in the contract's format."""
        self.write("plan", plan=plan)

    def ended(self, how: str) -> None:
        """Say how the contestant ended of itself: ``optimal``, ``done`` or ``time used up``."""
        self.write("ended", how=how)


def read_events(path: Path) -> list[Event]:
    """Return the events of a file; a last line that was cut off when the process was ended is left out."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1]]


def told(key: str) -> str:
    """Return what the parent told this process through its environment.

    Raises
    ------
    ValueError
        If it told nothing: contestants are started by :mod:`benchmarks.rivals.race` alone.
    """
    value = os.environ.get(f"LINESIDE_RACE_{key}")
    if value is None:
        raise ValueError(
            f"The variable LINESIDE_RACE_{key} is not set. Start contestants by python -m benchmarks.rivals."
        )
    return value


class Task:
    """What a contestant has to do, as its parent told it."""

    def __init__(self) -> None:
        self.folder = Path(told("SCENARIO"))
        self.limit_seconds = float(told("SECONDS"))
        self.workers = int(told("WORKERS"))
        self.seed = int(told("SEED"))
        self.memory_megabytes = int(told("MEGABYTES"))
        self.scratch = Path(told("SCRATCH"))
        self.notes = Notes(self.scratch / "events.jsonl", float(told("BEGAN")))

    @property
    def seconds_left(self) -> float:
        """Seconds until the limit, at least a twentieth."""
        return max(0.05, self.limit_seconds - self.notes.seconds)
