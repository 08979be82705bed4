"""Routes of editing: look for mistakes in changed texts without saving them, and save all changes as one revision."""

from __future__ import annotations

import dataclasses
import uuid

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from lineside.models.raw import RawScenario
from lineside.models.tables import TABLES
from lineside.service.api.context import Admitted, InSession, entity_tag, expected_version
from lineside.service.api.parts import Answer, Body, MistakeOut, problems
from lineside.service.api.scenario_models import (
    EXAMPLE_SETTINGS,
    EXAMPLE_TABLE,
    SavedOut,
    Setting,
    TableBody,
    known_table,
)
from lineside.service.api.scenarios import Draft, IfMatch, Number
from lineside.service.storage.scenarios import Scenarios
from lineside.service.storage.texts import judge, refuse_odd_texts, settings_json

router = APIRouter(prefix="/scenarios", tags=["scenarios"])


class EditBody(Body):
    """What changes in a revision: whole tables and all settings; what is left out stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"settings": EXAMPLE_SETTINGS, "tables": {"crews": EXAMPLE_TABLE}}]}
    )

    settings: dict[str, Setting] | None = None
    tables: dict[str, TableBody | None] = Field({}, description="a table that is null is taken out")

    def on(self, raw: RawScenario) -> RawScenario:
        """Return texts with the changes made.

        Raises
        ------
        NotFoundProblem
            If a scenario has no such table.
        MistakesProblem
            If a text cannot be stored.
        """
        tables = dict(raw.tables)
        for name, body in self.tables.items():
            tables.pop(known_table(name), None)
            if body is not None:
                tables[name] = body.raw(name)
        settings = raw.settings if self.settings is None else settings_json(self.settings)
        ordered = {name: tables[name] for name in TABLES if name in tables}
        changed = dataclasses.replace(raw, settings=settings, tables=ordered)
        refuse_odd_texts(changed)
        return changed

    @property
    def note(self) -> str:
        """What was changed, in words."""
        names = [name for name in TABLES if name in self.tables]
        parts = [f"table{'s' if len(names) > 1 else ''} {', '.join(names)}"] if names else []
        return " and ".join([*parts, *(["settings"] if self.settings is not None else [])]) + " edited"


class CheckedOut(Answer):
    """What ``lineside validate`` says about texts that were not saved."""

    mistakes: list[MistakeOut]
    warnings: list[str]


@router.post("/{scenario}/check", responses=problems(404))
def check_edit(
    scenario: uuid.UUID, body: EditBody, session: InSession, actor: Admitted, revision: Number = None
) -> CheckedOut:
    """Look for mistakes in a revision with changes; nothing is stored."""
    saved = Scenarios(session, actor.region).get(scenario, revision)
    judgement = judge(body.on(saved.raw))
    return CheckedOut(mistakes=[MistakeOut.of(row) for row in judgement.mistakes], warnings=list(judgement.warnings))


@router.post("/{scenario}/revisions", responses=problems(404, 412, 428))
def save_edit(
    scenario: uuid.UUID,
    body: EditBody,
    session: InSession,
    actor: Admitted,
    response: Response,
    if_match: IfMatch = None,
    draft: Draft = False,
) -> SavedOut:
    """Save changes of several tables and of the settings as one revision."""
    scenarios = Scenarios(session, actor.region, actor.label)
    saved = scenarios.locked(scenario, expected_version(if_match))
    kept = scenarios.save(saved, body.on(saved.raw), body.note, is_draft=draft)
    response.headers["ETag"] = entity_tag(kept.revision.number)
    return SavedOut.of_saved(kept)
