"""Where things stand, and what to do next."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.client import Client, Json
from lineside.ui.links import link
from lineside.ui.state import Me, own_plans
from lineside.ui.words import METHODS, counted, day, escaped, gap_in_words, line_minutes, moment

MOST_RUNS = 8
MOST_MEETINGS = 12
IN_WORDS = {
    "queued": "waits for a worker",
    "running": "is running",
    "finished": "is finished",
    "stopped": "was stopped",
    "failed": "failed",
}


def draw(service: Client, who: Me) -> None:
    """Show the plan in force and what follows for whoever looks."""
    st.title("Lineside")
    publications = service.get("/publications")
    in_force = publications[0] if publications else None
    if in_force is None:
        st.info("No plan is in force yet. Once one is published, calendars and rosters follow it.")
    else:
        st.header("The plan in force")
        st.write(f"**{escaped(in_force['name'])}**, since {escaped(moment(in_force['published_at']))}.")
    if who.role == "planner":
        _planner(service, in_force)
    else:
        _manager(service, who, in_force)


def _planner(service: Client, in_force: Json | None) -> None:
    scenarios = service.get("/scenarios", limit=1000)
    runs = service.get("/runs", limit=MOST_RUNS)
    plans = service.get("/plans", limit=1000)
    if in_force is not None:
        link("Look at the plan in force", "plan", "event_note", plan=in_force["plan"])
    st.header("What to do next")
    _next_steps(scenarios, runs, plans, in_force)
    st.header("Latest runs")
    if not runs:
        st.write("There is no run yet. A run looks for the best plan of a scenario.")
        return
    names = {row["id"]: row["name"] for row in scenarios}
    selected = show.table(_runs(runs, names), "runs", "The latest runs, the newest first.", select=True)
    if selected:
        link("Go to this run's scenario", "scenario", "tune", scenario=runs[selected[0]]["scenario"])


def _runs(runs: Json, names: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Started": [moment(row["created_at"]) for row in runs],
            "Scenario": [f"{names.get(row['scenario'], '')}, revision {row['revision']}" for row in runs],
            "Run": [_run(row) for row in runs],
            "Cost of its best plan": [line_minutes(row["objective"]) for row in runs],
            "How much better a plan could be": [_gap(row) for row in runs],
        }
    )


def _run(run: Json) -> str:
    method = METHODS[run["method"]]
    return f"{method}: {IN_WORDS[run['status']]}" if method else IN_WORDS[run["status"]]


def _gap(run: Json) -> str:
    if run["method"] == "advise" and not run["reason"]:
        return "See the part Advice of the plan."
    return str(run["reason"]) if run["reason"] else gap_in_words(run["objective"], run["bound"])


def _next_steps(scenarios: Json, runs: Json, plans: Json, in_force: Json | None) -> None:
    """Name the one step that comes next in the work, with the way to it."""
    if not scenarios:
        st.write("Bring in the region's tables: upload a workbook, or start from a bundled scenario.")
        link("Start a scenario", "region", "map")
        return
    newest = scenarios[0]
    active = [run for run in runs if run["status"] in ("queued", "running")]
    waiting = [plan for plan in own_plans(plans) if plan["published_at"] is None and not plan["violations"]]
    if active:
        st.write(f"{counted(len(active), 'run')} not over yet. Watch the gap, and stop when it is small enough.")
        link("Watch the run", "scenario", "tune", scenario=active[0]["scenario"])
    elif waiting and (in_force is None or waiting[0]["created_at"] > in_force["published_at"]):
        st.write("A new plan was found. Look at it and at its impact on the lines, then publish it.")
        link("Look at the new plan", "plan", "event_note", plan=waiting[0]["id"])
        link("Look at its impact", "impact", "insights", plan=waiting[0]["id"])
    elif in_force is not None:
        st.write("A plan is in force. Give out calendars, or change the tables and start a run for a better plan.")
        link("Give out calendars", "calendars", "calendar_month")
        link("Change the tables", "region", "map", scenario=newest["id"])
    else:
        st.write("There is no plan to publish yet. Look whether the tables are right, then start a run.")
        link("Look at the tables", "region", "map", scenario=newest["id"])
        link("Start a run", "scenario", "tune", scenario=newest["id"])


def _manager(service: Client, who: Me, in_force: Json | None) -> None:
    st.caption(f"Shown is what concerns the company {escaped(who.company or '')}, and nothing of others.")
    if in_force is None:
        return
    link("What the plan costs your lines", "impact", "insights", plan=in_force["plan"])
    link("Calendars of your people", "calendars", "calendar_month")
    link("A week on one page, for the board", "impact", "print", part="Sheet for the board")
    meetings = _meetings(service.get(f"/plans/{in_force['plan']}/roster"))
    today = dt.date.today().isoformat()
    ahead = [row for row in meetings if row["date"] >= today]
    if ahead:
        st.header("Next meetings of your people")
        shown = ahead[:MOST_MEETINGS]
    elif meetings:
        st.header("Last meetings of your people")
        last = day(dt.date.fromisoformat(meetings[-1]["date"]))
        st.info(f"No meeting lies ahead in this plan: the last one was on {last}. Ask the planner for the next plan.")
        shown = meetings[-MOST_MEETINGS:]
    else:
        st.info("Nobody of your company has a seat in this plan. Ask the planner for the reasons.")
        return
    frame = pd.DataFrame([_meeting(row) for row in shown])
    show.table(frame, "meetings", "Meetings in order, with module, place and how many of your people are there.")


def _meetings(roster: Json) -> list[dict[str, Any]]:
    """Return every meeting of the company's cohorts, in order of time."""
    rows = [
        {"date": meeting["date"], "start": meeting["start"], "end": meeting["end"], "cohort": cohort}
        for cohort in roster
        for meeting in cohort["meetings"]
    ]
    return sorted(rows, key=lambda row: (row["date"], row["start"]))


def _meeting(row: dict[str, Any]) -> dict[str, Any]:
    cohort = row["cohort"]
    return {
        "Date": day(dt.date.fromisoformat(row["date"])),
        "Time": f"{row['start']}–{row['end']}",
        "Module": cohort["module_name"],
        "Where": f"{cohort['site_name']}, room {cohort['room']}",
        "Your people": len(cohort["people"]),
        "Who": ", ".join(person["name"] for person in cohort["people"]),
    }
