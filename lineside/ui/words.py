"""Figures in words: every number carries its unit."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

NO_FIGURE = "–"
METHODS = {
    "search": "",
    "first_come": "first come, first served",
    "day_class": "everybody to the day class",
    "in_order": "measures in strict order",
    "frontier": "a trade-off",
    "replan": "planned anew",
    "advise": "advice about a plan",
}
"""What a run does, by which it is told apart; a search is what people expect."""
MEASURES = {
    "objective": ("Objective (all parts together)", "line-minutes"),
    "line_time_lost": ("Line time lost", "line-minutes"),
    "release": ("Release (working minutes away)", "person-minutes"),
    "stopped": ("Lines stopped", "crew-minutes"),
    "unseated_hours": ("Unseated hours", "hours"),
    "dollars": ("Dollars", "dollars"),
    "travel_minutes": ("Travel", "minutes"),
    "changes": ("Changes against the published plan", "seats"),
    "worst_company": ("Line time lost at the company that loses most", "line-minutes"),
    "cohorts": ("Cohorts opened", "cohorts"),
}
"""What can be compared, limited and traded, with its unit."""
KINDS = {
    "lunch": "over lunch",
    "before": "before the shift",
    "after": "after the shift",
    "off": "on time off",
    "release": "during the shift",
}
"""What each kind of session is, in words."""
MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$&])")
"""Letters that Markdown, as Streamlit reads it, may take for more than themselves."""


def escaped(text: str) -> str:
    r"""Return a text from tables or the service so that Markdown shows it as it is.

    >>> print(escaped("*Ann* [x]"))
    \*Ann\* \[x\]
    """
    return MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def distinct(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels by id, with the beginning of the id where several are the same: a box tells them by their words.

    >>> distinct({"7f8a4c1e-0b5d": "Spring", "9d2b51aa-77c0": "Spring", "x": "Autumn"})
    {'7f8a4c1e-0b5d': 'Spring (7f8a4c1e)', '9d2b51aa-77c0': 'Spring (9d2b51aa)', 'x': 'Autumn'}
    """
    counts = Counter(labels.values())
    return {key: f"{label} ({key[:8]})" if counts[label] > 1 else label for key, label in labels.items()}


def number(value: float | None, digits: int = 0) -> str:
    """Return a number with thousands apart.

    >>> number(20539.6), number(0.75, 1), number(None)
    ('20,540', '0.8', '–')
    """
    return NO_FIGURE if value is None else f"{value:,.{digits}f}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun.

    >>> counted(1, "seat"), counted(1200, "seat"), counted(0, "company", "companies")
    ('1 seat', '1,200 seats', '0 companies')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def line_minutes(value: float | None) -> str:
    """Return line-minutes with their unit.

    >>> line_minutes(1234.5), line_minutes(None)
    ('1,235 line-minutes', '–')
    """
    return NO_FIGURE if value is None else f"{value + 1e-9:,.0f} line-minutes"


def dollars(value: float | None) -> str:
    """Return dollars.

    >>> dollars(1250.4)
    '$1,250'
    """
    return NO_FIGURE if value is None else f"${value:,.0f}"


def share(value: float | None) -> str:
    """Return a share as per cent.

    >>> share(0.1778), share(0.0004)
    ('17.8 %', '0.04 %')
    """
    if value is None:
        return NO_FIGURE
    return f"{value:.2%}".replace("%", " %") if abs(value) < 0.01 else f"{value:.1%}".replace("%", " %")


def gap_in_words(objective: float | None, bound: float | None) -> str:
    """Say what is known about how much better a plan could be.

    >>> gap_in_words(910.5, 869.5)
    'No plan can save more than 41 further line-minutes.'
    >>> gap_in_words(910.5, 910.5)
    'This plan is proven to be the best there is.'
    """
    if objective is None:
        return "There is no plan yet."
    if bound is None:
        return "It is not known yet how much better a plan could be."
    if objective - bound < 0.0005:
        return "This plan is proven to be the best there is."
    return f"No plan can save more than {_line_minutes_up(objective - bound)} further line-minutes."


def _line_minutes_up(value: float) -> str:
    # Never promises more than is proven: rounded up, and small amounts with a decimal.
    return f"{value:,.1f}" if value < 10 else f"{-(-value // 1):,.0f}"


def day(value: dt.date) -> str:
    """Return a date as people in America write it, with its weekday.

    >>> day(dt.date(2027, 1, 5))
    'Tue, Jan 5, 2027'
    """
    return f"{value:%a, %b} {value.day}, {value.year}"


def moment(text: str | None) -> str:
    """Return an instant that the service told, by the clock of whoever looks; in UTC where that is not known.

    >>> moment("2027-01-05T17:30:12Z"), moment(None)
    ('Jan 5, 2027, 17:30 UTC', 'never')
    """
    if text is None:
        return "never"
    value = dt.datetime.fromisoformat(text).astimezone(_zone(st.context.timezone))
    return f"{value:%b} {value.day}, {value.year}, {value:%H:%M} {value:%Z}"


def _zone(name: str | None) -> dt.tzinfo:
    """Return the zone that a browser names; UTC for none, or one that is not known here.

    >>> [dt.datetime(2027, 1, 5, 18, tzinfo=_zone(name)).tzname() for name in ("America/Chicago", "Mars", None)]
    ['CST', 'UTC', 'UTC']
    """
    try:
        return ZoneInfo(name) if name else dt.UTC
    except (ValueError, ZoneInfoNotFoundError):
        return dt.UTC
