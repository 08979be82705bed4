"""Scenarios on disk, and the command line as its user calls it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lineside.models.plan import Plan, write_plan
from lineside.models.reading import write_scenario
from lineside.models.scenario import Scenario
from lineside.service.cli import app
from tests.build import tiny

COMMAND = str(Path(sys.executable).with_name("lineside"))

Run = Callable[..., Result]
Process = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run() -> Run:
    """Run a command inside this process; its output is no terminal."""
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def process() -> Process:
    """Run the installed command as a process of its own."""
    return lambda *words: subprocess.run(
        [COMMAND, *map(str, words)], capture_output=True, text=True, encoding="utf-8", timeout=120
    )


@pytest.fixture
def scenario() -> Scenario:
    """Return a scenario of two people, one of whom has nothing in reach but the college."""
    return tiny(apprentices={"a2": {"name": "Bo [red]", "travel_max": 5}})


@pytest.fixture
def folder(scenario: Scenario, tmp_path: Path) -> Path:
    """Return the scenario's folder."""
    path = tmp_path / "region"
    write_scenario(scenario, path)
    return path


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[Plan], Path]:
    """Write a plan and return its path."""

    def save(plan: Plan) -> Path:
        write_plan(plan, tmp_path / "plan.json")
        return tmp_path / "plan.json"

    return save
