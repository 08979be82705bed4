"""All that is held about one person, as plain data."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lineside.service.calendars import FeedEvent, history_from_text
from lineside.service.persons.places import Place, places
from lineside.service.persons.register import Register, rows_of
from lineside.service.persons.scrub import Person, PersonKind, Scrub
from lineside.service.storage.models import (
    CalendarState,
    Contact,
    Mail,
    Publication,
    Revision,
    StoredPlan,
    StoredScenario,
)
from lineside.service.storage.models import Feed as StoredFeed

FORMAT = 1
Entries = list[dict[str, Any]]


def held_about(session: Session, region: uuid.UUID, kind: PersonKind, identity: str) -> dict[str, Any]:
    """Return everything that a region holds about somebody; of others, only what stands in the same sentence.

    Parameters
    ----------
    session
        An open transaction.
    region
        Id of the region.
    kind, identity
        Who it is.

    Returns
    -------
    Plain data of JSON. Rows that stayed the same over several revisions are told once, with the first and the last
    of them.

    Raises
    ------
    NotFoundProblem
        If nothing is held about such a person.
    """
    person = Register(session, region).person(kind, identity)
    found: dict[str, Entries] = {"tables": [], "plans": [], "mentions": []}
    scrub = Scrub(person, "gone")
    for place in places(session, region):
        changes = place.changes(scrub)
        if isinstance(place.row, Revision) and "tables" in changes:
            _add_rows(found["tables"], _rows(session, place.row, person))
        if isinstance(place.row, StoredPlan) and "text" in changes:
            found["plans"].append(_plan(session, place.row, person))
        told = {Revision: {"tables"}, StoredPlan: {"text"}}.get(place.table, set())
        for column in changes.keys() - told:
            found["mentions"].append(_mention(place, column, person, scrub))
    return {
        "format": FORMAT,
        "kind": kind,
        "id": identity,
        "names": sorted(person.names),
        **found,
        "calendar": _calendar(session, region, person),
        "addresses": _addresses(session, region, person),
        "mail_address": _mail_address(session, region, person),
        "mails": _mails(session, region, person),
        "in_calendars_of_others": list(_lines(session, region, person, scrub)),
    }


def _mail_address(session: Session, region: uuid.UUID, person: Person) -> str | None:
    contact = session.get(Contact, (region, person.kind, person.id))
    return None if contact is None else contact.address


def _mails(session: Session, region: uuid.UUID, person: Person) -> Entries:
    mine = (Mail.region_id == region, Mail.kind == person.kind, Mail.owner == person.id)
    return [
        {
            "subject": mail.subject,
            "text": mail.text,
            "status": mail.status,
            "made_at": mail.created_at.isoformat(),
        }
        for mail in session.scalars(select(Mail).where(*mine).order_by(Mail.created_at, Mail.id))
    ]


def _rows(session: Session, revision: Revision, person: Person) -> dict[str, Any]:
    traits = person.traits
    named = {name: list(rows_of(revision.tables, name, person.kind, person.id)) for name in sorted(traits.named_in)}
    rows = list(rows_of(revision.tables, traits.table, person.kind, person.id))
    scenario = session.get_one(StoredScenario, revision.scenario_id)
    head = {"scenario": str(scenario.id), "name": scenario.name}
    return {**head, "first_revision": revision.number, "last_revision": revision.number, traits.table: rows, **named}


def _add_rows(entries: Entries, entry: dict[str, Any]) -> None:
    """Add the rows of a revision, or lengthen the entry of the one before if they are the same."""
    span = ("first_revision", "last_revision")
    last = entries[-1] if entries else {}
    same = all(last.get(key) == value for key, value in entry.items() if key not in span)
    if same and last["last_revision"] == entry["first_revision"] - 1:
        last["last_revision"] = entry["last_revision"]
    else:
        entries.append(entry)


def _plan(session: Session, plan: StoredPlan, person: Person) -> dict[str, Any]:
    text: dict[str, Any] = json.loads(plan.text)
    mine = {
        part: [row for row in text.get(part, ()) if row.get(person.kind) == person.id]
        for part in ("seats", "options", "unseated", "cohorts")
    }
    wanted = {seat["cohort"] for seat in mine["seats"]}
    mine["cohorts"] += [row for row in text.get("cohorts", ()) if row["cohort"] in wanted]
    published = select(Publication.published_at).where(Publication.plan_id == plan.id).order_by(Publication.number)
    return {
        "plan": str(plan.id),
        "name": plan.name,
        "scenario": str(plan.scenario_id),
        "revision": plan.revision,
        "made_at": plan.created_at.isoformat(),
        "published_at": [at.isoformat() for at in session.scalars(published)],
        **mine,
    }


def _mention(place: Place, column: str, person: Person, scrub: Scrub) -> dict[str, Any]:
    value = getattr(place.row, column)
    if column in ("published", "incumbent"):
        texts = ["a plan that has the person"]
    else:
        texts = [text for text in _texts(value) if scrub.text(text) != text]
    key = [str(part) for part in place.key]
    return {"table": place.table.__tablename__, "row": key, "column": column, "texts": texts}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _calendar(session: Session, region: uuid.UUID, person: Person) -> dict[str, Any] | None:
    state = session.get(CalendarState, (region, person.kind, person.id))
    if state is None:
        return None
    (feed,) = history_from_text(state.text).feeds.values()
    return {"title": feed.title, "time_zone": feed.zone, "events": [_event(event) for event in feed.events]}


def _event(event: FeedEvent) -> dict[str, Any]:
    content = event.content
    times = {"start": content.start.isoformat(), "end": content.end.isoformat()}
    words = {"summary": content.summary, "details": content.details, "location": content.location}
    return {**times, **words, "status": event.status, "sequence": event.sequence}


def _addresses(session: Session, region: uuid.UUID, person: Person) -> Entries:
    mine = (StoredFeed.region_id == region, StoredFeed.kind == person.kind, StoredFeed.subject == person.id)
    instants = ("created_at", "rotated_at", "last_fetched_at", "revoked_at")
    return [
        {"alarm_minutes": feed.alarm_minutes, **{name: _iso(getattr(feed, name)) for name in instants}}
        for feed in session.scalars(select(StoredFeed).where(*mine).order_by(StoredFeed.created_at))
    ]


def _iso(instant: Any) -> str | None:
    return None if instant is None else str(instant.isoformat())


def _lines(session: Session, region: uuid.UUID, person: Person, scrub: Scrub) -> Iterator[dict[str, Any]]:
    """Yield the lines of others' calendars that name the person, and no others."""
    for state in session.scalars(select(CalendarState).where(CalendarState.region_id == region)):
        if (state.kind, state.owner) == (person.kind, person.id):
            continue
        for feed in history_from_text(state.text).feeds.values():
            for event in feed.events:
                texts = [line for line in event.content.details.splitlines() if scrub.text(line) != line]
                if texts:
                    start = event.content.start.isoformat()
                    yield {"kind": state.kind, "owner": state.owner, "start": start, "texts": texts}
