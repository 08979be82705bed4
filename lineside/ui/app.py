"""The pages: what is shown follows the role of whoever is signed in."""

from __future__ import annotations

import streamlit as st

from lineside.ui import state
from lineside.ui.client import Client, RefusedError, ServiceError
from lineside.ui.navigation import pages_for
from lineside.ui.signin import sign_in_page

UNAUTHORIZED = 401


def main() -> None:
    """Show the sign-in, or the page that was chosen."""
    st.set_page_config(page_title="Lineside", page_icon=":material/calendar_month:", layout="wide")
    service = state.client()
    if service is None:
        sign_in_page()
        return
    try:
        _signed_in(service)
    except RefusedError as error:
        if error.status == UNAUTHORIZED:
            st.session_state.clear()
            st.error(error.detail)
            sign_in_page()
        else:
            st.error(error.detail)
    except ServiceError as error:
        st.error(str(error))
        st.button("Try again", type="primary")


def _signed_in(service: Client) -> None:
    who = state.me(service)
    page = st.navigation(pages_for(service, who), position="top")
    with st.sidebar:
        st.caption(f"Plant manager of {who.company}" if who.company else "Planner of the region")
        st.html('<a href="/session/end" target="_self">Sign out</a>')
    page.run()


main()
