"""What a running service holds, minute by minute, and whether it grows (Linux)."""

from __future__ import annotations

import re
import statistics
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2
from sqlalchemy import text

from benchmarks.feeds import children
from benchmarks.memory import shared_megabytes, tree_of
from lineside.service.storage.database import Database

GROWTH_SHARE = 0.05
"""Growth over the second half, as a share of the mean, that is called growth if it is certain."""
SURE = 1.96
"""Standard errors on either side of a slope that leave 5 % of doubt."""

Processes = dict[str, list[int]]


class Latencies:
    """Seconds of requests by kind, since the last sample and altogether; any thread may add."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fresh: dict[str, list[float]] = defaultdict(list)
        self.by_minute: list[dict[str, list[float]]] = []

    def add(self, kind: str, seconds: float) -> None:
        """Note an answer."""
        with self._lock:
            self._fresh[kind].append(seconds)

    def end_minute(self) -> None:
        """Begin another minute."""
        with self._lock:
            self.by_minute.append(dict(self._fresh))
            self._fresh = defaultdict(list)

    def of(self, kind: str, minutes: slice) -> list[float]:
        """Return the seconds of a kind in some minutes, in order of size."""
        return sorted(seconds for minute in self.by_minute[minutes] for seconds in minute.get(kind, ()))

    @property
    def kinds(self) -> list[str]:
        """Kinds of requests that there were, in order."""
        return sorted({kind for minute in self.by_minute for kind in minute})


def share_of(ordered: Sequence[float], share: float) -> float:
    """Return the value below which a share of some values lies."""
    return ordered[int(share * (len(ordered) - 1))]


def processes_of(web: int, postmaster: int) -> Processes:
    """Return the processes of a service by what they are; those of a solve come and go."""
    found: Processes = {"web": [web], "worker": [], "pages": [], "solves": [], "PostgreSQL": tree_of(postmaster)}
    for pid in children(web):
        command = _command(pid)
        if "lineside.ui" in command:
            found["pages"] += tree_of(pid)
        elif "worker" in command:
            found["worker"].append(pid)
            found["solves"] += tree_of(pid)[1:]
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""  # it ended while we looked


def _num_in(pids: Sequence[int], folder: str) -> int:
    count = 0
    for pid in pids:
        try:
            count += sum(1 for _ in Path(f"/proc/{pid}/{folder}").iterdir())
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
    return count


def sample(found: Processes, database: Database, figures_of: str) -> dict[str, float]:
    """Return memory in MB, file handles and threads by kind of process, and connections and size of the database.

    The database's cache, which fills up with what is read and written, counts apart from its processes' memory.

    Parameters
    ----------
    found
        Numbers of processes by kind.
    database
        The service's database.
    figures_of
        Address of the web process's figures, which tell the memory of kept calendars.
    """
    figures: dict[str, float] = {}
    for name, pids in found.items():
        figures[f"{name} MB"] = shared_megabytes(pids)
        if name != "solves":
            figures[f"{name} handles"] = _num_in(pids, "fd")
            figures[f"{name} threads"] = _num_in(pids, "task")
    figures["database cache MB"] = shared_megabytes(found["PostgreSQL"], "Pss_Shmem")
    figures["PostgreSQL MB"] -= figures["database cache MB"]
    told = httpx2.get(figures_of, timeout=60).raise_for_status().text
    (kept,) = re.findall(r"^lineside_kept_answers_bytes (\S+)$", told, re.MULTILINE)
    figures["kept calendars MB"] = float(kept) / 1e6
    with database.engine.connect() as connection:
        # Without the one that asks.
        count = "SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = current_database()"
        figures["connections"] = connection.scalars(text(count)).one()
        size = "SELECT pg_database_size(current_database()) / 1e6"
        figures["database MB"] = float(connection.scalars(text(size)).one())
    return figures


@dataclass(frozen=True)
class Slope:
    """The straight line through some values, one a minute.

    Parameters
    ----------
    mean
        Of the values.
    per_hour, error
        Growth in an hour, and its standard error.
    num_minutes
        From the first value to the last.
    """

    mean: float
    per_hour: float
    error: float
    num_minutes: int

    @property
    def verdict(self) -> str:
        """Whether the values stay flat, in a word or two."""
        certain = abs(self.per_hour) - SURE * self.error
        over_all = abs(self.per_hour) * self.num_minutes / 60
        if certain <= 0 or over_all <= GROWTH_SHARE * abs(self.mean):
            return "flat"
        return "grows" if self.per_hour > 0 else "falls"


def slope_of(values: Mapping[int, float]) -> Slope:
    """Return the line of least squares through values by minute; at least three are needed."""
    line = statistics.linear_regression(list(values), list(values.values()))
    left = [value - line.intercept - line.slope * minute for minute, value in values.items()]
    middle = statistics.fmean(values)
    width = sum((minute - middle) ** 2 for minute in values)
    error = (sum(one * one for one in left) / (len(values) - 2) / width) ** 0.5
    return Slope(statistics.fmean(values.values()), 60 * line.slope, 60 * error, max(values) - min(values) + 1)


def slopes(samples: Sequence[Mapping[str, float]]) -> dict[str, Slope]:
    """Return the slope of every figure over the second half of some samples."""
    half = samples[len(samples) // 2 :]
    return {name: slope_of({minute: figures[name] for minute, figures in enumerate(half)}) for name in half[0]}
