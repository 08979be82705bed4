"""What takes long to make and is always the same: made once in a session of tests, and read by its other processes."""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

FOLDER = "LINESIDE_TEST_SHARED"
"""Environment variable with the session's folder, which :mod:`tests.conftest` makes and takes away."""


def made_once(name: str, make: Callable[[], T]) -> T:
    """Return what another process of this session made under a name, or make it."""
    folder = os.environ.get(FOLDER)
    if folder is None:  # outside a session of tests
        return make()
    path = Path(folder) / name
    try:
        found: T = pickle.loads(path.read_bytes())
    except FileNotFoundError:
        found = make()
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as half:
            half.write(pickle.dumps(found))
        Path(half.name).replace(path)  # all of it at once: another process may be about to read it
    return found
