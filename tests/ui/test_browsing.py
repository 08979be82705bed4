"""The guard and the scan find what they are for."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.ui.browsing import Contexts, Visits, findings
from tests.ui.place import Place


def test_a_request_to_another_machine_is_noted(visits: Visits) -> None:
    page = visits.open(None)
    page.evaluate("fetch('http://192.0.2.1/font.woff2').catch(() => null); new Image().src = 'https://[2001:db8::1]/'")
    page.evaluate("new WebSocket('ws://192.0.2.1/socket').onerror = () => null")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert visits.elsewhere == ["http://192.0.2.1/font.woff2", "https://[2001:db8::1]/", "ws://192.0.2.1/socket"]
    visits.elsewhere.clear()


def test_a_picture_without_words_and_a_pale_text_are_found(visits: Visits) -> None:
    page = visits.open(None)
    assert findings(page) == []
    page.evaluate(
        "document.querySelector('[data-testid=stForm]').insertAdjacentHTML('beforeend', '<img src=\"data:,\">')"
    )
    page.evaluate("document.querySelector('h1').style.color = '#dddddd'")
    assert [finding.partition(":")[0] for finding in sorted(findings(page))] == ["color-contrast", "image-alt"]


def test_a_context_is_used_again_without_what_a_guest_left_in_it(contexts: Contexts, place: Place) -> None:
    zone = "Asia/Kathmandu"  # nobody else's
    first = Visits(contexts, place, {})
    page = first.open("planner", zone=zone)
    page.evaluate("localStorage.setItem('left', 'x'); document.cookie = 'left=x'")
    context = page.context
    assert {"left", "lineside_session"} <= {cookie["name"] for cookie in context.cookies()}
    first.close()
    assert page.is_closed() and context.cookies() == []
    second = Visits(contexts, place, {})
    page = second.open(None, zone=zone)
    assert page.context == context
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate("localStorage.getItem('left')") is None
    second.close()
