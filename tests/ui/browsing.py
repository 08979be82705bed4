"""What tests do with a page in the browser: sign in, wait until it stands still, look at it, keep a picture."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, Page, ViewportSize, expect

from tests.ui.place import Place

SCREENSHOTS = Path(__file__).parents[2] / "out" / "screenshots"
TIMEOUT_MS = 60_000
"""A guard against hanging; nothing is measured by it."""
HERE = ("127.0.0.1", "localhost")
VIEW: ViewportSize = {"width": 1400, "height": 1000}
STREAMLITS_OWN = ("list", "listitem")
"""Findings that nobody but Streamlit can mend, as long as they lie in its own navigation."""

# Before it has heard from the server a page says that nothing runs: only what it shows tells that it began. Kinds of
# elements that the browser sees for the first time are fetched then; grey bars stand in for them.
# Nor does it say that anything runs between a click and the server's answer to it, which may take long on a machine
# that has much else to do: what the page sent and heard tells that. A page of which this is not known counts as heard.
STANDS_STILL = """({number, quiet_ms}) => {
    const now = performance.now(), talk = window.lineside_talk || {sent: 0, heard: 1};
    const app = document.querySelector('[data-testid="stApp"]');
    const is_still = !!app && app.getAttribute('data-test-script-state') === 'notRunning' && talk.heard > talk.sent
        && !!document.querySelector('[data-testid="stMain"] [data-testid="stElementContainer"]')
        && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]');
    const watch = window.lineside_watch;
    if (!is_still || !watch || watch.number !== number) window.lineside_watch = {number, since: now};
    return is_still && now - window.lineside_watch.since >= quiet_ms;
}"""
LISTEN = """(() => {
    const talk = window.lineside_talk = {sent: 0, heard: 0};
    window.WebSocket = class extends WebSocket {
        constructor(...given) {
            super(...given);
            this.addEventListener('message', () => { talk.heard = performance.now(); });
        }
        send(data) {
            talk.sent = performance.now();
            super.send(data);
        }
    };
})()"""
"""Notes when a page spoke to its server last, and when it was last spoken to."""
QUIET_MS = 150
"""How long nothing may move: some frames, as what a click does to a page may send its message a moment later."""
_waits = itertools.count()

Role = Literal["planner", "manager"]


def settled(page: Page, quiet_ms: int = QUIET_MS) -> Page:
    """Wait until a page stands still, and has done so for some milliseconds, and return it.

    It looks at every frame that the browser paints, since what is waited for is measured too.
    """
    page.wait_for_function(STANDS_STILL, arg={"number": next(_waits), "quiet_ms": quiet_ms})
    return page


def sign_in(page: Page, key: str) -> None:
    """Sign in as people do."""
    page.get_by_role("textbox", name="Your key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("textbox", name="Your key")).to_have_count(0)
    settled(page)


def choose(page: Page, label: str, option: str | re.Pattern[str]) -> None:
    """Choose the first of a box's options that fits.

    A list closes when the page scrolls below it: the box is brought into sight before it is opened.
    """
    box = page.get_by_role("combobox", name=label)
    box.scroll_into_view_if_needed()
    settled(page)
    box.click()
    page.get_by_role("option", name=option).first.click()
    settled(page)


def fill(page: Page, label: str, value: str) -> None:
    """Type into a number's or a text's field of a page that stands still, and leave it.

    A field that is drawn again while somebody types into it may fall back to what it held.
    """
    field = settled(page).get_by_role("spinbutton", name=label).or_(page.get_by_role("textbox", name=label))
    field.fill(value)
    field.press("Tab")
    expect(field).to_have_value(value)
    settled(page)


def bring_in(page: Page, file: Path | FilePayload) -> None:
    """Upload tables on the page Region, whose box for them is open."""
    page.locator('input[type="file"]').set_input_files(file)
    expect(page.get_by_role("button", name="Bring the tables in")).to_be_visible()
    settled(page).get_by_role("button", name="Bring the tables in").click()


def message(page: Page, text: str) -> Locator:
    """Return the box that tells something: an error or warning, or how a thing went."""
    return page.get_by_role("alert").or_(page.get_by_role("status")).filter(has_text=text)


def picture(page: Page, name: str, height: int = 1000) -> None:
    """Keep a picture of a page among the test's artefacts.

    Streamlit scrolls inside its window, so a long page is kept whole in a tall one.
    """
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({"width": VIEW["width"], "height": height})
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
    page.set_viewport_size(VIEW)


def findings(page: Page) -> list[str]:
    """Return the serious findings of an accessibility scan that are our own."""
    rules = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {rule['help']} {node['target']} {node['html'][:200]}"
        for rule in rules
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
        if not (rule["id"] in STREAMLITS_OWN and _is_in_navigation(page, node["target"][-1]))
    ]


def _is_in_navigation(page: Page, selector: str) -> bool:
    script = """selector => {
        const found = document.querySelector(selector);
        return !!found && !!found.closest('[data-testid^="stSidebarNav"], [data-testid^="stTopNav"], header nav');
    }"""
    return bool(page.evaluate(script, selector))


def accessible(page: Page) -> None:
    """Check that nothing of ours keeps people from using a page."""
    found = findings(settled(page))
    assert not found, "\n".join(found)


@dataclass
class Visits:
    """Opens pages in contexts of their own, and notes every address that a browser asks for.

    Parameters
    ----------
    browser, place
        The browser, and what it visits.
    signed_in
        Cookies of people who signed in before, so that each signs in once only.
    """

    browser: Browser
    place: Place
    signed_in: dict[tuple[str, str], Any]
    elsewhere: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, who: Role | None, path: str = "/", *, pages: str | None = None, zone: str = "UTC") -> Page:
        """Return a page as a planner or manager sees it in some time zone, or as somebody who has not signed in."""
        base = pages or self.place.pages
        page = self._page(self.signed_in.get((base, who or "")), zone)
        page.goto(base + path)
        settled(page)
        if who is not None and (base, who) not in self.signed_in:
            sign_in(page, self.place.planner if who == "planner" else self.place.manager)
            self.signed_in[base, who] = page.context.storage_state()
        return page

    def _page(self, state: Any, zone: str) -> Page:
        context = self.browser.new_context(
            viewport=VIEW, storage_state=state, accept_downloads=True, timezone_id=zone
        )  # fmt: skip
        context.set_default_timeout(TIMEOUT_MS)
        self.contexts.append(context)
        context.on("request", lambda request: self._note(request.url))
        context.add_init_script(LISTEN)
        page = context.new_page()
        page.on("websocket", lambda socket: self._note(socket.url))
        return page

    def _note(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname not in HERE:
            self.elsewhere.append(address)

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def download(page: Page, press: Callable[[], None]) -> tuple[str, bytes]:
    """Press something that downloads, and return the file's name and content."""
    with page.expect_download() as waiting:
        press()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def exactly(text: str) -> re.Pattern[str]:
    """Return a pattern for an element whose whole text this is."""
    return re.compile(rf"^\s*{re.escape(text)}\s*$")
