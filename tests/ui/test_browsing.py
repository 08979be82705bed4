"""The guard and the scan find what they are for."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.ui.browsing import Visits, findings


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
