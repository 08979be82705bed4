"""Edits: read, written, made from two scenarios, applied to a base that has changed meanwhile."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from lineside.models.mistakes import Findings
from lineside.models.raw import RawScenario, RawTable
from lineside.models.reading import result_of
from lineside.scenarios.changes import changes_between
from lineside.scenarios.edits import EditError, edit_between, edit_from, edit_json, read_edit, write_edit
from lineside.scenarios.examples import example_raw
from lineside.scenarios.variant_files import source_of, texts_of
from lineside.scenarios.variants import variant_of
from tests.service.regions import tiny_raw

SHORT = {
    "name": "A short rest",
    "settings": [{"key": "rules.rest_minutes", "before": 480, "after": 420}, {"key": "weeks", "after": 3}],
    "cells": [{"table": "crews", "row": ["press", "day"], "column": "relief", "before": 0, "after": 1}],
    "added": [
        {"table": "closures", "cells": {"scope": "all", "first": "2026-06-02", "last": "2026-06-02", "kind": "closed"}}
    ],
    "removed": [{"table": "rooms", "row": "licence"}],
}


def changed(raw: RawScenario, table: str, row: int, column: str, text: str) -> RawScenario:
    old = raw.tables[table]
    at = old.header.index(column)
    rows = [list(cells) for cells in old.rows]
    rows[row][at] = text
    fresh = dataclasses.replace(old, rows=tuple(map(tuple, rows)))
    return dataclasses.replace(raw, tables={**raw.tables, table: fresh})


def cell(raw: RawScenario, table: str, row: int, column: str) -> str:
    return raw.tables[table].rows[row][raw.tables[table].header.index(column)]


def test_an_edit_changes_what_it_says_and_nothing_else() -> None:
    base = tiny_raw()
    variant = variant_of(base, [edit_from(SHORT)])
    assert (variant.conflicts, variant.settled) == ((), ())
    changes = changes_between(base, variant.raw)
    assert [(c.section, c.key, c.before, c.after) for c in changes.settings] == [
        (None, "weeks", "2", "3"),
        ("rules", "rest_minutes", "480", "420"),
    ]
    assert {c.table: (len(c.added), len(c.removed), len(c.changed)) for c in changes.tables} == {
        "crews": (0, 0, 1),
        "rooms": (0, 1, 0),
        "closures": (1, 0, 0),
    }
    scenario = result_of(variant.raw, Findings()).scenario
    assert (scenario.settings.weeks, scenario.settings.rules.rest_minutes, scenario.crews[0].relief) == (3, 420, 1)


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_an_edit_comes_back_from_its_file_as_it_was(tmp_path: Path, suffix: str) -> None:
    edit = edit_from({**SHORT, "note": 'Ünder "test"\nof two lines'})
    write_edit(edit, tmp_path / f"edit{suffix}")
    assert read_edit(tmp_path / f"edit{suffix}") == edit
    assert edit_from(json.loads(json.dumps(edit_json(edit)))) == edit


def test_the_edit_between_two_scenarios_turns_one_into_the_other() -> None:
    before, after = example_raw("st_cloud"), example_raw("st_cloud_compressed")
    edit = edit_between(before, after, "compressed")
    assert edit.num_changes > 0
    variant = variant_of(before, [edit])
    assert variant.conflicts == ()
    assert changes_between(variant.raw, after).is_empty
    assert variant_of(after, [edit]).raw == after and len(variant_of(after, [edit]).settled) == edit.num_changes


def test_a_variant_follows_its_base() -> None:
    edit = edit_from(SHORT)
    later = changed(tiny_raw(), "modules", 0, "hours", "4")
    variant = variant_of(later, [edit])
    assert variant.conflicts == ()
    assert cell(variant.raw, "modules", 0, "hours") == "4" and cell(variant.raw, "crews", 0, "relief") == "1"


def test_a_cell_that_has_changed_meanwhile_is_a_conflict_and_stays() -> None:
    later = changed(tiny_raw(), "crews", 0, "relief", "2")
    variant = variant_of(later, [edit_from(SHORT)])
    (conflict,) = variant.conflicts
    assert (conflict.edit, conflict.reason, conflict.place) == ("A short rest", "cell changed", "crews press, day")
    assert conflict.sentence.startswith(
        "A short rest: crews press, day: its relief is to be '1' instead of '0', but the base now has '2'. "
    )
    assert cell(variant.raw, "crews", 0, "relief") == "2"
    assert variant.raw.settings["weeks"] == 3, "what fits is made all the same"


def test_a_row_that_is_gone_is_a_conflict_and_one_to_be_removed_is_settled() -> None:
    raw = tiny_raw()
    empty = {name: dataclasses.replace(raw.tables[name], rows=(), row_numbers=()) for name in ("crews", "rooms")}
    variant = variant_of(dataclasses.replace(raw, tables={**raw.tables, **empty}), [edit_from(SHORT)])
    assert [conflict.reason for conflict in variant.conflicts] == ["row gone"]
    assert variant.settled == ("A short rest: rooms licence is to be removed, and the base does not have it any more.",)


def test_a_row_that_changed_before_its_removal_stays() -> None:
    edit = edit_from(
        {
            "name": "No hall",
            "removed": [{"table": "rooms", "row": ["hall"], "cells": {"seats": "10", "site": "college"}}],
        }
    )
    assert variant_of(tiny_raw(), [edit]).conflicts == ()
    later = changed(tiny_raw(), "rooms", 1, "seats", "12")
    variant = variant_of(later, [edit])
    assert [conflict.reason for conflict in variant.conflicts] == ["row changed"]
    assert variant.raw == later


def test_an_id_that_the_base_has_by_now_is_a_conflict_unless_the_row_is_the_same() -> None:
    person = {"apprentice": "a9", "name": "Cy", "company": "acme", "line": "press", "rota": "day", "program": "tech"}
    edit = edit_from({"name": "Cy comes", "added": [{"table": "apprentices", "cells": {**person, "travel_max": 30}}]})
    once = variant_of(tiny_raw(), [edit])
    assert once.conflicts == () and len(once.raw.tables["apprentices"].rows) == 2
    again = variant_of(once.raw, [edit])
    assert again.raw == once.raw and len(again.settled) == 1
    other = variant_of(changed(once.raw, "apprentices", 1, "name", "Di"), [edit])
    assert [conflict.reason for conflict in other.conflicts] == ["row there"]
    assert cell(other.raw, "apprentices", 1, "name") == "Di"


def test_a_setting_that_has_changed_meanwhile_is_a_conflict() -> None:
    raw = tiny_raw()
    later = dataclasses.replace(raw, settings={**raw.settings, "rules": {"rest_minutes": 500}})
    variant = variant_of(later, [edit_from(SHORT)])
    assert [conflict.reason for conflict in variant.conflicts] == ["setting changed"]
    assert variant.raw.settings["rules"] == {"rest_minutes": 500}


def test_settings_are_taken_out_and_truth_values_are_read() -> None:
    raw = tiny_raw()
    base = dataclasses.replace(raw, settings={**raw.settings, "rules": {"keep_day_off": False}, "holidays": "US-WI"})
    edit = edit_from(
        {
            "name": "x",
            "settings": [
                {"key": "rules.keep_day_off", "before": False, "after": True},
                {"key": "holidays", "before": "US-WI", "after": ""},
            ],
        }
    )
    variant = variant_of(base, [edit])
    assert variant.conflicts == ()
    assert variant.raw.settings["rules"] == {"keep_day_off": True} and "holidays" not in variant.raw.settings


def test_rows_without_ids_are_removed_by_their_cells_one_at_a_time() -> None:
    raw = tiny_raw()
    header = ("scope", "first", "last", "kind", "reason")
    row = ("all", "2026-06-02", "2026-06-02", "closed", "")
    twice = dataclasses.replace(raw, tables={**raw.tables, "closures": RawTable(header, (row, row))})
    cells = dict(zip(header[:4], row, strict=False))
    edit = edit_from({"name": "open", "removed": [{"table": "closures", "cells": cells}]})
    assert variant_of(twice, [edit]).raw.tables["closures"].rows == (row,)
    assert len(variant_of(raw, [edit]).settled) == 1


def test_unknown_columns_and_settings_are_told() -> None:
    edit = edit_from(
        {
            "name": "typo",
            "settings": [{"key": "rules.rest_minuts", "after": 1}, {"key": "rules", "after": 1}],
            "cells": [{"table": "crews", "row": ["press", "day"], "column": "relif", "after": 1}],
            "added": [{"table": "rooms", "cells": {"room": "x", "seat": 3}}],
        }
    )
    variant = variant_of(tiny_raw(), [edit])
    assert [conflict.reason for conflict in variant.conflicts] == ["unknown"] * 4
    assert "relief" in variant.conflicts[0].sentence
    assert variant.raw == tiny_raw()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cells": [{"table": "crew", "row": "x", "column": "relief", "after": 1}]}, "crew is no table"),
        ({"cells": [{"table": "crews", "row": "press", "column": "relief", "after": 1}]}, "named by line and rota"),
        ({"cells": [{"table": "closures", "row": "x", "column": "kind", "after": 1}]}, "have no ids"),
        ({"added": [{"table": "rooms", "cells": {"site": "college"}}]}, "has no room"),
        ({"removed": [{"table": "closures"}]}, "Give the cells"),
        ({"removed": [{"table": "rooms"}]}, "0 ids were given"),
        ({"name": ""}, "name: "),
        ({"cell": []}, "cell: "),
    ],
)
def test_an_edit_that_cannot_be_made_is_refused_in_a_sentence(change: dict[str, Any], words: str) -> None:
    with pytest.raises(EditError, match=words):
        edit_from({"name": "x", **change})


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(EditError, match="not written in TOML"):
        read_edit(tmp_path / "x.toml")


def test_two_rows_of_one_id_make_no_edit() -> None:
    raw = tiny_raw()
    people = raw.tables["apprentices"]
    doubled = dataclasses.replace(
        raw, tables={**raw.tables, "apprentices": dataclasses.replace(people, rows=people.rows * 2)}
    )
    with pytest.raises(EditError, match="Two rows of apprentices are a1"):
        edit_between(raw, doubled, "x")
    edit = edit_from(
        {"name": "x", "cells": [{"table": "apprentices", "row": "a1", "column": "travel_max", "after": 5}]}
    )
    assert [conflict.reason for conflict in variant_of(doubled, [edit]).conflicts] == ["row twice"]


def test_a_variant_file_names_its_base_and_its_edits(tmp_path: Path) -> None:
    write_edit(edit_from({"name": "one", "settings": [{"key": "weeks", "after": 5}]}), tmp_path / "one.toml")
    write_edit(edit_from({"name": "two", "settings": [{"key": "weeks", "after": 6}]}), tmp_path / "two.toml")
    folder = Path(__file__).parents[2] / "lineside" / "scenarios" / "bundled" / "two_plants"
    text = f'base = "{folder.as_posix()}"\nedits = ["one.toml"]\nname = "Longer"\n'
    (tmp_path / "longer.toml").write_text(text, encoding="utf-8")
    base, variant = texts_of(source_of(tmp_path / "longer.toml", [tmp_path / "two.toml"]), Findings())
    assert (base.settings["weeks"], variant.raw.settings["weeks"], variant.raw.settings["name"]) == (3, 6, "Longer")
    (tmp_path / "chain.toml").write_text('base = "longer.toml"\n', encoding="utf-8")
    with pytest.raises(EditError, match="Name a folder or workbook"):
        source_of(tmp_path / "chain.toml")
    (tmp_path / "bare.toml").write_text("edits = []\n", encoding="utf-8")
    with pytest.raises(EditError, match=r"bare\.toml, base"):
        source_of(tmp_path / "bare.toml")
