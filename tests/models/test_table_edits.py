"""Named changes to tables: the same in memory and in the texts."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

import lineside.scenarios
from lineside.models.canonical import raw_of
from lineside.models.mistakes import Findings
from lineside.models.raw import RawScenario, RawTable
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.models.table_edits import (
    CellEdit,
    RowEdit,
    SettingEdit,
    TableEdit,
    cell_edit,
    edited,
    row_edit,
    setting_edit,
)
from lineside.models.tables import KEYS, TABLES
from lineside.models.validation import validate
from lineside.solver.advice.things import longer_days, one_step_looser, rota_moves
from tests.build import open_cohort, plan_of, tiny

BUNDLED = Path(lineside.scenarios.__file__).parent / "bundled"


def in_texts(raw: RawScenario, edit: TableEdit) -> RawScenario:
    """Make a change in the texts of a scenario, the plainest way."""
    if isinstance(edit, SettingEdit):
        section = {**raw.settings.get(edit.section, {}), edit.key: int(edit.after)}
        return dataclasses.replace(raw, settings={**raw.settings, edit.section: section})
    old = raw.tables.get(edit.table) or RawTable(tuple(TABLES[edit.table].model_fields), ())
    rows = [dict(zip(old.header, row, strict=True)) for row in old.rows]
    if isinstance(edit, CellEdit):
        [row] = [row for row in rows if tuple(row[name] for name in KEYS[edit.table]) == edit.key]
        assert row[edit.column] == edit.before
        row[edit.column] = edit.after
    else:
        whole = {name: dict(edit.cells).get(name, "") for name in old.header}
        rows = [*rows, whole] if edit.is_added else [row for row in rows if row != whole]
    cells = tuple(tuple(row[name] for name in old.header) for row in rows)
    table = RawTable(old.header, cells, tuple(range(2, len(cells) + 2)))
    return dataclasses.replace(raw, tables={**raw.tables, edit.table: table})


def assert_same_in_texts(scenario: Scenario, edit: TableEdit) -> None:
    assert validate(in_texts(raw_of(scenario), edit), Findings()) == edited(scenario, [edit])


@pytest.mark.parametrize("name", ["near_misses", "two_plants", "st_cloud"])
def test_every_step_of_a_bundled_scenario_is_the_same_in_its_texts(name: str) -> None:
    scenario = read_scenario(BUNDLED / name).scenario
    moves = rota_moves(scenario, scenario.apprentices[:3])
    changes = [*one_step_looser(scenario), *longer_days(scenario), *moves]
    assert len(changes) > 20
    for change in changes[:: 1 + len(changes) // 30]:
        for edit in change.edits:
            assert_same_in_texts(scenario, edit)


def test_a_pin_goes_and_a_pattern_comes() -> None:
    plain = tiny()
    scenario = tiny(published=plan_of(plain, (open_cohort(plain), "a1")), pins=["a1 | math | none"])
    gone = row_edit(scenario.pins[0], is_added=False)
    assert gone == RowEdit("pins", (("apprentice", "a1"), ("module", "math"), ("cohort", "none")), False)
    assert edited(scenario, [gone]).pins == ()
    assert scenario.patterns is not None
    other = row_edit(scenario.patterns[0].model_copy(update={"pattern": "p2", "start": 930}), is_added=True)
    assert_same_in_texts(scenario, other)
    found = edited(scenario, [other]).patterns
    assert found is not None and [(row.pattern, row.start) for row in found] == [("p1", 900), ("p2", 930)]


def test_an_emptied_cell_has_its_default() -> None:
    scenario = tiny(apprentices={"a1": {"modes": "online", "due": "2026-06-05"}})
    person = scenario.apprentices[0]
    late = edited(scenario, [cell_edit(person, "due", None)])
    assert late.apprentices[0].due is None and late.apprentice_by_id["a1"].due is None
    assert_same_in_texts(scenario, CellEdit("apprentices", ("a1",), "modes", "online", ""))
    assert edited(scenario, [CellEdit("apprentices", ("a1",), "modes", "online", "")]).apprentices[0].modes == (
        "classroom",
        "online",
    )


def test_a_rule_has_another_limit() -> None:
    scenario = tiny()
    edit = setting_edit(scenario, "rules", "modules_at_once", 3)
    assert edit == SettingEdit("rules", "modules_at_once", "2", "3")
    assert_same_in_texts(scenario, edit)


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (
            CellEdit("rooms", ("attic",), "seats", "1", "2"),
            "The table rooms has no row attic. Choose one that is there.",
        ),
        (
            CellEdit("rooms", ("hall",), "seats", "9", "12"),
            "rooms hall has seats '10', not '9' as the change says. Work out the change anew.",
        ),
        (
            RowEdit("pins", (("apprentice", "a1"), ("module", "math"), ("cohort", "none")), False),
            "The table pins has no such row. Choose one that is there.",
        ),
    ],
)
def test_a_change_of_what_is_not_there_says_so(edit: TableEdit, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:
        edited(tiny(), [edit])
    assert str(refused.value) == sentence
