"""Routes of changes by hand: tried before they are saved, and kept as a plan of their own."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from lineside.models.raw import RawScenario, RawTable
from lineside.models.tables import TABLES, Pin
from lineside.scenarios.plan_changes import PersonChange, plan_changes
from lineside.scenarios.plan_edits import EditError
from lineside.scenarios.plan_trials import Desk, Trial
from lineside.service.api.context import Admitted, InSession, entity_tag, expected_version
from lineside.service.api.parts import Owner, problems
from lineside.service.api.plan_desks import desk_of
from lineside.service.api.plan_models import PlanOut
from lineside.service.api.plan_trial_models import (
    ChangesOut,
    KeepEditedBody,
    PersonChangeOut,
    TrialOut,
    TryBody,
    by_company,
)
from lineside.service.api.scenarios import IfMatch
from lineside.service.problems import ChangedProblem, MistakesProblem
from lineside.service.storage.plans import Plans
from lineside.service.storage.scenarios import Saved, Scenarios
from lineside.service.storage.texts import raw_table

router = APIRouter(prefix="/plans/{plan}", tags=["plans"])

PIN_COLUMNS = ("apprentice", "module", "cohort")


def _tried(desk: Desk, body: TryBody) -> Trial:
    try:
        return desk.tried(body.edits)
    except EditError as error:
        raise MistakesProblem(str(error)) from None


def _has_pins(desk: Desk, trial: Trial) -> bool:
    return set(trial.pins) != set(desk.scenario.pins)


@router.post("/try", responses=problems(404, 409))
def try_edits(plan: uuid.UUID, body: TryBody, request: Request, session: InSession, actor: Admitted) -> TrialOut:
    """Tell what changes by hand break and cost; nothing is stored."""
    desk = desk_of(Plans(session, actor.region).get(plan), body.revision, request, session, actor)
    trial = _tried(desk, body)
    return TrialOut.of(trial, has_pins=_has_pins(desk, trial))


@router.post("/edited", status_code=201, responses=problems(404, 409, 412, 428))
def keep_edited_plan(
    plan: uuid.UUID,
    body: KeepEditedBody,
    request: Request,
    session: InSession,
    actor: Admitted,
    response: Response,
    if_match: IfMatch = None,
) -> PlanOut:
    """Keep an edited plan as a plan of its own, also one that breaks rules.

    Changed pins are saved as a new revision of the scenario, which the plan then belongs to. ``If-Match`` names the
    revision that the changes were tried against, which must be the newest then; without pins it is not asked for.
    """
    plans, scenarios = Plans(session, actor.region), Scenarios(session, actor.region)
    shelved = plans.get(plan)
    desk = desk_of(shelved, body.revision, request, session, actor)
    trial = _tried(desk, body)
    number = shelved.plan.revision if body.revision is None else body.revision
    saved = scenarios.get(shelved.plan.scenario_id, number)
    if _has_pins(desk, trial):
        saved = _with_pins(scenarios, saved, trial.pins, expected_version(if_match), f"pins of the plan {body.name}")
    found = len(trial.after.violations) + len(trial.after.faults)
    kept = plans.keep(saved, body.name, trial.plan, found)
    if saved.revision.number == shelved.plan.revision:
        kept.plan.unmeetable_needs = shelved.plan.unmeetable_needs  # the tables alone decide it
    response.headers["Location"] = f"/api/v1/plans/{kept.plan.id}"
    response.headers["ETag"] = entity_tag(kept.plan.version)
    return PlanOut.of(kept)


def _with_pins(scenarios: Scenarios, tried: Saved, pins: Sequence[Pin], expected: int | None, note: str) -> Saved:
    newest = scenarios.locked(tried.scenario.id, expected)
    if newest.revision.number != tried.revision.number:
        raise ChangedProblem(
            f"Pins are saved in the newest tables, revision {newest.revision.number}, but the changes were tried "
            f"against revision {tried.revision.number}. Try them against the newest one, then keep them."
        )
    return scenarios.save(newest, _raw_with(newest.raw, pins), note[:200])


def _raw_with(raw: RawScenario, pins: Sequence[Pin]) -> RawScenario:
    rows = [[getattr(pin, column) for column in PIN_COLUMNS] for pin in pins]
    tables: dict[str, RawTable] = {**raw.tables, "pins": raw_table(list(PIN_COLUMNS), rows)}
    kept = {name: tables[name] for name in TABLES if name in tables and (name != "pins" or rows)}
    return dataclasses.replace(raw, tables=kept)


@router.get("/changes", responses=problems(404, 409))
def read_changes(
    plan: uuid.UUID,
    request: Request,
    session: InSession,
    actor: Admitted,
    person: Annotated[Owner | None, Query(description="only this apprentice or instructor, with each meeting")] = None,
) -> ChangesOut:
    """Tell what changes for whom if a plan comes into force after the one that is."""
    plans = Plans(session, actor.region)
    desk = desk_of(plans.get(plan), None, request, session, actor)
    published = plans.publications()
    now = plans.get(published[0][1].id) if published else None
    before = desk_of(now, None, request, session, actor) if now else None
    changes = _changes(before, desk)
    return ChangesOut(
        against=now.plan.id if now else None,
        against_name=now.plan.name if now else None,
        first_day=desk.scenario.settings.first_day,
        companies=by_company(changes),
        people=[
            PersonChangeOut.of(row, has_meetings=person is not None) for row in changes if person in (None, row.id)
        ],
    )


def _changes(before: Desk | None, after: Desk) -> tuple[PersonChange, ...]:
    if before is after:
        return ()
    old, earlier = (before.plan, before.scenario) if before else (None, None)
    return plan_changes(after.scenario, old, after.plan, earlier=earlier, days=after.days)
