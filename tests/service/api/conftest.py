"""The web application on a database of its own, and clients with keys."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from lineside.models.plan import Plan, plan_json
from lineside.service.access.keys import Keys
from lineside.service.api.app import create_app
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database
from lineside.service.storage.models import Region
from lineside.service.storage.texts import settings_json, table_json
from lineside.solver import SolveOptions, solve
from tests.build import tiny
from tests.service.regions import tiny_raw


@dataclass
class World:
    """A region with keys, and what a test needs to speak to the service.

    ``planner``, ``manager`` and ``foreign`` are headers of a planner, a manager of company c1 and another region's
    planner.
    """

    app: FastAPI
    database: Database
    client: TestClient
    region: uuid.UUID
    planner: dict[str, str]
    manager: dict[str, str]
    foreign: dict[str, str]

    def ask(self, method: str, path: str, who: dict[str, str] | None = None, **more: Any) -> Any:
        headers = {**(self.planner if who is None else who), **more.pop("headers", {})}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **more)


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def scenario_body(**changes: Any) -> dict[str, Any]:
    raw = tiny_raw(**changes)
    return {
        "settings": settings_json(raw.settings),
        "tables": {name: table_json(table) for name, table in raw.tables.items()},
    }


def make_world(database: Database, **settings: Any) -> World:
    with database.session() as session:
        regions = [Region(id=uuid.uuid4(), name=name) for name in ("here", "there")]
        session.add_all(regions)
        session.flush()
        here, there = (Keys(session, region.id) for region in regions)
        company = tiny().companies[0].company
        secrets = [
            here.create("planner", None, "p")[1],
            here.create("manager", company, "m")[1],
            there.create("planner", None, "f")[1],
        ]
    app = create_app(database, ServiceSettings(**settings))
    client = TestClient(app, raise_server_exceptions=True)
    return World(app, database, client, regions[0].id, *map(bearer, secrets))


@pytest.fixture
def world(database: Database) -> World:
    return make_world(database, failed_keys_per_minute=1000)


def kept_scenario(world: World) -> str:
    """Keep the small scenario, and return its id."""
    answer = world.ask("POST", "/scenarios", json=scenario_body())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def kept_plan(world: World, scenario: str, plan: Plan) -> str:
    """Keep a plan of a scenario, and return its id."""
    body = {"scenario": scenario, "name": "by hand", "plan": json.loads(plan_json(plan))}
    answer = world.ask("POST", "/plans", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.fixture
def scenario_id(world: World) -> str:
    return kept_scenario(world)


@pytest.fixture(scope="session")
def solved() -> Plan:
    return solve(tiny(), SolveOptions(seconds=5, workers=1)).plan


@pytest.fixture
def plan_id(world: World, scenario_id: str, solved: Plan) -> str:
    return kept_plan(world, scenario_id, solved)
