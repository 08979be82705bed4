"""Colours and lettering of the page's charts: dark letters on light fills, and every bar is labelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import altair as alt
import pandas as pd

from lineside.ui.show import INK

EDGE = "#4a4a4a"
GRID = "#d5d5d5"
FILLS = ("#cfe3f7", "#fbdcb8", "#d6efc9", "#eed3ee", "#f7d0cd", "#cdeeea", "#f3eab0", "#dcdcdc")
"""Light enough for dark letters on each; they repeat, so a label always says what it is."""
KIND_FILLS = {"lunch": FILLS[6], "before": FILLS[0], "after": FILLS[2], "off": FILLS[5], "release": FILLS[4]}
EPOCH = dt.date(1970, 1, 1)
SECONDS = 86_400_000


def fill_of(name: str, names: Sequence[str]) -> str:
    """Return the fill of one of several names."""
    return FILLS[list(names).index(name) % len(FILLS)] if name in names else FILLS[-1]


def shortened(text: str, pixels: float, letter: float = 6.4) -> str:
    """Return a text that fits into a width, with a mark where it was cut.

    >>> shortened("Blueprint reading", 60), shortened("Math", 60), shortened("Math", 3)
    ('Blueprin…', 'Math', '')
    """
    room = int(pixels / letter)
    if len(text) <= room:
        return text
    return f"{text[: room - 1]}…" if room > 1 else ""


def day_number(date: dt.date) -> int:
    """Return the days since the epoch: charts compute with these, so that no browser's time zone shifts a date."""
    return (date - EPOCH).days


def date_axis(first: dt.date, last: dt.date, title: str | None = None) -> alt.X:
    """Return an axis of dates in days since the epoch, with a tick on each Monday; at most some 20 are labelled."""
    monday = first - dt.timedelta(days=first.weekday())
    weeks = max(1, ((last - monday).days + 7) // 7)
    step = 7 * max(1, -(-weeks // 20))
    ticks = list(range(day_number(monday), day_number(last) + 8, step))
    label = f"utcFormat(datum.value * {SECONDS}, '%b %-d')"
    axis = alt.Axis(values=ticks, labelExpr=label, title=title, gridColor=GRID, labelColor=INK, orient="top")
    return alt.X("left:Q", scale=alt.Scale(domain=[ticks[0], day_number(last) + 1], nice=False), axis=axis)


def bars(rows: pd.DataFrame, x: alt.X, y: alt.Y, tips: list[str], corner: int = 3) -> alt.Chart:
    """Return bars from ``left`` to ``right`` in the column ``fill``."""
    marks: alt.Chart = alt.Chart(rows).mark_bar(cornerRadius=corner, stroke=EDGE, strokeWidth=1)
    color = alt.Color("fill:N", scale=None)
    drawn: alt.Chart = marks.encode(x=x, x2="right:Q", y=y, color=color, tooltip=tips)
    return drawn
