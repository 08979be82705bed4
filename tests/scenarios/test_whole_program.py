"""The bundled roads: that of two plants as its README derives it, and the scenario that plans the whole program."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import lineside.scenarios
from lineside.models.checker import check
from lineside.models.curriculum import Curriculum
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.scenarios.road import roads
from lineside.solver import SolveOptions, first_come_plan, solve

BUNDLED = Path(lineside.scenarios.__file__).parent / "bundled"


def scenario_and_readme(name: str) -> tuple[Scenario, str]:
    return read_scenario(BUNDLED / name).scenario, (BUNDLED / name / "README.md").read_text(encoding="utf-8")


def test_the_road_of_two_plants_is_the_one_of_its_readme() -> None:
    scenario, readme = scenario_and_readme("two_plants")
    plan = solve(scenario, SolveOptions(seconds=20, workers=1)).plan
    rows = {row.apprentice: row for row in roads(scenario, plan, dt.date(2026, 9, 25), dt.date(2026, 10, 9))}
    for person in ("A1", "A2", "A3", "B1", "B2"):
        row = rows[person]
        assert (row.delivered_hours, row.planned_hours, row.unplanned_hours, row.pace_hours) == (4, 2, 0, 2)
        assert row.finishes in (dt.date(2026, 9, 29), dt.date(2026, 10, 1)) and row.standing == "in time"
    for person in ("A4", "B3"):
        row = rows[person]
        assert (row.delivered_hours, row.unplanned_hours, row.pace_hours) == (4, 2, Fraction(4, 3))
        assert (row.finishes, row.standing) == (dt.date(2026, 10, 15), "late") and "**15 October**" in readme
    assert (rows["A5"].credited_hours, rows["A5"].standing) == (4, "no pace")
    parts = [sum(getattr(row, f"{name}_hours") for row in rows.values()) for name in ("owed", "planned", "unplanned")]
    assert parts == [16, 10, 6] and "32 of 48 hours are there, 10 are planned and 6 are not" in readme


def test_the_whole_program_is_as_its_readme_says() -> None:
    scenario, readme = scenario_and_readme("fox_valley")
    assert scenario.settings.weeks == 78 and len(scenario.apprentices) == 100
    assert all(row.wanted is None for row in scenario.apprentices)
    curriculum = Curriculum(scenario)
    needs = sum(len(curriculum.needed(row, dict.fromkeys(curriculum.programs["IMT"], "std") | {"tech": "mssc"}))
                for row in scenario.apprentices)  # fmt: skip
    assert needs == 895 and "with 895 needs" in readme
    people = Counter(row.company for row in scenario.apprentices)
    told = {company: int(count) for company, count in re.findall(r"^\| `(\w+)` \| .*? \| (\d+) \|", readme, re.M)}
    assert told == people


def test_a_careful_planner_seats_nearly_everybody_and_the_road_says_who_is_left() -> None:
    scenario, readme = scenario_and_readme("fox_valley")
    plan = first_come_plan(scenario)
    assert check(scenario, plan).is_clean
    rows = roads(scenario, plan, dt.date(2027, 7, 1), scenario.settings.last_day)
    assert {row.program_hours for row in rows} == {264}
    standings = Counter(row.standing for row in rows)
    assert standings == {"in time": 93, "late": 7} and "93 of 100" in readme
    late = {row.apprentice for row in rows if row.standing == "late"}
    assert late == {row.apprentice for row in plan.unseated}
