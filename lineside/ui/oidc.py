"""OpenID Connect, where it is configured: what Streamlit's own sign-in needs, and who came back from the issuer."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

import streamlit as st

WANTED = "lineside_wanted"
"""Cookie with the page that was asked for: Streamlit leads everybody back to the first one."""
WANTED_SECONDS = 600


@dataclass(frozen=True)
class Issuer:
    """Who people may sign in with; ``pages`` is the address that they open the pages at."""

    address: str
    client_id: str
    client_secret: str
    name: str
    pages: str
    cookie_secret: str

    @property
    def secrets(self) -> dict[str, Any]:
        """What Streamlit calls its secrets."""
        return {
            "auth": {
                "redirect_uri": f"{self.pages.rstrip('/')}/oauth2callback",
                "cookie_secret": self.cookie_secret,
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "server_metadata_url": f"{self.address.rstrip('/')}/.well-known/openid-configuration",
                "expose_tokens": "id",
            }
        }


def issuer(environment: Mapping[str, str] = os.environ) -> Issuer | None:
    """Return whom the environment names, as ``lineside serve`` writes it; None if nobody.

    Raises
    ------
    KeyError
        If something that belongs to it is missing.
    """
    if not environment.get("LINESIDE_OIDC_ISSUER"):
        return None
    return Issuer(
        environment["LINESIDE_OIDC_ISSUER"],
        environment["LINESIDE_OIDC_CLIENT_ID"],
        environment["LINESIDE_OIDC_CLIENT_SECRET"],
        environment.get("LINESIDE_OIDC_NAME") or "OpenID Connect",
        environment["LINESIDE_PAGES_URL"],
        environment["LINESIDE_PAGES_COOKIE_SECRET"],
    )


def id_token() -> str | None:
    """Return the ID token of whoever came back from the issuer in this browser, however old it is."""
    return st.user.tokens.get("id") if st.user.is_logged_in else None


def is_over() -> bool:
    """Return whether the ID token's time is over by its own words; the service does not believe them, but looks."""
    ends_at = st.user.get("exp")
    return isinstance(ends_at, int | float) and ends_at <= time.time()


def remember(here: str) -> None:
    """Let the browser keep the page that was asked for while its visitor is at the issuer's."""
    if here.partition("?")[0] != "/":
        kept = f"{WANTED}={quote(here, safe='')}; max-age={WANTED_SECONDS}; path=/; samesite=lax"
        st.html(f"<script>document.cookie = '{kept}'</script>", unsafe_allow_javascript=True)


def remembered() -> str | None:
    """Return the page that was asked for before; the address may be anybody's, so it is looked at before use."""
    kept = st.context.cookies.get(WANTED)
    return None if kept is None else unquote(kept)
