"""What would be worth asking for: agreements, sites, rooms, instructors, patterns, rotas, each looser by one step."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lineside.ui import show
from lineside.ui.client import Json, RefusedError
from lineside.ui.following import follow
from lineside.ui.views.plan.reading import Read, frame, go
from lineside.ui.views.plan.taken import take_over
from lineside.ui.views.plan.why import edits_table
from lineside.ui.words import counted, escaped

ACTIVE = ("queued", "running")
POLL_SECONDS = 2.0
SECONDS = 120


def draw(read: Read) -> None:
    """Show the newest advice, or start to look for it."""
    told = read.service.get(f"/plans/{read.id}/advice")
    if told["status"] in ACTIVE:
        follow(POLL_SECONDS, _wait, read, told)
        return
    if told["report"] is not None:
        _report(read, told["report"])
    elif told["status"] is not None:
        st.warning(escaped(f"The last look for advice came to nothing. {told['reason']}"))
    _start(read, has_report=told["report"] is not None)


def _wait(read: Read, known: Json) -> None:
    told = read.service.get(f"/plans/{read.id}/advice")
    if told["status"] not in ACTIVE:
        st.rerun()
    st.info(escaped(f"Looking for advice in the background: {told['stage']}."))
    if st.button("Stop and tell what is known", key=f"stop_{known['run']}"):
        try:
            read.service.post(f"/runs/{told['run']}/stop")
        except RefusedError as error:
            st.warning(escaped(error.detail))


def _start(read: Read, *, has_report: bool) -> None:
    if not has_report:
        st.write(
            "Each agreement, site, room, instructor and pattern is loosened by one step, and people are moved to other "
            "rotas of their line. All of that is priced by the bound; the best is solved again, and ranked by what "
            "the plan would save."
        )
    left, right = st.columns([2, 5], vertical_alignment="bottom")
    seconds = left.number_input("Time to look (seconds)", 1, None, SECONDS, 30, key="advice_seconds")
    label = "Look again" if has_report else "Look for advice"
    if right.button(label, type="secondary" if has_report else "primary", icon=":material/search:"):
        try:
            read.service.post(f"/plans/{read.id}/advice", {"seconds": float(seconds)})
        except RefusedError as error:
            st.error(escaped(error.detail))
        else:
            st.rerun()


def _report(read: Read, report: Json) -> None:
    if report["improved"]:
        st.info(escaped(report["improved"]))
    rows = report["advice"]
    if not rows:
        st.success("No single step was found that would save anything.", icon=":material/check_circle:")
        st.caption(escaped(report["extent"]))
        return
    st.write(f"{counted(len(rows), 'change')} would save something. Select one to ask why a seat is empty today.")
    columns = [
        "Saves (line-minutes)",
        "What would be",
        "Line time lost",
        "Dollars",
        "Cohort-hours",
        "Would seat",
        "Sure",
    ]
    table = frame([dict(zip(columns, _cells(read, row), strict=True)) for row in rows], columns)
    figures = {name: st.column_config.NumberColumn(format="localized") for name in (columns[0], *columns[2:5])}
    wide = {"What would be": st.column_config.TextColumn(width="large")}
    picked = show.table(
        table, "advice", "Changes of one step by what they would save.", columns={**figures, **wide}, select=True
    )
    if picked and rows[picked[0]]["seated"]:
        seat = rows[picked[0]]["seated"][0]
        go("Why", apprentice=seat["apprentice"], need=seat["module"])
    for number, row in enumerate(rows, 1):
        st.write(escaped(f"{number}. {row['sentence']}"))
    st.caption(escaped(report["extent"]))
    take_over(read, [(row["change"], row["sentence"]) for row in rows], "advice")
    edits_table([row["change"] for row in rows], "advice")


def _cells(read: Read, row: Json) -> tuple[Any, ...]:
    amounts = {one["measure"]: one["difference"] for one in row["differences"]}
    seated = ", ".join(f"{read.named(one['apprentice'])} in {one['module']}" for one in row["seated"])
    sure = "proven" if row["is_exact"] else "found so far"
    return (
        *(row["saved"], row["change"]["words"], amounts["line_time_lost"], amounts["dollars"], row["cohort_hours"]),
        *(seated, sure),
    )
