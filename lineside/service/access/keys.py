"""Keys of planners and plant managers: made, listed, rotated, revoked."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lineside.service.access.secrets import KEY_PREFIX, digest_of, new_secret
from lineside.service.problems import ConflictProblem, NoKeyProblem, NotFoundProblem
from lineside.service.storage.database import Database
from lineside.service.storage.models import Identity, Key, Region

Role = Literal["planner", "manager"]

LAST_USE_SECONDS = 60
"""Last use is written at most this often, so that reading does not turn into writing."""


@dataclass(frozen=True)
class Actor:
    """Who asks.

    Parameters
    ----------
    access, region
        Ids of the key, or of the identity that was let in, and of its region.
    role
        ``planner`` of the region, or ``manager`` of a plant's company in it.
    company
        The manager's company; None for a planner.
    label
        Whose key it is, in words.
    by
        What was shown at the door: a key, an ID token, or what a sign-in gave for one.
    """

    access: uuid.UUID
    region: uuid.UUID
    role: Role
    company: str | None
    label: str
    by: Literal["key", "token", "sign-in"] = "key"


def actor_of(session: Session, secret: str) -> Actor:
    """Return whose key a secret is, and note its use.

    Raises
    ------
    NoKeyProblem
        If it is nobody's, or revoked.
    """
    query = select(Key).where(Key.digest == digest_of(secret), Key.revoked_at.is_(None))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NoKeyProblem("This key is not known, or it was revoked. Ask the region's planner for a new one.")
    limit = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, LAST_USE_SECONDS)
    is_old = Key.last_used_at.is_(None) | (Key.last_used_at < limit)
    session.execute(update(Key).where(Key.id == found.id, is_old).values(last_used_at=func.now()))
    role: Role = "manager" if found.role == "manager" else "planner"
    return Actor(found.id, found.region_id, role, found.company, found.label)


class Keys:
    """The keys of one region."""

    def __init__(self, session: Session, region: uuid.UUID) -> None:
        self._session = session
        self._region = region

    def create(self, role: Role, company: str | None, label: str) -> tuple[Key, str]:
        """Make a key; the secret is never seen again."""
        secret = new_secret(KEY_PREFIX)
        key = Key(id=uuid.uuid4(), region_id=self._region, role=role, company=company, label=label)
        key.digest = digest_of(secret)
        self._session.add(key)
        self._session.flush()
        self._session.refresh(key)
        return key, secret

    def listed(self, limit: int, offset: int) -> Sequence[Key]:
        """Return keys, revoked ones too, the newest first."""
        query = select(Key).where(Key.region_id == self._region).order_by(Key.created_at.desc(), Key.id)
        return self._session.scalars(query.limit(limit).offset(offset)).all()

    def rotate(self, key: uuid.UUID) -> tuple[Key, str]:
        """Give a key a new secret; the old one ends at once.

        Raises
        ------
        NotFoundProblem
            If this region has no such key.
        ConflictProblem
            If it is revoked.
        """
        found, secret = self._alive(key), new_secret(KEY_PREFIX)
        found.digest, found.rotated_at, found.last_used_at = digest_of(secret), func.now(), None
        self._session.flush()
        self._session.refresh(found)
        return found, secret

    def revoke(self, key: uuid.UUID) -> None:
        """Revoke a key.

        Raises
        ------
        NotFoundProblem
            If this region has no such key.
        ConflictProblem
            If it is revoked already, or nobody else could make keys any more.
        """
        found = self._alive(key)
        if found.role == "planner":
            refuse_last_planner(self._session, self._region)
        found.revoked_at = func.now()

    def _alive(self, key: uuid.UUID) -> Key:
        query = select(Key).where(Key.id == key, Key.region_id == self._region)
        found = self._session.scalars(query).one_or_none()
        if found is None:
            raise NotFoundProblem(f"There is no key {key}. List the keys and choose one.")
        if found.revoked_at is not None:
            raise ConflictProblem("The key is revoked already. Make a new one.")
        return found


def refuse_last_planner(session: Session, region: uuid.UUID) -> None:
    """See that another planner is left; until the transaction ends, nobody else takes one away.

    Somebody who was let in but has never signed in does not count: it may not work.

    Raises
    ------
    ConflictProblem
        If there is but one.
    """
    keys = select(Key.id).where(Key.region_id == region, Key.role == "planner", Key.revoked_at.is_(None))
    people = select(Identity.id).where(
        Identity.region_id == region,
        Identity.role == "planner",
        Identity.revoked_at.is_(None),
        Identity.subject.is_not(None),
    )
    session.execute(select(Region.id).where(Region.id == region).with_for_update(key_share=True))
    if len(session.scalars(keys).all()) + len(session.scalars(people).all()) < 2:
        raise ConflictProblem("This is the region's last planner's way in. Make another key first.")


def region_named(session: Session, name: str) -> Region:
    """Return the region of a name; a new one is made."""
    found = session.scalars(select(Region).where(Region.name == name)).one_or_none()
    if found is None:
        found = Region(id=uuid.uuid4(), name=name)
        session.add(found)
        session.flush()
    return found


def first_key(database: Database, region: str) -> str | None:
    """Make the first region and its planner's key in an empty database; None if there is a region."""
    with database.session() as session:
        if session.scalars(select(Region.id).limit(1)).first() is not None:
            return None
    return new_region_key(database, region, None, "first key")


def new_region_key(database: Database, region: str, company: str | None, label: str) -> str:
    """Make a key for a planner of a region, or for a company's manager; a new region is made."""
    with database.session() as session:
        found = region_named(session, region)
        return Keys(session, found.id).create("planner" if company is None else "manager", company, label)[1]
