"""Scenarios on disk, and the command line as its user calls it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from typer.testing import CliRunner, Result

from lineside.models.plan import Plan, write_plan
from lineside.models.reading import write_scenario
from lineside.models.scenario import Scenario
from lineside.service.cli import app
from lineside.service.storage.database import Database
from lineside.service.storage.embedded import EmbeddedServer
from tests.build import tiny

COMMAND = str(Path(sys.executable).with_name("lineside"))

GIVEN = "LINESIDE_TEST_DATABASE"
"""Environment variable with the address of a server for the tests; its role may create databases."""

OWN_CONNECTIONS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :name AND usename = current_user"
)
"""Ends what a test left connected, and waits for that."""

Run = Callable[..., Result]
Process = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use the server of :func:`server`, so that they can be run on another one."""
    for item in items:
        if "server" in getattr(item, "fixturenames", ()):
            item.add_marker("database")


@pytest.fixture
def run() -> Run:
    """Run a command inside this process; its output is no terminal."""
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def process() -> Process:
    """Run the installed command as a process of its own."""
    return lambda *words: subprocess.run(
        [COMMAND, *map(str, words)], capture_output=True, text=True, encoding="utf-8", timeout=120
    )


@pytest.fixture
def scenario() -> Scenario:
    """Return a scenario of two people, one of whom has nothing in reach but the college."""
    return tiny(apprentices={"a2": {"name": "Bo [red]", "travel_max": 5}})


@pytest.fixture
def folder(scenario: Scenario, tmp_path: Path) -> Path:
    """Return the scenario's folder."""
    path = tmp_path / "region"
    write_scenario(scenario, path)
    return path


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[Plan], Path]:
    """Write a plan and return its path."""

    def save(plan: Plan) -> Path:
        write_plan(plan, tmp_path / "plan.json")
        return tmp_path / "plan.json"

    return save


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Return the address of a real server: the one of LINESIDE_TEST_DATABASE, else an embedded one."""
    given = os.environ.get(GIVEN)
    if given:
        yield given
        return
    # Not below pytest's own folder: whoever is root runs the server as another user, and every session of pytest
    # closes that folder to others.
    folder = Path(tempfile.mkdtemp(prefix="lineside-"))
    embedded = EmbeddedServer(folder)
    engine = create_engine(
        make_url(embedded.address).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nobody pulls the plug of a test
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    yield embedded.address
    embedded.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def new_database(server: str) -> Iterator[Callable[[], str]]:
    """Return a way to make new databases with all tables, and the address of each.

    They are dropped at the end, one by one only from a server that stays.
    """
    admin = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def make(template: str = "template0") -> str:
        name = f"test_{uuid.uuid4().hex}"
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        made.append(name)
        return name

    def address(name: str) -> str:
        return make_url(server).set(database=name).render_as_string(hide_password=False)

    migrated = make()
    first = Database(address(migrated))
    first.migrate()
    first.close()
    yield lambda: address(make(migrated))
    with admin.connect() as connection:
        for name in reversed(made) if os.environ.get(GIVEN) else ():
            # Not WITH (FORCE): that would end autovacuum too, which only a superuser may; without it the server does.
            connection.execute(text(OWN_CONNECTIONS), {"name": name})
            connection.execute(text(f"DROP DATABASE {name}"))
    admin.dispose()


@pytest.fixture
def database(new_database: Callable[[], str]) -> Iterator[Database]:
    """Return a database of the test's own, with all tables and nothing in them."""
    made = Database(new_database())
    yield made
    made.close()
