"""The queue: one entry for each attempt that somebody should make, in the database's own transactions."""

from __future__ import annotations

import uuid

import psycopg
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from sqlalchemy.orm import Session

QUEUE = "runs"
TASK = "lineside.solve"

_enqueuer = App(connector=SyncPsycopgConnector())
"""Puts entries in on other people's connections; it never opens one of its own."""


def enqueue(session: Session, run: uuid.UUID) -> int:
    """Put a run into the queue as part of the session's transaction, and return the entry's id."""
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError("The queue needs a connection of psycopg. Open the database with lineside's Database.")
    task = _enqueuer.configure_task(TASK, queue=QUEUE, task_kwargs={"run": str(run)}, connection=connection)
    return task.defer()


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
