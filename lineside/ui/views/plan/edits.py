"""The changes that were collected by hand for a plan: tried all together, one undone at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from lineside.ui.client import Json, RefusedError
from lineside.ui.views.plan.reading import Read
from lineside.ui.words import escaped

KEPT = "plan_edits"


@dataclass
class Collected:
    """Changes by hand, and what came of trying them.

    Parameters
    ----------
    key
        The plan and the revision that it is judged by.
    edits, sentences
        The changes as the service takes them, and in words.
    trial
        What the service said of all of them.
    """

    key: tuple[str, int]
    edits: list[dict[str, Any]] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    trial: Json = None

    def add(self, read: Read, edit: dict[str, Any], sentence: str) -> None:
        """Try one more change; it is collected unless it cannot be written down, which is told."""
        if self._try(read, [*self.edits, edit]):
            self.edits.append(edit)
            self.sentences.append(sentence)

    def undo(self, read: Read) -> None:
        """Forget the last change."""
        if self._try(read, self.edits[:-1]):
            self.edits.pop()
            self.sentences.pop()

    def clear(self) -> None:
        """Forget all changes."""
        self.edits, self.sentences, self.trial = [], [], None

    def _try(self, read: Read, edits: list[dict[str, Any]]) -> bool:
        if not edits:
            self.trial = None
            return True
        try:
            self.trial = read.service.post(f"/plans/{read.id}/try", {"edits": edits, "revision": self.key[1]})
        except RefusedError as error:
            st.error(escaped(error.detail))
            return False
        return True


def collected(read: Read, revision: int) -> Collected:
    """Return what was collected for a plan; for another plan or revision it begins anew."""
    key = (read.id, revision)
    found = st.session_state.get(KEPT)
    if not isinstance(found, Collected) or found.key != key:
        found = Collected(key)
        st.session_state[KEPT] = found
    return found
