"""What a run tells: its progress, and the events that a client can follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lineside.service.storage.models import Run, RunEvent

ACTIVE = ("queued", "running")
"""States of a run that is not over."""
STATUSES = (*ACTIVE, "finished", "stopped", "failed")
"""All states of a run."""


@dataclass(frozen=True)
class Told:
    """Progress as a child process tells it; objective and bound in line-minutes."""

    stage: str
    objective: float | None
    bound: float | None
    seconds: float


@dataclass(frozen=True)
class Found:
    """What a solve came to.

    Parameters
    ----------
    plan
        JSON text of the plan, or None if there is none.
    outcome
        Status of the plan: optimal, feasible, infeasible or unknown; None for what looks for no plan.
    objective, bound
        In line-minutes.
    seconds
        Time it took.
    unmeetable_needs
        Needs that no single candidate cohort could meet; None if nobody counted them.
    explanation
        In words why there is no plan, or nothing.
    violations
        Violations and faults of the plan: none, unless it is a baseline that asks nobody.
    answer
        What was found out beside a plan, as JSON: advice; what came of a strict order; the points of a frontier, each
        with the JSON text of its plan.
    """

    plan: str | None
    outcome: str | None
    objective: float | None
    bound: float | None
    seconds: float
    unmeetable_needs: int | None
    explanation: str
    violations: int = 0
    answer: dict[str, Any] | None = None


def note_event(session: Session, run: Run) -> None:
    """Add the run's present state to its events."""
    session.add(
        RunEvent(
            run_id=run.id,
            status=run.status,
            attempt=run.attempt,
            stage=run.stage,
            objective=run.objective,
            bound=run.bound,
            solved_seconds=run.solved_seconds,
        )
    )


def take_over(run: Run, told: Told) -> None:
    """Write progress into the run."""
    run.stage, run.objective, run.bound = told.stage, told.objective, told.bound
    run.solved_seconds = told.seconds


def gap_of(objective: float | None, bound: float | None) -> float | None:
    """Return objective less bound as a share of the objective; None if either is unknown."""
    if objective is None or bound is None:
        return None
    return (objective - bound) / objective if objective else 0.0
