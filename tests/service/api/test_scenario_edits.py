"""Editing over HTTP: changes are checked without being saved, and saved together; starts from what is bundled."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from lineside.models.tables import TABLES
from lineside.scenarios.examples import example_raw, examples
from tests.service.api.conftest import World, scenario_body


@pytest.fixture
def crews() -> dict[str, Any]:
    """Return a table with one wrong cell."""
    table: dict[str, Any] = scenario_body()["tables"]["crews"]
    table["rows"][0][table["columns"].index("headcount")] = "many"
    return table


def test_changes_are_checked_and_not_saved(world: World, scenario_id: str, crews: dict[str, Any]) -> None:
    checked = world.ask("POST", f"/scenarios/{scenario_id}/check", json={"tables": {"crews": crews}})
    assert checked.status_code == 200
    (mistake,) = checked.json()["mistakes"]
    assert (mistake["table"], mistake["row"], mistake["column"], mistake["value"]) == ("crews", 2, "headcount", "many")
    unchanged = world.ask("POST", f"/scenarios/{scenario_id}/check", json={"tables": {}})
    assert unchanged.json()["mistakes"] == []
    assert world.ask("GET", f"/scenarios/{scenario_id}").json()["revision"] == 1


def test_a_table_can_be_taken_out(world: World, scenario_id: str) -> None:
    optional = world.ask("POST", f"/scenarios/{scenario_id}/check", json={"tables": {"pins": None}})
    assert optional.json()["mistakes"] == []
    needed = world.ask("POST", f"/scenarios/{scenario_id}/check", json={"tables": {"crews": None}})
    assert "crews" in {mistake["table"] for mistake in needed.json()["mistakes"]}
    unknown = world.ask("POST", f"/scenarios/{scenario_id}/check", json={"tables": {"cruises": None}})
    assert unknown.status_code == 404


def test_changes_of_tables_and_settings_are_one_revision(world: World, scenario_id: str, crews: dict[str, Any]) -> None:
    path, settings = f"/scenarios/{scenario_id}/revisions", {**scenario_body()["settings"], "weeks": 3}
    body = {"settings": settings, "tables": {"crews": crews}}
    assert world.ask("POST", path, json=body, headers={"If-Match": '"1"'}).status_code == 422
    assert world.ask("POST", path, json=body).status_code == 428
    saved = world.ask("POST", f"{path}?draft=true", json=body, headers={"If-Match": '"1"'})
    assert (saved.status_code, saved.headers["etag"], len(saved.json()["mistakes"])) == (200, '"2"', 1)
    assert world.ask("POST", path, json=body, headers={"If-Match": '"1"'}).status_code == 412
    whole = world.ask("GET", f"/scenarios/{scenario_id}").json()
    assert whole["settings"]["weeks"] == 3 and whole["tables"]["crews"] == crews
    newest, first = world.ask("GET", path).json()
    assert (newest["note"], newest["author"], newest["mistakes"]) == ("table crews and settings edited", "p", 1)
    assert first["author"] == "p"


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_a_bundled_scenario_can_be_started_from(world: World, example: Any) -> None:
    listed = {row["name"]: row for row in world.ask("GET", "/scenarios/examples").json()}
    made = world.ask("POST", "/scenarios/examples", json={"example": example.name})
    assert made.status_code == 201 and made.json()["mistakes"] == []
    whole = world.ask("GET", f"/scenarios/{made.json()['id']}").json()
    assert whole["name"] == listed[example.name]["title"] == example.title
    assert len(whole["tables"]["apprentices"]["rows"]) == listed[example.name]["num_apprentices"]
    assert set(whole["tables"]) == set(example_raw(example.name).tables)


def test_an_unknown_bundled_scenario_is_told_with_those_that_there_are(world: World) -> None:
    answer = world.ask("POST", "/scenarios/examples", json={"example": "../two_plants"})
    assert answer.status_code == 404 and "two_plants" in answer.json()["detail"]


def test_the_template_has_every_table_and_can_be_uploaded_as_a_draft(world: World) -> None:
    book = world.ask("GET", "/scenarios/template").content
    assert set(TABLES) <= set(load_workbook(io.BytesIO(book), read_only=True).sheetnames)
    files = {"file": ("template.xlsx", book)}
    assert world.ask("POST", "/scenarios/upload?draft=true", files=files).status_code == 201
