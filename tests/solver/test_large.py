"""What large regions are searched by: prices alone, steps with few rooms and instructors, many cohorts at a time."""

from __future__ import annotations

import threading
from pathlib import Path
from random import Random

import numpy as np
import pytest

from lineside.models.checker import check
from lineside.models.reading import read_scenario
from lineside.solver import SolveOptions, bound, pipeline, solve
from lineside.solver.ascent import Ascent
from lineside.solver.batch import BatchConstructor
from lineside.solver.construct import Constructor
from lineside.solver.finish import finish
from lineside.solver.local_prices import LocalPrices
from lineside.solver.model.servers import FewServers, Occupancy, ServerChoice
from lineside.solver.neighbourhoods import FIRST_SIZE, REBUILDING, KindChoice, NeighbourhoodFinder
from lineside.solver.problem import Problem
from lineside.solver.search import Incumbent
from lineside.solver.seating import Ledger
from tests.exhaustive import exhaustive_optimum
from tests.random_scenarios import random_scenario

REGIONS = Path(__file__).parents[2] / "../shared/regions"


def region(name: str) -> Problem:
    return Problem(read_scenario(REGIONS / name).scenario)


@pytest.mark.parametrize("batch_pairs", [0, 10**9], ids=["many cohorts at a time", "one by one"])
@pytest.mark.parametrize("relax_left", [10**9, 0], ids=["prices alone", "columns later"])
@pytest.mark.parametrize("seed", range(25))
def test_the_way_of_large_regions_keeps_bound_and_plan_right(
    seed: int, relax_left: int, batch_pairs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {"MANY_PAIRS": 0, "SMALL_PAIRS": 0, "WHOLE_PAIRS": 0, "BATCH_PAIRS": batch_pairs, "RELAX_LEFT": relax_left}
    for name, value in limits.items():
        monkeypatch.setattr(pipeline, name, value)
    monkeypatch.setattr(bound, "LARGE_PAIRS", 0)
    scenario = random_scenario(seed)
    optimum = exhaustive_optimum(scenario)
    plan = solve(scenario, SolveOptions(seconds=0.5, workers=1, seed=0)).plan
    if optimum is None:
        assert plan.status in {"infeasible", "unknown"}
        return
    report = check(scenario, plan)
    assert report.is_clean
    assert plan.bound is not None
    assert plan.objective is not None
    assert float(plan.bound) <= float(optimum) + 0.001
    assert float(plan.objective) >= float(optimum) - 0.001


@pytest.mark.parametrize("name", ["s-plain-1", "s-tight-4"])
def test_many_cohorts_at_a_time_make_an_allowed_plan_with_as_many_seats(name: str) -> None:
    problem = region(name)
    batch, single = BatchConstructor(problem, 10.0).run(), Constructor(problem, 10.0).run()
    plan = finish(problem, batch, 0.0, "feasible", {})
    assert check(problem.scenario, plan).violations == ()
    assert len(batch.candidate_of()) >= 0.8 * len(single.candidate_of()) > 0


def test_a_stop_ends_the_construction() -> None:
    stop = threading.Event()
    stop.set()
    assert BatchConstructor(region("s-plain-2"), 10.0).run(stop).cohorts == ()


def test_a_step_chooses_among_few_servers_and_none_that_is_taken() -> None:
    problem = region("s-rotating-3")
    seating = Constructor(problem, 10.0).run()
    rng, occupancy, everybody = Random(3), Occupancy(problem), ServerChoice(problem)
    cohorts = list(seating.cohorts)
    rng.shuffle(cohorts)
    kept, decided = cohorts[: len(cohorts) // 2], cohorts[len(cohorts) // 2 :]
    few = FewServers(occupancy, kept, decided)
    fewer = 0
    for candidate in rng.sample(np.unique(problem.pairs.candidate[problem.viable_pairs]).tolist(), 200):
        own = [cohort for cohort in cohorts if cohort.candidate == candidate]
        for chosen, all_of_them, taken_by in (
            (few.rooms(candidate), everybody.rooms(candidate), lambda cohort: cohort.room),
            (few.instructors(candidate), everybody.instructors(candidate), lambda cohort: cohort.instructor),
        ):
            assert set(chosen) <= set(all_of_them)
            assert len(set(chosen)) == len(chosen)
            fewer += len(chosen) < len(all_of_them)
            busy = {taken_by(row) for row in kept if meet_together(problem, row.candidate, candidate)}
            assert busy & set(chosen) <= {taken_by(row) for row in own}
    assert fewer > 50
    for cohort in cohorts:
        assert cohort.room in few.rooms(cohort.candidate)
        assert cohort.instructor in few.instructors(cohort.candidate)


def meet_together(problem: Problem, one: int, other: int) -> bool:
    slots, found = problem.candidates.slots, problem.candidates
    mine, theirs = found.slots_of(one), found.slots_of(other)
    overlap = (slots.start[mine][:, None] < slots.end[theirs]) & (slots.end[mine][:, None] > slots.start[theirs])
    return bool(overlap.any())


def test_an_open_seat_makes_a_new_cohort_dear() -> None:
    problem = region("s-plain-1")
    prices, rows = LocalPrices(problem), problem.viable_pairs
    none = rows[:0]
    fresh, alone = prices.reduced(rows, none, None)
    same, beside = prices.reduced(rows, rows, None)
    assert np.array_equal(np.sort(fresh), np.sort(same))
    assert np.isin(fresh, rows).all()
    # With no open seat some cohort costs about what its people are worth; with one for everybody, none does.
    assert alone.min() < 0.05 * prices.unit < beside.min()


def test_prices_of_nobody_find_nothing() -> None:
    problem = region("s-plain-2")
    fresh, cost = LocalPrices(problem).reduced(problem.viable_pairs[:1], problem.viable_pairs[:0], None)
    assert len(fresh) == len(cost) == 0


def test_a_kind_that_gains_more_is_drawn_more_often() -> None:
    choice, rng = KindChoice(tuple(FIRST_SIZE)), Random(5)
    for kind in FIRST_SIZE:
        choice.learn(kind, 100.0 if kind == "crews" else 5.0, 1.0)
    drawn = [choice.draw(rng.random()) for _ in range(1_000)]
    assert drawn.count("crews") > 600
    assert all(drawn.count(kind) > 20 for kind in FIRST_SIZE)
    assert choice.draw(1.0) in FIRST_SIZE


def test_a_kind_has_its_least_share_of_time_however_little_it_gains() -> None:
    kinds, rng = ("bursts", "steps"), Random(5)
    for least, low, high in ((None, 0.01, 0.1), ({"bursts": 0.5}, 0.28, 0.38)):
        choice = KindChoice(kinds, least)
        choice.learn("bursts", 0.0, 1.0)
        choice.learn("steps", 100.0, 1.0)
        assert low < [choice.draw(rng.random()) for _ in range(2_000)].count("bursts") / 2_000 < high


def test_bursts_come_first_as_long_as_they_gain_much_for_their_time() -> None:
    problem = region("s-plain-2")
    incumbent = Incumbent(problem)
    finder = NeighbourhoodFinder(problem, incumbent.local_prices, 0)
    ascent = Ascent(problem)
    ascent.run(lambda: True, lambda _: None)
    finder.follow(ascent.relaxation())
    for gain in (1_000.0, 400.0, 300.0):
        assert {finder.choose() for _ in range(20)} == {REBUILDING}
        finder.learn_rebuilding(gain, 1.0)
    assert {finder.choose() for _ in range(20)} == {REBUILDING}
    finder.learn_rebuilding(200.0, 1.0)
    assert {finder.choose() for _ in range(100)} == set(FIRST_SIZE)  # what nothing is known of yet


def test_an_incumbent_makes_its_prices_once() -> None:
    incumbent = Incumbent(region("s-plain-2"))
    assert incumbent.local_prices is incumbent.local_prices


def test_forgetting_changes_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = region("s-rotating-3")
    seating = Constructor(problem, 10.0).run()
    units, bits = Ledger(problem).objective(seating), [Occupancy(problem).bits(c.candidate) for c in seating.cohorts]
    monkeypatch.setattr("lineside.solver.seating.MOST_REMEMBERED", 2)
    monkeypatch.setattr("lineside.solver.model.servers.MOST_REMEMBERED", 2)
    ledger, occupancy = Ledger(problem), Occupancy(problem)
    assert ledger.objective(seating) == ledger.objective(seating) == units
    assert [occupancy.bits(cohort.candidate) for cohort in seating.cohorts] == bits
    assert max(len(ledger._pieces), len(ledger._crew_units), len(occupancy._bits)) <= 2
