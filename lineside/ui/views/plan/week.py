"""A week's calendar of cohorts, by site and by room, in the plants' own time."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import altair as alt
import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.show import INK
from lineside.ui.views.plan.choosing import ALL, choose_from
from lineside.ui.views.plan.grid import Piece, Placed, pieces, placed
from lineside.ui.views.plan.paint import EDGE, GRID, fill_of, shortened
from lineside.ui.views.plan.reading import Read, both, frame, go, spans
from lineside.ui.words import counted, day

HEIGHT = 620
DAY_PIXELS = 118
LINE_PIXELS = 14
MOST_LANES = 10
"""More meetings side by side cannot be read."""
MOST_COHORTS = 30
"""With more of them the calendar begins with the busiest site."""


def draw(read: Read) -> None:
    """Show the week that is chosen."""
    if not read.cohorts:
        st.info("The plan opens no cohort. See under Unseated why.")
        return
    monday, site, room = _chosen(read)
    found = [piece for name in _at(read, site, room) for piece in pieces(name, spans(read.cohorts[name]), monday)]
    if not found:
        st.info("Nothing meets in this week at this place. Choose another week, or all sites.")
        return
    rows = placed(found)
    if max(row.lanes for row in rows) > MOST_LANES:
        st.info("More meetings overlap than can be read side by side. Choose one site or room; the table has all.")
    else:
        show.chart(_drawing(read, rows, monday), "week", _words(found, monday))
    st.caption(
        "Times are local time of the plants. A meeting across midnight goes on at the top of the next day. "
        "Select a row to see who sits in the cohort."
    )
    _table(read, found)


def _chosen(read: Read) -> tuple[dt.date, str, str]:
    dates = [start.date() for row in read.cohorts.values() for start, _ in spans(row)]
    first = min((date - dt.timedelta(days=date.weekday()) for date in dates), default=read.first_day)
    last = max(dates, default=read.first_day)
    mondays = [first + dt.timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    left, middle, right = st.columns([2, 2, 2])
    week = choose_from(left, "Week", [str(one) for one in mondays], "week", _week_words)
    sites = sorted({row["site"] for row in read.cohorts.values()}, key=lambda one: both(one, read.sites))
    busiest = Counter(row["site"] for row in read.cohorts.values()).most_common(1)[0][0]
    default = busiest if len(read.cohorts) > MOST_COHORTS else ALL
    site = choose_from(
        middle, "Site", [ALL, *sites], "site", lambda one: "All sites" if one == ALL else both(one, read.sites),
        default=default,
    )  # fmt: skip
    rooms = sorted({row["room"] for row in read.cohorts.values() if site in (ALL, row["site"])})
    room = right.selectbox(
        "Room", [ALL, *rooms], key=f"room_{site}", format_func=lambda one: "All rooms" if one == ALL else one
    )
    return dt.date.fromisoformat(week), site, room


def _week_words(monday: str) -> str:
    return f"Week of {day(dt.date.fromisoformat(monday))}"


def _at(read: Read, site: str, room: str) -> list[str]:
    return [
        name
        for name, row in read.cohorts.items()
        if site in (ALL, row["site"]) and room in (ALL, row["room"])
    ]  # fmt: skip


def _words(found: list[Piece], monday: dt.date) -> str:
    cohorts = len({piece.cohort for piece in found})
    meetings = len({(piece.cohort, piece.start) for piece in found})
    return (
        f"Week of {day(monday)}: {counted(meetings, 'meeting')} of {counted(cohorts, 'cohort')} on a grid of days and "
        "hours. The table below lists them."
    )


def _drawing(read: Read, rows: list[Placed], monday: dt.date) -> show.Drawing:
    top = min(row.piece.top for row in rows) // 60 * 60
    bottom = -(-max(row.piece.bottom for row in rows) // 60) * 60
    names = [f"{monday + dt.timedelta(days=i):%a %b} {(monday + dt.timedelta(days=i)).day}" for i in range(7)]
    days = alt.Axis(
        values=[i + 0.5 for i in range(7)], labelExpr=f"{names}[floor(datum.value)]", title=None, orient="top",
        grid=False, ticks=False, labelColor=INK, labelFontSize=13,
    )  # fmt: skip
    hours = alt.Axis(
        values=list(range(top, bottom + 1, 60)), labelExpr="format(floor(datum.value / 60), '02') + ':00'",
        title="Local time", gridColor=GRID, labelColor=INK,
    )  # fmt: skip
    x = alt.X("left:Q", scale=alt.Scale(domain=[0, 7], nice=False), axis=days)
    y = alt.Y("top:Q", scale=alt.Scale(domain=[top, bottom], reverse=True, nice=False), axis=hours)
    pixels = HEIGHT / max(60, bottom - top)
    data = pd.DataFrame([_row(read, row, pixels) for row in rows])
    tips = ["cohort", "module", "place", "time", "seats"]
    blocks = (
        alt.Chart(data)
        .mark_rect(stroke=EDGE, strokeWidth=1, cornerRadius=3)
        .encode(x=x, x2="right:Q", y=y, y2="bottom:Q", color=alt.Color("fill:N", scale=None), tooltip=tips)
    )
    letters = (
        alt.Chart(data)
        .mark_text(align="left", baseline="top", dx=4, dy=4, fontSize=11, color=INK, lineBreak="\n", lineHeight=13)
        .encode(x=x, y=y, text="label:N", tooltip=tips)
    )
    borders = alt.Chart(pd.DataFrame({"left": list(range(8))})).mark_rule(color=GRID).encode(x=x)
    return alt.layer(borders, blocks, letters).properties(height=HEIGHT)


def _row(read: Read, placed_row: Placed, pixels: float) -> dict[str, object]:
    piece = placed_row.piece
    row = read.cohorts[piece.cohort]
    time = f"{piece.start:%H:%M}–{piece.end:%H:%M}"
    width = DAY_PIXELS * 0.96 / placed_row.lanes - 8
    lines = [piece.cohort, read.modules.get(row["module"], row["module"]), row["room"], time]
    room_for = max(1, int((piece.bottom - piece.top) * pixels // LINE_PIXELS))
    return {
        "left": placed_row.left,
        "right": placed_row.right,
        "top": piece.top,
        "bottom": piece.bottom,
        "fill": fill_of(row["module"], sorted(read.modules)),
        "label": "\n".join(shortened(line, width) for line in lines[:room_for]),
        "cohort": piece.cohort,
        "module": both(row["module"], read.modules),
        "place": f"{both(row['site'], read.sites)}, room {row['room']}",
        "time": time,
        "seats": len(read.seats[piece.cohort]),
    }


def _table(read: Read, found: list[Piece]) -> None:
    columns = ["Day", "From", "To", "Cohort", "Module", "Site", "Room", "Instructor", "Seats"]
    meetings = sorted({(piece.start, piece.end, piece.cohort) for piece in found})
    rows = []
    for start, end, name in meetings:
        row = read.cohorts[name]
        cells = (
            day(start.date()), f"{start:%H:%M}", f"{end:%H:%M}", name, both(row["module"], read.modules),
            both(row["site"], read.sites), row["room"], both(row["instructor"], read.instructors),
            len(read.seats[name]),
        )  # fmt: skip
        rows.append(dict(zip(columns, cells, strict=True)))
    picked = show.table(frame(rows, columns), "week_meetings", "The week's meetings in time order.", select=True)
    if picked:
        go("Cohort", cohort=meetings[picked[0]][2])
