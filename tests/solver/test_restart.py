"""Beginning from a plan: taken over if it keeps every rule, mended if it does not, and never in the way."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest

from lineside.models.checker import check
from lineside.models.plan import OptionChoice, Plan, Seat
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.solver import Progress, Solution, SolveOptions, solve
from lineside.solver.problem import Problem
from lineside.solver.restart import StartPlan
from tests.build import open_cohort, plan_of, tiny
from tests.random_scenarios import random_scenario

REGIONS = Path(__file__).parents[2] / "../shared/regions"
NO_TIME = SolveOptions(seconds=0.001, workers=1, seed=0)
TWO_DAYS = ["Mon | 15:00 | 120 | college", "Tue | 15:00 | 120 | college"]


def region(name: str) -> Scenario:
    return read_scenario(REGIONS / name).scenario


def begun(scenario: Scenario, plan: Plan) -> StartPlan:
    return StartPlan(Problem(scenario), plan)


def mended(scenario: Scenario, plan: Plan) -> dict[str, str]:
    """Return who is seated where in a mended plan."""
    start, never = begun(scenario, plan), threading.Event()
    never.set()  # nothing is filled up
    found = start.mended(never)
    people, needs = scenario.apprentices, start.problem.demand.needs
    keys = {row.candidate: start.problem.candidates.key(row.candidate, scenario) for row in found.cohorts}
    return {
        people[needs[need].person_idx].apprentice: f"{keys[row.candidate][0]} {keys[row.candidate][5]}"
        for row in found.cohorts
        for need in row.needs
    }


@pytest.fixture(scope="module")
def tight() -> Scenario:
    return region("s-tight-4")


@pytest.fixture(scope="module")
def solved(tight: Scenario) -> Plan:
    return solve(tight, SolveOptions(seconds=6, workers=1, seed=0)).plan


def assert_no_worse(solution: Solution, scenario: Scenario, start: Plan) -> None:
    assert check(scenario, solution.plan).is_clean
    assert solution.plan.objective is not None
    assert start.objective is not None
    assert solution.plan.objective <= start.objective


def test_a_restart_never_ends_worse_than_it_began(tight: Scenario, solved: Plan) -> None:
    told: list[Progress] = []
    solution = solve(tight, NO_TIME, told.append, start=solved)
    assert_no_worse(solution, tight, solved)
    first = next(row.objective for row in told if row.objective is not None)
    assert abs(first - check(tight, solved).objective) < 1


def test_a_restart_of_a_plan_with_frozen_cohorts_pins_and_parties() -> None:
    scenario = region("s-nasty-5")
    plan = solve(scenario, SolveOptions(seconds=6, workers=1, seed=0)).plan
    assert begun(scenario, plan).whole() is not None
    assert_no_worse(solve(scenario, NO_TIME, start=plan), scenario, plan)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_optimal_is_taken_over_as_it_is(seed: int) -> None:
    scenario = random_scenario(seed)
    plan = solve(scenario, SolveOptions(seconds=20, workers=1, seed=0)).plan
    if plan.status == "infeasible":
        assert solve(scenario, NO_TIME, start=plan).plan.status in {"infeasible", "unknown"}
    else:
        assert plan.status == "optimal"
        assert_no_worse(solve(scenario, NO_TIME, start=plan), scenario, plan)


@pytest.mark.parametrize("seed", range(3))
def test_a_restart_is_the_same_on_every_run(seed: int) -> None:
    scenario, options = random_scenario(seed), SolveOptions(seconds=20, workers=1, seed=0)
    plan = solve(scenario, options).plan
    start = plan.model_copy(update={"seats": plan.seats[::2]})
    first, second = (solve(scenario, options, start=start).plan for _ in range(2))
    assert (first.cohorts, first.seats) == (second.cohorts, second.seats)


@pytest.mark.parametrize("seed", range(3))
def test_a_start_with_broken_seats_is_mended(tight: Scenario, solved: Plan, seed: int) -> None:
    rng = random.Random(seed)
    people = [row.apprentice for row in tight.apprentices]
    seats = [
        seat.model_copy(update={"apprentice": rng.choice(people)}) if rng.random() < 0.1 else seat
        for seat in solved.seats
        if rng.random() < 0.95
    ]
    broken = solved.model_copy(update={"seats": tuple(seats)})
    assert check(tight, broken).violations
    assert begun(tight, broken).whole() is None
    kept = mended(tight, broken)
    assert len(kept) > len({seat.apprentice for seat in seats}) / 3
    solution = solve(tight, NO_TIME, start=broken)
    assert check(tight, solution.plan).is_clean


def test_a_seat_that_does_not_fit_is_left_out_and_the_others_stay() -> None:
    # b1 may not come to the college, and nobody knows x9.
    scenario = tiny(apprentices={"a2": {}, "a3": {"travel_max": 5}})
    plan = plan_of(scenario, (open_cohort(scenario), "a1 a2 a3 x9"))
    assert mended(scenario, plan) == {"a1": "math 2026-06-01", "a2": "math 2026-06-01"}


def test_a_cohort_below_its_minimum_is_left_out_whole() -> None:
    scenario = tiny(apprentices={"a2": {}, "a3": {"travel_max": 5}}, modules={"math": {"seats_min": 3}})
    assert mended(scenario, plan_of(scenario, (open_cohort(scenario), "a1 a2 a3"))) == {}


def test_a_module_is_left_out_with_the_earlier_one_that_it_waits_for() -> None:
    scenario = tiny(
        modules={"weld": {"after": "math"}},
        requirements={"tech/weld/std": {"modules": "weld"}},
        settings={"weeks": 3},
    )
    math, weld = open_cohort(scenario), open_cohort(scenario, name="K2", module="weld", week=1)
    plan = plan_of(scenario, (math, "a1"), (weld, "a1"))
    assert begun(scenario, plan).whole() is not None
    late = plan_of(scenario, (open_cohort(scenario, week=2), "a1"), (weld, "a1"))
    assert mended(scenario, late) == {"a1": "math 2026-06-15"}


def test_more_people_than_seats_are_cut_to_the_seats() -> None:
    scenario = tiny(apprentices={"a2": {}, "a3": {}}, rooms={"hall": {"seats": 2}})
    assert len(mended(scenario, plan_of(scenario, (open_cohort(scenario), "a1 a2 a3")))) == 2


def test_a_room_or_instructor_that_is_gone_is_replaced() -> None:
    scenario = tiny()
    plan = plan_of(scenario, (open_cohort(scenario, room="gone", instructor="left"), "a1"))
    assert mended(scenario, plan) == {"a1": "math 2026-06-01"}


def test_two_cohorts_in_one_room_leave_one() -> None:
    scenario = tiny(apprentices={"a2": {}}, instructors={"ivo": {}})
    one, other = open_cohort(scenario), open_cohort(scenario, name="K2", instructor="ivo")
    assert len(mended(scenario, plan_of(scenario, (one, "a1"), (other, "a2")))) == 1


def test_a_week_that_another_with_the_same_meetings_stands_for() -> None:
    # The college is closed in the first week, so a cohort of week 0 meets as one of week 1 does.
    scenario = tiny(closures=["site:college | 2026-06-01 | 2026-06-07 | closed"])
    plan = plan_of(scenario, (open_cohort(scenario), "a1"))
    assert [str(row.date) for row in plan.cohorts[0].meetings] == ["2026-06-08"]
    assert begun(scenario, plan).whole() is not None
    assert mended(scenario, plan) == {"a1": "math 2026-06-08"}


def test_a_plan_of_another_horizon_counts_its_weeks_from_its_own_first_day() -> None:
    scenario = tiny(settings={"weeks": 3})
    earlier = open_cohort(scenario, week=3, first_day=scenario.settings.first_day.replace(month=5, day=18))
    plan = Plan(
        first_day=scenario.settings.first_day.replace(month=5, day=18),
        cohorts=(earlier,),
        seats=(Seat(apprentice="a1", module="math", cohort="K1"),),
    )
    assert mended(scenario, plan) == {"a1": "math 2026-06-08"}


def test_a_choice_of_the_plan_stays() -> None:
    scenario = tiny(
        modules={"art": {"hours": 6}},
        requirements={"tech/math/std": {"modules": "math"}, "tech/math/art": {"modules": "art"}},
    )
    plan = plan_of(scenario, options={("a1", "math"): "art"})
    start = begun(scenario, plan)
    whole = start.whole()
    assert whole is not None
    assert [start.problem.demand.options[k].option for k in whole.chosen] == ["art"]


def nonsense() -> dict[str, Plan]:
    scenario = tiny()
    cohort = open_cohort(scenario)
    seat = Seat(apprentice="a1", module="math", cohort="K1")
    odd = {"days": "Someday", "start": "25:99", "first_week": 10**9, "site": "x", "module": "x", "meetings": ()}
    plans = {
        name: Plan(cohorts=(cohort.model_copy(update={name: value}),), seats=(seat,)) for name, value in odd.items()
    }
    plans["empty"] = Plan()
    plans["twice"] = Plan(cohorts=(cohort, cohort), seats=(seat, seat, seat))
    plans["no cohort"] = Plan(seats=(seat, Seat(apprentice="?", module="?", cohort="?")))
    plans["options"] = Plan(options=(OptionChoice(apprentice="?", requirement="?", option="?"),))
    return plans


@pytest.mark.parametrize("name", nonsense())
def test_an_unusable_start_is_no_error(name: str) -> None:
    solution = solve(tiny(), SolveOptions(seconds=5, workers=1), start=nonsense()[name])
    assert (solution.plan.status, len(solution.plan.seats)) == ("optimal", 1)


def test_a_start_without_the_pinned_seat_is_not_offered() -> None:
    plain = tiny(patterns=TWO_DAYS)
    published = plan_of(plain, (open_cohort(plain, "Tue 15:00 120"), "a1"))
    scenario = tiny(patterns=TWO_DAYS, published=published, pins=["a1 | math | K1"])
    start = plan_of(scenario, (open_cohort(scenario), "a1"))
    solution = solve(scenario, SolveOptions(seconds=5, workers=1), start=start)
    assert [row.days for row in solution.plan.cohorts] == ["Tue"]
