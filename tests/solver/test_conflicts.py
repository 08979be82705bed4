"""What two cohorts of one person cannot do together, against plain arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest

from lineside.models.calendar import Interval
from lineside.solver.conflicts import Conflicts, duty_faults
from lineside.solver.fits import PersonRules
from lineside.solver.problem import Problem
from tests.build import tiny
from tests.random_scenarios import random_scenario
from tests.solver.plain import extent, joined


def own_candidates(problem: Problem) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield each person with needs and candidates that suit the person."""
    rows: dict[int, list[tuple[int, int]]] = {}
    for need, candidate in zip(problem.pairs.need.tolist(), problem.pairs.candidate.tolist(), strict=True):
        rows.setdefault(problem.demand.needs[need].person_idx, []).append((need, candidate))
    yield from rows.items()


def meetings_of(problem: Problem, candidate: int) -> list[tuple[int, int, int]]:
    slots = problem.candidates.slots
    idx = problem.candidates.slots_of(candidate)
    return list(zip(slots.start[idx].tolist(), slots.end[idx].tolist(), slots.site[idx].tolist(), strict=True))


def windows(problem: Problem, person: int, candidate: int) -> list[Interval]:
    travel = problem.persona(person).travel
    return [(start - int(travel[k]), end + int(travel[k])) for start, end, k in meetings_of(problem, candidate)]


def too_long(problem: Problem, person: int, candidates: tuple[int, ...]) -> bool:
    """Return whether a stretch of duty with a meeting of these candidates is too long."""
    rules = problem.settings.rules
    mine = [window for candidate in candidates for window in windows(problem, person, candidate)]
    stretches = joined([*problem.persona(person).busy_spans(), *mine], rules.rest_minutes)
    return any(
        extent(stretch)[1] - extent(stretch)[0] > rules.duty_minutes
        for stretch in stretches
        if any(window in stretch for window in mine)
    )


def clash(problem: Problem, one: int, other: int) -> bool:
    return any(
        start < e + problem.between[k, site] and s < end + problem.between[k, site]
        for start, end, site in meetings_of(problem, one)
        for s, e, k in meetings_of(problem, other)
    )


@pytest.mark.parametrize("seed", range(30))
def test_two_candidates_conflict_if_they_clash_or_make_a_stretch_too_long(seed: int) -> None:
    problem = Problem(random_scenario(seed))
    conflicts = Conflicts(problem)
    for person, rows in own_candidates(problem):
        candidates = np.array([candidate for _, candidate in rows], dtype=np.int64)
        near = conflicts.between(problem.persona(person), candidates, candidates)
        assert np.array_equal(near, near.T)
        assert np.array_equal(near, conflicts.matrix(problem.persona(person), candidates))
        indexed = [(k, *row) for k, row in enumerate(rows)]
        for (k, need, one), (j, other_need, other) in list(combinations(indexed, 2))[:300]:
            if need == other_need:
                continue
            expected = clash(problem, one, other)
            # A stretch that only more than one meeting of the two lengthen is left to `duty_faults`.
            found = near[k, j]
            assert found >= expected
            if found and not expected:
                assert too_long(problem, person, (one, other))
            if not found and too_long(problem, person, (one, other)):
                assert frozenset({one, other}) in duty_faults(problem, person, [one, other])


@pytest.mark.parametrize("seed", range(30))
def test_duty_faults_are_found_exactly_where_a_stretch_is_too_long(seed: int) -> None:
    problem = Problem(random_scenario(seed))
    for person, rows in own_candidates(problem):
        candidates = list(dict.fromkeys(candidate for _, candidate in rows))
        for chosen in [*combinations(candidates, 2), *combinations(candidates, 3)][:200]:
            assert bool(duty_faults(problem, person, list(chosen))) == too_long(problem, person, chosen)


@pytest.mark.parametrize("seed", range(30))
def test_what_one_can_attend_neither_clashes_nor_makes_a_stretch_too_long(seed: int) -> None:
    problem = Problem(random_scenario(seed))
    rules = PersonRules(problem)
    rules._rules = rules._rules.model_copy(  # of all rules these two alone are left
        update={"modules_at_once": 99, "class_minutes_per_week": 10**6, "week_minutes": 10**6, "keep_day_off": False}
    )
    for person, rows in own_candidates(problem):
        candidates = list(dict.fromkeys(candidate for _, candidate in rows))
        for chosen in [*combinations(candidates, 2), *combinations(candidates, 3)][:200]:
            clashes = any(clash(problem, one, other) for one, other in combinations(chosen, 2))
            assert rules.fits(person, list(chosen)) != (clashes or too_long(problem, person, chosen))


def test_three_classes_that_only_together_make_a_day_too_long() -> None:
    # The shift ends at 14:00. Online classes 15:00-16:00, 19:00-20:00 and 23:00-24:00 are 180 minutes apart, under the
    # rest of 240: 06:00-24:00 is 1080 minutes. Without the middle one the gap from 16:00 to 23:00 ends the stretch.
    clocks = ("15:00", "19:00", "23:00")
    names = ("math", "art", "shop")
    problem = Problem(
        tiny(
            settings={"weeks": 1},
            rules={"rest_minutes": 240, "duty_minutes": 1079, "modules_at_once": 3},
            modules={name: {"hours": 1, "features": name} for name in names},
            rooms={name: {"site": "online", "features": name} for name in names},
            requirements={f"tech/{name}/std": {"modules": name} for name in names},
            patterns=[f"Mon | {clock} | 60 | online" for clock in clocks],
        )
    )
    at = {int(problem.candidates.slots.start[problem.candidates.slots_of(k)[0]]) % 1440: k for k in range(9)}
    early, middle, late = at[15 * 60], at[19 * 60], at[23 * 60]
    assert duty_faults(problem, 0, [early, middle, late]) == [frozenset({early, middle, late})]
    assert duty_faults(problem, 0, [early, late]) == []
    assert duty_faults(problem, 0, [early, middle]) == []
