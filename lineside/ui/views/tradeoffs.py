"""Trade-offs on the page Compare: the points that a run found, drawn, each of them a plan to open."""

from __future__ import annotations

from collections.abc import Callable

import altair as alt
import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.links import link
from lineside.ui.words import MEASURES, counted, distinct, escaped, moment, share

NAME = "frontier"
"""What names a trade-off in the page's address."""
COLOUR = "#0b5394"
HEIGHT = 380
RUNS = 1000


def draw(service: Client, set_beside: Callable[[list[str]], None]) -> None:
    """Let the planner choose a trade-off and show its points.

    Parameters
    ----------
    set_beside
        Shows plans side by side.
    """
    runs = {run["id"]: run for run in service.get("/runs", limit=RUNS) if run["method"] == "frontier" and run["plan"]}
    if not runs:
        st.info(
            "There is no trade-off yet. Start one on the page Scenario: under What to look for, choose a trade-off. "
            "Its points are drawn here."
        )
        link("Go to the page Scenario", "scenario", "play_arrow")
        return
    run = _chosen(service, runs)
    try:
        told = service.get(f"/runs/{run['id']}/points")
    except RefusedError as error:
        st.error(escaped(error.detail))
        return
    _say(run, told)
    chart, alt_text = frontier_chart(told)
    show.chart(chart, "frontier", alt_text)
    _points(told, set_beside)


def _chosen(service: Client, runs: dict[str, Json]) -> Json:
    names = {row["id"]: row["name"] for row in service.get("/scenarios", limit=1000)}
    labels = distinct(
        {
            key: f"{names.get(run['scenario'], 'a scenario')}: {words_of(run['frontier'])}, {moment(run['created_at'])}"
            for key, run in runs.items()
        }
    )
    wanted = st.query_params.get(NAME)
    first = list(runs).index(wanted) if wanted in runs else 0
    picked: str = st.selectbox("Trade-off", list(runs), first, format_func=labels.__getitem__)
    st.query_params[NAME] = picked
    return runs[picked]


def words_of(ask: Json) -> str:
    """Return what a run traded.

    >>> words_of({"minimise": "objective", "against": "dollars"})
    'objective (all parts together) against dollars'
    """
    one, other = MEASURES[ask["minimise"]][0], MEASURES[ask["against"]][0]
    return f"{one[0].lower()}{one[1:]} against {other[0].lower()}{other[1:]}"


def _say(run: Json, told: Json) -> None:
    st.write(
        "Each point is a plan of its own. To the left of a point less of the one measure is to be had only for more of "
        "the other; no plan shown is better than another in both."
    )
    kept = [MEASURES[name][0].lower() for name in run["frontier"]["keep"]]
    limits = [f"{MEASURES[name][0].lower()} at most {most:,.10g}" for name, most in run["limits"].items()]
    if kept:
        show.note(escaped(f"No point has more of this than the best plan: {', '.join(kept)}."))
    if limits:
        show.note(escaped(f"Limits for all points: {', '.join(limits)}."))
    least = told["least_against_bound"]
    if least is not None:
        name, unit = MEASURES[told["against"]]
        more = "" if told["is_least_against_optimal"] else "; whether one has so little is open"
        show.note(escaped(f"{name}: no such plan has less than {least:,.10g} {unit}, and that is proven{more}."))
    if not told["is_complete"]:
        st.warning("The search was stopped before all points were looked for.")


def frontier_chart(told: Json) -> tuple[show.Drawing, str]:
    """Return the points of a trade-off with their numbers, and what they tell.

    A dashed stair joins them: what the best plan found has of the one measure with at most so much of the other.
    """
    one, other = MEASURES[told["minimise"]], MEASURES[told["against"]]
    rows = [
        (number, point["value"], point["against"], point["bound"], f"{number}")
        for number, point in enumerate(told["points"], start=1)
    ]
    frame = pd.DataFrame(rows, columns=["point", "value", "against", "bound", "label"])
    base = alt.Chart(frame).encode(
        x=alt.X("against:Q", title=f"{other[0]}, {other[1]}", scale=alt.Scale(zero=False, padding=30)),
        y=alt.Y("value:Q", title=f"{one[0]}, {one[1]}", scale=alt.Scale(zero=False, padding=30)),
    )
    stair = base.mark_line(interpolate="step-after", strokeDash=[5, 4], color=COLOUR)
    figures = [alt.Tooltip("point"), alt.Tooltip("value", format=",.3f"), alt.Tooltip("against", format=",.3f")]
    dots = base.mark_point(filled=True, size=90, color=COLOUR, opacity=1).encode(tooltip=figures)
    words = base.mark_text(dx=9, dy=-9, align="left").encode(text="label:N")
    open_points = frame[frame["bound"] < frame["value"]]
    rules = alt.Chart(open_points).mark_rule(color=COLOUR, strokeWidth=1.5)
    # A layer without marks would be a picture without a name to a screen reader.
    gaps = [rules.encode(x="against:Q", y="bound:Q", y2="value:Q")] if len(open_points) else []
    told_words = "; ".join(
        f"point {row.point}: {row.value:,.10g} {one[1]}, {row.against:,.10g} {other[1]}" for row in frame.itertuples()
    )
    return alt.layer(*gaps, stair, dots, words).properties(height=HEIGHT), f"{one[0]} against {other[0]}. {told_words}."


def points_frame(told: Json) -> pd.DataFrame:
    """Return the points as a table, units in the columns' names."""
    one, other = MEASURES[told["minimise"]], MEASURES[told["against"]]
    least = told["points"][0]["value"] if told["points"] else 0.0
    rows = [
        {
            "Point": number,
            f"{one[0]} ({one[1]})": point["value"],
            f"{other[0]} ({other[1]})": point["against"],
            f"More than point 1 ({one[1]})": round(point["value"] - least, 3),
            "Gap": share(point["gap"]),
            "Proven": proven_words(point, one[1]),
        }
        for number, point in enumerate(told["points"], start=1)
    ]
    return pd.DataFrame(rows)


def proven_words(point: Json, unit: str) -> str:
    """Return what is proven of a point.

    >>> proven_words({"is_efficient": False, "is_optimal": False, "bound": 1500.0}, "line-minutes")
    'at least 1,500 line-minutes under its limit'
    """
    if point["is_efficient"]:
        return "no plan is better in both"
    return (
        "the least under its limit"
        if point["is_optimal"]
        else f"at least {point['bound']:,.10g} {unit} under its limit"
    )


def _points(told: Json, set_beside: Callable[[list[str]], None]) -> None:
    st.write("Select a row to open its plan.")
    rows = show.table(points_frame(told), "frontier_points", f"{counted(len(told['points']), 'point')}.", select=True)
    there = [point["plan"] for point in told["points"] if point["plan"]]
    for row in rows:
        plan = told["points"][row]["plan"]
        if plan is None:
            st.info("The plan of this point was deleted. Start the trade-off again to have it back.")
            continue
        link(f"Open the plan of point {row + 1}", "plan", "event_note", plan=plan)
        link(f"Impact of point {row + 1}", "impact", "grid_on", plan=plan)
    if len(there) > 1:
        icon = ":material/compare_arrows:"
        st.button("Set all points side by side", icon=icon, on_click=set_beside, args=(there,))
