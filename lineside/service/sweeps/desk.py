"""The sweeps of a region: start, list, look, stop, resume, delete."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lineside.scenarios.edits import edit_json
from lineside.scenarios.grids import Grid
from lineside.service.problems import ConflictProblem, NotFoundProblem
from lineside.service.runs.desk import Desk, Order
from lineside.service.runs.records import ACTIVE
from lineside.service.storage.models import Publication, Run, StoredPlan, Sweep, SweepPoint
from lineside.service.storage.scenarios import Scenarios
from lineside.service.storage.texts import refuse_odd_data
from lineside.service.sweeps.making import made_points

PRIORITY = -10
"""Runs of sweeps let others go first: somebody may wait for a single one."""
UNSOLVED = ("stopped", "failed")
"""States of runs whose points are solved again when a sweep is resumed."""


class Sweeps:
    """The sweeps of one region.

    Parameters
    ----------
    session
        An open transaction.
    region
        Id of the region; nothing of other regions is ever seen.
    author
        Who starts them, in words.
    """

    def __init__(self, session: Session, region: uuid.UUID, author: str = "") -> None:
        self._session = session
        self._region = region
        self._scenarios = Scenarios(session, region, author)
        self._desk = Desk(session, region)

    def start(self, grid: Grid, limits: tuple[float, int]) -> Sweep:
        """Store a scenario for each point of a grid and queue a run of it; all of that or nothing.

        Parameters
        ----------
        grid
            What is asked for.
        limits
            Most seconds and threads that a run may ask for.

        Raises
        ------
        ConflictProblem
            If the region has a sweep of that name.
        MistakesProblem
            With every mistake of the grid; nothing may be kept of the transaction then.
        """
        sweep = Sweep(id=uuid.uuid4(), region_id=self._region, name=grid.name, axes=_axes(grid), edits=_edits(grid))
        sweep.seconds, sweep.workers, sweep.seed, sweep.margin = grid.seconds, grid.workers, grid.seed, grid.margin
        refuse_odd_data("grid", [sweep.name, sweep.axes, sweep.edits, *grid.scenarios])
        self._session.add(sweep)
        try:
            self._session.flush()  # first of all, so that two that start at once are told apart
        except IntegrityError:
            raise ConflictProblem(
                f"There is a sweep {grid.name!r} already. Resume it, delete it, or give this one another name."
            ) from None
        points = made_points(self._scenarios, grid, limits)
        for number, made in enumerate(points, start=1):
            run = self._desk.start(made.saved, _order(sweep))
            point = SweepPoint(sweep_id=sweep.id, number=number, base=made.base.scenario.name, run_id=run.id)
            point.scenario_id, point.is_made = made.saved.scenario.id, made.is_made
            point.choices = [choice.name for choice in made.combination]
            self._session.add(point)
        self._session.flush()
        self._session.refresh(sweep)
        return sweep

    def listed(self, limit: int, offset: int) -> Sequence[Sweep]:
        """Return sweeps, the newest first."""
        query = select(Sweep).where(Sweep.region_id == self._region).order_by(Sweep.created_at.desc(), Sweep.id)
        return self._session.scalars(query.limit(limit).offset(offset)).all()

    def get(self, sweep: uuid.UUID) -> Sweep:
        """Return a sweep.

        Raises
        ------
        NotFoundProblem
            If this region has no such sweep.
        """
        return self._one(str(sweep), Sweep.id == sweep)

    def named(self, name: str) -> Sweep:
        """Return a sweep by its name.

        Raises
        ------
        NotFoundProblem
            If this region has no such sweep.
        """
        return self._one(name, Sweep.name == name)

    def _one(self, text: str, condition: Any) -> Sweep:
        found = self._session.scalars(select(Sweep).where(Sweep.region_id == self._region, condition)).one_or_none()
        if found is None:
            raise NotFoundProblem(f"There is no sweep {text}. List the sweeps and choose one.")
        return found

    def stop(self, sweep: Sweep) -> int:
        """Take what waits out of the queue and let what runs end with its best plan; return how many those are.

        Raises
        ------
        ConflictProblem
            If nothing waits or runs.
        """
        self._lock(sweep)
        active = [run for run in self._runs(sweep, *ACTIVE) if not run.stop_requested]
        if not active:
            raise ConflictProblem(f"No point of {sweep.name!r} waits or runs. Look at its table, or resume it.")
        for run in active:
            self._desk.stop(run.id)
        return len(active)

    def resume(self, sweep: Sweep) -> int:
        """Queue the points anew that are not solved, each from its best plan so far; return how many those are.

        Raises
        ------
        ConflictProblem
            If points are still stopping, or all are solved or under way.
        """
        self._lock(sweep)
        ending = [run for run in self._runs(sweep, *ACTIVE) if run.stop_requested]
        if ending:
            raise ConflictProblem(f"{len(ending)} points of {sweep.name!r} are still stopping. Try again in a moment.")
        unsolved = {run.id: run for run in self._runs(sweep, *UNSOLVED)}
        if not unsolved:
            raise ConflictProblem(f"No point of {sweep.name!r} is stopped or failed. Look at its table.")
        query = select(SweepPoint).where(SweepPoint.sweep_id == sweep.id, SweepPoint.run_id.in_(unsolved))
        for point in self._session.scalars(query.order_by(SweepPoint.number)).all():
            before = unsolved[point.run_id]
            fresh = self._desk.start(self._scenarios.get(before.scenario_id, before.revision), _order(sweep))
            plan = self._session.scalars(select(StoredPlan.text).where(StoredPlan.run_id == before.id)).one_or_none()
            fresh.incumbent = plan or before.incumbent
            point.run_id = fresh.id
        self._session.flush()
        return len(unsolved)

    def delete(self, sweep: Sweep) -> None:
        """Delete a sweep, with the scenarios that were made for it and their runs and plans.

        Scenarios whose plan was published stay, as ordinary ones.

        Raises
        ------
        ConflictProblem
            If a point waits or runs.
        """
        self._lock(sweep)
        active = self._runs(sweep, *ACTIVE)
        if active:
            raise ConflictProblem(f"{len(active)} points of {sweep.name!r} wait or run. Stop it first, then delete it.")
        made = select(SweepPoint.scenario_id).where(SweepPoint.sweep_id == sweep.id, SweepPoint.is_made)
        published = select(StoredPlan.scenario_id).join(Publication, Publication.plan_id == StoredPlan.id)
        gone = self._session.scalars(made.where(SweepPoint.scenario_id.not_in(published))).all()
        for scenario in gone:
            self._scenarios.delete(self._scenarios.get(scenario))
        self._session.execute(delete(Sweep).where(Sweep.id == sweep.id))

    def _lock(self, sweep: Sweep) -> None:
        self._session.scalars(select(Sweep.id).where(Sweep.id == sweep.id).with_for_update()).one_or_none()

    def _runs(self, sweep: Sweep, *statuses: str) -> Sequence[Run]:
        """Return the newest runs of points in some states, locked, so that they stay in them."""
        query = select(Run).join(SweepPoint, SweepPoint.run_id == Run.id).where(SweepPoint.sweep_id == sweep.id)
        query = query.where(Run.status.in_(statuses)).order_by(Run.id).with_for_update(of=Run)
        return self._session.scalars(query).all()


def _order(sweep: Sweep) -> Order:
    return Order(sweep.seconds, sweep.workers, sweep.seed, margin=sweep.margin, priority=PRIORITY)


def _axes(grid: Grid) -> list[Any]:
    return [{"name": axis.name, "choices": [choice.name for choice in axis.choices]} for axis in grid.axes]


def _edits(grid: Grid) -> list[Any]:
    choices = (choice for axis in grid.axes for choice in axis.choices)
    return [edit_json(choice.edit) for choice in choices if choice.edit is not None]
