"""Rows of line time lost never ask for more than a plan loses, and ask for all of it where they can."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from lineside.models.measures import measure
from lineside.models.scenario import Scenario
from lineside.solver.charges import least_charges
from lineside.solver.columns import Column
from lineside.solver.finish import finish
from lineside.solver.loss_functions import minorants
from lineside.solver.loss_rows import LossRows
from lineside.solver.problem import Problem
from lineside.solver.seating import Seating
from lineside.solver.week_losses import LossRow, WeekLosses
from tests.build import tiny
from tests.random_scenarios import random_scenario
from tests.solver.seatings import in_rooms, random_seating, with_every_instructor
from tests.solver.test_charges import apart


def stopping_at_once(scenario: Scenario) -> Scenario:
    """Return a scenario in which each line stops when anybody is away."""
    crews = tuple(row.model_copy(update={"minimum": row.headcount, "relief": 0}) for row in scenario.crews)
    # Built anew: a copy would keep what the scenario has remembered of its old crews.
    return Scenario(**{name: getattr(scenario, name) for name in Scenario.model_fields} | {"crews": crews})


@pytest.mark.parametrize(
    ("cost", "functions"),
    [
        ((0, 1000, 1000, 1000), [[0, 1000, 1000, 1000]]),  # the first stops the line, the others cost nothing more
        ((0, 400, 800, 1000), [[0, 400, 800, 1000]]),
        # Relief covers one: two stop the line, so two who are both away half the time may never be away together.
        ((0, 0, 1000), [[-1000, 0, 1000]]),
        ((0, 100, 1000, 1000), [[-800, 100, 1000, 1000], [-350, 100, 550, 1000], [0, 100, 200, 300]]),
    ],
)
def test_functions_are_concave_below_the_loss_and_touch_it(cost: tuple[int, ...], functions: list[list[float]]) -> None:
    found = minorants(cost)
    assert sorted(found.tolist()) == sorted(functions)
    assert np.all(found <= np.array(cost))
    assert np.all(np.diff(found, 2) <= 1e-9)
    # Of a number of people that costs something, one function at least tells the whole cost.
    assert found.max(axis=0)[1:].tolist() == pytest.approx(list(cost[1:]))


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_rows_and_charges_never_ask_for_more_than_the_line_time_lost(seed: int, strict: bool) -> None:
    scenario = random_scenario(seed)
    problem = with_every_instructor(stopping_at_once(scenario) if strict else scenario)
    rows, rng = np.arange(len(problem.pairs)), Random(seed)
    charges = least_charges(problem, rows)
    losses, paid = WeekLosses(problem, charges, rows), LossRows(charges, 1.0)
    seatings = [in_rooms(problem, apart(problem, random_seating(problem, rng))) for _ in range(4)]
    columns = [_columns(problem, seating) for seating in seatings]
    every = [column for part in columns for column in part]
    mixed = np.array([rng.random() for _ in every])
    found = [row for part in columns for row in losses.rows(part, np.ones(len(part)))]
    found += losses.rows(every, mixed)
    for seating, part in zip(seatings, columns, strict=True):
        plan = finish(problem, seating, 0.0, "feasible", {})
        lost = float(measure(problem.scenario, plan).line_time_lost) * problem.money.scale
        asked = _asked(found, part, paid) + sum(charges.of_people(column.pairs) for column in part)
        assert asked <= lost + 1e-6 * max(1.0, lost) + problem.rounding_slack


@pytest.mark.parametrize("seed", range(20))
def test_rows_of_a_plan_ask_for_all_that_it_loses(seed: int) -> None:
    # Where no two meetings of a person overlap, so that every window is its own, and nobody else is away in any case.
    problem = with_every_instructor(stopping_at_once(random_scenario(seed)))
    if problem.facts.frozen:
        return
    rows, rng = np.arange(len(problem.pairs)), Random(seed)
    charges = least_charges(problem, rows)
    losses, paid = WeekLosses(problem, charges, rows), LossRows(charges, 1.0)
    for _ in range(4):
        cohorts = in_rooms(problem, random_seating(problem, rng)).cohorts[:1]
        seating = Seating(cohorts, tuple(choice[0] for choice in problem.demand.choices))
        part = _columns(problem, seating)
        plan = finish(problem, seating, 0.0, "feasible", {})
        lost = float(measure(problem.scenario, plan).line_time_lost) * problem.money.scale
        own = sum(charges.of_people(column.pairs) for column in part)
        whole = problem.pairs.lost[rows].sum() == charges.minutes.sum()
        asked = _asked(list(losses.rows(part, np.ones(len(part)))), part, paid) + own
        assert asked == pytest.approx(lost) or not whole


def test_a_cohort_of_a_crew_that_stops_at_once_is_charged_the_whole_stop() -> None:
    # Monday 11:00-13:00 at the college: away 10:40-13:20, 160 minutes in which the line stands, for one or for two.
    problem = with_every_instructor(
        stopping_at_once(tiny(settings={"weeks": 1}, patterns=["Mon | 11:00 | 120 | college"], apprentices={"a2": {}}))
    )
    rows = np.arange(len(problem.pairs))
    charges = least_charges(problem, rows)
    assert charges.of_people(np.array([0])) == 80 * problem.money.scale
    losses = WeekLosses(problem, charges, rows)
    for pairs in ([0], [0, 1]):
        part = [Column(0, 0, 0, np.array(pairs))]
        asked = _asked(list(losses.rows(part, np.ones(1))), part, LossRows(charges, 1.0))
        assert asked + charges.of_people(part[0].pairs) == 160 * problem.money.scale


def test_two_cohorts_at_once_are_charged_what_their_people_cost_together() -> None:
    # Relief covers one of the crew; one of its two people is in each of two classes on Monday, 11:00-13:00 at the
    # college. Neither is charged for, but together one operator of ten is missing for 160 minutes: 160 x 0.1 = 16.
    problem = with_every_instructor(
        tiny(
            settings={"weeks": 1},
            patterns=["Mon | 11:00 | 120 | college"],
            modules={"math": {"seats_min": 1}},
            crews={"press/day": {"relief": 1}},
            apprentices={"a2": {}},
        )
    )
    charges = least_charges(problem, np.arange(len(problem.pairs)))
    part = [Column(0, 0, 0, np.array([k])) for k in range(2)]
    assert sum(charges.of_people(column.pairs) for column in part) == 0
    found = list(WeekLosses(problem, charges, np.arange(len(problem.pairs))).rows(part, np.ones(2)))
    assert _asked(found, part, LossRows(charges, 1.0)) == 16 * problem.money.scale


def _columns(problem: Problem, seating: Seating) -> list[Column]:
    return [
        Column(c.candidate, 0, 0, np.array([problem.pairs.row(need, c.candidate) for need in sorted(c.needs)]))
        for c in seating.cohorts
        if c.needs
    ]


def _asked(rows: list[LossRow], columns: list[Column], paid: LossRows) -> float:
    """Return what rows ask for beyond what columns are charged: the most of each crew and week, together."""
    most: dict[tuple[int, int], float] = {}
    for row in rows:
        shares = sum(float(row.units[np.isin(row.entries, column.pairs)].sum()) for column in columns)
        spared = dict(zip(row.candidates.tolist(), row.spared.tolist(), strict=True))
        shares -= sum(spared.get(column.candidate, 0.0) for column in columns)
        beyond = shares - row.limit - sum(paid.charge(row, column.pairs) for column in columns)
        most[row.key] = max(most.get(row.key, 0.0), beyond)
    return sum(most.values())
