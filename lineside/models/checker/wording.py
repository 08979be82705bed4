"""Dates and lengths as the messages of the checks give them."""

from __future__ import annotations

import datetime as dt

from lineside.models.cells import format_clock
from lineside.models.person_days import MeetingView


def monday_of_week(week: int) -> dt.date:
    """Return the Monday of a week counted from day 1 of the calendar.

    >>> monday_of_week(0)
    datetime.date(1, 1, 1)
    """
    return dt.date.fromordinal(7 * week + 1)


def moment(view: MeetingView) -> str:
    """Return a meeting's date and clocks, such as ``2026-09-14 06:00-07:30``."""
    start, end = view.span
    return f"{view.date} {format_clock(start)}-{format_clock(end)}"


def also(number: int, noun: str) -> str:
    """Return how many more cases there are beside the one named.

    >>> also(1, "meeting"), also(3, "meeting"), also(3, "stretch")
    ('', ' (and 2 more meetings)', ' (and 2 more stretches)')
    """
    more = number - 1
    ending = "" if more == 1 else "es" if noun.endswith("ch") else "s"
    return f" (and {more} more {noun}{ending})" if more else ""
