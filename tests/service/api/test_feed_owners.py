"""Whose calendars there are, and the sheets with their codes."""

from __future__ import annotations

from typing import Any

import pytest

from lineside.service.api import feed_owners
from tests.service.api.conftest import World


@pytest.fixture
def published(world: World, plan_id: str) -> str:
    assert world.ask("POST", f"/plans/{plan_id}/publish").status_code == 200
    return plan_id


def owners(world: World, kind: str, **more: Any) -> Any:
    return world.ask("GET", "/feeds/owners", params={"kind": kind, **more}).json()


def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the addresses that are printed; the codes themselves are tried in another test."""
    seen: list[str] = []

    def sheet(cards: Any, printed: Any) -> bytes:
        seen.extend(card.page for card in cards)
        return b"%PDF-"

    monkeypatch.setattr(feed_owners, "sheet_pdf", sheet)
    return seen


def fetched(world: World, page: str) -> str:
    return str(world.client.get(f"{page}.ics".replace("http://testserver", "")).text)


def test_without_a_plan_in_force_there_is_no_calendar(world: World) -> None:
    assert owners(world, "apprentice") == []
    answer = world.ask("POST", "/feeds/sheet", json={})
    assert answer.status_code == 404
    assert "Publish a plan" in answer.json()["detail"]


def test_owners_tell_their_addresses_and_the_last_fetch(world: World, published: str) -> None:
    (person,) = owners(world, "apprentice")
    assert (person["title"], person["company"], person["company_name"]) == ("Classes of Ann", "acme", "Acme")
    assert (person["addresses"], person["last_fetched_at"]) == (0, None)
    made = world.ask("POST", "/feeds", json={"kind": "apprentice"}).json()[0]
    fetched(world, made["page"])
    (person,) = owners(world, "apprentice", company="acme")
    assert person["addresses"] == 1 and person["last_fetched_at"] is not None
    world.ask("DELETE", f"/feeds/{made['id']}")
    assert owners(world, "apprentice")[0]["addresses"] == 0
    assert owners(world, "apprentice", company="bolt") == []
    assert [row["title"] for row in owners(world, "instructor")] == ["Teaching of Ida"]


def test_a_manager_sees_no_owner_of_the_school(world: World, published: str) -> None:
    answer = world.ask("GET", "/feeds/owners", world.manager, params={"kind": "room"})
    assert answer.json() == []
    foreign = world.ask("GET", "/feeds/owners", world.manager, params={"kind": "apprentice", "company": "bolt"})
    assert foreign.status_code == 403
    assert world.ask("POST", "/feeds/sheet", world.manager, json={"company": "bolt"}).status_code == 403
    assert world.ask("POST", "/feeds/sheet", world.manager, json={"kinds": ["room"]}).status_code == 404


def test_a_sheet_is_a_tagged_pdf_whose_codes_open_calendars(world: World, published: str) -> None:
    answer = world.ask("POST", "/feeds/sheet", json={})
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.content.startswith(b"%PDF-")
    assert {row["addresses"] for kind in ("apprentice", "company") for row in owners(world, kind)} == {1}


def test_a_sheet_lets_earlier_addresses_stand_unless_it_replaces_them(
    world: World, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = pages(monkeypatch)
    earlier = world.ask("POST", "/feeds", json={"kind": "apprentice"}).json()[0]["page"]
    order = {"kinds": ["apprentice"]}
    assert world.ask("POST", "/feeds/sheet", json={**order, "existing": "skip"}).status_code == 404
    assert world.ask("POST", "/feeds/sheet", json=order).status_code == 200
    (kept,) = seen
    assert "A module" in fetched(world, kept) and "A module" in fetched(world, earlier)
    assert world.ask("POST", "/feeds/sheet", json={**order, "existing": "replace"}).status_code == 200
    assert "A module" in fetched(world, seen[1])
    for page in (earlier, kept):
        assert "revoked" in fetched(world, page)
    assert [row["addresses"] for row in owners(world, "apprentice")] == [1]


def test_only_the_owners_that_are_asked_for_are_printed(
    world: World, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = pages(monkeypatch)
    body = {"kinds": ["apprentice", "company"], "owners": ["acme"], "company": "acme"}
    assert world.ask("POST", "/feeds/sheet", json=body).status_code == 200
    assert len(seen) == 1
    assert owners(world, "apprentice")[0]["addresses"] == 0
