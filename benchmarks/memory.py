"""Memory of several processes: what they share is counted once (Linux)."""

from __future__ import annotations

import os
import resource
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

SAMPLE_SECONDS = 1.0
"""How often memory is looked at."""


def tree_of(pid: int) -> list[int]:
    """Return a process and all that it has started, as far as they still run."""
    found, open_ends = [], [pid]
    while open_ends:
        one = open_ends.pop()
        found.append(one)
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                open_ends.extend(map(int, children.read_text().split()))
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while we looked
    return found


def shared_megabytes(pids: Iterable[int], kind: str = "Pss") -> float:
    """Return the memory of some processes, each page parted among those who have it.

    Parameters
    ----------
    pids
        Numbers of the processes; what has ended counts nothing.
    kind
        ``Pss`` for all of it, ``Pss_Shmem`` for memory that processes share on purpose, such as a database's cache.
    """
    kibibytes = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        kibibytes += sum(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:"))
    return kibibytes * 1024 / 1e6


class PeakMemory:
    """Watches the memory of this process and of all that it starts; use it as a context.

    Attributes
    ----------
    megabytes
        Most memory seen so far; at least what this process alone held at its peak.
    """

    def __init__(self) -> None:
        self._most = 0.0
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        """Begin to watch."""
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End watching."""
        self._ended.set()
        self._watcher.join()

    @property
    def megabytes(self) -> float:
        """Most memory seen so far."""
        units = 1 if sys.platform == "darwin" else 1024  # macOS reports bytes, Linux kibibytes
        return max(self._most, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * units / 1e6)

    def _watch(self) -> None:
        while sys.platform == "linux" and not self._ended.wait(SAMPLE_SECONDS):
            self._most = max(self._most, shared_megabytes(tree_of(os.getpid())))
