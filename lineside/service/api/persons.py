"""Routes about one person: all that is held, and deleting the person from everything."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from lineside.service.api.context import Admitted, InSession
from lineside.service.api.downloads import JSON, attachment
from lineside.service.api.parts import Answer, Owner, problems
from lineside.service.persons.export import held_about
from lineside.service.persons.register import Register
from lineside.service.persons.scrub import PersonKind

router = APIRouter(prefix="/person", tags=["people and access"])


HELD: dict[str, Any] = {"description": "the file", "content": {JSON: {"schema": {"type": "object"}}}}


class PersonAsked(BaseModel):
    """Who is meant."""

    model_config = ConfigDict(extra="forbid")

    person: Owner = Field(description="the id in the tables", examples=["A1"])
    kind: PersonKind = "apprentice"


class DeletedOut(Answer):
    """What a deletion came to."""

    pseudonym: str = Field(examples=["gone-1f0c93a2"], description="what stands for the person from now on")
    rewritten: dict[str, int] = Field(description="rows that were written anew, by table")
    addresses: int = Field(description="addresses of the person's calendar that are gone")
    revisions: int = Field(description="scenarios that got a new revision without the person")
    stays: list[str] = Field(description="what stays for audit, and where else the person may be")


@router.get("/export", responses={**problems(404), 200: HELD}, response_class=Response)
def export_person(session: InSession, actor: Admitted, asked: Annotated[PersonAsked, Query()]) -> Response:
    """Download all that is held about a person as one JSON file."""
    held = held_about(session, actor.region, asked.kind, asked.person)
    return attachment(json.dumps(held, ensure_ascii=False, indent=1).encode(), JSON, "person.json")


@router.delete("", responses=problems(404, 409))
def delete_person(session: InSession, actor: Admitted, asked: Annotated[PersonAsked, Query()]) -> DeletedOut:
    """Delete a person from every revision, plan, run and calendar; a pseudonym stays, so that plans still add up."""
    done = Register(session, actor.region, actor.label).delete(asked.kind, asked.person)
    return DeletedOut.model_validate(done)
