"""What is edited before it is saved: texts, steps back and forth, and which widget edits which column."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from lineside.models.cells import CellType
from lineside.models.tables import TABLES, cell_type
from lineside.ui.views.region.draft import Draft, Texts, with_cells, without_rows
from lineside.ui.views.region.widgets import column_of, text_of
from tests.service.api.conftest import scenario_body


def revision(**tables: Any) -> dict[str, Any]:
    body = scenario_body()
    found = {**body["tables"], **tables}
    return {"id": "s", "revision": 3, "settings": body["settings"], "tables": found, "mistakes": [], "warnings": []}


def crews(*rows: tuple[str, ...], columns: tuple[str, ...] = ("line", "rota", "headcount", "minimum")) -> Any:
    return {"columns": list(columns), "rows": [list(row) for row in rows]}


def test_columns_come_in_order_and_unknown_ones_stay() -> None:
    told = crews(("5", "press", "x", "day"), columns=("Headcount", "line", "colour", "rota"))
    table = Texts.of(revision(crews=told)).tables["crews"]
    assert table.columns == ("line", "rota", "headcount", "minimum", "relief", "colour")
    assert table.rows == (("press", "day", "5", "", "", "x"),)


def test_an_unknown_column_is_taken_away_and_brought_back() -> None:
    draft = Draft.of(revision(crews=crews(("5", "press", "x"), columns=("headcount", "line", "colour"))))
    assert draft.texts.unknown_columns("crews") == ("colour",) and not draft.texts.unknown_columns("lines")
    draft.change(draft.texts.without_column("crews", "colour"), is_redrawn=True)
    table = {"columns": ["line", "rota", "headcount", "minimum", "relief"], "rows": [["press", "", "5", "", ""]]}
    assert draft.body()["tables"] == {"crews": table}
    draft.undo()
    assert not draft.is_changed and draft.texts.tables["crews"].rows == (("press", "", "5", "", "", "x"),)


def test_nothing_is_changed_until_something_is() -> None:
    draft = Draft.of(revision())
    assert not draft.is_changed and draft.body() == {"settings": None, "tables": {}}
    draft.change(draft.texts.with_rows("crews", draft.texts.tables["crews"].rows))
    assert not draft.past


def test_steps_go_back_and_forth() -> None:
    draft = Draft.of(revision())
    first, table = draft.texts, draft.texts.tables["crews"]
    for count in ("11", "12"):
        rows = with_cells(table, {0: table.rows[0]}, {0: {"headcount": count}})
        draft.change(draft.texts.with_rows("crews", rows))
    before = draft.epoch
    draft.undo()
    assert draft.texts.tables["crews"].rows[0][2] == "11" and draft.epoch > before
    draft.undo()
    assert draft.texts is first and not draft.is_changed
    draft.undo()
    draft.redo()
    assert draft.texts.tables["crews"].rows[0][2] == "11"
    draft.change(draft.texts.with_settings({"name": "B"}))
    assert not draft.future and draft.body()["settings"] == {"name": "B"}


BLANK = ("",) * 5
MISTAKE = {"table": "crews", "column": "rota", "value": "late", "message": "No rota."}


def test_rows_that_hold_nothing_are_not_sent_and_mistakes_keep_their_place() -> None:
    draft = Draft.of(revision())
    table = draft.texts.tables["crews"]
    spare = dict.fromkeys(range(1, 8), BLANK)
    rows = with_cells(table, {0: table.rows[0], **spare}, {2: {"line": "press", "rota": "late"}, 7: {"line": ""}})
    assert [any(row) for row in rows] == [True, False, True]
    draft.change(draft.texts.with_rows("crews", rows))
    assert len(draft.body()["tables"]["crews"]["rows"]) == 2
    draft.take({"mistakes": [{**MISTAKE, "row": 3}, {**MISTAKE, "row": None}], "warnings": []}, draft.texts)
    assert [found.row for found in draft.mistakes] == [4, None]


def test_a_cell_that_gets_its_old_text_again_is_as_it_was() -> None:
    # The browser then tells of no change any more.
    draft = Draft.of(revision())
    table = draft.texts.tables["crews"]
    before = {0: table.rows[0], 1: BLANK}
    draft.change(draft.texts.with_rows("crews", with_cells(table, before, {0: {"relief": "3"}, 1: {"line": "x"}})))
    draft.change(draft.texts.with_rows("crews", with_cells(draft.texts.tables["crews"], before, {})))
    assert draft.texts == draft.saved and not draft.is_changed


def test_what_is_typed_while_the_service_looks_or_saves_is_kept() -> None:
    draft = Draft.of(revision())
    looked_at = draft.texts
    draft.change(draft.texts.with_settings({"name": "typed meanwhile"}))
    draft.take({"mistakes": [{**MISTAKE, "row": 2}], "warnings": []}, looked_at)
    assert draft.mistakes == () and draft.checked is looked_at
    draft.go_on({"revision": 4, "mistakes": [], "warnings": []}, looked_at)
    assert draft.revision == 4 and draft.is_changed and draft.body()["settings"] == {"name": "typed meanwhile"}
    draft.go_on({"revision": 5, "mistakes": [], "warnings": ["Look."]}, draft.texts)
    assert draft.revision == 5 and not draft.is_changed and draft.warnings == ("Look.",)


def test_marked_rows_go() -> None:
    table = Texts.of(revision(crews=crews(("a", "", "", ""), ("b", "", "", ""), ("c", "", "", "")))).tables["crews"]
    assert [row[0] for row in without_rows(table, [0, 2, 9])] == ["b"]


COLUMNS = [(table, column) for table, model in TABLES.items() for column in model.model_fields]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda name: str(name))
def test_every_column_has_a_widget_that_explains_itself(table: str, column: str) -> None:
    texts = Texts.of(revision())
    shown = column_of(table, column, ["", ""], texts)
    accepted: CellType = cell_type(table, column)
    assert accepted.remedy in shown.config["help"] and len(shown.values) == 2
    kind = shown.config["type_config"]["type"]
    if accepted.kind in ("minutes", "count", "number", "degrees"):
        assert kind == "number"
    elif accepted.kind == "date":
        assert kind == "date"
    elif accepted.kind.startswith("list of") or accepted.kind in ("days", "choices"):
        assert kind == "multiselect"
    elif accepted.choices:
        assert kind == "selectbox" and tuple(shown.config["type_config"]["options"]) == accepted.choices


def test_a_reference_offers_the_ids_that_there_are_and_shows_one_that_is_not() -> None:
    texts = Texts.of(revision())
    shown = column_of("crews", "line", ["press", "nowhere"], texts)
    assert list(shown.config["type_config"]["options"]) == ["press", "nowhere"]
    places = column_of("patterns", "sites", ["all"], texts).config["type_config"]["options"]
    assert [option["value"] for option in places][:2] == ["all", "plant"]


@pytest.mark.parametrize(
    ("table", "column", "wrong"),
    [("crews", "headcount", "many"), ("rotas", "anchor", "soon"), ("modules", "hours", "1,5")],
)
def test_a_cell_that_cannot_be_understood_stays_visible(table: str, column: str, wrong: str) -> None:
    shown = column_of(table, column, [wrong, ""], Texts.of(revision()))
    assert shown.config["type_config"]["type"] == "text" and list(shown.values) == [wrong, ""]


def test_what_an_editor_tells_becomes_the_text_of_a_file() -> None:
    assert [text_of(value) for value in (None, "", 7, 0.1 + 0.2, 60.0, ["a", "b"], " x ")] == [
        *("", "", "7", "0.3", "60", "a b", "x")
    ]
    dates = column_of("rotas", "anchor", ["2026-06-01", ""], Texts.of(revision())).values
    assert str(dates[0]) == "2026-06-01" and pd.isna(dates[1])
