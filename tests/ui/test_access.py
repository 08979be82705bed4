"""The page Access: make, rotate and revoke keys."""

from __future__ import annotations

import httpx2
from playwright.sync_api import Page, expect

from tests.ui.browsing import Visits, accessible, choose, message, picture, settled
from tests.ui.grid import Grid
from tests.ui.place import Place


def status(place: Place, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx2.get(f"{place.api}/api/v1/me", headers=headers, timeout=60).status_code


def secret(page: Page) -> str:
    """Return the key that is shown to be copied."""
    return page.get_by_test_id("stCode").locator("code").inner_text().strip()


def select(page: Page, place: Place, label: str) -> None:
    """Select the row of a key."""
    labels = [row["label"] for row in place.ask("GET", "/keys") if not row["revoked_at"]]
    Grid(page, f"{len(labels)} key").select(labels.index(label) + 1)
    settled(page)


def test_a_plant_managers_key_is_made_and_shown_once(visits: Visits, place: Place) -> None:
    place.new_scenario("For the page Access")  # its companies are offered, as it is the newest
    page = visits.open("planner", "/access")
    page.get_by_role("button", name="Make the key").click()
    expect(message(page, "No company was chosen.")).to_be_visible()
    choose(page, "Company", "(BIRCH)")
    page.get_by_role("button", name="Make the key").click()
    expect(message(page, "Nobody was named.")).to_be_visible()
    page.get_by_role("textbox", name="Whose key it is").fill("Dana *at* [Birch]")
    page.keyboard.press("Enter")
    settled(page)
    page.get_by_role("button", name="Make the key").click()
    expect(message(page, "The key of Dana *at* [Birch] is ready.")).to_be_visible()
    key = secret(page)
    assert place.ask("GET", "/me", key)["company"] == "BIRCH"
    accessible(page)
    picture(page, "access-new-key", 1500)
    expect(page.get_by_role("textbox", name="Whose key it is")).to_have_value("")
    page.get_by_role("button", name="I have copied it").click()
    expect(page.get_by_test_id("stCode")).to_have_count(0)
    assert key not in page.content()


def test_a_key_is_given_a_new_secret_and_revoked(visits: Visits, place: Place) -> None:
    old = place.ask("POST", "/keys", json={"role": "planner", "label": "Pat for a week"})["key"]
    page = visits.open("planner", "/access")
    select(page, place, "Pat for a week")
    page.get_by_role("button", name="Give it a new secret").click()
    expect(message(page, "The key of Pat for a week is ready.")).to_be_visible()
    new = secret(page)
    assert status(place, old) == 401 and status(place, new) == 200
    accessible(page)
    page.get_by_role("button", name="Revoke the key").click()
    expect(page.get_by_role("button", name="Revoke the key")).to_have_count(0)
    assert status(place, new) == 401
    page.get_by_text("Show revoked keys too").click()
    settled(page)
    assert "Pat for a week" in [row["label"] for row in place.ask("GET", "/keys") if row["revoked_at"]]
    picture(page, "access", 1300)


def test_nobody_locks_the_own_door(visits: Visits, place: Place) -> None:
    page = visits.open("planner", "/access")
    select(page, place, "first key")
    expect(message(page, "You are signed in with this key.")).to_be_visible()
    expect(page.get_by_role("button", name="Revoke the key")).to_have_count(0)


def test_a_manager_has_no_such_page(visits: Visits) -> None:
    page = visits.open("manager", "/access")
    expect(page.get_by_role("heading", name="Access", exact=True)).to_have_count(0)
