"""Bounds are never above the optimum of the brute force."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pytest

from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.solver import bound, cuts
from lineside.solver.bound import ColumnGeneration
from lineside.solver.cuts import Separator
from lineside.solver.floor import trivial_floor
from lineside.solver.person_cuts import PersonSeparator
from lineside.solver.problem import Problem
from lineside.solver.program import LinearProgram, Optimum, ProgramError
from tests.build import open_cohort, plan_of, tiny
from tests.exhaustive import exhaustive_optimum
from tests.random_scenarios import random_scenario
from tests.solver.test_week_losses import stopping_at_once

REGIONS = Path(__file__).parents[2] / "../shared/regions"
NUM_SEEDS = 160
SERVERS = Separator._servers
MOST_ROUNDS = 400


def converged_bound(problem: Problem) -> float:
    """Return the bound of column generation with cuts, run until neither columns nor cuts are left, in line-minutes."""
    master = ColumnGeneration(problem, problem.viable_pairs)
    separator = Separator(master)
    for _ in range(MOST_ROUNDS):
        master.round()
        if master.converged and not separator.add_violated():
            units = master.best * master.unit + problem.constant - problem.rounding_slack
            return problem.money.line_minutes(units)
    raise AssertionError("Column generation does not converge.")


@pytest.mark.parametrize("seed", range(NUM_SEEDS))
def test_no_bound_is_above_the_optimum(seed: int) -> None:
    scenario = random_scenario(seed)
    optimum = exhaustive_optimum(scenario)
    problem = Problem(scenario)
    if optimum is None:
        # Only pins and what is frozen can forbid every plan, and no bound knows that.
        assert scenario.pins or scenario.settings.frozen_until
        return
    assert problem.money.line_minutes(trivial_floor(problem)) <= float(optimum) + 1e-6
    assert converged_bound(problem) <= float(optimum) + 1e-6


@pytest.mark.parametrize("seed", [*range(40), 52, 70, 218, 287, 335, 338, 378, 382])
def test_no_bound_is_above_the_optimum_where_lines_stop_at_once(seed: int) -> None:
    scenario = stopping_at_once(random_scenario(seed))
    optimum = exhaustive_optimum(scenario)
    if optimum is not None:
        assert converged_bound(Problem(scenario)) <= float(optimum) + 1e-6


@pytest.mark.parametrize("most_exact", [bound.LARGE_PAIRS, 0])
@pytest.mark.parametrize("seed", range(40))
def test_no_bound_on_the_way_is_above_the_optimum(seed: int, most_exact: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bound, "LARGE_PAIRS", most_exact)  # above it the master is solved roughly
    scenario = random_scenario(seed)
    optimum = exhaustive_optimum(scenario)
    if optimum is None:
        return
    problem = Problem(scenario)
    master = ColumnGeneration(problem, problem.viable_pairs)
    separator = Separator(master)
    for number in range(60):  # its tolerance may keep it from the very end
        master.round()
        if number % 3 == 2:
            separator.add_violated()
        units = master.best * master.unit + problem.constant - problem.rounding_slack
        assert problem.money.line_minutes(units) <= float(optimum) + 1e-6
        if master.converged:
            break
    assert problem.money.line_minutes(units) >= problem.money.line_minutes(trivial_floor(problem)) - 1e-3


NO_ROWS: dict[str, tuple[object, str, Callable[..., object]]] = {
    "rooms": (Separator, "_servers", lambda self, uses, part: SERVERS(self, uses, part) if part == "teacher" else ()),
    "instructors": (
        Separator,
        "_servers",
        lambda self, uses, part: SERVERS(self, uses, part) if part == "room" else (),
    ),
    "instructors' weeks": (Separator, "_teacher_weeks", lambda *_: ()),
    "people": (PersonSeparator, "rows", lambda *_: ()),
    "line time of weeks": (Separator, "_add_losses", lambda *_: 0),
}
"""Families of rows, and what takes each out of the relaxation."""


@pytest.mark.parametrize("family", NO_ROWS)
@pytest.mark.parametrize("seed", range(25))
def test_without_a_family_of_rows_the_bound_is_lower_and_still_valid(
    seed: int, family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = random_scenario(seed)
    if family == "line time of weeks":
        scenario = stopping_at_once(scenario)
    optimum = exhaustive_optimum(scenario)
    if optimum is None:
        return
    whole = converged_bound(Problem(scenario))
    monkeypatch.setattr(*NO_ROWS[family])
    assert converged_bound(Problem(scenario)) <= whole + 1e-4
    assert whole <= float(optimum) + 1e-6


def test_the_bound_of_one_seat_is_its_cost() -> None:
    # A trip of 40 minutes costs 0.8, an empty seat 120.
    problem = Problem(tiny())
    assert converged_bound(problem) == pytest.approx(0.8)
    assert trivial_floor(problem) == 0


def test_the_bound_knows_that_a_room_holds_one_cohort_at_a_time() -> None:
    # Four people, two a cohort, one room and one evening: two empty seats at 120 and two trips.
    people = {f"a{k}": {} for k in (2, 3, 4)}
    problem = Problem(
        tiny(settings={"weeks": 1}, modules={"math": {"seats_max": 2}}, apprentices=people, instructors={"ivo": {}})
    )
    assert converged_bound(problem) == pytest.approx(241.6)


def test_the_trivial_floor_counts_dollars_that_no_seat_avoids() -> None:
    # A seat: 30 dollars, and a tenth of 2 hours at 40 + 10 dollars: 30 + 10 = 40, at 0.05: 2 line-minutes.
    rooms = {name: {"dollars_per_hour": 10} for name in ("shed", "hall", "licence")}
    scenario = tiny(
        rooms=rooms, instructors={"ida": {"dollars_per_hour": 40}}, modules={"math": {"dollars_per_seat": 30}}
    )
    problem = Problem(scenario)
    assert problem.money.line_minutes(trivial_floor(problem)) == 2


def test_the_trivial_floor_lets_a_published_seat_stay_without_a_change() -> None:
    plain = tiny()
    published = plan_of(plain, (open_cohort(plain), "a1"))
    assert trivial_floor(Problem(tiny(published=published))) == 0
    # Without a published seat of its own, a seat is a change: 30, less than the empty seat's 120.
    stranger = tiny(published=published, apprentices={"a1": None, "a2": {}})
    problem = Problem(stranger)
    # a1's published seat is gone for good, which is another change.
    assert problem.money.line_minutes(trivial_floor(problem)) == 60


def test_bounds_rise_round_by_round() -> None:
    problem = Problem(random_scenario(7))
    master = ColumnGeneration(problem, problem.viable_pairs)
    best = -np.inf
    for _ in range(5):
        master.round()
        assert master.best >= best
        best = master.best


def test_an_abnormal_end_is_reported_and_what_was_proven_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    master = ColumnGeneration(Problem(random_scenario(1)))
    master.round()
    bound = master.best

    def fail(program: LinearProgram, tolerance: float | None, *_: object) -> Optimum:
        raise ProgramError("abnormal")

    monkeypatch.setattr(LinearProgram, "solve", fail)
    with pytest.raises(ProgramError):
        master.round()
    assert master.best == bound


def night_scenario(seed: int) -> Scenario:
    """Return a few people of a crew that works over Sunday midnight, with classes around it."""
    draw = Random(seed)
    starts = ["Sun | 22:00 | 240", "Mon | 01:00 | 120", "Sun | 23:00 | 120", "Mon | 00:00 | 120", "Sun | 21:00 | 240"]
    starts += ["Mon | 00:30 | 240", "Sun | 20:30 | 240"]
    patterns = [f"{start} | college" for start in draw.sample(starts, 3)]
    people = {
        f"a{k}": {"wanted": draw.choice(("math", "art")), "starts": "2026-06-07", "due": "2026-06-08"}
        for k in range(1, 1 + draw.choice((2, 3, 4)))
    }
    seats = {"seats_min": draw.choice((1, 1, 2))}
    scenario = tiny(
        rules={"keep_day_off": "false", "duty_minutes": 1400, "rest_minutes": 0, "week_minutes": 9000},
        prices={"unseated_hour": draw.choice((60, 90, 120, 200)), "dollar": draw.choice((0, 0.05, 1))},
        rotas={"day": {"cycle": "N", "hours": "N 20:00-06:00"}},
        modules={"math": {"hours": 4, **seats}, "art": {"hours": 2, "dollars_per_seat": draw.choice((0, 20))}},
        requirements={"tech/math/std": {"modules": "math"}, "tech/art/std": {"modules": "art"}},
        crews={"press/day": {"minimum": draw.choice((0, 9, 10)), "relief": draw.choice((0, 0, 1))}},
        patterns=patterns,
        rooms={"hall2": {"site": "college"}, "hall": {"dollars_per_hour": draw.choice((0, 10))}},
        instructors={"ivo": {}},
        apprentices=people,
    )
    return stopping_at_once(scenario) if draw.random() < 0.5 else scenario


@pytest.mark.parametrize("seed", [*range(40), 52, 70, 218, 287, 335, 338, 378, 382])
def test_bounds_of_shifts_over_the_end_of_a_week_are_not_above_the_optimum(seed: int) -> None:
    scenario = night_scenario(seed)
    optimum = exhaustive_optimum(scenario)
    if optimum is not None:
        assert converged_bound(Problem(scenario)) <= float(optimum) + 1e-6


def test_line_time_waits_in_a_large_master_while_many_other_rows_are_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bound, "LARGE_PAIRS", 0)
    problem = Problem(read_scenario(REGIONS / "s-plain-1").scenario)
    master = ColumnGeneration(problem, problem.viable_pairs)
    for _ in range(30):
        master.round()
    monkeypatch.setattr(cuts, "MANY_BROKEN", 0.0)
    separator = Separator(master)
    assert separator.add_violated() > 0
    assert master.plain_rows()
    assert not master.loss_rows()
    monkeypatch.setattr(cuts, "MANY_BROKEN", 1.0)
    master.round()
    separator.add_violated()
    assert master.loss_rows()
