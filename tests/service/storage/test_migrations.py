"""Upgrades: from any older state of the queue's tables, by several processes at once, never backwards."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, make_url, text

from lineside.service.access.entry import actor_with
from lineside.service.access.identities import Identities
from lineside.service.access.keys import Keys
from lineside.service.storage import database as of_storage
from lineside.service.storage.database import Database, NewerDatabaseError, WrongAddressError
from lineside.service.storage.models import Identity, Run
from lineside.service.storage.queue_schema import FIRST_RELEASE, missing_migrations, shipped, update_queue
from lineside.service.storage.scenarios import Scenarios
from tests.service.regions import new_region, new_run, tiny_raw
from tests.service.runs.processes import wait_for_status, worker

MIGRATE = "import sys; from lineside.service.storage.database import Database; Database(sys.argv[1]).migrate()"
OLDER = "03.02.00_50_post_batch_defer_jobs.sql"
"""Newest migration of the older state that the tests upgrade from."""


@pytest.fixture
def empty(server: str) -> Iterator[Database]:
    """Return a database without any table."""
    admin = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    name = f"test_{uuid.uuid4().hex}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    made = Database(make_url(server).set(database=name).render_as_string(hide_password=False))
    yield made
    made.close()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def make_older(database: Database, newest: str = OLDER) -> None:
    """Make a database as an older Procrastinate left it."""
    database.migrate()
    with database.engine.connect() as connection:
        for kind, names in queue_objects(connection).items():
            for name in names:
                connection.execute(text(f"DROP {kind} IF EXISTS {name} CASCADE"))
        connection.execute(text("DELETE FROM queue_migrations"))
        connection.commit()
        for name, path in shipped().items():
            if name <= newest:
                connection.exec_driver_sql(path.read_text(encoding="utf-8").replace("%", "%%"))
                connection.execute(text("INSERT INTO queue_migrations (name) VALUES (:name)"), {"name": name})
                connection.commit()


def queue_objects(connection: Connection) -> dict[str, list[str]]:
    def names(query: str) -> list[str]:
        return list(connection.scalars(text(query)))

    return {
        "TABLE": names("SELECT tablename FROM pg_tables WHERE tablename LIKE 'procrastinate%'"),
        "FUNCTION": names("SELECT oid::regprocedure::text FROM pg_proc WHERE proname LIKE 'procrastinate%'"),
        "TYPE": names("SELECT typname FROM pg_type WHERE typname LIKE 'procrastinate%' AND typtype IN ('e', 'c')"),
    }


def shape(database: Database) -> dict[str, Any]:
    """Return what the queue's tables are like: columns, functions and enumerations."""
    queries = {
        "columns": "SELECT table_name, column_name, udt_name FROM information_schema.columns "
        "WHERE table_name LIKE 'procrastinate%'",
        "functions": "SELECT oid::regprocedure::text FROM pg_proc WHERE proname LIKE 'procrastinate%'",
        "indexes": "SELECT indexname FROM pg_indexes WHERE tablename LIKE 'procrastinate%'",
        "labels": "SELECT t.typname, e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid",
        "names": "SELECT name FROM queue_migrations",
    }
    with database.engine.connect() as connection:
        return {name: sorted(map(tuple, connection.execute(text(query)))) for name, query in queries.items()}


def at_once(address: str, processes: int = 4) -> None:
    running = [subprocess.Popen([sys.executable, "-c", MIGRATE, address]) for _ in range(processes)]
    assert [process.wait(120) for process in running] == [0] * processes


def test_processes_that_start_at_once_make_the_tables_once(empty: Database, database: Database) -> None:
    at_once(empty.address)
    assert empty.is_ready()
    assert shape(empty) == shape(database)


def test_an_older_queue_is_upgraded_once_by_processes_that_start_at_once(empty: Database, database: Database) -> None:
    make_older(empty)
    assert not empty.is_ready()
    assert shape(empty) != shape(database)
    at_once(empty.address)
    assert empty.is_ready()
    assert shape(empty) == shape(database)


def test_an_upgraded_queue_works(empty: Database) -> None:
    make_older(empty)
    empty.migrate()
    run = new_run(empty, new_region(empty))
    with worker(empty):
        assert wait_for_status(empty, run, "finished", "failed").status == "finished"


