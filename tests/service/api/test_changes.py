"""What differs between revisions and scenarios, settings alone, and what a run told."""

from __future__ import annotations

import uuid

from tests.service.api.conftest import World, scenario_body


def test_the_settings_are_replaced_and_the_tables_stay(world: World, scenario_id: str) -> None:
    body = {"settings": {**scenario_body()["settings"], "rules": {"modules_at_once": 3}}}
    path = f"/scenarios/{scenario_id}/settings"
    assert world.ask("PUT", path, json=body).status_code == 428
    saved = world.ask("PUT", path, json=body, headers={"If-Match": '"1"'})
    assert (saved.status_code, saved.json()["revision"], saved.headers["ETag"]) == (200, 2, '"2"')
    assert world.ask("PUT", path, json=body, headers={"If-Match": '"1"'}).status_code == 412
    whole = world.ask("GET", f"/scenarios/{scenario_id}").json()
    assert whole["settings"]["rules"] == {"modules_at_once": 3}
    assert whole["tables"] == scenario_body()["tables"]


def test_settings_with_mistakes_are_refused_unless_they_are_a_draft(world: World, scenario_id: str) -> None:
    body = {"settings": {**scenario_body()["settings"], "first_day": "2026-06-02"}}
    path, headers = f"/scenarios/{scenario_id}/settings", {"If-Match": '"1"'}
    refused = world.ask("PUT", path, json=body, headers=headers)
    assert refused.status_code == 422
    assert [mistake["column"] for mistake in refused.json()["mistakes"]] == ["first_day"]
    assert world.ask("PUT", f"{path}?draft=true", json=body, headers=headers).status_code == 200


def test_a_revision_is_compared_to_the_one_before(world: World, scenario_id: str) -> None:
    changed = scenario_body(prices={"dollar": "0.1"}, apprentices={"a1": {"name": "Anna"}, "a2": {}})
    world.ask("PUT", f"/scenarios/{scenario_id}", json=changed, headers={"If-Match": "*"})
    told = world.ask("GET", f"/scenarios/{scenario_id}/changes").json()
    assert (told["before"]["revision"], told["after"]["revision"]) == (1, 2)
    assert told["settings"] == [{"section": "prices", "key": "dollar", "before": "0.05", "after": "0.1"}]
    (table,) = told["tables"]
    assert (table["table"], table["num_added"], table["num_removed"], table["num_changed"]) == ("apprentices", 1, 0, 1)
    assert table["added"][0]["apprentice"] == "a2"
    cells = [{"column": "name", "before": "Ann", "after": "Anna"}]
    assert table["changed"] == [{"key": "a1", "cells": cells}]
    back = world.ask("GET", f"/scenarios/{scenario_id}/changes?revision=1&base_revision=2").json()
    assert back["tables"][0]["num_removed"] == 1


def test_a_first_revision_and_a_copy_have_no_changes(world: World, scenario_id: str) -> None:
    first = world.ask("GET", f"/scenarios/{scenario_id}/changes").json()
    assert (first["settings"], first["tables"]) == ([], [])
    copy = world.ask("POST", f"/scenarios/{scenario_id}/copies", json={"name": "copy"}).json()["id"]
    told = world.ask("GET", f"/scenarios/{copy}/changes?base={scenario_id}").json()
    assert [(row["key"], row["after"]) for row in told["settings"]] == [("name", "copy")]
    assert world.ask("GET", f"/scenarios/{copy}/changes?base={uuid.uuid4()}").status_code == 404
    assert world.ask("GET", f"/scenarios/{copy}/changes?base_revision=2").status_code == 404


def test_what_a_run_told_is_listed_after_a_number(world: World, scenario_id: str) -> None:
    run = world.ask("POST", "/runs", json={"scenario": scenario_id}).json()["id"]
    (first,) = world.ask("GET", f"/runs/{run}/progress").json()
    assert (first["status"], first["stage"]) == ("queued", "waiting for a worker")
    world.ask("POST", f"/runs/{run}/stop")
    (second,) = world.ask("GET", f"/runs/{run}/progress?after={first['id']}").json()
    assert second["status"] == "stopped"
