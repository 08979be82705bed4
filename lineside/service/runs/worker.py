"""A worker: takes runs from the queue, solves each in a child process, and tells how it goes."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import signal
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import Any, TypeVar

import structlog
from procrastinate import App, RetryStrategy
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import OperationalError

from lineside.service.mail.postman import Postman
from lineside.service.mail.queue import QUEUE as MAIL_QUEUE
from lineside.service.mail.queue import TASK as MAIL_TASK
from lineside.service.runs.attempts import Attempt, Attempts
from lineside.service.runs.desk import Order
from lineside.service.runs.queue import QUEUE, TASK, worker_app
from lineside.service.runs.records import Found, Told
from lineside.service.runs.solving import (
    ChildDiedError,
    ChildFailedError,
    OverdueError,
    Solving,
    keep_task,
    search_task,
)
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database

log = structlog.get_logger("lineside.worker")
T = TypeVar("T")

MAILS_AT_ONCE = 4
"""Mails that one worker hands to the server at the same time."""


class Worker:
    """A worker on one database.

    Parameters
    ----------
    database
        Where queue and runs are.
    settings
        Concurrency, beats and limits.
    """

    def __init__(self, database: Database, settings: ServiceSettings) -> None:
        self._settings = settings
        self._attempts = Attempts(database, settings.max_attempts)
        self._app: App = worker_app(database.address, settings.concurrency + MAILS_AT_ONCE + 6)
        self._app.task(name=TASK, queue=QUEUE)(self.solve)
        self._postman = Postman(database, settings)
        wait = settings.mail_retry_seconds
        again = RetryStrategy(wait=wait, linear_wait=wait)  # the postman knows when to give up
        self._app.task(name=MAIL_TASK, queue=MAIL_QUEUE, retry=again)(self._postman.deliver)

    async def work(self) -> None:
        """Work until a signal to end (or until cancelled), then give back what is unfinished."""
        async with self._app.open_async():
            others = [asyncio.create_task(self._sweep())]
            if self._settings.smtp_host:
                others.append(asyncio.create_task(self._send_mails()))
            try:
                with _told_to_end() as ending:
                    while not ending.is_set():
                        await self._work_until(ending)
            finally:
                for other in others:
                    other.cancel()
                await asyncio.gather(*others, return_exceptions=True)

    async def _send_mails(self) -> None:
        """Send mails beside the runs, which may take an hour each."""
        settings = self._settings
        while True:
            try:
                await self._app.run_worker_async(
                    queues=[MAIL_QUEUE],
                    concurrency=MAILS_AT_ONCE,
                    fetch_job_polling_interval=settings.sweep_seconds,
                    shutdown_graceful_timeout=settings.smtp_seconds,
                    update_heartbeat_interval=settings.beat_seconds,
                    stalled_worker_timeout=settings.stalled_seconds,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                )
            except ConnectorException:
                log.warning("queue of mails does not answer, or forgot this worker")
            await asyncio.sleep(settings.sweep_seconds)

    async def _work_until(self, ending: asyncio.Event) -> None:
        """Work until the end is asked for or it must be begun anew: the queue forgets workers that are silent too long.

        Notes
        -----
        The queue's own handling of signals would forget one that comes while the database is away.
        """
        working, waiting = asyncio.create_task(self._take_runs()), asyncio.create_task(ending.wait())
        try:
            await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (working, waiting):
                task.cancel()
            results = await asyncio.gather(working, waiting, return_exceptions=True)
        if isinstance(results[0], ConnectorException):
            log.warning("queue does not answer, or forgot this worker")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), self._settings.sweep_seconds)
        elif isinstance(results[0], Exception):
            raise results[0]

    async def _take_runs(self) -> None:
        settings = self._settings
        await self._app.run_worker_async(
            queues=[QUEUE],
            concurrency=settings.concurrency,
            fetch_job_polling_interval=settings.sweep_seconds,
            # Runs are given back at once: another worker goes on with them.
            shutdown_graceful_timeout=0.01,
            update_heartbeat_interval=settings.beat_seconds,
            stalled_worker_timeout=settings.stalled_seconds,
            delete_jobs="successful",
            install_signal_handlers=False,
        )

    async def _sweep(self) -> None:
        while True:
            try:
                for run in await asyncio.to_thread(self._attempts.sweep, self._settings.stalled_seconds):
                    log.warning("run taken up again", run=str(run))
                if self._settings.smtp_host:
                    for mail in await asyncio.to_thread(self._postman.sweep):
                        log.warning("mail queued anew", mail=str(mail))
            except OperationalError:
                log.warning("database does not answer")
            await asyncio.sleep(self._settings.sweep_seconds)

    async def solve(self, run: str) -> None:
        """Make one attempt at a run; the queue calls this."""
        attempt = await asyncio.to_thread(self._attempts.begin, uuid.UUID(run))
        if attempt is None:
            return
        log.info("attempt begins", run=run, attempt=attempt.number)
        try:
            found, is_cut = await self._found(attempt)
        except asyncio.CancelledError:
            await asyncio.to_thread(self._attempts.give_back, attempt)
            log.info("run given back", run=run)
            raise
        except (ChildFailedError, OverdueError) as error:
            await self._surely(asyncio.to_thread(self._attempts.fail, attempt, str(error)))
            log.error("run failed", run=run)
        except ChildDiedError as error:
            await self._surely(asyncio.to_thread(self._attempts.died, attempt, str(error)))
            log.error("attempt died", run=run, attempt=attempt.number)
        else:
            if found is not None and await asyncio.to_thread(self._attempts.finish, attempt, found, is_cut=is_cut):
                log.info("run finished", run=run, outcome=found.outcome)
            else:
                log.warning("attempt came too late, nothing of it is stored", run=run, attempt=attempt.number)

    async def _found(self, attempt: Attempt) -> tuple[Found | None, bool]:
        """Return what an attempt came to, None if it lost its run, and whether its search was cut short.

        Raises
        ------
        ChildDiedError, ChildFailedError
            If the child process died or told an error.
        OverdueError
            If it did not end and there is no plan that could be kept.
        """
        incumbent, seconds, reason = attempt.incumbent, attempt.solved_seconds, ""
        if not attempt.is_stopped:
            async with self._child(search_task(attempt)) as solving:
                try:
                    return await self._watched(attempt, solving, _Watchdog(self._patience(attempt.order))), False
                except OverdueError as error:
                    log.error("solve killed because it did not end", run=str(attempt.run))
                    incumbent, reason = solving.incumbent or incumbent, str(error)
                    seconds = solving.told.seconds if solving.told else seconds
        if incumbent is None:
            raise OverdueError(f"{reason} and had no plan yet. Start it anew with fewer threads or more overtime.")
        async with self._child(keep_task(attempt, incumbent)) as keeping:
            patience = self._settings.overtime_seconds + self._settings.stop_seconds
            watchdog = _Watchdog(patience, is_stopped=True)  # a stop is what it is for
            found = await self._watched(attempt, keeping, watchdog)
        told = reason and f"{reason}; its best plan was kept. Start another run if it should be better."
        return found and dataclasses.replace(found, seconds=seconds, explanation=told), True

    @contextlib.asynccontextmanager
    async def _child(self, task: dict[str, Any]) -> AsyncIterator[Solving]:
        solving = await Solving.started(task)
        try:
            yield solving
        finally:
            await solving.kill()

    def _patience(self, order: Order) -> float:
        """Return the seconds after which a search is given up."""
        # With one thread work is counted instead of time, and a slow machine may take twice the time.
        return order.seconds * (2 if order.workers == 1 else 1) + self._settings.overtime_seconds

    async def _surely(self, storing: Awaitable[T]) -> T:
        return await asyncio.shield(storing)

    async def _watched(self, attempt: Attempt, solving: Solving, watchdog: _Watchdog) -> Found | None:
        """Return the result of a child, with beats while it lasts; None if the run was lost.

        Raises
        ------
        OverdueError
            If the watchdog loses patience.
        """
        result = asyncio.create_task(solving.result())
        last, kept = None, None
        try:
            while True:
                done, _ = await asyncio.wait({result}, timeout=self._settings.beat_seconds)
                told = solving.told if solving.told != last else None
                incumbent = solving.incumbent if solving.incumbent != kept else None
                verdict = await self._beat(attempt, told, incumbent)
                last, kept = solving.told if told else last, incumbent or kept
                if verdict == "lost":
                    return None
                if done:
                    return result.result()
                if verdict == "stop" and not watchdog.is_stopped:
                    watchdog.stopped(self._settings.stop_seconds)
                    solving.stop()
                watchdog.look()
        finally:
            result.cancel()
            await asyncio.gather(result, return_exceptions=True)

    async def _beat(self, attempt: Attempt, told: Told | None, incumbent: str | None) -> str:
        try:
            return await asyncio.to_thread(self._attempts.beat, attempt, told, incumbent)
        except OperationalError:
            # The token decides later whether the run is still this attempt's.
            log.warning("database does not answer", run=str(attempt.run))
            return "unknown"


@contextlib.contextmanager
def _told_to_end() -> Iterator[asyncio.Event]:
    """Give what is set by the first signal to end; a second one ends the process at once."""
    loop, ending = asyncio.get_running_loop(), asyncio.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)

    def let_go() -> None:
        for number in numbers:
            loop.remove_signal_handler(number)

    def end() -> None:
        ending.set()
        let_go()

    for number in numbers:
        loop.add_signal_handler(number, end)
    try:
        yield ending
    finally:
        let_go()


class _Watchdog:
    """Knows when a child process has had enough time, and whether it was asked to stop."""

    def __init__(self, seconds: float, *, is_stopped: bool = False) -> None:
        self.is_stopped = is_stopped
        self._until = time.monotonic() + seconds
        self._reason = f"The solve was killed because it did not end within {seconds:g} seconds"

    def stopped(self, seconds: float) -> None:
        """Note that the child was asked to stop, and give it some seconds."""
        self.is_stopped = True
        if time.monotonic() + seconds < self._until:
            self._until = time.monotonic() + seconds
            self._reason = f"The solve was killed because it did not stop within {seconds:g} seconds"

    def look(self) -> None:
        """Raise if the time is over."""
        if time.monotonic() > self._until:
            raise OverdueError(self._reason)
