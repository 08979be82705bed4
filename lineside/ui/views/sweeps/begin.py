"""Begin a sweep: scenarios, axes of choices and seconds, or the file of a grid."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lineside.ui import show
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.links import link
from lineside.ui.state import chosen_last
from lineside.ui.views.scenario.explained import Field, fields, in_words
from lineside.ui.views.scenario.rules import SECTIONS
from lineside.ui.views.sweeps.grids import (
    GridMistakesError,
    edits_in,
    num_points,
    order_from,
    refusal,
    setting_choices,
    values_in,
)
from lineside.ui.words import counted, distinct, escaped

BEGUN = "sweeps_begun"
"""Where it is kept that a sweep was begun: its id, and what is told of it."""
MOST_AXES = 5
"""Most axes of the form; a grid's file may have more."""
WAYS = ("Choose here", "From a grid's file")
SETTING, FILES = "a setting", "edits from files"
KINDS = ["toml", "json"]
EXAMPLE = """name = "Rest"
scenarios = ["North"]        # names or ids of saved scenarios
seconds = 60                 # of each point

[[axes]]
name = "rest"
choices = ["no edit", "shorter_rest.toml"]
"""
HINTS = {
    "yes-or-no": "yes, no",
    "date": "dates as 2027-01-04",
    "minutes": "such as 600, 660",
    "count": "such as 8, 10",
    "number": "such as 0.05, 0.1",
}
"""How values of a setting are typed, by its kind."""


def draw(service: Client) -> None:
    """Show what a sweep is made of, and begin it."""
    scenarios: list[Json] = service.get("/scenarios", limit=1000)
    if not scenarios:
        st.info("There is no scenario yet, so there is nothing to sweep. Upload a workbook on the page Region.")
        link("Go to the page Region", "region", "arrow_forward")
        return
    st.write(
        "A sweep solves every combination of some edits on every one of some scenarios, one run for each. An axis is "
        "one question, such as how long the rest between shifts is; its choices are the answers to be tried."
    )
    if st.radio("How to say what is solved", WAYS, horizontal=True, key="sweep_way") == WAYS[0]:
        _form(service, scenarios)
    else:
        _file(service, scenarios)


def _form(service: Client, scenarios: list[Json]) -> None:
    labels = distinct({row["id"]: row["name"] for row in scenarios})
    looked_at = first_scenario(scenarios)
    left, right = st.columns(2)
    name = left.text_input("Name of the sweep", max_chars=200, key="sweep_name")
    picked = right.multiselect("Scenarios", list(labels), [looked_at], format_func=labels.__getitem__, key="sweep_on")
    mistakes: list[str] = []
    numbers = _numbers()
    count = int(
        st.columns(4)[0].number_input("Axes", 0, MOST_AXES, 1, 1, key="sweep_axes", help="Questions that are combined.")
    )
    axes = [_axis(number, mistakes) for number in range(1, count + 1)]
    if not name.strip():
        mistakes.append("The sweep has no name. Type one.")
    if not picked:
        mistakes.append("No scenario was chosen. Choose one or more.")
    order = {"name": name.strip(), "scenarios": picked, "axes": axes, **numbers}
    if points := num_points(order):
        parts = [counted(len(picked), "scenario"), *(counted(len(axis["choices"]), "choice") for axis in axes)]
        st.write(f"{' × '.join(parts)}: **{counted(points, 'point')}**, at most {numbers['seconds']:,} seconds each.")
    if st.button("Begin the sweep", type="primary", icon=":material/play_arrow:"):
        _begin(service, order, mistakes)


def first_scenario(scenarios: list[Json]) -> str:
    """Return the id of the scenario that was looked at last, or else the last saved one."""
    wanted = chosen_last("scenario")
    return next((str(row["id"]) for row in scenarios if row["id"] == wanted), str(scenarios[0]["id"]))


def _numbers() -> dict[str, Any]:
    columns = st.columns(4, vertical_alignment="bottom")
    seconds = columns[0].number_input(
        "Time to search each point (seconds)", 1, None, 60, 30, key="sweep_seconds",
        help="A search ends earlier if its plan is proven to be the best there is.",
    )  # fmt: skip
    workers = columns[1].number_input(
        "Threads", 1, 256, 1, 1, key="sweep_workers", help="As many processors as the search of one point may use."
    )
    seed = columns[2].number_input("Seed", 0, 2**31 - 1, 0, 1, key="sweep_seed", help="The same for every point.")
    margin = columns[3].number_input(
        "People to spare", 0, 999, 0, 1, key="sweep_margin",
        help="Each new cohort has so many people more than its module's least number, or as many as fit.",
    )  # fmt: skip
    return {"seconds": seconds, "workers": workers, "seed": seed, "margin": margin}


