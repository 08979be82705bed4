"""Every route with every role, in the own and in a foreign region, and with the own and a foreign company."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import select

from lineside.models.plan import Plan, plan_json
from lineside.service.access.keys import Keys
from lineside.service.access.table import ACCESS
from lineside.service.api import calendars, health
from lineside.service.api.app import PREFIX, ROUTERS
from lineside.service.storage.database import Database
from lineside.service.storage.models import Region
from tests.build import FIRST_DAY
from tests.service.api.conftest import World, bearer, kept_plan, kept_scenario, make_world, scenario_body

pytestmark = pytest.mark.once

IF_MATCH = {"If-Match": "*"}
OWN = "acme"


def api_routes() -> Iterator[tuple[str, str, str]]:
    """Yield the name, method and path of every route."""
    for prefix, routers in ((PREFIX, ROUTERS), ("", (health.router, calendars.router))):
        for router in routers:
            for route in router.routes:
                assert isinstance(route, APIRoute)
                yield from ((route.name, method, prefix + route.path) for method in sorted(route.methods))


REFUSED = (
    ("upload_scenario", 422),
    ("delete_scenario", 409),
    ("read_points", 409),
    ("read_goals", 409),
    ("delete_plan", 409),
    ("revoke_feed", 409),
    ("create_identity", 409),  # the other region's planner was first to let this address in
    ("take_answer", 412),  # no answer has this key
    ("delete_person", 409),  # a run is not over
    ("sign_in", 409),  # with a key; test_sign_in.py comes with tokens
    ("sign_out", 409),
    ("resume_sweep", 409),  # nothing of it was stopped
    ("delete_sweep", 409),  # its points wait
)
"""What a planner may ask for and is refused for another reason, such as a published plan that is to be deleted."""

NAMED_IN_BODY = (
    "start_run",
    "keep_plan",
    "check_plan",
    "compare_plans",
    "compare_seats",
    "export_person",
    "delete_person",
)
"""Routes whose path names no thing, but whose body or query does."""

ROUTES = list(api_routes())
KEYED = [row for row in ROUTES if not ACCESS[row[0]].anyone]


def test_the_table_and_the_routes_are_the_same() -> None:
    assert {name for name, _, _ in ROUTES} | {"read_openapi"} == set(ACCESS)


@pytest.fixture(scope="module")
def read(new_database: Callable[[], str], solved: Plan) -> Iterator[tuple[World, dict[str, str]]]:
    """Return a world with one of everything that is only read, and their ids."""
    database = Database(new_database())
    world = make_world(database, failed_keys_per_minute=1000)
    yield world, one_of_everything(world, solved)
    database.close()


@pytest.fixture
def written(world: World, solved: Plan) -> tuple[World, dict[str, str]]:
    """Return a world of the test's own with one of everything, and their ids."""
    return world, one_of_everything(world, solved)


def is_only_read(name: str, method: str) -> bool:
    return method == "GET" and name != "follow_run"  # a run that is followed is stopped first


def one_of_everything(world: World, solved: Plan) -> dict[str, str]:
    """Make one of everything in the region, and return their ids as the paths name them."""
    scenario_id = kept_scenario(world)
    plan_id = kept_plan(world, scenario_id, solved)
    assert world.ask("POST", f"/plans/{plan_id}/publish").status_code == 200
    run = world.ask("POST", "/runs", json={"scenario": scenario_id}).json()["id"]
    key = world.ask("POST", "/keys", json={"role": "manager", "company": OWN, "label": "x"}).json()["id"]
    person = {"role": "manager", "company": OWN, "label": "x", "email": "dana@acme.example"}
    identity = world.ask("POST", "/identities", json=person).json()["id"]
    feed = world.ask("POST", "/feeds", json={"kind": "company"}).json()[0]["id"]
    text = world.ask("GET", f"/plans/{plan_id}").json()["plan"]
    other = world.ask("POST", "/plans", json={"scenario": scenario_id, "name": "other", "plan": text}).json()["id"]
    ids = {"scenario": scenario_id, "plan": plan_id, "other": other, "run": run, "key": key, "feed": feed}
    ids["identity"] = identity
    variant = world.ask("POST", f"/scenarios/{scenario_id}/variants", json={"name": "v", "edits": []}).json()["id"]
    ids["sweep"] = world.ask("POST", "/sweeps", json={"name": "s", "scenarios": [scenario_id]}).json()["id"]
    return {**ids, "table": "travel", "part": "seats", "variant": variant}


