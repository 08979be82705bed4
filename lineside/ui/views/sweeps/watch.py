"""How the sweeps of the region stand: all of them, and the points of one as they are solved."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lineside.ui import show
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.following import follow
from lineside.ui.links import link
from lineside.ui.views.sweeps.points import (
    ACTIVE,
    best_words,
    choices_frame,
    points_frame,
    progress_words,
    sweeps_frame,
    trouble_words,
)
from lineside.ui.words import counted, escaped, moment

NAME = "sweep"
"""What names a sweep in the page's address."""
TOLD, STOPPING = "sweeps_told", "sweeps_stopping"
POLL_SECONDS = 2.0
IDLE_SECONDS = 5.0
"""How often the page looks for sweeps that somebody else began."""
SWEEPS = 1000
STATUS_PIXELS = 145
"""A column is as wide as what it holds at first, and a point's status grows longer."""
TROUBLES = 10
"""Most points without a plan that are told in sentences; the table has all."""


def draw(service: Client, begin: Callable[[], None]) -> None:
    """Show the sweeps and the points of the one that is looked at.

    Parameters
    ----------
    begin
        Shows what a new sweep is made of; called before the page is drawn again.
    """
    if told := st.session_state.pop(TOLD, None):
        st.success(escaped(told))
    sweeps = _sweeps(service)
    if not sweeps:
        st.info(
            "There is no sweep yet. A sweep answers many what-if questions at once: it solves every combination of "
            "some edits on one scenario or several, one run for each, and sets what each costs in one table. Begin "
            "one with a scenario and, for instance, three values of a setting."
        )
        st.button("Begin a sweep", type="primary", icon=":material/play_arrow:", on_click=begin)
    seconds = POLL_SECONDS if any(map(_is_active, sweeps)) else IDLE_SECONDS
    follow(seconds, _watch, service, _known(sweeps))


def _sweeps(service: Client) -> list[Json]:
    found: list[Json] = service.get("/sweeps", limit=SWEEPS)
    return found


def _is_active(sweep: Json) -> bool:
    return bool(sweep["waiting"] + sweep["running"])


def _known(sweeps: list[Json]) -> list[tuple[str, bool]]:
    return [(sweep["id"], _is_active(sweep)) for sweep in sweeps]


def _watch(service: Client, known: list[tuple[str, bool]]) -> None:
    """Show the sweeps, and the one that is looked at; the whole page follows once one begins or ends."""
    sweeps = _sweeps(service)
    if _known(sweeps) != known:
        st.rerun()
    if not sweeps:
        return
    table = show.turn("sweeps", [sweep["id"] for sweep in sweeps])
    sweep = _looked_at(sweeps, table)
    st.write("Select a row to look at its sweep.")
    frame = sweeps_frame(sweeps, [moment(row["created_at"]) for row in sweeps])
    words = f"{counted(len(sweeps), 'sweep')}, the newest first."
    show.table(frame, "sweeps", words, select=True, state=table)
    _show(service, service.get(f"/sweeps/{sweep['id']}"))


def _looked_at(sweeps: list[Json], table: int) -> Json:
    """Return the sweep that was chosen, else one that is going on, else the newest."""
    for row in show.selected("sweeps", table):
        if st.query_params.get(NAME) != sweeps[row]["id"]:
            st.query_params[NAME] = sweeps[row]["id"]
    wanted = st.query_params.get(NAME)
    chosen = [sweep for sweep in sweeps if sweep["id"] == wanted]
    if wanted is not None and not chosen:
        st.warning("There is no such sweep in your region. Another one is shown; select one in the table.")
    return next(iter([*chosen, *filter(_is_active, sweeps), *sweeps]))


