"""A real service, real pages and a real browser, shared by the tests of the pages.

A test asks for ``visits`` and opens pages as somebody: ``visits.open("planner", "/region")``. It fails if the browser
asked any other machine for anything. Helpers are in :mod:`tests.ui.browsing`.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, expect, sync_playwright

from tests.service.conftest import new_database, server
from tests.ui.browsing import SCREENSHOTS, TIMEOUT_MS, Contexts, Visits
from tests.ui.place import BUNDLED, Place, asked, first_key, pages_for, service, solve_and_publish, upload

__all__ = ["new_database", "server"]

COMPANY = "ASPEN"
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--process-per-site",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need a browser, so that they can be left out by name where there is none.

    They run three processes and a browser on two cores, where a key may be pressed before a page listens: such a
    test is tried once more before it counts as failed. The report names every one that was.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Keep a picture of every page that a failed test had open."""
    outcome: Any = yield
    if outcome.get_result().failed and isinstance(visits := getattr(item, "funcargs", {}).get("visits"), Visits):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(visits.pages()):
            # A browser that does not answer any more must not take the other tests with it.
            with contextlib.suppress(Error):
                page.screenshot(path=SCREENSHOTS / f"failed-{item.name}-{number}.png")


@pytest.fixture(scope="session")
def place(new_database: Callable[[], str]) -> Iterator[Place]:
    """Run a service with its pages, and publish a plan of the bundled scenario of two plants."""
    with service(new_database()) as (api, started), pages_for(api) as pages:
        planner = first_key(started)
        order = {"role": "manager", "company": COMPANY, "label": "the plant's manager"}
        manager = asked(api, planner, "POST", "/keys", json=order)["key"]
        scenario = upload(api, planner, BUNDLED / "two_plants")
        plan = solve_and_publish(api, planner, scenario)
        yield Place(api, pages, planner, manager, COMPANY, scenario, plan)


# Playwright keeps an event loop running in this thread, in which no other test could start its own: the browser ends
# with this folder's tests.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Run Debian's Chromium without a window."""
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is not installed. Install it, or leave these tests out with -m 'not browser'."
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, headless=True, args=list(OPTIONS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def signed_in() -> dict[tuple[str, str], Any]:
    """Return the cookies of people who signed in."""
    return {}


@pytest.fixture(scope="package")
def contexts(browser: Browser) -> Contexts:
    """Return contexts of the browser that each test leaves as it found them."""
    return Contexts(browser)


@pytest.fixture
def visits(contexts: Contexts, place: Place, signed_in: dict[tuple[str, str], Any]) -> Iterator[Visits]:
    """Open pages; the test fails if the browser asked another machine for anything."""
    made = Visits(contexts, place, signed_in)
    yield made
    made.close()
    assert made.elsewhere == []
