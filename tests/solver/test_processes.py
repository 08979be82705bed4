"""The search in several processes: what they find is taken over, and they end when they must."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lineside.models.checker import check
from lineside.models.reading import read_scenario
from lineside.solver import SolveOptions, solve
from lineside.solver.budget import Budget
from lineside.solver.construct import Constructor
from lineside.solver.finish import finish
from lineside.solver.problem import Problem
from lineside.solver.processes import SearchProcesses
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


def children() -> list[int]:
    mine = str(os.getpid())
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
