"""The pages: what is shown follows the role of whoever is signed in."""

from __future__ import annotations

import streamlit as st

from lineside.ui import show, state
from lineside.ui.client import UNAUTHORIZED, Client, RefusedError, ServiceError
from lineside.ui.navigation import pages_for
from lineside.ui.signin import sign_in_page
from lineside.ui.style import STYLE
from lineside.ui.views.scenario.rules import keep_typed
from lineside.ui.words import escaped

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#0b5394"/>'
    '<path d="M5 22h22" stroke="#fff" stroke-width="3"/><circle cx="16" cy="13" r="5" fill="#fff"/></svg>'
)
"""The browser's tab shows this; Streamlit would fetch a named icon from a server of Google's."""


def main() -> None:
    """Show the sign-in, or the page that was chosen."""
    st.set_page_config(page_title="Lineside", page_icon=ICON, layout="wide")
    st.html(STYLE)
    service = state.client()
    if service is None:
        sign_in_page()
        return
    try:
        _signed_in(service)
    except RefusedError as error:
        if error.status == UNAUTHORIZED:
            st.session_state.clear()
            st.error(escaped(error.detail))
            sign_in_page()
        else:
            st.error(escaped(error.detail))
    except ServiceError as error:
        st.error(escaped(str(error)))
        st.button("Try again", type="primary")


def _signed_in(service: Client) -> None:
    who = state.me(service)
    page = st.navigation(pages_for(service, who), position="top")
    with st.sidebar:
        show.note(f"Plant manager of {escaped(who.company)}" if who.company else "Planner of the region")
        st.html('<a class="leave" href="/session/end" target="_self">Sign out</a>')
    keep_typed()
    page.run()


main()
