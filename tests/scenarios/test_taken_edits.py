"""Changes that were told, as edits: they expect what the tables' texts are, and give the same tables."""

from __future__ import annotations

import dataclasses

import pytest

from lineside.models.canonical import raw_of
from lineside.models.raw import RawScenario
from lineside.models.table_edits import TableEdit, cell_edit, edited, row_edit, setting_edit
from lineside.scenarios.edits import EditError
from lineside.scenarios.taken_edits import taken_edit
from lineside.scenarios.variants import variant_of
from tests.build import tiny

CLOSURES = ("all | 2026-06-03 | 2026-06-03 | closed", "all | 2026-06-04 | 2026-06-04 | closed")
SCENARIO = tiny(closures=CLOSURES, rules={"class_minutes_per_week": 100})


def changes() -> tuple[TableEdit, ...]:
    closure = SCENARIO.closures[0]
    return (
        cell_edit(SCENARIO.rooms[0], "seats", 12),
        row_edit(closure, is_added=False),
        setting_edit(SCENARIO, "rules", "class_minutes_per_week", 120),
    )


def test_a_taken_change_gives_the_tables_that_were_tried() -> None:
    raw = raw_of(SCENARIO)
    edit = taken_edit(raw, changes(), "Looser", "It would help.")
    assert (edit.name, edit.note, edit.num_changes) == ("Looser", "It would help.", 3)
    made = variant_of(raw, [edit])
    assert made.conflicts == ()
    assert made.raw.tables == raw_of(edited(SCENARIO, changes())).tables
    assert [(row.key, row.before, row.after) for row in edit.settings] == [
        ("rules.class_minutes_per_week", "100", "120")
    ]


def test_an_empty_cell_that_stands_for_its_default_is_expected_empty() -> None:
    raw = raw_of(SCENARIO)
    lines = raw.tables["lines"]
    place = lines.header.index("weight")
    empty = tuple(tuple("" if k == place else text for k, text in enumerate(row)) for row in lines.rows)
    bare = dataclasses.replace(raw, tables={**raw.tables, "lines": dataclasses.replace(lines, rows=empty)})
    (cell,) = taken_edit(bare, [cell_edit(SCENARIO.lines[0], "weight", 2)], "Weightier").cells
    assert (cell.before, cell.after) == ("", "2")


def test_a_change_of_another_scenario_is_refused() -> None:
    other: RawScenario = raw_of(tiny(rooms={"hall": None, "aula": {}}))
    hall = next(room for room in SCENARIO.rooms if room.room == "hall")
    with pytest.raises(EditError, match="hall"):
        taken_edit(other, [cell_edit(hall, "seats", 12)], "Larger")
