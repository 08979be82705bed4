"""Feeds: secret addresses of calendars, and what the calendars remember between publications."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Select, delete, event, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from lineside.models.person_days import PersonDays
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.service.access.secrets import digest_of, new_secret
from lineside.service.calendars import (
    EventHistory,
    Feed,
    FeedKey,
    FeedKind,
    NextFeeds,
    history_from_text,
    history_text,
)
from lineside.service.problems import ConflictProblem, NotFoundProblem
from lineside.service.storage.database import Database
from lineside.service.storage.models import CalendarState, Publication
from lineside.service.storage.models import Feed as StoredFeed

CHANGED = "lineside_calendars"
"""Channel on which every web process learns that answers it remembers may be stale."""

FEED, REGION = "feed:", "region:"
"""What changed, before the id: one feed's address, or the calendars of a whole region."""

RESTORED = "restored"
"""Word for a change of everything."""

STATES_AT_A_TIME = 100
"""How many calendars are in memory together while a plan comes into force."""

OWNER_KEY = (CalendarState.region_id, CalendarState.kind, CalendarState.owner)

_told_in_process: WeakKeyDictionary[Engine, list[Callable[[str], None]]] = WeakKeyDictionary()


def feed_changed(feed: uuid.UUID) -> str:
    """Return the words for a feed whose address was rotated or revoked."""
    return f"{FEED}{feed.hex}"


def region_changed(region: uuid.UUID) -> str:
    """Return the words for a region whose calendars were brought to another plan."""
    return f"{REGION}{region.hex}"


def tell_in_process(database: Database, tell: Callable[[str], None]) -> None:
    """Let a function be told of changes made through a database, right after the commit.

    Others hear of them on the channel some moments later; whoever made the change should not meet the old state.
    """
    _told_in_process.setdefault(database.engine, []).append(tell)


@dataclass(frozen=True)
class Address:
    """A feed with its secret token, which is never seen again."""

    feed: StoredFeed
    token: str


