"""What a seat costs at least in line time."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from lineside.models.measures import measure
from lineside.solver.charges import convex_steps, least_charges
from lineside.solver.finish import finish
from lineside.solver.problem import Problem
from lineside.solver.seating import Seating
from tests.build import tiny
from tests.random_scenarios import random_scenario
from tests.solver.seatings import random_seating, with_every_instructor


@pytest.mark.parametrize(
    ("cost", "steps"),
    [
        ((0,), []),  # nobody on the crew is an apprentice
        ((0, 100, 200, 300), [100, 100, 100]),
        ((0, 0, 100), [0, 100]),  # relief covers one
        ((0, 125, 1000, 1000), [125, 437.5, 437.5]),  # the second person stops the line, the third costs nothing
        ((0, 1000, 1000, 1000, 1000), [250, 250, 250, 250]),  # stopped at once, and stays so
        ((0, 63, 125, 188), [62.5, 62.5, 63]),  # a sixteenth each, rounded
    ],
)
def test_the_steps_are_those_of_the_convex_envelope(cost: tuple[int, ...], steps: list[float]) -> None:
    assert convex_steps(cost) == steps


def test_a_seat_alone_is_charged_its_minutes() -> None:
    # Monday 11:00-13:00 at the college: away 10:40-13:20, 160 minutes; one of ten: 0.1 a minute.
    problem = with_every_instructor(tiny(settings={"weeks": 1}, patterns=["Mon | 11:00 | 120 | college"]))
    charges = least_charges(problem, np.arange(len(problem.pairs)))
    assert charges.of_people(np.array([0])) == 16 * problem.money.scale


def test_the_second_of_a_crew_is_charged_the_stop() -> None:
    # One of ten away costs 0.1, two stop the line: 160 minutes at 0.1 and 0.9, together 160.
    problem = with_every_instructor(
        tiny(
            settings={"weeks": 1},
            patterns=["Mon | 11:00 | 120 | college"],
            crews={"press/day": {"minimum": 9}},
            apprentices={"a2": {}},
        )
    )
    charges = least_charges(problem, np.arange(len(problem.pairs)))
    assert charges.of_people(np.array([0, 1])) == 160 * problem.money.scale


@pytest.mark.parametrize("seed", range(50))
def test_charges_never_exceed_the_line_time_lost(seed: int) -> None:
    problem = with_every_instructor(random_scenario(seed))
    charges, rng = least_charges(problem, np.arange(len(problem.pairs))), Random(seed)
    row = {pair: k for k, pair in enumerate(zip(problem.pairs.need, problem.pairs.candidate, strict=True))}
    for _ in range(4):
        seating = apart(problem, random_seating(problem, rng))
        plan = finish(problem, seating, 0.0, "feasible", {})
        lost = float(measure(problem.scenario, plan).line_time_lost) * problem.money.scale
        charged = sum(
            charges.of_people(np.array([row[need, cohort.candidate] for need in sorted(cohort.needs)], dtype=np.int64))
            for cohort in seating.cohorts
        )
        assert charged <= lost + 1e-6 * max(1.0, lost) + problem.rounding_slack


def apart(problem: Problem, seating: Seating) -> Seating:
    """Leave out seats until nobody is in two meetings at once: only such plans are allowed (rule ``clash``)."""
    kept = []
    busy: dict[int, list[tuple[int, int, int]]] = {}
    for cohort in seating.cohorts:
        slots = problem.candidates.slots
        idx = problem.candidates.slots_of(cohort.candidate)
        mine = list(zip(slots.start[idx].tolist(), slots.end[idx].tolist(), slots.site[idx].tolist(), strict=True))
        needs = []
        for need in sorted(cohort.needs):
            others = busy.setdefault(problem.demand.needs[need].person_idx, [])
            if all(
                e + problem.between[k, site] <= start or end + problem.between[site, k] <= s
                for s, e, k in others
                for start, end, site in mine
            ):
                others.extend(mine)
                needs.append(need)
        kept.append(type(cohort)(cohort.candidate, cohort.room, cohort.instructor, frozenset(needs)))
    return Seating(tuple(kept), seating.chosen)
