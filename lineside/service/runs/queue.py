"""The queue: one entry for each attempt that somebody should make, in the database's own transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, LiteralString, TypeVar

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from sqlalchemy.orm import Session

from lineside.service.storage.models import Run
from lineside.service.storage.queueing import put_into_queue

QUEUE = "runs"
TASK = "lineside.solve"
QUERY_SECONDS = 45.0
"""How long the queue may take to answer; longer than it takes to give up getting a connection."""

T = TypeVar("T")


class ImpatientConnector(PsycopgConnector):
    """A connector for which a question without an answer is a lost connection.

    A line that is cut and mended may leave a question waiting for good. The worker would go on without a sign of life.

    Parameters
    ----------
    patience
        Seconds for one question.
    given
        What the library's connector takes.
    """

    def __init__(self, patience: float = QUERY_SECONDS, **given: Any) -> None:
        super().__init__(**given)
        self._patience = patience

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        """Send a statement."""
        await self._answered(super().execute_query_async(query, **arguments))

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        """Return a row."""
        return await self._answered(super().execute_query_one_async(query, **arguments))

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        """Return all rows."""
        return await self._answered(super().execute_query_all_async(query, **arguments))

    async def _answered(self, asked: Awaitable[T]) -> T:
        try:
            return await asyncio.wait_for(asked, self._patience)
        except TimeoutError as error:
            raise ConnectorException(f"The queue did not answer within {self._patience:g} s.") from error


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
    return App(connector=ImpatientConnector(conninfo=address, min_size=2, max_size=connections))
