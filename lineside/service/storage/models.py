"""The tables of the database. Times are UTC by the database's clock; secrets are stored as SHA-256 only."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    UniqueConstraint,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, so that a migration can speak of them."""

JsonObject = dict[str, Any]


class Table(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - the name and form that SQLAlchemy reads
        dt.datetime: TIMESTAMP(timezone=True),
        JsonObject: JSONB,
        list[Any]: JSONB,
        bytes: LargeBinary,
    }


def _key(target: str, *, cascade: bool = False) -> Any:
    return mapped_column(ForeignKey(target, ondelete="CASCADE" if cascade else None), index=True)


class Region(Table):
    """A region: what a planner's key opens."""

    __tablename__ = "regions"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Key(Table):
    """A key of a planner or of a plant's manager."""

    __tablename__ = "keys"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    region_id: Mapped[uuid.UUID] = _key("regions.id")
    role: Mapped[str]
    company: Mapped[str | None]
    label: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    rotated_at: Mapped[dt.datetime | None]
    last_used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]


class Identity(Table):
    """A person who was let in by email address; the first sign-in binds the issuer's account."""

    __tablename__ = "identities"
    __table_args__ = (
        Index("uq_identities_email", "email", unique=True, postgresql_where=text("revoked_at IS NULL")),
        Index("uq_identities_subject", "issuer", "subject", unique=True, postgresql_where=text("revoked_at IS NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    region_id: Mapped[uuid.UUID] = _key("regions.id")
    role: Mapped[str]
    company: Mapped[str | None]
    label: Mapped[str]
    email: Mapped[str]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    last_used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]

    @property
    def is_bound(self) -> bool:
        """Whether the person has signed in, so that one account of the issuer's counts alone."""
        return self.subject is not None


class SignIn(Table):
    """What stands for a person who has signed in, for some hours."""

    __tablename__ = "sign_ins"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    identity_id: Mapped[uuid.UUID] = _key("identities.id", cascade=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    ends_at: Mapped[dt.datetime]


class StoredScenario(Table):
    """A scenario: its name is that of its newest revision."""

    __tablename__ = "scenarios"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    region_id: Mapped[uuid.UUID] = _key("regions.id")
    name: Mapped[str]
    head: Mapped[int]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    saved_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Revision(Table):
    """The texts of a scenario as one save left them; changed afterwards only when a person is deleted.

    ``edition``, here and in plans, is another one after each change of the row.
    """

    __tablename__ = "revisions"

    scenario_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    settings: Mapped[JsonObject]
    tables: Mapped[JsonObject]
    published: Mapped[str | None]
    mistakes: Mapped[list[Any]]
    warnings: Mapped[list[Any]]
    note: Mapped[str]
    author: Mapped[str] = mapped_column(server_default="")
    saved_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())

    edition: Mapped[str] = column_property(literal_column("CAST(revisions.xmin AS text)"), deferred=True)


class StoredVariant(Table):
    """What makes a scenario a variant: its base, the edits, and what of them does not fit the base's revision."""

    __tablename__ = "variants"

    scenario_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scenarios.id", ondelete="CASCADE"), primary_key=True)
    base_id: Mapped[uuid.UUID] = _key("scenarios.id")
    base_revision: Mapped[int]
    edits: Mapped[list[Any]]
    conflicts: Mapped[list[Any]]
    settled: Mapped[list[Any]]


class Run(Table):
    """One background solve, or advice about a plan. Only the holder of ``token`` may write its progress and result."""

    __tablename__ = "runs"
    __table_args__ = (Index("ix_runs_status", "status"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    region_id: Mapped[uuid.UUID] = _key("regions.id")
    scenario_id: Mapped[uuid.UUID] = _key("scenarios.id", cascade=True)
    revision: Mapped[int]
    seconds: Mapped[float]
    workers: Mapped[int]
    seed: Mapped[int]
    method: Mapped[str] = mapped_column(default="search", server_default="search")
    margin: Mapped[int] = mapped_column(default=0, server_default="0")
    priority: Mapped[int] = mapped_column(default=0, server_default="0")
    ask: Mapped[JsonObject | None]
    about: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("plans.id", ondelete="CASCADE", use_alter=True), index=True
    )
    status: Mapped[str] = mapped_column(default="queued")
    attempt: Mapped[int] = mapped_column(default=0)
    token: Mapped[uuid.UUID | None]
    queue_id: Mapped[int | None] = mapped_column(BigInteger)
    stop_requested: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[str] = mapped_column(default="waiting for a worker")
    objective: Mapped[float | None]
    bound: Mapped[float | None]
    solved_seconds: Mapped[float] = mapped_column(default=0.0)
    incumbent: Mapped[str | None]
    outcome: Mapped[str | None]
    answer: Mapped[JsonObject | None]
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[dt.datetime | None]
    alive_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[dt.datetime | None]


class RunEvent(Table):
    """What a run told about itself, in order."""

    __tablename__ = "run_events"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    run_id: Mapped[uuid.UUID] = _key("runs.id", cascade=True)
    at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    status: Mapped[str]
    attempt: Mapped[int]
    stage: Mapped[str]
    objective: Mapped[float | None]
    bound: Mapped[float | None]
    solved_seconds: Mapped[float]


class StoredPlan(Table):
    """A plan as its JSON text, found by a run or kept by hand."""

    __tablename__ = "plans"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    region_id: Mapped[uuid.UUID] = _key("regions.id")
    scenario_id: Mapped[uuid.UUID] = _key("scenarios.id", cascade=True)
    revision: Mapped[int]
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    text: Mapped[str]
    violations: Mapped[int]
    unmeetable_needs: Mapped[int | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())

    edition: Mapped[str] = column_property(literal_column("CAST(plans.xmin AS text)"))
    # What people tell plans apart by stands in other tables; it is read along and never written here.
    method: Mapped[str | None] = column_property(select(Run.method).where(Run.id == run_id).scalar_subquery())
    scenario_name: Mapped[str] = column_property(
        select(StoredScenario.name).where(StoredScenario.id == scenario_id).scalar_subquery()
    )


class Sweep(Table):
    """A grid of edits over scenarios, as it was asked for; names of axes and choices, and every edit once."""

    __tablename__ = "sweeps"
    __table_args__ = (UniqueConstraint("region_id", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    region_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("regions.id"))
    name: Mapped[str]
    axes: Mapped[list[Any]]
    edits: Mapped[list[Any]]
    seconds: Mapped[float]
    workers: Mapped[int]
    seed: Mapped[int]
    margin: Mapped[int]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class SweepPoint(Table):
    """A point of a sweep: its scenario, made for it unless nothing is changed, and the newest run of that."""

    __tablename__ = "sweep_points"

    sweep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sweeps.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    base: Mapped[str]
    choices: Mapped[list[Any]]
    scenario_id: Mapped[uuid.UUID] = _key("scenarios.id", cascade=True)
    is_made: Mapped[bool]
    run_id: Mapped[uuid.UUID] = _key("runs.id", cascade=True)


class Publication(Table):
    """A plan that came into force; a region's newest one is the plan in force."""

    __tablename__ = "publications"
    __table_args__ = (UniqueConstraint("region_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    region_id: Mapped[uuid.UUID] = _key("regions.id")
    number: Mapped[int]
    plan_id: Mapped[uuid.UUID] = _key("plans.id")
    published_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class Feed(Table):
    """A calendar's secret address: whose calendar it is, and the digest of the token."""

    __tablename__ = "feeds"
    __table_args__ = (Index("ix_feeds_subject", "region_id", "kind", "subject"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    region_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("regions.id"))
    kind: Mapped[str]
    subject: Mapped[str]
    company: Mapped[str | None]
    alarm_minutes: Mapped[int | None]
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    rotated_at: Mapped[dt.datetime | None]
    last_fetched_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]


class CalendarState(Table):
    """What a region's calendars remember of one owner, as the calendars write it."""

    __tablename__ = "calendar_states"

    region_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("regions.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(primary_key=True)
    company: Mapped[str | None]
    text: Mapped[str]


class Contact(Table):
    """Where an apprentice or an instructor is mailed."""

    __tablename__ = "contacts"

    region_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("regions.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str]


class Mail(Table):
    """A notice on its way; its words are forgotten when it has ended, the address is never in it."""

    __tablename__ = "mails"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    region_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("regions.id"))
    publication_id: Mapped[uuid.UUID] = _key("publications.id")
    kind: Mapped[str]
    owner: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    status: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[dt.datetime | None]
