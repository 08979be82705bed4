"""Runs as the interface sees them: start, look, follow, stop."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lineside.service.problems import ConflictProblem, NotFoundProblem
from lineside.service.runs.queue import enqueue
from lineside.service.runs.records import ACTIVE, note_event
from lineside.service.storage.made import is_listed
from lineside.service.storage.models import Run, RunEvent, StoredPlan
from lineside.service.storage.scenarios import Saved

Method = Literal["search", "first_come", "day_class", "in_order", "frontier", "replan", "advise"]
"""How a run comes to its plan, or what it does about one."""


@dataclass(frozen=True)
class Order:
    """What a run is asked for.

    Parameters
    ----------
    seconds, workers, seed
        Time of search, threads, seed.
    method
        ``search`` for the best plan; ``first_come`` or ``day_class`` for a baseline to set it beside; ``in_order`` for
        the best by several measures in strict order; ``frontier`` for plans that trade one measure for another;
        ``replan`` for one that follows the plan in force; ``advise`` for what would be worth asking for.
    about
        The plan that advice is asked about.
    margin
        People to spare in each new cohort, for a search.
    ask
        What else was asked: ``limits`` on measures; ``goals`` in order as text; ``against``, ``minimise``, ``points``
        and ``keep`` of a frontier; what a plan anew is asked for.
    priority
        Of those that wait, runs with a higher one go first.
    """

    seconds: float
    workers: int
    seed: int
    method: Method = "search"
    about: uuid.UUID | None = None
    margin: int = 0
    ask: dict[str, Any] = field(default_factory=dict)
    priority: int = 0


class Desk:
    """The runs of one region.

    Parameters
    ----------
    session
        An open transaction.
    region
        Id of the region; nothing of other regions is ever seen.
    """

    def __init__(self, session: Session, region: uuid.UUID) -> None:
        self._session = session
        self._region = region

    def start(self, saved: Saved, order: Order) -> Run:
        """Queue a run of a revision that has no mistakes; run and queue entry are one transaction."""
        run = Run(
            id=uuid.uuid4(),
            region_id=self._region,
            scenario_id=saved.scenario.id,
            revision=saved.revision.number,
            seconds=order.seconds,
            workers=order.workers,
            seed=order.seed,
            method=order.method,
            about=order.about,
            margin=order.margin,
            priority=order.priority,
            ask=order.ask or None,
        )
        self._session.add(run)
        self._session.flush()
        run.queue_id = enqueue(self._session, run)
        note_event(self._session, run)
        self._session.flush()
        self._session.refresh(run)
        return run

    def get(self, run: uuid.UUID) -> Run:
        """Return a run.

        Raises
        ------
        NotFoundProblem
            If this region has no such run.
        """
        return self._get(run, lock=False)

    def find(self, run: uuid.UUID) -> Run | None:
        """Return a run, or None if this region has no such run (any more)."""
        return self._session.scalars(select(Run).where(Run.id == run, Run.region_id == self._region)).one_or_none()

    def _get(self, run: uuid.UUID, *, lock: bool) -> Run:
        query = select(Run).where(Run.id == run, Run.region_id == self._region)
        found = self._session.scalars(query.with_for_update() if lock else query).one_or_none()
        if found is None:
            raise NotFoundProblem(f"There is no run {run}. List the runs and choose one.")
        return found

    def listed(self, scenario: uuid.UUID | None, status: str | None, limit: int, offset: int) -> Sequence[Run]:
        """Return runs, the newest first, of one scenario or status if asked; of all scenarios, as lists have them."""
        query = select(Run).where(Run.region_id == self._region).order_by(Run.created_at.desc(), Run.id)
        query = query.where(is_listed(Run.scenario_id) if scenario is None else Run.scenario_id == scenario)
        if status is not None:
            query = query.where(Run.status == status)
        return self._session.scalars(query.limit(limit).offset(offset)).all()

    def plan_of(self, run: uuid.UUID) -> uuid.UUID | None:
        """Return the id of the plan that a run found, if it found one."""
        return self._session.scalars(select(StoredPlan.id).where(StoredPlan.run_id == run)).one_or_none()

    def newest_about(self, plan: uuid.UUID, method: Method) -> Run | None:
        """Return the newest run of a method about a plan, or None."""
        query = select(Run).where(Run.region_id == self._region, Run.about == plan, Run.method == method)
        return self._session.scalars(query.order_by(Run.created_at.desc(), Run.id).limit(1)).one_or_none()

    def events(self, run: uuid.UUID, after: int) -> Sequence[RunEvent]:
        """Return the run's events after one of them, in order."""
        query = select(RunEvent).where(RunEvent.run_id == run, RunEvent.id > after).order_by(RunEvent.id)
        return self._session.scalars(query).all()

    def stop(self, run: uuid.UUID) -> Run:
        """Ask a run to stop with its best plan; one that waits and has none yet is stopped at once.

        Raises
        ------
        NotFoundProblem
            If this region has no such run.
        ConflictProblem
            If the run is over.
        """
        found = self._get(run, lock=True)
        if found.status == "queued" and found.incumbent is None:
            found.status, found.stage, found.finished_at = "stopped", "stopped before it began", func.now()
            found.stop_requested = True
            note_event(self._session, found)
        elif found.status in ACTIVE:
            found.stop_requested = True
        else:
            raise ConflictProblem(f"The run is {found.status} already. Look at its plan, or start another run.")
        self._session.flush()
        self._session.refresh(found)
        return found
