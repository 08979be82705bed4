"""Heat maps of lines over weeks and hours."""

from __future__ import annotations

import datetime as dt
from typing import Any

import altair as alt
import pandas as pd

from lineside.ui.client import Json

LOST = "Line time lost"
SPARE = "Operators left above the minimum"
LINES = 30
"""Most lines in the picture; the table has all."""
PRINTED = 60
"""Most columns whose numbers are printed in their cells."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
COLUMNS = {"week": "Week of", "hour_of_week": "Hour of the week"}


def heat_map(rows: list[Json], dimension: str, what: str) -> tuple[alt.LayerChart, str, pd.DataFrame]:
    """Return a heat map of lines over weeks or hours, what it tells in words, and its table.

    Parameters
    ----------
    rows
        Rows of the impact by line and ``dimension``.
    dimension
        ``week`` or ``hour_of_week``.
    what
        ``LOST`` in line-minutes, or ``SPARE`` in operators, where less is worse.
    """
    frame = pd.DataFrame([_cell(row, dimension, what) for row in rows])
    is_lost = what == LOST
    worst = frame.groupby("Line")["value"].agg("sum" if is_lost else "min").sort_values(ascending=not is_lost)
    lines = list(worst.index[:LINES])
    drawn = frame[frame["Line"].isin(lines)]
    order = list(dict.fromkeys(frame.sort_values("place")["label"]))
    title = "line-minutes lost" if is_lost else "operators above the minimum"
    base = alt.Chart(drawn).encode(
        x=alt.X("label:O", sort=order, title=COLUMNS[dimension], axis=alt.Axis(labelAngle=-60, labelLimit=120)),
        y=alt.Y("Line:N", sort=lines, title="Line"),
        tooltip=[
            alt.Tooltip("Line"),
            alt.Tooltip("label", title=COLUMNS[dimension]),
            alt.Tooltip("value", title=title),
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
    return drawing, _words(frame, worst, what, dimension), _wide(frame, order)


def _cell(row: Json, dimension: str, what: str) -> dict[str, Any]:
    value = row["lost_line_minutes"] if what == LOST else row["least_spare_operators"]
    place, label = row[dimension], ""
    if dimension == "week":
        monday = dt.date.fromisoformat(place)
        label = f"{monday:%b} {monday.day}"
    else:
        label = f"{DAYS[place // 24]} {place % 24:02d}:00"
    return {"Line": row["line"], "place": place, "label": label, "value": value}


def _words(frame: pd.DataFrame, worst: pd.Series[Any], what: str, dimension: str) -> str:
    line, value = worst.index[0], worst.iloc[0]
    lines = f"{frame['Line'].nunique()} lines by {COLUMNS[dimension].lower()}"
    if what == LOST:
        return f"Line time lost of {lines}. Line {line} loses most, {value:,.0f} line-minutes in all."
    return f"Fewest operators left above the minimum, of {lines}. Line {line} comes closest, with {value:,.0f}."


def _wide(frame: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    wide = frame.pivot_table(index="Line", columns="label", values="value", aggfunc="first")[order]
    return wide.reset_index().rename_axis(columns=None)
