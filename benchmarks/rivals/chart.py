"""The chart over time of one case: objectives and bounds of all contestants, as a small SVG."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import pandas as pd

from benchmarks.rivals.trajectory import Point, Standing

MOST_POINTS = 120
"""Corners of one line: more cannot be told apart on paper."""
LOWEST = 0.0
"""Bounds below nothing are drawn at nothing: no plan costs less."""


def chart_rows(standings: list[Standing]) -> pd.DataFrame:
    """Return the corners of every line: contestant, what it is, seconds and line-minutes."""
    rows = []
    for row in standings:
        lines = {"objective": falling(row.trajectory.plans), "bound": list(row.trajectory.bounds)}
        for what, points in lines.items():
            inside = [(max(seconds, 0.1), max(value, LOWEST)) for seconds, value in points if seconds <= row.limit]
            kept = inside[:: max(1, len(inside) // MOST_POINTS)]
            for seconds, value in [*kept, *((row.limit, inside[-1][1]) for _ in inside[-1:])]:
                rows.append((row.contestant, what, round(seconds, 2), round(value, 1)))
    return pd.DataFrame(rows, columns=["contestant", "line", "seconds", "line-minutes"])


def falling(points: tuple[Point, ...]) -> list[Point]:
    """Return the points that are lower than all before them.

    >>> falling(((1.0, 5.0), (2.0, 6.0), (3.0, 4.0)))
    [(1.0, 5.0), (3.0, 4.0)]
    """
    kept: list[Point] = []
    for seconds, value in points:
        if not kept or value < kept[-1][1]:
            kept.append((seconds, value))
    return kept


def save_chart(standings: list[Standing], path: Path) -> None:
    """Draw one case: a colour and a shape for each contestant, full lines for objectives, dashed ones for bounds."""
    rows = chart_rows(standings)
    names = [row.contestant for row in standings]
    limits = [float(rows["seconds"].min()), standings[0].limit]
    base = alt.Chart(rows).encode(
        x=alt.X(
            "seconds:Q",
            title="seconds since the process started",
            scale=alt.Scale(type="log", domain=limits, nice=False),
        ),
        y=alt.Y("line-minutes:Q", scale=alt.Scale(zero=False)),
        color=alt.Color("contestant:N", scale=alt.Scale(domain=names)),
    )
    dashes = alt.StrokeDash("line:N", scale=alt.Scale(domain=["objective", "bound"], range=[[1, 0], [4, 3]]))
    lines = base.mark_line(interpolate="step-after", strokeWidth=1.5).encode(strokeDash=dashes)
    ends = alt.Shape("contestant:N", scale=alt.Scale(domain=names))
    by_line = rows.groupby(["contestant", "line"], sort=False)
    marks = base.mark_point(size=45, filled=True, opacity=1).encode(shape=ends)
    marks.data = pd.concat([by_line.head(1), by_line.tail(1)])
    title = f"{standings[0].case}: {standings[0].people:,} apprentices"
    chart = (lines + marks).properties(width=560, height=300, title=title)
    chart.save(str(path), format="svg")
