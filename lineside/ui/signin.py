"""Signing in with a key."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from lineside.ui.client import ServiceAwayError, ServiceError
from lineside.ui.sessions import SESSIONS
from lineside.ui.state import client_for


def sign_in_page() -> None:
    """Ask for a key; a good one is remembered by a cookie for a working day."""
    st.title("Lineside")
    st.write("Fits classroom training around a factory's clock.")
    with st.form("sign_in"):
        key = st.text_input("Your key", type="password", help="It begins with lsk_; the region's planner gives it out.")
        if st.form_submit_button("Sign in", type="primary"):
            _try(key.strip())


def _try(key: str) -> None:
    if not key:
        st.error("No key was typed. Type or paste the key that you were given.")
        return
    try:
        client_for(key).get("/me")
    except ServiceAwayError as error:
        st.error(str(error))
    except ServiceError as error:
        st.error(str(error))
    else:
        here = urlencode({"ticket": SESSIONS.ticket(key), "to": _here()})
        # The cookie must not be readable by scripts, so the browser fetches it from the server.
        st.html(f"<script>window.location.replace('/session/keep?{here}')</script>", unsafe_allow_javascript=True)
        st.info("Signing in …")


def _here() -> str:
    path = "/" + st.context.url.split("://", 1)[-1].partition("/")[2].partition("?")[0] if st.context.url else "/"
    query = urlencode(st.query_params.to_dict())
    return f"{path}?{query}" if query else path
