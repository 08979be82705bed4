"""A feed as a page of plain HTML that fetches nothing: schedule, buttons and a QR code."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from zoneinfo import ZoneInfo

import segno

from lineside.service.calendars.events import Feed, FeedEvent
from lineside.service.calendars.wording import EMPTY_SUMMARY, time_words

STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
a.button { border: 2px solid; border-radius: .4rem; display: inline-block; margin: .3rem .6rem .3rem 0;
  padding: .5rem 1rem; }
a:focus-visible { outline: 3px solid; outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; }
caption { font-weight: bold; padding: .5rem 0; text-align: left; }
th, td { border-bottom: 1px solid; padding: .5rem; text-align: left; vertical-align: top; }
td.details { white-space: pre-line; }
svg { background: #fff; height: auto; max-width: 14rem; width: 100%; }
@media print { .subscribe { display: none; } }
"""

PAGE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Value of Content-Security-Policy for the page: its own style and nothing else."""


@dataclass(frozen=True)
class PageLinks:
    """Where a page leads.

    Parameters
    ----------
    download
        Address of the feed's file; it may be relative.
    feed
        Full http or https address of the feed, or None where there is none, as beside files.
    page
        Full address of the page, for the QR code, or None.
    """

    download: str
    feed: str | None = None
    page: str | None = None


def render_page(feed: Feed, now: dt.datetime, links: PageLinks) -> str:
    """Return a feed's schedule as an HTML page.

    Parameters
    ----------
    feed
        The feed.
    now
        Instant of reading: meetings that have ended come after those to come.
    links
        Where its buttons lead.

    Raises
    ------
    ValueError
        If the feed's full address is not one of http or https.
    """
    shown = feed.shown(now)
    coming = [event for event in shown if event.content.end > now]
    past = [event for event in shown if event.content.end <= now]
    zone = ZoneInfo(feed.zone)
    parts = (
        f"<h1>{escape(feed.title)}</h1>",
        _subscription(links),
        _table("Meetings to come", coming, zone) if coming else f"<p>{EMPTY_SUMMARY}.</p>",
        _table("Meetings so far", past, zone) if past else "",
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(feed.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(part for part in parts if part)
        + "\n</main>\n</body>\n</html>\n"
    )


def webcal_address(address: str) -> str:
    """Return the address by which a click subscribes to a feed.

    >>> webcal_address("https://example.org/f/abc.ics")
    'webcal://example.org/f/abc.ics'

    Raises
    ------
    ValueError
        If the address is not one of http or https.
    """
    scheme, separator, rest = address.partition("://")
    if scheme.lower() not in ("http", "https") or not separator or not rest:
        raise ValueError(f"{address!r} is no web address. Give one that begins with https:// or http://.")
    return f"webcal://{rest}"


def _subscription(links: PageLinks) -> str:
    buttons = [f'<a class="button" href="{escape(links.download)}" download>Download the calendar file</a>']
    if links.feed is not None:
        webcal = escape(webcal_address(links.feed))
        buttons.insert(0, f'<a class="button" href="{webcal}">Subscribe in a calendar app</a>')
        buttons.append(f"<p>Or copy this address into the app: <code>{escape(links.feed)}</code></p>")
    if links.page is not None:
        buttons.append(_qr_code(links.page))
    buttons.append(
        "<p>Calendar apps ask for changes only now and then, some once a day. "
        "For tomorrow's meetings look here, not only in the app.</p>"
    )
    text = "\n".join(buttons)
    head = '<h2 id="subscribe">Subscribe</h2>'
    return f'<section class="subscribe" aria-labelledby="subscribe">\n{head}\n{text}\n</section>'


def _qr_code(address: str) -> str:
    drawing = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(drawing, kind="svg", xmldecl=False, svgns=False, nl=False, omitsize=True, svgclass=None, lineclass=None)
    svg = drawing.getvalue().decode().replace("<svg ", '<svg role="img" aria-label="QR code of this page" ', 1)
    return f"<figure>{svg}<figcaption>Scan to open this page on a phone.</figcaption></figure>"


def _table(caption: str, events: Iterable[FeedEvent], zone: ZoneInfo) -> str:
    rows = "\n".join(_row(event, zone) for event in events)
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("When", "What", "Where", "Details"))
    return (
        f"<table>\n<caption>{caption}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _row(event: FeedEvent, zone: ZoneInfo) -> str:
    content = event.content
    when, what = escape(time_words(content, zone)), escape(content.summary)
    if event.is_cancelled:
        when, what = f"<s>{when}</s>", f"<strong>Cancelled:</strong> <s>{what}</s>"
    where, details = escape(content.location), escape(content.details)
    return f'<tr><th scope="row">{when}</th><td>{what}</td><td>{where}</td><td class="details">{details}</td></tr>'
