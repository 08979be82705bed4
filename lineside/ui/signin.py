"""Signing in with a key, or with OpenID Connect where it is configured."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from lineside.ui import oidc, show
from lineside.ui.client import ServiceError
from lineside.ui.sessions import SESSIONS
from lineside.ui.state import client_for
from lineside.ui.words import escaped

FORM_PIXELS = 480


def sign_in_page() -> None:
    """Ask for a key, or offer the issuer; whoever is let in is remembered by a cookie for a working day."""
    st.title("Lineside")
    st.write("Fits classroom training around a factory's clock.")
    issuer = oidc.issuer()
    if issuer is not None and _with_issuer(issuer.name):
        return
    with st.form("sign_in", width=FORM_PIXELS):
        key = st.text_input("Your key", type="password", help="It begins with lsk_; the region's planner gives it out.")
        if st.form_submit_button("Sign in", type="secondary" if issuer else "primary"):
            _try(key.strip())
    show.note(
        "The planner of your region gives you a key. The first planner's key was told where Lineside was started."
    )


def _with_issuer(name: str) -> bool:
    """Take in whoever comes back from the issuer, or offer to go there; return whether somebody was taken in."""
    token = oidc.id_token()
    if token is not None and _take_in(token, name):
        return True
    oidc.remember(_here())
    if st.button(f"Sign in with {escaped(name)}", type="primary"):
        st.login()
    return False


def _take_in(token: str, name: str) -> bool:
    refused: tuple[str, str] | None = st.session_state.get("refused_token")
    if refused is None or refused[0] != token:
        if oidc.is_over():
            refused = (token, f"Your sign-in with {name} has ended. Sign in again.")
        else:
            try:
                secret = client_for(token).post("/sign-in")["secret"]
            except ServiceError as error:
                refused = (token, str(error))
            else:
                _enter(secret, oidc.remembered() or _here())
                return True
        # Asked once: every further look at this page would count as another wrong key.
        st.session_state.refused_token = refused
    st.warning(escaped(refused[1]))
    return False


def _try(key: str) -> None:
    if not key:
        st.error("No key was typed. Type or paste the key that you were given.")
        return
    try:
        client_for(key).get("/me")
    except ServiceError as error:
        st.error(str(error))
    else:
        _enter(key, _here())


def _enter(key: str, target: str) -> None:
    here = urlencode({"ticket": SESSIONS.ticket(key), "to": target})
    # The cookie must not be readable by scripts, so the browser fetches it from the server.
    st.html(f"<script>window.location.replace('/session/keep?{here}')</script>", unsafe_allow_javascript=True)
    st.info("Signing in …")


def _here() -> str:
    path = "/" + st.context.url.split("://", 1)[-1].partition("/")[2].partition("?")[0] if st.context.url else "/"
    query = urlencode(st.query_params.to_dict())
    return f"{path}?{query}" if query else path
