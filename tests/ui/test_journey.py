"""A first-time planner's whole way through the pages, from a workbook to a calendar, with nothing but a key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from lineside.models.reading import convert
from tests.service.serving import free_port
from tests.ui.browsing import Visits, accessible, bring_in, fill, message, picture, settled, sign_in
from tests.ui.grid import Grid
from tests.ui.place import BUNDLED, PATIENCE_SECONDS, Place, asked, first_key, process, ready

COMPANY = "ASPEN"
PATIENCE_MS = PATIENCE_SECONDS * 1000


@pytest.fixture
def place(new_database: Callable[[], str]) -> Iterator[Place]:
    """Run everything that ``lineside serve`` starts on a new database, with nothing in it."""
    number, pages_number = free_port(), free_port()
    command = ("lineside.service.cli", "serve", "--port", str(number), "--database", new_database())
    environment = {"LINESIDE_PAGES_PORT": str(pages_number), "LINESIDE_STALLED_SECONDS": "60"}
    api = f"http://127.0.0.1:{number}"
    with process(*command, environment=environment) as started:
        ready(started, f"{api}/readyz")
        planner = first_key(started)
        assert started.stdout is not None
        pages = started.stdout.readline().removeprefix("Pages: ").strip()
        ready(started, f"{pages}/_stcore/health")
        yield Place(api, pages, planner, "", COMPANY, "", "")


def go_to(page: Page, name: str) -> None:
    """Choose a page in the navigation."""
    page.get_by_test_id("stTopNavLink").filter(has_text=name).click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    settled(page)


def start_from(page: Page, workbook: Path) -> None:
    """Upload a workbook, see that it holds no mistake, change a cell and save."""
    page.get_by_role("link", name="Start a scenario").click()
    expect(page.get_by_role("heading", name="Region", exact=True)).to_be_visible()
    bring_in(page, workbook)
    expect(message(page, "Two plants is there: no mistakes.")).to_be_visible()
    picture(page, "journey-1-uploaded")
    page.get_by_role("radio", name="Settings", exact=True).click()
    settled(page)
    fill(page, "Weeks", "5")
    expect(page.get_by_text("changed and not saved: settings")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(message(page, "Saved as revision 2 of Two plants.")).to_be_visible()
    expect(page.get_by_text(re.compile("^Revision 2 · all saved · no mistakes"))).to_be_visible()
    picture(page, "journey-2-saved")


def solve(page: Page) -> None:
    """Start a run and wait until its plan is there."""
    go_to(page, "Scenario")
    fill(page, "Time to search (seconds)", "10")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("link", name="Open the plan")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text(re.compile("^Finished: "))).to_be_visible()
    settled(page)
    picture(page, "journey-3-solved", 1400)
    page.get_by_role("link", name="Open the plan").click()


def publish(page: Page) -> None:
    """Look at the plan, then put it in force."""
    expect(page.get_by_role("heading", name="Plan", exact=True)).to_be_visible()
    settled(page)  # until then the run's chart of the page before may stand beside the plan's
    expect(page.get_by_text("Not in force")).to_be_visible()
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()
    picture(page, "journey-4-plan", 1800)
    page.get_by_role("tab", name="Publish", exact=True).click()
    expect(page.get_by_text("No plan is in force yet, so every meeting is new.")).to_be_visible()
    page.get_by_text("I have looked at what changes for whom").click()
    page.get_by_role("button", name="Publish this plan").click()
    expect(message(page, "This plan is in force.")).to_be_visible()
    picture(page, "journey-5-published")
    page.get_by_role("link", name="Hand out calendars").click()


def hand_out(page: Page) -> str:
    """Make an address for everybody who has none, and return the one that is shown to be copied."""
    expect(page.get_by_role("heading", name="Calendars", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Make addresses").click()
    settled(page)
    page.get_by_role("button", name=re.compile(r"^Make \d+ addresses$")).click()
    expect(message(page, "addresses were made.")).to_be_visible()
    codes = page.get_by_test_id("stCode").locator("code")
    expect(codes).to_have_count(2)
    picture(page, "journey-6-addresses", 1500)
    return codes.first.inner_text().strip()


def test_from_a_workbook_to_a_calendar_in_the_pages_alone(visits: Visits, place: Place, tmp_path: Path) -> None:
    workbook = tmp_path / "two plants.xlsx"
    convert(BUNDLED / "two_plants", workbook)
    page = visits.open("planner")
    expect(page.get_by_text("No plan is in force yet.")).to_be_visible()
    picture(page, "journey-0-begin")
    start_from(page, workbook)
    solve(page)
    publish(page)
    answer = httpx2.get(hand_out(page), timeout=PATIENCE_SECONDS)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "\r\nBEGIN:VEVENT\r\n" in answer.text
    go_to(page, "Impact")
    expect(page.get_by_role("heading", name="By company and shift")).to_be_visible()
    visit_as_manager(visits, place)


def visit_as_manager(visits: Visits, place: Place) -> None:
    """Sign in with the key that the planner gave to a plant's manager, and look at everything that is there."""
    order = {"role": "manager", "company": COMPANY, "label": "the plant's manager"}
    page = visits.open(None)
    sign_in(page, asked(place.api, place.planner, "POST", "/keys", json=order)["key"])
    expect(page.get_by_role("heading", name="The plan in force")).to_be_visible()
    go_to(page, "Impact")
    expect(page.get_by_role("heading", name="By company and shift")).to_be_visible()
    picture(page, "journey-7-impact", 1400)
    go_to(page, "Roster")
    expect(Grid(page, "Cohorts with people of your company").cell(1, 1)).not_to_be_empty()
    picture(page, "journey-8-roster")
    accessible(page)
    go_to(page, "Calendars")
    expect(page.get_by_role("combobox", name="Calendars of")).to_be_visible()
    assert "Birch" not in page.content()
