"""Entries of the queue, put in as part of a transaction of the database."""

from __future__ import annotations

import psycopg
from procrastinate import App, SyncPsycopgConnector
from sqlalchemy.orm import Session

_enqueuer = App(connector=SyncPsycopgConnector())
"""Puts entries in on other people's connections; it never opens one of its own."""


def put_into_queue(session: Session, queue: str, task: str, priority: int = 0, **arguments: str) -> int:
    """Put an entry into a queue as part of the session's transaction, and return its id; higher priorities go first.

    Raises
    ------
    TypeError
        If the session's connection is not one of psycopg.
    """
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError("The queue needs a connection of psycopg. Open the database with lineside's Database.")
    entry = _enqueuer.configure_task(
        task, queue=queue, priority=priority, task_kwargs={**arguments}, connection=connection
    )
    return entry.defer()
