"""The people of one region: who somebody is, and taking somebody out of everything that is stored."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import CursorResult, delete, exists, func, select
from sqlalchemy.orm import Session

from lineside.models.raw import RawScenario, RawTable, plain_name
from lineside.service.calendars import Feed, history_from_text, history_text
from lineside.service.console import one_line
from lineside.service.persons.places import Place, places
from lineside.service.persons.scrub import TRAITS, Person, PersonKind, Scrub
from lineside.service.problems import ConflictProblem, NotFoundProblem
from lineside.service.runs.records import ACTIVE
from lineside.service.storage.feeds import Feeds
from lineside.service.storage.following import derived, edits_of
from lineside.service.storage.models import (
    CalendarState,
    Contact,
    Mail,
    Region,
    Revision,
    Run,
    StoredScenario,
    StoredVariant,
    Sweep,
)
from lineside.service.storage.models import Feed as StoredFeed
from lineside.service.storage.scenarios import Scenarios
from lineside.service.storage.texts import raw_table

log = structlog.get_logger("lineside.persons")
NOTE = "a person was deleted"


@dataclass(frozen=True)
class Deletion:
    """What a deletion came to.

    Parameters
    ----------
    pseudonym
        What stands for the person from now on.
    rewritten
        Rows that were written anew, by table.
    addresses
        Addresses of the person's calendar that are gone.
    revisions
        New revisions, of scenarios whose newest tables had the person.
    stays
        What stays for audit, in sentences.
    """

    pseudonym: str
    rewritten: dict[str, int]
    addresses: int
    revisions: int
    stays: tuple[str, ...]


class Register:
    """The people of one region.

    Parameters
    ----------
    session
        An open transaction.
    region
        Id of the region; nothing of other regions is ever seen or changed.
    author
        Who asks, in words.
    """

    def __init__(self, session: Session, region: uuid.UUID, author: str = "") -> None:
        self._session = session
        self._region = region
        self._scenarios = Scenarios(session, region, author)

    def person(self, kind: PersonKind, identity: str) -> Person:
        """Return somebody with every name that was ever written in the tables.

        Raises
        ------
        NotFoundProblem
            If no table, plan or calendar of the region has such a person.
        """
        names: set[str] = set()
        plain = Scrub(Person(kind, identity), _pseudonym())
        is_known = self._has_calendar(kind, identity)
        for place in places(self._session, self._region):
            is_known = is_known or bool(place.changes(plain).keys() & {"tables", "text", "published", "edits"})
            names.update(_names(place, kind, identity))
        if not is_known:
            raise NotFoundProblem(f"Nothing is held about a person {identity!r} of kind {kind}. Correct the id.")
        written = {*names, *(one_line(name) for name in names)} - {"", identity}
        return Person(kind, identity, frozenset(written))

    def _has_calendar(self, kind: PersonKind, identity: str) -> bool:
        mine = (StoredFeed.region_id == self._region, StoredFeed.kind == kind, StoredFeed.subject == identity)
        return bool(self._session.scalar(select(exists().where(*mine))))

    def delete(self, kind: PersonKind, identity: str) -> Deletion:
        """Put a pseudonym in place of a person everywhere, and take the person out of the newest tables.

        Raises
        ------
        NotFoundProblem
            If nothing is held about such a person.
        ConflictProblem
            If a run is not over: it would write the person back.
        """
        self._lock()
        person, pseudonym = self.person(kind, identity), _pseudonym()
        scrub = Scrub(person, pseudonym)
        rewritten: Counter[str] = Counter()
        self._delete_mails(person)
        for place in places(self._session, self._region):
            changes = place.changes(scrub)
            for column, new in changes.items():
                setattr(place.row, column, new)
            rewritten[place.table.__tablename__] += bool(changes)
        addresses = self._delete_calendar(person)
        rewritten[CalendarState.__tablename__] = self._rewrite_calendars(scrub)
        revisions = self._leave_out(kind, pseudonym)
        Feeds(self._session, self._region).tell_changed()
        log.info("person deleted", kind=kind, pseudonym=pseudonym)
        return Deletion(pseudonym, dict(+rewritten), addresses, revisions, stays_of(kind, pseudonym))

    def _lock(self) -> None:
        """Keep everybody from saving, publishing and starting runs until the transaction ends."""
        self._session.scalars(select(Region).where(Region.id == self._region).with_for_update()).one()
        mine = select(StoredScenario.id).where(StoredScenario.region_id == self._region)
        self._session.scalars(mine.order_by(StoredScenario.id).with_for_update()).all()
        active = select(func.count()).where(Run.region_id == self._region, Run.status.in_(ACTIVE))
        count = self._session.scalars(active).one()
        if count:
            raise ConflictProblem(
                f"{count} run{' is' if count == 1 else 's are'} not finished and would write the person back. "
                "Stop what runs, or wait for it, then delete the person."
            )

    def _delete_calendar(self, person: Person) -> int:
        """Delete the person's own calendar and its addresses, and return how many there were."""
        state = (CalendarState.region_id == self._region, CalendarState.kind == person.kind)
        self._session.execute(delete(CalendarState).where(*state, CalendarState.owner == person.id))
        feeds = (StoredFeed.region_id == self._region, StoredFeed.kind == person.kind)
        found = self._session.execute(delete(StoredFeed).where(*feeds, StoredFeed.subject == person.id))
        return found.rowcount if isinstance(found, CursorResult) else 0

    def _delete_mails(self, person: Person) -> None:
        """Delete the person's mail address, and what waits to be sent there or was."""
        for table in (Contact, Mail):
            mine = (table.region_id == self._region, table.kind == person.kind, table.owner == person.id)
            self._session.execute(delete(table).where(*mine))

    def _rewrite_calendars(self, scrub: Scrub) -> int:
        query = select(CalendarState).where(CalendarState.region_id == self._region)
        now, count = dt.datetime.now(dt.UTC).replace(microsecond=0), 0
        for state in self._session.scalars(query):
            history = history_from_text(state.text)
            feeds = {key: scrubbed(feed, scrub, now) for key, feed in history.feeds.items()}
            if feeds != history.feeds:
                state.text = history_text(dataclasses.replace(history, feeds=feeds))
                count += 1
        return count

    def _leave_out(self, kind: PersonKind, pseudonym: str) -> int:
        """Give every scenario whose newest tables have the person a revision that has not; variants follow."""
        query = select(StoredScenario.id, StoredVariant).outerjoin(
            StoredVariant, StoredVariant.scenario_id == StoredScenario.id
        )
        query = query.where(StoredScenario.region_id == self._region)
        rows = self._session.execute(query.order_by(StoredVariant.base_id.nulls_first(), StoredScenario.id)).all()
        count = 0
        for scenario, variant in rows:
            saved = self._scenarios.locked(scenario, None)
            raw = without_rows(saved.raw, kind, pseudonym)
            if raw == saved.raw:
                continue
            if variant is None:
                self._scenarios.save(saved, raw, NOTE, is_draft=True)
            else:
                derived(self._scenarios, variant, self._scenarios.get(variant.base_id), edits_of(variant), NOTE)
            count += 1
        return count


