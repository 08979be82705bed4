"""From every earlier migration with rows in all tables: an upgrade in place, and a backup restored by this version."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, create_engine, make_url, text

from lineside.models.plan import plan_json
from lineside.service.access.entry import actor_with
from lineside.service.access.secrets import digest_of
from lineside.service.calendars import FeedKey, history_from_text
from lineside.service.runs.desk import Desk
from lineside.service.storage.backup import back_up
from lineside.service.storage.database import Database, known_revisions, newest_revision, upgrade
from lineside.service.storage.feeds import Feeds
from lineside.service.storage.models import CalendarState, Identity
from lineside.service.storage.plans import Plans
from lineside.service.storage.queue_schema import update_queue
from lineside.service.storage.restore import restore
from lineside.service.storage.scenarios import Scenarios
from lineside.service.storage.variants import Variants
from lineside.service.sweeps.desk import Sweeps
from lineside.service.sweeps.table import stands_of
from tests.service.regions import tiny_raw
from tests.service.storage.filling import (
    ASKED,
    FEED_TOKEN,
    KEY_SECRET,
    PLAN,
    REGION,
    RUN,
    SCENARIO,
    SEATED,
    VARIANT,
    contents,
    fill,
)

REVISIONS = sorted(known_revisions())
NAMES_KEPT_SINCE = "0003"
"""The first migration since which the names of the queue's migrations are kept."""


@pytest.fixture
def empty(server: str) -> Iterator[Callable[[], Database]]:
    """Give a way to make databases without any table."""
    admin = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    made: list[Database] = []

    def make() -> Database:
        name = f"test_{uuid.uuid4().hex}"
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        made.append(Database(make_url(server).set(database=name).render_as_string(hide_password=False)))
        return made[-1]

    yield make
    for database in made:
        database.close()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {make_url(database.address).database}"))
    admin.dispose()


def as_of(database: Database, revision: str) -> Database:
    """Make the tables that a Lineside of some revision made, with rows in all of them."""
    with database.engine.connect() as connection:
        upgrade(connection, revision)
        connection.commit()
        make_queue(connection, revision)
        connection.commit()
    fill(database, revision)
    return database


def make_queue(connection: Connection, revision: str) -> None:
    if revision >= NAMES_KEPT_SINCE:
        update_queue(connection)
    else:
        connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_an_older_lineside_stored_is_read_by_this_one(
    empty: Callable[[], Database], tmp_path: Path, revision: str
) -> None:
    older, fresh = as_of(empty(), revision), empty()
    before = contents(older)
    assert all(before[name] for name in before if not name.startswith(("procrastinate", "queue")))
    back_up(older, tmp_path / "older")  # before the upgrade: nothing of the database changes for it
    assert contents(older) == before
    older.migrate()
    assert older.is_ready()
    restored = restore(fresh, tmp_path / "older")
    assert fresh.is_ready() and restored.about.revision == revision
    assert restored.is_queue_new == (revision < NAMES_KEPT_SINCE)
    assert kept(fresh, restored.is_queue_new) == kept(older, restored.is_queue_new)
    for database in (older, fresh):
        read_back(database, revision)
    back_up(fresh, tmp_path / "newer")
    restore(older, tmp_path / "newer", is_replacing=True)
    assert contents(older) == contents(fresh)


def kept(database: Database, is_queue_new: bool) -> dict[str, list[str]]:
    """Return the contents that must be the same; the queue's own only where they were kept."""
    found = contents(database)
    return {
        name: rows for name, rows in found.items() if not (is_queue_new and name.startswith(("procrastinate", "queue")))
    }


def read_back(database: Database, revision: str) -> None:
    """Read everything that :func:`fill` stored as the service reads it."""
    with database.session() as session:
        actor = actor_with(session, KEY_SECRET, None)
        assert (actor.region, actor.role, actor.label) == (REGION, "planner", "tab\tline\nback\\slash \\N Ø 漢字")
        saved, scenario = Scenarios(session, REGION).good(SCENARIO)
        assert saved.raw.tables == tiny_raw().tables
        assert [person.apprentice for person in scenario.apprentices] == ["a1"]
        authors = [row.author for row in Scenarios(session, REGION).revisions(SCENARIO)]
        assert authors == (["Dana", ""] if revision >= "0002" else ["", ""])
        in_force = Plans(session, REGION).in_force()
        assert (in_force.plan.id, in_force.plan.text) == (PLAN, plan_json(SEATED))
        method, margin = "first_come" if revision >= "0004" else "search", 2 if revision >= "0007" else 0
        run = Desk(session, REGION).get(RUN)
        assert (run.status, run.method, run.margin, run.ask) == ("finished", method, margin, None)
        assert [event.solved_seconds for event in Desk(session, REGION).events(RUN, 0)] == [0.3]
        (feed,) = Feeds(session, REGION, "acme").listed("apprentice", "a1", 10, 0)
        assert (feed.digest, feed.revoked_at) == (digest_of(FEED_TOKEN), None)
        state = session.get_one(CalendarState, (REGION, "apprentice", "a1"))
        (event,) = history_from_text(state.text).feeds[FeedKey("apprentice", "a1")].events
        assert (event.slot.cohort, event.sequence, event.is_cancelled) == ("C1", 0, False)
        people = [(row.label, row.email) for row in session.query(Identity)]
        assert people == ([("Pat", "p@x.y")] if revision >= "0005" else [])
        if revision >= "0006":
            asked = Desk(session, REGION).get(ASKED)
            ask = {"keep": 1} if revision >= "0008" else None
            assert (asked.about, asked.answer, asked.ask) == (PLAN, {"x": 1}, ask)
        if revision >= "0010":
            (sweep,) = Sweeps(session, REGION).listed(10, 0)
            (stand,) = stands_of(session, sweep)
            # One seat for the one who needs it: the plan of the run.
            assert (stand.base, stand.plan, stand.cohorts, stand.unseated) == ("tiny", PLAN, 1, 0)
            assert Desk(session, REGION).get(ASKED).priority == -10
        if revision >= "0008":
            assert Variants(session, REGION).get(VARIANT).variant.base_id == SCENARIO


def test_the_newest_migration_is_among_them() -> None:
    assert newest_revision() == REVISIONS[-1] and REVISIONS[0] == "0001"
