"""Routes of what runs told beside their plan: the points of a frontier, and the goals of a strict order."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import select

from lineside.service.api.context import Admitted, InSession
from lineside.service.api.parts import Answer, Identity, problems
from lineside.service.problems import ConflictProblem
from lineside.service.runs.desk import Desk
from lineside.service.runs.records import ACTIVE
from lineside.service.storage.models import StoredPlan
from lineside.solver import AMOUNT_WORDS

router = APIRouter(prefix="/runs", tags=["runs"])


class PointOut(Answer):
    """A plan on a frontier; none has less of one measure and no more of the other than another one here."""

    plan: Identity | None = Field(description="null if it was deleted")
    value: float = Field(description="what the plan has of the measure that is minimised")
    against: float = Field(description="what it has of the measure that is limited")
    limit: float | None = Field(description="most of that measure under which the point was found; null: no limit")
    bound: float = Field(description="proven lower bound on the value over all plans within the limit")
    gap: float = Field(description="value less bound as a share of the value")
    is_optimal: bool
    is_efficient: bool = Field(description="whether it is proven that no plan has less of one and no more of the other")


class PointsOut(Answer):
    """A frontier, the least of what is minimised first."""

    minimise: str = Field(examples=["objective"])
    minimise_words: str = Field(examples=["line-minutes in all"])
    against: str = Field(examples=["dollars"])
    against_words: str = Field(examples=["dollars"])
    points: list[PointOut]
    least_against_bound: float | None = Field(description="proven least of the measure that is limited, over all plans")
    is_least_against_optimal: bool
    is_complete: bool = Field(description="whether the search was not stopped before all was done")


class GoalOut(Answer):
    """A measure of a strict order."""

    measure: str = Field(examples=["unseated_hours"])
    words: str = Field(examples=["unseated hours"])
    share: float = Field(description="share of its least by which it may rise for those after it")
    more: float = Field(description="amount by which it may")
    value: float = Field(description="the least found under the goals before it")
    bound: float = Field(description="proven lower bound on that")
    is_optimal: bool
    final: float = Field(description="what the plan has of it in the end")


def _answered(
    run: uuid.UUID, method: str, session: InSession, actor: Admitted
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a run was asked for and what it told.

    Raises
    ------
    NotFoundProblem
        If this region has no such run.
    ConflictProblem
        If it is of another method, not over, or came to nothing.
    """
    found = Desk(session, actor.region).get(run)
    if found.method != method:
        raise ConflictProblem(f"The run is no {method.replace('_', ' ')}. Look at its plan instead.")
    if found.status in ACTIVE:
        raise ConflictProblem("The run is not over yet. Wait for it, or stop it.")
    if found.answer is None:
        raise ConflictProblem("The run came to nothing that could be told. Look at its reason and start another one.")
    return found.ask or {}, found.answer


@router.get("/{run}/points", responses=problems(404, 409))
def read_points(run: uuid.UUID, session: InSession, actor: Admitted) -> PointsOut:
    """Read the points of a frontier, each with the plan that it is."""
    ask, answer = _answered(run, "frontier", session, actor)
    wanted = [uuid.UUID(point["plan"]) for point in answer["points"]]
    there = set(session.scalars(select(StoredPlan.id).where(StoredPlan.id.in_(wanted))))
    points = [
        {**point, "plan": plan if plan in there else None} for plan, point in zip(wanted, answer["points"], strict=True)
    ]
    words = {"minimise_words": AMOUNT_WORDS[ask["minimise"]], "against_words": AMOUNT_WORDS[ask["against"]]}
    names = {"minimise": ask["minimise"], "against": ask["against"]}
    return PointsOut.model_validate({**answer, **names, **words, "points": points})


@router.get("/{run}/goals", responses=problems(404, 409))
def read_goals(run: uuid.UUID, session: InSession, actor: Admitted) -> list[GoalOut]:
    """Read what came of each measure of a strict order."""
    _, answer = _answered(run, "in_order", session, actor)
    return [GoalOut.model_validate({**goal, "words": AMOUNT_WORDS[goal["measure"]]}) for goal in answer["goals"]]
