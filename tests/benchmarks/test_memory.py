"""Memory of processes that share pages is counted once."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory

from benchmarks.memory import PeakMemory, shared_megabytes, tree_of

BIG = bytes(40_000_000)


def test_memory_of_a_child_counts() -> None:
    code = "x = bytearray(range(250)) * 240_000; print('ready', flush=True); input()"
    command = [sys.executable, "-c", code]
    with (
        PeakMemory(),
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child,
    ):
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        assert child.pid in tree_of(os.getpid())
        assert shared_megabytes([child.pid]) > 60
        child.communicate("")
    assert shared_megabytes([child.pid]) == 0


def _wait(line: Connection) -> None:
    line.send("ready")
    line.recv()


def test_what_a_copied_process_shares_counts_once() -> None:
    held = bytearray(BIG)
    alone = shared_megabytes([os.getpid()])
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe()
    child = context.Process(target=_wait, args=(theirs,))
    child.start()
    assert mine.recv() == "ready"
    both = shared_megabytes([os.getpid(), child.pid or 0])
    mine.send("end")
    child.join()
    assert len(held) == len(BIG)
    assert both < alone + 30  # the copy has not 40 MB of its own


def test_memory_that_is_shared_on_purpose_counts_apart() -> None:
    before = shared_megabytes([os.getpid()], "Pss_Shmem")
    shared = SharedMemory(create=True, size=len(BIG))
    try:
        shared.buf[:] = BIG.replace(b"\0", b"x")
        assert 39 < shared_megabytes([os.getpid()], "Pss_Shmem") - before < 42
    finally:
        shared.close()
        shared.unlink()
