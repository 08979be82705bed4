"""Rules and prices, each with what it means; saved as a new revision."""

from __future__ import annotations

import datetime as dt
from typing import Any

import streamlit as st

from lineside.ui import show
from lineside.ui.client import Answer, Client, Json, RefusedError
from lineside.ui.views.scenario.explained import Field, fields, in_words, shown
from lineside.ui.words import counted, escaped

CHANGED_BY_OTHERS = 412
SECTIONS: tuple[tuple[str | None, str, str], ...] = (
    ("rules", "Rules", "A plan that breaks a rule is not a plan. Looser rules leave more plans to choose from."),
    (
        "prices",
        "Prices",
        "A line-minute is one minute of one whole line. A price says how many line-minutes something else counts as: "
        "the higher it is, the more the search avoids it; 0 leaves it out of account.",
    ),
    (None, "Horizon", "When the plan begins, how long it is, and what is fixed already."),
)
Values = dict[tuple[str | None, str], Any]


WIDGETS = "setting_"
"""Begin the keys of this page's inputs."""


def keep_typed() -> None:
    """Keep what was typed and not saved while other parts and pages are looked at.

    Streamlit forgets the state of an input that is not drawn, unless it is written again.
    """
    for key in [key for key in st.session_state if str(key).startswith(WIDGETS)]:
        st.session_state[key] = st.session_state[key]


def unsaved(scenario: Json) -> int:
    """Return how many settings of a scenario were changed and not saved."""
    begun: Json | None = st.session_state.get("settings_begun")
    if begun is None or begun["scenario"] != scenario["id"]:
        return 0
    return len(_typed(begun))


def draw(service: Client, scenario: Json) -> None:
    """Show every setting with its meaning, and save changes."""
    path = f"/scenarios/{scenario['id']}/settings"
    read = service.ask("GET", path)
    stored = read.body["settings"]
    if not _is_readable(stored):
        return
    place = _place(read.body)
    was_followed = _follow(read.body)
    _told()
    values: Values = {}
    for section, title, lead in SECTIONS:
        st.subheader(title)
        st.write(lead)
        columns = st.columns(2, gap="large")
        for number, field in enumerate(fields(section)):
            with columns[number % 2]:
                values[section, field.key] = _input(field, _stored(stored, field), place)
    _save(service, path, read, values, may_save=not was_followed)


def _place(read: Json) -> str:
    return f"{read['scenario']}_{read['revision']}"


def _follow(newest: Json) -> bool:
    """Bring unsaved changes along if somebody saved since they were begun; return whether there were any.

    Whoever presses Save then must first see what the changes now stand on.
    """
    begun: Json = st.session_state.get("settings_begun", newest)
    st.session_state.settings_begun = newest
    if begun["scenario"] != newest["scenario"]:
        return False
    if begun["revision"] == newest["revision"] or not _is_readable(begun["settings"]):
        return False
    changes = _typed(begun)
    if changes:
        _bring(newest, changes)
    return bool(changes)


def _typed(begun: Json) -> list[tuple[Field, Any]]:
    """Return what was typed into the inputs of a revision and differs from it."""
    place = _place(begun)
    every = [field for section, _, _ in SECTIONS for field in fields(section)]
    typed = [
        (field, st.session_state[_widget(place, field)]) for field in every if _widget(place, field) in st.session_state
    ]
    return [
        (field, value) for field, value in typed
        if (value or None if field.kind == "text" else value) != _native(field, _stored(begun["settings"], field))
    ]  # fmt: skip


def _is_readable(stored: Json) -> bool:
    """Return whether every setting has a value that its input can show; a draft's may be anything."""
    for section, _, _ in SECTIONS:
        for field in fields(section):
            try:
                _native(field, _stored(stored, field))
            except (TypeError, ValueError):
                st.error(
                    f"The setting {field.key} of this draft cannot be read. Correct it on the page Region, "
                    "under Settings."
                )
                return False
    return True


def _stored(stored: Json, field: Field) -> Any:
    part = stored if field.section is None else stored.get(field.section) or {}
    return part.get(field.key, field.default)


