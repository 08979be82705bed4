"""What a plan costs the lines: which line, shift and week loses what, and who is away when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import streamlit as st

from lineside.ui import show, state
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.links import link
from lineside.ui.state import Me
from lineside.ui.views.impact_charts import LOST, SPARE, heat_map
from lineside.ui.words import counted, day, escaped, number

BASELINES = {"first_come": "First come, first served", "day_class": "Everybody to the college's day class"}
BASELINE_SECONDS = 60
ALL = "All companies"
MANY_ABSENCES = 5_000
"""Absences above which one week is shown at first: drawing them all takes seconds."""


def draw(service: Client, who: Me) -> None:
    """Show the impact of a plan; a plant manager sees that on the own plants."""
    st.title("Impact")
    plan = plan_in_view(service, who)
    if plan is None:
        return
    try:
        company = _company(service, who, plan)
        totals = _rows(service, plan["id"], company)[0]
    except RefusedError as error:
        state.choose("company", None)
        st.error(escaped(error.detail))
        st.button("Show my own")
        return
    _head(totals)
    _baselines(service, who, plan, company, totals)
    shift = _by_shift(service, plan["id"], company)
    _maps(service, plan["id"], company)
    away = _away(service, plan["id"], company)
    _absences(away, shift)
    _crews(service, plan["id"], company)
    _sheet(service, plan["id"], company, away)


def plan_in_view(service: Client, who: Me) -> Json | None:
    """Let a planner choose among all plans, and a manager among those that came into force."""
    if who.role == "planner":
        return state.plan_box(service)
    published = service.get("/publications")
    newest = {row["plan"]: {**row, "id": row["plan"]} for row in reversed(published)}
    rows = sorted(newest.values(), key=lambda row: not row["in_force"])
    return state.choice_box("plan", "Plan", rows, "Once the region's planner publishes one, it is shown here.")


def _company(service: Client, who: Me, plan: Json) -> str | None:
    """Return whose impact is shown: the one that the address names, which the service may refuse."""
    asked = state.chosen("company")
    if who.role == "manager":
        return asked
    known = sorted({row["company"] for row in _low_points(service, plan["id"], None)})
    options = [ALL, *known]
    picked = st.sidebar.selectbox("Company", options, options.index(asked) if asked in known else 0)
    wanted = None if picked == ALL else picked
    if wanted != asked:
        state.choose("company", wanted)
    return wanted


# A plan never changes, so what follows from it does not either.
@st.cache_data(scope="session", max_entries=60, show_spinner="Adding up …")
def _rows(_service: Client, plan: str, company: str | None, by: tuple[str, ...] = ()) -> Json:
    return _service.get(f"/plans/{plan}/impact", by=list(by), company=company)


@st.cache_data(scope="session", max_entries=20, show_spinner="Looking for the fewest operators …")
def _low_points(_service: Client, plan: str, company: str | None) -> Json:
    return _service.get(f"/plans/{plan}/impact/low-points", company=company)


@st.cache_data(scope="session", max_entries=20, show_spinner="Looking who is away …")
def _away(_service: Client, plan: str, company: str | None) -> Json:
    return _service.get(f"/plans/{plan}/impact/absences", company=company)


def _head(totals: Json) -> None:
    columns = st.columns(4)
    columns[0].metric("Line-minutes of line time lost", number(totals["lost_line_minutes"]))
    columns[1].metric("Crew-minutes stopped", number(totals["stopped_minutes"]))
    columns[2].metric("Person-minutes of release", number(totals["release_person_minutes"]))
    columns[3].metric("Most people away from a crew", number(totals["most_away"]))


def _baselines(service: Client, who: Me, plan: Json, company: str | None, totals: Json) -> None:
    st.subheader("Against what would happen otherwise")
    found = {row["method"]: row for row in service.get(f"/plans/{plan['id']}/baselines", company=company)}
    rows = [("This plan", {**totals, "empty_seats": None})]
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
    if who.role == "planner":
        text = service.get(f"/plans/{plan['id']}/parts/unseated")["unseated"]
        frame.loc[0, "Needs without a seat"] = len(text) if company is None else None
    if found:
        show.table(
            frame,
            "baselines",
            "This plan beside the baselines, in line-minutes, minutes and seats.",
            columns=_figures(frame),
        )
    if "day_class" in found:
        show.note(
            "The day class meets Tuesdays and Thursdays from 9:00 at the nearest college, whatever the shifts. It asks "
            "no agreement, room or instructor, so it could not be carried out as it stands."
        )
    missing = [method for method in BASELINES if method not in found]
    if missing and who.role == "planner":
        _order(service, plan, missing)
    elif missing:
        st.info("The planner has not worked out the baselines for this plan yet. Ask for them to see what it saves.")


def _figures(frame: pd.DataFrame) -> dict[str, Any]:
    """Return how numbers are shown: thousands apart."""
    numbers = frame.select_dtypes("number").columns
    return {str(name): st.column_config.NumberColumn(format="localized") for name in numbers}


def _order(service: Client, plan: Json, missing: list[str]) -> None:
    """Offer to work out the baselines, or tell that this is under way."""
    runs = service.get("/runs", scenario=plan["scenario"], limit=100)
    active = [run for run in runs if run["method"] in missing and run["status"] in ("queued", "running")]
    if active:
        st.info("The baselines are being worked out in the background. They are here after a moment.")
        st.button("Look again")
        return
    failed = [run for run in runs if run["method"] in missing and run["revision"] == plan["revision"]]
    for run in failed:
        st.warning(escaped(f"{BASELINES[run['method']]}: {run['reason'] or 'no plan came of it.'}"))
    if st.button("Work out the baselines", type="primary"):
        for method in missing:
            order = {"scenario": plan["scenario"], "revision": plan["revision"], "seconds": BASELINE_SECONDS}
            service.post("/runs", {**order, "workers": 1, "method": method})
        st.rerun()


def _by_shift(service: Client, plan: str, company: str | None) -> Json | None:
    """Show totals by company and shift, and return the row that was selected."""
    st.subheader("By company and shift")
    rows = _rows(service, plan, company, ("company", "rota", "shift"))
    if not rows:
        st.success("Nobody misses a minute of a shift in this plan.")
        return None
    st.write("Select a row to see below who is away from that rota.")
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
    picked = show.table(frame, "by_shift", words, columns=_figures(frame), select=True)
    return rows[picked[0]] if picked else None


def _maps(service: Client, plan: str, company: str | None) -> None:
    st.subheader("By line")
    what = st.radio("Shown", [LOST, SPARE], horizontal=True)
    weeks, hours = st.tabs(["By week", "By hour of the week"])
    with weeks:
        _map(_rows(service, plan, company, ("line", "week")), "week", what)
    with hours:
        _map(_rows(service, plan, company, ("line", "hour_of_week")), "hour_of_week", what)


def _map(rows: list[Json], dimension: str, what: str) -> None:
    if not rows:
        st.info("Nobody misses a minute of a shift, so there is nothing to draw.")
        return
    drawing, alt_text, frame = heat_map(rows, dimension, what)
    show.chart(drawing, f"lines_by_{dimension}", alt_text)
    with st.expander("The same as a table"):
        show.table(frame, f"lines_{dimension}", alt_text)


def _absences(rows: list[Json], shift: Json | None) -> None:
    st.subheader("Who is away when")
    if shift is not None:
        rows = [row for row in rows if (row["company"], row["rota"]) == (shift["company"], shift["rota"])]
        show.note(f"Only rota {escaped(shift['rota'])}, as selected above.")
    lines = sorted({row["line"] for row in rows})
    left, right = st.columns(2)
    line = left.selectbox("Line", ["All lines", *lines])
    weeks = sorted({_monday(row["shift_date"]) for row in rows})
    first = 1 if len(rows) > MANY_ABSENCES else 0
    week = right.selectbox("Week of", ["All weeks", *weeks], first, format_func=_week)
    shown = [
        row for row in rows if line in ("All lines", row["line"]) and week in ("All weeks", _monday(row["shift_date"]))
    ]
    if not shown:
        st.info("Nobody is away from a shift here.")
        return
    minutes = sum(row["release_minutes"] for row in shown)
    st.write(f"{counted(len(shown), 'absence')}, {number(minutes)} working minutes.")
    show.table(pd.DataFrame([_absence(row) for row in shown]), "absences", "Who is away from which shift, and when.")


def _week(choice: str | dt.date) -> str:
    return choice if isinstance(choice, str) else day(choice)


def _monday(date: str) -> dt.date:
    found = dt.date.fromisoformat(date)
    return found - dt.timedelta(days=found.weekday())


def _absence(row: Json) -> dict[str, Any]:
    return {
        "Shift of": dt.date.fromisoformat(row["shift_date"]),
        "Away from": row["start"].replace("T", " "),
        "Until": row["end"].replace("T", " "),
        "Company": row["company"],
        "Line": row["line"],
        "Rota": row["rota"],
        "Apprentice": row["apprentice"],
        "Cohort": row["cohort"],
        "Kind": row["kind"],
        "Working minutes lost": row["release_minutes"],
    }


def _crews(service: Client, plan: str, company: str | None) -> None:
    st.subheader("Fewest operators on each crew")
    rows = _low_points(service, plan, company)
    below = [row for row in rows if row["fewest_operators"] < row["minimum_operators"]]
    if below:
        st.warning(f"{counted(len(below), 'crew')} of {len(rows)} fall below the minimum at some time.")
    else:
        st.success("No crew falls below its minimum.")
    frame = pd.DataFrame(
        [
            {
                "Company": row["company"],
                "Line": row["line"],
                "Rota": row["rota"],
                "Crew (operators)": row["headcount_operators"],
                "Relief (operators)": row["relief_operators"],
                "Minimum (operators)": row["minimum_operators"],
                "Fewest left (operators)": row["fewest_operators"],
                "Below the minimum": "yes" if row in below else "no",
                "First so": (row["start"] or "–").replace("T", " "),
                "Minutes so": row["low_minutes"],
            }
            for row in sorted(rows, key=lambda row: row["fewest_operators"] - row["minimum_operators"])
        ]
    )
    show.table(frame, "crews", "Fewest operators left on each crew, against its minimum.")


def _sheet(service: Client, plan: str, company: str | None, away: list[Json]) -> None:
    st.subheader("Sheet for the board")
    first = st.date_input("Any day of the week", _first_day(away), format="MM/DD/YYYY")
    if not isinstance(first, dt.date):
        return
    week = first - dt.timedelta(days=first.weekday())
    path = f"/plans/{plan}/week-sheet"
    st.download_button(
        f"Week of {day(week)} (PDF)",
        lambda: service.file(path, week=week.isoformat(), company=company).body,
        f"week-{week.isoformat()}.pdf",
        "application/pdf",
        on_click="ignore",
        icon=":material/print:",
    )
    show.note("One page for each company, with the names of its own people only.")
    link("Give out calendars that stay right by themselves", "calendars", "calendar_month")


def _first_day(away: list[Json]) -> dt.date:
    """Return today if the plan runs now, else the first day on which somebody is away."""
    today = dt.date.today()
    dates = [dt.date.fromisoformat(row["shift_date"]) for row in away]
    return today if not dates or min(dates) <= today <= max(dates) else min(dates)
