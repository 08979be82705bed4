"""What people see: tables and a live display on a terminal, plain lines everywhere else.

Plain lines hold one fact each, without colour codes or box drawing, so that they can be searched,
logged and read aloud. Rich is only imported when there is a terminal.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.table import Table

    from lineside.solver import Progress

Show = Callable[["Progress | None", float], None]
"""Shows the newest progress, if there is one, and the seconds since the start."""

ShowBoard = Callable[[dict[str, str], "Listing"], None]
"""Shows facts about the whole, and a row for each thing; the first cell of a row tells which."""

PLAIN_SECONDS, QUIET_SECONDS = 1.0, 15.0
"""Least time between two plain lines of progress of the same stage, and the most without a line."""
BOARD_SECONDS = 5.0
"""Least time between two plain lines about the same thing of several."""


@dataclass(frozen=True)
class Listing:
    """A table of texts.

    Parameters
    ----------
    title
        What the table shows.
    noun
        What one row is; plain lines begin with it.
    columns
        Names of the columns; those of numbers are in ``numeric``.
    rows
        Texts, one for each column.
    left_out
        Number of further rows that are not shown.
    """

    title: str
    noun: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numeric: frozenset[str] = field(default=frozenset())
    left_out: int = 0


class Screen(Protocol):
    """Where a command writes what it has to say."""

    def say(self, text: str = "") -> None:
        """Write one sentence or fact."""

    def listing(self, listing: Listing) -> None:
        """Write a table; nothing if it has no rows."""

    def progress(self) -> AbstractContextManager[Show]:
        """Return a display of a solve that lasts as long as the context."""

    def board(self) -> AbstractContextManager[ShowBoard]:
        """Return a display of several things under way that lasts as long as the context."""


def open_screen() -> Screen:
    """Return the screen that suits the standard output."""
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        return TerminalScreen(sys.stdout)
    return PlainScreen(sys.stdout)


def one_line(text: str) -> str:
    r"""Return a text with line breaks, tabs and control characters turned into single blanks.

    >>> one_line("two\n lines")
    'two lines'
    """
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def figure(value: Decimal | None, places: int = 1) -> str:
    """Return a number for people: thousands separated, ``unknown`` for None.

    >>> figure(Decimal("61824.002"))
    '61,824.0'
    """
    return "unknown" if value is None else f"{value:,.{places}f}"


def progress_facts(progress: Progress | None, seconds: float) -> dict[str, str]:
    """Return stage, incumbent, bound, gap and elapsed time of a solve as texts."""
    objective = progress.objective if progress else None
    bound = progress.bound if progress else None
    gap = progress.gap if progress else None
    return {
        "elapsed": f"{int(seconds) // 60}:{int(seconds) % 60:02d}",
        "incumbent": "none yet" if objective is None else figure(objective),
        "bound": "none yet" if bound is None else figure(bound),
        "gap": "unknown" if gap is None else f"{gap * 100:.1f} %",
        "stage": progress.stage if progress else "starting",
    }


class PlainScreen:
    """Plain lines for files, pipes and simple terminals.

    Parameters
    ----------
    file
        Text stream that the lines go to.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def say(self, text: str = "") -> None:
        """Write one line; blank lines are left out."""
        if text:
            print(one_line(text), file=self._file, flush=True)

    def listing(self, listing: Listing) -> None:
        """Write a line for each row: ``noun: column value; column value``."""
        if listing.rows:
            self.say(f"{listing.title}:")
        self._rows(listing, listing.rows)
        if listing.left_out:
            self.say(f"... and {listing.left_out:,} more.")

    @contextmanager
    def progress(self) -> Iterator[Show]:
        """Write a line when figures change, at most one a second within a stage, and a sign of life now and then.

        The last figures are never lost.
        """
        shown: dict[str, str] = {}
        waiting: dict[str, str] = {}
        last_time = 0.0

        def show(progress: Progress | None, seconds: float) -> None:
            nonlocal shown, waiting, last_time
            facts = progress_facts(progress, seconds)
            quiet = time.monotonic() - last_time
            if _news(facts) == _news(shown) and quiet < QUIET_SECONDS:
                return
            waiting = facts
            if facts["stage"] != shown.get("stage") or quiet >= PLAIN_SECONDS:
                self._facts(facts)
                shown, waiting, last_time = facts, {}, time.monotonic()

        yield show
        if waiting:
            self._facts(waiting)

    @contextmanager
    def board(self) -> Iterator[ShowBoard]:
        """Write the facts when one changes, and a row when its own do, at most once in some seconds."""
        known: dict[str, str] = {}
        rows: dict[str, tuple[str, ...]] = {}
        last_time = 0.0

        def show(facts: dict[str, str], listing: Listing) -> None:
            nonlocal known, last_time
            if _news(facts) != _news(known):
                self._facts(facts)
                known = facts
            if time.monotonic() - last_time < BOARD_SECONDS:
                return
            last_time = time.monotonic()
            fresh = [row for row in listing.rows if rows.get(row[0]) != row]
            rows.update({row[0]: row for row in fresh})
            self._rows(listing, fresh)

        yield show

    def _rows(self, listing: Listing, rows: Sequence[tuple[str, ...]]) -> None:
        for row in rows:
            cells = (f"{column} {one_line(cell)}" for column, cell in zip(listing.columns, row, strict=True) if cell)
            self.say(f"{listing.noun}: {'; '.join(cells)}")

    def _facts(self, facts: dict[str, str]) -> None:
        self.say("; ".join(f"{name} {text}" for name, text in facts.items()))


def _news(facts: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in facts.items() if name != "elapsed"}


class TerminalScreen:
    """Tables and a live display on a terminal.

    Parameters
    ----------
    file
        The terminal's text stream.
    """

    def __init__(self, file: TextIO) -> None:
        from rich.console import Console

        # Names are shown as they are, whatever brackets and colons they have.
        self._console = Console(file=file, force_terminal=True, markup=False, emoji=False, highlight=False)

    def say(self, text: str = "") -> None:
        """Write one paragraph."""
        self._console.print(one_line(text), soft_wrap=False)

    def listing(self, listing: Listing) -> None:
        """Draw a table as wide as the terminal allows."""
        if not listing.rows:
            return
        self._console.print(_table(listing))
        if listing.left_out:
            self.say(f"... and {listing.left_out:,} more.")

    @contextmanager
    def progress(self) -> Iterator[Show]:
        """Draw a line of figures that is renewed in place."""
        from rich.live import Live

        with Live(console=self._console, refresh_per_second=4, transient=True) as live:
            yield lambda progress, seconds: live.update(_progress_table(progress_facts(progress, seconds)))

    @contextmanager
    def board(self) -> Iterator[ShowBoard]:
        """Draw facts and rows that are renewed in place."""
        from rich.console import Group
        from rich.live import Live

        with Live(console=self._console, refresh_per_second=4, transient=True) as live:
            yield lambda facts, listing: live.update(Group(_progress_table(facts), _table(listing)))


def _table(listing: Listing) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(listing.title, style="bold"), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in listing.columns:
        table.add_column(Text(column), justify="right" if column in listing.numeric else "left", overflow="fold")
    for row in listing.rows:
        table.add_row(*(Text(one_line(cell)) for cell in row))
    return table


def _progress_table(facts: dict[str, str]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in facts:
        table.add_column(name, min_width=10)
    table.add_row(*(Text(text) for text in facts.values()))
    return table
