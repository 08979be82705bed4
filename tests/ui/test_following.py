"""Parts of a page that follow the service: a failure is a sentence, and no error page."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from lineside.ui.client import RefusedError, ServiceError
from lineside.ui.words import escaped


def _page(failure: Exception | None) -> None:
    import streamlit as st

    from lineside.ui.following import follow

    def watch(name: str, *, suffix: str) -> None:
        if failure is not None:
            raise failure
        st.text(name + suffix)

    st.session_state.num_drawn = st.session_state.get("num_drawn", 0) + 1
    if st.session_state.num_drawn < 3:
        follow(60, watch, "all is ", suffix="well")


def shown(failure: Exception | None) -> AppTest:
    return AppTest.from_function(_page, args=(failure,)).run(timeout=60)


def test_what_goes_on_is_shown() -> None:
    page = shown(None)
    assert [text.value for text in page.text] == ["all is well"]
    assert not page.error


def test_a_failure_is_told_in_its_sentence() -> None:
    for failure in (
        ServiceError("The service does not answer."),
        RefusedError(404, "Not found", "There is no such run."),
    ):
        page = shown(failure)
        assert [error.value for error in page.error] == [escaped(str(failure))]
        assert not page.exception
        assert page.session_state.num_drawn == 1


def test_who_is_signed_in_no_longer_sees_the_whole_page_again() -> None:
    page = shown(RefusedError(401, "Not signed in", "Sign in."))
    assert page.session_state.num_drawn == 3
    assert not page.error
