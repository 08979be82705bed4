"""Large regions: districts share nothing, their plans are one plan, and the bound holds for all of it."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

from lineside.models.checker import check
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.solver import SolveOptions, large, solve
from lineside.solver.districts import part_of, split
from lineside.solver.problem import Problem
from lineside.solver.whole import Whole

REGIONS = Path(__file__).parents[2] / "../shared/regions"


def region(name: str) -> Scenario:
    """Return a region that is there."""
    return read_scenario(REGIONS / name).scenario


@pytest.mark.parametrize("most", [30, 120, 5_000])
def test_districts_share_out_people_rooms_and_instructors_once_each(most: int) -> None:
    scenario = region("m-plain-11")
    districts = split(scenario, most)
    for rows, table in (
        ([row.people for row in districts], scenario.apprentices),
        ([row.rooms for row in districts], scenario.rooms),
        ([row.instructors for row in districts], scenario.instructors),
    ):
        assert sorted(k for part in rows for k in part) == list(range(len(table)))
    plant = {row.line: row.site for row in scenario.lines}
    homes = [{plant[scenario.apprentices[k].line] for k in row.people} for row in districts]
    parties = [{scenario.apprentices[k].party for k in row.people} - {None} for row in districts]
    for k in range(len(districts)):
        for other in range(k):
            assert not homes[k] & homes[other]
            assert not parties[k] & parties[other]


def test_a_part_has_the_same_needs_and_prices_and_no_new_seats() -> None:
    scenario = region("m-tight-13")
    whole = Problem(scenario)
    way = Whole(whole)
    districts = split(scenario, 200)
    seats = dict(zip(_keys(whole.pairs.need, whole.pairs.candidate), whole.pairs.cost.tolist(), strict=True))
    count = 0
    for district in districts:
        part = Problem(part_of(scenario, district))
        count += len(part.demand.needs)
        lanes = [part.candidates.lanes[k] for k in part.candidates.lane.tolist()]
        names = [part.scenario.sites[lane.site_idx].site for lane in lanes]
        lane = np.array([way._lane[n, row.slot, row.length] for n, row in zip(names, lanes, strict=True)])
        key = way._keys(part.candidates.module, lane, part.candidates.monday)
        candidate = way._order[np.searchsorted(way._key, key)]
        need = np.array(
            [way._need[district.people[row.person_idx], row.module_idx] for row in part.demand.needs], dtype=np.int64
        )
        scale = whole.money.scale / part.money.scale
        for pair, cost in zip(
            _keys(need[part.pairs.need], candidate[part.pairs.candidate]), part.pairs.cost.tolist(), strict=True
        ):
            assert seats[pair] == cost * scale
    assert count == len(whole.demand.needs)


def _keys(need: np.ndarray, candidate: np.ndarray) -> list[tuple[int, int]]:
    return list(zip(need.tolist(), candidate.tolist(), strict=True))


@pytest.mark.parametrize("name", ["s-plain-1", "s-rotating-3", "s-tight-4"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_region_planned_district_by_district_is_checked_and_bounded(
    name: str, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module("lineside.solver.solve"), "MANY_PAIRS", 0)
    monkeypatch.setattr(large, "MOST_PEOPLE", 35)
    scenario = region(name)
    assert len(split(scenario, 35)) > 1
    plan = solve(scenario, SolveOptions(seconds=12, workers=workers)).plan
    report = check(scenario, plan)
    assert (report.violations, report.faults) == ((), ())
    assert plan.status == "feasible"
    assert plan.bound is not None and plan.objective is not None and 0 < plan.bound <= plan.objective
