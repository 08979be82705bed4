"""Tables on a page: reading their cells, and typing into them as people do.

A table is painted on a canvas; what screen readers are told of it lies beside, and only for the part in sight.
"""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from lineside.models.tables import TABLES
from tests.ui.browsing import settled

SLOWLY_MS = 40
"""Between two keys: nobody types faster, and the editor of a cell needs a moment to open."""

CLICKS, WALKS = 20, 4


class Grid:
    """A table of a page.

    Parameters
    ----------
    page
        The page.
    words
        Beginning of what the table is called for whoever cannot see it.
    """

    def __init__(self, page: Page, words: str) -> None:
        self._page = page
        spoken = page.locator(f'[aria-label*=": {words}"]')
        self.frame: Locator = page.get_by_test_id("stDataFrame").filter(has=spoken)

    @property
    def titles(self) -> list[str]:
        return self.frame.locator("[role=columnheader]").all_inner_texts()

    def cell(self, column: int, row: int) -> Locator:
        """Return a cell; the first column is 0, the first row below the titles 1."""
        return self.frame.get_by_test_id(f"glide-cell-{column}-{row - 1}")

    def go_to(self, column: int, row: int) -> None:
        """Select a cell with the arrow keys, from the first one; again, if the table missed a key."""
        settled(self._page)
        for _ in range(WALKS):
            self._select_first()
            for key, times in (("ArrowRight", column), ("ArrowDown", row - 1)):
                for _ in range(times):
                    self._page.keyboard.press(key)
                    self._page.wait_for_timeout(SLOWLY_MS)
            self._page.wait_for_timeout(10 * SLOWLY_MS)
            there = self.cell(column, row)
            if there.count() and there.get_attribute("aria-selected") == "true":
                return
        expect(self.cell(column, row)).to_have_attribute("aria-selected", "true")

    def _select_first(self) -> None:
        # A table that was only just painted, or moves since the page scrolls, does not take the first click.
        canvas = self.frame.locator("canvas").first
        for _ in range(CLICKS):
            canvas.scroll_into_view_if_needed()
            box = canvas.bounding_box()
            assert box is not None
            self._page.mouse.click(box["x"] + 15, box["y"] + 54)
            self._page.wait_for_timeout(10 * SLOWLY_MS)
            if self.cell(0, 1).get_attribute("aria-selected") == "true":
                return
        raise AssertionError("The table does not take a click.")

    def select(self, row: int) -> None:
        """Turn the box before a row, where rows can be selected."""
        canvas = self.frame.locator("canvas").first
        canvas.scroll_into_view_if_needed()
        settled(self._page)
        self._page.wait_for_timeout(10 * SLOWLY_MS)
        box = canvas.bounding_box()
        assert box is not None
        self._page.mouse.click(box["x"] + 17, box["y"] + 18 + 35 * row)

    def write(self, column: int, row: int, text: str) -> None:
        """Replace the text of a cell."""
        self.go_to(column, row)
        self._page.keyboard.press("Enter")
        self._wait_for_editor(is_open=True)
        self._page.wait_for_timeout(4 * SLOWLY_MS)
        self._page.keyboard.press("Control+a")
        self._page.keyboard.type(text, delay=SLOWLY_MS)
        self._page.wait_for_timeout(4 * SLOWLY_MS)
        self._page.keyboard.press("Enter")
        self._wait_for_editor(is_open=False)

    def _wait_for_editor(self, *, is_open: bool) -> None:
        script = "isOpen => ['TEXTAREA', 'INPUT'].includes(document.activeElement.tagName) === isOpen"
        self._page.wait_for_function(script, arg=is_open)

    def choose(self, column: int, row: int, option: str) -> None:
        """Choose from the drop-down of a cell."""
        self.go_to(column, row)
        self._page.keyboard.press("Enter")
        self._page.get_by_role("option", name=option, exact=True).click()
        self._page.wait_for_timeout(4 * SLOWLY_MS)
        self._page.keyboard.press("Enter")


class Editor(Grid):
    """The editor of a scenario's table: columns by name, rows as they are numbered."""

    BEFORE = ("row", "remove", "what is wrong")

    def __init__(self, page: Page, table: str) -> None:
        super().__init__(page, f"Table {table}:")
        self._columns = (*self.BEFORE, *TABLES[table].model_fields)

    def at(self, row: int, column: str) -> Locator:
        return self.cell(self._columns.index(column), row - 1)

    def type(self, row: int, column: str, text: str) -> None:
        self.write(self._columns.index(column), row - 1, text)

    def pick(self, row: int, column: str, option: str) -> None:
        self.choose(self._columns.index(column), row - 1, option)

    def mark(self, row: int) -> None:
        """Mark a row for removal."""
        self.go_to(self._columns.index("remove"), row - 1)
        self._page.keyboard.press("Space")
