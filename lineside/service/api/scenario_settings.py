"""Routes of a scenario's settings alone; the tables stay as they are."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from lineside.service.api.context import Admitted, InSession, entity_tag, expected_version
from lineside.service.api.parts import Answer, Body, Identity, problems
from lineside.service.api.scenario_models import EXAMPLE_SETTINGS, SavedOut, Setting
from lineside.service.api.scenarios import Draft, IfMatch, Number
from lineside.service.storage.scenarios import Scenarios

router = APIRouter(prefix="/scenarios", tags=["scenarios"])


class SettingsBody(Body):
    """All settings of a scenario, as in ``scenario.toml``."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"settings": EXAMPLE_SETTINGS}]})

    settings: dict[str, Setting]


class SettingsOut(Answer):
    """The settings of a revision."""

    scenario: Identity
    name: str
    revision: int
    mistakes: int = Field(description="how many mistakes the revision has, in settings and tables")
    settings: dict[str, Any] = Field(examples=[EXAMPLE_SETTINGS])


@router.get("/{scenario}/settings", responses=problems(404))
def read_settings(
    scenario: uuid.UUID, session: InSession, actor: Admitted, response: Response, revision: Number = None
) -> SettingsOut:
    """Read the settings of a revision; the ETag is the revision's."""
    saved = Scenarios(session, actor.region).get(scenario, revision)
    response.headers["ETag"] = entity_tag(saved.revision.number)
    return SettingsOut(
        scenario=saved.scenario.id,
        name=saved.scenario.name,
        revision=saved.revision.number,
        mistakes=len(saved.revision.mistakes),
        settings=saved.revision.settings,
    )


@router.put("/{scenario}/settings", responses=problems(404, 412, 428))
def replace_settings(
    scenario: uuid.UUID,
    body: SettingsBody,
    session: InSession,
    actor: Admitted,
    response: Response,
    if_match: IfMatch = None,
    draft: Draft = False,
) -> SavedOut:
    """Replace the settings; a new revision. Keys that are left out get their default."""
    scenarios = Scenarios(session, actor.region, actor.label)
    saved = scenarios.locked(scenario, expected_version(if_match))
    settings = {key: value for key, value in body.settings.items() if value is not None}
    raw = dataclasses.replace(saved.raw, settings=settings)
    kept = scenarios.save(saved, raw, "settings replaced", is_draft=draft)
    response.headers["ETag"] = entity_tag(kept.revision.number)
    return SavedOut.of_saved(kept)
