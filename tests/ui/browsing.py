"""What tests do with a page in the browser: sign in, wait until it stands still, look at it, keep a picture."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Locator, Page, Request, ViewportSize, WebSocket, expect

from tests.ui.place import Place

SCREENSHOTS = Path(__file__).parents[2] / "out" / "screenshots"
TIMEOUT_MS = 60_000
"""A guard against hanging; nothing is measured by it."""
STORED = "cookies,local_storage,indexeddb,service_workers,cache_storage"
"""What a page may leave in a browser; what the browser itself keeps of it is no matter."""
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
class Contexts:
    """Contexts of a browser that are used again, without what their last guest left in them.

    A page in the process of an earlier one takes 2 s of processor time instead of 4: the browser has compiled its
    scripts. So a page stays open in each context (and the browser is told to have one process for a site).

    Parameters
    ----------
    browser
        The browser.
    free
        Contexts that nobody uses, each with the page that stays open, by time zone.
    """

    browser: Browser
    free: dict[str, list[Page]] = field(default_factory=dict)

    def take(self, zone: str, pages: str) -> Page:
        """Return the page that stays open in a context where nobody is signed in and nothing else is open.

        In a new context it shows something small of the site.
        """
        if self.free.get(zone):
            return self.free[zone].pop()
        context = self.browser.new_context(viewport=VIEW, accept_downloads=True, timezone_id=zone)
        context.set_default_timeout(TIMEOUT_MS)
        staying = context.new_page()
        staying.goto(f"{pages}/_stcore/health")
        context.add_init_script(LISTEN)
        return staying

    def give_back(self, zone: str, staying: Page, origins: Iterable[str]) -> None:
        """Close what was opened in a context, take out what some origins stored, and keep it for the next guest."""
        for page in staying.context.pages:
            if page != staying:
                page.close()
        session = staying.context.new_cdp_session(staying)
        for origin in origins:
            session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": STORED})
        session.detach()
        self.free.setdefault(zone, []).append(staying)


@dataclass
class Visits:
    """Opens pages in contexts of their own, and notes every address that a browser asks for.

    Parameters
    ----------
    unused, place
        Where contexts come from, and what is visited.
    signed_in
        Cookies of people who signed in before, so that each signs in once only.
    """

    unused: Contexts
    place: Place
    signed_in: dict[tuple[str, str], Any]
    elsewhere: list[str] = field(default_factory=list)
    contexts: list[tuple[str, Page]] = field(default_factory=list)
    origins: set[str] = field(default_factory=set)

    def open(self, who: Role | None, path: str = "/", *, pages: str | None = None, zone: str = "UTC") -> Page:
        """Return a page as a planner or manager sees it in some time zone, or as somebody who has not signed in."""
        base = pages or self.place.pages
        page = self._page(zone)
        page.context.add_cookies(self.signed_in.get((base, who or ""), []))
        page.goto(base + path)
        settled(page)
        if who is not None and (base, who) not in self.signed_in:
            sign_in(page, self.place.planner if who == "planner" else self.place.manager)
            self.signed_in[base, who] = page.context.cookies()
        return page

    def pages(self) -> list[Page]:
        """Return all pages that are open."""
        return [page for _, staying in self.contexts for page in staying.context.pages if page != staying]

    def _page(self, zone: str) -> Page:
        staying = self.unused.take(zone, self.place.pages)
        self.contexts.append((zone, staying))
        staying.context.on("request", self._asked)
        page = staying.context.new_page()
        page.on("websocket", self._connected)
        return page

    def _asked(self, request: Request) -> None:
        self._note(request.url)

    def _connected(self, socket: WebSocket) -> None:
        self._note(socket.url)

    def _note(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme in ("data", "blob", "about"):
            return
        if parts.hostname in HERE:
            self.origins.add(f"http://{parts.netloc}")
        else:
            self.elsewhere.append(address)

    def close(self) -> None:
        """Close all pages, and give the contexts back as if nobody had been there."""
        for zone, staying in self.contexts:
            self.unused.give_back(zone, staying, self.origins)
            staying.context.remove_listener("request", self._asked)
        self.contexts.clear()


def download(page: Page, press: Callable[[], None]) -> tuple[str, bytes]:
    """Press something that downloads, and return the file's name and content."""
    with page.expect_download() as waiting:
        press()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def exactly(text: str) -> re.Pattern[str]:
    """Return a pattern for an element whose whole text this is."""
    return re.compile(rf"^\s*{re.escape(text)}\s*$")
