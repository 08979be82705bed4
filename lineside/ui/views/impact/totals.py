"""What a plan costs beside the two baselines, and by company and shift."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.client import Json
from lineside.ui.views.impact.away import show_absences
from lineside.ui.views.impact.reading import Read
from lineside.ui.words import escaped, share

BASELINES = {"first_come": "First come, first served", "day_class": "Everybody to the college's day class"}
BASELINE_SECONDS = 60


def draw(read: Read) -> None:
    """Show the sums, and behind each row of them who is away."""
    _baselines(read)
    _shares(read)
    _by_shift(read)


def _baselines(read: Read) -> None:
    st.subheader("Against what would happen otherwise")
    found = {row["method"]: row for row in read.baselines()}
    missing = [method for method in BASELINES if method not in found]
    if found:
        _table(read, found)
    if missing and read.who.role == "planner":
        _order(read, missing)
    elif missing:
        st.info("The planner has not worked out the baselines for this plan yet. Ask for them to see what it saves.")


def _table(read: Read, found: dict[str, Json]) -> None:
    rows = [("This plan", read.summary)]
    rows += [(title, found[method]) for method, title in BASELINES.items() if method in found]
    frame = pd.DataFrame(
        [
            {
                "Way of planning": title,
                "Line time lost (line-minutes)": row["lost_line_minutes"],
                "Lines stopped (crew-minutes)": row["stopped_minutes"],
                "Release (person-minutes)": row["release_person_minutes"],
                "Needs without a seat": row["empty_seats"],
            }
            for title, row in rows
        ]
    )
    words = "This plan beside the baselines, in line-minutes, minutes and seats."
    columns = {"Way of planning": st.column_config.TextColumn(width=270)}
    show.table(frame, "baselines", words, columns=columns)
    if "day_class" in found:
        show.note(
            "The day class meets Tuesdays and Thursdays from 9:00 at the nearest college, whatever the shifts. It asks "
            "no agreement, room or instructor, so it could not be carried out as it stands."
        )


def _order(read: Read, missing: list[str]) -> None:
    """Offer to work out the baselines, or tell that this is under way."""
    service, plan = read.service, read.plan
    runs = service.get("/runs", scenario=plan["scenario"], limit=100)
    active = [run for run in runs if run["method"] in missing and run["status"] in ("queued", "running")]
    if active:
        st.info("The baselines are being worked out in the background. They are here after a moment.")
        st.button("Look again")
        return
    failed = [run for run in runs if run["method"] in missing and run["revision"] == plan["revision"]]
    for run in failed:
        st.warning(escaped(f"{BASELINES[run['method']]}: {run['reason'] or 'no plan came of it.'}"))
    if len(missing) == len(BASELINES):
        st.write(
            "See what this plan saves: the same apprentices, seated by two ways of planning that need no search – in "
            "the order of the table, first come, first served; or all in the day class of the nearest college."
        )
    if st.button("Work out the baselines", type="primary"):
        for method in missing:
            order = {"scenario": plan["scenario"], "revision": plan["revision"], "seconds": BASELINE_SECONDS}
            service.post("/runs", {**order, "workers": 1, "method": method})
        st.rerun()


def _shares(read: Read) -> None:
    """Show what the plan takes from each company's lines for the class time that its people get."""
    st.subheader("Fair shares")
    frame = shares_frame(read.get("shares"))
    words = "Line time lost by company, in all and for each apprentice-hour of class."
    show.table(frame, "shares", words)
    show.note(
        "Class hours are meeting hours, once for each seat. To cap the company that loses most, start a run with a "
        "limit on the page Scenario; a trade-off against it shows what each cap costs in all."
    )


def shares_frame(rows: list[Json]) -> pd.DataFrame:
    """Return companies' shares as a table; a manager's own has no share of the whole."""
    frame = pd.DataFrame(
        [
            {
                "Company": row["company"] or "all together",
                "Apprentices": row["num_apprentices"],
                "Seats": row["num_seats"],
                "Needs without a seat": row["num_unseated"],
                "Class hours": row["seated_hours"],
                "Line time lost (line-minutes)": row["lost_line_minutes"],
                "Part of all": share(row["share"]),
                "Lost for each class hour (line-minutes)": row["lost_per_hour"],
            }
            for row in rows
        ]
    )
    return frame if any(row["share"] is not None for row in rows) else frame.drop(columns="Part of all")


def _by_shift(read: Read) -> None:
    """Show totals by company and shift, and who is away behind the row that is selected."""
    st.subheader("By company and shift")
    rows = read.get("", by=("company", "rota", "shift"))
    if not rows:
        st.success("Nobody misses a minute of a shift in this plan.")
        return
    st.write("Select a row to see below who is away from those shifts.")
    frame = pd.DataFrame(
        [
            {
                "Company": row["company"],
                "Rota": row["rota"],
                "Shift": row["shift"],
                "Line time lost (line-minutes)": row["lost_line_minutes"],
                "Lines stopped (crew-minutes)": row["stopped_minutes"],
                "Release (person-minutes)": row["release_person_minutes"],
                "Most away (people)": row["most_away"],
            }
            for row in rows
        ]
    )
    words = "Line time lost and release by company, rota and shift."
    picked = show.table(frame, "by_shift", words, select=True)
    if picked:
        row = rows[picked[0]]
        st.subheader(escaped(f"Who is away from shift {row['shift']} of rota {row['rota']}"))
        show_absences(read, "absences_of_shift", rota=row["rota"], shift=row["shift"])
