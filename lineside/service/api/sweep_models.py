"""Bodies and answers of sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import ConfigDict, Field

from lineside.scenarios.grids import NO_EDIT
from lineside.service.api.parts import Answer, Body, Identity, Instant, Words
from lineside.service.storage.models import Sweep
from lineside.service.sweeps.table import Counts, PointStand

EXAMPLE_AXIS: dict[str, Any] = {
    "name": "relief",
    "choices": [
        None,
        {"name": "one more", "cells": [{"table": "crews", "row": ["L1", "R1"], "column": "relief", "after": "1"}]},
    ],
}


class AxisBody(Body):
    """An axis: its name, and the edits that it may be."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_AXIS]})

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
    choices: list[dict[str, Any] | None] = Field(
        min_length=1, max_length=500, description="edits as their files have them; null: no edit"
    )


class SweepBody(Body):
    """A grid: every combination of the choices is solved on every scenario."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Relief",
                    "scenarios": ["7f8a4c1e-0b5d-4f8e-9a55-0f8f0c4f6b3d"],
                    "axes": [EXAMPLE_AXIS],
                    "seconds": 60,
                }
            ]
        }
    )

    name: Words
    scenarios: list[Identity] = Field(
        min_length=1, max_length=500, description="saved scenarios; their newest revision"
    )
    axes: list[AxisBody] = Field([], max_length=20)
    seconds: float = Field(60, ge=1, le=10**6, allow_inf_nan=False, description="time to search, for each point")
    workers: int = Field(1, ge=1, le=256, description="processes of each search")
    seed: int = Field(0, ge=0, le=2**31 - 1)
    margin: int = Field(0, ge=0, le=999, description="people to spare in each new cohort, as far as they fit")

    def plain(self) -> dict[str, Any]:
        """Return the grid as its file would have it."""
        data = self.model_dump()
        data["scenarios"] = [str(identity) for identity in self.scenarios]
        for axis in data["axes"]:
            axis["choices"] = [NO_EDIT if choice is None else choice for choice in axis["choices"]]
        return data


class AxisOut(Answer):
    """An axis and the names of its choices."""

    name: str
    choices: list[str]


class SweepOut(Answer):
    """A sweep, and how many of its points wait, run and ended."""

    id: Identity
    name: str
    axes: list[AxisOut]
    seconds: float
    workers: int
    seed: int
    margin: int
    created_at: Instant
    waiting: int
    running: int
    ended: int
    solved: int = Field(description="points that ended by themselves; the others were stopped or failed")

    @classmethod
    def of(cls, sweep: Sweep, counts: Counts) -> SweepOut:
        """Return a stored sweep as an answer."""
        return cls.model_validate(sweep_values(sweep, counts))


class PointOut(Answer):
    """A point of a sweep; objective and bound in line-minutes, gap as a share of the objective."""

    number: int
    base: str = Field(description="name of the scenario that the grid named")
    choices: list[str] = Field(description="one of each axis")
    scenario: Identity
    revision: int
    run: Identity
    plan: Identity | None
    status: Literal["queued", "running", "finished", "stopped", "failed"]
    stage: str
    outcome: Literal["optimal", "feasible", "infeasible", "unknown"] | None
    objective: float | None
    bound: float | None
    gap: float | None
    seconds: float
    line_time_lost: float | None = Field(description="line-minutes; null without a plan, like all that follow")
    cohorts: int | None
    unseated: int | None = Field(description="needed modules without a seat")
    unseated_hours: float | None
    reason: str


class WholeSweepOut(SweepOut):
    """A sweep with its points, in the order of the grid, and the edits of its choices."""

    points: list[PointOut]
    edits: list[dict[str, Any]] = Field(
        description="in the order of the choices, as their files have them; a choice without an edit has none here"
    )

    @classmethod
    def whole(cls, sweep: Sweep, stands: Sequence[PointStand]) -> WholeSweepOut:
        """Return a stored sweep with its points as an answer."""
        counts = Counts.of([stand.status for stand in stands])
        points = [PointOut.model_validate(stand) for stand in stands]
        return cls(**sweep_values(sweep, counts), points=points, edits=sweep.edits)


def sweep_values(sweep: Sweep, counts: Counts) -> dict[str, Any]:
    """Return what is told of a sweep, by name."""
    names = ("id", "name", "axes", "seconds", "workers", "seed", "margin", "created_at")
    return {**{name: getattr(sweep, name) for name in names}, **vars(counts)}
