"""The search in several processes: what they find is taken over, and they end when they must."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lineside.models.checker import check
from lineside.models.reading import read_scenario
from lineside.solver import SolveOptions, solve
from lineside.solver.budget import Budget
from lineside.solver.construct import Constructor
from lineside.solver.finish import finish
from lineside.solver.problem import Problem
from lineside.solver.processes import SearchProcesses, parting
from lineside.solver.search import Incumbent

REGIONS = Path(__file__).parents[2] / "../shared/regions"


@pytest.fixture()
def incumbent() -> Incumbent:
    problem = Problem(read_scenario(REGIONS / "s-plain-2").scenario)
    begun = Incumbent(problem)
    begun.offer(Constructor(problem, 10.0).run())
    return begun


@pytest.fixture()
def search(incumbent: Incumbent) -> Iterator[SearchProcesses]:
    made = SearchProcesses(incumbent, lambda: None, budget(30.0), 2, 0)
    yield made
    made.close()


def budget(seconds: float) -> Budget:
    return Budget(seconds, time.monotonic(), False, threading.Event())


def test_processes_improve_the_incumbent_and_break_no_rule(incumbent: Incumbent, search: SearchProcesses) -> None:
    first = incumbent.units
    rounds: list[int] = []
    search.run(budget(30.0).share(1.0), 2, lambda: rounds.append(incumbent.units), lambda: len(rounds) >= 3)
    assert incumbent.seating is not None
    assert rounds[-1] == incumbent.units == incumbent.ledger.objective(incumbent.seating) < first
    assert rounds == sorted(rounds, reverse=True)
    plan = finish(incumbent.problem, incumbent.seating, 0.0, "feasible", {})
    assert check(incumbent.problem.scenario, plan).violations == ()


def test_the_search_goes_on_without_processes_that_are_killed(incumbent: Incumbent) -> None:
    told: list[str] = []
    search = SearchProcesses(incumbent, lambda: None, budget(30.0), 2, 0, told.append)
    search.start()
    for process_id in search.process_ids:
        os.kill(process_id, signal.SIGKILL)
    search.run(budget(30.0).share(1.0), 2, lambda: None, lambda: len(told) == 2)
    assert told == ["going on without a process that ended with exit code -9"] * 2
    first, steps = incumbent.units, [0]
    search.run(budget(30.0).share(1.0), 2, lambda: steps.append(0), lambda: len(steps) > 3)
    assert incumbent.units < first
    search.close()


def test_no_process_is_left_when_a_solve_ends() -> None:
    scenario = read_scenario(REGIONS / "s-plain-2").scenario
    before = set(children())
    plan = solve(scenario, SolveOptions(seconds=4.0, workers=2, seed=0)).plan
    assert plan.objective is not None
    assert set(children()) <= before


SOLVE = """
import sys, threading
from pathlib import Path
from lineside.models.reading import read_scenario
from lineside.solver import SolveOptions, solve
threading.Thread(target=sys.stdin.readline, daemon=True).start()
scenario = read_scenario(Path(sys.argv[1])).scenario
told = lambda row: print(row.stage, flush=True)
print("objective", solve(scenario, SolveOptions(seconds=float(sys.argv[2]), workers=2, seed=0), told).plan.objective)
"""
"""A solve while another thread of its process reads its input, as the child of a run does."""


def solving(seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SOLVE, str(REGIONS / "s-plain-2"), str(seconds)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_processes_work_while_another_thread_reads_the_input() -> None:
    with solving(6.0) as solve_process:
        assert solve_process.stdout is not None
        mine: list[int] = []
        while not mine:
            assert solve_process.poll() is None
            mine = children(solve_process.pid)
            time.sleep(0.05)
        used = {pid: seconds_of(pid) for pid in mine}
        while not any(seconds_of(pid) > used[pid] + 0.3 for pid in mine):  # else they vanish with the solve, unused
            time.sleep(0.05)
        told, _ = solve_process.communicate("\n", timeout=60)
    assert "objective " in told


def test_processes_end_when_the_one_that_made_them_is_killed() -> None:
    with solving(30.0) as solve_process:
        mine: list[int] = []
        while len(mine) < 2:
            assert solve_process.poll() is None
            mine = children(solve_process.pid)
            time.sleep(0.05)
        solve_process.kill()
        solve_process.wait()
        until = time.monotonic() + 30
        while any(Path(f"/proc/{pid}").exists() for pid in mine):
            assert time.monotonic() < until
            time.sleep(0.1)


def seconds_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(of: int | None = None) -> list[int]:
    mine = str(of or os.getpid())
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended meanwhile
        if fields[1] == mine:
            found.append(int(folder.name))
    return found


def test_one_worker_searches_in_this_process(incumbent: Incumbent) -> None:
    alone = SearchProcesses(incumbent, lambda: None, budget(1.0), 1, 0)
    first = incumbent.units
    alone.run(budget(1.0).share(1.0), 1, lambda: None, lambda: False)
    assert alone.process_ids == []
    assert incumbent.units < first
    alone.close()


def test_the_region_is_parted_evenly_by_how_far_plants_are_from_some_site(incumbent: Incumbent) -> None:
    problem = incumbent.problem
    part = parting(problem, 3, np.random.default_rng(4))
    sizes = np.bincount(part, minlength=3)
    assert sizes.sum() == len(problem.demand.needs)
    assert sizes.max() - sizes.min() <= 1
    assert not np.array_equal(part, parting(problem, 3, np.random.default_rng(9)))


def test_moves_begin_where_the_focus_is(incumbent: Incumbent) -> None:
    # With a focus on nothing no trial begins, so nothing changes.
    assert incumbent.seating is not None
    quick = incumbent.quick_search(incumbent.seating, 1)
    quick.focus = np.zeros(len(incumbent.problem.demand.needs), dtype=bool)
    found, _ = quick.burst(incumbent.seating, lambda: True)
    assert found is incumbent.seating
    quick.focus = np.ones(len(incumbent.problem.demand.needs), dtype=bool)
    found, _ = quick.burst(incumbent.seating, lambda: True)
    assert incumbent.ledger.objective(found) < incumbent.units
