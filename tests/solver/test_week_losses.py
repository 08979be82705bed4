"""Rows of line time lost never ask for more than a plan loses, and ask for all of it where they can."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from lineside.models.measures import measure
from lineside.models.scenario import Scenario
from lineside.solver.charges import least_charges
from lineside.solver.columns import Column
from lineside.solver.finish import finish
from lineside.solver.loss_functions import minorants
from lineside.solver.loss_rows import LossRows
from lineside.solver.problem import Problem
from lineside.solver.seating import Seating
from lineside.solver.week_losses import WeekLosses
from lineside.solver.week_rows import CountedRow, LossRow
from tests.build import tiny
from tests.random_scenarios import random_scenario
from tests.solver.seatings import in_rooms, random_seating, with_every_instructor
from tests.solver.test_charges import apart

NOBODY = np.zeros(0, dtype=np.int64)


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


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("seed", range(40))
def test_rows_by_people_counted_never_ask_for_more_than_the_line_time_lost(seed: int, strict: bool) -> None:
    scenario = random_scenario(seed)
    problem = with_every_instructor(stopping_at_once(scenario) if strict else scenario)
    rows, rng = np.arange(len(problem.pairs)), Random(seed)
    charges = least_charges(problem, rows)
    losses, paid = WeekLosses(problem, charges, rows), LossRows(charges, 1.0)
    seatings = [in_rooms(problem, apart(problem, random_seating(problem, rng))) for _ in range(4)]
    found = [row for seating in seatings for row in losses.counted(_columns(problem, seating))]
    for seating in seatings:
        part = _columns(problem, seating)
        lost = float(measure(problem.scenario, finish(problem, seating, 0.0, "feasible", {})).line_time_lost)
        asked = _counted(found, problem, part, paid) + sum(charges.of_people(column.pairs) for column in part)
        lost *= problem.money.scale
        assert asked <= lost + 1e-6 * max(1.0, lost) + problem.rounding_slack


def few_in_a_room() -> tuple[Problem, WeekLosses, list[int]]:
    """Return a problem whose only hall takes two of a crew of four, its losses, and its candidates.

    Monday or Tuesday, 11:00-13:00 at the college: away 10:40-13:20, 160 minutes in which the line stands. A convex
    share of a stop over the crew's four people is half of it for two; a hall for two takes the whole of it.
    """
    problem = with_every_instructor(
        stopping_at_once(
            tiny(
                settings={"weeks": 1},
                patterns=["Mon | 11:00 | 120 | college", "Tue | 11:00 | 120 | college"],
                rooms={"hall": {"seats": 2}},
                apprentices={"a2": {}, "a3": {}, "a4": {}},
            )
        )
    )
    rows = np.arange(len(problem.pairs))
    losses = WeekLosses(problem, least_charges(problem, rows), rows)
    return problem, losses, np.unique(problem.pairs.candidate).tolist()


def in_candidate(problem: Problem, candidate: int, people: Sequence[int]) -> Column:
    """Return a cohort of some of a candidate's people, by their places among them."""
    return Column(candidate, 0, 0, np.flatnonzero(problem.pairs.candidate == candidate)[list(people)])


@pytest.mark.parametrize("weight", [1.0, 0.5])
def test_a_cohort_in_a_room_for_few_is_charged_what_they_lose_though_it_is_opened_in_part(weight: float) -> None:
    problem, losses, candidates = few_in_a_room()
    paid = LossRows(problem.charges, 1.0)
    # Each day is opened as much as the weight says; by halves, each two people are in each day by a quarter.
    whole = list(zip(candidates, [(0, 1), (2, 3)], strict=True))
    parts = [(day, people) for day in candidates for people in ((0, 1), (2, 3))]
    columns = [in_candidate(problem, day, people) for day, people in (whole if weight == 1.0 else parts)]
    weights = np.full(len(columns), 2 * weight / len(columns))
    found = list(losses.rows(columns, weights))
    charged = sum(float(w) * problem.charges.of_people(c.pairs) for c, w in zip(columns, weights, strict=True))
    beyond = sum(_beyond(row, columns, weights, paid) for row in found)
    assert charged == pytest.approx(2 * weight * 80 * problem.money.scale)
    assert charged + beyond == pytest.approx(2 * weight * 160 * problem.money.scale)


