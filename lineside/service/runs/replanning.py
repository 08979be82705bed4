"""What a run that plans anew is asked for, as the database and its process know it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lineside.models.outages import Outage
from lineside.solver import ChangeBudget, ReplanOptions, SolveOptions


def asked_of(budget: ChangeBudget, first: str, outages: tuple[Outage, ...]) -> dict[str, Any]:
    """Return limits on changes, their order and outages as JSON."""
    rows = [
        {"kind": row.kind, "id": row.id, "first": row.first.isoformat(), "last": row.last.isoformat()}
        for row in outages
    ]
    return {"total": budget.total, "per_person": budget.per_person, "first": first, "outages": rows}


def replan_options(asked: dict[str, Any], search: SolveOptions) -> ReplanOptions:
    """Return the options of what :func:`asked_of` gave.

    Examples
    --------
    >>> asked = asked_of(ChangeBudget(4, None), "fewest", ())
    >>> replan_options(asked, SolveOptions()).budget
    ChangeBudget(total=4, per_person=None)
    """
    return ReplanOptions(search, ChangeBudget(asked["total"], asked["per_person"]), asked["first"], outages_of(asked))


def outages_of(asked: dict[str, Any]) -> tuple[Outage, ...]:
    """Return the outages of what :func:`asked_of` gave."""
    return tuple(
        Outage(row["kind"], row["id"], dt.date.fromisoformat(row["first"]), dt.date.fromisoformat(row["last"]))
        for row in asked["outages"]
    )
