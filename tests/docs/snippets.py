"""The snippets of a page: fenced blocks, and the comment before one that says what becomes of it.

A block of ``bash`` is run. Others need a comment in the line before:

- ``<!-- file: NAME -->``: written to that file, at this point of the page
- ``<!-- told -->``: the block of bash before it tells these lines, in this order; … stands for anything
- ``<!-- settings -->``: settings of the service
- ``<!-- not run: REASON -->``

A block without a language, or of ``text``, may also stand alone: a drawing, a formula, a form of a command.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"(?:^<!-- (?P<mark>[^\n]*) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
COMMAND = re.compile(r"^(\.venv/bin/)?(lineside [a-z]|make [a-z]|curl |python3? |export )", re.M)


@dataclass(frozen=True)
class Snippet:
    """A fenced block.

    Parameters
    ----------
    page
        The page's path in the repository.
    line
        Line of the page at which it begins, from 1.
    mark
        Content of the comment before it; empty without one.
    language
        What the fence says.
    text
        What stands in it.
    """

    page: str
    line: int
    mark: str
    language: str
    text: str

    @property
    def reason(self) -> str:
        """Why it is not run; empty if it is."""
        return self.mark.removeprefix("not run: ") if self.mark.startswith("not run: ") else ""

    @property
    def fate(self) -> str:
        """What becomes of it: run, file, told, settings, not run, drawing, or an empty text if nobody has said."""
        if self.reason:
            return "not run"
        if self.mark.startswith("file: "):
            return "file"
        if self.mark in ("told", "settings"):
            return self.mark
        if self.language == "bash":
            return "run"
        is_drawing = self.language in ("", "text") and (self.language == "text" or not COMMAND.search(self.text))
        return "drawing" if is_drawing else ""


def pages() -> list[Path]:
    """Return the README and every page of the documentation."""
    sources = [ROOT / "README.md", ROOT / "lineside" / "solver" / "FORMULATION.md", ROOT / "benchmarks" / "README.md"]
    return [*sources, *sorted((ROOT / "docs").rglob("*.md"))]


def snippets(page: Path) -> list[Snippet]:
    """Return a page's snippets in order."""
    text, name = page.read_text(encoding="utf-8"), page.relative_to(ROOT).as_posix()
    found = []
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start("language")) + 1
        found.append(Snippet(name, line, block["mark"] or "", block["language"], block["text"]))
    return found
