"""What a run is to look for: the best plan, also within limits, measures in strict order, or a trade-off."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from lineside.ui.client import Json
from lineside.ui.words import MEASURES, share

BEST, LIMITS, ORDER, TRADE = (
    "the best plan",
    "the best plan within limits",
    "the best in strict order",
    "a trade-off of two measures",
)
KINDS = (BEST, LIMITS, ORDER, TRADE)
KEPT = "unseated_hours"
FIRST_GOALS = ["unseated_hours", "line_time_lost"]


def draw() -> Json | None:
    """Let the planner say what to look for; return that as the run's body has it, or None if it is not said yet."""
    kind = st.selectbox("What to look for", KINDS, key="run_kind")
    if kind == LIMITS:
        return _limits()
    if kind == ORDER:
        return _order()
    return _trade() if kind == TRADE else {}


def _limits() -> Json | None:
    names = st.multiselect("Limit", list(MEASURES), ["dollars"], format_func=_name, key="run_limits")
    limits = {
        name: st.number_input(f"At most ({MEASURES[name][1]}): {_name(name)}", 0.0, 1e12, 0.0, key=f"run_limit_{name}")
        for name in names
    }
    if not limits:
        st.info("Choose one measure or more to limit.")
        return None
    return {"limits": limits}


def _order() -> Json | None:
    names = st.multiselect(
        "Measures, the most important first", list(MEASURES), FIRST_GOALS, format_func=_name, key="run_order",
        help="Each is minimised under those before it. What they leave open the prices decide.",
    )  # fmt: skip
    shares = {
        name: st.number_input(
            f"How far it may rise for those after it (%): {_name(name)}", 0.0, 1000.0, 0.0, 0.5, key=f"run_share_{name}"
        )
        for name in names[:-1]
    }
    if not names:
        st.info("Choose one measure or more to minimise.")
        return None
    return {"in_order": order_text(names, shares)}


def order_text(names: list[str], shares: dict[str, float]) -> str:
    """Return measures in order with their tolerances as the service reads them.

    >>> order_text(["unseated_hours", "dollars"], {"unseated_hours": 2.5})
    'unseated_hours:2.5%, dollars'
    """
    return ", ".join(f"{name}:{shares[name]:g}%" if shares.get(name) else name for name in names)


def _trade() -> Json | None:
    columns = st.columns([3, 3, 2], vertical_alignment="bottom")
    minimise = columns[0].selectbox("Minimise", list(MEASURES), format_func=_name, key="run_minimise")
    others = [name for name in MEASURES if name != minimise]
    first = others.index("dollars") if "dollars" in others else 0
    against = columns[1].selectbox("against", others, first, format_func=_name, key="run_against")
    points = columns[2].number_input("Points", 2, 30, 5, 1, key="run_points")
    is_kept = st.checkbox(
        "No point leaves more hours without a seat than the best plan", True, key="run_keep",
        help="Without it the other end of most trade-offs is a plan without seats.",
    )  # fmt: skip
    keep = [KEPT] if is_kept and KEPT not in (minimise, against) else []
    st.markdown(":small[The time above is for all points together.]")
    return {"frontier": {"against": against, "minimise": minimise, "points": points, "keep": keep}}


def _name(measure: str) -> str:
    return MEASURES[measure][0]


def in_words(run: Json) -> str:
    """Return what a run was asked for beside the best plan, or nothing.

    >>> in_words({"limits": {"dollars": 500.0}, "in_order": None, "frontier": None})
    'Within limits: Dollars at most 500.'
    """
    parts = []
    if run["in_order"]:
        parts.append(f"In strict order: {run['in_order']}.")
    if run["frontier"]:
        ask = run["frontier"]
        parts.append(f"{ask['points']} points of {_name(ask['minimise'])} against {_name(ask['against'])}.")
    if run["limits"]:
        told = ", ".join(f"{_name(name)} at most {most:,.10g}" for name, most in run["limits"].items())
        parts.append(f"Within limits: {told}.")
    return " ".join(parts)


def goals_frame(goals: list[Json]) -> pd.DataFrame:
    """Return what came of measures in strict order as a table."""
    rows: list[dict[str, Any]] = [
        {
            "Measure": _name(goal["measure"]),
            "Unit": MEASURES[goal["measure"]][1],
            "Least": goal["value"],
            "How sure": "proven" if goal["is_optimal"] else f"at least {goal['bound']:,.10g}",
            "May rise by": share(goal["share"]) if goal["share"] else f"{goal['more']:,.10g}",
            "In the plan": goal["final"],
        }
        for goal in goals
    ]
    return pd.DataFrame(rows)
