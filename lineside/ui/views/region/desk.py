"""What stands above every part of the page: how far the draft is, undo, save, and what to do if two saved."""

from __future__ import annotations

import streamlit as st

from lineside.ui import state
from lineside.ui.client import Client, Json, RefusedError, ServiceError
from lineside.ui.views.region.draft import Draft
from lineside.ui.words import counted, escaped, moment

DRAFTS, TOLD, WARNED, REFUSED = "region_drafts", "region_told", "region_warned", "region_refused"
CHANGED_MEANWHILE = 412
MOST_NAMED = 5


def draft_of(service: Client, scenario: Json) -> Draft:
    """Return what is being edited of a scenario; a newer revision is taken if nothing was changed here."""
    drafts: dict[str, Draft] = st.session_state.setdefault(DRAFTS, {})
    known = drafts.get(scenario["id"])
    if known is None or (known.revision != scenario["revision"] and not known.is_changed):
        drafts[scenario["id"]] = Draft.of(state.revision(service, scenario["id"], scenario["revision"]))
    return drafts[scenario["id"]]


def check(service: Client, draft: Draft) -> None:
    """Let the service look for mistakes, if something was changed since it did."""
    texts = draft.texts  # others may be typed while the service looks at these
    if draft.checked is not texts:
        path = f"/scenarios/{draft.scenario}/check"
        draft.take(service.post(path, draft.body(), revision=draft.revision), texts)


def draw(service: Client, draft: Draft, scenario: Json, *, is_away: bool) -> None:
    """Show how far the draft is, and the buttons that concern all of it."""
    for name, box in ((TOLD, st.success), (WARNED, st.warning), (REFUSED, st.error)):
        if words := st.session_state.pop(name, None):
            box(escaped(words))
    if draft.revision != scenario["revision"] and not is_away:
        _conflict(service, draft, scenario)
    _status(draft)
    with st.container(horizontal=True):
        st.button(
            "Save", key="save", type="primary", on_click=_save, args=(service, draft, draft.revision),
            disabled=is_away or not draft.is_changed, help=_save_help(draft),
        )  # fmt: skip
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


# Saving happens in callbacks, which are not interrupted by what somebody types meanwhile. Once the service has
# answered, the draft is brought up to date before anything else: from then on Streamlit may end the callback.
def _save(service: Client, draft: Draft, base: int) -> None:
    """Save the changes as a revision on top of another; if somebody else saved first, the page shows both."""
    path, texts = f"/scenarios/{draft.scenario}/revisions", draft.texts
    drafts = st.session_state[DRAFTS]
    try:
        saved = service.ask("POST", path, tag=f'"{base}"', json=draft.body(), params={"draft": True}).body
    except ServiceError as error:
        # Of another revision the list of scenarios tells, and the page with it.
        if not (isinstance(error, RefusedError) and error.status == CHANGED_MEANWHILE):
            st.session_state[REFUSED] = str(error)
        return
    if base == draft.revision:
        draft.go_on(saved, texts)
    else:
        drafts.pop(draft.scenario, None)
    st.session_state[TOLD] = f"Saved as revision {saved['revision']} of {saved['name']}."


def _save_copy(service: Client, draft: Draft, name: str) -> None:
    """Keep the changes in a scenario of their own, beside the other one."""
    body, drafts = draft.body(), st.session_state[DRAFTS]
    try:
        path, named = f"/scenarios/{draft.scenario}/copies", {"name": f"{name[:180]} (my version)"}
        copied = service.post(path, named, revision=draft.revision)
        if body["settings"] is not None:
            body["settings"]["name"] = copied["name"]
        path = f"/scenarios/{copied['id']}/revisions"
        service.ask("POST", path, tag='"1"', json=body, params={"draft": True})
    except ServiceError as error:
        st.session_state[REFUSED] = str(error)
        return
    drafts.pop(draft.scenario, None)
    st.session_state[TOLD] = f"Your version is saved as {copied['name']}."
    state.choose("scenario", copied["id"])


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
        with st.container(horizontal=True):
            st.button("Read theirs, drop mine", key="theirs", on_click=_forget, args=(draft,))
            whose = (service, draft, str(scenario["name"]))
            st.button("Save mine as a copy", key="copy", type="primary", on_click=_save_copy, args=whose)
            if not theirs & mine:
                st.button("Put mine on top of theirs", key="top", on_click=_save, args=(service, draft, newest))
        if theirs & mine:
            st.write(f"Both changed {', '.join(sorted(theirs & mine))}, so yours cannot be put on top of theirs.")


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
