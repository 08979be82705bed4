"""The queue: one entry for each attempt that somebody should make, in the database's own transactions."""

from __future__ import annotations

from procrastinate import App, PsycopgConnector
from sqlalchemy.orm import Session

from lineside.service.storage.models import Run
from lineside.service.storage.queueing import put_into_queue

QUEUE = "runs"
TASK = "lineside.solve"


def enqueue(session: Session, run: Run) -> int:
    """Put a run into the queue as part of the session's transaction, and return the entry's id."""
    return put_into_queue(session, QUEUE, TASK, run.priority, run=str(run.id))


def worker_app(address: str, connections: int) -> App:
    """Return the queue's application for a worker.

    Parameters
    ----------
    address
        ``postgresql://…``
    connections
        Most connections that it opens.
    """
    return App(connector=PsycopgConnector(conninfo=address, min_size=2, max_size=connections))
