"""Variants: scenarios that are kept as a base and edits, and get a new revision whenever the base has one.

Changing a variant's tables adds an edit. What no longer fits the base is kept with its sentence; until somebody
has settled it the variant cannot be solved.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lineside.scenarios.edits import EditError, ScenarioEdit, edit_from
from lineside.scenarios.variants import Variant, variant_of
from lineside.service.problems import ConflictProblem, MistakesProblem, NotFoundProblem
from lineside.service.storage.following import derived, note_of, take
from lineside.service.storage.models import StoredScenario, StoredVariant
from lineside.service.storage.scenarios import Saved, Scenarios
from lineside.service.storage.texts import refuse_odd_data, renamed

MOST_EDITS = 200


@dataclass(frozen=True)
class Kept:
    """A variant: its base and edits, and its scenario with the newest revision."""

    variant: StoredVariant
    saved: Saved


class Variants:
    """The variants of one region.

    Parameters
    ----------
    session
        An open transaction.
    region
        Id of the region; nothing of other regions is ever seen.
    author
        Who saves, in words.
    """

    def __init__(self, session: Session, region: uuid.UUID, author: str = "") -> None:
        self._session = session
        self._scenarios = Scenarios(session, region, author)

    def tried(self, base: uuid.UUID, edits: Sequence[ScenarioEdit]) -> Variant:
        """Return what comes of edits; nothing is stored.

        Raises
        ------
        NotFoundProblem
            If this region has no such scenario.
        """
        return variant_of(self._scenarios.get(base).raw, edits)

    def create(self, base: uuid.UUID, name: str, edits: Sequence[ScenarioEdit]) -> Kept:
        """Store a new variant of a scenario's newest revision.

        Raises
        ------
        NotFoundProblem
            If this region has no such scenario.
        ConflictProblem
            If the base is a variant itself.
        """
        # Locked, so that no save of the base is missed between reading it and storing the variant.
        saved = self._scenarios.locked(base, None)
        if self._session.get(StoredVariant, base) is not None:
            raise ConflictProblem("This scenario is a variant itself. Make the new one of its base.")
        made = variant_of(saved.raw, edits)
        fresh = self._scenarios.create(renamed(made.raw, name), note_of(saved), is_draft=True)
        stored = StoredVariant(scenario_id=fresh.scenario.id, base_id=base)
        take(stored, saved, edits, made)
        self._session.add(stored)
        self._session.flush()
        return Kept(stored, fresh)

    def get(self, scenario: uuid.UUID) -> Kept:
        """Return a variant.

        Raises
        ------
        NotFoundProblem
            If this region has no such scenario, or it is no variant.
        """
        saved = self._scenarios.get(scenario)
        stored = self._session.get(StoredVariant, scenario)
        if stored is None:
            raise NotFoundProblem("This scenario is no variant. Make a variant of it to keep edits apart.")
        return Kept(stored, saved)

    def of_base(self, base: uuid.UUID) -> list[Kept]:
        """Return the variants of a scenario by name.

        Raises
        ------
        NotFoundProblem
            If this region has no such scenario.
        """
        self._scenarios.get(base)
        query = select(StoredVariant).join(StoredScenario, StoredScenario.id == StoredVariant.scenario_id)
        query = query.where(StoredVariant.base_id == base).order_by(StoredScenario.name, StoredScenario.id)
        return [Kept(row, self._scenarios.get(row.scenario_id)) for row in self._session.scalars(query)]

    def replace(self, scenario: uuid.UUID, edits: Sequence[ScenarioEdit], expected: int | None) -> Kept:
        """Give a variant other edits and make them on the newest revision of its base.

        Raises
        ------
        NotFoundProblem
            If this region has no such variant.
        ChangedProblem
            If another revision than the expected one is the newest.
        """
        self.get(scenario)
        self._scenarios.locked(scenario, expected)
        stored = self.get(scenario).variant
        base = self._scenarios.get(stored.base_id)
        fresh = derived(self._scenarios, stored, base, edits, "edits changed")
        self._session.flush()
        return Kept(stored, fresh)

    def detach(self, scenario: uuid.UUID, expected: int | None) -> Saved:
        """Let a variant be a scenario of its own, as it stands.

        Raises
        ------
        NotFoundProblem
            If this region has no such variant.
        ChangedProblem
            If another revision than the expected one is the newest.
        """
        stored = self.get(scenario).variant
        saved = self._scenarios.locked(scenario, expected)
        self._session.delete(stored)
        self._session.flush()
        return saved


def edits_from(bodies: Sequence[Any]) -> tuple[ScenarioEdit, ...]:
    """Return edits from plain data.

    Raises
    ------
    MistakesProblem
        If one cannot be read or stored; all mistakes of all of them are told.
    """
    if len(bodies) > MOST_EDITS:
        raise MistakesProblem(f"{len(bodies)} edits were given; the limit is {MOST_EDITS}. Join some of them.")
    edits, sentences = [], []
    for number, body in enumerate(bodies, start=1):
        try:
            edit = edit_from(body)
        except EditError as error:
            sentences += [f"Edit {number}: {sentence}" for sentence in error.sentences]
        else:
            refuse_odd_data("edit", edit.model_dump())
            edits.append(edit)
    if sentences:
        raise MistakesProblem(" ".join(sentences))
    return tuple(edits)
