"""An attempt at a run, as a worker makes it: only the holder of the attempt's token may write.

A worker that was thought dead and wakes up again finds that its token is no longer the run's, and
nothing of what it says is stored. The clock is the database's, never a worker's.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from lineside.service.runs.desk import Method, Order
from lineside.service.runs.queue import enqueue
from lineside.service.runs.records import Found, Told, note_event, take_over
from lineside.service.storage.database import Database
from lineside.service.storage.models import Revision, Run, StoredPlan

PLAN_NAMES = {
    "search": "Run",
    "first_come": "First come, first served",
    "day_class": "Everybody to the day class",
    "in_order": "Strict order",
    "frontier": "Point 1",
    "replan": "Planned anew",
}
"""What the plan of a run is called at first, by the run's method."""


@dataclass(frozen=True)
class Attempt:
    """What a worker needs to solve a run.

    Parameters
    ----------
    run, token
        The run, and the right to write to it.
    number
        1 for the first attempt.
    texts
        Settings, tables and published plan of the revision, as stored.
    order
        What was asked for.
    incumbent
        JSON text of the best plan of an earlier attempt, or None.
    solved_seconds
        Time of search that earlier attempts told of last.
    is_stopped
        Whether somebody asked for a stop already: the incumbent is to be stored and nothing searched.
    about
        JSON text of the plan that the run is about, or None.
    """

    run: uuid.UUID
    token: uuid.UUID
    number: int
    texts: dict[str, Any]
    order: Order
    incumbent: str | None
    solved_seconds: float
    is_stopped: bool
    about: str | None = None


class Attempts:
    """Attempts at runs on one database.

    Parameters
    ----------
    database
        Where the runs are.
    max_attempts
        Attempts that may die before a run is failed.
    """

    def __init__(self, database: Database, max_attempts: int) -> None:
        self._database = database
        self._max_attempts = max_attempts

    def begin(self, run: uuid.UUID) -> Attempt | None:
        """Take a queued run with a new token; None if there is nothing to do (any more)."""
        with self._database.session() as session:
            found = session.scalars(select(Run).where(Run.id == run).with_for_update()).one_or_none()
            if found is None or found.status != "queued":
                return None
            found.token, found.status, found.stage = uuid.uuid4(), "running", "starting"
            found.attempt += 1
            found.alive_at = func.now()
            found.started_at = found.started_at or func.now()
            note_event(session, found)
            revision = session.get_one(Revision, (found.scenario_id, found.revision))
            texts = {"settings": revision.settings, "tables": revision.tables, "published": revision.published}
            method, ask = cast("Method", found.method), found.ask or {}
            order = Order(found.seconds, found.workers, found.seed, method, found.about, found.margin, ask)
            about = None if found.about is None else session.get_one(StoredPlan, found.about).text
            known = (found.incumbent, found.solved_seconds, found.stop_requested, about)
            return Attempt(found.id, found.token, found.attempt, texts, order, *known)

    def beat(self, attempt: Attempt, told: Told | None, incumbent: str | None) -> str:
        """Tell that an attempt is alive, with its newest progress and incumbent if there are new ones.

        Returns
        -------
        ``ok``; ``stop`` if somebody asked for that; ``lost`` if the run is no longer this attempt's.
        """
        with self._database.session() as session:
            run = _held(session, attempt)
            if run is None:
                return "lost"
            run.alive_at = func.now()
            if incumbent is not None:
                run.incumbent = incumbent
            if told is not None:
                take_over(run, told)
                note_event(session, run)
            return "stop" if run.stop_requested else "ok"

    def finish(self, attempt: Attempt, found: Found, *, is_cut: bool = False) -> bool:
        """Store what a solve came to, run and plan in one transaction.

        Parameters
        ----------
        attempt
            Whose solve it was.
        found
            What it came to.
        is_cut
            Whether the search was ended before it would have ended itself.

        Returns
        -------
        False if the attempt lost its run; nothing is stored then.
        """
        with self._database.session() as session:
            run = _held(session, attempt)
            if run is None:
                return False
            run.outcome, run.reason, run.answer = found.outcome, found.explanation, found.answer
            if found.plan is not None:
                plan = _plan(run, PLAN_NAMES[run.method], found.plan, found)
                plan.run_id = run.id
                session.add(plan)
                run.answer = _with_plans(session, run, plan, found)
            run.incumbent = None  # the plan has it
            status = "stopped" if run.stop_requested or is_cut else "finished"
            take_over(run, Told("done", found.objective, found.bound, found.seconds))
            _end(session, run, status)
            return True

    def fail(self, attempt: Attempt, reason: str) -> bool:
        """Store that a run cannot be solved, and why; False if the attempt lost its run."""
        with self._database.session() as session:
            run = _held(session, attempt)
            if run is None:
                return False
            run.reason = reason
            _end(session, run, "failed")
            return True

    def give_back(self, attempt: Attempt) -> None:
        """Put a run back into the queue because its worker ends in peace; the attempt does not count."""
        with self._database.session() as session:
            run = _held(session, attempt)
            if run is not None:
                run.attempt -= 1
                _requeue(session, run, "waiting for a worker, the last one was shut down")

    def died(self, attempt: Attempt, reason: str) -> None:
        """Put a run whose process died back into the queue, or fail it if that happened too often."""
        with self._database.session() as session:
            run = _held(session, attempt)
            if run is not None:
                self._again(session, run, reason)

    def sweep(self, stalled: float) -> list[uuid.UUID]:
        """Take up again what nobody works on, and return those runs.

        Parameters
        ----------
        stalled
            Seconds of silence after which an attempt counts as dead.

        Notes
        -----
        The runs themselves are looked at, not the queue's idea of its workers: a worker that was
        stopped and woken marks its old queue entry as done, and nothing may hang on that entry.
        """
        with self._database.session() as session:
            query = text(
                "SELECT r.id FROM runs r LEFT JOIN procrastinate_jobs q ON q.id = r.queue_id "
                "WHERE r.alive_at < now() - make_interval(secs => :stalled) AND (r.status = 'running' "
                "OR r.status = 'queued' AND (q.id IS NULL OR q.status <> 'todo')) FOR UPDATE OF r SKIP LOCKED"
            )
            stale = session.scalars(query, {"stalled": stalled}).all()
            for run in session.scalars(select(Run).where(Run.id.in_(stale))):
                if run.status == "running":
                    self._again(session, run, f"its worker was not heard of for {stalled:g} seconds")
                else:
                    _requeue(session, run, run.stage)
            return list(stale)

    def _again(self, session: Session, run: Run, reason: str) -> None:
        if run.attempt >= self._max_attempts:
            run.reason = (
                f"Attempt {run.attempt} of {self._max_attempts} died: {reason}. "
                "Give the workers more memory or the run fewer threads, and start it anew."
            )
            _end(session, run, "failed")
        else:
            _requeue(session, run, f"waiting for a worker, attempt {run.attempt} died: {reason}")


