"""A planner with a real browser in a long run: opens the pages in a new window, looks around, and closes it."""

from __future__ import annotations

import random
import shutil
import threading
import time

from playwright.sync_api import Browser, Error, sync_playwright

from benchmarks.long_run_clients import HOUR, Trouble
from benchmarks.long_run_samples import Latencies
from tests.ui.browsing import settled, sign_in
from tests.ui.conftest import OPTIONS

TIMEOUT_MS = 120_000
PAGES = ("Region", "Scenario", "Plan", "Impact", "Calendars")
VISITS_A_DAY = 150


class Browsing:
    """The planner in the browser.

    Parameters
    ----------
    pages, key
        Address of the pages, and the planner's key.
    factor
        How many times faster the day goes.
    latencies, trouble
        Where seconds and failures are noted.
    """

    def __init__(self, pages: str, key: str, factor: float, latencies: Latencies, trouble: Trouble) -> None:
        self._pages = pages
        self._key = key
        self._pause_seconds = 24 * HOUR / VISITS_A_DAY / factor
        self._latencies = latencies
        self._trouble = trouble
        self._draw = random.Random(0)

    def run(self, ending: threading.Event) -> None:
        """Visit the pages again and again until the day ends."""
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), headless=True, args=list(OPTIONS)
            )
            while not ending.wait(self._pause_seconds * self._draw.uniform(0.5, 1.5)):
                try:
                    self._visit(browser)
                except (Error, AssertionError) as error:
                    self._trouble.add(f"{type(error).__name__} in the browser")
            browser.close()

    def _visit(self, browser: Browser) -> None:
        context = browser.new_context()
        try:
            page = context.new_page()
            page.set_default_timeout(TIMEOUT_MS)
            began = time.monotonic()
            page.goto(self._pages)
            settled(page)
            sign_in(page, self._key)
            self._latencies.add("browser: open and sign in", time.monotonic() - began)
            for name in self._draw.sample(PAGES, 2):
                began = time.monotonic()
                links = page.get_by_test_id("stTopNavLinkContainer")
                links.get_by_role("link", name=name, exact=True).click()
                page.get_by_role("heading", name=name, level=1).wait_for()
                settled(page)
                self._latencies.add(f"browser: {name}", time.monotonic() - began)
        finally:
            context.close()
