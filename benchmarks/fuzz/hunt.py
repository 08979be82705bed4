"""One target, hunted in a process of its own: guided by coverage where Atheris is there, blindly where it is not."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import random
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

TARGETS = {
    "cells": "inputs",
    "folders": "inputs",
    "archives": "inputs",
    "workbooks": "inputs",
    "edits": "inputs",
    "names": "outputs",
    "plans": "inputs",
}
"""Module of each target; the quickest is last, so that it takes the cases that the others leave."""

HANG_SECONDS = 20
"""Processor time after which a case counts as hanging."""
MEMORY_BYTES = 2**30
"""Limit of the process's memory beyond what it has after the first case."""
KEPT = 20
"""Failures that are told; more are only counted."""
MAX_BYTES = 400


class HangError(Exception):
    """A case took longer than it may."""


def target_of(name: str) -> Callable[[bytes], str]:
    """Return what runs a case of a target."""
    draw = importlib.import_module("benchmarks.fuzz.draw").Draw
    case = getattr(importlib.import_module(f"benchmarks.fuzz.{TARGETS[name]}"), name)
    return lambda data: str(case(draw(data)))


class Hunt:
    """Cases of one target, and what came of them.

    Parameters
    ----------
    target
        Runs a case.
    seconds, cases
        It ends at whichever comes first.
    out
        File for the figures.
    """

    def __init__(self, target: Callable[[bytes], str], seconds: float, cases: int, out: Path) -> None:
        self._target, self._seconds, self._cases, self._out = target, seconds, cases, out
        self._began = time.monotonic()
        self._counts: dict[str, int] = {"refused": 0, "taken": 0, "failed": 0, "hung": 0}
        self._failures: dict[str, dict[str, Any]] = {}
        self._slowest = 0.0
        signal.signal(signal.SIGVTALRM, _hang)

    @property
    def is_over(self) -> bool:
        """Whether time or cases are used up."""
        return sum(self._counts.values()) >= self._cases or time.monotonic() - self._began > self._seconds

    def one(self, data: bytes) -> None:
        """Run a case; at the end write the figures and leave at once, since a fuzzer's own end may wait for threads."""
        began = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, HANG_SECONDS)
        try:
            self._counts[self._target(data)] += 1
        except HangError:
            self._counts["hung"] += 1
        except Exception as error:
            self._counts["failed"] += 1
            self._note(error, data)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        self._slowest = max(self._slowest, time.process_time() - began)
        if self.is_over:
            self.write()
            os._exit(0)

    def _note(self, error: Exception, data: bytes) -> None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
        if place in self._failures:
            self._failures[place]["count"] += 1
        elif len(self._failures) < KEPT:
            self._failures[place] = {"count": 1, "text": str(error)[:300], "data": data.hex()}

    def write(self) -> None:
        """Write the figures."""
        figures = {
            **self._counts,
            "seconds": round(time.monotonic() - self._began, 1),
            "processor_seconds": round(time.process_time(), 1),
            "slowest_seconds": round(self._slowest, 2),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "guided": "atheris" in sys.modules,
            "failures": self._failures,
        }
        self._out.write_text(json.dumps(figures), encoding="utf-8")


def _hang(number: int, frame: FrameType | None) -> None:
    raise HangError


def main() -> None:
    """Hunt: ``python -m benchmarks.fuzz.hunt TARGET SECONDS CASES SEED FILE``."""
    name, seconds, cases, seed, out = sys.argv[1:]
    guide: Any = None
    with contextlib.suppress(ImportError):
        guide = importlib.import_module("atheris")
    with guide.instrument_imports(include=["lineside"]) if guide else contextlib.nullcontext():
        target = target_of(name)
    target(b"")  # what is made once, such as the plan, is no part of a case
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (held + MEMORY_BYTES, hard))
    hunt = Hunt(target, float(seconds), int(cases), Path(out))
    if guide:
        options = [
            f"-seed={int(seed) + 1}",
            f"-max_len={MAX_BYTES}",
            "-len_control=0",
            "-verbosity=0",
            "-rss_limit_mb=4096",
            # Processor time is watched above; these count real time, of which a busy machine takes any amount.
            "-timeout=3600",
            "-report_slow_units=3600",
        ]
        guide.Setup([sys.argv[0], *options], hunt.one)
        guide.Fuzz()
    source = random.Random(int(seed))
    while True:
        hunt.one(source.randbytes(source.randrange(4, MAX_BYTES)))


if __name__ == "__main__":
    main()
