"""Regions and scenarios in a database, for the tests of the service."""

from __future__ import annotations

import uuid
from typing import Any

from lineside.models.canonical import raw_of
from lineside.models.raw import RawScenario
from lineside.service.runs.desk import Desk, Method, Order
from lineside.service.storage.database import Database
from lineside.service.storage.models import Region
from lineside.service.storage.scenarios import Scenarios
from tests.build import tiny


def new_region(database: Database, name: str | None = None) -> uuid.UUID:
    with database.session() as session:
        region = Region(id=uuid.uuid4(), name=name or uuid.uuid4().hex)
        session.add(region)
        return region.id


def tiny_raw(**changes: Any) -> RawScenario:
    return raw_of(tiny(**changes))


def new_run(
    database: Database,
    region: uuid.UUID,
    seconds: float = 5.0,
    raw: RawScenario | None = None,
    method: Method = "search",
    margin: int = 0,
) -> uuid.UUID:
    with database.session() as session:
        saved = Scenarios(session, region).create(raw or tiny_raw(), "")
        return Desk(session, region).start(saved, Order(seconds, 1, 0, method, margin=margin)).id
