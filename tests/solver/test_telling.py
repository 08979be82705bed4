"""Incumbents as plans while the search goes on: checked, not too often, and without holding it up."""

from __future__ import annotations

import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.models.reading import read_scenario
from lineside.solver import SolveOptions, solve
from lineside.solver.problem import Problem
from lineside.solver.seating import Seating
from lineside.solver.telling import EVERY_SECONDS, IncumbentTeller
from tests.build import tiny
from tests.random_scenarios import random_scenario

REGIONS = Path(__file__).parents[2] / "../shared/regions"


@pytest.mark.parametrize("workers", [1, 2])
def test_every_incumbent_passes_the_checker_and_is_better(workers: int) -> None:
    scenario = read_scenario(REGIONS / "s-tight-4").scenario
    told: list[tuple[float, str, Plan]] = []
    solution = solve(
        scenario,
        SolveOptions(seconds=12, workers=workers, seed=0),
        on_incumbent=lambda plan: told.append((time.monotonic(), threading.current_thread().name, plan)),
    )
    plans = [plan for _, _, plan in told]
    assert len(plans) > 1
    assert all(check(scenario, plan).is_clean and plan.status == "feasible" for plan in plans)
    objectives = [plan.objective for plan in plans if plan.objective is not None]
    assert objectives == sorted(objectives, reverse=True)
    assert solution.plan.objective is not None
    assert solution.plan.objective <= objectives[-1]
    assert all(plan.bound is not None and plan.bound <= solution.plan.objective for plan in plans)
    assert {name for _, name, _ in told} == {"incumbents"}
    assert all(later - earlier >= EVERY_SECONDS * 0.9 for (earlier, _, _), (later, _, _) in pairwise(told))


@pytest.mark.parametrize("seed", range(3))
def test_the_plan_does_not_depend_on_being_watched(seed: int) -> None:
    scenario, options = random_scenario(seed), SolveOptions(seconds=20, workers=1, seed=0)
    watched = solve(scenario, options, on_incumbent=lambda _plan: None).plan
    assert solve(scenario, options).plan.seats == watched.seats


def test_a_slow_listener_holds_nothing_up_and_hears_the_newest() -> None:
    problem, told, go_on = Problem(tiny()), [], threading.Event()

    def listen(plan: Plan) -> None:
        told.append(plan.bound)
        go_on.wait(30)

    with IncumbentTeller(problem, listen) as teller:
        began = time.monotonic()
        teller.offer(Seating((), ()), 1.0)
        while not told:
            time.sleep(0.01)
        teller.offer(Seating((), ()), 2.0)
        teller.offer(Seating((), ()), 3.0)
        assert time.monotonic() - began < 20
        go_on.set()
    assert told == [1]  # what comes within the pause is not told when the search is over


def test_a_listener_that_fails_is_heard_of() -> None:
    def fail(_plan: Plan) -> None:
        raise ConnectionError("nobody listens")

    with pytest.raises(ConnectionError, match="nobody listens"):
        solve(tiny(), SolveOptions(seconds=5, workers=1), on_incumbent=fail)
