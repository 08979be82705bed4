"""What all processes of a session of tests share."""

from __future__ import annotations

import os
import tempfile

import pytest

from tests.made_once import FOLDER


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of the session, which its other processes inherit with the environment."""
    if FOLDER not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="lineside-")
        os.environ[FOLDER] = folder.name
        config.add_cleanup(folder.cleanup)
        config.add_cleanup(lambda: os.environ.pop(FOLDER))
