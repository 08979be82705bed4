"""The page of a feed."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from lineside.models.plan import Plan
from lineside.service.calendars import PAGE_POLICY, PageLinks, publish, render_page
from tests.service.calendars.parts import DAY, JUNE, LATER, feed, first, plan_with, region

LINKS = PageLinks("feed.ics", "https://example.org/f/se&cret.ics", "https://example.org/f/se&cret")
VOID = {"meta"}


class Outline(HTMLParser):
    """Checks that every tag is closed, and collects tags with attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    assert found.open == []
    return found


def test_a_page_shows_the_schedule_and_how_to_subscribe() -> None:
    page = render_page(feed(first(region(), plan_with(region()))), JUNE, LINKS)
    addresses = [attrs["href"] for tag, attrs in outline(page).tags if tag == "a"]
    assert addresses == ["webcal://example.org/f/se&cret.ics", "feed.ics"]
    assert "Mon 1 Jun 2026, 15:00 to 17:00 CDT (America/Chicago)" in page
    assert "For you: after your shift, no release." in page and page.count('<th scope="row">') == 4


def test_a_page_fetches_nothing_and_its_policy_allows_its_own_style_only() -> None:
    page = render_page(feed(first(region(), plan_with(region()))), JUNE, LINKS)
    tags = outline(page).tags
    assert not {tag for tag, _ in tags} & {"script", "img", "link", "iframe", "object", "form"}
    assert not [name for _, attrs in tags for name in attrs if name in ("src", "style") or name.startswith("on")]
    style = re.search("<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None and "url(" not in style[1] and "@import" not in style[1]
    assert base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode() in PAGE_POLICY


def test_a_page_can_be_read_aloud() -> None:
    page = render_page(feed(first(region(), plan_with(region()))), JUNE, LINKS)
    tags = outline(page).tags
    assert ("html", {"lang": "en"}) in tags and "<title>Classes of Ann Lee</title>" in page
    assert [tag for tag, _ in tags if tag in ("h1", "h2", "main")] == ["main", "h1", "h2"]
    (drawing,) = (attrs for tag, attrs in tags if tag == "svg")
    assert drawing["role"] == "img" and drawing["aria-label"]
    assert page.count("<caption>") == page.count("<table>") == 1


def test_without_an_address_there_is_a_download_only() -> None:
    page = render_page(feed(first(region(), plan_with(region()))), JUNE, PageLinks("a.ics"))
    assert "webcal:" not in page and "<svg" not in page and 'href="a.ics" download' in page


def test_meetings_so_far_come_last_and_cancelled_ones_are_struck_out_in_words_too() -> None:
    scenario = region()
    before = first(scenario, plan_with(scenario))
    page = render_page(feed(before), JUNE + 20 * DAY, LINKS)
    assert page.index("Mon 15 Jun 2026") < page.index("Meetings so far") < page.index("Mon 1 Jun 2026")
    gone = feed(publish(scenario, Plan(), before, LATER))
    assert "<strong>Cancelled:</strong> <s>Mathematics</s>" in render_page(gone, LATER, LINKS)
    assert "No classes are planned." in render_page(gone, LATER + 15 * DAY, LINKS)


def test_names_are_text_and_never_markup() -> None:
    scenario = region(
        apprentices={"a1": {"name": "<script>alert('x')</script>"}},
        modules={"math": {"name": '"><img src=x onerror=1>&', "hours": 8}},
    )
    page = render_page(feed(first(scenario, plan_with(scenario))), JUNE, PageLinks('"onclick="x'))
    assert not {tag for tag, _ in outline(page).tags} & {"script", "img"}
    assert "&lt;script&gt;" in page and 'href="&quot;onclick=&quot;x"' in page


def test_an_address_that_is_none_of_the_web_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with https"):
        render_page(feed(first(region(), Plan())), JUNE, PageLinks("a.ics", "javascript:alert(1)"))
