"""Routes of notices: whose next meeting changes when a plan comes into force, and where they are mailed."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import ConfigDict, Field
from sqlalchemy.orm import Session

from lineside.scenarios.notices import Notice, notices
from lineside.scenarios.plan_trials import Desk
from lineside.service.access.keys import Actor
from lineside.service.api.context import Admitted, InSession, service_of
from lineside.service.api.downloads import CSV, attachment, binary, csv_bytes
from lineside.service.api.parts import Answer, Body, Identity, problems
from lineside.service.api.plan_desks import desk_of
from lineside.service.api.plan_trial_models import MeetingChangeOut, clock
from lineside.service.notice_sheet import COLUMNS, notice_rows
from lineside.service.storage.contacts import Contacts
from lineside.service.storage.models import Publication
from lineside.service.storage.plans import Plans, Shelved

router = APIRouter(tags=["notices"])

Days = Annotated[int, Query(ge=1, le=366, description="changes of meetings within so many days")]
At = Annotated[dt.datetime | None, Query(description="local time of the region, without a zone; now if left out")]


class NoticeOut(Answer):
    """What one person must be told beside the calendar."""

    who: Literal["apprentice", "instructor"]
    id: str
    name: str
    company: str | None
    first: str = Field(examples=["2027-01-05T15:30"], description="first meeting that changes, local time")
    later: int = Field(description="meetings that change after these days")
    subject: str
    text: str
    has_address: bool
    meetings: list[MeetingChangeOut]

    @classmethod
    def of(cls, notice: Notice, *, has_address: bool) -> NoticeOut:
        """Return a notice as an answer."""
        names = ("who", "id", "name", "company", "subject", "text")
        return cls(
            **{name: getattr(notice, name) for name in names},
            first=clock(notice.first.start),
            later=notice.num_later,
            has_address=has_address,
            meetings=[MeetingChangeOut.of(row) for row in notice.meetings],
        )


class MailOut(Answer):
    """Mails of a plan's publications; without a mail server none is ever queued."""

    is_configured: bool
    waiting: int
    sent: int
    failed: int


class NoticesOut(Answer):
    """Whom to tell when a plan comes into force, the most urgent first."""

    against: Identity | None = Field(description="the plan in force before; none if there is none")
    against_name: str | None
    now: str = Field(examples=["2027-01-04T08:00"], description="local time of the region")
    days: int
    mail: MailOut
    people: list[NoticeOut]


class ContactsBody(Body):
    """All mail addresses of a region, as a CSV table."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"csv": "kind,id,address\napprentice,A1,dana@acme.example\n"}]}
    )

    csv: str = Field(max_length=4 * 2**20, description="a header with id and address, and kind if wanted")


class PersonOut(Answer):
    """Somebody who has an address, which is not told."""

    kind: Literal["apprentice", "instructor"]
    id: str


class ContactsOut(Answer):
    """Who can be mailed; the addresses themselves are never told."""

    people: list[PersonOut]


class _Publishing:
    """A plan, and the one that was in force before it came into force, or would be."""

    def __init__(self, shelved: Shelved, request: Request, session: Session, actor: Actor) -> None:
        plans = Plans(session, actor.region)
        rows = plans.publications()
        mine = [publication for publication, plan in rows if plan.id == shelved.plan.id]
        newest = mine[0].number if shelved.is_in_force and mine else None
        earlier = [plan for publication, plan in rows if newest is None or publication.number < newest]
        self.publications = [publication.id for publication in mine]
        self.after = desk_of(shelved, None, request, session, actor)
        self.before = desk_of(plans.get(earlier[0].id), None, request, session, actor) if earlier else None
        self.against = earlier[0] if earlier else None

    def now(self, at: dt.datetime | None) -> dt.datetime:
        """Return the local time of the region."""
        if at is not None:
            return at.replace(tzinfo=None)
        return dt.datetime.now(self.after.scenario.settings.zone).replace(tzinfo=None)

    def notices(self, now: dt.datetime, days: int) -> tuple[Notice, ...]:
        """Return whom to tell; nobody if there was no plan before."""
        return _notices(self.before, self.after, now, days)


def _notices(before: Desk | None, after: Desk, now: dt.datetime, days: int) -> tuple[Notice, ...]:
    if before is None or before is after:
        return ()
    return notices(after.scenario, before.plan, after.plan, now, days, earlier=before.scenario, views=after.days)


def post_notices(
    publication: Publication, before: Desk | None, after: Desk, request: Request, session: Session, actor: Actor
) -> None:
    """Queue mails to everybody whose next meeting changes and who has an address, if there is a mail server."""
    settings = service_of(request).settings
    if not settings.smtp_host:
        return
    now = dt.datetime.now(after.scenario.settings.zone).replace(tzinfo=None)
    Contacts(session, actor.region).post(publication, _notices(before, after, now, settings.notice_days))


@router.get("/plans/{plan}/notices", responses=problems(404, 409))
def read_notices(
    plan: uuid.UUID, request: Request, session: InSession, actor: Admitted, days: Days = 3, at: At = None
) -> NoticesOut:
    """Tell whose next meeting changes when a plan comes into force, or changed when it did, with a ready text."""
    publishing = _Publishing(Plans(session, actor.region).get(plan), request, session, actor)
    contacts = Contacts(session, actor.region)
    now, known = publishing.now(at), contacts.reachable()
    counts = contacts.counts(publishing.publications)
    return NoticesOut(
        against=publishing.against.id if publishing.against else None,
        against_name=publishing.against.name if publishing.against else None,
        now=f"{now:%Y-%m-%dT%H:%M}",
        days=days,
        mail=MailOut(
            is_configured=bool(service_of(request).settings.smtp_host),
            waiting=counts.waiting,
            sent=counts.sent,
            failed=counts.failed,
        ),
        people=[NoticeOut.of(row, has_address=(row.who, row.id) in known) for row in publishing.notices(now, days)],
    )


@router.get(
    "/plans/{plan}/notices/download",
    responses={**problems(404, 409), 200: binary(CSV)},
    response_class=Response,
)
def download_notices(
    plan: uuid.UUID, request: Request, session: InSession, actor: Admitted, days: Days = 3, at: At = None
) -> Response:
    """Download the same as a CSV table; no cell of it is a formula."""
    publishing = _Publishing(Plans(session, actor.region).get(plan), request, session, actor)
    rows = notice_rows(publishing.notices(publishing.now(at), days))
    return attachment(csv_bytes(COLUMNS, rows), CSV, "notices.csv")


@router.put("/contacts", responses=problems())
def replace_contacts(body: ContactsBody, session: InSession, actor: Admitted) -> ContactsOut:
    """Say where people are mailed: all addresses at once, in place of those before."""
    contacts = Contacts(session, actor.region)
    contacts.replace(body.csv)
    return _contacts(contacts)


@router.get("/contacts", responses=problems())
def list_contacts(session: InSession, actor: Admitted) -> ContactsOut:
    """List who can be mailed."""
    return _contacts(Contacts(session, actor.region))


def _contacts(contacts: Contacts) -> ContactsOut:
    people = [PersonOut.model_validate({"kind": kind, "id": owner}) for kind, owner in sorted(contacts.reachable())]
    return ContactsOut(people=people)
