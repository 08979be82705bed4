"""States in parts: who goes where, a plan that keeps every rule, and a bound over all plans."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.solver import Progress, SolveOptions, solve
from lineside.solver.parts.floor import StateFloor
from lineside.solver.parts.solving import NOT_REACHED, joined, nobody_seated, solve_in_parts
from lineside.solver.parts.split import parts_of
from tests.exhaustive import exhaustive_optimum
from tests.random_scenarios import random_scenario

REGIONS = Path(__file__).parents[2] / "../shared/regions"


def region(name: str) -> Scenario:
    return read_scenario(REGIONS / name).scenario


def test_everybody_and_everything_is_in_one_part() -> None:
    scenario = region("m-plain-11")
    parts = parts_of(scenario, 150)
    assert len(parts) == 4
    for table in ("apprentices", "rooms", "instructors"):
        rows = Counter(row for part in parts for row in getattr(part, table))
        assert rows == Counter(getattr(scenario, table))
    for members in scenario.parties.values():
        assert sum(set(members) <= set(part.apprentices) for part in parts) == 1
    assert max(len(part.apprentices) for part in parts) < 1.4 * 125
    qualified = Counter(module for row in scenario.instructors for module in row.modules)
    for part in parts:
        share = Counter(module for row in part.instructors for module in row.modules)
        assert all(share[module] > 0.5 * number / 4 for module, number in qualified.items())


def test_neighbours_are_in_one_part() -> None:
    scenario = region("m-plain-11")
    parts = parts_of(scenario, 250)
    employers = [{row.company for row in part.apprentices} for part in parts]
    assert len(parts) == 2
    assert employers[0].isdisjoint(employers[1])
    for part, companies in zip(parts, employers, strict=True):
        own = {site.site for site in scenario.sites if site.company is not None and site.company not in companies}
        assert own.isdisjoint(room.site for room in part.rooms)


def test_the_bound_is_never_above_the_optimum() -> None:
    scenarios = [scenario for scenario in map(random_scenario, range(40)) if scenario.published is None]
    assert len(scenarios) > 15
    for scenario in scenarios:
        optimum = exhaustive_optimum(scenario)
        floor = StateFloor(scenario)
        bounds = [floor.take(found) for found in floor.prices(time.monotonic() + 0.1)]
        assert optimum is None or all(bound <= float(optimum) + 0.001 for bound in bounds)


def test_the_bound_of_modules_comes_near_that_of_the_whole() -> None:
    floor = StateFloor(region("s-plain-1"))
    bounds = [floor.take(found) for found in floor.prices(time.monotonic() + 4)]
    # Column generation with rows proves 50,839; the empty seats of the best plan are 48,780.
    assert 48_000 < bounds[-1] <= 50_887


def test_nobody_seated_is_a_plan_that_keeps_every_rule() -> None:
    scenario = region("s-plain-2")
    report = check(scenario, joined(scenario, [nobody_seated(scenario)], Decimal(0)))
    assert report.is_clean


def quick(part: Scenario, seconds: float, told: Callable[[Progress], None]) -> tuple[Plan, int]:
    solution = solve(part, SolveOptions(seconds=min(seconds, 2.0), workers=1), told)
    return solution.plan, solution.unmeetable_needs


def test_the_plan_of_all_parts_keeps_every_rule() -> None:
    scenario = region("s-tight-4")
    told: list[Progress] = []
    incumbents: list[Plan] = []
    plan, _ = solve_in_parts(
        scenario, 8.0, quick, told.append, threading.Event(), None, incumbents.append, most_people=30
    )
    assert check(scenario, plan).is_clean
    assert plan.bound is not None
    assert plan.objective is not None
    assert 0 < plan.bound < plan.objective
    assert [round(one.objective or 0) for one in incumbents] == sorted(
        (round(one.objective or 0) for one in incumbents), reverse=True
    )
    assert any(progress.stage.startswith("part 2 of 2") for progress in told)
    again, _ = solve_in_parts(
        scenario, 1.0, lambda part, *_: (nobody_seated(part), 0), None, threading.Event(), plan, most_people=30
    )
    assert again.objective == plan.objective  # the plan to begin from is better than nothing
    assert len({cohort.cohort for cohort in plan.cohorts}) == len(plan.cohorts)


def test_a_stop_leaves_parts_without_a_plan_and_says_so() -> None:
    scenario, stop = region("s-plain-2"), threading.Event()

    def one_part(part: Scenario, seconds: float, told: Callable[[Progress], None]) -> tuple[Plan, int]:
        stop.set()
        return quick(part, seconds, told)

    plan, _ = solve_in_parts(scenario, 30.0, one_part, None, stop, most_people=30)
    assert check(scenario, plan).is_clean
    assert plan.seats
    assert any(row.reason == NOT_REACHED for row in plan.unseated)


def test_the_end_of_the_process_that_raises_the_bound_is_told() -> None:
    scenario, told = region("s-plain-2"), list[Progress]()

    def one_part(part: Scenario, *_: object) -> tuple[Plan, int]:
        for child in multiprocessing.active_children():
            child.kill()
        return nobody_seated(part), 0

    plan, _ = solve_in_parts(scenario, 60.0, one_part, told.append, threading.Event(), most_people=30)
    assert check(scenario, plan).is_clean
    assert any("the process that raises it has ended" in progress.stage for progress in told)
