"""A wall clock that can be moved: that of the processes under test, never the machine's.

A namespace of its own moves only the clocks that run forward, so the wall clock is moved where processes ask for it: a
small library, preloaded into each of them, adds an offset that all share. It needs Linux and a C compiler.
"""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("faults_clock.c")
OFFSET = struct.Struct("=q")
"""Nanoseconds that the clock is ahead, as the library reads them."""


class Clock:
    """The clock of all processes that are started with its environment.

    Parameters
    ----------
    folder
        For the library and the offset; other users, such as that of the database, must be able to read it.

    Raises
    ------
    FileNotFoundError
        If there is no C compiler.
    """

    def __init__(self, folder: Path) -> None:
        library, offset = folder / "clock.so", folder / "clock"
        compiler = shutil.which("cc")
        if compiler is None:
            raise FileNotFoundError("There is no C compiler, so no clock can be moved. Install one, such as gcc.")
        command = [compiler, "-O1", "-shared", "-fPIC", "-Wall", "-Werror", "-o", str(library), str(SOURCE)]
        subprocess.run(command, check=True)
        offset.write_bytes(OFFSET.pack(0))
        with offset.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), OFFSET.size)
        self.environment = {"LD_PRELOAD": str(library), "LINESIDE_FAULTS_CLOCK": str(offset)}

    def move(self, seconds: int) -> None:
        """Let the clock be some seconds ahead of the true one, behind if negative, from this instant on."""
        self._shared[:] = OFFSET.pack(seconds * 10**9)

    def close(self) -> None:
        """Give the shared memory back; processes keep theirs."""
        self._shared.close()


def clock_in(folder: Path) -> Clock | None:
    """Return a clock, or None on a machine without a C compiler."""
    return Clock(folder) if shutil.which("cc") else None
