"""Variants over HTTP: made, followed, changed, in conflict, detached."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.api.conftest import World, scenario_body

RELIEF: dict[str, Any] = {
    "name": "One relief",
    "cells": [{"table": "crews", "row": ["press", "day"], "column": "relief", "before": "0", "after": "1"}],
}
LONGER = {"name": "Longer", "settings": [{"key": "weeks", "before": "2", "after": "3"}]}


@pytest.fixture
def variant(world: World, scenario_id: str) -> str:
    answer = world.ask("POST", f"/scenarios/{scenario_id}/variants", json={"name": "With relief", "edits": [RELIEF]})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def whole(world: World, scenario: str) -> dict[str, Any]:
    found: dict[str, Any] = world.ask("GET", f"/scenarios/{scenario}").json()
    return found


def cell(world: World, scenario: str, table: str, column: str) -> str:
    found = whole(world, scenario)["tables"][table]
    return str(found["rows"][0][found["columns"].index(column)])


def with_crew(**cells: str) -> dict[str, Any]:
    """Return the table of crews with some cells changed, as a body of an edit."""
    table = scenario_body()["tables"]["crews"]
    row = [cells.get(column, text) for column, text in zip(table["columns"], table["rows"][0], strict=True)]
    return {"tables": {"crews": {"columns": table["columns"], "rows": [row]}}}


def save(world: World, scenario: str, body: dict[str, Any]) -> Any:
    return world.ask("POST", f"/scenarios/{scenario}/revisions", json=body, headers={"If-Match": "*"})


def test_a_variant_is_a_scenario_with_its_edits_made(world: World, scenario_id: str, variant: str) -> None:
    assert cell(world, variant, "crews", "relief") == "1" and cell(world, scenario_id, "crews", "relief") == "0"
    assert whole(world, variant)["name"] == "With relief"
    told = world.ask("GET", f"/scenarios/{variant}/edits").json()
    assert (told["base"], told["base_revision"], told["revision"]) == (scenario_id, 1, 1)
    assert (told["conflicts"], told["settled"], told["mistakes"]) == ([], [], [])
    assert [edit["name"] for edit in told["edits"]] == ["One relief"]
    (row,) = world.ask("GET", f"/scenarios/{scenario_id}/variants").json()
    assert row == told
    assert world.ask("GET", f"/scenarios/{variant}/variants").json() == []


def test_a_variant_follows_its_base_and_keeps_its_name(world: World, scenario_id: str, variant: str) -> None:
    assert save(world, scenario_id, with_crew(headcount="12")).status_code == 200
    assert (cell(world, variant, "crews", "headcount"), cell(world, variant, "crews", "relief")) == ("12", "1")
    told = world.ask("GET", f"/scenarios/{variant}/edits").json()
    assert (told["revision"], told["base_revision"], told["name"]) == (2, 2, "With relief")
    notes = [row["note"] for row in world.ask("GET", f"/scenarios/{variant}/revisions").json()]
    assert notes == ["made of tiny, revision 2", "made of tiny, revision 1"]


def test_a_change_that_does_not_fit_is_told_and_the_variant_cannot_be_solved(
    world: World, scenario_id: str, variant: str
) -> None:
    save(world, scenario_id, with_crew(relief="3"))
    told = world.ask("GET", f"/scenarios/{variant}/edits").json()
    (conflict,) = told["conflicts"]
    assert (conflict["edit"], conflict["reason"], conflict["place"]) == (
        "One relief",
        "cell changed",
        "crews press, day",
    )
    assert "the base now has '3'" in conflict["sentence"]
    assert cell(world, variant, "crews", "relief") == "3"
    refused = world.ask("POST", "/runs", json={"scenario": variant})
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("1 change does not fit the base of this variant any more.")
    assert world.ask("POST", "/runs", json={"scenario": variant, "revision": 1}).status_code == 202
    tag = {"If-Match": f'"{told["revision"]}"'}
    mended = {**RELIEF, "cells": [{**RELIEF["cells"][0], "before": "3"}]}
    assert world.ask("PUT", f"/scenarios/{variant}/edits", json={"edits": [mended]}, headers=tag).status_code == 200
    assert cell(world, variant, "crews", "relief") == "1"
    assert world.ask("POST", "/runs", json={"scenario": variant}).status_code == 202


def test_a_change_of_a_variant_is_one_more_edit(world: World, scenario_id: str, variant: str) -> None:
    assert save(world, variant, with_crew(relief="1", minimum="4")).status_code == 200
    told = world.ask("GET", f"/scenarios/{variant}/edits").json()
    assert [edit["name"] for edit in told["edits"]] == ["One relief", "table crews edited"]
    assert told["edits"][1]["cells"] == [
        {"table": "crews", "row": ["press", "day"], "column": "minimum", "before": "0", "after": "4"}
    ]
    save(world, scenario_id, with_crew(headcount="12"))
    crew = [cell(world, variant, "crews", column) for column in ("headcount", "minimum", "relief")]
    assert crew == ["12", "4", "1"]
    renamed = world.ask("PATCH", f"/scenarios/{variant}", json={"name": "Other"}, headers={"If-Match": "*"})
    assert renamed.status_code == 200
    assert len(world.ask("GET", f"/scenarios/{variant}/edits").json()["edits"]) == 2, "a name is no edit"
    save(world, scenario_id, with_crew(headcount="11"))
    assert whole(world, variant)["name"] == "Other"


def test_edits_are_replaced_on_the_base_as_it_is_now(world: World, variant: str) -> None:
    stale = world.ask("PUT", f"/scenarios/{variant}/edits", json={"edits": []}, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    assert world.ask("PUT", f"/scenarios/{variant}/edits", json={"edits": []}).status_code == 428
    answer = world.ask("PUT", f"/scenarios/{variant}/edits", json={"edits": [LONGER]}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert (whole(world, variant)["settings"]["weeks"], cell(world, variant, "crews", "relief")) == (3, "0")


def test_what_would_come_of_edits_is_told_and_nothing_is_stored(world: World, scenario_id: str) -> None:
    wrong = {"name": "x", "cells": [{"table": "crews", "row": ["press", "day"], "column": "relief", "after": "q"}]}
    gone = {"name": "y", "removed": [{"table": "rooms", "row": ["hall"]}, {"table": "rooms", "row": ["none"]}]}
    told = world.ask("POST", f"/scenarios/{scenario_id}/variants/check", json={"edits": [wrong, gone, LONGER]}).json()
    assert (told["changed_tables"], told["changed_settings"]) == (["rooms", "crews"], ["weeks"])
    assert [mistake["value"] for mistake in told["mistakes"]] == ["q"]
    assert len(told["settled"]) == 1 and told["conflicts"] == []
    assert len(world.ask("GET", "/scenarios").json()) == 1


def test_edits_that_cannot_be_read_are_refused_with_every_mistake(world: World, scenario_id: str) -> None:
    bad = [{"name": ""}, {"name": "x", "cells": [{"table": "crew", "row": "a", "column": "b", "after": "c"}]}]
    answer = world.ask("POST", f"/scenarios/{scenario_id}/variants", json={"name": "v", "edits": bad})
    assert answer.status_code == 422
    assert "Edit 1: name" in answer.json()["detail"] and "Edit 2: crew is no table" in answer.json()["detail"]
    nul = {"name": "x", "added": [{"table": "rooms", "cells": {"room": "a\0b"}}]}
    assert (
        world.ask("POST", f"/scenarios/{scenario_id}/variants", json={"name": "v", "edits": [nul]}).status_code == 422
    )
    many = {"name": "v", "edits": [LONGER] * 201}
    assert "limit is 200" in world.ask("POST", f"/scenarios/{scenario_id}/variants", json=many).json()["detail"]


def test_a_base_stays_while_it_has_variants_and_a_variant_is_no_base(
    world: World, scenario_id: str, variant: str
) -> None:
    refused = world.ask("DELETE", f"/scenarios/{scenario_id}", headers={"If-Match": "*"})
    assert refused.status_code == 409 and "has variants" in refused.json()["detail"]
    nested = world.ask("POST", f"/scenarios/{variant}/variants", json={"name": "v", "edits": []})
    assert nested.status_code == 409
    assert world.ask("GET", f"/scenarios/{scenario_id}/edits").status_code == 404
    assert world.ask("DELETE", f"/scenarios/{variant}/edits", headers={"If-Match": '"1"'}).status_code == 200
    assert world.ask("GET", f"/scenarios/{variant}/edits").status_code == 404
    assert cell(world, variant, "crews", "relief") == "1", "it stays as it stood"
    assert world.ask("DELETE", f"/scenarios/{scenario_id}", headers={"If-Match": "*"}).status_code == 204


def test_a_deleted_variant_leaves_its_base_free(world: World, scenario_id: str, variant: str) -> None:
    assert world.ask("DELETE", f"/scenarios/{variant}", headers={"If-Match": "*"}).status_code == 204
    assert world.ask("GET", f"/scenarios/{scenario_id}/variants").json() == []
    assert world.ask("DELETE", f"/scenarios/{scenario_id}", headers={"If-Match": "*"}).status_code == 204


def test_a_variant_whose_plan_comes_into_force_is_a_scenario_of_its_own(
    world: World, scenario_id: str, variant: str, plan_id: str
) -> None:
    text = world.ask("GET", f"/plans/{plan_id}").json()["plan"]
    kept = world.ask(
        "POST", "/plans", json={"scenario": variant, "name": "v", "plan": {**text, "scenario": "With relief"}}
    )
    assert kept.status_code == 201, kept.text
    assert world.ask("POST", f"/plans/{kept.json()['id']}/publish").status_code == 200
    assert world.ask("GET", f"/scenarios/{variant}/edits").status_code == 404
    save(world, scenario_id, with_crew(headcount="12"))
    assert cell(world, variant, "crews", "headcount") == "10"
