"""Where a scenario comes from: a workbook or zipped folder, a bundled scenario, or an empty workbook to fill in."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lineside.ui import show, state
from lineside.ui.client import Client, Json, RefusedError, ServiceError
from lineside.ui.words import counted, escaped

STARTED, REFUSED = "scenarios_started", "upload_refused"
KINDS = ["xlsx", "xlsm", "zip"]


def draw(service: Client) -> None:
    """Show the three ways."""
    upload, example, template = st.columns(3, gap="large")
    with upload:
        _upload(service)
    with example:
        _example(service)
    with template:
        _template(service)


def _upload(service: Client) -> None:
    st.markdown("**Upload** your tables")
    key = f"upload_{st.session_state.get(STARTED, 0)}"
    label = "A workbook (.xlsx), or a zipped folder of CSV tables (.zip)"
    file = st.file_uploader(label, KINDS, key=key, on_change=_forget_refusal)
    if file is None:
        return
    st.button("Bring the tables in", type="primary", on_click=_bring_in, args=(service, key))
    if REFUSED in st.session_state:
        _refused(st.session_state[REFUSED])


# Scenarios are made in callbacks: whatever else a page does meanwhile, such as taking in the file, does not end them.
def _bring_in(service: Client, key: str) -> None:
    file = st.session_state[key]
    try:
        with st.spinner("Reading the tables …"):
            files = {"file": (file.name, file.getvalue())}
            made = service.ask("POST", "/scenarios/upload", params={"draft": True}, files=files).body
    except ServiceError as error:
        st.session_state[REFUSED] = error
    else:
        _forget_refusal()
        _open(made)


def _forget_refusal() -> None:
    st.session_state.pop(REFUSED, None)


def _refused(error: ServiceError) -> None:
    st.error(escaped(str(error)))
    if isinstance(error, RefusedError) and error.mistakes:
        rows = [(m.table, m.row, m.column or "", m.value or "", m.message) for m in error.mistakes]
        columns = ["Table", "Row", "Column", "Value", "What is wrong, and what to do"]
        frame = pd.DataFrame(rows, columns=columns).astype({"Row": "Int64"})
        words = "What is wrong in the upload, with table, row, column and value."
        show.table(frame, "mistakes_upload", words, is_wrapped=True)


def _example(service: Client) -> None:
    st.markdown("**Look around** in a bundled scenario")
    found = {row["name"]: row for row in _examples(service)}
    name = st.selectbox("Bundled scenario", list(found), format_func=lambda one: found[one]["title"])
    row = found[name]
    sizes = f"{counted(row['num_companies'], 'company', 'companies')}, {counted(row['num_apprentices'], 'apprentice')}"
    st.text(f"{row['story']}\n{sizes}, {counted(row['weeks'], 'week')}.")
    st.button("Start from it", on_click=_take_example, args=(service, name))


def _take_example(service: Client, name: str) -> None:
    try:
        _open(service.post("/scenarios/examples", {"example": name}))
    except ServiceError as error:
        st.session_state["region_refused"] = str(error)


@st.cache_data(scope="session", show_spinner=False)
def _examples(_service: Client) -> Json:
    return _service.get("/scenarios/examples")


def _template(service: Client) -> None:
    st.markdown("**Fill in** an empty workbook")
    st.text("A sheet per table, with a sheet that explains every column. Fill it in, then upload it.")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def book() -> bytes:
        return service.file("/scenarios/template").body

    st.download_button("Template workbook", book, "template.xlsx", kind, on_click="ignore")


def _open(made: Json) -> None:
    """Go on with a new scenario."""
    state.choose("scenario", made["id"])
    for name in ("table", "first_row", "find_rows"):
        st.session_state.pop(name, None)
    st.query_params.pop("table", None)
    st.session_state[STARTED] = st.session_state.get(STARTED, 0) + 1  # closes the box
    if mistakes := len(made["mistakes"]):
        st.session_state["region_warned"] = f"{made['name']} is there. Mend {counted(mistakes, 'mistake')} to solve it."
    else:
        st.session_state["region_told"] = f"{made['name']} is there: no mistakes."
