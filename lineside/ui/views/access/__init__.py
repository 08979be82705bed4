"""The page Access: who may come in, with a key or with OpenID Connect."""

from __future__ import annotations

import streamlit as st

from lineside.ui import oidc
from lineside.ui.client import Client
from lineside.ui.state import Me
from lineside.ui.views.access import keys, people


def draw(service: Client, who: Me) -> None:
    """Show who may come in, and let the planner change it."""
    st.title("Access")
    st.write(
        "A planner sees and changes everything of the region. A plant manager sees the own company's part of "
        "published plans: impact, roster and calendars."
    )
    keys.draw(service, who)
    issuer = oidc.issuer()
    if issuer is not None:
        people.draw(service, who, issuer.name)
