"""Heat maps of lines over weeks and hours."""

from __future__ import annotations

import datetime as dt

import altair as alt
import pandas as pd

from lineside.ui.client import Json
from lineside.ui.words import counted

LOST = "Line time lost"
SPARE = "Operators left above the minimum"
LINES = 30
"""Most lines in one picture."""
PRINTED = 60
"""Most columns whose numbers are printed in their cells."""
MARKED = ("00", "06", "12", "18")
"""Hours that are written below a map of many."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
COLUMNS = {"week": "Week of", "hour_of_week": "Hour of the week"}


def heat_map(told: Json, dimension: str, what: str) -> tuple[alt.LayerChart, str]:
    """Return a heat map of lines over weeks or hours, and what it tells in words.

    Parameters
    ----------
    told
        The map as the service tells it: the lines that are hit hardest first.
    dimension
        ``week`` or ``hour_of_week``.
    what
        ``LOST`` in line-minutes, or ``SPARE`` in operators, where less is worse.
    """
    order, lines = _labels(told, dimension), [row["line"] for row in told["lines"]]
    drawn = pd.DataFrame(
        [
            {"Line": row["line"], "label": label, "value": value}
            for row in told["lines"]
            for label, value in zip(order, row["values"], strict=True)
            if value is not None
        ]
    )
    is_lost = what == LOST
    title = "line-minutes lost" if is_lost else "operators above the minimum"
    base = alt.Chart(drawn).encode(
        x=alt.X("label:O", sort=order, title=COLUMNS[dimension], axis=_axis(order)),
        y=alt.Y("Line:N", sort=lines, title="Line"),
        tooltip=[
            alt.Tooltip("Line:N"),
            alt.Tooltip("label:N", title=COLUMNS[dimension]),
            alt.Tooltip("value:Q", title=title),
        ],
    )
    # Dark is bad in both: much time lost, or few operators left.
    low, high = min(0.0, float(drawn["value"].min())), max(1.0, float(drawn["value"].max()))
    scale = alt.Scale(scheme="blues", reverse=not is_lost, domain=[low, high])
    cells = base.mark_rect(stroke="#ffffff").encode(color=alt.Color("value:Q", title=title, scale=scale))
    layers = [cells]
    if len(order) <= PRINTED:
        middle = (low + high) / 2
        is_dark = f"datum.value > {middle}" if is_lost else f"datum.value < {middle}"
        layers.append(
            base.mark_text(fontSize=10).encode(
                text=alt.Text("value:Q", format=",.0f"),
                color=alt.condition(is_dark, alt.value("#ffffff"), alt.value("#1c2430")),
            )
        )
    drawing = alt.LayerChart(layer=layers).properties(height=alt.Step(24))
    return drawing, _words(told, what, dimension)


def table_of(told: Json, dimension: str) -> pd.DataFrame:
    """Return a map as a table with a column for each week or hour."""
    labels = _labels(told, dimension)
    rows = [{"Line": row["line"], **dict(zip(labels, row["values"], strict=True))} for row in told["lines"]]
    return pd.DataFrame(rows, columns=["Line", *labels])


def hour_words(hour: int) -> str:
    """Return an hour of the week in words.

    >>> hour_words(30)
    'Tue 06:00'
    """
    return f"{DAYS[hour // 24]} {hour % 24:02d}:00"


def _labels(told: Json, dimension: str) -> list[str]:
    if dimension == "hour_of_week":
        return [hour_words(hour) for hour in told["hours_of_week"]]
    mondays = [dt.date.fromisoformat(week) for week in told["weeks"]]
    # The first year needs no telling; later ones do, for a week of the same name may have been before.
    return [
        f"{monday:%b} {monday.day}{f', {monday.year}' if monday.year > mondays[0].year else ''}" for monday in mondays
    ]


def _axis(order: list[str]) -> alt.Axis:
    if len(order) <= PRINTED:
        return alt.Axis(labelAngle=-60, labelLimit=120)
    # So many hours are told apart by a few of them, at even distances.
    return alt.Axis(labelAngle=-60, labelLimit=120, values=[label for label in order if label[-5:-3] in MARKED])


def _words(told: Json, what: str, dimension: str) -> str:
    first = told["lines"][0]
    lines = f"{counted(len(told['lines']), 'line')} by {dimension.replace('_', ' ')}"
    if what == LOST:
        return f"Line time lost of {lines}. Line {first['line']} loses most, {first['total']:,.0f} line-minutes in all."
    return (
        f"Fewest operators left above the minimum, of {lines}. Line {first['line']} is lowest, {first['total']:,.0f}."
    )
