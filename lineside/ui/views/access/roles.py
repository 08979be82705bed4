"""Who shall come in: as a planner, or as the manager of a company's plants."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lineside.ui import state
from lineside.ui.client import Client, Json, RefusedError

ROLES = {"manager": "Plant manager", "planner": "Planner"}
"""Roles in words."""
MISSING = 404
MOST = 1000


def role_and_company(companies: dict[str, str], name: str) -> dict[str, Any]:
    """Ask for a role, and for a plant manager's company; return both as the service takes them.

    Parameters
    ----------
    companies
        Names by id; another id can be typed.
    name
        Tells the widgets of this form from those of others.
    """
    left, right = st.columns(2)
    role = left.radio("Role", list(ROLES), key=f"{name}_role", format_func=ROLES.__getitem__, horizontal=True)
    if role == "planner":
        return {"role": role, "company": None}
    company = right.selectbox(
        "Company", list(companies), index=None, key=f"{name}_company", accept_new_options=True,
        format_func=lambda one: f"{companies[one]} ({one})" if one in companies else one,
        placeholder="Choose a company or type its id",
    )  # fmt: skip
    return {"role": role, "company": company}


def companies_of(service: Client) -> dict[str, str]:
    """Return the names of the companies by id, of the scenario that was looked at last, else of the newest."""
    rows = service.get("/scenarios", limit=MOST)
    if not rows:
        return {}
    known = [row["id"] for row in rows]
    kept = st.session_state.get("chosen_scenario")
    scenario = kept if kept in known else known[0]
    try:
        table = service.get(f"/scenarios/{scenario}/tables/companies")
    except RefusedError as error:
        if error.status == MISSING:
            return {}
        raise
    places = {column: place for place, column in enumerate(table["columns"])}
    if "company" not in places:
        return {}
    return {row[places["company"]]: _name(row, places) for row in table["rows"]}


def _name(row: list[str], places: dict[str, int]) -> str:
    return (row[places["name"]] if "name" in places else "") or row[places["company"]]


def all_rows(service: Client, path: str) -> list[Json]:
    """Return a whole list of the service, part by part."""
    rows: list[Json] = []
    while True:
        part = service.get(path, limit=MOST, offset=len(rows))
        rows += part
        if len(part) < MOST:
            return rows


def is_own(who: state.Me, row: Json) -> bool:
    """Return whether somebody is signed in with this very key or invitation."""
    return bool(row["id"] == who.access)
