"""Routes of people and access: keys, and the calendars' addresses."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import ConfigDict, Field

from lineside.service.access.keys import Keys
from lineside.service.api.context import Admitted, InSession, service_of
from lineside.service.api.parts import Answer, Body, Identity, Instant, Owner, Page, Words, problems
from lineside.service.calendars import FeedKind
from lineside.service.problems import MistakesProblem
from lineside.service.storage.feeds import Address, Feeds
from lineside.service.storage.models import Key

router = APIRouter(tags=["people and access"])


class MeOut(Answer):
    """Whose key this is."""

    role: Literal["planner", "manager"]
    region: Identity
    company: str | None = Field(description="a manager's company")
    access: Identity = Field(description="id of the key or of the identity")
    label: str


class KeyBody(Body):
    """A key to make."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"role": "manager", "company": "ACME", "label": "Dana at Acme"}]}
    )

    role: Literal["planner", "manager"]
    company: Owner | None = Field(None, description="a manager's company; none for a planner")
    label: Words = Field(description="whose key it is")


class KeyOut(Answer):
    """A key without its secret."""

    id: Identity
    role: Literal["planner", "manager"]
    company: str | None
    label: str
    created_at: Instant
    rotated_at: Instant | None
    last_used_at: Instant | None
    revoked_at: Instant | None


class NewKeyOut(KeyOut):
    """A key with its secret, shown this once."""

    key: str = Field(examples=["lsk_q2c0…"])


class FeedBody(Body):
    """Calendars to make addresses for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "apprentice", "owners": ["A1", "A2"]}]})

    kind: FeedKind
    owners: list[Owner] | None = Field(None, max_length=20_000, description="ids; all that may be seen if left out")
    alarm_minutes: int | None = Field(
        None, ge=0, le=7 * 24 * 60, description="a reminder so long before; none if left out"
    )


class FeedPage(Page):
    """Which feeds are wanted."""

    kind: FeedKind | None = None
    owner: Owner | None = None


class FeedOut(Answer):
    """A calendar's feed without its address."""

    id: Identity
    kind: FeedKind
    owner: str = Field(validation_alias="subject")
    alarm_minutes: int | None
    created_at: Instant
    rotated_at: Instant | None
    last_fetched_at: Instant | None
    revoked_at: Instant | None


class NewFeedOut(FeedOut):
    """A feed with its secret addresses, shown this once."""

    address: str = Field(examples=["https://lineside.example.org/calendars/Zk3…ics"])
    page: str = Field(examples=["https://lineside.example.org/calendars/Zk3…"])


@router.get("/me", responses=problems())
def read_me(actor: Admitted) -> MeOut:
    """Tell whose key this is."""
    return MeOut(role=actor.role, region=actor.region, company=actor.company, access=actor.access, label=actor.label)


def _new_key(key: Key, secret: str) -> NewKeyOut:
    return NewKeyOut(**KeyOut.model_validate(key).model_dump(), key=secret)


@router.post("/keys", status_code=201, responses=problems())
def create_key(body: KeyBody, session: InSession, actor: Admitted) -> NewKeyOut:
    """Make a key; it is shown this once and stored as a digest."""
    if (body.role == "manager") != (body.company is not None):
        raise MistakesProblem("A manager's key has a company, a planner's has none. Give or leave out the company.")
    return _new_key(*Keys(session, actor.region).create(body.role, body.company, body.label))


@router.get("/keys", responses=problems())
def list_keys(session: InSession, actor: Admitted, page: Annotated[Page, Query()]) -> list[KeyOut]:
    """List keys with their last use, revoked ones too."""
    return [KeyOut.model_validate(key) for key in Keys(session, actor.region).listed(page.limit, page.offset)]


@router.post("/keys/{key}/rotate", responses=problems(404, 409))
def rotate_key(key: uuid.UUID, session: InSession, actor: Admitted) -> NewKeyOut:
    """Give a key a new secret; the old one ends at once."""
    return _new_key(*Keys(session, actor.region).rotate(key))


@router.delete("/keys/{key}", status_code=204, responses=problems(404, 409))
def revoke_key(key: uuid.UUID, session: InSession, actor: Admitted) -> None:
    """Revoke a key."""
    Keys(session, actor.region).revoke(key)


def _new_feed(request: Request, made: Address) -> NewFeedOut:
    base = (service_of(request).settings.public_url or str(request.base_url)).rstrip("/")
    page = f"{base}/calendars/{made.token}"
    return NewFeedOut.model_validate({**_feed_values(made), "address": f"{page}.ics", "page": page})


def _feed_values(made: Address) -> dict[str, object]:
    names = ("id", "kind", "subject", "alarm_minutes", "created_at", "rotated_at", "last_fetched_at", "revoked_at")
    return {name: getattr(made.feed, name) for name in names}


@router.post("/feeds", status_code=201, responses=problems(404))
def create_feeds(body: FeedBody, request: Request, session: InSession, actor: Admitted) -> list[NewFeedOut]:
    """Make secret addresses of calendars in the plan in force; each is shown this once.

    A manager gets those of the own company and its apprentices.
    """
    made = Feeds(session, actor.region, actor.company).create(body.kind, body.owners, body.alarm_minutes)
    return [_new_feed(request, address) for address in made]


@router.get("/feeds", responses=problems())
def list_feeds(session: InSession, actor: Admitted, page: Annotated[FeedPage, Query()]) -> list[FeedOut]:
    """List feeds with their last fetch, revoked ones too; a manager sees those of the own company."""
    feeds = Feeds(session, actor.region, actor.company)
    return [FeedOut.model_validate(row) for row in feeds.listed(page.kind, page.owner, page.limit, page.offset)]


@router.post("/feeds/{feed}/rotate", responses=problems(404, 409))
def rotate_feed(feed: uuid.UUID, request: Request, session: InSession, actor: Admitted) -> NewFeedOut:
    """Give a feed another address; the old one ends at once."""
    return _new_feed(request, Feeds(session, actor.region, actor.company).rotate(feed))


@router.delete("/feeds/{feed}", status_code=204, responses=problems(404, 409))
def revoke_feed(feed: uuid.UUID, session: InSession, actor: Admitted) -> None:
    """Revoke a feed: its address says so for two weeks, then it is gone."""
    Feeds(session, actor.region, actor.company).revoke(feed)
