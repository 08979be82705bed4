"""Whose calendars there are in the plan in force, and how many addresses lead to each."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import JSON, and_, cast, func, select, tuple_
from sqlalchemy.orm import Session

from lineside.service.calendars import TITLE_PATH, FeedKind
from lineside.service.storage.feeds import Address, Feeds
from lineside.service.storage.models import CalendarState, Feed

Existing = Literal["keep", "skip", "replace"]
"""What is done about addresses that there are already."""


@dataclass(frozen=True)
class FeedOwner:
    """Somebody or something with a calendar.

    Parameters
    ----------
    kind, owner
        What it is, and its id.
    title
        The calendar's name.
    company
        Of a company or an apprentice; None of others.
    addresses
        How many addresses lead to the calendar.
    last_fetched_at
        When one of them was read last.
    """

    kind: FeedKind
    owner: str
    title: str
    company: str | None
    addresses: int
    last_fetched_at: dt.datetime | None


class FeedOwners:
    """The owners of one region's calendars, or of one company's in it.

    Parameters
    ----------
    session
        An open transaction.
    region
        Id of the region; nothing of other regions is ever seen.
    company
        A manager's company: then only its own and its apprentices' calendars are seen.
    """

    def __init__(self, session: Session, region: uuid.UUID, company: str | None = None) -> None:
        self._session = session
        self._region = region
        self._company = company

    def listed(
        self, kinds: Sequence[FeedKind], company: str | None, limit: int | None = None, offset: int = 0
    ) -> list[FeedOwner]:
        """Return owners by company, kind and id.

        Parameters
        ----------
        kinds
            Kinds that are wanted.
        company
            Only of this company; all if None.
        limit, offset
            Most rows, and rows left out before.
        """
        state = CalendarState
        alive = and_(
            Feed.region_id == state.region_id,
            Feed.kind == state.kind,
            Feed.subject == state.owner,
            Feed.revoked_at.is_(None),
        )
        title = func.json_extract_path_text(cast(state.text, JSON), *TITLE_PATH)
        counts = (func.count(Feed.id), func.max(Feed.last_fetched_at))
        query = select(state.kind, state.owner, title, state.company, *counts).outerjoin(Feed, alive)
        query = query.where(state.region_id == self._region, state.kind.in_(kinds))
        if self._company is not None:
            query = query.where(state.company == self._company, state.kind.in_(Feeds.MANAGED_KINDS))
        if company is not None:
            query = query.where(state.company == company)
        query = query.group_by(state.region_id, state.kind, state.owner)
        query = query.order_by(state.company.nulls_last(), state.kind.desc(), state.owner).limit(limit).offset(offset)
        return [FeedOwner(*row) for row in self._session.execute(query)]

    def make(
        self, owners: Sequence[FeedOwner], existing: Existing, alarm_minutes: int | None
    ) -> list[tuple[FeedOwner, Address]]:
        """Make an address for each of some owners, and return owners and addresses in their order.

        Parameters
        ----------
        owners
            As :meth:`listed` gives them.
        existing
            ``keep`` lets earlier addresses stand, ``skip`` leaves out owners who have one, ``replace`` revokes them.
        alarm_minutes
            A reminder so long before each meeting, or None.
        """
        wanted = [owner for owner in owners if existing != "skip" or owner.addresses == 0]
        feeds = Feeds(self._session, self._region, self._company)
        if existing == "replace":
            for feed in self._alive(wanted):
                feeds.revoke(feed)
        found: dict[tuple[str, str], Address] = {}
        for kind in dict.fromkeys(owner.kind for owner in wanted):
            made = feeds.create(kind, [owner.owner for owner in wanted if owner.kind == kind], alarm_minutes)
            found |= {(kind, address.feed.subject): address for address in made}
        return [(owner, found[owner.kind, owner.owner]) for owner in wanted]

    def _alive(self, owners: Sequence[FeedOwner]) -> Sequence[uuid.UUID]:
        wanted = [(owner.kind, owner.owner) for owner in owners if owner.addresses]
        query = select(Feed.id).where(Feed.region_id == self._region, Feed.revoked_at.is_(None))
        return self._session.scalars(query.where(tuple_(Feed.kind, Feed.subject).in_(wanted))).all()
