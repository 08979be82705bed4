"""People who sign in with OpenID Connect: who was let in by email address; let in more, or no longer."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.state import Me
from lineside.ui.views.access.roles import ROLES, all_rows, companies_of, is_own, role_and_company
from lineside.ui.words import counted, escaped, moment

COLUMNS = ["Who", "Email address", "Role", "Company", "Last used", "State"]


def draw(service: Client, who: Me, issuer: str) -> None:
    """Show who was let in; the one that is selected can be let in no more."""
    st.header(f"People who sign in with {escaped(issuer)}")
    rows = all_rows(service, "/identities")
    with_revoked = st.toggle("Show revoked people too", key="revoked_people")
    shown = [row for row in rows if with_revoked or not row["revoked_at"]]
    words = counted(len(shown), "person", "people")
    st.write(f"{words}. Select a row to let somebody in no more.")
    frame = pd.DataFrame([_row(row, who) for row in shown], columns=COLUMNS)
    picked = show.table(
        frame,
        "people",
        f"{words} let in by email address.",
        select=True,
        state=show.turn("people", [row["id"] for row in shown]),
    )
    if picked:
        _change(service, who, shown[picked[0]])
    _new(service, issuer)


def _row(row: Json, who: Me) -> tuple[str, ...]:
    company, used = row["company"] or "", moment(row["last_used_at"])
    return row["label"], row["email"], ROLES[row["role"]], company, used, _state(row, who)


def _state(row: Json, who: Me) -> str:
    if row["revoked_at"]:
        return f"revoked {moment(row['revoked_at'])}"
    if is_own(who, row):
        return "you"
    return "in use" if row["is_bound"] else "has not signed in yet"


def _change(service: Client, who: Me, row: Json) -> None:
    with st.container(border=True):
        st.subheader(escaped(row["label"]))
        if row["revoked_at"]:
            st.write("This person is let in no more. Let the address in anew if that was a mistake.")
        elif is_own(who, row):
            st.info("This is you. Let another planner change it, or sign in with a key.")
        elif st.button("Let in no more", key=f"revoke_{row['id']}", help="Whoever is signed in so is out at once."):
            _send(service, "DELETE", f"/identities/{row['id']}")


def _new(service: Client, issuer: str) -> None:
    st.subheader("Let somebody in")
    wanted = role_and_company(companies_of(service), "new_person")
    if st.session_state.pop("let_somebody_in", False):
        st.session_state.new_email = st.session_state.new_person_label = ""
    left, right = st.columns(2)
    email = left.text_input(
        "Email address", key="new_email", max_chars=254, placeholder="dana@acme.example",
        help=f"The address that {issuer} has confirmed for this person. Capital letters do not matter.",
    )  # fmt: skip
    label = right.text_input("Who it is", key="new_person_label", max_chars=200, placeholder="Dana at Acme")
    if st.button("Let this person in", type="primary", key="let_in"):
        if wanted["role"] == "manager" and not wanted["company"]:
            st.error("No company was chosen. Choose the plant manager's company.")
        elif not label.strip() or "@" not in email:
            st.error("A name or the email address is missing. Write both.")
        else:
            _send(service, "POST", "/identities", {**wanted, "email": email.strip(), "label": label.strip()})


def _send(service: Client, method: str, path: str, body: Json = None) -> None:
    try:
        service.ask(method, path, **({} if body is None else {"json": body}))
    except RefusedError as error:
        st.error(escaped(error.detail))
        return
    st.session_state.let_somebody_in = body is not None
    st.rerun()
