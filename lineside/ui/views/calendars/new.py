"""Make addresses. Only their digests are stored, so they are shown once: copy, download or scan them now."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import pandas as pd
import segno
import streamlit as st

from lineside.ui import show
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.views.calendars.owners import KINDS, Chosen
from lineside.ui.words import counted, escaped

QR_PIXELS = 6
"""Width of a code's modules in pixels."""
MISSING, EVERYBODY, SOME = "those who have none", "all of them", "those that I choose"
NOBODY = {
    MISSING: "Everybody here has an address already. Choose all of them, or some, if new ones are needed.",
    SOME: "Nobody is chosen yet. Choose calendars above.",
}
"""What to do where no address would be made."""
ALARMS = {"no reminder": None, "15 minutes before": 15, "1 hour before": 60, "1 day before": 24 * 60}
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def draw(service: Client, chosen: Chosen) -> None:
    """Ask for whom, make the addresses, and show them this once."""
    if not chosen.rows:
        st.info("The plan in force has no such calendar. Choose another kind or company.")
        return
    which = st.radio(
        f"New addresses for {KINDS[chosen.kind].lower()}", [MISSING, EVERYBODY, SOME], key="new_for", horizontal=True
    )
    wanted = _wanted(chosen, which)
    alarm = ALARMS[st.selectbox("Reminder in the calendar", list(ALARMS), key="new_alarm")]
    show.note("Addresses that people have already go on working.")
    if not wanted:
        st.info(NOBODY[which])
    elif st.button(f"Make {counted(len(wanted), 'address', 'addresses')}", type="primary", key="make_addresses"):
        body = {"kind": chosen.kind, "owners": [row["owner"] for row in wanted], "alarm_minutes": alarm}
        try:
            made = service.post("/feeds", body)
        except RefusedError as error:
            st.error(escaped(error.detail))
            return
        titles = {row["owner"]: row["title"] for row in wanted}
        st.session_state.made_addresses = [{**row, "title": titles[row["owner"]]} for row in made]
        st.rerun()
    if "made_addresses" in st.session_state:
        _made(st.session_state.made_addresses)


def _wanted(chosen: Chosen, which: str) -> list[Json]:
    if which == MISSING:
        return chosen.without
    if which == EVERYBODY:
        return chosen.rows
    by_owner = {row["owner"]: row for row in chosen.rows}
    key = f"new_some_{chosen.kind}_{chosen.company}"
    picked = st.multiselect(
        "Calendars", list(by_owner), key=key, format_func=lambda one: f"{by_owner[one]['title']} ({one})"
    )
    return [by_owner[owner] for owner in picked]


def _made(made: list[Json]) -> None:
    st.divider()
    st.subheader("New addresses")
    words = counted(len(made), "address was", "addresses were")
    st.warning(f"{words} made. They are stored nowhere in clear: download or copy them before you leave this page.")
    told_where(made[0]["page"])
    rows = [(row["title"], row["owner"], row["address"], row["page"]) for row in made]
    frame = pd.DataFrame(rows, columns=["Calendar", "Id", "Address to subscribe to", "Page with a button"])
    show.table(frame, "addresses", f"{words} made.")
    names = [f"{row['title']} ({row['owner']})" for row in made]
    number = st.selectbox("Show one with its code", range(len(made)), key="made_one", format_func=names.__getitem__)
    made_one(made[number])


def told_where(page: str) -> None:
    """Say so if an address cannot be opened from another machine."""
    if urlsplit(page).hostname in LOOPBACK:
        st.warning(
            "The addresses begin with this machine's own name, so phones cannot open them. Let the operator set "
            "public_url to the address that people reach the service at, and make them anew."
        )


def made_one(made: Json) -> None:
    """Show a new address to copy, and its page as a code to scan."""
    left, right = st.columns([3, 1])
    with left:
        st.write("Address to subscribe to in a calendar program; the button at its end copies it:")
        st.code(made["address"], language=None, wrap_lines=True)
        st.write("Page with the schedule and a button to subscribe:")
        st.code(made["page"], language=None, wrap_lines=True)
    with right:
        st.image(qr_png(made["page"]), width=220, alt=f"QR code of the page of the calendar {made['owner']}")
        show.note("Scan to open the page on a phone.")


def qr_png(address: str) -> bytes:
    """Return an address as a QR code."""
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawing, kind="png", scale=QR_PIXELS, border=4)
    return drawing.getvalue()