def upgrade_to(database: Database, revision: str) -> None:
    """Make our tables as an older Lineside left them, and the queue's as they are now."""
    config = Config()
    config.set_main_option("script_location", str(Path(of_storage.__file__).parent))
    scripts = ScriptDirectory.from_config(config)
    with (
        database.engine.connect() as connection,
        EnvironmentContext(config, scripts, fn=lambda now, _: scripts._upgrade_revs(revision, now)) as environment,
    ):
        environment.configure(connection=connection)
        with environment.begin_transaction():
            environment.run_migrations()
        connection.commit()
        update_queue(connection)


def older_run(database: Database, region: uuid.UUID) -> uuid.UUID:
    """Queue a run as a Lineside did that knew no runs about a plan."""
    run = uuid.uuid4()
    with database.session() as session:
        saved = Scenarios(session, region).create(tiny_raw(), "")
        session.execute(
            text(
                "INSERT INTO runs (id, region_id, scenario_id, revision, seconds, workers, seed, status, attempt, "
                "stop_requested, stage, solved_seconds, reason) "
                "VALUES (:id, :region, :scenario, 1, 5, 1, 0, 'queued', 0, false, 'waiting', 0, '')"
            ),
            {"id": run, "region": region, "scenario": saved.scenario.id},
        )
    return run


def test_people_are_let_in_to_a_region_from_before_they_could_be(empty: Database) -> None:
    upgrade_to(empty, "0004")
    assert not empty.is_ready()
    region = new_region(empty)
    run = older_run(empty, region)
    with empty.session() as session:
        key, secret = Keys(session, region).create("planner", None, "from before")
    empty.migrate()
    assert empty.is_ready()
    with empty.session() as session:
        found = session.get_one(Run, run)
        assert (found.status, found.method, found.about, found.answer) == ("queued", "search", None, None)
        assert found.margin == 0
        actor = actor_with(session, secret, None)
        assert (actor.region, actor.role) == (region, "planner")
        Identities(session, region).create("planner", None, "Pat", "pat@acme.example")
    with empty.session() as session:
        assert [row.email for row in session.query(Identity)] == ["pat@acme.example"]
        assert [row.id for row in Keys(session, region).listed(10, 0)] == [key.id]


def test_a_database_from_before_the_names_were_kept_gets_what_came_since(database: Database) -> None:
    with database.session() as session:
        session.execute(text("DELETE FROM queue_migrations"))
    assert not database.is_ready()
    before = shape(database)
    database.migrate()
    assert database.is_ready()
    assert {**shape(database), "names": []} == before
    assert FIRST_RELEASE in shipped()


def test_an_upgrade_that_breaks_off_goes_on_where_it_was(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    make_older(empty)
    with empty.engine.connect() as connection:
        first, second, *_ = missing_migrations(connection)
    broken = {**shipped(), second: shipped()[second].with_name("gone.sql")}
    with monkeypatch.context() as patch:
        patch.setattr("lineside.service.storage.queue_schema.shipped", lambda: broken)
        with pytest.raises(FileNotFoundError):
            empty.migrate()
    with empty.engine.connect() as connection:
        assert missing_migrations(connection)[0] == second
        assert first not in missing_migrations(connection)
    empty.migrate()
    assert empty.is_ready()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE alembic_version SET version_num = '9999'",
        "INSERT INTO queue_migrations (name) VALUES ('99.00.00_01_pre_wonders.sql')",
    ],
    ids=["our tables", "the queue's"],
)
def test_a_database_of_a_newer_lineside_is_left_alone(database: Database, change: str) -> None:
    with database.session() as session:
        session.execute(text(change))
    before = shape(database)
    with pytest.raises(NewerDatabaseError, match=r"by a newer Lineside \(it has had 99.* Install that version here"):
        database.migrate()
    assert issubclass(NewerDatabaseError, WrongAddressError)  # the command line tells it like one
    assert shape(database) == before


def test_an_older_lineside_is_ready_while_a_newer_one_has_migrated(database: Database) -> None:
    with database.engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    assert database.is_ready()
    with database.engine.connect() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        connection.commit()
    assert not database.is_ready()
