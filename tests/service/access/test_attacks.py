"""Access under attack: guessed ids and addresses, old keys, other companies' ids, and what answers and logs tell."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from lineside.service.access.table import ACCESS
from lineside.service.api.app import create_app
from lineside.service.logs import configure_logs
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database
from tests.service.access.test_privacy import MARK, published
from tests.service.api.conftest import World, bearer, make_world

pytestmark = pytest.mark.once

__all__ = ["published"]

PATHS = create_app(Database("postgresql://nowhere/none"), ServiceSettings()).openapi()["paths"]
FOREIGN = ("other0bolt", "other0press", "other0day", "other0plant", "other01")
"""Ids of the other company: its own, and those of a line, a rota, a plant and an apprentice."""
MADE_UP = "nobody0xyz"
WORDS = {"table": "travel", "part": "seats"}
"""What stands in paths beside ids."""


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in PATHS.items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def parameters(operation: dict[str, Any], place: str) -> list[str]:
    return [row["name"] for row in operation.get("parameters", ()) if row["in"] == place]


def needed(operation: dict[str, Any]) -> dict[str, str]:
    """Return values for what a query must have."""
    values = {"apprentice": "a1", "module": "math", "kind": "company", "at": "2026-06-01", "person": "a1"}
    rows = operation.get("parameters", ())
    return {row["name"]: values[row["name"]] for row in rows if row.get("required") and row["name"] in values}


def plain(answer: Any, *sent: str) -> tuple[int, str]:
    """Return status and text without what was asked for, which an answer may repeat."""
    text = answer.text
    for word in sent:
        text = text.replace(word, "?")
    return answer.status_code, text


def with_work(world: World, ask: Callable[[], Any], *sent: str) -> tuple[int, str, list[str]]:
    """Return an answer, and the statements it takes: the same work takes the same time."""
    made: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        made.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", note)
    try:
        return *plain(ask(), *sent), made
    finally:
        event.remove(world.database.engine, "before_cursor_execute", note)


def test_a_foreign_id_is_answered_like_one_that_does_not_exist_with_the_same_work(world: World, published: str) -> None:
    """In every parameter of every query that a manager may use."""
    tried = 0
    for method, path, operation in operations():
        if method != "GET" or not ACCESS[operation["operationId"]].manager or "{token}" in path:
            continue
        filled = path.replace("{plan}", published)
        for name in parameters(operation, "query"):
            query = needed(operation)

            def ask(value: str, name: str = name, query: dict[str, str] = query, filled: str = filled) -> Any:
                sent = {**query, name: value}
                return with_work(world, lambda: world.client.get(filled, params=sent, headers=world.manager), value)

            ask(MADE_UP)  # the first to ask may find something not in memory yet
            nobody = ask(MADE_UP)
            assert nobody[0] < 500
            if nobody[0] == 422:  # a date or a number: no id goes there
                continue
            for foreign in FOREIGN:
                answer = ask(foreign)
                assert answer == nobody, (path, name, foreign)
                assert MARK not in answer[1].lower()
                tried += 1
    assert tried >= 60, tried


@pytest.mark.parametrize("path", ["/feeds", "/feeds/sheet"])
def test_a_foreign_id_in_a_body_is_answered_like_one_that_does_not_exist(
    world: World, published: str, path: str
) -> None:
    def ask(key: str, value: Any) -> tuple[int, str]:
        body = {"kind": "apprentice"} if path == "/feeds" else {"kinds": ["apprentice", "company"]}
        answer = world.ask("POST", path, world.manager, json={**body, key: value})
        return plain(answer, *(value if isinstance(value, list) else [value]))

    for foreign in FOREIGN:
        assert ask("owners", [foreign]) == ask("owners", [MADE_UP])
        assert ask("company", foreign)[0] == ask("company", MADE_UP)[0] in (403, 422)


def test_no_id_of_another_region_can_be_told_from_a_made_up_one_by_answer_or_work(world: World, published: str) -> None:
    """In every path, with every method, by a planner of another region."""
    scenario = world.ask("GET", f"/plans/{published}").json()["scenario"]
    key = world.ask("GET", "/keys").json()[0]["id"]
    feed = world.ask("GET", "/feeds").json()[0]["id"]
    run = world.ask("POST", "/runs", json={"scenario": scenario}).json()["id"]
    real = {"plan": published, "scenario": scenario, "key": key, "feed": feed, "run": run, "variant": scenario}
    tried = 0
    for method, path, operation in operations():
        names = [name for name in parameters(operation, "path") if name in real]
        if not names:
            continue

        def ask(values: dict[str, str], path: str = path, method: str = method, of: Any = operation) -> Any:
            filled = re.sub(r"\{(\w+)\}", lambda found: {**WORDS, **values}[found[1]], path)
            headers = {**world.foreign, "If-Match": "*"}
            body = {"json": {}} if "requestBody" in of else {}
            return with_work(
                world,
                lambda: world.client.request(method, filled, params=needed(of), headers=headers, **body),
                *values.values(),
            )

        made_up = {name: str(uuid.uuid4()) for name in names}
        answer = ask({name: real[name] for name in names})
        assert answer == ask(made_up), (method, path)
        assert answer[0] in (404, 422), (method, path)
        tried += 1
    assert tried > 40


def test_every_answer_says_that_nobody_else_may_keep_it(world: World, published: str) -> None:
    feed = world.ask("POST", "/feeds", json={"kind": "company", "owners": ["acme"]}).json()[0]
    token = feed["page"].rpartition("/")[2]
    for method, path, operation in operations():
        if method != "GET" or operation["operationId"] == "follow_run":
            continue
        filled = re.sub(r"\{(\w+)\}", lambda found: {"plan": published, "token": token}.get(found[1], "x"), path)
        for who in (world.planner, world.manager, {}, bearer("lsk_wrong")):
            answer = world.client.get(filled, params=needed(operation), headers=who)
            cache = answer.headers["cache-control"]
            is_feed = operation["operationId"] == "read_feed"
            assert cache == "private, max-age=300" if is_feed else "no-store" in cache, (filled, cache)
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert not any(name.startswith("access-control") for name in answer.headers)
            assert "set-cookie" not in answer.headers


def test_a_key_counts_in_its_own_place_alone_and_never_again_after_it_ended(world: World) -> None:
    made = world.ask("POST", "/keys", json={"role": "planner", "label": "x"}).json()
    secret = made["key"]
    assert world.ask("GET", "/me", bearer(secret)).status_code == 200
    changed = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    wrong: list[dict[str, Any]] = [
        {"headers": bearer(text)}
        for text in (changed, secret.swapcase(), secret[:-1], secret + "A", secret[4:], f"{secret} {secret}", "lsk_")
    ]
    wrong += [{"headers": {"Authorization": secret}}, {"headers": {"Authorization": f"Basic {secret}"}}]
    wrong += [{"params": {"key": secret}}, {"headers": {"Cookie": f"Authorization=Bearer {secret}"}}]
    wrong += [{"headers": {"X-Api-Key": secret}}]
    for way in wrong:
        assert world.client.get("/api/v1/me", **way).status_code in (401, 422), way
    rotated = world.ask("POST", f"/keys/{made['id']}/rotate").json()["key"]
    assert world.ask("GET", "/me", bearer(secret)).status_code == 401
    assert world.ask("GET", "/me", bearer(rotated)).status_code == 200
    world.ask("DELETE", f"/keys/{made['id']}")
    nobody = with_work(world, lambda: world.ask("GET", "/me", bearer(changed)))
    assert nobody[0] == 401
    for old in (secret, rotated):
        assert with_work(world, lambda old=old: world.ask("GET", "/me", bearer(old))) == nobody


def test_an_address_that_is_nearly_right_is_nobodys(world: World, published: str) -> None:
    feed = world.ask("POST", "/feeds", json={"kind": "company", "owners": ["acme"]}).json()[0]
    token = feed["page"].rpartition("/")[2]
    assert world.client.get(f"/calendars/{token}.ics").status_code == 200
    near = [token[:-1], token + "A", token[:-1] + ("A" if token[-1] != "A" else "B"), token.swapcase(), f"{token}.ics"]
    nobody = with_work(world, lambda: world.client.get(f"/calendars/{'a' * len(token)}.ics"))
    assert with_work(world, lambda: world.client.get(f"/calendars/{near[2]}.ics")) == nobody
    near += [f"{token}%00", f"%20{token}", "%2e%2e", feed["id"], "a" * 10_000, token[: len(token) // 2]]
    for wrong in near:
        for path in (f"/calendars/{wrong}.ics", f"/calendars/{wrong}"):
            if path != f"/calendars/{token}.ics":
                assert world.client.get(path).status_code == 404, path
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
        assert world.client.request(method, f"/calendars/{token}.ics").status_code == 405


def test_wrong_keys_and_wrong_addresses_are_slowed_down_together(database: Database) -> None:
    world = make_world(database, failed_keys_per_minute=5)
    for k in range(5):
        path = "/api/v1/me" if k % 2 else f"/calendars/{k}.ics"
        assert world.client.get(path, headers=bearer("lsk_x")).status_code in (401, 404)
    for path in ("/api/v1/me", "/calendars/6.ics", "/calendars/6"):
        slowed = world.client.get(path, headers=bearer("lsk_x"))
        assert slowed.status_code == 429 and int(slowed.headers["retry-after"]) > 0
    # Whoever guesses does not learn that a guess was right.
    assert world.ask("GET", "/me").status_code == 429


def test_logs_and_figures_name_nobody(world: World, published: str, capsys: pytest.CaptureFixture[str]) -> None:
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    feed = world.ask("POST", "/feeds", json={"kind": "apprentice", "owners": ["other01"]}).json()[0]
    token = feed["page"].rpartition("/")[2]
    made_up = [f"MADEUP{k}" for k in range(50)]
    try:
        configure_logs("DEBUG")
        for path in (f"/calendars/{token}.ics", f"/calendars/{token}", f"/calendars/{token}x", f"/{token}"):
            world.client.get(path)
        for path in (f"/plans/{published}/roster", f"/plans/{published}/term?apprentice=other01", "/scenarios/other01"):
            world.ask("GET", path)
        world.ask("POST", "/scenarios", json={"settings": {"name": "Other0 secret"}, "tables": {}})
        world.ask("GET", "/person/export", params={"person": "other01"})
        world.client.get("/api/v1/me", headers=bearer(f"lsk_{token}"))
        for method in made_up:
            world.client.request(method, "/api/v1/me")
        told = capsys.readouterr()
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    figures = world.client.get("/metrics").text
    for text in (told.err + told.out, figures):
        assert "read_feed" in text  # it does tell of requests
        for secret in (token, MARK, published, world.planner["Authorization"][7:], str(world.region), *made_up):
            assert secret not in text.lower() and secret not in text, secret
    assert 'method="other"' in figures


def test_an_error_of_the_service_tells_nothing_of_its_inside(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(database)
    world.client = TestClient(world.app, raise_server_exceptions=False)

    def broken(*_: Any) -> Any:
        raise RuntimeError("SELECT secret FROM keys WHERE name = 'Ann'")

    monkeypatch.setattr("lineside.service.api.people.Keys", broken)
    answer = world.ask("GET", "/keys")
    assert answer.status_code == 500
    assert answer.json()["detail"].startswith("The service met an error of its own. Try again")
    for word in ("SELECT", "Ann", "RuntimeError", "Traceback", "people.py"):
        assert word not in answer.text


def test_a_plan_of_another_company_is_not_mixed_in_by_downloads(world: World, published: str) -> None:
    for path in ("impact/download?by=company&by=line", "week-sheet?company=acme", "week-sheet"):
        answer = world.ask("GET", f"/plans/{published}/{path}", world.manager)
        assert answer.status_code in (200, 404, 422) and MARK.encode() not in answer.content.lower()
    foreign = world.ask("GET", f"/plans/{published}/impact/download?company=other0bolt", world.manager)
    assert foreign.status_code == 403
