"""Every place in which a region's rows may speak of a person."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import Session

from lineside.service.persons.scrub import Scrub
from lineside.service.storage.models import (
    CalendarState,
    Contact,
    Feed,
    Identity,
    Key,
    Mail,
    Publication,
    Region,
    Revision,
    Run,
    RunEvent,
    SignIn,
    StoredPlan,
    StoredScenario,
    StoredVariant,
    Sweep,
    SweepPoint,
    Table,
)
from lineside.service.storage.queue_schema import QueueMigration

Way = Callable[[Scrub, Any], Any]
"""How a value is written without a person."""

PLACES: Mapping[type[Table], Mapping[str, Way]] = {
    StoredScenario: {"name": Scrub.text},
    Revision: {
        "settings": Scrub.sentences,
        "tables": Scrub.tables,
        "published": Scrub.plan,
        "mistakes": Scrub.sentences,
        "warnings": Scrub.sentences,
        "note": Scrub.text,
    },
    StoredVariant: {"edits": Scrub.edits, "conflicts": Scrub.sentences, "settled": Scrub.sentences},
    Run: {
        "ask": Scrub.sentences,
        "incumbent": Scrub.plan,
        "answer": Scrub.sentences,
        "reason": Scrub.text,
        "stage": Scrub.text,
    },
    RunEvent: {"stage": Scrub.text},
    StoredPlan: {"name": Scrub.text, "text": Scrub.plan},
    Sweep: {"name": Scrub.text, "axes": Scrub.sentences, "edits": Scrub.edits},
    SweepPoint: {"base": Scrub.text, "choices": Scrub.sentences},
    Mail: {"subject": Scrub.text, "text": Scrub.text},
}
"""Columns that are rewritten."""

OWNED: Mapping[type[Table], str] = {Feed: "subject", CalendarState: "owner", Contact: "owner", Mail: "owner"}
"""Tables with rows that are the person's own and go, and the column that says so; calendars of others are rewritten."""

ACCOUNTS = "says who works with Lineside, and goes with the key or invitation"
WORDS = "holds a word out of a few, or the id of a company"
SPARED: Mapping[type[Table], Mapping[str, str]] = {
    Region: {"name": "names the region"},
    Key: {"role": WORDS, "company": WORDS, "label": ACCOUNTS, "digest": ACCOUNTS},
    Identity: dict.fromkeys(("label", "email", "issuer", "subject"), ACCOUNTS) | {"role": WORDS, "company": WORDS},
    SignIn: {"digest": ACCOUNTS},
    Revision: {"author": ACCOUNTS},
    Run: dict.fromkeys(("method", "status", "outcome"), WORDS),
    RunEvent: {"status": WORDS},
    Publication: {},
    Feed: {"kind": WORDS, "company": WORDS, "digest": "goes with its row"},
    CalendarState: {"kind": WORDS, "company": WORDS, "text": "is rewritten by its events"},
    Contact: {"kind": WORDS, "address": "goes with its row"},
    Mail: {"kind": WORDS, "status": WORDS},
    QueueMigration: {"name": "names a migration"},
}
"""Columns of texts that are left as they are, and why."""


@dataclass(frozen=True)
class Place:
    """A row in which a person may be spoken of.

    Parameters
    ----------
    table
        Its table.
    key
        Its primary key.
    row
        The row.
    """

    table: type[Table]
    key: tuple[Any, ...]
    row: Table

    def changes(self, scrub: Scrub) -> dict[str, Any]:
        """Return the columns that speak of the person, with what is to stand there."""
        found = {}
        for column, way in PLACES[self.table].items():
            value = getattr(self.row, column)
            new = None if value is None else way(scrub, value)
            if new != value:
                found[column] = new
        return found


def places(session: Session, region: uuid.UUID) -> Iterator[Place]:
    """Yield every place of a region, one row in memory at a time; what was changed meanwhile is written."""
    for table in PLACES:
        keys = [tuple(row) for row in session.execute(_rows(table, region))]
        for key in keys:
            row = session.get_one(table, key)
            yield Place(table, key, row)
            session.flush()
            session.expunge(row)


def _rows(table: type[Table], region: uuid.UUID) -> Select[Any]:
    """Return the query of the keys of a region's rows."""
    query = select(*inspect(table).primary_key)
    if table in (Revision, StoredVariant):
        scenario: Any = table
        return query.join(StoredScenario, scenario.scenario_id == StoredScenario.id).where(
            StoredScenario.region_id == region
        )
    if table is SweepPoint:
        return query.join(Sweep, SweepPoint.sweep_id == Sweep.id).where(Sweep.region_id == region)
    if table is RunEvent:
        return query.join(Run, RunEvent.run_id == Run.id).where(Run.region_id == region)
    owned: Any = table
    return query.where(owned.region_id == region)