def _plan(run: Run, name: str, text: str, found: Found) -> StoredPlan:
    """Return a plan of a run; it is not added to anything."""
    plan = StoredPlan(id=uuid.uuid4(), region_id=run.region_id, scenario_id=run.scenario_id, revision=run.revision)
    plan.name = f"{name} of {run.created_at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
    plan.text, plan.violations, plan.unmeetable_needs = text, found.violations, found.unmeetable_needs
    return plan


def _with_plans(session: Session, run: Run, first: StoredPlan, found: Found) -> dict[str, Any] | None:
    """Store the plans of a frontier's points, the first of which is stored already, and return what is told of them."""
    if found.answer is None:
        return None
    points = []
    for number, point in enumerate(found.answer.get("points", ()), start=1):
        text = point.pop("plan")
        plan = first if number == 1 else _plan(run, f"Point {number}", text, found)
        if plan is not first:
            session.add(plan)
        points.append({**point, "plan": str(plan.id)})
    return {**found.answer, "points": points} if points else found.answer


def _held(session: Session, attempt: Attempt) -> Run | None:
    query = select(Run).where(Run.id == attempt.run, Run.token == attempt.token).with_for_update()
    return session.scalars(query).one_or_none()


def _requeue(session: Session, run: Run, stage: str) -> None:
    run.status, run.stage, run.token, run.alive_at = "queued", stage, None, func.now()
    if run.stop_requested and run.incumbent is None:
        run.reason = "It was stopped before an attempt came to an end."
        _end(session, run, "stopped")
        return
    run.queue_id = enqueue(session, run)
    note_event(session, run)


def _end(session: Session, run: Run, status: str) -> None:
    run.status, run.token, run.finished_at, run.alive_at = status, None, func.now(), func.now()
    if status != "finished":
        run.stage = status
    note_event(session, run)
