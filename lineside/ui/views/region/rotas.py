"""A picture of each rota over four weeks, so that a planner sees that the shifts were understood."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import altair as alt
import pandas as pd
import streamlit as st
from pydantic import ValidationError

from lineside.models.cells import DAY_NAMES
from lineside.models.tables import Rota
from lineside.ui import show
from lineside.ui.views.region.draft import FIRST_ROW, Draft
from lineside.ui.views.region.rota_weeks import WEEKS, bars, clock_changes
from lineside.ui.views.region.widgets import ids_of
from lineside.ui.words import counted, day

MOST_AT_ONCE = 6
"""Pictures at once; a company with more rotas has a box to choose them."""
ALL = "all companies"
WORK, MEAL, EDGE = "#9cc3e6", "#ffffff", "#0b3d6b"


def draw(draft: Draft) -> None:
    """Show the rotas of a company."""
    zone, monday = _clock(draft)
    if zone is None or monday is None:
        st.info("The time zone or the first day is not known yet. Give both in the settings, then look here.")
        return
    table = draft.texts.tables["rotas"]
    if not table.filled()[0]:
        st.info("There is no rota yet. Fill the table rotas, then look here whether the shifts were understood.")
        return
    left, middle, right = st.columns([2, 3, 2])
    company = left.selectbox("Company", [ALL, *ids_of(draft.texts, "companies")], key="rota_company")
    rows = [
        (number, dict(zip(table.columns, row, strict=True)))
        for number, row in enumerate(table.rows, FIRST_ROW)
        if any(row) and company in (ALL, row[table.columns.index("company")])
    ]
    names = [cells["rota"] for _, cells in rows]
    chosen = middle.multiselect("Rotas", names, names[:MOST_AT_ONCE], key=f"rotas_{company}")
    from_day = right.date_input("Week of", monday, format="YYYY-MM-DD", key="rota_week") or monday
    start = from_day - dt.timedelta(days=from_day.weekday())
    show.note("A blue bar is a shift, with its letter where it starts; a white gap in it is a meal.")
    for words in _shutdowns(draft, company, start):
        st.text(words)
    for number, cells in rows:
        if cells["rota"] in chosen:
            _rota(number, cells, start, zone)
    if not chosen:
        st.info("No rota is chosen. Choose one above.")


def _shutdowns(draft: Draft, company: str, monday: dt.date) -> list[str]:
    """Say which shutdowns in these four weeks the pictures leave out: they belong to plants, not to rotas."""
    first, last = monday.isoformat(), (monday + dt.timedelta(weeks=WEEKS, days=-1)).isoformat()
    table = draft.texts.tables["closures"]
    rows = [dict(zip(table.columns, map(str.strip, row), strict=True)) for row in table.filled()[0]]
    return [
        f"Not drawn, as no shift starts then: shutdown of {cells['scope']} from {cells['first']} to {cells['last']}."
        for cells in rows
        if cells["kind"] == "shutdown"
        and cells["first"] <= last
        and cells["last"] >= first
        and (company == ALL or cells["scope"] in ("all", f"company:{company}") or cells["scope"].startswith("site:"))
    ]


def _clock(draft: Draft) -> tuple[ZoneInfo | None, dt.date | None]:
    try:
        monday = dt.date.fromisoformat(str(draft.texts.settings["first_day"]))
        return ZoneInfo(str(draft.texts.settings["timezone"])), monday - dt.timedelta(days=monday.weekday())
    except (KeyError, ValueError, ZoneInfoNotFoundError):
        return None, None


def _rota(number: int, cells: dict[str, str], monday: dt.date, zone: ZoneInfo) -> None:
    cycle = f"{cells['rota']} of {cells['company']}: {cells['cycle']}, from {cells['anchor']}"
    try:
        rota = Rota.model_validate({name: text for name, text in cells.items() if text and name in Rota.model_fields})
    except ValidationError as error:
        columns = ", ".join(str(found["loc"][0]) for found in error.errors(include_url=False))
        st.text(cycle)
        st.warning(f"Row {number} of the table rotas cannot be drawn. Correct {columns} there.")
        return
    meals = f"; meals {cells['meals']}" if cells["meals"] else "; no meals"
    st.text(f"{cycle}\n{cells['hours']}{meals}")
    if not bars(rota, monday, zone):
        st.info("No shift starts in these four weeks. Look at the rota's cycle and at the letters of its hours.")
        return
    spoken = (
        f"Shifts of rota {rota.rota} over four weeks from {day(monday)}: cycle {rota.cycle}, {cells['hours']}{meals}."
    )
    show.chart(_picture(rota, monday, zone), f"rota-{rota.rota}", spoken)
    for change in clock_changes(rota, monday, zone):
        difference = change.real_minutes - change.wall_minutes
        st.text(
            f"{day(change.date)}: the clocks change in shift {change.letter}; it lasts {change.real_minutes} minutes, "
            f"{counted(abs(difference), 'minute')} {'more' if difference > 0 else 'less'} than the clock says."
        )


def _picture(rota: Rota, monday: dt.date, zone: ZoneInfo) -> show.Drawing:
    labels = []
    for week in range(WEEKS):
        date = monday + dt.timedelta(weeks=week)
        labels.append(f"week of {date:%b} {date.day}")
    rows = [
        {"week": labels[bar.week], "start": bar.start, "end": bar.end, "letter": bar.letter if bar.begins else "",
         "middle": (bar.start + bar.end) / 2, "kind": bar.kind, "shift": bar.words}
        for bar in bars(rota, monday, zone)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["week", "start", "end", "letter", "middle", "kind", "shift"])
    days = "[" + ", ".join(f"'{name}'" for name in DAY_NAMES) + "]"
    axis = alt.Axis(
        values=list(range(0, 169, 12)), title="day, and hour on the wall clock", orient="top", labelAlign="left",
        labelExpr=f"datum.value == 168 ? '' : datum.value % 24 == 0 ? {days}[datum.value / 24] : '12:00'",
        gridColor=alt.condition("datum.value % 24 == 0", alt.value("#6b7785"), alt.value("#dfe4ea")),
    )  # fmt: skip
    x = alt.X("start:Q", scale=alt.Scale(domain=[0, 168], nice=False), axis=axis)
    y = alt.Y("week:N", sort=labels, title=None, scale=alt.Scale(domain=labels))
    base = alt.Chart(frame).encode(y=y, tooltip=alt.Tooltip("shift:N"))
    work = base.transform_filter("datum.kind == 'work'")
    letters = work.mark_text(fontSize=13, fontWeight="bold", color="#0b1f33", align="left", dx=3)
    layers = [work.mark_bar(color=WORK, stroke=EDGE, height=26).encode(x=x, x2="end:Q")]
    if (frame["kind"] == "meal").any():  # a layer without marks would be an image without words
        meals = base.transform_filter("datum.kind == 'meal'").mark_bar(color=MEAL, stroke=EDGE, height=18)
        layers.append(meals.encode(x=x, x2="end:Q"))
    layers.append(letters.encode(x=alt.X("start:Q"), text="letter:N"))
    return alt.layer(*layers).properties(height=40 * WEEKS + 70, width=1040)
