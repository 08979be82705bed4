"""Draw the pictures of the pages that the README shows: ``make screenshots``.

A service of its own is started on a folder that is thrown away, with the bundled region of Milwaukee in it. Once a plan
is found and published, every page is opened as the people see it who may, and kept as ``docs/images/NAME.png``.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

IMAGES = Path(__file__).parent / "images"
SCENARIO, COMPANY = "milwaukee", "LAKEBL"
RUN_SECONDS, WORKERS = 60, 2
BASELINES = ("first_come", "day_class")
WIDTH, HEIGHT = 1280, 900
COLOURS = 128
"""A page has few colours; with this many nobody sees a difference, and the files are a third of the size."""
MOST_BYTES = 120_000
PATIENCE_SECONDS = 600
"""A guard against hanging; nothing is measured by it."""
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]

Prepare = Callable[[Page], None]


@dataclass(frozen=True)
class Place:
    """A running service: address of its interface and of its pages, and keys by role."""

    api: str
    pages: str
    keys: dict[str, str]

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Ask the service as a planner, and return the JSON body of the answer."""
        headers = {"Authorization": f"Bearer {self.keys['planner']}"}
        answer = httpx2.request(method, f"{self.api}/api/v1{path}", headers=headers, timeout=PATIENCE_SECONDS, **more)
        if answer.status_code >= 300:
            raise RuntimeError(f"{method} {path} was refused: {answer.text} Mend it, then draw the pictures again.")
        return answer.json() if answer.content else None


@dataclass(frozen=True)
class Shot:
    """One picture: its name, who looks, the page's address, how tall the window is, and what is done first."""

    name: str
    who: str
    path: str
    height: int = HEIGHT
    prepare: Prepare | None = None


def shots(scenario: str, plan: str, others: list[str], sweep: str) -> list[Shot]:
    """Return every picture of the planner's and the plant manager's pages."""
    region, one = f"/region?scenario={scenario}", f"/plan?plan={plan}"
    return [
        Shot("home", "planner", "/"),
        Shot("region", "planner", f"{region}&table=apprentices", 1000),
        Shot("region-map", "planner", f"{region}&part=Map", 1350),
        Shot("region-shifts", "planner", f"{region}&part=Shifts", 1100),
        Shot("scenario", "planner", f"/scenario?scenario={scenario}", 1200),
        Shot("scenario-rules", "planner", f"/scenario?scenario={scenario}&part=Rules+and+prices"),
        Shot("scenario-what-if", "planner", f"/scenario?scenario={scenario}&part=What+if"),
        Shot("plan-week", "planner", f"{one}&part=Week", 1450),
        Shot("plan-timeline", "planner", f"{one}&part=Timeline", 1350),
        Shot("plan-apprentice", "planner", f"{one}&part=Apprentice", 1450),
        Shot("plan-by-hand", "planner", f"{one}&part=By+hand", 1450, _try_a_change),
        Shot("plan-why", "planner", f"{one}&part=Why", 1450),
        Shot("plan-what-now", "planner", f"{one}&part=What+now", 1450, _ask_what_now),
        Shot("impact", "planner", f"/impact?plan={plan}", 1000),
        Shot("impact-will-it-hold", "planner", f"/impact?plan={plan}&part=Will+it+hold", 1450),
        Shot("impact-road", "planner", f"/impact?plan={plan}&part=The+whole+road", 1450),
        Shot("impact-lines", "planner", f"/impact?plan={others[0]}&part=Lines", 1000),
        Shot("compare", "planner", f"/compare?plans={','.join([plan, *others])}", 1600),
        Shot("sweeps", "planner", f"/sweeps?sweep={sweep}", 950),
        Shot("calendars", "planner", "/calendars?part=Make+addresses", 1200, _make_addresses),
        Shot("access", "planner", "/access", 900),
        Shot("manager-home", "manager", "/"),
        Shot("manager-impact", "manager", "/impact", 1200),
        Shot("manager-roster", "manager", "/roster"),
    ]


def _try_a_change(page: Page) -> None:
    page.get_by_role("combobox", name="What to change").scroll_into_view_if_needed()
    _settle(page)
    page.get_by_role("combobox", name="What to change").click()
    page.get_by_role("option", name="Close a cohort").click()
    _settle(page)
    page.get_by_role("button", name="Try it").click()
    page.get_by_text("For whom something changes").wait_for()


def _ask_what_now(page: Page) -> None:
    page.get_by_role("button", name="What could be done?").click()
    page.get_by_text("For whom something changes").or_(page.get_by_text("No meeting changes")).first.wait_for()


