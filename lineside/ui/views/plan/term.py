"""An apprentice's term at a glance: shifts, meals and meetings, week by week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.client import Json
from lineside.ui.show import INK
from lineside.ui.views.plan.choosing import choose_from
from lineside.ui.views.plan.paint import EDGE, FILLS, GRID, KIND_FILLS
from lineside.ui.views.plan.reading import Read, both, frame, go
from lineside.ui.views.plan.roster import kinds_in_words
from lineside.ui.words import KINDS, counted, day, escaped

ROW_PIXELS = 30
LETTERS = {"lunch": "L", "before": "B", "after": "A", "off": "O", "release": "R"}
WEEK = 7


def draw(read: Read) -> None:
    """Show the term of the apprentice who is chosen."""
    if not read.people:
        st.info("The plan's tables have no apprentices. Add some on the page Region.")
        return
    name = choose_from(
        st.container(), "Apprentice", list(read.people), "apprentice", read.named,
        hint="Type a name or an id to search.",
    )  # fmt: skip
    term = read.service.get(f"/plans/{read.id}/term", apprentice=name)
    sessions = term["sessions"]
    company = both(term["company"], read.companies)
    st.write(escaped(f"{company}, line {term['line']}, rota {term['rota']}"))
    for row in read.text["unseated"]:
        if row["apprentice"] == name:
            st.warning(escaped(f"No seat in {both(row['module'], read.modules)}. {row['reason']}"))
    _totals(sessions)
    words = (
        f"{read.named(name)}: {counted(len(term['shifts']), 'shift')} and {counted(len(sessions), 'meeting')} "
        "on a grid of weeks and days. The table below lists the meetings."
    )
    show.chart(_drawing(term), "term", words)
    legend = ", ".join(f"{letter} {KINDS[kind]}" for kind, letter in LETTERS.items())
    st.caption(f"Grey bars are shifts with the rota's letter. Coloured blocks are meetings: {legend}. {_zone(term)}")
    _table(read, sessions)


def _zone(term: Json) -> str:
    return f"Times are local ({term['timezone']})."


def _totals(sessions: list[Json]) -> None:
    figures = (
        ("Meetings", len(sessions)),
        ("Working time lost, minutes", sum(one["lost_minutes"] for one in sessions)),
        ("Travel both ways, minutes", sum(2 * one["travel_minutes"] for one in sessions)),
    )
    for place, (label, value) in zip(st.columns(3), figures, strict=True):
        place.metric(label, f"{value:,}", border=True)
    if sessions:
        st.write(f"Sessions: {kinds_in_words([one['kind'] for one in sessions])}.")


def _parts(first: dt.date, start: str, end: str) -> Iterator[tuple[str, float, float]]:
    """Yield the week's label, and from and to in days of the week; a stretch over Sunday's midnight has two parts."""
    begin, finish = dt.datetime.fromisoformat(start), dt.datetime.fromisoformat(end)
    origin = dt.datetime.combine(first, dt.time())
    left, right = ((moment - origin) / dt.timedelta(days=1) for moment in (begin, finish))
    number = int(left // WEEK)
    while number * WEEK < right:
        monday = first + dt.timedelta(weeks=number)
        yield f"{monday:%b} {monday.day}", max(left - number * WEEK, 0.0), min(right - number * WEEK, float(WEEK))
        number += 1


def _drawing(term: Json) -> show.Drawing:
    first, last = (dt.date.fromisoformat(term[name]) for name in ("first_day", "last_day"))
    weeks = [first + dt.timedelta(weeks=i) for i in range((last - first).days // WEEK + 1)]
    order = [f"{monday:%b} {monday.day}" for monday in weeks]
    shifts: list[dict[str, Any]] = []
    for one in term["shifts"]:
        tip = f"Shift {one['letter']}, {one['start'][11:]}–{one['end'][11:]}"
        for week, left, right in _parts(first, one["start"], one["end"]):
            shifts.append({"week": week, "left": left, "right": right, "label": one["letter"], "what": tip})
    meals = [
        {"week": week, "left": left, "right": right}
        for one in term["shifts"]
        for meal in one["meals"]
        for week, left, right in _parts(first, meal["start"], meal["end"])
    ]
    meetings: list[dict[str, Any]] = []
    for one in term["sessions"]:
        tip = f"{one['module_name']}, {one['start'][11:]}–{one['end'][11:]}, {KINDS[one['kind']]}"
        for week, left, right in _parts(first, one["start"], one["end"]):
            paint = {"fill": KIND_FILLS[one["kind"]], "label": LETTERS[one["kind"]], "what": tip}
            meetings.append({"week": week, "left": left, "right": right, **paint})
    return _layers(shifts, meals, [row for row in meetings if row["week"] in order], order)


def _layers(shifts: list[Any], meals: list[Any], meetings: list[Any], order: list[str]) -> show.Drawing:
    names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    axis = alt.Axis(
        values=[i + 0.5 for i in range(WEEK)], labelExpr=f"{names}[floor(datum.value)]", title=None, orient="top",
        grid=False, ticks=False, labelColor=INK,
    )  # fmt: skip
    x = alt.X("left:Q", scale=alt.Scale(domain=[0, WEEK], nice=False), axis=axis)
    y = alt.Y("week:N", sort=order, scale=alt.Scale(domain=order), axis=alt.Axis(title="Week of", labelColor=INK))
    columns = ["week", "left", "right", "label", "what", "fill"]
    work = alt.Chart(frame(shifts, columns))
    rest = alt.Chart(frame(meals, columns))
    class_ = alt.Chart(frame(meetings, columns))
    days = alt.Chart(pd.DataFrame({"left": list(range(WEEK + 1))})).mark_rule(color=GRID).encode(x=x)
    return alt.layer(
        days,
        work.mark_bar(color=FILLS[7], stroke=EDGE, strokeWidth=0.5, size=18).encode(
            x=x, x2="right:Q", y=y, tooltip=["what"]
        ),
        rest.mark_bar(color="#ffffff", size=17).encode(x=x, x2="right:Q", y=y),
        work.mark_text(align="left", dx=3, fontSize=10, color=INK).encode(x=x, y=y, text="label:N"),
        class_.mark_bar(stroke=INK, strokeWidth=1.2, size=22).encode(
            x=x, x2="right:Q", y=y, color=alt.Color("fill:N", scale=None), tooltip=["what"]
        ),
        class_.mark_text(align="left", dx=2, fontSize=11, fontWeight="bold", color=INK).encode(
            x=x, y=y, text="label:N", tooltip=["what"]
        ),
    ).properties(height=ROW_PIXELS * len(order))


def _table(read: Read, sessions: list[Json]) -> None:
    if not sessions:
        st.info("No meeting in this plan. See above, or under Unseated, why.")
        return
    columns = [
        "Day", "From", "To", "Module", "Cohort", "Site", "Room", "Session", "Lost, minutes", "Travel one way, minutes"
    ]  # fmt: skip
    rows = []
    for one in sessions:
        start, end = (dt.datetime.fromisoformat(one[name]) for name in ("start", "end"))
        cells = (
            day(start.date()), f"{start:%H:%M}", f"{end:%H:%M}", both(one["module"], read.modules), one["cohort"],
            one["site_name"], one["room"], KINDS[one["kind"]], one["lost_minutes"], one["travel_minutes"],
        )  # fmt: skip
        rows.append(dict(zip(columns, cells, strict=True)))
    picked = show.table(frame(rows, columns), "term_meetings", "The apprentice's meetings.", select=True)
    if picked:
        go("Cohort", cohort=sessions[picked[0]]["cohort"])
