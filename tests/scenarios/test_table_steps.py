"""Small changes to tables: the scenario in memory and its texts stay the same scenario."""

from __future__ import annotations

import datetime as dt

import pytest

from lineside.models.canonical import raw_of
from lineside.models.mistakes import Findings
from lineside.models.raw import RawScenario
from lineside.models.scenario import Scenario
from lineside.models.validation import validate
from lineside.scenarios.table_steps import TableSteps, changed_scenario, stepped, stepped_texts
from tests.build import open_cohort, plan_of, tiny

JOINER = {
    "apprentice": "a9",
    "name": "Kim",
    "company": "acme",
    "line": "press",
    "rota": "day",
    "program": "tech",
    "travel_max": "60",
    "credits": "",
    "off_dates": "2026-06-02",
}


def read(raw: RawScenario) -> Scenario:
    return validate(raw, Findings())


def region() -> Scenario:
    return tiny(apprentices={"a1": {}, "a2": {"name": "Bo"}}, pins=("a2 | math | none",))


@pytest.mark.parametrize(
    "steps",
    [
        TableSteps(added=(("apprentices", JOINER),)),
        TableSteps(removed=(("apprentices", "a2"), ("pins", "a2"))),
        TableSteps(changed=(("apprentices", "a1", {"name": "Anna", "due": "2026-06-10"}),)),
        TableSteps(
            added=(("closures", {"scope": "all", "first": "2026-06-03", "last": "2026-06-03", "kind": "closed"}),)
        ),
        TableSteps(frozen_until=dt.date(2026, 6, 9)),
    ],
    ids=["joiner", "drop-out", "new cells", "snow", "frozen"],
)
def test_tables_and_texts_agree(steps: TableSteps) -> None:
    scenario = region()
    after = stepped(scenario, steps)
    assert after != scenario
    assert read(stepped_texts(raw_of(scenario), steps)) == after


def test_a_plan_in_force_is_written_with_the_texts() -> None:
    scenario = region()
    plan = plan_of(scenario, (open_cohort(scenario), "a1"))
    steps = TableSteps().with_plan(plan)
    assert stepped(scenario, steps).published == plan
    assert read(stepped_texts(raw_of(scenario), steps)).published == plan


def test_other_cells_keep_their_texts() -> None:
    raw = raw_of(region())
    after = stepped_texts(raw, TableSteps(added=(("apprentices", {**JOINER, "party": "p"}),)))
    assert {name: table for name, table in after.tables.items() if name != "apprentices"} == {
        name: table for name, table in raw.tables.items() if name != "apprentices"
    }
    assert after.tables["apprentices"].rows[:2] == raw.tables["apprentices"].rows


def test_a_column_that_was_left_out_is_added() -> None:
    raw = raw_of(region())
    people = raw.tables["apprentices"]
    narrow = type(people)(people.header[:11], tuple(row[:11] for row in people.rows), people.row_numbers)
    raw = RawScenario(raw.settings, {**raw.tables, "apprentices": narrow})
    after = stepped_texts(raw, TableSteps(added=(("apprentices", {**JOINER, "party": "p"}),)))
    assert after.tables["apprentices"].header[-2:] == ("off_dates", "party")
    assert [row[-1] for row in after.tables["apprentices"].rows] == ["", "", "p"]


def test_what_was_worked_out_before_is_forgotten() -> None:
    scenario = region()
    assert "a2" in scenario.apprentice_by_id
    assert "a2" not in changed_scenario(scenario, apprentices=scenario.apprentices[:1]).apprentice_by_id


def test_a_row_that_is_not_there_cannot_change() -> None:
    with pytest.raises(KeyError, match="a7"):
        stepped(region(), TableSteps(changed=(("apprentices", "a7", {"name": "X"}),)))