class Feeds:
    """The feeds of one region, or of one company in it.

    Parameters
    ----------
    session
        An open transaction.
    region
        Id of the region; nothing of other regions is ever seen.
    company
        A manager's company: then only its own and its apprentices' feeds are seen.
    """

    MANAGED_KINDS = ("apprentice", "company")

    def __init__(self, session: Session, region: uuid.UUID, company: str | None = None) -> None:
        self._session = session
        self._region = region
        self._company = company

    def create(self, kind: FeedKind, owners: Sequence[str] | None, alarm_minutes: int | None) -> list[Address]:
        """Make an address for each of some owners' calendars, or for all of a kind.

        Raises
        ------
        NotFoundProblem
            If the plan in force has no such owner, or none that may be seen.
        """
        query = select(CalendarState.owner, CalendarState.company)
        query = query.where(CalendarState.region_id == self._region, CalendarState.kind == kind)
        if self._company is not None:
            query = query.where(CalendarState.company == self._company, CalendarState.kind.in_(self.MANAGED_KINDS))
        known = {row.owner: row.company for row in self._session.execute(query.order_by(CalendarState.owner))}
        wanted = list(known) if owners is None else list(dict.fromkeys(owners))
        missing = [owner for owner in wanted if owner not in known]
        if missing:
            raise NotFoundProblem(
                f"The plan in force has no {kind} {missing[0]!r}. Publish a plan that has, or correct the id."
            )
        made = []
        for owner in wanted:
            token = new_secret()
            feed = StoredFeed(
                region_id=self._region, kind=kind, subject=owner, company=known[owner], digest=digest_of(token)
            )
            feed.id, feed.alarm_minutes = uuid.uuid4(), alarm_minutes
            self._session.add(feed)
            made.append(Address(feed, token))
        self._session.flush()
        for address in made:
            self._session.refresh(address.feed)
        return made

    def listed(self, kind: str | None, owner: str | None, limit: int, offset: int) -> Sequence[StoredFeed]:
        """Return feeds, revoked ones too, by kind and owner."""
        query = self._visible().order_by(StoredFeed.kind, StoredFeed.subject, StoredFeed.created_at, StoredFeed.id)
        if kind is not None:
            query = query.where(StoredFeed.kind == kind)
        if owner is not None:
            query = query.where(StoredFeed.subject == owner)
        return self._session.scalars(query.limit(limit).offset(offset)).all()

    def rotate(self, feed: uuid.UUID) -> Address:
        """Give a feed another address; the old one ends at once.

        Raises
        ------
        NotFoundProblem
            If there is no such feed.
        ConflictProblem
            If it is revoked.
        """
        found, token = self._alive(feed), new_secret()
        found.digest, found.rotated_at, found.last_fetched_at = digest_of(token), func.now(), None
        self._session.flush()
        self._session.refresh(found)
        self._tell(feed_changed(feed))
        return Address(found, token)

    def revoke(self, feed: uuid.UUID) -> None:
        """Revoke a feed: its address says so for some days, then it is gone.

        Raises
        ------
        NotFoundProblem
            If there is no such feed.
        ConflictProblem
            If it is revoked already.
        """
        self._alive(feed).revoked_at = func.now()
        self._tell(feed_changed(feed))

    def publish(self, scenario: Scenario, plan: Plan, at: dt.datetime, days: PersonDays | None = None) -> None:
        """Bring all calendars of the region to a plan that comes into force.

        Parameters
        ----------
        scenario, plan
            The plan, and its tables. Nobody else may publish in the region meanwhile (``Plans.in_turn``).
        at
            Instant of the publication, with a time zone; the region's last one if the clock runs behind that.
        days
            Views of meetings for these tables to use again.

        Notes
        -----
        What the calendars remember is read and written some owners at a time: of a large region it is hundreds of
        megabytes as objects.
        """
        newest = select(func.max(Publication.published_at)).where(Publication.region_id == self._region)
        at = max(at, self._session.scalar(newest) or at)  # a calendar that comes back may know no earlier instant
        after = NextFeeds(scenario, plan, self._region.hex, at, days)
        left = set(after.keys)
        for rows in self._session.execute(self._states().execution_options(yield_per=STATES_AT_A_TIME)).partitions():
            found = [(feed, row.company) for row in rows for feed in history_from_text(row.text).feeds.values()]
            self._bring(after, scenario, {feed.key: (feed, company) for feed, company in found})
            left -= {feed.key for feed, _ in found}
        fresh = sorted(left)
        for first in range(0, len(fresh), STATES_AT_A_TIME):
            owners = fresh[first : first + STATES_AT_A_TIME]
            self._bring(after, scenario, dict.fromkeys(owners, (None, None)))
        moved = StoredFeed.company.is_distinct_from(CalendarState.company)
        same = (
            CalendarState.region_id == StoredFeed.region_id,
            CalendarState.kind == StoredFeed.kind,
            CalendarState.owner == StoredFeed.subject,
        )
        self._session.execute(
            update(StoredFeed)
            .where(StoredFeed.region_id == self._region, *same, moved)
            .values(company=CalendarState.company),
            execution_options={"synchronize_session": False},
        )
        self.tell_changed()

    def tell_changed(self) -> None:
        """Let every web process forget what it remembers of the region's calendars, once this is committed."""
        self._tell(region_changed(self._region))

    def _states(self) -> Select[str, str | None]:
        query = select(CalendarState.text, CalendarState.company).where(CalendarState.region_id == self._region)
        return query.order_by(CalendarState.kind, CalendarState.owner)

    def _bring(
        self,
        after: NextFeeds,
        scenario: Scenario,
        befores: Mapping[FeedKey, tuple[Feed | None, str | None]],
    ) -> None:
        """Bring some owners' calendars to a plan, from what they were and the companies that they were of."""
        changed, gone = [], []
        for key, (before, company) in befores.items():
            feed = after.of(key, before)
            if feed is None:
                gone.append((key.kind, key.owner))
                continue
            new_company = _company(scenario, key, company)
            if feed is not before or new_company != company:
                memory = EventHistory(self._region.hex, max(after.at, feed.last_modified), {key: feed})
                row = {"region_id": self._region, "kind": key.kind, "owner": key.owner}
                changed.append({**row, "company": new_company, "text": history_text(memory)})
        if changed:
            statement = insert(CalendarState)
            replaced = {"text": statement.excluded.text, "company": statement.excluded.company}
            self._session.execute(statement.on_conflict_do_update(index_elements=OWNER_KEY, set_=replaced), changed)
        if gone:
            mine = tuple_(CalendarState.kind, CalendarState.owner).in_(gone)
            self._session.execute(delete(CalendarState).where(CalendarState.region_id == self._region, mine))

    def _tell(self, what: str) -> None:
        self._session.execute(select(func.pg_notify(CHANGED, what)))
        told = _told_in_process.get(self._session.connection().engine, ())

        def tell_all(_session: Session) -> None:
            for tell in told:
                tell(what)

        event.listen(self._session, "after_commit", tell_all)

    def _visible(self) -> Select[StoredFeed]:
        query = select(StoredFeed).where(StoredFeed.region_id == self._region)
        if self._company is not None:
            query = query.where(StoredFeed.company == self._company, StoredFeed.kind.in_(self.MANAGED_KINDS))
        return query

    def _alive(self, feed: uuid.UUID) -> StoredFeed:
        found = self._session.scalars(self._visible().where(StoredFeed.id == feed)).one_or_none()
        if found is None:
            raise NotFoundProblem(f"There is no feed {feed}. List the feeds and choose one.")
        if found.revoked_at is not None:
            raise ConflictProblem("The feed is revoked already. Make a new one.")
        return found


def _company(scenario: Scenario, key: FeedKey, before: str | None) -> str | None:
    if key.kind == "company":
        return key.owner
    if key.kind != "apprentice":
        return None
    person = scenario.apprentice_by_id.get(key.owner)
    return before if person is None else person.company
