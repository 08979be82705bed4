"""Parts of a page that follow by themselves what goes on in the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from lineside.ui.client import UNAUTHORIZED, RefusedError, ServiceError
from lineside.ui.words import escaped

Given = ParamSpec("Given")


def follow(seconds: float, show: Callable[Given, None], *given: Given.args, **named: Given.kwargs) -> None:
    """Show something again and again while the page is open.

    Parameters
    ----------
    seconds
        From one look to the next.
    show
        Shows it. A service that does not answer for a moment is told in a sentence until the next look, instead of by
        an error page; the whole page follows if whoever looks is signed in no longer.
    given, named
        For ``show``.
    """

    def look() -> None:
        try:
            show(*given, **named)
        except RefusedError as error:
            if error.status == UNAUTHORIZED:
                st.rerun()
            st.error(escaped(error.detail))
        except ServiceError as error:
            st.error(escaped(str(error)))

    st.fragment(look, run_every=seconds)()
