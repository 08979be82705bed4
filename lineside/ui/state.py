"""What a page knows about its visitor: who it is, and which scenario and plan are being looked at."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from lineside.ui import show
from lineside.ui.client import Client, Json, RefusedError, http
from lineside.ui.links import link
from lineside.ui.sessions import COOKIE, SESSIONS
from lineside.ui.words import distinct

BASELINES = ("first_come", "day_class")
"""Ways of planning whose plans are made to be set beside others."""
SIDE_LETTERS = 29
"""Letters that a box in the side bar has room for."""


@dataclass(frozen=True)
class Me:
    """Who is signed in; ``access`` is the id of the key that was used."""

    role: Literal["planner", "manager"]
    region: str
    company: str | None
    access: str


def client_for(key: str) -> Client:
    """Return a client with a key that may yet be wrong."""
    return Client(http(), key, st.context.ip_address)


def client() -> Client | None:
    """Return the client of whoever is signed in; None if nobody is."""
    key = SESSIONS.key(st.context.cookies.get(COOKIE))
    return None if key is None else client_for(key)


def me(service: Client) -> Me:
    """Return who is signed in.

    Raises
    ------
    ServiceError
        If the key is no longer good, or the service does not answer.
    """
    if "me" not in st.session_state:
        told = service.get("/me")
        st.session_state.me = Me(told["role"], told["region"], told["company"], told["access"])
    known: Me = st.session_state.me
    return known


# The service never changes a revision or a plan once it is kept, so a page may remember them; each visitor's own, as
# another one may not be allowed to see them.
@st.cache_data(scope="session", max_entries=6, show_spinner="Reading the tables …")
def revision(_service: Client, scenario: str, number: int) -> Json:
    """Return a revision of a scenario with all its texts, mistakes and warnings."""
    return _service.get(f"/scenarios/{scenario}", revision=number)


@st.cache_data(scope="session", max_entries=8, show_spinner="Reading the plan …")
def plan_text(_service: Client, plan: str) -> Json:
    """Return a plan's cohorts, seats, options, unseated people and measures."""
    return _service.get(f"/plans/{plan}")["plan"]


def chosen(name: Literal["scenario", "plan", "company"]) -> str | None:
    """Return what is being looked at: what the page's address names, else what was chosen last."""
    told = st.query_params.get(name)
    if told:
        st.session_state[f"chosen_{name}"] = told
        return told
    kept: str | None = st.session_state.get(f"chosen_{name}")
    if kept is not None:
        st.query_params[name] = kept
    return kept


def chosen_last(name: Literal["scenario", "plan", "company"]) -> str | None:
    """Return what was chosen last on any page; the page's address is neither asked nor changed."""
    kept: str | None = st.session_state.get(f"chosen_{name}")
    return kept


def choose(name: Literal["scenario", "plan", "company"], value: str | None) -> None:
    """Look at something else from now on, and say so in the page's address."""
    st.session_state[f"chosen_{name}"] = value
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def scenario_box(service: Client) -> Json | None:
    """Let the planner choose a scenario in the side bar, and return it; None, with a word of help, if there is none."""
    rows = with_unlisted(service, "scenario", service.get("/scenarios", limit=1000))
    return choice_box("scenario", "Scenario", rows, "Upload a workbook on the page Region.", "region")


def plan_box(service: Client, scenario: str | None = None) -> Json | None:
    """Let the planner choose a plan in the side bar, and return it; None, with a word of help, if there is none."""
    plans = service.get("/plans", scenario=scenario, limit=1000)
    rows, first = with_unlisted(service, "plan", plans), first_to_look_at(plans)
    return choice_box("plan", "Plan", rows, "Start a run on the page Scenario.", "scenario", first=first)


def with_unlisted(service: Client, name: Literal["scenario", "plan"], rows: list[Json]) -> list[Json]:
    """Return rows of a list, and what is looked at too if the list leaves it out since it was made for a sweep."""
    wanted = chosen(name)
    return rows if wanted is None else with_some(service, name, rows, [wanted])


def with_some(service: Client, name: Literal["scenario", "plan"], rows: list[Json], wanted: list[str]) -> list[Json]:
    """Return rows of a list, and those of some others by id that the list leaves out and the service knows."""
    known = {row["id"] for row in rows}
    found = (_unlisted(service, f"/{name}s", identity) for identity in wanted if identity not in known)
    return [*rows, *(row for row in found if row is not None)]


def _unlisted(service: Client, path: str, identity: str) -> Json | None:
    try:
        return service.get(f"{path}/{uuid.UUID(identity)}")
    except (ValueError, RefusedError):
        return None


def first_to_look_at(plans: list[Json]) -> str | None:
    """Return the id of the plan that is shown until one is chosen: the one in force, else the newest but a baseline.

    Baselines are made to be set beside other plans: whoever opens a page does not mean one of them.
    """
    in_force = [plan for plan in plans if plan["in_force"]]
    return next((str(plan["id"]) for plan in (*in_force, *own_plans(plans), *plans)), None)


def own_plans(plans: list[Json]) -> list[Json]:
    """Return the plans that are no baselines."""
    return [plan for plan in plans if plan["method"] not in BASELINES]


def choice_box(
    name: Literal["scenario", "plan"],
    label: str,
    rows: list[Json],
    remedy: str,
    page: str | None = None,
    *,
    first: str | None = None,
) -> Json | None:
    """Let people choose one of some rows in the side bar, and return it; None, with the remedy, if there are none.

    Parameters
    ----------
    name, label, rows
        What is chosen.
    remedy, page
        What to do if there is nothing to choose, and the page where that is done.
    first
        Id of what is shown as long as nothing was chosen; the first row if None.
    """
    if not rows:
        st.info(f"There is no {name} yet. {remedy}")
        if page is not None:
            link(f"Go to the page {page.capitalize()}", page, "arrow_forward")
        return None
    by_id = {row["id"]: row for row in rows}
    wanted = chosen(name)
    if wanted is not None and wanted not in by_id:
        st.warning(f"There is no such {name} in your region. Another one is shown; choose in the side bar.")
    current = wanted if wanted in by_id else first or rows[0]["id"]
    ids = list(by_id)
    labels = distinct({one: _label(row) for one, row in by_id.items()})
    picked = st.sidebar.selectbox(label, ids, ids.index(current), format_func=labels.__getitem__)
    with st.sidebar:
        show.whole(labels[picked], SIDE_LETTERS)
    if picked != wanted:
        choose(name, picked)
    return by_id[picked]


def _label(row: Json) -> str:
    return f"{row['name']} (in force)" if row.get("in_force") else str(row["name"])
