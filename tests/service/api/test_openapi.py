"""The description of the interface, tried out: no 5xx, and no answer that differs from what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lineside.service.api.app import create_app
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database
from tests.service.api.conftest import World, make_world, scenario_body

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
    # Something to find, so that not every answer is 404.
    world.ask("POST", "/scenarios", json=scenario_body())
    yield world
    database.close()


DESCRIPTION = create_app(Database("postgresql://nowhere/none"), ServiceSettings()).openapi()
OPERATIONS = {
    operation["operationId"]: (path, method)
    for path, operations in DESCRIPTION["paths"].items()
    for method, operation in operations.items()
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_keeps_to_its_description(tried: World, name: str) -> None:
    path, method = OPERATIONS[name]
    operation = schemathesis.openapi.from_asgi("/api/v1/openapi.json", tried.app)[path][method]

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=operation.as_strategy())
    def keeps_to_it(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=tried.planner, checks=list(CHECKS))

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
