"""A sheet of QR codes for each plant, to print, cut and hand out."""

from __future__ import annotations

import streamlit as st

from lineside.ui import show
from lineside.ui.client import Client, RefusedError
from lineside.ui.views.calendars.owners import KINDS, OF_COMPANIES, Chosen
from lineside.ui.words import escaped

EXISTING = {
    "keep": "Everybody gets a further address; earlier ones go on working.",
    "skip": "Only those who have no address yet are printed.",
    "replace": "Everybody gets a new address, and earlier ones end: whoever subscribed has to do so anew.",
}


def draw(service: Client, chosen: Chosen) -> None:
    """Ask what to print, and give the PDF."""
    place = chosen.companies.get(chosen.company or "", "every company, each on pages of its own")
    kinds = list(OF_COMPANIES) if chosen.kind in OF_COMPANIES else [chosen.kind]
    if chosen.kind in OF_COMPANIES:
        st.write(f"The sheet holds the calendars of {escaped(place)} and its people, one QR code each.")
    else:
        st.write(f"The sheet holds the calendars of {KINDS[chosen.kind].lower()}, one QR code each.")
    existing = st.radio("Addresses that there are already", list(EXISTING), key="existing", format_func=EXISTING.get)
    show.note("Only digests of addresses are stored, so a code that was printed before cannot be printed again.")
    if st.button("Make the sheet", type="primary", icon=":material/print:"):
        body = {"kinds": kinds, "company": chosen.company, "existing": existing}
        try:
            with st.spinner("Making addresses and drawing their codes …"):
                file = service.made_file("/feeds/sheet", body)
        except RefusedError as error:
            st.error(escaped(error.detail))
            return
        name = f"calendars {chosen.company}.pdf" if chosen.company else file.name
        st.session_state.sheet = (name, file.body)
    if "sheet" in st.session_state:
        name, body = st.session_state.sheet
        st.success("The sheet is ready. Print it, cut it along the lines, and keep no copy lying about.")
        st.download_button("Download the PDF", body, name, "application/pdf", key="sheet_pdf", on_click="ignore")
