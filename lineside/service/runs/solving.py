"""A child process that solves, as its worker sees it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from typing import Any

from lineside.service.runs.attempts import Attempt
from lineside.service.runs.records import Found, Told

LINE_BYTES = 2**28
"""Longest line that a child may write: a plan of the largest region is far below."""


class ChildDiedError(Exception):
    """The child process ended without a word: killed, out of memory, or crashed in compiled code."""


class OverdueError(Exception):
    """The child process did not end in time; the text says after how long it was given up."""


class ChildFailedError(Exception):
    """The child process told an error; trying again would tell the same."""


def search_task(attempt: Attempt) -> dict[str, Any]:
    """Return the task of a search, from the best plan of an earlier attempt if there is one."""
    order = attempt.order
    known = {"seconds": order.seconds, "workers": order.workers, "seed": order.seed, "margin": order.margin}
    given = {"start": attempt.incumbent, "about": attempt.about, "ask": order.ask}
    return {"do": order.method, **attempt.texts, **known, **given}


def keep_task(attempt: Attempt, incumbent: str) -> dict[str, Any]:
    """Return the task to check a plan that was found before, and to give it back as the result."""
    return {"do": "keep", **attempt.texts, "start": incumbent}


class Solving:
    """One child process with its task; use :meth:`started`."""

    def __init__(self, process: asyncio.subprocess.Process, task: dict[str, Any]) -> None:
        self._process = process
        self._task = task
        self.told: Told | None = None
        self.incumbent: str | None = None

    @classmethod
    async def started(cls, task: dict[str, Any]) -> Solving:
        """Start a child process; the task is given to it when somebody waits for its result."""
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-m", "lineside.service.runs.child")
        hidden = {name: value for name, value in os.environ.items() if not name.startswith("LINESIDE_")}
        process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=LINE_BYTES, env=hidden)
        return cls(process, task)

    async def result(self) -> Found:
        """Give the child its task, and read what it tells until it is done.

        Raises
        ------
        ChildFailedError
            If the child told an error.
        ChildDiedError
            If it ended without a result.
        """
        stdout = self._process.stdout
        assert stdout is not None
        await self._say(json.dumps(self._task))
        while line := await stdout.readline():
            message = json.loads(line)
            kind = message.pop("kind")
            if kind == "progress":
                self.told = Told(**message)
            elif kind == "incumbent":
                self.incumbent = message["plan"]
            elif kind == "error":
                raise ChildFailedError(message["message"])
            else:
                return Found(**message)
        raise ChildDiedError(_ending(await self._process.wait()))

    def stop(self) -> None:
        """Ask the child to end with its best plan; whether it does is for its watchdog to see."""
        stdin = self._process.stdin
        assert stdin is not None
        if not stdin.is_closing():
            stdin.write(b"stop\n")  # not awaited: a child that does not read would hold its watchdog up

    async def _say(self, line: str) -> None:
        stdin: Any = self._process.stdin
        try:
            stdin.write(line.encode() + b"\n")
            await stdin.drain()
        except ConnectionError:
            return  # a child that is gone is told by the end of its output

    async def kill(self) -> None:
        """End the child, whatever it does."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        # Without this, the pipe's transport would be closed by the collector, after the loop.
        self._process._transport.close()  # type: ignore[attr-defined]


def _ending(status: int) -> str:
    if status < 0:
        return f"the process of the solve was ended by {signal.Signals(-status).name}"
    return f"the process of the solve ended with status {status}"
