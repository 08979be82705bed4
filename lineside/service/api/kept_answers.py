"""Answers of calendars' addresses that are kept in memory, and are true whenever they are given.

What makes them true:

- Nothing is given unless the database's news are heard, see :mod:`lineside.service.storage.feed_news`.
- Every change takes the answers that it touches out, before the one who made the change is answered in this process,
  and within moments in the others.
- An answer is kept only if no change at all was told since before its rows were read, for the rows may be older.
- An answer that changes by itself, such as a cancelled meeting that was shown long enough, ends at that instant.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from lineside.service.api.feed_answers import Answer
from lineside.service.storage.feeds import FEED, REGION

MAX_BYTES = 64 * 2**20
"""Memory for answers: room for some 25,000 people's calendars."""
ENTRY_BYTES = 1200
"""What an answer takes beside its body, about."""


class KeptAnswers:
    """Answers by the digest of their address; what was asked for longest ago goes first when there is no room.

    Parameters
    ----------
    max_bytes
        Most memory for answers, about.
    clock
        Seconds since the epoch, by which answers end.
    """

    def __init__(self, max_bytes: int = MAX_BYTES, clock: Callable[[], float] = time.time) -> None:
        self._max_bytes = max_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: OrderedDict[bytes, Answer] = OrderedDict()
        self._bytes = 0
        self._is_listening = False
        self._trusted_until = 0.0
        self._changes = 0

    @property
    def is_trusted(self) -> bool:
        """Whether kept answers are given."""
        return self._is_listening and time.monotonic() < self._trusted_until

    @property
    def num_bytes(self) -> int:
        """Memory that kept answers take, about."""
        return self._bytes

    def __len__(self) -> int:
        """Return how many answers are kept."""
        return len(self._answers)

    def find(self, digest: bytes) -> Answer | None:
        """Return the answer of an address if it is kept and certainly true."""
        with self._lock:
            found = self._answers.get(digest)
            if found is None or not self.is_trusted:
                return None
            if self._clock() >= found.valid_until:
                self._drop(digest)
                return None
            self._answers.move_to_end(digest)
            return found

    def ticket(self) -> int | None:
        """Return what :meth:`keep` asks for; to be fetched before the rows are read."""
        with self._lock:
            return self._changes if self._is_listening else None

    def keep(self, digest: bytes, answer: Answer, ticket: int | None) -> None:
        """Keep an answer, unless something changed since the ticket was given."""
        with self._lock:
            if ticket is None or ticket != self._changes:
                return
            self._drop(digest)
            self._answers[digest] = answer
            self._bytes += _bytes(answer)
            while self._bytes > self._max_bytes:
                self._drop(next(iter(self._answers)))

    def listening(self) -> None:
        """Begin to keep answers: from now on every change is told."""
        with self._lock:
            self._changes += 1
            self._is_listening = True

    def confirmed(self, until: float) -> None:
        """Give kept answers until an instant of ``time.monotonic()``."""
        with self._lock:
            self._trusted_until = max(self._trusted_until, until)

    def changed(self, what: str) -> None:
        """Take out the answers that a change touches; all of them if it does not say which."""
        with self._lock:
            self._changes += 1
            is_known = what.startswith((FEED, REGION))
            for digest in [key for key, answer in self._answers.items() if not is_known or what in answer.touched_by]:
                self._drop(digest)

    def lost(self) -> None:
        """Forget everything: changes may go untold."""
        with self._lock:
            self._changes += 1
            self._is_listening = False
            self._trusted_until = 0.0
            self._answers.clear()
            self._bytes = 0

    def _drop(self, digest: bytes) -> None:
        answer = self._answers.pop(digest, None)
        if answer is not None:
            self._bytes -= _bytes(answer)


def _bytes(answer: Answer) -> int:
    return ENTRY_BYTES + len(answer.packed)
