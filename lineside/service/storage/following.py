"""What a save means for variants: a change of a variant is one more edit, and a new base is followed."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lineside.scenarios.changes import changes_between
from lineside.scenarios.edits import EditError, ScenarioEdit, edit_between, edit_from, edit_json
from lineside.scenarios.variants import Variant, variant_of
from lineside.service.problems import ConflictProblem
from lineside.service.storage.models import StoredVariant
from lineside.service.storage.texts import renamed

if TYPE_CHECKING:
    from lineside.service.storage.scenarios import Saved, Scenarios


def edits_of(stored: StoredVariant) -> tuple[ScenarioEdit, ...]:
    """Return the edits of a variant in the order in which they are made."""
    return tuple(edit_from(edit) for edit in stored.edits)


def take(stored: StoredVariant, base: Saved, edits: Sequence[ScenarioEdit], made: Variant) -> None:
    """Write edits and what came of them on a base into a variant."""
    stored.base_revision = base.revision.number
    stored.edits = plain(edits)
    stored.conflicts = [dataclasses.asdict(conflict) for conflict in made.conflicts]
    stored.settled = list(made.settled)


def plain(edits: Sequence[ScenarioEdit]) -> list[Any]:
    """Return edits as they are stored."""
    return [edit_json(edit) for edit in edits]


def note_of(base: Saved) -> str:
    """Return how a revision that follows a base is noted."""
    return f"made of {base.scenario.name}, revision {base.revision.number}"[:200]


def derived(
    scenarios: Scenarios, stored: StoredVariant, base: Saved, edits: Sequence[ScenarioEdit], note: str
) -> Saved:
    """Store a variant's next revision: a base with edits made, under the variant's own name."""
    saved = scenarios.locked(stored.scenario_id, None)
    made = variant_of(base.raw, edits)
    take(stored, base, edits, made)
    return scenarios.store(saved, renamed(made.raw, saved.scenario.name), note, is_draft=True)


def follow(scenarios: Scenarios, session: Session, base: Saved) -> None:
    """Derive every variant of a base anew."""
    query = select(StoredVariant).where(StoredVariant.base_id == base.scenario.id)
    for stored in session.scalars(query.order_by(StoredVariant.scenario_id)).all():
        derived(scenarios, stored, base, edits_of(stored), note_of(base))


def note_edit(session: Session, stored: StoredVariant, before: Saved, after: Saved, note: str) -> None:
    """Keep what was changed in a variant as one more edit; a plan of its own in force ends its being a variant.

    Raises
    ------
    ConflictProblem
        If the change cannot be kept as an edit.
    """
    if changes_between(before.raw, after.raw).has_other_published:
        session.delete(stored)
    else:
        try:
            edit = edit_between(before.raw, renamed(after.raw, str(before.raw.settings.get("name", ""))), note[:200])
        except EditError as error:
            raise ConflictProblem(" ".join(error.sentences)) from None
        if edit.num_changes:
            stored.edits = [*stored.edits, *plain([edit])]
    session.flush()
