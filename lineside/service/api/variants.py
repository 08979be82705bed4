"""Routes of variants: a base with edits, what of them does not fit any more, and making or changing one."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import ConfigDict, Field

from lineside.scenarios.changes import changes_between
from lineside.scenarios.edits import ScenarioEdit
from lineside.service.api.context import Admitted, InSession, entity_tag, expected_version
from lineside.service.api.parts import Answer, Body, Identity, MistakeOut, Words, problems
from lineside.service.api.scenario_models import SavedOut
from lineside.service.storage.scenarios import Scenarios
from lineside.service.storage.texts import judge
from lineside.service.storage.variants import Kept, Variants, edits_from

router = APIRouter(prefix="/scenarios", tags=["scenarios"])

IfMatch = Annotated[str | None, Header(description='the ETag of what was changed, such as "3"')]
EXAMPLE_EDIT: dict[str, Any] = {
    "name": "One relief more",
    "cells": [{"table": "crews", "row": ["L1", "R1"], "column": "relief", "before": "0", "after": "1"}],
}


class EditsBody(Body):
    """Edits in the order in which they are made, each as an edit's file has it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"edits": [EXAMPLE_EDIT]}]})

    edits: list[dict[str, Any]] = Field(description="each with a name and lists of settings, cells, added and removed")


class VariantBody(EditsBody):
    """A new variant: its name and its edits."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "With a relief", "edits": [EXAMPLE_EDIT]}]})

    name: Words


class ConflictOut(Answer):
    """A change that does not fit the base any more and was not made."""

    edit: str
    reason: str = Field(examples=["cell changed"])
    place: str = Field(examples=["crews L1, R1"])
    sentence: str


class VariantOut(SavedOut):
    """A variant: a scenario that is kept as a base and edits."""

    base: Identity
    base_revision: int = Field(description="revision of the base that the newest revision here was made of")
    edits: list[ScenarioEdit]
    conflicts: list[ConflictOut]
    settled: list[str] = Field(description="sentences about changes that the base has already")

    @classmethod
    def of_kept(cls, kept: Kept) -> VariantOut:
        """Return a stored variant as an answer."""
        row = kept.variant
        more = {"base": row.base_id, "base_revision": row.base_revision, "edits": row.edits}
        told = {"conflicts": row.conflicts, "settled": row.settled}
        return cls.model_validate({**SavedOut.of_saved(kept.saved).model_dump(), **more, **told})


class TriedOut(Answer):
    """What would come of edits."""

    conflicts: list[ConflictOut]
    settled: list[str]
    mistakes: list[MistakeOut]
    warnings: list[str]
    changed_tables: list[str] = Field(description="tables that would differ from the base's")
    changed_settings: list[str]


def _answer(kept: Kept, response: Response) -> VariantOut:
    response.headers["ETag"] = entity_tag(kept.saved.revision.number)
    return VariantOut.of_kept(kept)


@router.post("/{scenario}/variants", status_code=201, responses=problems(404, 409))
def create_variant(
    scenario: uuid.UUID, body: VariantBody, session: InSession, actor: Admitted, response: Response
) -> VariantOut:
    """Make a variant of a scenario; it gets a new revision whenever the scenario does."""
    edits = edits_from(body.edits)
    kept = Variants(session, actor.region, actor.label).create(scenario, body.name, edits)
    response.headers["Location"] = f"/api/v1/scenarios/{kept.saved.scenario.id}"
    return _answer(kept, response)


@router.get("/{scenario}/variants", responses=problems(404))
def list_variants(scenario: uuid.UUID, session: InSession, actor: Admitted) -> list[VariantOut]:
    """List the variants of a scenario by name."""
    return [VariantOut.of_kept(kept) for kept in Variants(session, actor.region).of_base(scenario)]


@router.post("/{scenario}/variants/check", responses=problems(404))
def check_variant(scenario: uuid.UUID, body: EditsBody, session: InSession, actor: Admitted) -> TriedOut:
    """Look what would come of edits on the newest revision; nothing is stored."""
    edits = edits_from(body.edits)
    base = Scenarios(session, actor.region).get(scenario).raw
    made = Variants(session, actor.region).tried(scenario, edits)
    judgement, changes = judge(made.raw), changes_between(base, made.raw)
    return TriedOut(
        conflicts=[ConflictOut.model_validate(conflict) for conflict in made.conflicts],
        settled=list(made.settled),
        mistakes=[MistakeOut.of(mistake) for mistake in judgement.mistakes],
        warnings=list(judgement.warnings),
        changed_tables=[change.table for change in changes.tables],
        changed_settings=[change.key for change in changes.settings],
    )


@router.get("/{variant}/edits", responses=problems(404))
def read_variant(variant: uuid.UUID, session: InSession, actor: Admitted, response: Response) -> VariantOut:
    """Read the base and the edits of a variant, with what does not fit any more."""
    return _answer(Variants(session, actor.region).get(variant), response)


@router.put("/{variant}/edits", responses=problems(404, 409, 412, 428))
def replace_edits(
    variant: uuid.UUID,
    body: EditsBody,
    session: InSession,
    actor: Admitted,
    response: Response,
    if_match: IfMatch = None,
) -> VariantOut:
    """Give a variant other edits; a new revision of it, made of the base's newest."""
    edits = edits_from(body.edits)
    kept = Variants(session, actor.region, actor.label).replace(variant, edits, expected_version(if_match))
    return _answer(kept, response)


@router.delete("/{variant}/edits", responses=problems(404, 412, 428))
def detach_variant(
    variant: uuid.UUID, session: InSession, actor: Admitted, response: Response, if_match: IfMatch = None
) -> SavedOut:
    """Let a variant be a scenario of its own, as it stands; it does not follow its base any more."""
    saved = Variants(session, actor.region, actor.label).detach(variant, expected_version(if_match))
    response.headers["ETag"] = entity_tag(saved.revision.number)
    return SavedOut.of_saved(saved)
