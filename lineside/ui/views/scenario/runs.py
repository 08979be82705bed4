"""Start a run, watch incumbent and bound come together, stop it and keep the best plan."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.following import follow
from lineside.ui.links import link
from lineside.ui.views.scenario import wishes
from lineside.ui.views.scenario.progress import progress_chart, progress_words
from lineside.ui.views.scenario.rules import unsaved
from lineside.ui.words import METHODS, counted, escaped, gap_in_words, moment, number, share

ACTIVE = ("queued", "running")
POLL_SECONDS = 1.0
IDLE_SECONDS = 5.0
"""How often the page looks for runs that somebody else started."""
RUNS = 50

STAGED = ("in_order", "frontier")
"""Ways of planning that are several solves, one after the other."""
STATUS_WORDS = {
    "queued": "waiting",
    "running": "running",
    "finished": "finished",
    "stopped": "stopped",
    "failed": "failed",
}


def draw(service: Client, scenario: Json) -> None:
    """Show the form, the run that is looked at, and all runs of the scenario."""
    with st.expander("Start a run", expanded=True, icon=":material/play_arrow:"):
        if count := unsaved(scenario):
            st.warning(
                f"{counted(count, 'setting')} changed under Rules and prices and not saved. A run takes what is saved."
            )
        _start(service, scenario)
    runs = _runs(service, scenario)
    if not runs:
        st.info("No run yet. Start one above; the best plan it finds is kept.")
    is_active = any(run["status"] in ACTIVE for run in runs)
    seconds = POLL_SECONDS if is_active else IDLE_SECONDS
    follow(seconds, _watch, service, scenario, [(run["id"], run["status"]) for run in runs])


def _runs(service: Client, scenario: Json) -> list[Json]:
    found: list[Json] = service.get("/runs", scenario=scenario["id"], limit=RUNS)
    return found


def _start(service: Client, scenario: Json) -> None:
    columns = st.columns([2, 2, 2, 2, 2], vertical_alignment="bottom")
    seconds = columns[0].number_input(
        "Time to search (seconds)", 1, None, 60, 30, key="run_seconds",
        help="The search ends then with its best plan, or earlier if that is proven to be the best there is.",
    )  # fmt: skip
    workers = columns[1].number_input(
        "Threads", 1, None, 2, 1, key="run_workers",
        help="As many processors as the search may use. With one, the same scenario and seed give the same plan.",
    )  # fmt: skip
    seed = columns[2].number_input(
        "Seed", 0, 2**31 - 1, 0, 1, key="run_seed", help="Another number lets the search try things in another order."
    )
    margin = columns[3].number_input(
        "People to spare", 0, 999, 0, 1, key="run_margin",
        help="Each new cohort has so many people more than its module's least number, or as many as fit, so that a "
        "drop-out does not end it. The page Impact tells whether a plan will hold.",
    )  # fmt: skip
    ask = wishes.draw()
    if columns[4].button("Start", type="primary", width="stretch", disabled=ask is None):
        order = {"scenario": scenario["id"], "revision": scenario["revision"], "seconds": seconds}
        try:
            run = service.post("/runs", {**order, "workers": workers, "seed": seed, "margin": margin, **(ask or {})})
        except RefusedError as error:
            st.error(escaped(error.detail))
            for mistake in error.mistakes[:10]:
                row = "" if mistake.row is None else f" row {mistake.row}"
                st.error(escaped(f"{mistake.table}{row}, {mistake.column}: {mistake.message}"))
            if error.mistakes:
                link("Correct the tables on the page Region", "region", "edit", scenario=scenario["id"])
        else:
            st.session_state.run = run["id"]
            st.rerun()


def _watch(service: Client, scenario: Json, known: list[tuple[str, str]]) -> None:
    """Show the run that is looked at, and all of them; the whole page follows once a run begins or ends."""
    runs = _runs(service, scenario)
    if [(run["id"], run["status"]) for run in runs] != known:
        st.rerun()
    table = show.turn("runs", [run["id"] for run in runs])
    run = _looked_at(runs, table)
    if run is not None:
        _show(service, run)
        _list(runs, table)


def _looked_at(runs: list[Json], table: int) -> Json | None:
    """Return the run that was chosen, else one that is going on, else the newest search, else the newest."""
    for row in show.selected("runs", table):
        st.session_state.run = runs[row]["id"]
    chosen = [run for run in runs if run["id"] == st.session_state.get("run")]
    active = [run for run in runs if run["status"] in ACTIVE]
    searches = [run for run in runs if run["method"] == "search"]
    return next(iter([*chosen, *active, *searches, *runs]), None)


def _told(service: Client, run: Json) -> list[Json]:
    """Return what a run told so far; only what is new is fetched."""
    kept: dict[str, list[Json]] = st.session_state.setdefault("run_events", {})
    events = kept.setdefault(run["id"], [])
    events += service.get(f"/runs/{run['id']}/progress", after=events[-1]["id"] if events else 0)
    return events


def _show(service: Client, run: Json) -> None:
    method = METHODS[run["method"]]
    spare = f", {counted(run['margin'], 'person', 'people')} to spare" if run["margin"] else ""
    st.subheader(f"Run of {moment(run['created_at'])}{', ' + method if method else ''}{spare}")
    st.text(f"{STATUS_WORDS[run['status']].capitalize()}: {progress_words(run)}")
    if run["method"] == "advise":
        _advice(service, run)
        return
    if asked := wishes.in_words(run):
        st.write(escaped(asked))
    if run["method"] in STAGED:
        _show_stages(service, run)
    else:
        _show_search(service, run)
    if run["status"] in ACTIVE:
        _stop(service, run)
    else:
        _outcome(run)


def _show_search(service: Client, run: Json) -> None:
    events = _told(service, run)
    chart, alt_text = progress_chart(events)
    figures = st.columns(3)
    figures[0].metric("Best plan so far, line-minutes", number(run["objective"]))
    figures[1].metric("Bound: no plan costs less, line-minutes", number(run["bound"]))
    figures[2].metric("Gap", share(run["gap"]))
    if run["outcome"] not in ("infeasible", "unknown"):
        st.write(f"**{gap_in_words(run['objective'], run['bound'])}**")
    if chart is not None:
        show.chart(chart, f"run_{run['id']}", alt_text)


def _show_stages(service: Client, run: Json) -> None:
    """Show a run of several solves, whose figures are of one measure after the other, so that no chart fits them."""
    if run["plan"] and run["method"] == "in_order":
        rows = wishes.goals_frame(service.get(f"/runs/{run['id']}/goals"))
        show.table(rows, f"goals_{run['id']}", "What came of each measure, in the order in which they were minimised.")
    elif run["plan"]:
        link("See the trade-off", "compare", "show_chart", frontier=run["id"], part="Trade-offs")


def _advice(service: Client, run: Json) -> None:
    """Show a run that looks for advice: it has no plan of its own."""
    link("See the plan and its advice", "plan", "lightbulb", plan=run["about"], part="Advice")
    if run["status"] in ACTIVE:
        _stop(service, run)
    elif run["reason"]:
        st.warning(escaped(run["reason"]))


def _stop(service: Client, run: Json) -> None:
    if run["stop_requested"]:
        st.info("The run was asked to stop. It ends within some seconds and keeps its best plan.")
        return
    label = "Stop and keep the best plan" if run["status"] == "running" else "Stop waiting"
    if st.button(label, key=f"stop_{run['id']}", icon=":material/stop:"):
        try:
            service.post(f"/runs/{run['id']}/stop")
        except RefusedError as error:
            st.warning(escaped(error.detail))
        else:
            st.rerun(scope="fragment")


def _outcome(run: Json) -> None:
    reason = escaped(run["reason"])
    if run["plan"]:
        if reason:
            st.info(reason)
        columns = st.columns([1, 1, 1, 3])
        with columns[0]:
            link("Open the plan", "plan", "event_note", plan=run["plan"])
        with columns[1]:
            link("See its impact", "impact", "grid_on", plan=run["plan"])
        with columns[2]:
            link("Compare plans", "compare", "compare_arrows", plans=run["plan"])
    elif run["status"] == "failed":
        st.error(f"The run failed. {reason}")
    elif run["outcome"] == "infeasible":
        st.error(
            f"No plan keeps all the rules. {reason} Take back a pin or a frozen date, or loosen the rule that is "
            "named, and start another run."
        )
    elif run["status"] == "stopped":
        st.info(f"The run was stopped before it had a plan. {reason} Start another one.")
    else:
        st.warning(f"The run found no plan in its time. {reason} Give the next one more seconds.")


def _list(runs: list[Json], table: int) -> None:
    st.subheader("Runs of this scenario")
    st.write("Select a row to look at its run.")
    frame = runs_frame(runs)
    show.table(frame, "runs", f"{counted(len(runs), 'run')}, the newest first.", select=True, state=table)


def _plan_words(run: Json) -> str:
    if run["method"] == "advise":
        return "advice only"
    return {"optimal": "proven best"}.get(run["outcome"], "kept") if run["plan"] else "none"


def runs_frame(runs: list[Json]) -> pd.DataFrame:
    """Return runs as a table, units in the columns' names."""
    rows: list[dict[str, Any]] = [
        {
            "Started": moment(run["created_at"]),
            "Status": STATUS_WORDS[run["status"]],
            "Plan": _plan_words(run),
            "Best plan (line-minutes)": run["objective"],
            "Bound (line-minutes)": run["bound"],
            "Gap": share(run["gap"]),
            "Way of planning": METHODS[run["method"]] or "search",
            "Revision": run["revision"],
            "Searched (seconds)": round(run["solved_seconds"], 1),
            "Asked for (seconds)": run["seconds"],
            "Threads": run["workers"],
            "Seed": run["seed"],
            "To spare (people)": run["margin"],
            "Reason": run["reason"],
        }
        for run in runs
    ]
    return pd.DataFrame(rows)
