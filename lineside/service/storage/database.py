"""The database: an engine for its address, sessions, and the migrations that bring it up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from lineside.service.storage.models import Table
from lineside.service.storage.queue_schema import missing_migrations, unknown_migrations, update_queue

MIGRATION_LOCK = 5_216_001
"""Advisory lock under which one process at a time migrates."""

LINE_LIMITS = {
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""When a line that says nothing is given up, unless the address says otherwise: without these, after a quarter of an
hour for a question under way and two hours for an answer. Names and units of libpq: seconds, a number of times, and
milliseconds."""

_SCRIPTS = Path(__file__).parent


class WrongAddressError(Exception):
    """The address of the database cannot be used; the text does not repeat it, for it may hold a password."""


class NewerDatabaseError(WrongAddressError):
    """The tables are of a newer Lineside than this one."""


class Database:
    """A PostgreSQL database.

    Parameters
    ----------
    address
        ``postgresql://user:password@host/name``.
    pool_size
        Connections kept; as many again may be opened for a rush.

    Attributes
    ----------
    address
        The same with the limits of a line that says nothing.
    """

    def __init__(self, address: str, pool_size: int = 5) -> None:
        try:
            url = make_url(address)
        except Exception:
            raise WrongAddressError(
                "The database's address cannot be read. Give it as postgresql://user:password@host/name."
            ) from None
        if url.get_backend_name() != "postgresql":
            raise WrongAddressError(
                f"The database's address is for {url.get_backend_name()}. Lineside stores in PostgreSQL only; "
                "give an address that starts with postgresql://, or none for the embedded server."
            )
        url = url.update_query_dict({name: value for name, value in LINE_LIMITS.items() if name not in url.query})
        self.address = url.render_as_string(hide_password=False)
        self.engine: Engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            hide_parameters=True,  # texts of scenarios and digests have no place in a log
        )

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session in one transaction: committed at the end, rolled back on an error."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def migrate(self) -> None:
        """Bring the tables up to date, those of the queue included; safe to call from many processes.

        Raises
        ------
        NewerDatabaseError
            If a newer Lineside has changed the tables already.
        """
        with self.migrating() as connection:
            _refuse_newer(connection)
            upgrade(connection)
            connection.commit()
            update_queue(connection)

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Give a connection while no other process migrates; what is not committed at the end is undone."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK})
            try:
                connection.commit()
                yield connection
            finally:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": MIGRATION_LOCK})
                connection.commit()

    def is_ready(self) -> bool:
        """Return whether the database answers and its tables have had every migration that this Lineside knows.

        Notes
        -----
        A newer Lineside may have made more of them: while a rolling upgrade lasts, web processes of before go on.
        """
        with self.engine.connect() as connection:
            had = revision_of(connection)
            is_current = had == newest_revision() or (had is not None and had not in known_revisions())
            return is_current and not missing_migrations(connection)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return ScriptDirectory.from_config(config)


def newest_revision() -> str:
    """Return the migration that up-to-date tables of our own have had last."""
    return str(_scripts().get_current_head())


def known_revisions() -> set[str]:
    """Return the migrations of our own tables that this Lineside knows."""
    return {script.revision for script in _scripts().walk_revisions()}


def revision_of(connection: Connection) -> str | None:
    """Return the newest migration of our own tables that a database has had; None if it has had none."""
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(connection: Connection) -> None:
    known = known_revisions()
    strange = [head for head in MigrationContext.configure(connection).get_current_heads() if head not in known]
    if not strange and connection.scalar(text("SELECT to_regclass('queue_migrations')")) is not None:
        strange = unknown_migrations(connection)
    if strange:
        raise NewerDatabaseError(
            f"The database was brought up to date by a newer Lineside (it has had {strange[-1]}). "
            "Install that version here too, or give another database."
        )


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring our own tables to a migration, in the connection's transaction if one has begun."""
    scripts = _scripts()

    def steps(revision: object, context: MigrationContext) -> object:
        return scripts._upgrade_revs(to, revision)  # type: ignore[arg-type]  # what alembic.command.upgrade calls

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(connection=connection, target_metadata=Table.metadata)
        with environment.begin_transaction():
            environment.run_migrations()
