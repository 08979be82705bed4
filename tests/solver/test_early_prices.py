"""Prices that rise in a process of their own: the same as here, and no loss where that process ends too early."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lineside.models.reading import read_scenario
from lineside.solver import SolveOptions, pipeline, solve
from lineside.solver.ascent import Ascent
from lineside.solver.budget import Budget
from lineside.solver.early_prices import EarlyPrices
from lineside.solver.problem import Problem
from lineside.solver.proof import Proof
from lineside.solver.search import Incumbent
from lineside.solver.turns import Turns

REGIONS = Path(__file__).parents[2] / "../shared/regions"


@pytest.fixture(scope="module")
def problem() -> Problem:
    return Problem(read_scenario(REGIONS / "s-plain-2").scenario)


@pytest.fixture()
def early(problem: Problem) -> Iterator[EarlyPrices]:
    made = EarlyPrices(problem, 60.0, True)
    yield made
    made.close()


def test_prices_are_those_that_this_process_finds(problem: Problem, early: EarlyPrices) -> None:
    bounds: list[float] = []
    found = early.wait(lambda: True, bounds.append)
    assert found is not None
    relaxation, columns = found
    mine = Ascent(problem, True)
    known: list[float] = []
    mine.run(lambda: True, known.append)
    assert bounds == known
    assert relaxation.bound == mine.relaxation().bound
    assert np.array_equal(relaxation.need_price, mine.relaxation().need_price)
    assert [(c.candidate, c.pairs.tolist()) for c in columns] == [(c.candidate, c.pairs.tolist()) for c in mine.columns]
    assert early.wait(lambda: True, bounds.append) == found  # asked again, it does not wait for more


def test_nobody_waits_for_prices_that_are_not_wanted(early: EarlyPrices) -> None:
    assert early.wait(lambda: False, lambda _: None) is None


def test_bounds_are_told_before_the_prices_are_asked_for(early: EarlyPrices) -> None:
    bounds: list[float] = []
    while not bounds:
        early.look(bounds.append)
        time.sleep(0.02)
    assert bounds[0] > 0


def test_a_proof_goes_on_by_itself_where_the_process_is_killed(problem: Problem) -> None:
    incumbent = Incumbent(problem)
    budget = Budget(60.0, time.monotonic(), False, threading.Event())
    bounds: list[float] = []
    proof = Proof(problem, incumbent.conflicts, incumbent.ledger, budget, bounds.append, lambda: False)
    proof.ascend_early(budget.share(1.0), False)
    assert proof._early is not None
    assert proof._early._process.pid is not None
    os.kill(proof._early._process.pid, signal.SIGKILL)
    proof._early._process.join()
    proof.ascend(budget.share(1.0), False)
    ascent = Ascent(problem)
    ascent.run(lambda: True, lambda _: None)
    assert bounds[-1] == ascent.bound
    assert proof.relaxation is not None


def test_prices_that_break_off_in_the_middle_are_none(early: EarlyPrices) -> None:
    early._line.close()
    early._line, theirs = multiprocessing.Pipe(duplex=False)
    os.write(theirs.fileno(), struct.pack("!i", 1_000) + b"the beginning")
    theirs.close()
    assert early.wait(lambda: True, lambda _: None) is None


def test_the_bound_is_asked_whether_it_is_enough_and_leaves_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "MANY_PAIRS", 0)
    monkeypatch.setattr(pipeline, "RELAX_LEFT", 0.0)
    asked: list[int] = []

    def is_enough(_: Turns, now: float, bound: float, plan: float, rows: int) -> bool:
        assert now > 0
        assert 0 < bound <= plan
        asked.append(rows)
        return True

    monkeypatch.setattr(Turns, "is_enough", is_enough)
    stages: list[str] = []
    scenario = read_scenario(REGIONS / "s-plain-2").scenario
    solve(scenario, SolveOptions(seconds=5.0, workers=2, seed=0), lambda progress: stages.append(progress.stage))
    turns = [stage for stage, _ in itertools.groupby(stages) if stage in {"proving a bound", "improving the plan"}]
    assert len(asked) > 1
    assert turns[:4] == ["proving a bound", "improving the plan"] * 2


def test_a_solve_of_a_large_region_ends_with_no_process_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "MANY_PAIRS", 0)
    scenario = read_scenario(REGIONS / "s-plain-2").scenario
    before = children()
    for seconds in (1.0, 4.0):
        plan = solve(scenario, SolveOptions(seconds=seconds, workers=2, seed=0)).plan
        assert plan.objective is not None
        assert plan.bound is not None
        assert 0 < plan.bound <= plan.objective
    assert children() <= before


def children() -> set[int]:
    """Return the process numbers of this process's children."""
    return set(map(int, Path(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/children").read_text().split()))
