"""When feeds were fetched last: noted at once, written now and then, many in one statement."""

from __future__ import annotations

import threading

from sqlalchemy import LargeBinary, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from lineside.service.storage.database import Database
from lineside.service.storage.models import Feed
from lineside.service.storage.repeated import Repeated

FETCH_NOTED_SECONDS = 60
"""The last fetch of a feed is written at most this often, so that reading does not turn into writing."""
WRITE_SECONDS = 2.0
MAX_ROWS = 1000
"""Most feeds in one statement."""


class Fetches:
    """The fetches that are not written yet.

    Parameters
    ----------
    database
        Where they are written to, by its clock.

    Notes
    -----
    They are noted by the digest of the address and not by the feed: an address that was rotated meanwhile is nobody's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._digests: set[bytes] = set()
        self._writing = Repeated("calendars' fetches", WRITE_SECONDS, self.write)

    def start(self) -> None:
        """Write in a thread of its own from now on."""
        self._writing.start()

    def stop(self) -> None:
        """Write what is left, and end."""
        self._writing.stop()

    def note(self, digest: bytes) -> None:
        """Note that an address was fetched; it is written at once only where nobody writes now and then."""
        with self._lock:
            self._digests.add(digest)
        if not self._writing.is_running:
            self.write()

    def write(self) -> None:
        """Write what was noted; what cannot be written is kept for the next time."""
        with self._lock:
            digests, self._digests = self._digests, set()
        left = list(digests)
        try:
            while left:
                self._write(left[:MAX_ROWS])
                del left[:MAX_ROWS]
        finally:
            with self._lock:
                self._digests.update(left)

    def _write(self, digests: list[bytes]) -> None:
        limit = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, FETCH_NOTED_SECONDS)
        is_old = Feed.last_fetched_at.is_(None) | (Feed.last_fetched_at < limit)
        # Rows that somebody is changing are left out: nobody should wait for a note, nor a note for anybody.
        is_asked = Feed.digest == func.any(literal(digests, ARRAY(LargeBinary)))
        rows = select(Feed.id).where(is_asked, is_old).with_for_update(skip_locked=True)
        change = update(Feed).where(Feed.id.in_(rows)).values(last_fetched_at=func.now())
        with self._database.session() as session:
            session.execute(change, execution_options={"synchronize_session": False})
