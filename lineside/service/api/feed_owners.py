"""Routes about whose calendars there are, and the sheets with their codes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict, Field

from lineside.models.raw import plain_name
from lineside.service.access.keys import Actor
from lineside.service.api.context import Admitted, InSession, company_for, service_of
from lineside.service.api.downloads import PDF, attachment, binary
from lineside.service.api.parts import Answer, Body, Instant, Owner, Page, problems
from lineside.service.calendar_sheet import Card, sheet_pdf
from lineside.service.calendars import FeedKind
from lineside.service.problems import NotFoundProblem
from lineside.service.storage.feed_owners import Existing, FeedOwners
from lineside.service.storage.plans import Plans
from lineside.service.storage.scenarios import Scenarios

router = APIRouter(prefix="/feeds", tags=["people and access"])

MOST_CARDS = 1000
"""Most codes in one PDF."""


class FeedOwnerPage(Page):
    """Whose calendars are wanted."""

    kind: FeedKind
    company: Owner | None = Field(None, description="only this company's; a manager's own is taken anyway")


class FeedOwnerOut(Answer):
    """Somebody or something with a calendar in the plan in force."""

    kind: FeedKind
    owner: str = Field(examples=["A1"])
    title: str = Field(examples=["Classes of Ann"])
    company: str | None = Field(description="of a company or an apprentice")
    company_name: str | None = Field(description="the company's name in the tables of the plan in force")
    addresses: int = Field(description="how many addresses lead to the calendar; revoked ones do not count")
    last_fetched_at: Instant | None


class SheetBody(Body):
    """Which codes are printed, and what is done about addresses that there are already.

    Addresses are stored as digests, so a sheet always holds new ones.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kinds": ["company", "apprentice"], "company": "ACME", "existing": "keep"}]}
    )

    kinds: list[FeedKind] = Field(["company", "apprentice"], min_length=1, max_length=5)
    company: Owner | None = Field(None, description="only this company's; all companies, each on pages of its own")
    owners: list[Owner] | None = Field(None, max_length=MOST_CARDS, description="ids; all of the kinds if left out")
    existing: Existing = Field(
        "keep",
        description="earlier addresses go on working (keep), their owners are left out (skip), or they end (replace)",
    )
    alarm_minutes: int | None = Field(
        None, ge=0, le=7 * 24 * 60, description="a reminder so long before; none if left out"
    )


@router.get("/owners", responses=problems())
def list_feed_owners(
    session: InSession, actor: Admitted, page: Annotated[FeedOwnerPage, Query()]
) -> list[FeedOwnerOut]:
    """List whose calendars there are in the plan in force; a manager sees those of the own company."""
    owners = FeedOwners(session, actor.region, actor.company)
    found = owners.listed([page.kind], company_for(actor, page.company), page.limit, page.offset)
    names = _company_names(session, actor)
    named = [{**vars(row), "company_name": _named(names, row.company)} for row in found]
    return [FeedOwnerOut.model_validate(row) for row in named]


@router.post("/sheet", responses={**problems(404), 200: binary(PDF)}, response_class=Response)
def print_feeds(body: SheetBody, request: Request, session: InSession, actor: Admitted) -> Response:
    """Make addresses and print their QR codes on a sheet for each company."""
    owners = FeedOwners(session, actor.region, actor.company)
    found = owners.listed(body.kinds, company_for(actor, body.company))
    if body.owners is not None:
        found = [owner for owner in found if owner.owner in set(body.owners)]
    found = [owner for owner in found if body.existing != "skip" or owner.addresses == 0]
    if not found:
        raise NotFoundProblem("There is no calendar to print. Publish a plan, or choose other owners.")
    if len(found) > MOST_CARDS:
        raise NotFoundProblem(
            f"A sheet holds at most {MOST_CARDS:,} codes; these are {len(found):,}. Choose a company."
        )
    base = (service_of(request).settings.public_url or str(request.base_url)).rstrip("/")
    made = owners.make(found, body.existing, body.alarm_minutes)
    names = _company_names(session, actor)
    cards = [
        Card(_named(names, owner.company), owner.title, owner.owner, f"{base}/calendars/{address.token}")
        for owner, address in made
    ]
    pdf = sheet_pdf(cards, dt.datetime.now(dt.UTC).date())
    response = attachment(pdf, PDF, "calendars.pdf")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _company_names(session: InSession, actor: Actor) -> dict[str, str]:
    """Return names by id from the tables of the plan in force."""
    publications = Plans(session, actor.region).publications()
    if not publications:
        return {}
    plan = publications[0][1]
    table = Scenarios(session, actor.region).get(plan.scenario_id, plan.revision).raw.tables["companies"]
    columns = [plain_name(title) for title in table.header]
    rows = (dict(zip(columns, cells, strict=True)) for cells in table.rows)
    return {row["company"].strip(): row["name"].strip() for row in rows}


def _named(names: dict[str, str], company: str | None) -> str | None:
    return None if company is None else names.get(company) or company
