"""Scaled prices prove more, cohorts of the ascent are a better start, and rows about some seats are valid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lineside.models.reading import read_scenario
from lineside.solver.ascent import Ascent
from lineside.solver.bound import ColumnGeneration
from lineside.solver.cuts import Separator
from lineside.solver.exclusions import nearest
from lineside.solver.pricing import Pricer
from lineside.solver.problem import Problem
from tests.exhaustive import exhaustive_optimum
from tests.random_scenarios import random_scenario

SEATS = 4
"""Seats of a person that rows are looked for in: fewer than most have, enough to exclude each other."""
REGIONS = Path(__file__).parents[2] / "../shared/regions"


def region(name: str) -> Problem:
    return Problem(read_scenario(REGIONS / name).scenario)


def test_before_the_master_has_its_columns_scaled_prices_prove_what_a_lagrangian_bound_does_not() -> None:
    problem = region("s-tight-4")
    master = ColumnGeneration(problem, problem.viable_pairs)
    gains = []
    for _ in range(25):
        master.round()
        _, duals, cut_duals = master.solve_master()
        plain = master.lagrangian(duals, cut_duals, master.price(duals, cut_duals))
        master.best = -np.inf
        master.prove_scaled(master.terms(cut_duals), duals, cut_duals)
        gains.append(master.best - plain)
    assert sum(gain > 1e-6 for gain in gains) >= 12


def test_the_cohorts_of_the_ascent_give_the_master_a_better_start() -> None:
    problem = region("s-tight-4")
    ascent = Ascent(problem, keeps_columns=True)
    ascent.run(lambda: True, lambda _: None)
    warm, cold = (ColumnGeneration(problem, problem.viable_pairs) for _ in range(2))
    warm.start_from(ascent.relaxation().need_price, ascent.columns)
    cold.start_from(ascent.relaxation().need_price)
    assert {len(column.pairs) > 0 for column in ascent.columns} == {True}
    for column in ascent.columns[:200]:
        assert column.teacher in problem.instructors.entries_of(column.candidate)
        assert column.room in problem.rooms.entries_of(column.candidate)
        assert set(problem.pairs.candidate[column.pairs].tolist()) == {column.candidate}
    start = [master.solve_master()[0] for master in (warm, cold)]
    assert start[0] < start[1]


def test_rows_about_some_seats_of_each_person_forbid_no_plan() -> None:
    added = 0
    for seed in range(40):
        scenario = random_scenario(seed)
        optimum = exhaustive_optimum(scenario)
        problem = Problem(scenario)
        if optimum is None:
            continue
        master = ColumnGeneration(problem, problem.viable_pairs)
        rows = master.pricer.pairs
        seats = nearest(problem, rows, np.random.default_rng(seed).random(len(rows)), SEATS)
        separator = Separator(master, None, seats)
        while True:
            master.round()
            if master.converged and not separator.add_violated():
                break
        units = master.best * master.unit + problem.constant - problem.rounding_slack
        assert problem.money.line_minutes(units) <= float(optimum) + 1e-6
        about_seats = [row for row in master.plain_rows() if row.part == "pair" and row.coefficients.min() > 0]
        assert all(np.isin(row.entries, seats).all() for row in about_seats)
        added += len(about_seats)
    assert added >= 5


@pytest.mark.parametrize("seed", [17, 57, 100, 101, 112, 141, 194, 197])
def test_rows_of_order_and_party_have_the_seats_that_are_not_looked_at_too(seed: int) -> None:
    problem = Problem(random_scenario(seed))
    master = ColumnGeneration(problem, problem.viable_pairs)
    for _ in range(30):
        master.round()
        if master.converged:
            break
    used = master.usage()["pair"]
    nobody = np.zeros(0, dtype=np.int64)
    every, few = (
        [
            row.entries.tolist()
            for row in Separator(master, None, seats)._people.rows(used)
            if row.coefficients.min() < 0
        ]
        for seats in (None, nobody)
    )
    assert every
    assert few == every


def test_the_nearest_seats_of_each_person_are_those_of_least_value() -> None:
    problem = region("s-plain-1")
    rows = problem.viable_pairs
    person = np.array([need.person_idx for need in problem.demand.needs])[problem.pairs.need[rows]]
    value = np.random.default_rng(1).random(len(rows))
    kept = nearest(problem, rows, value, 7)
    assert np.all(np.diff(kept) > 0)
    for who in np.unique(person).tolist():
        mine = person == who
        expected = rows[mine][np.argsort(value[mine])[:7]]
        assert set(kept.tolist()) & set(rows[mine].tolist()) == set(expected.tolist())


@pytest.mark.parametrize("name", ["s-plain-2", "s-rotating-3"])
def test_some_candidates_are_priced_as_they_are_among_all(name: str) -> None:
    problem = region(name)
    rng = np.random.default_rng(0)
    pricer = Pricer(problem, problem.viable_pairs, 1.0, problem.charges)
    value = problem.pairs.cost[pricer.pairs] - rng.uniform(0, 2e7, len(pricer.pairs))
    servers = problem.rooms.cost.astype(float), problem.instructors.cost.astype(float)
    every, chosen, at = pricer.price(value, *servers), np.arange(len(pricer.candidate)), np.arange(len(pricer.pairs))
    for share in (0.5, 0.3, 0.0):  # each a part of the part before
        some = np.flatnonzero(rng.random(len(chosen)) < share)
        pricer, pairs = pricer.only(some)
        chosen, at = chosen[some], at[pairs]
        found = pricer.price(value[at], *servers)
        assert np.array_equal(found.candidate, every.candidate[chosen])
        assert found.reduced_cost == pytest.approx(every.reduced_cost[chosen], rel=1e-9)
        assert np.array_equal(found.count, every.count[chosen])
        assert np.array_equal(found.room, every.room[chosen])
        assert np.array_equal(found.instructor, every.instructor[chosen])
        for k, position in enumerate(chosen.tolist()):
            assert np.array_equal(found.people(k), every.people(position))