def _axis(number: int, mistakes: list[str]) -> Json:
    """Show the inputs of an axis, and return it; what is wrong with it is added to the mistakes."""
    with st.container(border=True):
        st.markdown(f"**Axis {number}**")
        left, right = st.columns(2)
        kind = left.selectbox(f"What axis {number} changes", [SETTING, FILES], key=f"sweep_kind_{number}")
        axis = (_setting_axis if kind == SETTING else _files_axis)(number, right, mistakes)
        if st.checkbox(f"Axis {number}: the scenario without an edit, too", True, key=f"sweep_no_edit_{number}"):
            axis["choices"].insert(0, None)
        elif not axis["choices"]:
            return axis
        names = ", ".join("no edit" if choice is None else str(choice["name"]) for choice in axis["choices"])
        show.note(escaped(f"Choices: {names}."))
    return axis


def _setting_axis(number: int, beside: Any, mistakes: list[str]) -> Json:
    known = _settings()
    path = beside.selectbox(
        f"Setting of axis {number}", list(known), format_func=_setting_label, key=f"sweep_set_{number}"
    )
    field = known[path]
    hint = HINTS.get(field.kind, "")
    text = st.text_input(
        f"Values of axis {number}, with commas between", placeholder=hint, key=f"sweep_values_{number}"
    )
    show.note(escaped(in_words(field, field.default)))
    values = values_in(text)
    if not values:
        mistakes.append(f"Axis {number} has no values. Type one or more with commas between, or have fewer axes.")
    return {"name": field.key.replace("_", " "), "choices": setting_choices(field.section, field.key, values)}


def _settings() -> dict[str, Field]:
    every = [field for section, _, _ in SECTIONS for field in fields(section)]
    return {_path(field): field for field in every}


def _path(field: Field) -> str:
    return ".".join(filter(None, (field.section, field.key)))


def _setting_label(path: str) -> str:
    titles = {section: title for section, title, _ in SECTIONS}
    field = _settings()[path]
    return f"{titles[field.section]}: {field.label}"


def _files_axis(number: int, beside: Any, mistakes: list[str]) -> Json:
    name = beside.text_input(f"Name of axis {number}", f"axis {number}", max_chars=100, key=f"sweep_axis_{number}")
    files = st.file_uploader(
        f"Edits of axis {number}, one a file (TOML or JSON)", KINDS, accept_multiple_files=True,
        key=f"sweep_files_{number}",
    )  # fmt: skip
    choices: list[Json] = []
    try:
        choices = edits_in({file.name: file.getvalue() for file in files})
    except GridMistakesError as error:
        mistakes += error.sentences
    else:
        if not choices:
            mistakes.append(f"Axis {number} has no edits. Choose a file for each, or have fewer axes.")
    return {"name": name.strip(), "choices": choices}


def _file(service: Client, scenarios: list[Json]) -> None:
    st.write("This is the file that the command `lineside sweep start` reads.")
    files = st.file_uploader(
        "The grid, and the files of edits that it names (TOML or JSON)", KINDS, accept_multiple_files=True,
        key="sweep_grid_files",
    )  # fmt: skip
    pasted = st.text_area("Or paste the grid here", height=260, placeholder=EXAMPLE, key="sweep_grid_text")
    if not st.button("Begin the sweep", type="primary", icon=":material/play_arrow:"):
        return
    try:
        order = order_from(pasted, {file.name: file.getvalue() for file in files}, scenarios)
    except GridMistakesError as error:
        _begin(service, {}, list(error.sentences))
    else:
        _begin(service, order, [])


def _begin(service: Client, order: Json, mistakes: list[str]) -> None:
    """Begin a sweep and go on to its table, or tell every mistake."""
    if not mistakes:
        try:
            with st.spinner("Making the scenarios of all points …"):
                sweep = service.post("/sweeps", order)
        except RefusedError as error:
            mistakes = refusal(error)
        else:
            points = counted(sweep["waiting"] + sweep["running"] + sweep["ended"], "point")
            told = f"{sweep['name']} has begun: {points}. You may leave this page; the sweep goes on."
            st.session_state[BEGUN] = {"id": sweep["id"], "told": told}
            st.rerun()
    for sentence in mistakes:
        st.error(escaped(sentence))
