"""What is wrong with a scenario: mistakes, each with its place and remedy, and warnings."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field

SHOWN_CHARACTERS = 60
"""Longer values are cut in messages."""
MOST_MISTAKES = 10_000
"""So many are told; nobody reads more, and a table of a million bad rows would fill the memory with sentences."""


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong in a scenario's tables or settings.

    Parameters
    ----------
    table
        Name of the table (of the file without its suffix, or of the sheet).
    row
        Row as the planner sees it in the file or sheet, where the header is row 1; None if no single row is meant.
    column
        Name of the column or key, or None.
    value
        The text found, or None if something is missing.
    message
        Two sentences: the fact, then what to do.
    """

    table: str
    row: int | None
    column: str | None
    value: str | None
    message: str

    @property
    def sentence(self) -> str:
        """The whole message with its place.

        >>> Mistake("crews", 4, "relief", "q", "'q' is no number. Write one.").sentence
        "crews row 4, relief: 'q' is no number. Write one."
        """
        row = "" if self.row is None else f" row {self.row}"
        column = "" if self.column is None else f", {self.column}"
        return f"{self.table}{row}{column}: {self.message}"


class ScenarioMistakes(Exception):  # noqa: N818 - the name says that it carries all of them
    """A scenario that cannot be used, with every mistake that was found in it.

    Parameters
    ----------
    mistakes
        All mistakes, in the order of the tables and rows.
    warnings
        What was found besides, as for a good scenario.
    """

    def __init__(self, mistakes: tuple[Mistake, ...], warnings: tuple[str, ...] = ()) -> None:
        self.mistakes = mistakes
        self.warnings = warnings
        super().__init__("\n".join(mistake.sentence for mistake in mistakes))


@dataclass
class Findings:
    """Collects mistakes and warnings while a scenario is read and validated."""

    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, table: str, row: int | None, column: str | None, value: object, message: str) -> None:
        """Note a mistake; ``value`` None means that something is missing.

        Beyond the number that is told, one more says so, and the rest is dropped.
        """
        if len(self.mistakes) > MOST_MISTAKES:
            return
        if len(self.mistakes) == MOST_MISTAKES:
            row = column = value = None
            message = f"There are more than {MOST_MISTAKES:,} mistakes, and only these are told. Correct them first."
        self.mistakes.append(Mistake(table, row, column, None if value is None else str(value), message))

    def warn(self, sentence: str) -> None:
        """Note something that is legal, but hardly meant."""
        self.warnings.append(sentence)

    def raise_if_any(self) -> None:
        """Stop if there is a mistake.

        Raises
        ------
        ScenarioMistakes
            With everything found so far.
        """
        if self.mistakes:
            raise ScenarioMistakes(tuple(self.mistakes), tuple(self.warnings))


def shown(value: object) -> str:
    """Return a value in quotes for a message, cut if it is long.

    >>> shown("Acme")
    "'Acme'"
    """
    text = str(value)
    return repr(text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 3] + "...")


def name_some(ids: list[str], limit: int = 8) -> str:
    """Return ids for a message, the first few by name and the others by number.

    >>> name_some(["A", "B", "C"], limit=2)
    'A, B and 1 more'
    """
    if len(ids) <= limit:
        return ", ".join(ids)
    return f"{', '.join(ids[:limit])} and {len(ids) - limit} more"


def rename_hint(name: str, known: Iterable[str], suffix: str = "") -> str:
    """Return what to do about an unknown name: rename it if it looks like a known one.

    >>> rename_hint("closure", ["closures", "pins"], ".csv")
    'Rename it closures.csv, or remove it.'
    """
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    return f"Rename it {near[0]}{suffix}, or remove it." if near else "Remove it."
