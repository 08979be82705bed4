"""Signing in with OpenID Connect: to the issuer and back, to the page that was asked for, and out again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.service.issuing import CLIENT, SECRET, IssuerHere, issuer_here
from tests.service.serving import free_port
from tests.ui.browsing import Visits, accessible, message, picture, settled, sign_in
from tests.ui.grid import Grid
from tests.ui.place import asked, first_key, process, ready


@dataclass(frozen=True)
class Door:
    """A service whose pages offer an issuer: addresses, the planner's key, and the issuer."""

    api: str
    pages: str
    planner: str
    issuer: IssuerHere


@pytest.fixture(scope="module")
def door(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Run all that ``lineside serve`` starts, with an issuer in its settings file: the pages learn of it from there."""
    folder, port, pages_port = tmp_path_factory.mktemp("door"), free_port(), free_port()
    api, pages = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{pages_port}"
    with issuer_here() as issuer:
        settings = {
            "data": str(folder / "data"),
            "port": port,
            "pages_port": pages_port,
            "oidc_issuer": issuer.address,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SECRET,
            "oidc_name": "Acme's account",
        }
        file = folder / "lineside.toml"
        file.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items()), encoding="utf-8")
        environment = {"LINESIDE_SETTINGS": str(file), "LINESIDE_DATABASE": new_database()}
        with process("lineside.service.cli", "serve", environment=environment) as started:
            ready(started, f"{api}/readyz")
            ready(started, f"{pages}/_stcore/health")
            yield Door(api, pages, first_key(started), issuer)


def go_through(page: Page, email: str) -> None:
    """Press the button, and sign in at the issuer."""
    page.get_by_role("button", name="Sign in with Acme's account").click()
    page.get_by_role("textbox", name="Email").fill(email)
    page.get_by_role("button", name="Continue").click()


def test_a_planner_lets_somebody_in_who_comes_and_goes(visits: Visits, door: Door) -> None:
    page = visits.open(None, "/access", pages=door.pages)
    accessible(page)
    picture(page, "sign-in-issuer")
    page.get_by_role("textbox", name="Your key").fill(door.planner)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("textbox", name="Email address").fill("Pat@Acme.example")
    page.get_by_role("textbox", name="Who it is").fill("Pat")
    page.get_by_test_id("stRadio").last.get_by_text("Planner").click()
    settled(page)
    page.get_by_role("button", name="Let this person in").click()
    people = Grid(page, "1 person")
    expect(people.cell(2, 1)).to_have_text("pat@acme.example")
    expect(people.cell(6, 1)).to_have_text("has not signed in yet")
    accessible(page)
    picture(page, "access-people", 1800)

    guest = visits.open(None, "/region", pages=door.pages)
    go_through(guest, "pat@acme.example")
    expect(guest.get_by_role("heading", name="Region", exact=True)).to_be_visible()
    assert asked(door.api, door.planner, "GET", "/identities")[0]["is_bound"]
    settled(guest)
    guest.get_by_role("link", name="Sign out").click()
    expect(guest.get_by_role("button", name="Sign in with Acme's account")).to_be_visible()
    assert door.issuer.visits == ["end"]
    guest.reload()
    expect(guest.get_by_role("button", name="Sign in with Acme's account")).to_be_visible()
    names = {cookie["name"] for cookie in guest.context.cookies()}
    assert not names & {"lineside_session", "_streamlit_user", "_streamlit_user_tokens"}


def test_somebody_whom_nobody_let_in_is_told_whom_to_ask(visits: Visits, door: Door) -> None:
    page = visits.open(None, pages=door.pages)
    go_through(page, "eve@acme.example")
    expect(message(page, "Ask the region's planner to let eve@acme.example in.")).to_be_visible()
    accessible(page)
    sign_in_anyway = page.get_by_role("textbox", name="Your key")
    expect(sign_in_anyway).to_be_visible()


def test_an_old_token_is_told_and_signing_in_again_works(visits: Visits, door: Door) -> None:
    person = {"role": "planner", "label": "Kim", "email": "kim@acme.example"}
    asked(door.api, door.planner, "POST", "/identities", json=person)
    page = visits.open(None, pages=door.pages)
    door.issuer.seconds = -10
    try:
        go_through(page, "kim@acme.example")
        expect(message(page, "Your sign-in with Acme's account has ended. Sign in again.")).to_be_visible()
    finally:
        door.issuer.seconds = 300
    go_through(page, "kim@acme.example")
    expect(page.get_by_role("link", name="Sign out")).to_be_visible()
    (kim,) = [row for row in asked(door.api, door.planner, "GET", "/identities") if row["label"] == "Kim"]
    asked(door.api, door.planner, "DELETE", f"/identities/{kim['id']}")
    page.reload()
    expect(message(page, "Ask the region's planner to let kim@acme.example in.")).to_be_visible()


def test_pages_without_an_issuer_offer_none(visits: Visits) -> None:
    page = visits.open(None)
    expect(page.get_by_role("button", name="Sign in with")).to_have_count(0)
    sign_in(page, visits.place.planner)
