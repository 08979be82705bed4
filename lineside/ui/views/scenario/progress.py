"""The chart of a run: the cost of the best plan so far comes down, the bound goes up."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import altair as alt
import pandas as pd

from lineside.ui.client import Json
from lineside.ui.show import Drawing
from lineside.ui.words import counted, line_minutes

INCUMBENT, BOUND = "best plan so far", "bound: no plan costs less"
COLOURS = ["#0b5394", "#a04000"]
DASHES = [[1, 0], [6, 3]]
"""Full for the incumbent and dashed for the bound, so that colour is not the only sign."""
HEIGHT = 320
ROOM = 1.3
"""How much longer the axis of time is than the run, for the labels at the lines' ends."""


def progress_words(run: Json) -> str:
    """Return what a run does, or how it ended.

    >>> run = {"status": "running", "stage": "searching", "solved_seconds": 12.4, "seconds": 60, "attempt": 2}
    >>> progress_words(run)
    'searching, 12 of 60 seconds, attempt 2'
    """
    if run["status"] == "queued":
        return str(run["stage"])
    again = f", attempt {run['attempt']}" if run["attempt"] > 1 else ""
    if run["status"] == "running":
        return f"{run['stage']}, {run['solved_seconds']:,.0f} of {counted(round(run['seconds']), 'second')}{again}"
    return f"after {run['solved_seconds']:,.1f} seconds of search{again}"


def progress_frame(events: list[Json]) -> pd.DataFrame:
    """Return events as points: seconds since the run began, figure in line-minutes, and which of the two it is.

    Points that say the same as the one before are left out, but for the last.
    """
    began = next((event["at"] for event in events if event["status"] != "queued"), None)
    rows = []
    shown: dict[str, float] = {}
    for number, event in enumerate(events, 1):
        if began is None or event["status"] == "queued":
            continue
        seconds = (dt.datetime.fromisoformat(event["at"]) - dt.datetime.fromisoformat(began)).total_seconds()
        for series, value in ((INCUMBENT, event["objective"]), (BOUND, event["bound"])):
            if value is not None and (value != shown.get(series) or number == len(events)):
                rows.append((seconds, value, series))
                shown[series] = value
    return pd.DataFrame(rows, columns=["seconds", "line_minutes", "series"])


def progress_chart(events: list[Json]) -> tuple[Drawing | None, str]:
    """Return the chart of a run with direct labels, and what it tells; None as long as there is nothing to draw."""
    frame = progress_frame(events)
    if frame.empty:
        return None, "Nothing to draw yet."
    across = [0, max(1.0, frame["seconds"].max()) * ROOM]
    upwards = _around(frame["line_minutes"].min(), frame["line_minutes"].max())
    base = alt.Chart(frame).encode(
        x=alt.X("seconds:Q", title="seconds since the run began", scale=alt.Scale(domain=across, nice=False)),
        y=alt.Y("line_minutes:Q", title="line-minutes", scale=alt.Scale(domain=upwards, nice=False)),
        color=alt.Color("series:N", legend=None, scale=alt.Scale(domain=[INCUMBENT, BOUND], range=COLOURS)),
    )
    dash = alt.StrokeDash("series:N", legend=None, scale=alt.Scale(domain=[INCUMBENT, BOUND], range=DASHES))
    steps = base.mark_line(interpolate="step-after", strokeWidth=2.5).encode(strokeDash=dash)
    points = base.mark_point(filled=True, size=35).encode(
        tooltip=["series", alt.Tooltip("seconds", format=".1f"), alt.Tooltip("line_minutes", format=",.1f")]
    )
    last = frame.groupby("series", as_index=False).last()
    places: tuple[tuple[str, Literal["bottom", "top"]], ...] = ((INCUMBENT, "bottom"), (BOUND, "top"))
    layers = [steps, points]
    for series, place in places:
        if series not in set(last["series"]):
            continue  # a baseline has no bound
        label = last[last["series"] == series].assign(label=lambda row: row["series"] + ", " + _figures(row))
        layers.append(
            alt.Chart(label)
            .mark_text(align="left", baseline=place, dx=6, dy=-2 if place == "bottom" else 2, fontSize=13)
            .encode(x="seconds:Q", y="line_minutes:Q", text="label:N", color=base.encoding.color)
        )
    return alt.layer(*layers).properties(height=HEIGHT), _alt_text(last)


def _around(low: float, high: float) -> list[float]:
    """Return an axis from a little below the least figure to a little above the largest; none is below 0."""
    space = (high - low) * 0.08 or max(1.0, high * 0.08)
    return [max(0.0, low - space), high + space]


def _figures(rows: pd.DataFrame) -> pd.Series:
    return rows["line_minutes"].map(lambda value: f"{value:,.0f}")


def _alt_text(last: pd.DataFrame) -> str:
    parts = [
        f"{series} {line_minutes(value)}" for series, value in zip(last["series"], last["line_minutes"], strict=True)
    ]
    return f"The best plan and the bound over time. After {last['seconds'].max():,.0f} seconds: {'; '.join(parts)}."
