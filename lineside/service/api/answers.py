"""Routes of what happens to a plan in force: answers, taking one, and planning anew."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections import OrderedDict

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.scenarios.disruptions import DisruptionError
from lineside.scenarios.in_force import InForceError, steps_in_force
from lineside.scenarios.pace import PaceError, pace_steps
from lineside.scenarios.table_steps import TableSteps, stepped_texts
from lineside.service.access.keys import Actor
from lineside.service.answers.answer import Answer
from lineside.service.answers.desk import AnswerDesk, PlanInForceError
from lineside.service.api.answer_models import AnswerOut, AnswersBody, AnswersOut, ReplanBody, TakeBody, key_of
from lineside.service.api.context import Admitted, InSession, entity_tag
from lineside.service.api.parts import problems
from lineside.service.api.plan_desks import judged_tables
from lineside.service.api.plan_models import PlanOut
from lineside.service.api.runs import RunOut, refuse_too_much, run_out
from lineside.service.problems import ChangedProblem, ConflictProblem, MistakesProblem
from lineside.service.runs.desk import Desk, Order
from lineside.service.runs.replanning import asked_of
from lineside.service.storage.plans import Plans, Shelved
from lineside.service.storage.scenarios import Saved, Scenarios
from lineside.solver import ChangeBudget

router = APIRouter(prefix="/plans/{plan}", tags=["what now"])

DeskKey = tuple[uuid.UUID, int, dt.date, int]
"""Plan, revision of its tables, date, and days of notice."""


class AnswerDesks:
    """Remembers the plans in force that were asked about last, prepared: that takes a second for 500 people."""

    SIZE = 2

    def __init__(self) -> None:
        self._desks: OrderedDict[DeskKey, AnswerDesk] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: DeskKey) -> AnswerDesk | None:
        """Return a desk that is remembered."""
        with self._lock:
            return self._desks.get(key)

    def keep(self, key: DeskKey, desk: AnswerDesk) -> AnswerDesk:
        """Remember a desk; if another request was quicker, its desk is returned."""
        with self._lock:
            kept = self._desks.setdefault(key, desk)
            self._desks.move_to_end(key)
            while len(self._desks) > self.SIZE:
                self._desks.popitem(last=False)
            return kept


def _desk(
    shelved: Shelved, saved: Saved, body: AnswersBody, request: Request, session: Session, actor: Actor
) -> AnswerDesk:
    at = body.at or dt.datetime.now(dt.UTC).date()
    desks: AnswerDesks = request.app.state.answer_desks
    key = (shelved.plan.id, saved.revision.number, at, body.notice_days)
    found = desks.find(key)
    if found is not None:
        return found
    scenario, _ = judged_tables(shelved, saved.revision.number, request, session, actor)
    try:
        desk = AnswerDesk(scenario, Plan.model_validate_json(shelved.plan.text), at, body.notice_days)
    except (InForceError, PlanInForceError) as error:
        raise ConflictProblem(str(error)) from None
    return desks.keep(key, desk)


def _answered(desk: AnswerDesk, body: AnswersBody) -> tuple[Answer, ...]:
    try:
        return desk.answers(body.event, body.answers, body.changes)
    except DisruptionError as error:
        raise MistakesProblem(str(error)) from None


@router.post("/answers", responses=problems(404, 409))
def answer_disruption(
    plan: uuid.UUID, body: AnswersBody, request: Request, session: InSession, actor: Admitted
) -> AnswersOut:
    """Tell what could be done about something that happened to a plan in force, the cheapest first.

    The newest tables of the plan's scenario count. Nothing is stored.
    """
    shelved = Plans(session, actor.region).get(plan)
    saved = Scenarios(session, actor.region).get(shelved.plan.scenario_id)
    desk = _desk(shelved, saved, body, request, session, actor)
    return AnswersOut(
        revision=saved.revision.number,
        frozen_until=desk.scenario.settings.frozen_until or desk.at,
        answers=[AnswerOut.of(row) for row in _answered(desk, body)],
    )


@router.post("/answers/take", status_code=201, responses=problems(404, 409, 412))
def take_answer(
    plan: uuid.UUID, body: TakeBody, request: Request, session: InSession, actor: Admitted, response: Response
) -> PlanOut:
    """Take an answer: its tables become the newest revision, and its plan is kept; publish it to put it in force."""
    plans, scenarios = Plans(session, actor.region), Scenarios(session, actor.region)
    shelved = plans.get(plan)
    saved = scenarios.locked(shelved.plan.scenario_id, body.revision)
    found = _answered(_desk(shelved, saved, body, request, session, actor), body)
    answer = next((row for row in found if key_of(row) == body.key), None)
    if answer is None:
        raise ChangedProblem("There is no such answer any more. Ask again what could be done, and choose anew.")
    if not check(answer.scenario, answer.plan).is_clean:
        raise ConflictProblem("The answer does not pass its own check. This is an error in Lineside; report it.")
    note = f"{body.event.kind}: {answer.title}"[:200]
    after = scenarios.save(saved, stepped_texts(saved.raw, answer.steps), note)
    kept = plans.keep(after, body.name, answer.plan, 0)
    response.headers["Location"] = f"/api/v1/plans/{kept.plan.id}"
    response.headers["ETag"] = entity_tag(kept.plan.version)
    return PlanOut.of(kept)


@router.post("/replan", status_code=202, responses=problems(404, 409))
def start_replan(
    plan: uuid.UUID, body: ReplanBody, request: Request, session: InSession, actor: Admitted, response: Response
) -> RunOut:
    """Start a run that plans anew from a plan in force.

    The newest tables with that plan in force, its notice, and another pace if one is asked for, become a revision
    of their own, which the run's plan belongs to.
    """
    refuse_too_much(request, body.seconds, body.workers)
    scenarios = Scenarios(session, actor.region)
    shelved = Plans(session, actor.region).get(plan)
    saved = scenarios.locked(shelved.plan.scenario_id, None)
    steps = _replan_steps(shelved, saved, body, request, session, actor)
    after = scenarios.save(saved, stepped_texts(saved.raw, steps), f"{shelved.plan.name} in force, to plan anew"[:200])
    asked = asked_of(ChangeBudget(body.total, body.per_person), body.first, tuple(row.outage() for row in body.outages))
    desk = Desk(session, actor.region)
    run = desk.start(after, Order(body.seconds, body.workers, body.seed, "replan", ask=asked))
    response.headers["Location"] = f"/api/v1/runs/{run.id}"
    return run_out(desk, run)


def _replan_steps(
    shelved: Shelved, saved: Saved, body: ReplanBody, request: Request, session: Session, actor: Actor
) -> TableSteps:
    scenario, _ = judged_tables(shelved, saved.revision.number, request, session, actor)
    for row in body.outages:
        known = scenario.room_by_id if row.kind == "room" else scenario.instructor_by_id
        if row.id not in known:
            raise MistakesProblem(f"There is no {row.kind} {row.id} in the tables. Choose one that is there.")
        if row.last < row.first:
            raise MistakesProblem(f"{row.last} is before {row.first}. Give the first date and then the last one.")
    try:
        text = Plan.model_validate_json(shelved.plan.text)
        steps = steps_in_force(scenario, text, body.at or dt.datetime.now(dt.UTC).date(), body.notice_days)
        if body.closing is not None or body.days:
            steps = steps.then(pace_steps(scenario, body.closing, body.days))
    except InForceError as error:
        raise ConflictProblem(str(error)) from None
    except (PaceError, ValidationError) as error:
        raise MistakesProblem(str(error)) from None
    return steps