def body_of(name: str, things: dict[str, str], plan: Plan) -> dict[str, Any]:
    text = json.loads(plan_json(plan))
    bodies: dict[str, Any] = {
        "create_scenario": scenario_body(),
        "replace_scenario": scenario_body(),
        "replace_settings": {"settings": scenario_body()["settings"]},
        "create_from_example": {"example": "two_plants"},
        "check_edit": {"settings": scenario_body()["settings"]},
        "create_variant": {"name": "x", "edits": []},
        "check_variant": {"edits": []},
        "replace_edits": {"edits": []},
        "save_edit": {"tables": {"crews": scenario_body()["tables"]["crews"]}},
        "rename_scenario": {"name": "x"},
        "rename_plan": {"name": "x"},
        "copy_scenario": {"name": "x"},
        "replace_table": scenario_body()["tables"]["travel"],
        "start_run": {"scenario": things["scenario"]},
        "start_sweep": {"name": "x", "scenarios": [things["scenario"]]},
        "keep_plan": {"scenario": things["scenario"], "name": "x", "plan": text},
        "check_plan": {"scenario": things["scenario"], "plan": text},
        "try_edits": {"edits": []},
        "start_advice": {},
        "keep_edited_plan": {"name": "x", "edits": []},
        "create_key": {"role": "planner", "label": "x"},
        "create_identity": {"role": "planner", "label": "x", "email": "pat@acme.example"},
        "create_feeds": {"kind": "company"},
        "print_feeds": {"kinds": ["company"]},
        "answer_disruption": {"event": {"kind": "snow-day", "date": str(FIRST_DAY)}, "at": str(FIRST_DAY)},
        "take_answer": {
            **{"event": {"kind": "snow-day", "date": str(FIRST_DAY)}, "at": str(FIRST_DAY)},
            **{"key": "0", "revision": 1, "name": "x"},
        },
        "start_replan": {"at": str(FIRST_DAY)},
        "take_change": {
            "name": "x",
            "edits": [
                {
                    **{"kind": "cell", "table": "rooms", "key": ["hall"], "column": "seats"},
                    **{"before": "10", "after": "11"},
                }
            ],
        },
        "replace_contacts": {"csv": "id,address\na1,dana@acme.example\n"},
    }
    if name == "upload_scenario":
        return {"files": {"file": ("x", b"nonsense")}}
    if name.startswith("compare_") and name != "compare_scenarios":
        return {"params": {"plan": [things["plan"], things["other"]]}}
    if name == "list_feed_owners":
        return {"params": {"kind": "company"}}
    if name in ("export_person", "delete_person"):
        return {"params": {"person": "a1"}}
    if name == "read_why":
        return {"params": {"apprentice": "a1", "module": "math"}}
    if name in ("read_sessions", "read_term"):
        return {"params": {"apprentice": "a1"}}
    return {"json": bodies[name]} if name in bodies else {}


def ask(world: World, row: tuple[str, str, str], who: dict[str, str], things: dict[str, str], plan: Plan) -> Any:
    name, method, path = row
    filled = re.sub(r"\{(\w+)\}", lambda found: things[found[1]], path)
    more = body_of(name, things, plan)
    if "?" in filled and "params" in more:  # the client would put the parameters in place of the path's
        filled += f"&{urlencode(more.pop('params'))}"
    return world.client.request(method, filled, headers={**who, **IF_MATCH}, **more)


@pytest.mark.parametrize("row", KEYED, ids=lambda row: row[0])
def test_a_route_opens_for_its_roles_and_no_others(
    request: pytest.FixtureRequest, solved: Plan, row: tuple[str, str, str]
) -> None:
    name = row[0]
    world, things = request.getfixturevalue("read" if is_only_read(name, row[1]) else "written")
    if name == "follow_run":  # events of a run that is over have an end
        world.ask("POST", f"/runs/{things['run']}/stop")
    assert ask(world, row, {}, things, solved).status_code == 401
    assert ask(world, row, bearer("lsk_wrong"), things, solved).status_code == 401
    revoked = world.ask("POST", "/keys", json={"role": "planner", "label": "x"}).json()
    world.ask("DELETE", f"/keys/{revoked['id']}")
    assert ask(world, row, bearer(revoked["key"]), things, solved).status_code == 401
    # Of another region: nothing of this one is there, whatever the role.
    names_a_thing = "{" in row[2] or name in NAMED_IN_BODY
    with world.database.session() as session:
        other = Keys(session, world_region(world, "there")).create("manager", OWN, "x")[1]
    for who, may in ((world.foreign, ACCESS[name].planner), (bearer(other), ACCESS[name].manager)):
        status = ask(world, row, who, things, solved).status_code
        if not may:
            assert status == 403
        elif names_a_thing:
            assert status == 404
    manager = ask(world, row, world.manager, things, solved).status_code
    assert (manager == 403) == (not ACCESS[name].manager)
    planner = ask(world, row, world.planner, things, solved).status_code
    assert planner < 300 or (name, planner) in REFUSED


def world_region(world: World, name: str) -> uuid.UUID:
    with world.database.session() as session:
        return session.scalars(select(Region.id).where(Region.name == name)).one()


PEOPLE = ("read_roster", "read_sessions", "read_term")
IMPACT = [row for row in KEYED if "impact" in row[2] or row[0] in PEOPLE]


@pytest.mark.parametrize("row", IMPACT, ids=lambda row: row[0])
def test_a_manager_does_not_get_another_company(
    read: tuple[World, dict[str, str]], solved: Plan, row: tuple[str, str, str]
) -> None:
    (world, things), (name, method, path) = read, row
    assert is_only_read(name, method)
    foreign = (name, method, f"{path}?company=bolt")
    assert ask(world, foreign, world.manager, things, solved).status_code == 403
    own = (name, method, f"{path}?company={OWN}")
    assert ask(world, own, world.manager, things, solved).status_code == 200


def test_a_manager_sees_no_plan_that_was_not_published(world: World, plan_id: str) -> None:
    assert world.ask("GET", f"/plans/{plan_id}/impact", world.manager).status_code == 404
