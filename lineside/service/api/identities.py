"""Routes of people who sign in with OpenID Connect: letting them in, and their sign-ins."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field

from lineside.service.access.identities import Identities, end_sign_in, new_sign_in
from lineside.service.api.context import Admitted, Given, InSession
from lineside.service.api.parts import Answer, Body, Identity, Instant, Owner, Page, Words, problems
from lineside.service.problems import ConflictProblem, MistakesProblem

router = APIRouter(tags=["people and access"])

Email = Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$")]


class IdentityBody(Body):
    """A person to let in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"role": "manager", "company": "ACME", "label": "Dana", "email": "dana@acme.example"}]
        }
    )

    role: Literal["planner", "manager"]
    company: Owner | None = Field(None, description="a manager's company; none for a planner")
    label: Words = Field(description="who it is")
    email: Email = Field(description="address that the issuer has confirmed; capital letters do not matter")


class IdentityOut(Answer):
    """A person who was let in."""

    id: Identity
    role: Literal["planner", "manager"]
    company: str | None
    label: str
    email: str
    is_bound: bool = Field(description="whether the person has signed in; from then on that account alone counts")
    created_at: Instant
    last_used_at: Instant | None
    revoked_at: Instant | None


class SignInOut(Answer):
    """What stands for a person who has signed in, shown this once."""

    secret: str = Field(examples=["lss_q2c0…"])
    ends_at: Instant


@router.post("/identities", status_code=201, responses=problems(409))
def create_identity(body: IdentityBody, session: InSession, actor: Admitted) -> IdentityOut:
    """Let a person in by the email address that the issuer of ID tokens has confirmed."""
    if (body.role == "manager") != (body.company is not None):
        raise MistakesProblem("A manager has a company, a planner has none. Give or leave out the company.")
    made = Identities(session, actor.region).create(body.role, body.company, body.label, body.email)
    return IdentityOut.model_validate(made)


@router.get("/identities", responses=problems())
def list_identities(session: InSession, actor: Admitted, page: Annotated[Page, Query()]) -> list[IdentityOut]:
    """List who was let in with the last use, also those who are no longer."""
    listed = Identities(session, actor.region).listed(page.limit, page.offset)
    return [IdentityOut.model_validate(identity) for identity in listed]


@router.delete("/identities/{identity}", status_code=204, responses=problems(404, 409))
def revoke_identity(identity: uuid.UUID, session: InSession, actor: Admitted) -> None:
    """Let a person in no more; whoever is signed in so is out at once."""
    Identities(session, actor.region).revoke(identity)


@router.post("/sign-in", status_code=201, responses=problems(409))
def sign_in(session: InSession, actor: Admitted) -> SignInOut:
    """Change an ID token, which may end within minutes, for a secret that is good for a working day."""
    if actor.by != "token":
        raise ConflictProblem("Only an ID token can be changed for a sign-in. Go on with the key or secret you have.")
    made, secret = new_sign_in(session, actor)
    return SignInOut(secret=secret, ends_at=made.ends_at)


@router.delete("/sign-in", status_code=204, responses=problems(409))
def sign_out(session: InSession, actor: Admitted, given: Given) -> None:
    """End a sign-in: its secret is good for nothing any more."""
    if actor.by != "sign-in" or given is None:
        raise ConflictProblem("This is no sign-in that can be ended. Revoke a key to end it.")
    end_sign_in(session, given.credentials)
