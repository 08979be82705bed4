"""What differs between two scenarios' texts."""

from __future__ import annotations

import dataclasses
from typing import Any

from lineside.models.plan import Plan, plan_json
from lineside.models.raw import RawScenario, RawTable
from lineside.scenarios.changes import CellChange, RowChange, SettingChange, changes_between
from tests.service.regions import tiny_raw


def with_table(raw: RawScenario, name: str, table: RawTable) -> RawScenario:
    return dataclasses.replace(raw, tables={**raw.tables, name: table})


def with_settings(raw: RawScenario, **settings: Any) -> RawScenario:
    return dataclasses.replace(raw, settings={**raw.settings, **settings})


def test_the_same_texts_differ_in_nothing() -> None:
    assert changes_between(tiny_raw(), tiny_raw()).is_empty


def test_a_rule_that_is_written_out_as_its_default_is_no_change() -> None:
    written = with_settings(tiny_raw(), rules={"modules_at_once": 2, "keep_day_off": True}, prices={"dollar": 0.05})
    assert changes_between(tiny_raw(), written).is_empty


def test_settings_tell_the_value_that_held_before() -> None:
    after = with_settings(tiny_raw(), rules={"keep_day_off": False}, prices={"dollar": 0.1}, weeks=3, holidays="US-WI")
    assert changes_between(tiny_raw(), after).settings == (
        SettingChange(None, "weeks", "2", "3"),
        SettingChange(None, "holidays", None, "US-WI"),
        SettingChange("rules", "keep_day_off", "yes", "no"),
        SettingChange("prices", "dollar", "0.05", "0.1"),
    )


def test_rows_are_matched_by_their_ids_whatever_their_order() -> None:
    before = RawTable(("line", "rota", "headcount"), (("L1", "R1", "10"), ("L2", "R1", "8"), ("L3", "R1", "6")))
    after = RawTable(("rota", "line", "headcount"), (("R1", "L3", "6"), ("R1", "L2", "9"), ("R2", "L1", "10")))
    raw = tiny_raw()
    (change,) = changes_between(with_table(raw, "crews", before), with_table(raw, "crews", after)).tables
    assert change.table == "crews"
    assert change.added == ((("line", "L1"), ("rota", "R2"), ("headcount", "10")),)
    assert change.removed == ((("line", "L1"), ("rota", "R1"), ("headcount", "10")),)
    assert change.changed == (RowChange("L2, R1", (CellChange("headcount", "8", "9"),)),)


def test_a_column_without_a_text_is_like_no_column() -> None:
    before = RawTable(("line", "rota", "relief"), (("L1", "R1", ""),))
    after = RawTable(("Line ", "rota"), (("L1", " R1"),))
    raw = tiny_raw()
    assert changes_between(with_table(raw, "crews", before), with_table(raw, "crews", after)).is_empty


def test_rows_without_ids_and_rows_that_stand_twice_are_counted() -> None:
    row = ("all", "2027-01-04", "2027-01-04", "closed")
    header = ("scope", "first", "last", "kind")
    raw = tiny_raw()
    once, twice = (with_table(raw, "closures", RawTable(header, (row,) * count)) for count in (1, 2))
    (change,) = changes_between(once, twice).tables
    assert (len(change.added), change.removed, change.changed) == (1, (), ())
    people = raw.tables["apprentices"]
    doubled = with_table(raw, "apprentices", dataclasses.replace(people, rows=people.rows * 2))
    (change,) = changes_between(raw, doubled).tables
    assert len(change.added) == 1


def test_a_table_that_is_taken_out_has_its_rows_removed() -> None:
    raw = tiny_raw()
    without = dataclasses.replace(raw, tables={name: table for name, table in raw.tables.items() if name != "travel"})
    (change,) = changes_between(raw, without).tables
    assert (change.table, len(change.removed), change.added) == ("travel", 1, ())


def test_another_published_plan_is_told_and_another_spelling_of_it_is_not() -> None:
    raw, plan = tiny_raw(), Plan(scenario="x")
    published = dataclasses.replace(raw, published=plan_json(plan))
    assert changes_between(raw, published).has_other_published
    spelled = dataclasses.replace(raw, published=plan_json(plan).replace("\n", ""))
    assert not changes_between(published, spelled).has_other_published
    assert changes_between(published, dataclasses.replace(raw, published="{")).has_other_published
