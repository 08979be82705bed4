"""Environments of their own for rivals that cannot share the project's: made once, from pinned versions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.cases import ROOT

REQUIREMENTS = {name: Path(__file__).parent / name / "requirements.txt" for name in ("highs", "timefold")}
"""Pinned versions with their hashes, by rival."""


def folder_of(name: str) -> Path:
    """Return the folder of a rival's environment."""
    return ROOT / f".venv-{name}"


def python_of(name: str) -> Path:
    """Return the Python of a rival's environment."""
    return folder_of(name) / "bin" / "python"


def make_environment(name: str) -> None:
    """Make a rival's environment unless it is there and was made from the same versions.

    Raises
    ------
    subprocess.CalledProcessError
        If it cannot be installed; the last lines of the installer are on the screen.
    """
    wanted = REQUIREMENTS[name].read_text(encoding="utf-8")
    stamp = folder_of(name) / "made-from.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print(f"Making the environment of {name} in {folder_of(name).name}.", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder_of(name))], check=True)
    install = [str(python_of(name)), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--require-hashes", "-r", str(REQUIREMENTS[name])], check=True)
    stamp.write_text(wanted, encoding="utf-8")
