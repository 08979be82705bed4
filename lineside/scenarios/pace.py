"""Another pace for what is left of a term: a closing date that moves, more or fewer class days a week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from lineside.models.cells import format_clock, format_days, parse_days
from lineside.models.scenario import Scenario
from lineside.scenarios.table_steps import TableSteps


class PaceError(ValueError):
    """A pace that a term cannot have; the text says why and what to do."""


def pace_steps(scenario: Scenario, closing: dt.date | None = None, days: Iterable[str] = ()) -> TableSteps:
    """Return the changes to the tables that give a term another pace: one edit.

    Parameters
    ----------
    scenario
        The tables.
    closing
        The last date for meetings of everybody from now on. Whoever had the latest ``due`` until now, or none, gets
        it; an earlier one of somebody's own stays. A date beyond the horizon makes that longer. None leaves all dates.
    days
        The days a week on which cohorts meet from now on, such as ``Mon Wed`` and ``Tue Thu``: each start and length
        of today's patterns is used on each of them, and ``class_minutes_per_week`` grows or shrinks with their
        number. None leaves the patterns.

    Raises
    ------
    PaceError
        If there is nothing to change, a date is before the first day, or days cannot be read.
    """
    sets = [_days(text) for text in days]
    if closing is None and not sets:
        raise PaceError("Neither a closing date nor class days are given. Give one of them.")
    patterns = scenario.patterns or ()
    if sets and not patterns:
        raise PaceError("The tables have no patterns whose days could change. Add the table patterns first.")
    changed: list[tuple[str, str, dict[str, str]]] = []
    weeks = None
    if closing is not None:
        first = scenario.settings.first_day
        if closing < first:
            raise PaceError(f"{closing} is before the first day, {first}. Give a closing date in the term.")
        weeks = -(-((closing - first).days + 1) // 7) if closing > scenario.settings.last_day else None
        latest = max((row.due for row in scenario.apprentices if row.due is not None), default=None)
        changed = [
            ("apprentices", row.apprentice, {"due": str(closing)})
            for row in scenario.apprentices
            if row.due is None or row.due == latest or row.due > closing
        ]
    if not sets:
        return TableSteps(changed=tuple(changed), weeks=weeks)
    before = max(len(row.days) for row in patterns)
    minutes = scenario.settings.rules.class_minutes_per_week * max(map(len, sets)) // before
    shapes = dict.fromkeys((row.start, row.minutes, row.sites) for row in patterns)
    rows = tuple(
        {
            "pattern": f"{''.join(format_days(one).split())}-{format_clock(start).replace(':', '')}-{length}-{number}",
            "days": format_days(one),
            "start": format_clock(start),
            "minutes": str(length),
            "sites": " ".join(sites),
        }
        for one in dict.fromkeys(sets)
        for number, (start, length, sites) in enumerate(shapes, 1)
    )
    return TableSteps(
        changed=tuple(changed), replaced={"patterns": rows}, weeks=weeks, rules={"class_minutes_per_week": minutes}
    )


def _days(text: str) -> tuple[int, ...]:
    try:
        return parse_days(text)
    except ValueError:
        raise PaceError(f"{text!r} is no list of days. Write day names such as Mon Wed.") from None
