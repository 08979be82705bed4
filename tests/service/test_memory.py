"""What a web process keeps of the memory that its threads have freed."""

from __future__ import annotations

import subprocess
import sys

ARENAS = """
import ctypes, sys, threading
from lineside.service import memory

if sys.argv[1] == "settled":
    memory.give_memory_back()
together = threading.Barrier(24)

def work():
    held = [bytearray(40_000) for _ in range(100)]
    together.wait()
    del held

threads = [threading.Thread(target=work) for _ in range(24)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
library = ctypes.CDLL(None)
library.fdopen.restype = ctypes.c_void_p
stream = ctypes.c_void_p(library.fdopen(1, b"w"))
library.malloc_info(0, stream)
library.fflush(stream)
"""


def num_arenas(how: str) -> int:
    ran = subprocess.run([sys.executable, "-c", ARENAS, how], capture_output=True, text=True, check=True, timeout=120)
    return ran.stdout.count("<heap nr=")


def test_threads_share_few_arenas() -> None:
    assert num_arenas("as it is") > 2
    assert num_arenas("settled") == 2
