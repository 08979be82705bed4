"""Between two masters of a large region prices settle by themselves, and rows may be broken for a while."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from lineside.models.reading import read_scenario
from lineside.solver import bound, breakable, proof
from lineside.solver.bound import ColumnGeneration
from lineside.solver.breakable import FIRST_SHARE, GROWTH, MOST_SHARE, Breakable
from lineside.solver.budget import Budget
from lineside.solver.columns import Column, columns_of
from lineside.solver.conflicts import Conflicts
from lineside.solver.construct import Constructor
from lineside.solver.cuts import Separator
from lineside.solver.price_walk import RESTS, rises
from lineside.solver.problem import Problem
from lineside.solver.program import LinearProgram
from lineside.solver.seating import Ledger
from lineside.solver.settling import settle
from tests.exhaustive import exhaustive_optimum
from tests.random_scenarios import random_scenario

REGIONS = Path(__file__).parents[2] / "../shared/regions"


def with_first_rows(problem: Problem) -> tuple[ColumnGeneration, Separator]:
    """Return a column generation that has got its first rows, and two rounds since."""
    master = ColumnGeneration(problem, problem.viable_pairs)
    separator = Separator(master)
    while not master.converged and (master.round() - master.best > 0.03 * master.best):
        pass
    assert separator.add_violated()
    for _ in range(2):
        master.round()
    return master, separator


def people_in(columns: list[Column]) -> set[tuple[int, tuple[int, ...]]]:
    """Return the candidate and the pairs of each column."""
    return {(column.candidate, tuple(sorted(column.pairs.tolist()))) for column in columns}


@pytest.mark.parametrize("name", ["s-plain-2", "s-nasty-5"])
def test_settled_prices_prove_more_than_the_last_masters_and_find_what_it_lacks(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bound, "LARGE_PAIRS", 0)
    problem = Problem(read_scenario(REGIONS / name).scenario)
    master, _ = with_first_rows(problem)
    before, columns = master.best, len(master.columns)
    objective, _, _ = master.solve_master()
    settle(master, lambda: True)
    assert master.best > before
    assert len(master.columns) > columns
    assert master.solve_master()[0] < objective
    assert all(column.pairs.base is None for column in master.columns)  # none keeps the pairs of all candidates
    settled, columns = master.best, len(master.columns)
    settle(master, lambda: False)
    assert (master.best, len(master.columns)) == (settled, columns)


@pytest.mark.parametrize("seed", range(60))
def test_no_settled_bound_is_above_the_optimum(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bound, "LARGE_PAIRS", 0)
    scenario = random_scenario(seed)
    optimum = exhaustive_optimum(scenario)
    problem = Problem(scenario)
    if optimum is None:
        return
    master = ColumnGeneration(problem, problem.viable_pairs)
    separator = Separator(master)
    for number in range(30):
        master.round()
        settle(master, lambda: True)
        master.tighten()
        units = master.best * master.unit + problem.constant - problem.rounding_slack
        assert problem.money.line_minutes(units) <= float(optimum) + 1e-6
        if number % 3 == 2 and not separator.add_violated() and master.converged:
            break


def test_a_walk_rises_less_and_less_and_then_only_falls() -> None:
    found = list(rises(1.0, 0.5, 0.2))
    assert found == [1.0, 0.5, 0.25, *[0.0] * RESTS]


def test_breaking_a_row_costs_more_as_long_as_it_is_broken() -> None:
    program = LinearProgram()
    demand = [program.add_row(4.0, 4.0), program.add_row(1.0, 1.0)]
    dear, cheap = (program.add_variable(cost, [(row, 1.0)]) for cost, row in zip((3.0, 0.1), demand, strict=True))
    away = program.add_variable(60.0, [(demand[0], 1.0)])
    rows = [program.add_row(-np.inf, most, [(variable, 1.0)]) for most, variable in ((1.0, dear), (2.0, cheap))]
    breaking = Breakable(program, 100.0)
    for row in rows:
        breaking.add(row)
    shares, raised = [], []
    for _ in range(4):
        answer = program.solve()
        shares.append(answer.values[away])
        assert -answer.duals[rows[0]] <= 100.0 * MOST_SHARE + 1e-6
        raised.append(breaking.raise_costs(answer.values))
    # Breaking the first row costs 3, then 15, then 50 instead of 75: it is never dear enough to go without.
    assert 100.0 * FIRST_SHARE * GROWTH**2 > 100.0 * MOST_SHARE
    assert shares == pytest.approx([0.0] * 4, abs=1e-5)
    assert raised == [True, True, False, False]
    assert -answer.duals[rows[0]] == pytest.approx(50.0, abs=1e-4)
    assert answer.duals[rows[1]] == pytest.approx(0.0, abs=1e-4)  # was kept all the time


@pytest.mark.parametrize("name", ["s-plain-2", "s-rotating-3"])
def test_the_cohorts_of_a_plan_keep_the_rows_of_a_master(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bound, "LARGE_PAIRS", 0)
    problem = Problem(read_scenario(REGIONS / name).scenario)
    seating = Constructor(problem, 10.0).run()
    plan = columns_of(problem, seating)
    for column, cohort in zip(plan, seating.cohorts, strict=True):
        assert column.candidate == cohort.candidate
        assert problem.rooms.idx[column.room] == cohort.room
        assert problem.instructors.idx[column.teacher] == cohort.instructor
        assert set(problem.pairs.candidate[column.pairs].tolist()) == {cohort.candidate}
        assert frozenset(problem.pairs.need[column.pairs].tolist()) == cohort.needs
    master, separator = with_first_rows(problem)
    without, _, _ = master.solve_master()
    for column in plan:
        master.add_column(column)
    objective, _, _ = master.solve_master()
    assert objective <= without + 1e-6
    # With all its rows the master finds the plan allowed, and no dearer than it is.
    assert objective * master.unit + problem.constant <= Ledger(problem).objective(seating) * (1 + bound.ROUGHEST)
    used = {
        part: np.zeros(len(size))
        for part, size in (
            ("pair", problem.pairs.need),
            ("room", problem.rooms.idx),
            ("teacher", problem.instructors.idx),
        )
    }
    for column in plan:
        used["pair"][column.pairs] += 1
        used["room"][column.room] += 1
        used["teacher"][column.teacher] += 1
    assert separator.broken(plan, used) == []
    for row in master.plain_rows():
        assert sum(float(used[part.part][part.entries] @ part.coefficients) for part in row.parts()) <= row.limit + 1e-9


@pytest.mark.parametrize("name", ["s-rotating-3", "s-nasty-5"])
def test_rows_are_broken_no_more_in_the_end_and_the_plan_is_among_the_cohorts(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = Problem(read_scenario(REGIONS / name).scenario)
    plan = Constructor(problem, 10.0).run()
    bounds, masters = [], []
    for most_exact in (bound.LARGE_PAIRS, 0):
        monkeypatch.setattr(bound, "LARGE_PAIRS", most_exact)
        monkeypatch.setattr(breakable, "FIRST_SHARE", 1e-4)
        monkeypatch.setattr(proof, "SETTLE_EVERY", 10**6)  # nothing but the end of column generation tightens
        budget = Budget(600.0, time.monotonic(), False, threading.Event())
        proving = proof.Proof(
            problem, Conflicts(problem), Ledger(problem), budget, lambda _: None, lambda: False, plan=lambda: plan
        )
        proving.relax(budget.share(1.0), False)
        assert proving.is_relaxed
        assert proving.master is not None
        bounds.append(proving.master.best)
        masters.append(proving.master)
    assert bounds[1] == pytest.approx(bounds[0], rel=2e-3)
    held = [people_in(master.columns) for master in masters]
    cohorts = people_in(columns_of(problem, plan))
    assert cohorts <= held[1]
    assert not cohorts <= held[0]
