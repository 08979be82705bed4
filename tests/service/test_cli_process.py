"""The installed command as a process: speed, plain output, Ctrl-C."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lineside.models.plan import read_plan
from lineside.service.cli_solve import kept_on_interrupt
from tests.service.conftest import COMMAND, Process

REGION = Path(__file__).parents[2] / "../shared/regions/s-plain-1"

STUBBORN = """
import sys, time, lineside.solver
def solve(scenario, options, on_progress, stop):
    while True:
        time.sleep(0.05)
lineside.solver.solve = solve
from lineside.service.cli import main
main()
"""
"""The command with a search that does not listen."""


@contextmanager
def started(*words: object) -> Iterator[subprocess.Popen[str]]:
    """Start a command whose lines can be read while it runs; it never outlives the test."""
    with subprocess.Popen(list(map(str, words)), stdout=subprocess.PIPE, text=True, encoding="utf-8") as running:
        try:
            yield running
        finally:
            running.kill()


def read_until(running: subprocess.Popen[str], pattern: str) -> list[str]:
    """Return the lines up to the first one that matches."""
    assert running.stdout is not None
    lines = []
    for line in running.stdout:
        lines.append(line)
        if re.search(pattern, line):
            return lines
    raise AssertionError(f"no line matches {pattern}: {lines}")


def test_help_is_there_at_once(process: Process) -> None:
    process("--help")  # compiled files are made once
    began = time.monotonic()
    assert process("--help").returncode == 0
    assert time.monotonic() - began < 1.5


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, lineside.service.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "numpy", "ortools", "pydantic", "rich.table"} & set(loaded)


def test_exit_status_of_bad_input(process: Process, tmp_path: Path) -> None:
    result = process("validate", tmp_path / "nowhere")
    assert result.returncode == 2 and result.stdout == "" and "does not exist" in result.stderr


def test_a_name_that_the_terminal_lacks_does_not_end_the_program(folder: Path) -> None:
    settings = (folder / "scenario.toml").read_text(encoding="utf-8")
    (folder / "scenario.toml").write_text(settings.replace("tiny", "Łódź"), encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    result = subprocess.run([COMMAND, "validate", str(folder)], capture_output=True, env=environment)
    assert result.returncode == 0 and rb"\u0141\xf3d\u017a" in result.stdout


def test_solve_then_check_in_plain_lines(process: Process, folder: Path, tmp_path: Path) -> None:
    plan = tmp_path / "out" / "plan.json"
    solved = process("solve", folder, "--out", plan, "--xlsx", tmp_path / "out" / "p.xlsx", "--seconds", "20")
    assert solved.returncode == 0, solved.stdout + solved.stderr
    assert not re.search("[\x1b\u2500-\u257f]", solved.stdout)
    assert "The plan is proven optimal: no plan can be better than 120.8 line-minutes (gap 0.0 %)." in solved.stdout
    progress = [line for line in solved.stdout.splitlines() if line.startswith("elapsed")]
    assert progress and all(
        re.match(r"elapsed \d+:\d\d; incumbent .+; bound .+; gap .+; stage .+", line) for line in progress
    )
    assert read_plan(plan).status == "optimal"
    assert process("check", folder, plan).returncode == 0
    assert process("impact", folder, plan).returncode == 0


def test_check_of_a_broken_plan_is_status_1(process: Process, folder: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    assert process("solve", folder, "--out", plan, "--seconds", "20").returncode == 0
    data = json.loads(plan.read_text(encoding="utf-8"))
    data["cohorts"][0]["room"] = "shed"
    plan.write_text(json.dumps(data), encoding="utf-8")
    result = process("check", folder, plan)
    assert result.returncode == 1 and "\nroom: " in "\n" + result.stdout


def test_ctrl_c_keeps_the_best_plan(process: Process, tmp_path: Path) -> None:
    assert REGION.is_dir()
    plan = tmp_path / "plan.json"
    with started(COMMAND, "solve", REGION, "--out", plan, "--seconds", 300, "--workers", 1) as running:
        read_until(running, r"incumbent [\d,.]+;")
        running.send_signal(signal.SIGINT)
        lines, _ = running.communicate(timeout=90)
    assert running.returncode == 0, lines
    assert "Stopping: the best plan so far is kept" in lines and "The plan keeps every rule" in lines
    assert process("check", REGION, plan).returncode == 0


def test_a_second_ctrl_c_quits_without_a_plan(folder: Path, tmp_path: Path) -> None:
    with started(sys.executable, "-c", STUBBORN, "solve", folder, "--out", tmp_path / "plan.json") as running:
        read_until(running, "elapsed 0:00")
        running.send_signal(signal.SIGINT)
        read_until(running, "Press Ctrl-C again")
        running.send_signal(signal.SIGINT)
        lines, _ = running.communicate(timeout=20)
    assert running.returncode == 130 and "no plan is kept" in lines
    assert not (tmp_path / "plan.json").exists()


def test_the_handler_of_ctrl_c_is_put_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    stop = threading.Event()
    with kept_on_interrupt(stop):
        signal.raise_signal(signal.SIGINT)
        assert stop.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_terminal_gets_a_live_display_and_tables(folder: Path) -> None:
    reader, writer = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    command = [COMMAND, "solve", str(folder), "--seconds", "20"]
    with subprocess.Popen(command, stdin=writer, stdout=writer, stderr=writer, env=environment) as running:
        os.close(writer)
        text = b"".join(iter(lambda: _read(reader), b"")).decode("utf-8", errors="replace")
    os.close(reader)
    assert running.returncode == 0, text
    assert "incumbent" in text and "─" in text and "\x1b[" in text and "proven optimal" in text


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # the end of a terminal whose program has ended
        return b""
