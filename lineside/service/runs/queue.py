"""The queue: one entry for each attempt that somebody should make, in the database's own transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.connector import Notify
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from sqlalchemy.orm import Session

from lineside.service.storage.models import Run
from lineside.service.storage.queueing import put_into_queue

log = structlog.get_logger("lineside.worker")

QUEUE = "runs"
TASK = "lineside.solve"


def enqueue(session: Session, run: Run) -> int:
    """Put a run into the queue as part of the session's transaction, and return the entry's id."""
    return put_into_queue(session, QUEUE, TASK, run.priority, run=str(run.id))


class PatientConnector(PsycopgConnector):
    """A connection to the queue that listens for entries again after its database was away."""

    RETRY_SECONDS = 5.0

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Listen until cancelled."""
        while True:
            try:
                await super().listen_notify(on_notification=on_notification, channels=channels)
            except ConnectorException:
                log.warning("queue cannot be listened to, and is asked from time to time meanwhile")
            await asyncio.sleep(self.RETRY_SECONDS)


class PatientManager(JobManager):
    """Knows what a worker asks of the queue; a sign of life that does not arrive is followed by the next one.

    Notes
    -----
    The library's worker gives up its signs of life and its listening with the first that fails, and tells nobody:
    its supervision ends when the first of its side tasks does, and without periodic tasks that is at once
    (github.com/procrastinate-org/procrastinate, #1597). Where it tells, the worker stops, with the run that it
    solves; but a run outlives a database that restarts.
    """

    async def update_heartbeat(self, worker_id: int) -> None:
        """Tell that a worker is alive, if the queue answers."""
        try:
            await super().update_heartbeat(worker_id)
        except ConnectorException:
            log.warning("queue does not answer")


def worker_app(address: str, connections: int) -> App:
    """Return the queue's application for a worker.

    Parameters
    ----------
    address
        ``postgresql://…``
    connections
        Most connections that it opens.
    """
    app = App(connector=PatientConnector(conninfo=address, min_size=2, max_size=connections))
    app.job_manager = PatientManager(app.connector)
    return app
