"""The horizon at a glance: each cohort from its first to its last meeting."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import altair as alt
import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.show import INK
from lineside.ui.views.plan.choosing import ALL, choose_from
from lineside.ui.views.plan.paint import bars, date_axis, day_number, fill_of
from lineside.ui.views.plan.reading import Read, both, frame, go, spans
from lineside.ui.words import counted, day

ROW_PIXELS = 26
A_PAGE = 40
"""Cohorts on a chart."""
CHART_PIXELS = 680
"""Width of the bars' part of the chart, about."""
LETTER_PIXELS = 5.2
MARGIN_LETTERS = 2
LETTERS: tuple[tuple[Literal["left", "right"], str], ...] = (("left", "inside"), ("left", "after"), ("right", "before"))
"""Alignment of a bar's letters by where they stand."""


def draw(read: Read) -> None:
    """Show the cohorts of the site that is chosen."""
    if not read.cohorts:
        st.info("The plan opens no cohort. See under Unseated why.")
        return
    rows = _filtered(read)
    if not rows:
        st.info("No cohort is of this site and module. Choose another one.")
        return
    first, last = min(row["from"] for row in rows), max(row["to"] for row in rows)
    pages = -(-len(rows) // A_PAGE)
    number = st.number_input(f"Part of the chart, of {pages}", 1, pages, 1) if pages > 1 else 1
    part = rows[(number - 1) * A_PAGE : number * A_PAGE]
    words = (
        f"{counted(len(part), 'cohort')} as bars from {day(first)} to {day(last)}, by site and first meeting. "
        "The table below lists all of them."
    )
    show.chart(_drawing(part, first, last), "timeline", words)
    st.caption("A dot is a meeting. Select a row to see who sits in the cohort.")
    _table(read, rows)


def _filtered(read: Read) -> list[dict[str, Any]]:
    left, right = st.columns(2)
    sites = sorted({row["site"] for row in read.cohorts.values()})
    modules = sorted({row["module"] for row in read.cohorts.values()})
    site = choose_from(
        left, "Site", [ALL, *sites], "place", lambda one: "All sites" if one == ALL else both(one, read.sites)
    )
    module = right.selectbox(
        "Module", [ALL, *modules], format_func=lambda one: "All modules" if one == ALL else both(one, read.modules)
    )
    found = [
        _row(read, name)
        for name, row in read.cohorts.items()
        if site in (ALL, row["site"]) and module in (ALL, row["module"]) and row["meetings"]
    ]
    return sorted(found, key=lambda row: (row["site"], row["from"], row["cohort"]))


def _row(read: Read, name: str) -> dict[str, Any]:
    row = read.cohorts[name]
    times = spans(row)
    first, last = times[0][0].date(), times[-1][1].date()
    module = read.modules.get(row["module"], row["module"])
    return {
        "cohort": name,
        "from": first,
        "to": last,
        "left": day_number(first),
        "right": day_number(last) + 1,
        "days": [day_number(start.date()) + 0.5 for start, _ in times],
        "fill": fill_of(row["module"], sorted(read.modules)),
        "module": both(row["module"], read.modules),
        "label": f"{module} · {row['days']} {row['start']} · {len(read.seats[name])} seats",
        "site": both(row["site"], read.sites),
        "row": f"{read.sites.get(row['site'], row['site'])} · {name}",
        "meets": f"{row['days']} {row['start']}, {row['minutes']} minutes",
        "seats": len(read.seats[name]),
        "meetings": len(times),
    }


def _drawing(rows: list[dict[str, Any]], first: dt.date, last: dt.date) -> show.Drawing:
    for row in rows:
        row["at"], row["label"] = _placed(row["left"], row["right"], row["label"], first, last)
    data = pd.DataFrame([{**row, "from": str(row["from"]), "to": str(row["to"]), "days": None} for row in rows])
    dots = pd.DataFrame([{"row": row["row"], "left": at} for row in rows for at in row["days"]])
    order = list(data["row"])
    x = date_axis(first, last)
    axis = alt.Axis(title=None, labelColor=INK, labelLimit=260, labelFontSize=11)
    y = alt.Y("row:N", sort=order, axis=axis, scale=alt.Scale(paddingInner=0.15))
    tips = ["cohort", "module", "site", "meets", "from", "to", "seats", "meetings"]
    marks = alt.Chart(dots).mark_point(size=9, filled=True, color=INK, opacity=0.75, yOffset=8).encode(x=x, y=y)
    texts = [_letters(data[data["at"] == at], align, at, y) for align, at in LETTERS]
    return alt.layer(bars(data, x, y, tips), marks, *texts).properties(height=ROW_PIXELS * len(rows))


def _placed(left: int, right: int, label: str, first: dt.date, last: dt.date) -> tuple[str, str]:
    """Return where a bar's letters stand, and the letters: in it if they fit, else on the side that has more room.

    Where they fit nowhere, they are cut at the place with most room: the tooltip and the table have them whole.

    >>> term = dt.date(1970, 1, 1), dt.date(1970, 3, 1)
    >>> _placed(0, 60, "Safety · Mon 16:00", *term)
    ('inside', 'Safety · Mon 16:00')
    >>> _placed(0, 5, "Safety · Mon 16:00", *term)
    ('after', 'Safety · Mon 16:00')
    >>> _placed(25, 55, "Manufacturing processes and production · Mon Tue Wed Thu 18:15 · 7 seats", *term)
    ('inside', 'Manufacturing processes and production · Mon Tue Wed Thu 18:15…')
    """
    letters_a_day = CHART_PIXELS / max(7, (last - first).days + 1) / LETTER_PIXELS
    days = {"inside": right - left, "after": day_number(last) + 1 - right, "before": left - day_number(first)}
    room = {at: int(span * letters_a_day) - MARGIN_LETTERS for at, span in days.items()}
    side = "after" if room["after"] >= room["before"] else "before"
    at = next((one for one in ("inside", side) if len(label) <= room[one]), max(room, key=room.__getitem__))
    return at, label if len(label) <= room[at] else f"{label[: room[at] - 1].rstrip(' ·')}…"


def _letters(part: pd.DataFrame, align: Literal["left", "right"], at: str, y: alt.Y) -> alt.Chart:
    x = "right:Q" if at == "after" else "left:Q"
    shift = -4 if align == "right" else 4
    base = alt.Chart(part).mark_text(align=align, baseline="middle", dx=shift, dy=-2, fontSize=11, color=INK)
    drawn: alt.Chart = base.encode(x=alt.X(x), y=y, text="label:N")
    return drawn


def _table(read: Read, rows: list[dict[str, Any]]) -> None:
    columns = ["Cohort", "Module", "Site", "Room", "Instructor", "Meets", "First", "Last", "Meetings", "Seats"]
    cells = [
        (
            row["cohort"], row["module"], row["site"], read.cohorts[row["cohort"]]["room"],
            both(read.cohorts[row["cohort"]]["instructor"], read.instructors), row["meets"], row["from"], row["to"],
            row["meetings"], row["seats"],
        )
        for row in rows
    ]  # fmt: skip
    table = frame([dict(zip(columns, one, strict=True)) for one in cells], columns)
    picked = show.table(table, "cohorts", "Cohorts by site and first meeting.", select=True)
    if picked:
        go("Cohort", cohort=rows[picked[0]]["cohort"])