def scrubbed(feed: Feed, scrub: Scrub, now: dt.datetime) -> Feed:
    """Return a calendar of somebody else without the person; what was changed is modified now, and no revision."""
    events = []
    for event in feed.events:
        content = event.content
        summary, details, location = map(scrub.text, (content.summary, content.details, content.location))
        new = dataclasses.replace(content, summary=summary, details=details, location=location)
        changed = dataclasses.replace(event, content=new, last_modified=max(now, event.last_modified))
        events.append(event if new == content else changed)
    title = scrub.text(feed.title)
    if (title, tuple(events)) == (feed.title, feed.events):
        return feed
    return dataclasses.replace(feed, title=title, events=tuple(events), last_modified=max(now, feed.last_modified))


def without_rows(raw: RawScenario, kind: PersonKind, identity: str) -> RawScenario:
    """Return tables without the rows of a person."""
    traits = TRAITS[kind]
    tables = dict(raw.tables)
    for name in {traits.table, *traits.named_in} & tables.keys():
        table = tables[name]
        column = [plain_name(title) for title in table.header].index(kind) if _has(table, kind) else None
        kept = [row for row in table.rows if column is None or row[column].strip() != identity]
        if len(kept) < len(table.rows):
            tables[name] = raw_table(list(table.header), list(map(list, kept)))
    return dataclasses.replace(raw, tables=tables)


def _has(table: RawTable, column: str) -> bool:
    return column in map(plain_name, table.header)


def _names(place: Place, kind: PersonKind, identity: str) -> Iterator[str]:
    """Yield the names that a revision's tables or a variant's edits give somebody."""
    if isinstance(place.row, Revision):
        for row in rows_of(place.row.tables, TRAITS[kind].table, kind, identity):
            yield row.get("name", "").strip()
    if isinstance(place.row, StoredVariant | Sweep):
        for edit in place.row.edits:
            yield from _names_in(edit, kind, identity)


def _names_in(edit: dict[str, Any], kind: PersonKind, identity: str) -> Iterator[str]:
    for part in (*edit.get("cells", ()), *edit.get("added", ()), *edit.get("removed", ())):
        if part["table"] != TRAITS[kind].table:
            continue
        cells = {plain_name(column): cell.strip() for column, cell in part.get("cells", {}).items()}
        if identity not in (cells.get(kind), *part.get("row", ())):
            continue
        yield cells.get("name", "")
        if part.get("column") == "name":
            yield from (str(part.get(key) or "").strip() for key in ("before", "after"))


def rows_of(tables: dict[str, Any], table: str, column: str, identity: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table in which a column has an id, each by its columns."""
    found = tables.get(table, {"columns": [], "rows": []})
    columns = [plain_name(title) for title in found["columns"]]
    for cells in found["rows"]:
        row = dict(zip(columns, cells, strict=False))
        if row.get(column, "").strip() == identity:
            yield row


def stays_of(kind: PersonKind, pseudonym: str) -> tuple[str, ...]:
    """Return what stays after a deletion, and why, in sentences."""
    kept = ", ".join(sorted(TRAITS[kind].kept))
    return (
        f"Earlier revisions keep a row of {pseudonym} with {kept}, and plans keep its places, so that their figures "
        "still add up. Whoever knows who worked there may know who it was.",
        "Backups made before hold the person, and restoring one brings the person back. Delete the old ones, or delete "
        "the person again after restoring.",
        "What left the service stays where it is: calendars that apps have fetched, downloads, printed sheets, mails. "
        "Ask those who have them.",
        "Labels of keys and of people who sign in are not searched. Revoke the person's own access there.",
        "PostgreSQL overwrites rows on the disk later, by itself. Run VACUUM FULL to have it at once.",
    )


def _pseudonym() -> str:
    return f"gone-{secrets.token_hex(4)}"
