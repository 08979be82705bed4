"""Choices that are read from bytes, so that whoever changes the bytes changes the case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

HOSTILE = (
    "",
    " ",
    "=1+1",
    '=HYPERLINK("http://x","y")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "&lt;b&gt;&amp;&#0;",
    "'; DROP TABLE scenarios; --",
    "' OR '1'='1",
    "$$;SELECT pg_sleep(9)$$",
    "%s%n{0}{x.__class__}",
    "../../../etc/passwd",
    "..\\..\\windows",
    "C:\\x",
    "/dev/null",
    "CON",
    ".",
    "..",
    ".htaccess",
    "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:x",
    "a\nATTENDEE:mailto:x@y",
    "a;b,c\\n:d",
    "\x00",
    "a\x00b",
    "\x07\x1b[31m",
    "\x85\u2028\u2029",
    "\ufeff",
    "\u202eabc",
    "\ud7ff\ue000\uffff",
    "e\u0301\u0323" * 9,
    "🏭" * 30,
    "x" * 76,
    "é" * 5000,
    "1e9999",
    "-1",
    "0",
    "1_000",
    "٣",
    "½",
    "NaN",
    "Infinity",
    "1" * 400,
    "0.1" + "0" * 60 + "1",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "2026-10-05 2026-10-05",
    "24:00",
    "00:00",
    "Mon-Mon",
    "Sun-Mon",
    "Mon-Sun 00:00-00:00",
    "D 00:00-00:00",
    "all",
    "own",
    "none",
    "site:",
    "company:",
    "TRUE",
    "a=b=c",
    "#set text(1pt)",
    "$x$ *b* _i_ `c`",
    "{{7*7}}${7*7}",
    "file:///etc/passwd",
)
"""Texts that have harmed programs of this kind."""


class Draw:
    """Choices from bytes; when they are used up, every choice is the first.

    Parameters
    ----------
    data
        The bytes.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._next = 0

    def number(self, below: int) -> int:
        """Return a number from 0 to less than ``below``."""
        size = max(1, ((below - 1).bit_length() + 7) // 8)
        return int.from_bytes(self.bytes(size), "big") % below

    def bytes(self, size: int) -> bytes:
        """Return so many bytes, or those that are left."""
        taken = self._data[self._next : self._next + size]
        self._next += size
        return taken

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of some choices."""
        return choices[self.number(len(choices))]

    def text(self) -> str:
        """Return a text: a hostile one, a raw one, or several joined."""
        kind = self.number(8)
        if kind < 4:
            return self.one_of(HOSTILE)
        if kind < 6:
            return self.bytes(self.number(24)).decode("utf-8", "replace")
        return "".join(self.one_of(HOSTILE) for _ in range(1 + self.number(3)))

    def line(self) -> str:
        """Return a text that a table may hold as an id: without spaces, and not empty."""
        return "".join(self.text().split()) or "x"
