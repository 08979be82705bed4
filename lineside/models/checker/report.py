"""What a check hands back: violations of rules, faults of the plan file, and the recomputed figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from lineside.models.plan import Measures
from lineside.models.tables import Apprentice


@dataclass(frozen=True)
class Violation:
    """A rule that a plan breaks.

    Parameters
    ----------
    rule
        A key of :data:`lineside.models.rules.RULES`.
    ids
        What breaks it: ids by their kind, such as ``apprentice``, ``cohort`` or ``room``, and the
        ``date`` or ``week`` (its Monday) of the worst case.
    amount, unit
        By how much, such as 30 and ``minutes``; 1 and the thing's name where nothing is measured.
    message
        The fact with name, value and limit, then what to do.
    """

    rule: str
    ids: Mapping[str, str] = field(hash=False)
    amount: Decimal | int
    unit: str
    message: str


@dataclass(frozen=True)
class CheckReport:
    """The result of a check.

    Parameters
    ----------
    violations
        Broken rules, in the contract's order of rules. One violation stands for all meetings of
        one seat, or all weeks of one person, that break a rule; it names the worst.
    faults
        Sentences about the plan file itself: unknown or repeated ids, lists that do not agree with
        the seats, figures that differ from the recomputed ones.
    measures
        Recomputed measures to a thousandth.
    objective
        Recomputed objective in line-minutes, to a thousandth.
    """

    violations: tuple[Violation, ...]
    faults: tuple[str, ...]
    measures: Measures
    objective: Decimal

    @property
    def is_clean(self) -> bool:
        """Whether the plan breaks no rule and its file has no fault."""
        return not self.violations and not self.faults


def person(row: Apprentice) -> str:
    """Return an apprentice's name and id as messages give them."""
    return f"{row.name} ({row.apprentice})"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "meeting"), counted(3, "meeting")
    ('1 meeting', '3 meetings')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
