"""Who could teach: for useful candidates the same list as for all, and the short answer like the long one."""

from __future__ import annotations

import numpy as np
import pytest

from lineside.solver.problem import Problem
from tests.random_scenarios import random_scenario
from tests.solver.seatings import with_every_instructor


@pytest.mark.parametrize("seed", range(20))
def test_instructors_of_useful_candidates_are_those_of_all(seed: int) -> None:
    scenario = random_scenario(seed)
    short, long = Problem(scenario), with_every_instructor(scenario)
    assert short.teachable.tolist() == (np.diff(long.instructors.ptr) > 0).tolist()
    sizes = np.bincount(short.pairs.candidate, minlength=len(short.candidates))
    for candidate in range(len(short.candidates)):
        least = scenario.modules[short.candidates.module[candidate]].seats_min
        if sizes[candidate] >= max(1, least):
            assert short.instructors.of(candidate).tolist() == long.instructors.of(candidate).tolist()
            assert short.instructors.cost_of(candidate).tolist() == long.instructors.cost_of(candidate).tolist()
        else:
            assert len(short.instructors.of(candidate)) == 0
