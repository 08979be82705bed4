"""What every route is given: a transaction, and who asks; the table of access is enforced here."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from lineside.service.access.entry import actor_with
from lineside.service.access.issuer import Issuer
from lineside.service.access.keys import Actor
from lineside.service.access.table import ACCESS, Access
from lineside.service.access.throttle import Throttle
from lineside.service.problems import (
    ChangedProblem,
    NoKeyProblem,
    NotAllowedProblem,
    NoVersionProblem,
    SlowDownProblem,
)
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database


@dataclass(frozen=True)
class Service:
    """What the routes share.

    Parameters
    ----------
    database, settings
        The database, and what is set.
    throttle
        Slows down clients with wrong keys.
    issuer
        Whose ID tokens are believed; None if nobody's.
    ending
        Set when the process is asked to end, so that streams of events end too.
    """

    database: Database
    settings: ServiceSettings
    throttle: Throttle
    issuer: Issuer | None = None
    ending: threading.Event = field(default_factory=threading.Event)


def service_of(request: Request) -> Service:
    """Return what the routes share."""
    service: Service = request.app.state.service
    return service


_bearer = HTTPBearer(auto_error=False, description="A key of a planner or plant manager, or an ID token.")
Given = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def client_of(request: Request) -> str:
    """Return whom failed tries are counted for."""
    return request.client.host if request.client else "unknown"


def open_session(request: Request) -> Iterator[Session]:
    """Give a transaction that is committed before the answer is sent."""
    with service_of(request).database.session() as session:
        yield session


InSession = Annotated[Session, Depends(open_session, scope="function")]


def admitted(request: Request, session: InSession, given: Given) -> Actor:
    """Return who asks, if the table of access lets that role use the route.

    Raises
    ------
    NoKeyProblem, NotLetInProblem, NotAllowedProblem, SlowDownProblem
        If it does not.
    IssuerAwayProblem
        If an ID token cannot be looked through now.
    """
    service, client = service_of(request), client_of(request)
    throttle = service.throttle
    wait = throttle.wait_seconds(client)
    if wait > 0:
        raise SlowDownProblem(math.ceil(wait))
    if given is None:
        raise NoKeyProblem("There is no key. Send it as Authorization: Bearer KEY.")
    try:
        actor = actor_with(session, given.credentials, service.issuer)
    except NoKeyProblem:
        throttle.failed(client)
        raise
    access = ACCESS.get(request.scope["route"].name, Access())
    if not (access.planner if actor.role == "planner" else access.manager):
        raise NotAllowedProblem("This is for the region's planner. Ask the planner for what you need.")
    return actor


Admitted = Annotated[Actor, Depends(admitted, scope="function")]


def company_for(actor: Actor, wanted: str | None) -> str | None:
    """Return the company whose part is shown: a manager's own, or for a planner the one asked for.

    Raises
    ------
    NotAllowedProblem
        If a manager asks for another company.
    """
    if actor.company is None:
        return wanted
    if wanted not in (None, actor.company):
        raise NotAllowedProblem(f"Your key opens the company {actor.company} alone. Leave out the other one.")
    return actor.company


def entity_tag(version: int) -> str:
    """Return a version as an entity tag."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> int | None:
    """Return the version that a change was made on; None for any (``*``).

    Raises
    ------
    NoVersionProblem
        If the header is missing.
    ChangedProblem
        If it is none of this service's tags.
    """
    if if_match is None:
        raise NoVersionProblem("The header If-Match is missing. Send the ETag of what you read and changed.")
    if if_match.strip() == "*":
        return None
    number = if_match.strip().strip('"')
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise ChangedProblem("If-Match is no tag of this service. Send the ETag as you got it.")
    return int(number)
