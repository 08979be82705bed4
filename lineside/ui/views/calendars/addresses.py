"""Who has addresses, when they were fetched last; give another address, or take one back."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.views.calendars.new import made_one
from lineside.ui.views.calendars.owners import Chosen
from lineside.ui.words import counted, escaped, moment


def draw(service: Client, chosen: Chosen) -> None:
    """Show the owners; the addresses of the one that is selected can be changed."""
    if not chosen.rows:
        st.info("The plan in force has no such calendar. Choose another kind or company.")
        return
    missing = len(chosen.without)
    st.write(
        f"{counted(len(chosen.rows), 'calendar')}, {missing:,} of them without an address. "
        "Select a row to see its addresses."
    )
    words = f"{counted(len(chosen.rows), 'calendar')} with their addresses."
    rows = show.table(owners_frame(chosen.rows), f"calendars_{chosen.kind}", words, select=True)
    if rows:
        _owner(service, chosen.rows[rows[0]])


def owners_frame(rows: list[Json]) -> pd.DataFrame:
    """Return owners as a table."""
    return pd.DataFrame(
        [
            (row["title"], row["owner"], row["company_name"] or "", row["addresses"], moment(row["last_fetched_at"]))
            for row in rows
        ],
        columns=["Calendar", "Id", "Company", "Addresses", "Last fetched"],
    )


def _owner(service: Client, owner: Json) -> None:
    st.subheader(escaped(owner["title"]))
    made = st.session_state.pop("rotated", None)
    if made is not None and made["owner"] == owner["owner"]:
        st.success("The new address works at once, and the old one has ended. It is shown this once.")
        made_one(made)
    feeds = service.get("/feeds", kind=owner["kind"], owner=owner["owner"], limit=100)
    if not feeds:
        st.info("It has no address yet. Make one under Make addresses.")
    for number, feed in enumerate(feeds, 1):
        _feed(service, feed, number)


def _feed(service: Client, feed: Json, number: int) -> None:
    with st.container(border=True):
        columns = st.columns([5, 2, 2], vertical_alignment="center")
        rotated = f", changed {moment(feed['rotated_at'])}" if feed["rotated_at"] else ""
        columns[0].text(
            f"Address {number}: made {moment(feed['created_at'])}{rotated}. Last fetched: "
            f"{moment(feed['last_fetched_at'])}."
        )
        if feed["revoked_at"]:
            columns[1].text(f"Revoked {moment(feed['revoked_at'])}")
            return
        if columns[1].button(
            f"Rotate address {number}", key=f"rotate_{feed['id']}",
            help="Gives a new address; the old one ends at once, and whoever subscribed has to do so anew.",
        ):  # fmt: skip
            _change(service, "POST", f"/feeds/{feed['id']}/rotate")
        if columns[2].button(
            f"Revoke address {number}", key=f"revoke_{feed['id']}",
            help="The address says for two weeks that it was revoked, so that calendars empty themselves.",
        ):  # fmt: skip
            _change(service, "DELETE", f"/feeds/{feed['id']}")


def _change(service: Client, method: str, path: str) -> None:
    try:
        made = service.ask(method, path).body
    except RefusedError as error:
        st.error(escaped(error.detail))
        return
    if made is not None:
        st.session_state.rotated = made
    st.rerun()
