"""People who were let in by their email address, and sign in with OpenID Connect."""

from __future__ import annotations

import datetime as dt
import string
import uuid
from collections.abc import Sequence
from typing import Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from lineside.service.access.issuer import Person
from lineside.service.access.keys import LAST_USE_SECONDS, Actor, Role, refuse_last_planner, region_named
from lineside.service.access.secrets import SIGN_IN_PREFIX, digest_of, new_secret
from lineside.service.problems import ConflictProblem, NoKeyProblem, NotFoundProblem, NotLetInProblem
from lineside.service.storage.database import Database
from lineside.service.storage.models import Identity, SignIn

SIGN_IN_TIME = dt.timedelta(hours=12)
"""A shift and its overtime; ID tokens end much sooner, some after minutes."""

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def email_key(email: str) -> str:
    """Return an email address as it is compared: without regard to capital letters of the English alphabet.

    Other letters stay as they are. Were they folded too, different addresses, perhaps of different people, would
    become the same.

    >>> email_key(" Dana@Acme.example "), email_key("STRA\u1e9eE@acme.example")
    ('dana@acme.example', 'straẞe@acme.example')
    """
    return email.strip().translate(_LOWER)


class Identities:
    """Those of one region."""

    def __init__(self, session: Session, region: uuid.UUID) -> None:
        self._session = session
        self._region = region

    def create(self, role: Role, company: str | None, label: str, email: str) -> Identity:
        """Let a person in by the email address.

        Raises
        ------
        ConflictProblem
            If the address is let in already, here or in another region.
        """
        made = uuid.uuid4()
        values = {"id": made, "region_id": self._region, "role": role, "company": company, "label": label}
        order = insert(Identity).values(**values, email=email_key(email)).on_conflict_do_nothing()
        if self._session.execute(order.returning(Identity.id)).scalar() is None:
            raise ConflictProblem(
                f"{email_key(email)} is let in already, here or in another region. Revoke that first, or use another "
                "address of the person's."
            )
        return self._session.scalars(select(Identity).where(Identity.id == made)).one()

    def listed(self, limit: int, offset: int) -> Sequence[Identity]:
        """Return who was let in, also those who are no longer, the newest first."""
        query = select(Identity).where(Identity.region_id == self._region)
        query = query.order_by(Identity.created_at.desc(), Identity.id)
        return self._session.scalars(query.limit(limit).offset(offset)).all()

    def revoke(self, identity: uuid.UUID) -> None:
        """Let a person in no more; whoever is signed in so is out at once.

        Raises
        ------
        NotFoundProblem
            If this region has not let in anybody of this id.
        ConflictProblem
            If that is over already, or nobody else could let people in any more.
        """
        query = select(Identity).where(Identity.id == identity, Identity.region_id == self._region)
        found = self._session.scalars(query.with_for_update()).one_or_none()
        if found is None:
            raise NotFoundProblem(f"Nobody was let in as {identity}. List the identities and choose one.")
        if found.revoked_at is not None:
            raise ConflictProblem("This is revoked already. Let the person in anew.")
        if found.role == "planner" and found.subject is not None:
            refuse_last_planner(self._session, self._region)
        found.revoked_at = func.now()
        self._session.execute(delete(SignIn).where(SignIn.identity_id == identity))


def person_let_in(session: Session, person: Person) -> Actor:
    """Return as whom a person is let in, and note the use.

    The first sign-in binds the account: from then on it is let in whatever its address is, and another account that
    gets the address is not.

    Raises
    ------
    NotLetInProblem
        If nobody has let the person in.
    """
    query = select(Identity).where(Identity.revoked_at.is_(None))
    bound = query.where(Identity.issuer == person.issuer, Identity.subject == person.subject)
    found = session.scalars(bound).one_or_none() or _bound_now(session, person)
    return _actor(session, found, "token")


def _bound_now(session: Session, person: Person) -> Identity:
    if person.email is None:
        raise NotLetInProblem("The sign-in tells no email address. Let its administrator add it, or use a key.")
    email = email_key(person.email)
    if not person.is_confirmed:
        raise NotLetInProblem(
            f"The sign-in does not say that {email} was confirmed. Confirm the address there, then sign in again."
        )
    query = select(Identity).where(Identity.revoked_at.is_(None), Identity.email == email)
    found = session.scalars(query.with_for_update()).one_or_none()
    if found is None:
        raise NotLetInProblem(f"Nobody has let in {email} yet. Ask the region's planner to let {email} in.")
    if found.subject is not None and (found.issuer, found.subject) != (person.issuer, person.subject):
        raise NotLetInProblem(
            f"{email} was let in with another account. Ask the region's planner to revoke that and to let {email} in "
            "anew."
        )
    found.issuer, found.subject = person.issuer, person.subject
    session.flush()
    return found


def new_sign_in(session: Session, actor: Actor) -> tuple[SignIn, str]:
    """Return a secret that stands for a person for some hours, so that nobody signs in twice on a working day."""
    session.execute(delete(SignIn).where(SignIn.identity_id == actor.access, SignIn.ends_at < func.now()))
    secret = new_secret(SIGN_IN_PREFIX)
    made = SignIn(digest=digest_of(secret), identity_id=actor.access, ends_at=func.now() + SIGN_IN_TIME)
    session.add(made)
    session.flush()
    session.refresh(made)
    return made, secret


def signed_in(session: Session, secret: str) -> Actor:
    """Return who has signed in with a secret, and note the use.

    Raises
    ------
    NoKeyProblem
        If it is nobody's, or its time is over.
    """
    query = select(Identity).join(SignIn, SignIn.identity_id == Identity.id)
    query = query.where(SignIn.digest == digest_of(secret), SignIn.ends_at > func.now(), Identity.revoked_at.is_(None))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NoKeyProblem("This sign-in has ended. Sign in again.")
    return _actor(session, found, "sign-in")


def end_sign_in(session: Session, secret: str) -> None:
    """Forget a secret."""
    session.execute(delete(SignIn).where(SignIn.digest == digest_of(secret)))


def _actor(session: Session, found: Identity, by: Literal["token", "sign-in"]) -> Actor:
    limit = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, LAST_USE_SECONDS)
    is_old = Identity.last_used_at.is_(None) | (Identity.last_used_at < limit)
    session.execute(update(Identity).where(Identity.id == found.id, is_old).values(last_used_at=func.now()))
    role: Role = "manager" if found.role == "manager" else "planner"
    return Actor(found.id, found.region_id, role, found.company, found.label, by)


def let_in(database: Database, region: str, company: str | None, email: str, label: str) -> None:
    """Let in a planner of a region, or a company's manager, by the email address; a new region is made.

    Raises
    ------
    ConflictProblem
        If the address is let in already.
    """
    with database.session() as session:
        found = region_named(session, region)
        role: Role = "planner" if company is None else "manager"
        Identities(session, found.id).create(role, company, label, email)
