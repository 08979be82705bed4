"""The pages as one application, with the routes that keep people signed in."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from lineside.ui.sessions import ROUTES

app = st.App(Path(__file__).with_name("app.py"), routes=ROUTES)
