"""Futures of a plan: exact where nothing is left to chance, and near closed forms where something is."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import lineside.scenarios
from lineside.models.measures import measure, minute_cost, rounded
from lineside.models.plan import Plan
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.solver import Futures, Rates, first_come_plan, simulate
from tests.build import open_cohort, plan_of, tiny

BUNDLED = Path(lineside.scenarios.__file__).parent / "bundled"
REGIONS = Path(__file__).parents[3] / "../shared/regions"
NOTHING = Rates(0, 0, 0, 0)
MANY = 10_000
SIX = {f"a{k}": {} for k in range(1, 7)}


def published(name: str) -> tuple[Scenario, Plan]:
    scenario = read_scenario(REGIONS / name).scenario
    assert scenario.published is not None
    return scenario, scenario.published


def first_come(name: str) -> tuple[Scenario, Plan]:
    scenario = read_scenario(BUNDLED / name).scenario
    return scenario, first_come_plan(scenario)


@pytest.mark.parametrize(
    "made",
    [lambda: published("s-nasty-5"), lambda: first_come("milwaukee"), lambda: first_come("two_plants")],
    ids=["s-nasty-5", "milwaukee", "two_plants"],
)
def test_a_future_in_which_nothing_happens_is_the_plan(made: Callable[[], tuple[Scenario, Plan]]) -> None:
    scenario, plan = made()
    futures = simulate(scenario, plan, NOTHING, 50)
    told = rounded(measure(scenario, plan))
    assert told.line_time_lost > 0
    lost = sum(row.lost for row in futures.crew_futures)
    assert np.array_equal(np.round(lost, 3), np.full(50, float(told.line_time_lost)))
    stopped = sum(row.stopped for row in futures.crew_futures)
    assert np.array_equal(stopped, np.full(50, int(told.stopped)))
    total = futures.total()
    assert (total.lost_line_minutes.deviation, total.missed_class_hours.high) == (0, 0)
    assert total.planned_stopped_minutes == told.stopped
    assert round(total.planned_lost_line_minutes, 3) == told.line_time_lost
    assert all(row.mean_members_left == row.members for row in futures.cohort_outlooks)


def class_in_the_shift(headcount: int, minimum: int, relief: int, **rules: str) -> tuple[Scenario, Plan]:
    """Return six of a crew in class at the plant on the first and second Monday, 12:00-13:00, inside the shift."""
    scenario = tiny(
        apprentices=SIX,
        crews={"press/day": {"headcount": headcount, "minimum": minimum, "relief": relief}},
        modules={"math": {"seats_min": 4, **rules}},
        patterns=["Mon | 12:00 | 60 | plant"],
    )
    cohort = open_cohort(scenario, "Mon 12:00 60", site="plant")
    return scenario, plan_of(scenario, (cohort, " ".join(SIX)))


def tail(count: int, chance: float, least: int) -> float:
    """Return the chance that at least some of a number of independent events happen."""
    return sum(math.comb(count, k) * chance**k * (1 - chance) ** (count - k) for k in range(least, count + 1))


def near(values: np.ndarray, wanted: float) -> bool:
    """Return whether a mean is within four standard errors of what it should be (once in 16,000 it would not be)."""
    return abs(values.mean() - wanted) <= 4 * values.std() / math.sqrt(len(values))


def test_a_cohort_holds_as_often_as_the_binomial_says() -> None:
    scenario, plan = class_in_the_shift(20, 0, 0)
    futures = simulate(scenario, plan, Rates(0.3, 0, 0, 0), MANY, seed=1)
    [row] = futures.cohorts()
    # The last meeting is in week 1, so each of six is there with the chance 0.7.
    assert near(futures.holds[0], tail(6, 0.7, 4))
    assert row.chance_holds == futures.holds[0].mean()
    assert row.mean_members_left == pytest.approx(6 * 0.7, abs=4 * math.sqrt(6 * 0.7 * 0.3 / MANY))
    # The first meeting is never thin: who leaves during week 0 is missed from week 1 on.
    assert row.mean_thin_meetings == pytest.approx(1 - row.chance_holds)
    # Loss is 6/20 of 60 minutes in week 0, and n/20 of 60 in week 1 with 4.2 of six on average.
    assert near(futures.crew_futures[0].lost, 60 * 0.3 + 60 * 4.2 / 20)


def test_absences_cost_what_classes_add_to_them() -> None:
    # Ten operators, six of them in class unless they are away from work; the line stops with fewer than five.
    scenario, plan = class_in_the_shift(10, 5, 1)
    chance = 0.2
    futures = simulate(scenario, plan, Rates(0, chance, 0, 0), MANY, seed=2)
    crew = scenario.crews[0]
    cost = [float(minute_cost(crew, missing)[0]) for missing in range(11)]
    lost = stopped = 0.0
    for absent in range(7):  # of the six
        for others in range(5):  # of the other four
            weight = math.comb(6, absent) * math.comb(4, others)
            weight *= chance ** (absent + others) * (1 - chance) ** (10 - absent - others)
            lost += weight * (cost[6 + others] - cost[absent + others])
            stopped += weight * (cost[6 + others] == 1 and cost[absent + others] < 1)
    row = futures.crew_futures[0]
    assert near(row.lost, 120 * lost) and near(row.stopped, 120 * stopped)
    # Each of six misses two hours with the chance 0.2.
    assert near(row.missed / 60, 12 * chance)
    # A meeting is thin with fewer than four of six: two meetings.
    thin = futures.cohort_outlooks[0].mean_thin_meetings
    assert thin == pytest.approx(2 * (1 - tail(6, 0.8, 4)), abs=4 * 2 / math.sqrt(MANY))
    assert futures.cohort_outlooks[0].chance_holds == 1


def test_overtime_takes_the_relief_and_makes_shifts_longer() -> None:
    # Class from 15:00 to 17:00 after a shift that ends at 14:00, at the college 20 minutes away: window 14:40-17:20.
    scenario = tiny(apprentices=SIX, crews={"press/day": {"headcount": 12, "minimum": 7, "relief": 1}})
    plan = plan_of(scenario, (open_cohort(scenario), " ".join(SIX)))
    assert measure(scenario, plan).line_time_lost == 0
    # With the shift until 16:00, 80 minutes are lost by six of twelve, with no relief: below seven, so it stops.
    always = simulate(scenario, plan, Rates(0, 0, 1, 120), 3)
    assert always.crew_futures[0].lost.tolist() == [80, 80, 80] == always.crew_futures[0].stopped.tolist()
    # Twelve hours are the most: with 300 more minutes it ends at 18:00, and the whole window of 160 is lost.
    assert simulate(scenario, plan, Rates(0, 0, 1, 300), 1).crew_futures[0].lost.tolist() == [160]
    often = simulate(scenario, plan, Rates(0, 0, 0.25, 120), MANY, seed=3)
    assert near(often.crew_futures[0].lost, 20)
    assert often.total().chance_stopped == pytest.approx(0.25, abs=4 * math.sqrt(0.25 * 0.75 / MANY))


def test_relief_is_gone_in_a_week_of_overtime_also_inside_the_usual_shift() -> None:
    scenario, plan = class_in_the_shift(12, 0, 2)
    # Two relieve: 4/12 of two hours; without them 6/12.
    assert simulate(scenario, plan, NOTHING, 1).total().lost_line_minutes.mean == pytest.approx(0.333 * 120)
    assert simulate(scenario, plan, Rates(0, 0, 1, 0), 1).total().lost_line_minutes.mean == 0.5 * 120


def test_a_longer_shift_ends_where_the_next_one_begins() -> None:
    # Monday's night shift ends at 06:00 on Tuesday, where the day shift begins: one of ten is away once.
    scenario = tiny(
        rotas={"day": {"cycle": "ND", "hours": "D 06:00-14:00; N 22:00-06:00"}},
        patterns=["Tue | 06:00 | 120 | plant"],
    )
    plan = plan_of(scenario, (open_cohort(scenario, "Tue 06:00 120", site="plant"), "a1"))
    longer = simulate(scenario, plan, Rates(0, 0, 1, 120), 1)
    assert longer.total().lost_line_minutes.mean == pytest.approx(0.1 * 120)


def test_the_same_seed_gives_the_same_futures_and_more_of_them_change_none() -> None:
    scenario, plan = class_in_the_shift(10, 5, 1)
    some, same, more, other = (
        simulate(scenario, plan, Rates(), count, seed=seed).crew_futures[0].lost
        for count, seed in ((2_500, 5), (2_500, 5), (6_000, 5), (2_500, 6))
    )
    assert np.array_equal(some, same) and np.array_equal(some, more[:2_500]) and len(more) == 6_000
    assert not np.array_equal(some, other)


def test_each_company_is_told_its_own_crews_and_the_cohorts_of_its_people() -> None:
    scenario, plan = first_come("milwaukee")
    futures = simulate(scenario, plan, Rates(), 200)
    parts = [futures.total(row.company) for row in scenario.companies]
    assert sum(part.lost_line_minutes.mean for part in parts) == pytest.approx(futures.total().lost_line_minutes.mean)
    pike = futures.crews("PIKE")
    assert {row.line for row in pike} == {"PIKE-L1"}
    assert all("PIKE" in row.companies for row in futures.cohorts("PIKE")) and futures.cohorts("PIKE")
    risks = [row.chance_stopped for row in futures.crews()]
    assert risks == sorted(risks, reverse=True)
    holds = [row.chance_holds for row in futures.cohorts()]
    assert holds == sorted(holds)


def test_spreads_are_quantiles_over_the_futures() -> None:
    scenario, plan = class_in_the_shift(10, 5, 1)
    futures: Futures = simulate(scenario, plan, Rates(), 1_001, seed=4)
    lost = np.sort(futures.crew_futures[0].lost)
    spread = futures.total().lost_line_minutes
    assert (spread.low, spread.median, spread.high) == (lost[50], lost[500], lost[950])
    assert spread.deviation == pytest.approx(math.sqrt(((lost - lost.mean()) ** 2).mean()))


@pytest.mark.parametrize(
    "wrong", [{"drop_out_per_week": 1.1}, {"absence_per_shift": -0.1}, {"overtime_minutes": -1}], ids=str
)
def test_impossible_rates_are_refused_by_name(wrong: dict[str, float]) -> None:
    [(name, value)] = wrong.items()
    with pytest.raises(ValueError, match=f"{name} is {value}"):
        Rates(**wrong)


def test_no_future_is_no_simulation() -> None:
    with pytest.raises(ValueError, match="fewer than 1"):
        simulate(*class_in_the_shift(10, 5, 1), num_futures=0)
