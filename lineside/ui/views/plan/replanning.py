"""Planning anew from a plan in force: how much may change, and what comes first."""

from __future__ import annotations

import datetime as dt
from typing import Any

import streamlit as st

from lineside.ui.client import RefusedError
from lineside.ui.links import link
from lineside.ui.views.plan.reading import Read, both
from lineside.ui.words import escaped

STARTED = "now_started"
FIRST = {"cheapest": "What costs least", "fewest": "What changes least, then what costs least"}


def draw(read: Read, at: dt.date, notice: int) -> None:
    """Ask for limits on changes, and start a run."""
    st.subheader("Plan anew from this plan")
    st.write(
        "What has met and what meets within the days of notice stays; cohorts that go on keep their ids. The newest "
        "tables count."
    )
    left, middle, right = st.columns(3)
    total = left.number_input(
        "Most changes in all", 0, None, None, 1, key="replan_total", placeholder="no limit",
        help="A seat that somebody gets or loses is one change; a move from one cohort to another is two.",
    )  # fmt: skip
    each = middle.number_input(
        "Most changes of each person", 0, None, None, 1, key="replan_each", placeholder="no limit"
    )
    first = right.selectbox("What comes first", list(FIRST), format_func=lambda one: FIRST[one], key="replan_first")
    pace, outages = _pace(), _outages(read, at)
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    seconds = left.number_input("Time to search (seconds)", 1, None, 60, 30, key="replan_seconds")
    workers = middle.number_input("Threads", 1, None, 2, 1, key="replan_workers")
    if right.button("Plan anew", type="primary", width="stretch", icon=":material/play_arrow:"):
        asked: dict[str, Any] = {
            "at": at.isoformat(),
            "notice_days": notice,
            "first": first,
            **pace,
            "outages": outages,
        }
        limits = {"total": total, "per_person": each}
        _start(read, {**asked, **limits, "seconds": seconds, "workers": workers})
    if st.session_state.get(STARTED) == read.id:
        st.success("The run is queued. Its plan will be among the plans of the scenario; compare it with this one.")
        link("Watch the run", "scenario", "tune", scenario=read.row["scenario"], part="Runs")


def _pace() -> dict[str, Any]:
    with st.expander("Another closing date, or other class days"):
        left, right = st.columns(2)
        closing = left.date_input("Last class day", None, key="replan_closing", help="Empty: as in the tables.")
        days = right.text_input(
            "Class days from now on", key="replan_days", placeholder="Mon Wed, Tue Thu",
            help="Each set of days, separated by commas, takes every start and length of the tables' patterns, in "
            "their place; the class minutes that a week may have grow or shrink with the days. Empty: as in the "
            "tables.",
        )  # fmt: skip
    found: dict[str, Any] = {}
    if isinstance(closing, dt.date):
        found["closing"] = closing.isoformat()
    if sets := [one.strip() for one in days.split(",") if one.strip()]:
        found["days"] = sets
    return found


def _outages(read: Read, at: dt.date) -> list[dict[str, str]]:
    with st.expander("Instructors or rooms that are away"):
        kinds = {f"instructor {one}": ("instructor", one) for one in read.instructors}
        names = {f"instructor {one}": both(one, read.instructors) for one in read.instructors}
        for row in read.rows("rooms"):
            kinds[f"room {row['room']}"] = ("room", row["room"])
            names[f"room {row['room']}"] = f"room {row['room']} at {both(row['site'], read.sites)}"
        left, right = st.columns([2, 1])
        away = left.multiselect("Who or what", list(kinds), format_func=lambda one: names[one], key="replan_away")
        span = right.date_input("First and last date", (at, at + dt.timedelta(days=4)), key=f"replan_away_dates_{at}")
    if not away or not isinstance(span, tuple) or len(span) != 2:
        return []
    dates = {"first": span[0].isoformat(), "last": span[1].isoformat()}
    return [{"kind": kinds[one][0], "id": kinds[one][1], **dates} for one in away]


def _start(read: Read, body: dict[str, Any]) -> None:
    st.session_state.pop(STARTED, None)
    try:
        read.service.post(f"/plans/{read.id}/replan", body)
    except RefusedError as error:
        st.error(escaped(error.detail))
    else:
        st.session_state[STARTED] = read.id
