"""Feeds: secret addresses of calendars, and what the calendars remember between publications."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Select, event, func, select, update
from sqlalchemy.orm import Session

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.service.access.secrets import digest_of, new_secret
from lineside.service.calendars import EventHistory, FeedKind, history_from_text, history_text, publish
from lineside.service.problems import ConflictProblem, NotFoundProblem
from lineside.service.storage.database import Database
from lineside.service.storage.models import CalendarState, Feed

CHANGED = "lineside_calendars"
"""Channel on which every web process learns that answers it remembers may be stale."""

FEED, REGION = "feed:", "region:"
"""What changed, before the id: one feed's address, or the calendars of a whole region."""

RESTORED = "restored"
"""Word for a change of everything."""

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

    feed: Feed
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
            feed = Feed(region_id=self._region, kind=kind, subject=owner, company=known[owner], digest=digest_of(token))
            feed.id, feed.alarm_minutes = uuid.uuid4(), alarm_minutes
            self._session.add(feed)
            made.append(Address(feed, token))
        self._session.flush()
        for address in made:
            self._session.refresh(address.feed)
        return made

    def listed(self, kind: str | None, owner: str | None, limit: int, offset: int) -> Sequence[Feed]:
        """Return feeds, revoked ones too, by kind and owner."""
        query = self._visible().order_by(Feed.kind, Feed.subject, Feed.created_at, Feed.id)
        if kind is not None:
            query = query.where(Feed.kind == kind)
        if owner is not None:
            query = query.where(Feed.subject == owner)
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

    def publish(self, scenario: Scenario, plan: Plan, at: dt.datetime) -> None:
        """Bring all calendars of the region to a plan that comes into force."""
        rows = {(row.kind, row.owner): row for row in self._session.scalars(self._states())}
        parts = [history_from_text(row.text) for row in rows.values()]
        last = max((part.published_at for part in parts if part.published_at is not None), default=None)
        before = {key: feed for part in parts for key, feed in part.feeds.items()}
        after = publish(scenario, plan, EventHistory(self._region.hex, last, before), at)
        for key in after.feeds:
            if (key.kind, key.owner) in rows:
                row = rows.pop((key.kind, key.owner))
            else:
                row = CalendarState(region_id=self._region, kind=key.kind, owner=key.owner)
                self._session.add(row)
            row.text, row.company = history_text(after.only(key)), _company(scenario, key.kind, key.owner, row.company)
        for row in rows.values():
            self._session.delete(row)
        self._session.flush()
        moved = Feed.company.is_distinct_from(CalendarState.company)
        same = (
            CalendarState.region_id == Feed.region_id,
            CalendarState.kind == Feed.kind,
            CalendarState.owner == Feed.subject,
        )
        self._session.execute(
            update(Feed).where(Feed.region_id == self._region, *same, moved).values(company=CalendarState.company),
            execution_options={"synchronize_session": False},
        )
        self.tell_changed()

    def tell_changed(self) -> None:
        """Let every web process forget what it remembers of the region's calendars, once this is committed."""
        self._tell(region_changed(self._region))

    def _states(self) -> Select[CalendarState]:
        return select(CalendarState).where(CalendarState.region_id == self._region).order_by(CalendarState.kind)

    def _tell(self, what: str) -> None:
        self._session.execute(select(func.pg_notify(CHANGED, what)))
        told = _told_in_process.get(self._session.connection().engine, ())

        def tell_all(_session: Session) -> None:
            for tell in told:
                tell(what)

        event.listen(self._session, "after_commit", tell_all)

    def _visible(self) -> Select[Feed]:
        query = select(Feed).where(Feed.region_id == self._region)
        if self._company is not None:
            query = query.where(Feed.company == self._company, Feed.kind.in_(self.MANAGED_KINDS))
        return query

    def _alive(self, feed: uuid.UUID) -> Feed:
        found = self._session.scalars(self._visible().where(Feed.id == feed)).one_or_none()
        if found is None:
            raise NotFoundProblem(f"There is no feed {feed}. List the feeds and choose one.")
        if found.revoked_at is not None:
            raise ConflictProblem("The feed is revoked already. Make a new one.")
        return found


def _company(scenario: Scenario, kind: str, owner: str, before: str | None) -> str | None:
    if kind == "company":
        return owner
    if kind != "apprentice":
        return None
    person = scenario.apprentice_by_id.get(owner)
    return before if person is None else person.company
