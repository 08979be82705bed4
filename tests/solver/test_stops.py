"""Rows of line time lost never ask for more than a plan loses, and ask for all of it where they can."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from lineside.models.measures import measure
from lineside.models.scenario import Scenario
from lineside.solver.charges import least_charges
from lineside.solver.finish import finish
from lineside.solver.problem import Problem
from lineside.solver.seating import Seating
from lineside.solver.stops import StopRow, Stops, people_shares
from tests.build import tiny
from tests.random_scenarios import random_scenario
from tests.solver.seatings import random_seating, with_every_instructor
from tests.solver.test_charges import apart


def stopping_at_once(scenario: Scenario) -> Scenario:
    """Return a scenario in which each line stops when anybody is away."""
    crews = tuple(row.model_copy(update={"minimum": row.headcount, "relief": 0}) for row in scenario.crews)
    # Built anew: a copy would keep what the scenario has remembered of its old crews.
    return Scenario(**{name: getattr(scenario, name) for name in Scenario.model_fields} | {"crews": crews})


@pytest.mark.parametrize(
    ("cost", "shares"),
    [
        ((0, 1000, 1000, 1000), [1000, 0, 0]),  # the first stops the line, the others cost nothing more
        ((0, 400, 800, 1000), [400, 400, 200]),
        ((0, 0, 1000), [0, 0]),  # relief covers one, so nobody alone has a share
        ((0, 100, 1000, 1000), [100, 100, 100]),
    ],
)
def test_shares_of_any_people_are_at_most_what_their_absence_costs(cost: tuple[int, ...], shares: list[float]) -> None:
    assert people_shares(cost) == shares


@pytest.mark.parametrize("seed", range(40))
def test_rows_never_ask_for_more_than_the_line_time_lost(seed: int) -> None:
    problem = with_every_instructor(stopping_at_once(random_scenario(seed)))
    rows, rng = np.arange(len(problem.pairs)), Random(seed)
    charges = least_charges(problem, rows)
    stops = Stops(problem, charges, rows)
    seatings = [apart(problem, random_seating(problem, rng)) for _ in range(4)]
    used = [_used(problem, seating) for seating in seatings]
    mixed = sum((rng.random() * part for part in used), np.zeros(len(rows)))
    found = [row for weights in (*used, mixed) for row in stops.rows(weights)]
    for seating, seats in zip(seatings, used, strict=True):
        plan = finish(problem, seating, 0.0, "feasible", {})
        lost = float(measure(problem.scenario, plan).line_time_lost) * problem.money.scale
        others = [
            charges.of_people(mine[~stops.priced_by_row[mine]])
            for cohort in seating.cohorts
            for mine in [np.array([problem.pairs.row(need, cohort.candidate) for need in sorted(cohort.needs)], int)]
        ]
        asked = _asked(found, seats) + sum(others)
        assert asked <= lost + 1e-6 * max(1.0, lost) + problem.rounding_slack


def test_a_cohort_of_a_crew_that_stops_at_once_is_charged_the_whole_stop() -> None:
    # Monday 11:00-13:00 at the college: away 10:40-13:20, 160 minutes in which the line stands, for one or for two.
    problem = with_every_instructor(
        stopping_at_once(tiny(settings={"weeks": 1}, patterns=["Mon | 11:00 | 120 | college"], apprentices={"a2": {}}))
    )
    rows = np.arange(len(problem.pairs))
    charges = least_charges(problem, rows)
    assert charges.of_people(np.array([0])) == 80 * problem.money.scale
    stops = Stops(problem, charges, rows)
    for seats in (np.array([1.0, 0.0]), np.array([1.0, 1.0])):
        assert _asked(list(stops.rows(seats)), seats) == 160 * problem.money.scale


def _used(problem: Problem, seating: Seating) -> np.ndarray:
    used = np.zeros(len(problem.pairs))
    used[[problem.pairs.row(need, candidate) for need, candidate in seating.candidate_of().items()]] = 1.0
    return used


def _asked(rows: list[StopRow], seats: np.ndarray) -> float:
    """Return what rows ask for together: the most of each crew and week."""
    most: dict[tuple[int, int], float] = {}
    for row in rows:
        most[row.key] = max(most.get(row.key, 0.0), float(seats[row.entries] @ row.units))
    return sum(most.values())
