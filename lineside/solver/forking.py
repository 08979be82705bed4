"""Processes that are copies of this one."""

from __future__ import annotations

import sys
from multiprocessing.process import BaseProcess
from typing import TextIO, cast


def start_without_input(process: BaseProcess) -> None:
    """Start a process that has no input.

    Parameters
    ----------
    process
        A process that has not been started.

    Notes
    -----
    A new process closes its input, and would wait for ever for a thread of this one that is reading there.
    """
    stdin, sys.stdin = sys.stdin, cast(TextIO, None)
    try:
        process.start()
    finally:
        sys.stdin = stdin
