"""The page Calendars: make, show, rotate and revoke addresses, and print them."""

from __future__ import annotations

import re

import httpx2
import pytest
from playwright.sync_api import Page, expect

from lineside.ui.views.calendars.new import qr_png
from tests.ui.browsing import Visits, accessible, choose, download, message, picture, settled
from tests.ui.grid import Grid
from tests.ui.place import Place


def fetched(address: str) -> httpx2.Response:
    return httpx2.get(address, timeout=60)


def addresses(page: Page) -> tuple[str, str]:
    """Return the feed and the page that are shown to be copied."""
    codes = page.get_by_test_id("stCode").locator("code")
    expect(codes).to_have_count(2)
    return codes.nth(0).inner_text().strip(), codes.nth(1).inner_text().strip()


def select_first(page: Page) -> None:
    Grid(page, "3 calendars").select(1)
    settled(page)


def test_a_code_is_a_picture() -> None:
    assert qr_png("http://127.0.0.1/calendars/x").startswith(b"\x89PNG")


def test_addresses_are_made_shown_once_and_open_calendars(visits: Visits, place: Place) -> None:
    page = visits.open("planner", "/calendars?part=Make+addresses")
    page.get_by_text("all of them").click()
    page.get_by_role("button", name="Make 5 addresses").click()
    expect(message(page, "5 addresses were made.")).to_be_visible()
    expect(message(page, "phones cannot open them")).to_be_visible()
    feed, shown = addresses(page)
    assert feed == f"{shown}.ics"
    assert fetched(feed).text.startswith("BEGIN:VCALENDAR")
    assert fetched(shown).status_code == 200
    expect(page.get_by_alt_text("QR code of the page of the calendar A1")).to_be_visible()
    picture(page, "calendars-new", 1500)
    accessible(page)
    name, body = download(page, lambda: page.get_by_role("button", name="CSV", exact=True).first.click())
    assert name == "addresses.csv" and feed in body.decode("utf-8-sig")
    page.reload()
    settled(page)
    expect(page.get_by_test_id("stCode")).to_have_count(0)


def test_an_address_is_rotated_and_revoked(visits: Visits, place: Place) -> None:
    for feed in place.ask("GET", "/feeds?kind=apprentice&owner=B1"):
        assert feed["revoked_at"], "no other test makes addresses of Birch"
    made = place.ask("POST", "/feeds", json={"kind": "apprentice", "owners": ["B1"]})[0]
    page = visits.open("planner", "/calendars")
    choose(page, "Company", "BIRCH")
    select_first(page)
    expect(page.get_by_text("Last fetched: never.")).to_be_visible()
    page.get_by_role("button", name="Rotate address 1").click()
    expect(message(page, "The new address works at once")).to_be_visible()
    feed, _ = addresses(page)
    assert fetched(made["address"]).status_code == 404
    assert fetched(feed).status_code == 200
    picture(page, "calendars", 1300)
    accessible(page)
    page.get_by_role("button", name="Revoke address 1").click()
    expect(page.get_by_text(re.compile("^Revoked "))).to_be_visible()
    assert "revoked" in fetched(feed).text


@pytest.mark.parametrize("who", ["planner", "manager"])
def test_a_sheet_of_codes_is_printed(visits: Visits, place: Place, who: str) -> None:
    page = visits.open("manager" if who == "manager" else "planner", "/calendars?part=Sheet+to+print")
    expect(page.get_by_text("The sheet holds the calendars of Aspen")).to_be_visible()
    page.get_by_role("button", name="Make the sheet").click()
    expect(message(page, "The sheet is ready.")).to_be_visible()
    accessible(page)
    name, body = download(page, lambda: page.get_by_role("button", name="Download the PDF").click())
    assert name == f"calendars {place.company}.pdf" and body.startswith(b"%PDF-")


def test_a_manager_is_shown_the_own_company_alone(visits: Visits, place: Place) -> None:
    page = visits.open("manager", "/calendars?company=BIRCH")
    expect(page.get_by_role("combobox", name="Calendars of")).to_be_visible()
    expect(page.get_by_role("combobox", name="Company")).to_have_count(0)
    page.get_by_role("combobox", name="Calendars of").click()
    assert page.get_by_role("option").all_inner_texts() == ["People", "Companies"]
    page.keyboard.press("Escape")
    assert "Birch" not in page.get_by_test_id("stMain").inner_text()
    assert page.get_by_role("gridcell", name="Birch").count() == 0
