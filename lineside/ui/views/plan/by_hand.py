"""Changes by hand: collected, tried at once, undone, and kept as a plan of its own."""

from __future__ import annotations

import streamlit as st

from lineside.ui import state
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.views.plan import tried
from lineside.ui.views.plan.cohort_form import move_cohort
from lineside.ui.views.plan.edits import Collected, collected
from lineside.ui.views.plan.forms import KINDS, Asked, unpin
from lineside.ui.views.plan.reading import Read
from lineside.ui.words import counted, escaped

MOVE_COHORT, UNPIN = "Move a cohort", "Take a pin away"
SAID = "plan_said"


def draw(read: Read) -> None:
    """Ask for a change, and show what all of them come to."""
    if SAID in st.session_state:
        st.success(st.session_state.pop(SAID))
    revision, newest = _revision(read)
    changes = collected(read, revision)
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.subheader("Change")
        asked = _asked(read, revision)
        if st.button("Try it", type="primary", disabled=asked is None) and asked is not None:
            with st.spinner("Checking every rule …"):
                changes.add(read, *asked)
        _list(read, changes)
    with right:
        st.subheader("What comes of it")
        if changes.trial is None:
            st.info("Nothing is tried yet. Choose a change on the left and press Try it; nothing is saved by that.")
            if read.row["violations"]:
                tried.as_it_is(_unchanged(read.service, read.id, revision))
            return
        tried.verdict(changes.trial)
    tried.details(read, changes.trial)
    _keep(read, changes, newest)


@st.cache_data(scope="session", max_entries=4, show_spinner="Checking every rule …")
def _unchanged(_service: Client, plan: str, revision: int) -> Json:
    return _service.post(f"/plans/{plan}/try", {"edits": [], "revision": revision})


def _revision(read: Read) -> tuple[int, int]:
    own = int(read.row["revision"])
    newest = int(read.service.get(f"/scenarios/{read.row['scenario']}/revisions")[0]["number"])
    if own == newest:
        return own, newest
    labels = {own: f"Those that it was made for (revision {own})", newest: f"The newest (revision {newest})"}
    revision = st.radio(
        "Which tables judge the plan", list(labels), index=1 if read.row["in_force"] else 0, horizontal=True,
        format_func=lambda one: labels[one],
        help="Pins refer to the plan in force, and are saved in the newest tables.",
    )  # fmt: skip
    return int(revision or own), newest


def _asked(read: Read, revision: int) -> Asked:
    kinds = ["Move a seat", MOVE_COHORT, *(name for name in KINDS if name != "Move a seat"), UNPIN]
    kind = st.selectbox("What to change", kinds)
    if kind == MOVE_COHORT:
        return move_cohort(read, revision)
    return unpin(read, revision) if kind == UNPIN else KINDS[kind](read)


def _list(read: Read, changes: Collected) -> None:
    if not changes.edits:
        return
    st.write(f"Collected: {counted(len(changes.edits), 'change')}, not saved")
    for number, sentence in enumerate(changes.sentences, 1):
        st.text(f"{number}. {sentence}")
    left, right = st.columns(2)
    if left.button("Undo the last", icon=":material/undo:"):
        changes.undo(read)
        st.rerun()
    if right.button("Forget all"):
        changes.clear()
        st.rerun()


def _keep(read: Read, changes: Collected, newest: int) -> None:
    has_pins = changes.trial["has_pins"]
    if has_pins and changes.key[1] != newest:
        st.warning("Pins are saved in the newest tables. Choose these above, and try the changes again.")
        return
    with st.form("keep_edited"):
        name = st.text_input("Name", f"{read.row['name'][:170]}, changed by hand", max_chars=200)
        if has_pins:
            st.caption("The pins are saved with it, as a new revision of the scenario.")
        if st.form_submit_button("Keep as a plan of its own", type="primary"):
            _kept(read, changes, name.strip())


def _kept(read: Read, changes: Collected, name: str) -> None:
    if not name:
        st.error("A plan needs a name. Type one.")
        return
    body = {"name": name, "edits": changes.edits, "revision": changes.key[1]}
    try:
        kept = read.service.ask("POST", f"/plans/{read.id}/edited", tag=f'"{changes.key[1]}"', json=body).body
    except RefusedError as error:
        st.error(escaped(error.detail))
        return
    changes.clear()
    state.choose("plan", kept["id"])
    st.session_state[SAID] = f"Kept as {escaped(name)}, and shown now. The plan before is unchanged."
    st.rerun()