def test_people_counted_in_a_room_for_few_are_charged_what_they_lose() -> None:
    problem, losses, candidates = few_in_a_room()
    part = [in_candidate(problem, day, people) for day, people in zip(candidates, [(0, 1), (2, 3)], strict=True)]
    counted = _counted(list(losses.counted(part)), problem, part, LossRows(problem.charges, 1.0))
    own = sum(problem.charges.of_people(column.pairs) for column in part)
    assert (own, own + counted) == (160 * problem.money.scale, 320 * problem.money.scale)


def night_shift_over_sunday_midnight() -> Problem:
    """Return a problem whose crew works from Sunday to Monday and stops at once; two classes lie around midnight."""
    return with_every_instructor(
        stopping_at_once(
            tiny(
                rules={"keep_day_off": "false", "duty_minutes": 1400, "rest_minutes": 0, "week_minutes": 9000},
                rotas={"day": {"cycle": "N", "hours": "N 20:00-06:00"}},
                modules={"math": {"hours": 4}, "art": {"hours": 2}},
                requirements={"tech/math/std": {"modules": "math"}, "tech/art/std": {"modules": "art"}},
                patterns=["Sun | 22:00 | 240 | college", "Mon | 01:00 | 120 | college"],
                rooms={"hall2": {"site": "college"}},
                instructors={"ivo": {}},
                apprentices={"a1": {"wanted": "math"}, "a2": {"wanted": "art"}},
            )
        )
    )


def test_a_minute_is_in_the_rows_of_one_week() -> None:
    problem = night_shift_over_sunday_midnight()
    rows = np.arange(len(problem.pairs))
    charges = least_charges(problem, rows)
    losses, paid = WeekLosses(problem, charges, rows), LossRows(charges, 1.0)
    whole = 0
    for one, two in itertools.permutations(rows.tolist(), 2):
        if problem.pairs.need[one] == problem.pairs.need[two]:
            continue
        alone, both = (
            [Column(int(problem.pairs.candidate[k]), 0, 0, np.array([k])) for k in ks] for ks in ((one,), (one, two))
        )
        own = sum(charges.of_people(column.pairs) for column in alone)
        lost = float(problem.pairs.lost[one]) * problem.money.scale
        found = [row for part in (alone, both) for row in losses.rows(part, np.ones(len(part)))]
        counted = [row for part in (alone, both) for row in losses.counted(part)]
        assert own + _asked(found, alone, paid) <= lost
        assert own + _counted(counted, problem, alone, paid) <= lost
        whole += own + _asked(found, alone, paid) == lost > own
    assert whole


def test_what_is_spared_is_spared_by_each_opened_cohort() -> None:
    # Two of four may be away: relief covers one, the second stops the line. A hall for two, on two days.
    problem = with_every_instructor(
        tiny(
            settings={"weeks": 1},
            patterns=["Mon | 11:00 | 120 | college", "Tue | 11:00 | 120 | college"],
            rooms={"hall": {"seats": 2}},
            crews={"press/day": {"minimum": 10, "relief": 1}},
            apprentices={"a2": {}, "a3": {}, "a4": {}},
        )
    )
    rows = np.arange(len(problem.pairs))
    charges = least_charges(problem, rows)
    losses, paid = WeekLosses(problem, charges, rows), LossRows(charges, 1.0)
    days = np.unique(problem.pairs.candidate).tolist()
    halves = [in_candidate(problem, day, people) for day in days for people in ((0, 1), (2, 3))]
    found = list(losses.rows(halves, np.full(4, 0.25)))
    assert found
    assert all(row.spared.min(initial=np.inf) > 0 and len(row.spared) for row in found)
    for people in ((0,), (0, 1)):
        part = [in_candidate(problem, days[0], people)]
        lost = 160 * problem.money.scale if len(people) == 2 else 0
        assert charges.of_people(part[0].pairs) + _asked(found, part, paid) <= lost


