"""The queue of mails: one entry for each, in the transaction of the publication that it tells of."""

from __future__ import annotations

import uuid

import psycopg
from procrastinate import App, SyncPsycopgConnector
from sqlalchemy.orm import Session

QUEUE = "mails"
TASK = "lineside.mail"

_enqueuer = App(connector=SyncPsycopgConnector())
"""Puts entries in on other people's connections; it never opens one of its own."""


def enqueue_mail(session: Session, mail: uuid.UUID) -> int:
    """Put a mail into the queue as part of the session's transaction, and return the entry's id."""
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError("The queue needs a connection of psycopg. Open the database with lineside's Database.")
    task = _enqueuer.configure_task(TASK, queue=QUEUE, task_kwargs={"mail": str(mail)}, connection=connection)
    return task.defer()
