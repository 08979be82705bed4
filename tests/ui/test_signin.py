"""Signing in and out, and what each role is shown."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.ui.browsing import Visits, accessible, picture, settled, sign_in
from tests.ui.place import Place


def test_a_wrong_key_is_told_and_a_good_one_opens_what_was_asked_for(visits: Visits, place: Place) -> None:
    page = visits.open(None, f"/region?scenario={place.scenario}")
    picture(page, "sign-in")
    accessible(page)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("No key was typed.")
    page.get_by_role("textbox", name="Your key").fill("lsk_wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).not_to_contain_text("No key was typed.")
    sign_in(page, place.planner)
    expect(page.get_by_role("heading", name="Region", exact=True)).to_be_visible()
    assert f"scenario={place.scenario}" in page.url


def test_whoever_signs_out_is_out(visits: Visits, place: Place) -> None:
    page = visits.open(None)
    sign_in(page, place.planner)
    page.reload()
    settled(page)
    expect(page.get_by_role("textbox", name="Your key")).to_have_count(0)
    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_role("textbox", name="Your key")).to_be_visible()


def test_a_script_cannot_read_the_cookie(visits: Visits) -> None:
    page = visits.open("planner")
    (cookie,) = [cookie for cookie in page.context.cookies() if cookie["name"] == "lineside_session"]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"


def test_a_manager_is_not_offered_the_planners_pages(visits: Visits) -> None:
    page = visits.open("manager")
    expect(page.get_by_role("link", name="Region")).to_have_count(0)
    page = visits.open("manager", "/region")
    expect(page.get_by_role("heading", name="Region", exact=True)).to_have_count(0)
