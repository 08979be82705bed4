"""What a run may be asked for beside the least objective: limits, strict orders, frontiers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from lineside.service.api.parts import Body
from lineside.service.problems import MistakesProblem
from lineside.service.runs.desk import Method
from lineside.service.storage.models import Run
from lineside.solver import FrontierOptions, MeasureError, SolveOptions, goals_of

Most = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
OrderText = Annotated[str, Field(min_length=1, max_length=500)]
MeasureName = Annotated[str, Field(min_length=1, max_length=50, examples=["dollars"])]
MOST_POINTS = 30


class FrontierBody(Body):
    """A trade-off: plans with the least of one measure, each under a limit on another."""

    against: MeasureName = Field(description="the measure that is limited")
    minimise: MeasureName = Field("objective", description="the measure that is minimised")
    points: int = Field(5, ge=2, le=MOST_POINTS, description="points wanted, the two ends included")
    keep: list[MeasureName] = Field(
        [], max_length=10, description="measures of which no point may have more than the plan of least objective"
    )


def ask_of(
    method: Method, margin: int, limits: dict[str, float], in_order: str | None, frontier: FrontierBody | None
) -> tuple[Method, dict[str, Any]]:
    """Return the method and the rest of what a run is asked for.

    Raises
    ------
    MistakesProblem
        If a measure does not exist, or things are asked for that do not go together.
    """
    wishes = sum((in_order is not None, frontier is not None, method != "search"))
    if wishes > 1 or (method != "search" and limits):
        raise MistakesProblem(
            "A baseline, a strict order and a frontier do not go together, and a baseline knows no limits. Ask for one."
        )
    if margin and (in_order is not None or frontier is not None):
        raise MistakesProblem(
            f"A margin of {margin} goes with neither a strict order nor a frontier. Leave the margin or the other out."
        )
    ask: dict[str, Any] = {"limits": limits} if limits else {}
    try:
        SolveOptions(limits=_exact(limits), margin=margin).refuse_impossible()
        if in_order is not None:
            goals_of(in_order)
            return "in_order", {**ask, "goals": in_order}
        if frontier is not None:
            FrontierOptions(frontier.against, frontier.minimise, keep=tuple(frontier.keep)).refuse_impossible()
            return "frontier", {**ask, **frontier.model_dump()}
    except MeasureError as error:
        raise MistakesProblem(str(error)) from None
    return method, ask


def _exact(limits: dict[str, float]) -> dict[str, int]:
    """Return limits whose amounts do not matter: their names are looked at."""
    return dict.fromkeys(limits, 0)


def asked_of(run: Run) -> dict[str, Any]:
    """Return what a run was asked for, as its answer tells it."""
    ask = run.ask or {}
    frontier = {name: ask[name] for name in FrontierBody.model_fields} if run.method == "frontier" else None
    return {"limits": ask.get("limits", {}), "in_order": ask.get("goals"), "frontier": frontier}
