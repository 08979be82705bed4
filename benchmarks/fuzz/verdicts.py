"""What a case may come to: refused with a sentence, or shown harmlessly. Anything else is a failure."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Literal

Outcome = Literal["refused", "taken"]

PAGE_TAGS = frozenset({
    *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "section", "a", "p", "code", "figure"),
    *("svg", "path", "figcaption", "table", "caption", "thead", "tbody", "tr", "th", "td", "s", "strong"),
})  # fmt: skip
"""Tags of a calendar's page."""


class HarmError(Exception):
    """A case that was neither refused with a sentence nor shown harmlessly; the text says what happened."""


def sentences(texts: Iterable[str]) -> None:
    """Demand that there are refusals and that each is a sentence for people.

    Raises
    ------
    HarmError
        If there is none, or one is no sentence.
    """
    given = list(texts)
    if not given:
        raise HarmError("Refused without a word.")
    for text in given:
        if len(text.split()) < 3 or text.rstrip()[-1] not in ".!?…)" or "Traceback" in text or len(text) > 20_000:
            raise HarmError(f"No sentence for people: {text[:300]!r}")


def harmless_feed(body: bytes, num_events: int) -> None:
    """Demand that a calendar is well formed: lines, folding, control characters, components.

    Raises
    ------
    HarmError
        If it is not.
    """
    lines = body.split(b"\r\n")
    if lines[-1] != b"" or any(b"\n" in line or b"\r" in line for line in lines):
        raise HarmError("A bare line break in a calendar.")
    if any(len(line) > 75 for line in lines):
        raise HarmError("A line of a calendar above 75 octets.")
    if any((byte < 32 and byte != 9) or byte == 127 for line in lines for byte in line):
        raise HarmError("A control character in a calendar.")
    body.decode("utf-8")
    names = [line for line in lines if not line.startswith((b" ", b"\t"))]
    for component, wanted in (b"VCALENDAR", 1), (b"VEVENT", num_events):
        if not names.count(b"BEGIN:" + component) == names.count(b"END:" + component) == wanted:
            raise HarmError(f"The calendar has not {wanted} of {component.decode()}.")
    if any(line.upper().startswith((b"ATTENDEE", b"ATTACH", b"ORGANIZER")) for line in names):
        raise HarmError("A text became a property of the calendar.")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in PAGE_TAGS:
            self.bad.append(tag)
        self.bad += [f"{tag} {name}" for name, _ in attrs if name.startswith("on") or name in ("src", "srcdoc")]
        self.bad += [
            f"{name}={value}" for name, value in attrs if name == "href" and "script:" in (value or "").lower()
        ]


def harmless_page(text: str) -> None:
    """Demand that a page has no tag or attribute that a text brought along.

    Raises
    ------
    HarmError
        If it has.
    """
    tags = _Tags()
    tags.feed(text)
    tags.close()
    if tags.bad:
        raise HarmError(f"A text became markup of a page: {', '.join(tags.bad[:5])}")


def harmless_csv(rows: Iterable[Iterable[str]]) -> None:
    """Demand that no cell of a table is a formula to a spreadsheet program.

    Raises
    ------
    HarmError
        If one is.
    """
    for row in rows:
        for cell in row:
            if cell.startswith(("=", "+", "@", "\t", "\r")) and not cell[1:].replace(".", "").isdigit():
                raise HarmError(f"A formula in a CSV table: {cell[:60]!r}")
