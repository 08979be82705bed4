"""What a process keeps of the memory that it has freed."""

from __future__ import annotations

import ctypes
import sys

M_ARENA_MAX, M_MMAP_THRESHOLD = -8, -3
"""Numbers of the C library's options (``mallopt(3)``)."""
NUM_ARENAS = 2
LARGE_BYTES = 256 * 1024


def give_memory_back() -> None:
    """Let memory that is freed serve the next request or go back to the system.

    Notes
    -----
    The C library of most Linux systems keeps up to eight arenas for each processor, and what one thread has freed is
    of no use to another; blocks that were large once raise the size from which on blocks are given back. A web
    process, whose threads read plans and calendars in turn, grows for hours that way. To be called before threads are
    started.
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):  # musl has one arena and no such options
        library.mallopt(M_ARENA_MAX, NUM_ARENAS)
        library.mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
