"""The database: one migration at a time, models and migrations that agree, and addresses that are refused."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import make_url

from lineside.service.storage.database import LINE_LIMITS, Database, WrongAddressError
from lineside.service.storage.models import Table


def test_migrations_make_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        options = {"include_name": lambda name, kind, _: kind != "table" or not str(name).startswith("procrastinate")}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Table.metadata) == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.migrate()
    assert database.is_ready()


@pytest.mark.parametrize("address", ["sqlite:///x.db", "secret@nowhere", "mysql://u:secret@h/d"])
def test_a_wrong_address_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(WrongAddressError) as caught:
        Database(address)
    assert "secret" not in str(caught.value)


def test_a_line_that_says_nothing_is_given_up_unless_the_address_says_otherwise() -> None:
    silent = Database("postgresql://dana:pw@127.0.0.1:1/none?tcp_user_timeout=5&application_name=x")
    query = make_url(silent.address).query
    assert query == {**LINE_LIMITS, "tcp_user_timeout": "5", "application_name": "x"}
    assert make_url(silent.address).password == "pw"
    assert silent.engine.url.query == query  # what the sessions connect with; the queue takes the address
    silent.close()
