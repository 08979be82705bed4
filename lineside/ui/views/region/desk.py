"""What stands above every part of the page: how far the draft is, undo, save, and what to do if two saved."""

from __future__ import annotations

import streamlit as st

from lineside.ui import state
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.views.region.draft import Draft
from lineside.ui.words import counted, escaped, moment

DRAFTS = "region_drafts"
CHANGED_MEANWHILE = 412
MOST_NAMED = 5


def draft_of(service: Client, scenario: Json) -> Draft:
    """Return what is being edited of a scenario; a newer revision is taken if nothing was changed here."""
    drafts: dict[str, Draft] = st.session_state.setdefault(DRAFTS, {})
    known = drafts.get(scenario["id"])
    if known is None or (known.revision != scenario["revision"] and not known.is_changed):
        epoch = 0 if known is None else known.epoch + 1
        drafts[scenario["id"]] = Draft.of(state.revision(service, scenario["id"], scenario["revision"]))
        drafts[scenario["id"]].epoch = epoch
    return drafts[scenario["id"]]


def check(service: Client, draft: Draft) -> None:
    """Let the service look for mistakes, if something was changed since it did."""
    if draft.checked is not draft.texts:
        body = draft.body()
        draft.take(service.post(f"/scenarios/{draft.scenario}/check", body, revision=draft.revision))


def draw(service: Client, draft: Draft, scenario: Json) -> None:
    """Show how far the draft is, and the buttons that concern all of it."""
    told = st.session_state.pop("region_told", None)
    if told:
        st.success(told)
    if draft.revision != scenario["revision"]:
        _conflict(service, draft, scenario)
    _status(draft)
    with st.container(horizontal=True):
        if st.button("Save", key="save", type="primary", disabled=not draft.is_changed, help=_save_help(draft)):
            _save(service, draft)
        st.button("Undo", key="undo", on_click=draft.undo, disabled=not draft.past, shortcut="Ctrl+Z")
        st.button("Redo", key="redo", on_click=draft.redo, disabled=not draft.future, shortcut="Ctrl+Y")
        st.button("Drop all changes", key="drop", on_click=_drop, args=(draft,), disabled=not draft.is_changed)
        _workbook(service, draft)


def _status(draft: Draft) -> None:
    parts = [f"Revision {draft.revision}"]
    if draft.is_changed:
        names = [*draft.changed_tables, *(["settings"] if draft.has_other_settings else [])]
        parts.append(f"changed and not saved: {', '.join(names)}")
    else:
        parts.append("all saved")
    if draft.mistakes:
        parts.append(f"{counted(len(draft.mistakes), 'mistake')}: it cannot be solved until they are mended")
    else:
        parts.append("no mistakes")
    st.write(" · ".join(parts))


def _save_help(draft: Draft) -> str:
    if draft.mistakes:
        return "Saves a new revision. It has mistakes, so it is kept as a draft that cannot be solved."
    return "Saves a new revision. Older revisions stay readable."


def _drop(draft: Draft) -> None:
    draft.change(draft.saved, is_redrawn=True)


def _workbook(service: Client, draft: Draft) -> None:
    def book() -> bytes:
        return service.file(f"/scenarios/{draft.scenario}/download", revision=draft.revision).body

    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    st.download_button(
        "Workbook", book, f"revision-{draft.revision}.xlsx", kind, on_click="ignore",
        help=f"Revision {draft.revision} as it was saved, with a sheet per table.",
    )  # fmt: skip


def _save(service: Client, draft: Draft, *, is_on_top: int | None = None) -> None:
    """Save the changes as a revision; if somebody else saved first, the page shows both."""
    base = draft.revision if is_on_top is None else is_on_top
    path = f"/scenarios/{draft.scenario}/revisions"
    try:
        saved = service.ask("POST", path, tag=f'"{base}"', json=draft.body(), params={"draft": True}).body
    except RefusedError as error:
        if error.status != CHANGED_MEANWHILE:
            raise
        st.rerun()  # the list of scenarios now tells of the other revision
    _go_on_with(service, draft.scenario, saved)


def _go_on_with(service: Client, before: str, saved: Json) -> None:
    drafts: dict[str, Draft] = st.session_state[DRAFTS]
    epoch = drafts.pop(before).epoch + 1
    drafts[saved["id"]] = Draft.of(state.revision(service, saved["id"], saved["revision"]))
    drafts[saved["id"]].epoch = epoch
    state.choose("scenario", saved["id"])
    st.session_state["region_told"] = f"Saved as revision {saved['revision']} of {escaped(saved['name'])}."
    st.rerun()


def _conflict(service: Client, draft: Draft, scenario: Json) -> None:
    """Show what somebody else saved meanwhile, and what can be done; nothing is lost either way."""
    newest = scenario["revision"]
    rows = service.get(f"/scenarios/{draft.scenario}/revisions")
    others = [row for row in rows if row["number"] > draft.revision]
    told = service.get(f"/scenarios/{draft.scenario}/changes", revision=newest, base_revision=draft.revision)
    theirs = {row["table"] for row in told["tables"]} | ({"settings"} if told["settings"] else set())
    mine = {*draft.changed_tables, *(["settings"] if draft.has_other_settings else [])}
    with st.container(border=True):
        st.error(
            f"You change revision {draft.revision}, and revision {newest} was saved meanwhile. "
            "Both versions are kept: choose below what to do with yours."
        )
        for row in others[:MOST_NAMED]:
            who = row["author"] or "somebody"
            st.text(f"Revision {row['number']} by {who}, {moment(row['saved_at'])}: {row['note']}")
        st.text(_differences(told))
        read, copy, top, _ = st.columns([2, 2, 2, 2])
        read.button("Read theirs, drop mine", on_click=_forget, args=(draft,), width="stretch")
        if copy.button("Save mine as a copy", type="primary", width="stretch"):
            _save_copy(service, draft, str(scenario["name"]))
        if not theirs & mine and top.button("Put mine on top of theirs", width="stretch"):
            _save(service, draft, is_on_top=newest)
        if theirs & mine:
            top.caption(f"Both changed {', '.join(sorted(theirs & mine))}, so yours cannot be put on top of theirs.")


def _differences(told: Json) -> str:
    parts = [f"settings: {', '.join(row['key'] for row in told['settings'])}"] if told["settings"] else []
    for row in told["tables"]:
        counts = (("changed", row["num_changed"]), ("added", row["num_added"]), ("removed", row["num_removed"]))
        kinds = ", ".join(f"{counted(count, 'row')} {kind}" for kind, count in counts if count)
        parts.append(f"{row['table']}: {kinds}")
    if told["has_other_published"]:
        parts.append("the published plan is another")
    return f"What they changed – {'; '.join(parts)}." if parts else "They changed nothing in the tables."


def _forget(draft: Draft) -> None:
    st.session_state[DRAFTS].pop(draft.scenario, None)


def _save_copy(service: Client, draft: Draft, name: str) -> None:
    """Keep the changes in a scenario of their own, beside the other one."""
    path = f"/scenarios/{draft.scenario}/copies"
    copied = service.post(path, {"name": f"{name[:180]} (my version)"}, revision=draft.revision)
    body = draft.body()
    if body["settings"] is not None:
        body["settings"]["name"] = copied["name"]
    saved = service.ask(
        "POST", f"/scenarios/{copied['id']}/revisions", tag='"1"', json=body, params={"draft": True}
    ).body  # fmt: skip
    _go_on_with(service, draft.scenario, saved)