def _make_addresses(page: Page) -> None:
    page.get_by_role("button", name=re.compile(r"^Make \d+ addresses$")).click()
    page.get_by_text("addresses were made.").first.wait_for()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(is_there: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_there():
        if time.monotonic() > end:
            raise TimeoutError(
                f"Nothing came within {PATIENCE_SECONDS} seconds. Look at the lines above for the cause."
            )
        time.sleep(0.5)


def _answers(address: str) -> bool:
    with contextlib.suppress(httpx2.TransportError):
        return httpx2.get(address, timeout=5).status_code == 200
    return False


@contextlib.contextmanager
def serving() -> Iterator[Place]:
    """Run ``lineside serve`` on a new folder, which is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="lineside-") as data:
        port, pages_port = _free_port(), _free_port()
        command = [sys.executable, "-m", "lineside.service.cli", "serve", "--data", data, "--port", str(port)]
        given = {"LINESIDE_PAGES_PORT": str(pages_port), "LINESIDE_LOG_LEVEL": "WARNING"}
        process = subprocess.Popen(command, env={**os.environ, **given}, stdout=subprocess.PIPE, text=True)
        try:
            api, pages = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{pages_port}"
            _wait_for(lambda: _answers(f"{api}/readyz") and _answers(f"{pages}/_stcore/health"))
            assert process.stdout is not None
            key = process.stdout.readline().split()[-1]
            yield Place(api, pages, {"planner": key})
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def solve(place: Place, scenario: str, **order: Any) -> str:
    """Run a scenario to the end, and return its plan's id."""
    body = {"scenario": scenario, "seconds": RUN_SECONDS, "workers": WORKERS, **order}
    run = place.ask("POST", "/runs", json=body)["id"]
    _wait_for(lambda: place.ask("GET", f"/runs/{run}")["status"] not in ("queued", "running"))
    told = place.ask("GET", f"/runs/{run}")
    if told["plan"] is None:
        raise RuntimeError(f"The run found no plan: {told['reason']} Give it more seconds.")
    return str(told["plan"])


def solve_sweep(place: Place, scenario: str) -> str:
    """Solve a grid of two questions on a scenario, and return the sweep's id."""
    three = {"name": "three at once", "settings": [{"key": "rules.modules_at_once", "after": "3"}]}
    more = {"name": "six hours", "settings": [{"key": "rules.class_minutes_per_week", "after": "360"}]}
    axes = [{"name": "modules", "choices": [None, three]}, {"name": "class week", "choices": [None, more]}]
    body = {"name": "More class in a week", "scenarios": [scenario], "axes": axes, "seconds": RUN_SECONDS}
    sweep = place.ask("POST", "/sweeps", json={**body, "workers": WORKERS})["id"]
    _wait_for(lambda: place.ask("GET", f"/sweeps/{sweep}")["ended"] == 4)
    return str(sweep)


def fill(place: Place) -> list[Shot]:
    """Bring in the region, solve and publish it, and return what there is to draw."""
    scenario = place.ask("POST", "/scenarios/examples", json={"example": SCENARIO})["id"]
    baselines = [solve(place, scenario, method=method) for method in BASELINES]
    plan = solve(place, scenario)
    place.ask("POST", f"/plans/{plan}/publish")
    sweep = solve_sweep(place, scenario)
    order = {"role": "manager", "company": COMPANY, "label": "the plant's manager"}
    place.keys["manager"] = place.ask("POST", "/keys", json=order)["key"]
    return shots(scenario, plan, baselines[:1], sweep)


def _settle(page: Page) -> None:
    """Wait until a page stands still, its charts painted too."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    expect(page.locator('[data-stale="true"]')).to_have_count(0)
    page.wait_for_timeout(1500)


def keep(picture: bytes, path: Path) -> None:
    """Write a picture with few colours, which makes it small."""
    drawn = Image.open(io.BytesIO(picture)).convert("RGB")
    drawn.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.name}: {size / 1000:.0f} kB", flush=True)
    if size > MOST_BYTES:
        raise RuntimeError(f"{path.name} has {size} bytes; the limit is {MOST_BYTES}. Draw less on it.")


def _sign_in(browser: Browser, place: Place, who: str) -> Page:
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    page.set_default_timeout(PATIENCE_SECONDS * 1000)
    page.goto(place.pages)
    field = page.get_by_role("textbox", name="Your key")
    field.wait_for()
    if who == "planner":
        _settle(page)
        keep(page.screenshot(), IMAGES / "sign-in.png")
    field.fill(place.keys[who])
    page.get_by_role("button", name="Sign in").click()
    field.wait_for(state="detached")
    _settle(page)
    return page


def draw(place: Place, wanted: list[Shot]) -> None:
    """Open each page and keep its picture."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=OPTIONS)
        people = {who: _sign_in(browser, place, who) for who in ("planner", "manager")}
        for shot in wanted:
            page = people[shot.who]
            page.set_viewport_size({"width": WIDTH, "height": shot.height})
            page.goto(place.pages + shot.path)
            _settle(page)
            if shot.prepare is not None:
                shot.prepare(page)
                _settle(page)
            keep(page.screenshot(), IMAGES / f"{shot.name}.png")
        browser.close()


def main() -> None:
    """Draw every picture."""
    with serving() as place:
        draw(place, fill(place))


if __name__ == "__main__":
    main()
