"""The description of the interface, tried out: no 5xx, and no answer that differs from what it says."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lineside.models.plan import Plan
from lineside.service.api.app import create_app
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database
from tests.service.api.conftest import World, kept_plan, kept_scenario, make_world
from tests.service.runs.processes import GUARD

pytestmark = [pytest.mark.database, pytest.mark.once]

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
EXAMPLES = 25
"""Requests tried for each operation."""


@pytest.fixture(scope="module")
def tried(new_database: Callable[[], str]) -> Iterator[World]:
    database = Database(new_database())
    world = make_world(database, failed_keys_per_minute=10**6)
    yield world
    database.close()


DESCRIPTION = create_app(Database("postgresql://nowhere/none"), ServiceSettings()).openapi()
OPERATIONS = {
    operation["operationId"]: (path, method)
    for path, operations in DESCRIPTION["paths"].items()
    for method, operation in operations.items()
}


@pytest.fixture(scope="module")
def read(new_database: Callable[[], str], solved: Plan) -> Iterator[tuple[World, dict[str, str]]]:
    """Return a world in which things are made once, since they are only read, and their ids."""
    database = Database(new_database())
    world = make_world(database, failed_keys_per_minute=10**6)
    yield world, real(world, solved)
    database.close()


@pytest.fixture
def written(tried: World, solved: Plan) -> tuple[World, dict[str, str]]:
    """Return a world in which things are made anew for each operation, which may end them, and their ids."""
    return tried, real(tried, solved)


def real(tried: World, solved: Plan) -> dict[str, str]:
    """Make something to find, so that not every answer is 404, and return its ids as the paths name them."""
    scenario = kept_scenario(tried)
    kept = kept_plan(tried, scenario, solved)
    assert tried.ask("POST", f"/plans/{kept}/publish").status_code == 200
    run = tried.ask("POST", "/runs", json={"scenario": scenario}).json()["id"]
    tried.ask("POST", f"/runs/{run}/stop")
    key = tried.ask("POST", "/keys", json={"role": "planner", "label": "x"}).json()["id"]
    person = {"role": "planner", "label": "x", "email": f"{uuid.uuid4().hex}@acme.example"}
    identity = tried.ask("POST", "/identities", json=person).json()["id"]
    sweep = tried.ask("POST", "/sweeps", json={"name": uuid.uuid4().hex, "scenarios": [scenario]}).json()["id"]
    tried.ask("POST", f"/sweeps/{sweep}/stop")
    feed = tried.ask("POST", "/feeds", json={"kind": "apprentice"}).json()[0]
    token = feed["page"].rsplit("/", 1)[1]
    return {
        "scenario": scenario,
        "plan": kept,
        "run": run,
        "sweep": sweep,
        "key": key,
        "feed": feed["id"],
        "token": token,
        "identity": identity,
    }


def aim(case: schemathesis.Case, real: dict[str, str]) -> None:
    """Let a request ask for what is there."""
    names = {**real, "table": "travel", "part": "seats"}
    case.path_parameters = {name: names.get(name, value) for name, value in (case.path_parameters or {}).items()}
    case.query = {name: value for name, value in (case.query or {}).items() if name not in ("revision", "company")}
    if isinstance(case.body, dict) and "scenario" in case.body:
        case.body = {**case.body, "scenario": real["scenario"], "revision": None}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_keeps_to_its_description(request: pytest.FixtureRequest, name: str) -> None:
    path, method = OPERATIONS[name]
    world, ids = request.getfixturevalue("read" if method == "get" else "written")
    operation = schemathesis.openapi.from_asgi("/api/v1/openapi.json", world.app)[path][method]

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=operation.as_strategy(), is_aimed=strategies.booleans())
    def keeps_to_it(case: schemathesis.Case, is_aimed: bool) -> None:
        if is_aimed:
            aim(case, ids)
        headers = {**world.planner, **({"If-Match": "*"} if is_aimed else {})}
        case.call_and_validate(headers=headers, checks=list(CHECKS), timeout=GUARD)

    keeps_to_it()


def test_every_operation_is_described(tried: World) -> None:
    paths = tried.client.get("/api/v1/openapi.json").json()["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body:
                name = body["schema"]["$ref"].rsplit("/", 1)[1]
                shape = tried.app.openapi()["components"]["schemas"][name]
                assert shape.get("examples") or all("examples" in one for one in shape["properties"].values()), name