def _show(service: Client, sweep: Json) -> None:
    points, axes = sweep["points"], sweep["axes"]
    st.subheader(escaped(sweep["name"]))
    st.text(_asked(sweep))
    done = sum(point["status"] not in ACTIVE for point in points)
    st.progress(done / len(points), text=f"**{progress_words(points)}**")
    if sweep["waiting"] and not sweep["running"]:
        show.note("The points wait for a worker; runs that somebody started on the page Scenario go first.")
    _go_on_or_stop(service, sweep)
    for sentence in best_words(points):
        st.write(escaped(sentence))
    troubles = trouble_words(points)
    for sentence in troubles[:TROUBLES]:
        st.warning(escaped(sentence))
    if len(troubles) > TROUBLES:
        st.warning(f"{counted(len(troubles) - TROUBLES, 'more point')} without a plan; the table tells which and why.")
    _points(sweep)
    if axes:
        with st.expander("What the choices change"):
            frame = choices_frame(axes, sweep["edits"])
            show.table(frame, "choices", "What each choice of the axes changes, one change a row.")
            show.note("Where an edit changes prices, the objective counts other things, so compare line time lost too.")


def _asked(sweep: Json) -> str:
    """Return what was asked for."""
    by_axes = " × ".join(counted(len(axis["choices"]), "choice") for axis in sweep["axes"])
    spare = f", {counted(sweep['margin'], 'person', 'people')} to spare" if sweep["margin"] else ""
    axes = f" of {by_axes}" if by_axes else ""
    search = (
        f"{sweep['seconds']:,g} seconds each with {counted(sweep['workers'], 'thread')}, seed {sweep['seed']}{spare}"
    )
    return f"{counted(len(sweep['points']), 'point')}{axes}, {search}. Begun {moment(sweep['created_at'])}."


def _points(sweep: Json) -> None:
    points = sweep["points"]
    st.write("Select a row to open its plan. ✓ marks what costs least for its scenario.")
    key = f"points_{sweep['id'][:8]}"
    words = f"{counted(len(points), 'point')} of the sweep {sweep['name']}."
    wide = {"Status": st.column_config.TextColumn(width=STATUS_PIXELS)}
    for row in show.table(points_frame(sweep["axes"], points), key, words, columns=wide, select=True):
        point = points[row]
        with st.container(horizontal=True):
            if point["plan"]:
                link(f"Open the plan of point {point['number']}", "plan", "event_note", plan=point["plan"])
                link(f"Impact of point {point['number']}", "impact", "grid_on", plan=point["plan"])
            link(f"Scenario of point {point['number']}", "scenario", "tune", scenario=point["scenario"])


def _go_on_or_stop(service: Client, sweep: Json) -> None:
    stopping: set[str] = st.session_state.setdefault(STOPPING, set())
    if _is_active(sweep):
        if sweep["id"] in stopping:
            st.info("The sweep was asked to stop. Points under way end within some seconds and keep their best plan.")
        elif st.button("Stop what is left", key=f"stop_{sweep['id']}", icon=":material/stop:") and _asked_to(
            service, sweep, "stop"
        ):
            stopping.add(sweep["id"])
            st.rerun(scope="fragment")
        return
    stopping.discard(sweep["id"])
    with st.container(horizontal=True):
        is_whole = sweep["solved"] == sweep["ended"]
        if (
            not is_whole
            and st.button("Go on with what is left", key=f"go_on_{sweep['id']}", icon=":material/play_arrow:")
            and _asked_to(service, sweep, "resume")
        ):
            st.rerun()
        with st.popover("Delete this sweep", icon=":material/delete:"):
            _delete(service, sweep)


def _asked_to(service: Client, sweep: Json, what: str) -> bool:
    try:
        service.post(f"/sweeps/{sweep['id']}/{what}")
    except RefusedError as error:
        st.warning(escaped(error.detail))
        return False
    return True


def _delete(service: Client, sweep: Json) -> None:
    st.write("Its plans go with it, except those that were published. This cannot be undone.")
    is_sure = st.checkbox("I want to delete this sweep", key=f"sure_{sweep['id']}")
    if not (is_sure and st.button("Delete", type="primary", key=f"delete_{sweep['id']}")):
        return
    try:
        service.ask("DELETE", f"/sweeps/{sweep['id']}")
    except RefusedError as error:
        st.error(escaped(error.detail))
    else:
        st.query_params.pop(NAME, None)
        st.session_state[TOLD] = f"The sweep {sweep['name']} was deleted."
        st.rerun()
