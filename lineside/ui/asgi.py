"""The pages as one application, with the routes that keep people signed in."""

from __future__ import annotations

import threading
from pathlib import Path

import streamlit as st

from lineside.models.geography import zip_coordinates
from lineside.ui.oidc import issuer
from lineside.ui.sessions import ROUTES

# The table of zip codes takes a second to read: better now than when the first map is opened.
threading.Thread(target=zip_coordinates, args=("",), daemon=True).start()

_issuer = issuer()
app = st.App(Path(__file__).with_name("app.py"), routes=ROUTES, secrets=None if _issuer is None else _issuer.secrets)
