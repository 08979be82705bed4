"""How soon the pages of a large region are there, in a real browser: ``python -m benchmarks.pages``."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from lineside.service.storage.embedded import EmbeddedServer
from tests.ui.browsing import settled, sign_in
from tests.ui.conftest import OPTIONS
from tests.ui.place import asked, first_key, pages_for, service, upload

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
REGION = ROOT.parent / "shared" / "regions" / "l-plain-21"
REPEATS = 5
OPEN_LIMIT, CHANGE_LIMIT = 3.0, 1.0
"""Seconds within which a region is to open, and a page to change."""
TIMEOUT_MS = 300_000
TICKS = os.sysconf("SC_CLK_TCK")
COLUMNS = ("step", "limit s", "median s", "slowest s", "work s")
HEADER = f"| {' | '.join(COLUMNS)} |\n| --- |{' ---: |' * (len(COLUMNS) - 1)}"


@dataclass(frozen=True)
class Step:
    """Something that people wait for.

    Parameters
    ----------
    name
        In words.
    limit
        Seconds within which it is to be there.
    go
        Does it.
    there
        What must be visible in the end.
    """

    name: str
    limit: float
    go: Callable[[Page], object]
    there: Callable[[Page], Locator]


@dataclass(frozen=True)
class Measured:
    """Seconds of each repeat, and the processors' seconds that all processes together took in the median."""

    step: Step
    seconds: list[float]
    work: list[float]

    def row(self) -> str:
        """Return the line of the table."""
        median, work = statistics.median(self.seconds), statistics.median(self.work)
        cells = (f"{self.step.limit:g}", f"{median:.2f}", f"{max(self.seconds):.2f}", f"{work:.2f}")
        return f"| {self.step.name} | {' | '.join(cells)} |"


def work_seconds() -> float:
    """Return the processors' seconds that this process and all that it started have taken so far."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = dict(tuple(map(int, line.split())) for line in listed.splitlines())
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(map(_seconds_of, ours))


def _seconds_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS  # own and those of children that have ended


def measure(step: Step, page: Page) -> tuple[float, float]:
    """Return seconds and processors' seconds until a step's end is in sight and the page stands still."""
    work, began = work_seconds(), time.perf_counter()
    step.go(page)
    step.there(page).wait_for(timeout=TIMEOUT_MS)
    settled(page, quiet_ms=0)
    return time.perf_counter() - began, work_seconds() - work


def canvas(page: Page, words: str) -> Locator:
    spoken = page.locator(f'[aria-label*=": {words}"]')
    return page.get_by_test_id("stDataFrame").filter(has=spoken).locator("canvas").first


def click_page(name: str) -> Callable[[Page], object]:
    return lambda page: page.get_by_test_id("stTopNavLinkContainer").get_by_role("link", name=name, exact=True).click()


def click_part(name: str) -> Callable[[Page], object]:
    return lambda page: page.get_by_role("radio", name=re.compile(f"^{name}( |$)")).click()


def heading(name: str) -> Callable[[Page], Locator]:
    return lambda page: page.get_by_role("heading", name=name, level=1)


def steps(pages: str, scenario: str) -> tuple[list[Step], list[Step]]:
    """Return the steps of opening, each in a new browser context, and those of moving about in one."""

    def opened(table: str) -> Callable[[Page], object]:
        return lambda page: page.goto(f"{pages}/region?scenario={scenario}&table={table}")

    def editor(table: str) -> Callable[[Page], Locator]:
        return lambda page: canvas(page, f"Table {table}:")

    def chart(words: str) -> Callable[[Page], Locator]:
        return lambda page: page.locator(f'[role="graphics-document"][aria-label^="{words}"] svg').first

    opening = [
        Step("open Region, table companies", OPEN_LIMIT, opened("companies"), editor("companies")),
        Step("open Region, table apprentices", OPEN_LIMIT, opened("apprentices"), editor("apprentices")),
    ]
    moving = [
        Step("Region: table apprentices", CHANGE_LIMIT, click_part("apprentices"), editor("apprentices")),
        Step("Region: table crews", CHANGE_LIMIT, click_part("crews"), editor("crews")),
        Step("Region: Map", CHANGE_LIMIT, click_part("Map"), chart("Map with north above")),
        Step("Region: Shifts", CHANGE_LIMIT, click_part("Shifts"), chart("Shifts of rota")),
        Step("Region: Tables", CHANGE_LIMIT, click_part("Tables"), editor("crews")),
        *(
            Step(f"to the page {name}", CHANGE_LIMIT, click_page(name), heading(name))
            for name in ("Lineside", "Scenario", "Plan", "Impact", "Compare", "Calendars", "Region")
        ),
    ]
    return opening, moving


def run(browser: Browser, pages: str, key: str, scenario: str, repeats: int) -> list[Measured]:
    """Measure every step several times; the first visit of all, which fills the service's memory, is told apart."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    page.goto(pages)
    settled(page)
    sign_in(page, key)
    state = context.storage_state()
    context.close()
    opening, moving = steps(pages, scenario)
    found = []
    first = Step("the very first visit: open Region", OPEN_LIMIT, opening[0].go, opening[0].there)
    found.append(_measured(first, [_in_new_context(browser, state, first)]))
    found += [_measured(step, [_in_new_context(browser, state, step) for _ in range(repeats)]) for step in opening]
    found += _moved(browser, state, opening[0], moving, repeats)
    return found


