"""Branch and cut ends at the optimum, and no bound on the way is above it."""

from __future__ import annotations

import math
import shutil
import struct
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.solver import proof as proof_module
from lineside.solver.bound import ColumnGeneration
from lineside.solver.budget import Budget
from lineside.solver.columns import CutRow
from lineside.solver.compact import scip
from lineside.solver.compact.program import CompactProgram
from lineside.solver.compact.proof import BranchAndCut
from lineside.solver.compact.scip import Limits
from lineside.solver.compact.scip_child import solved
from lineside.solver.conflicts import Conflicts
from lineside.solver.cuts import Separator
from lineside.solver.problem import Problem
from lineside.solver.program import ProgramError
from lineside.solver.proof import Proof
from lineside.solver.seating import Ledger
from tests.build import tiny
from tests.exhaustive import exhaustive_optimum
from tests.random_scenarios import random_scenario
from tests.solver.test_week_losses import stopping_at_once

REGIONS = Path(__file__).parents[2] / "../shared/regions"
MINUTES = 600.0
NUM_SEEDS = 20
MOST_ROUNDS = 60


@pytest.fixture
def at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solve in this process: starting one takes longer than solving a small program."""
    monkeypatch.setattr(
        "lineside.solver.compact.program.solve_apart", lambda model, limits, _: solved(model, limits.parameters())
    )


def relaxed(problem: Problem, seats: NDArray[np.int64] | None = None) -> tuple[ColumnGeneration, Separator]:
    """Return a column generation that has converged, with its rows, those about people among some seats or all."""
    master = ColumnGeneration(problem, problem.viable_pairs)
    separator = Separator(master, None, seats)
    while not master.converged or separator.add_violated():
        master.round()
    return master, separator


def proven(scenario: Scenario, optimum: float, seats: NDArray[np.int64] | None = None) -> float:
    """Return the bound that branch and cut ends with, in line-minutes; the master looks at some seats or all."""
    problem = Problem(scenario)
    master, _ = relaxed(problem, seats)
    cutoff = ((optimum + 1) * problem.money.scale - problem.constant) / master.unit
    cutting = BranchAndCut(master, Conflicts(problem), Ledger(problem), cutoff)
    best = master.best
    for _ in range(MOST_ROUNDS):
        found = cutting.round(MINUTES, cutoff, None, threading.Event())
        best = max(best, found.bound)
        if not found.goes_on:
            return problem.money.line_minutes(best * master.unit + problem.constant - problem.rounding_slack)
    raise AssertionError("Branch and cut does not end.")


@pytest.mark.usefixtures("at_hand")
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("seed", range(NUM_SEEDS))
def test_the_bound_ends_at_the_optimum(seed: int, strict: bool) -> None:
    scenario = stopping_at_once(random_scenario(seed)) if strict else random_scenario(seed)
    optimum = exhaustive_optimum(scenario)
    if optimum is None:
        return
    bound = proven(scenario, float(optimum))
    assert bound <= float(optimum) + 1e-6
    assert bound == pytest.approx(float(optimum), abs=0.01)


@pytest.mark.usefixtures("at_hand")
@pytest.mark.parametrize("seed", range(40))
def test_it_ends_there_although_the_master_looked_at_nobodys_seats(seed: int) -> None:
    scenario = random_scenario(seed)
    optimum = exhaustive_optimum(scenario)
    if optimum is not None:
        bound = proven(scenario, float(optimum), np.zeros(0, dtype=np.int64))
        assert bound == pytest.approx(float(optimum), abs=0.01)


def test_it_waits_until_a_better_plan_can_hold_few_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem(read_scenario(REGIONS / "s-nasty-5").scenario)
    budget = Budget(MINUTES, time.monotonic(), False, threading.Event())
    cutoff = math.inf
    memory = Conflicts(problem), Ledger(problem)
    proof = Proof(problem, *memory, budget, lambda _: None, lambda: False, lambda: cutoff)
    proof.relax(budget.share(1.0), False)
    assert proof.relaxation is not None
    within = sorted(proof.relaxation.pair_reduced.tolist())
    monkeypatch.setattr(proof_module, "COMPACT_PAIRS", len(within) // 2)
    assert proof.waits_to_cut
    assert not proof.can_cut  # there is no plan, so each pair may be in a better one
    cutoff = proof.relaxation.bound + problem.constant + within[len(within) // 2] * (1 - 1e-9) - 1e-6
    assert proof.can_cut


@pytest.mark.usefixtures("at_hand")
def test_what_frozen_seats_cost_alone_is_left_out_where_nobody_new_can_be_away() -> None:
    scenario = stopping_at_once(random_scenario(44))
    optimum = exhaustive_optimum(scenario)
    assert optimum is not None
    assert proven(scenario, float(optimum)) < float(optimum) - 1


@pytest.mark.usefixtures("at_hand")
@pytest.mark.parametrize("seed", range(6))
def test_no_round_raises_the_bound_above_the_optimum(seed: int) -> None:
    scenario = random_scenario(seed)
    optimum = exhaustive_optimum(scenario)
    if optimum is None:
        return
    problem = Problem(scenario)
    bounds, opened = [-math.inf], []
    budget = Budget(MINUTES, time.monotonic(), False, threading.Event())
    proof = Proof(problem, Conflicts(problem), Ledger(problem), budget, bounds.append, lambda: False, lambda: nothing)
    proof.relax(budget.share(1.0), False)
    assert proof.is_relaxed
    # The cut-off is above every price: no solution is left out because it is too dear.
    nothing = float(problem.constant + 10 * sum(need.price for need in problem.demand.needs) + problem.money.scale)
    proof.cut(budget.share(1.0), opened.append)
    assert not proof.can_cut
    assert problem.money.line_minutes(max(bounds) - problem.rounding_slack) <= float(optimum) + 1e-6
    assert all(np.all(np.diff(rows) > 0) for rows in opened)


def test_a_stop_ends_a_round_at_once() -> None:
    problem = Problem(random_scenario(7))
    master, _ = relaxed(problem)
    stop = threading.Event()
    stop.set()
    program = CompactProgram(master, Ledger(problem), problem.viable_pairs)
    found = program.solve(MINUTES, math.inf, None, stop)
    assert (found.bound, found.is_optimal, found.solutions) == (-math.inf, False, ())


def test_a_contradiction_leaves_nothing_below_the_cutoff() -> None:
    problem = Problem(tiny())
    master, _ = relaxed(problem)
    program = CompactProgram(master, Ledger(problem), problem.viable_pairs)
    # The one seat costs 0.8, an empty one 120; nothing costs less than 0.5.
    half = 0.5 * problem.money.scale / master.unit
    assert program.solve(MINUTES, half, None, threading.Event()).bound == half
    first = program.solve(MINUTES, 1.0, None, threading.Event())
    assert len(first.solutions[0].seats) == 1
    assert first.bound * master.unit == pytest.approx(0.8 * problem.money.scale, rel=1e-4)
    program.add_row(CutRow("pair", problem.viable_pairs, np.ones(len(problem.viable_pairs)), 0.0))
    empty = program.solve(MINUTES, math.inf, None, threading.Event())
    assert empty.bound * master.unit == pytest.approx(120 * problem.money.scale, rel=1e-5)


def test_an_abnormal_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem(tiny())
    master, _ = relaxed(problem)
    program = CompactProgram(master, Ledger(problem), problem.viable_pairs)
    monkeypatch.setattr(scip, "COMMAND", [shutil.which("false")])
    with pytest.raises(ProgramError, match="abnormally"):
        program.solve(MINUTES, math.inf, None, threading.Event())


def test_the_process_of_a_solve_ends_with_its_input() -> None:
    problem = Problem(read_scenario(REGIONS / "s-tight-4").scenario)
    master = ColumnGeneration(problem, problem.viable_pairs)
    program = CompactProgram(master, Ledger(problem), problem.viable_pairs)
    parts = program._stated.model.export_model().SerializeToString(), Limits(MINUTES, math.inf, None).parameters()
    with subprocess.Popen(scip.COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        child.stdin.write(struct.pack("<QQ", len(parts[0]), parts[1].ByteSize()) + parts[0])
        child.stdin.write(parts[1].SerializeToString())
        child.stdin.close()
        assert child.wait(60) == 1
