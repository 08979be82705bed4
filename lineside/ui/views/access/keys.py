"""Keys: who has one, when it was used last; make, rotate and revoke them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.state import Me
from lineside.ui.views.access.roles import ROLES, all_rows, companies_of, is_own, role_and_company
from lineside.ui.words import counted, escaped, moment

COLUMNS = ["Whose key", "Role", "Company", "Made", "Last used", "State"]


def draw(service: Client, who: Me) -> None:
    """Show the keys; the one that is selected can be changed."""
    st.header("Keys")
    rows = all_rows(service, "/keys")
    with_revoked = st.toggle("Show revoked keys too", key="revoked_keys")
    shown = [row for row in rows if with_revoked or not row["revoked_at"]]
    st.write(f"{counted(len(shown), 'key')}. Select a row to give it a new secret, or to take the key back.")
    frame = pd.DataFrame([_row(row, who) for row in shown], columns=COLUMNS)
    words = f"{counted(len(shown), 'key')} of this region."
    picked = show.table(frame, "keys", words, select=True, state=show.turn("keys", [row["id"] for row in shown]))
    if picked:
        _change(service, who, shown[picked[0]])
    _fresh()
    _new(service)


def _row(row: Json, who: Me) -> tuple[str, ...]:
    state = f"revoked {moment(row['revoked_at'])}" if row["revoked_at"] else "yours" if is_own(who, row) else "in use"
    made = moment(row["rotated_at"] or row["created_at"])
    return row["label"], ROLES[row["role"]], row["company"] or "", made, moment(row["last_used_at"]), state


def _change(service: Client, who: Me, row: Json) -> None:
    with st.container(border=True):
        st.subheader(escaped(row["label"]))
        if row["revoked_at"]:
            st.write("This key is revoked and opens nothing any more. Make a new one if the person needs one.")
            return
        if is_own(who, row):
            st.info("You are signed in with this key. Sign in in another way to change it.")
            return
        place = st.container(horizontal=True)
        if place.button(
            "Give it a new secret", key=f"rotate_{row['id']}",
            help="For a secret that was lost or seen by others. The old one ends at once.",
        ):  # fmt: skip
            _send(service, "POST", f"/keys/{row['id']}/rotate")
        if place.button(
            "Revoke the key", key=f"revoke_{row['id']}",
            help="The key opens nothing from then on. This cannot be undone; a new key can be made at any time.",
        ):  # fmt: skip
            _send(service, "DELETE", f"/keys/{row['id']}")


def _new(service: Client) -> None:
    st.subheader("Make a key")
    wanted = role_and_company(companies_of(service), "new_key")
    if st.session_state.pop("made_key", False):
        st.session_state.new_key_label = ""  # what was typed has become a key
    label = st.text_input(
        "Whose key it is", key="new_key_label", max_chars=200, placeholder="Dana at Acme",
        help="A name that you will know in a year. It stands beside whatever is saved with this key.",
    )  # fmt: skip
    if st.button("Make the key", type="primary", key="make_key"):
        if wanted["role"] == "manager" and not wanted["company"]:
            st.error("No company was chosen. Choose the plant manager's company.")
        elif not label.strip():
            st.error("Nobody was named. Write whose key it is.")
        else:
            _send(service, "POST", "/keys", {**wanted, "label": label.strip()})


def _send(service: Client, method: str, path: str, body: Json = None) -> None:
    try:
        made = service.ask(method, path, **({} if body is None else {"json": body})).body
    except RefusedError as error:
        st.error(escaped(error.detail))
        return
    st.session_state.pop("fresh_key", None)
    if made is not None:
        st.session_state.fresh_key = made
        st.session_state.made_key = body is not None
    st.rerun()


def _fresh() -> None:
    """Show a key that was just made, until it is copied or something else is changed."""
    made = st.session_state.get("fresh_key")
    if made is None:
        return
    with st.container(border=True):
        st.success(
            f"The key of {escaped(made['label'])} is ready. It is shown this once and stored nowhere in clear: copy "
            "it now and hand it over in a way that nobody else reads."
        )
        st.code(made["key"], language=None, wrap_lines=True)
        if st.button("I have copied it", key="copied_key"):
            del st.session_state.fresh_key
            st.rerun()