def _measured(step: Step, pairs: list[tuple[float, float]]) -> Measured:
    measured = Measured(step, [seconds for seconds, _ in pairs], [work for _, work in pairs])
    print(measured.row(), flush=True)
    return measured


def _in_new_context(browser: Browser, state: Any, step: Step) -> tuple[float, float]:
    with _page(browser, state) as page:
        return measure(step, page)


@contextlib.contextmanager
def _page(browser: Browser, state: Any) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, storage_state=state)
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    yield page
    context.close()


def _moved(browser: Browser, state: Any, start: Step, moving: list[Step], repeats: int) -> list[Measured]:
    pairs: dict[str, list[tuple[float, float]]] = {step.name: [] for step in moving}
    with _page(browser, state) as page:
        measure(start, page)
        for number in range(repeats + 1):
            for step in moving:
                pair = measure(step, page)
                if number:  # the first round reads what is kept from then on, and is told apart
                    pairs[step.name].append(pair)
                else:
                    print(f"first time, {step.name}: {pair[0]:.2f} s, work {pair[1]:.2f} s", flush=True)
    return [_measured(step, pairs[step.name]) for step in moving]


def publish_first_come(api: str, key: str, scenario: str) -> None:
    """Put a plan in force: first come, first served, as a search of a region of this size takes long."""
    order = {"scenario": scenario, "seconds": 600, "workers": 1, "method": "first_come"}
    run = asked(api, key, "POST", "/runs", json=order)["id"]
    while (told := asked(api, key, "GET", f"/runs/{run}"))["status"] in ("queued", "running"):
        time.sleep(1)
    assert told["plan"] is not None, told
    asked(api, key, "POST", f"/plans/{told['plan']}/publish")


@contextlib.contextmanager
def place() -> Iterator[tuple[str, str, str]]:
    """Run service and pages on a new database, and give the service's and the pages' address, and a planner's key."""
    folder = Path(tempfile.mkdtemp(prefix="lineside-"))
    database = EmbeddedServer(folder)
    try:
        with service(database.address) as (api, started), pages_for(api) as pages:
            yield api, pages, first_key(started)
    finally:
        database.stop()
        shutil.rmtree(folder)


def write(measured: list[Measured], load: float, repeats: int) -> Path:
    """Append the table to the day's file."""
    now = dt.datetime.now(dt.UTC)
    path = RESULTS / f"{now:%Y-%m-%d}-pages.md"
    title = "" if path.exists() else f"# Pages in a browser, {now:%Y-%m-%d}\n"
    machine = (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    )
    lines = [
        f"{title}\n## {now:%H:%M} UTC: {REGION.name}, 5,000 apprentices\n",
        f"{machine}; load average before: {load:.1f}, after: {os.getloadavg()[0]:.1f}. {repeats} repeats.\n",
        HEADER,
        *(row.row() for row in measured),
    ]
    with path.open("a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return path


def main() -> None:
    """Measure, print and keep the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    repeats = parser.parse_args().repeats
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium is not installed. Install it to measure the pages.")
    load = os.getloadavg()[0]
    with place() as (api, pages, key), sync_playwright() as playwright:
        scenario = upload(api, key, REGION)
        publish_first_come(api, key, scenario)
        expect.set_options(timeout=TIMEOUT_MS)
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=list(OPTIONS))
        measured = run(browser, pages, key, scenario, repeats)
        browser.close()
    print(f"Written: {write(measured, load, repeats).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
