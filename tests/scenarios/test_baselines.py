"""The baseline that asks nobody: everybody in the college's day class."""

from __future__ import annotations

import itertools
from decimal import Decimal
from pathlib import Path

import lineside.scenarios
from lineside.models.checker import check
from lineside.models.measures import measure, rounded
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.scenarios.baselines import NO_COLLEGE, day_class_plan
from tests.build import tiny

BUNDLED = Path(lineside.scenarios.__file__).parent / "bundled"


def bundled_scenario(name: str) -> Scenario:
    return read_scenario(BUNDLED / name).scenario


def test_everybody_goes_one_module_after_the_other() -> None:
    scenario = bundled_scenario("milwaukee")
    plan = day_class_plan(scenario)
    weeks: dict[str, list[tuple[int, int]]] = {}
    cohorts = {row.cohort: row for row in plan.cohorts}
    for seat in plan.seats:
        meetings = cohorts[seat.cohort].meetings
        weeks.setdefault(seat.apprentice, []).append((meetings[0].span[0], meetings[-1].span[1]))
    assert len(weeks) == len(scenario.apprentices)
    for spans in weeks.values():
        ordered = sorted(spans)
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(ordered))
    assert all(scenario.site_by_id[row.site].kind == "college" for row in plan.cohorts)
    assert {row.start for row in plan.cohorts} == {"09:00"}


def test_its_figures_are_measured_like_any_plans() -> None:
    scenario = bundled_scenario("milwaukee")
    plan = day_class_plan(scenario)
    assert plan.measures == rounded(measure(scenario, plan))
    assert plan.objective == check(scenario, plan).objective


def test_every_needed_module_is_seated_or_said_to_be_without_a_seat() -> None:
    scenario = bundled_scenario("two_plants")
    report = check(scenario, day_class_plan(scenario))
    assert not [fault for fault in report.faults if "unseated" in fault or "seat" in fault]


def test_without_a_place_outside_the_plants_nobody_goes() -> None:
    own = {"kind": "plant", "company": "acme"}
    scenario = tiny(sites={"college": own, "online": own})
    plan = day_class_plan(scenario)
    assert plan.cohorts == ()
    assert {row.reason for row in plan.unseated} == {NO_COLLEGE}
    assert plan.measures is not None and plan.measures.line_time_lost == Decimal(0)