def _native(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.kind == "date":
        return dt.date.fromisoformat(str(value))
    if field.kind in ("minutes", "count"):
        return int(value)
    if field.kind == "number":
        return float(value)
    return bool(value) if field.kind == "yes-or-no" else str(value)


def _input(field: Field, value: Any, place: str) -> Any:
    """Show the widget of one setting, and return its value."""
    key, before = _widget(place, field), _native(field, value)
    if key not in st.session_state:
        st.session_state[key] = (before or "") if field.kind == "text" else before
    more: dict[str, Any] = {"key": key}
    chosen: Any
    if field.kind == "yes-or-no":
        chosen = st.checkbox(field.label, **more)
    elif field.kind == "date":
        chosen = st.date_input(field.label, **more)
    elif field.kind == "text":
        chosen = st.text_input(field.label, **more).strip() or None
    elif field.kind == "number":
        chosen = st.number_input(field.label, min_value=0.0, step=field.step, format="%.10g", **more)
    else:
        least = 1 if field.key == "weeks" else 0
        chosen = st.number_input(field.label, min_value=least, step=int(field.step), **more)
    changed = f" **Changed: it was {escaped(shown(before))}.**" if chosen != before else ""
    show.note(escaped(in_words(field, chosen)) + changed)
    return chosen


def _widget(place: str, field: Field) -> str:
    return f"{WIDGETS}{place}_{field.section}_{field.key}"


def _save(service: Client, path: str, read: Answer, values: Values, may_save: bool) -> None:
    stored, place = read.body["settings"], _place(read.body)
    every = [field for section, _, _ in SECTIONS for field in fields(section)]
    changed = [field for field in every if values[field.section, field.key] != _native(field, _stored(stored, field))]
    st.divider()
    left, right, _ = st.columns([2, 2, 4])
    label = f"Save {counted(len(changed), 'change')}" if changed else "Save"
    wants = left.button(label, type="primary", disabled=not changed, key="save_settings")
    if right.button("Take back the changes", disabled=not changed):
        for field in changed:
            st.session_state.pop(_widget(place, field), None)
        st.rerun()
    if wants and may_save:
        _put(service, path, read, [(field, values[field.section, field.key]) for field in changed])


def _put(service: Client, path: str, read: Answer, changes: list[tuple[Field, Any]]) -> None:
    settings = with_changes(read.body["settings"], {(field.section, field.key): value for field, value in changes})
    has_mistakes = {"draft": "true"} if read.body["mistakes"] else {}
    try:
        saved = service.ask("PUT", path, tag=read.tag, json={"settings": settings}, params=has_mistakes)
    except RefusedError as error:
        if error.status == CHANGED_BY_OTHERS:
            st.session_state.settings_begun = service.get(path)
            _bring(st.session_state.settings_begun, changes)
            st.rerun()
        st.error(escaped(error.detail))
        for mistake in error.mistakes:
            st.error(escaped(f"{mistake.column}: {mistake.message}"))
        return
    del st.session_state.settings_begun  # what was saved is no change of somebody else's
    st.session_state.settings_told = f"Saved as revision {saved.body['revision']}."
    st.rerun()


def _bring(newest: Json, changes: list[tuple[Field, Any]]) -> None:
    """Show the newest revision with the changes on top, so that nobody types twice and nothing is lost unseen."""
    for field, value in changes:
        st.session_state[_widget(_place(newest), field)] = "" if value is None and field.kind == "text" else value
    st.session_state.settings_told = (
        f"Somebody else saved revision {newest['revision']} in between. It is shown now, with your changes on top. "
        "Look at them and save again."
    )


def with_changes(settings: Json, changes: Values) -> Json:
    """Return settings with some values changed; None takes a key out."""
    changed = {key: dict(value) if isinstance(value, dict) else value for key, value in settings.items()}
    for (section, key), value in changes.items():
        part = changed if section is None else changed.setdefault(section, {})
        part[key] = value.isoformat() if isinstance(value, dt.date) else value
    return changed


def _told() -> None:
    told = st.session_state.pop("settings_told", None)
    if told:
        (st.success if told.startswith("Saved") else st.warning)(escaped(told))