def test_rivals_that_take_more_of_a_crew_are_left_out_where_that_matters() -> None:
    # Two modules in one hall at once, one for two people and one for four.
    problem = with_every_instructor(
        stopping_at_once(
            tiny(
                settings={"weeks": 1},
                patterns=["Mon | 11:00 | 120 | college"],
                modules={"math": {"seats_max": 2}, "art": {"seats_max": 4}},
                requirements={"tech/math/std": {"modules": "math"}, "tech/art/std": {"modules": "art"}},
                apprentices={"a2": {}, "a3": {}, "a4": {}},
            )
        )
    )
    rows = np.arange(len(problem.pairs))
    losses = WeekLosses(problem, least_charges(problem, rows), rows)
    (crew,) = losses.crews.values()
    sizes = {crew.most_of(candidate) for candidate in crew.candidates.tolist()}
    assert sizes == {2, 4}
    small = next(c for c in crew.candidates.tolist() if crew.most_of(c) == 2)
    minute = crew.pieces(small)[0][0]
    assert {crew.most_of(c) for c in crew.rivals(small, minute)} == {2}
    assert {crew.most_of(c) for c in crew.rivals(small, minute, of_any_size=True)} == {2, 4}


def test_of_rivals_no_two_have_room_at_a_time() -> None:
    for seed in range(40):
        problem = with_every_instructor(random_scenario(seed))
        rows = np.arange(len(problem.pairs))
        losses = WeekLosses(problem, least_charges(problem, rows), rows)
        for crew in losses.crews.values():
            for candidate in crew.candidates.tolist():
                for start, _ in crew.pieces(candidate):
                    rivals = crew.rivals(candidate, start)
                    assert candidate in rivals
                    for one, two in itertools.combinations(rivals, 2):
                        assert _rooms(problem, one) == _rooms(problem, two)
                        assert len(_rooms(problem, one)) == 1
                        assert _meet(problem, one) & _meet(problem, two)


def _rooms(problem: Problem, candidate: int) -> set[int]:
    """Return the rooms that take the least number of a candidate's module."""
    least = problem.scenario.modules[problem.candidates.module[candidate]].seats_min
    entries = problem.rooms.entries_of(candidate)
    return {int(problem.rooms.idx[entry]) for entry in entries if problem.room_seats[entry] >= least}


def _meet(problem: Problem, candidate: int) -> set[int]:
    """Return the minutes in which a candidate meets."""
    slots, found = problem.candidates.slots, problem.candidates.slots_of(candidate)
    return {minute for k in found.tolist() for minute in range(int(slots.start[k]), int(slots.end[k]))}


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


def _beyond(row: LossRow, columns: list[Column], weights: NDArray[np.float64], paid: LossRows) -> float:
    """Return what a row asks for beyond what columns that are used in part are charged; 0 at least."""
    spared = dict(zip(row.candidates.tolist(), row.spared.tolist(), strict=True))
    beyond = -row.limit
    for column, weight in zip(columns, weights.tolist(), strict=True):
        shares = float(row.units[np.isin(row.entries, column.pairs)].sum()) - spared.get(column.candidate, 0.0)
        beyond += weight * (shares - paid.charge(row, column.pairs))
    return max(0.0, beyond)


def _asked(rows: list[LossRow], columns: list[Column], paid: LossRows) -> float:
    """Return what rows ask for beyond what columns are charged: the most of each crew and week, together."""
    most: dict[tuple[int, int], float] = {}
    for row in rows:
        most[row.key] = max(most.get(row.key, 0.0), _beyond(row, columns, np.ones(len(columns)), paid))
    return sum(most.values())


def _counted(rows: list[CountedRow], problem: Problem, columns: list[Column], paid: LossRows) -> float:
    """Return the same of rows by people counted."""
    most: dict[tuple[int, int], float] = {}
    for row in rows:
        charged = LossRow(row.key, row.entries, np.zeros(len(row.entries)), row.minutes, 0.0, NOBODY, np.zeros(0))
        beyond = -sum(paid.charge(charged, column.pairs) for column in columns)
        for candidate, minutes in zip(row.candidates.tolist(), row.counted.tolist(), strict=True):
            seats = [entry for column in columns if column.candidate == candidate for entry in column.pairs.tolist()]
            beyond += row.cost[int(np.isin(seats, row.entries).sum())] * minutes
        most[row.key] = max(most.get(row.key, 0.0), beyond)
    return sum(most.values())
