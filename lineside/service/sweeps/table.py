"""How the points of a sweep stand, and the table that it ends with."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, cast, func, null, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from lineside.service.runs.records import ACTIVE, gap_of
from lineside.service.sheet import Cell
from lineside.service.storage.models import Run, StoredPlan, Sweep, SweepPoint


@dataclass(frozen=True)
class PointStand:
    """How a point of a sweep stands; what only a plan has is None without one.

    Parameters
    ----------
    number
        From 1, in the order of the grid.
    base
        Name of the scenario that the grid named.
    choices
        Names of the choices, one of each axis.
    scenario, revision, run, plan
        What is solved, the newest run, and its plan.
    status, stage, outcome, reason
        As the run has them.
    objective, bound, gap
        Line-minutes, and a share of the objective.
    seconds
        Time of search.
    line_time_lost, cohorts, unseated, unseated_hours
        Line-minutes; cohorts; needed modules without a seat; their hours.
    """

    number: int
    base: str
    choices: tuple[str, ...]
    scenario: uuid.UUID
    revision: int
    run: uuid.UUID
    plan: uuid.UUID | None
    status: str
    stage: str
    outcome: str | None
    objective: float | None
    bound: float | None
    gap: float | None
    seconds: float
    line_time_lost: float | None
    cohorts: int | None
    unseated: int | None
    unseated_hours: float | None
    reason: str

    @property
    def is_over(self) -> bool:
        """Whether its run neither waits nor runs."""
        return self.status not in ACTIVE


@dataclass(frozen=True)
class Counts:
    """Points of a sweep that wait, run, and ended; and those of the ended ones that are solved."""

    waiting: int
    running: int
    ended: int
    solved: int

    @classmethod
    def of(cls, statuses: Sequence[str]) -> Counts:
        """Count the states of runs.

        >>> Counts.of(["queued", "running", "finished", "failed"])
        Counts(waiting=1, running=1, ended=2, solved=1)
        """
        waiting, running = statuses.count("queued"), statuses.count("running")
        return cls(waiting, running, len(statuses) - waiting - running, statuses.count("finished"))


def counts_of(session: Session, sweep: Sweep) -> Counts:
    """Return how many points of a sweep wait, run and ended."""
    query = select(Run.status).join(SweepPoint, SweepPoint.run_id == Run.id).where(SweepPoint.sweep_id == sweep.id)
    return Counts.of(session.scalars(query).all())


def stands_of(session: Session, sweep: Sweep, *, with_figures: bool = True) -> list[PointStand]:
    """Return how the points of a sweep stand, in the order of the grid.

    Parameters
    ----------
    session, sweep
        A transaction, and what is looked at.
    with_figures
        Whether every plan is read for what it has; None stands there otherwise.
    """
    plan = cast(StoredPlan.text, JSONB)
    figures: tuple[ColumnElement[Any], ...] = (
        plan["measures"]["line_time_lost"].as_float(),
        func.jsonb_array_length(plan["cohorts"]),
        func.jsonb_array_length(plan["unseated"]),
        plan["measures"]["unseated_hours"].as_float(),
    )
    query = (
        select(SweepPoint, Run, StoredPlan.id, *(figures if with_figures else [null()] * len(figures)))
        .join(Run, Run.id == SweepPoint.run_id)
        .outerjoin(StoredPlan, StoredPlan.run_id == Run.id)
        .where(SweepPoint.sweep_id == sweep.id)
        .order_by(SweepPoint.number)
    )
    return [_stand(point, run, found, *figures) for point, run, found, *figures in session.execute(query)]


def _stand(
    point: SweepPoint,
    run: Run,
    plan: uuid.UUID | None,
    lost: float | None,
    cohorts: int | None,
    unseated: int | None,
    hours: float | None,
) -> PointStand:
    return PointStand(
        number=point.number,
        base=point.base,
        choices=tuple(point.choices),
        scenario=point.scenario_id,
        revision=run.revision,
        run=run.id,
        plan=plan,
        status=run.status,
        stage=run.stage,
        outcome=run.outcome,
        objective=run.objective,
        bound=run.bound,
        gap=gap_of(run.objective, run.bound),
        seconds=run.solved_seconds,
        line_time_lost=lost,
        cohorts=cohorts,
        unseated=unseated,
        unseated_hours=hours,
        reason=run.reason,
    )


def num_workers(session: Session, silent_seconds: float) -> int:
    """Return how many workers the queue has heard of within some seconds."""
    heard = "last_heartbeat > now() - make_interval(secs => :silent)"
    query = text(f"SELECT count(*) FROM procrastinate_workers WHERE {heard}")
    return int(session.scalars(query, {"silent": silent_seconds}).one())


FIGURES = ("objective", "bound", "gap", "line_time_lost", "cohorts", "unseated", "unseated_hours", "seconds")
"""Columns of numbers."""
LAST = ("reason", "scenario", "revision", "run", "plan")


def columns_of(sweep: Sweep) -> tuple[str, ...]:
    """Return the columns of a sweep's table; those of its axes begin with a word that no other does."""
    axes = (f"axis {axis['name']}" for axis in sweep.axes)
    return ("number", "base", *axes, "status", "outcome", *FIGURES, *LAST)


def cells_of(stand: PointStand) -> tuple[Cell, ...]:
    """Return a row of a sweep's table: amounts to a thousandth, the gap to a millionth."""
    values = asdict(stand)
    figures = [_rounded(name, values[name]) for name in FIGURES]
    last = [value if isinstance(value, str | int | None) else str(value) for value in map(values.get, LAST)]
    return (stand.number, stand.base, *stand.choices, stand.status, stand.outcome, *figures, *last)


def _rounded(name: str, value: float | int | None) -> Cell:
    if not isinstance(value, float):
        return value
    return round(value, 6) if name == "gap" else Decimal(f"{value:.3f}")


def table_json(sweep: Sweep, stands: Sequence[PointStand]) -> dict[str, Any]:
    """Return a sweep's table as plain data of JSON."""
    points = []
    for stand in stands:
        values = {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in asdict(stand).items()}
        choices = {axis["name"]: choice for axis, choice in zip(sweep.axes, stand.choices, strict=True)}
        points.append({**values, "choices": choices})
    return {"sweep": sweep.name, "points": points}
