"""Feeds' addresses: made, fetched, not changed, rotated, revoked, each apart from the others."""

from __future__ import annotations

import gzip
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from lineside.service.access.secrets import digest_of
from lineside.service.storage.database import Database
from lineside.service.storage.models import Feed
from tests.service.api.conftest import World, make_world


@pytest.fixture
def feeds(world: World, plan_id: str) -> list[dict[str, Any]]:
    world.ask("POST", f"/plans/{plan_id}/publish")
    rows: list[dict[str, Any]] = []
    for kind in ("apprentice", "instructor", "room", "company", "cohort"):
        made = world.ask("POST", "/feeds", json={"kind": kind})
        assert made.status_code == 201
        rows += made.json()
    return rows


def test_every_kind_has_feeds_and_only_digests_are_stored(world: World, feeds: list[dict[str, Any]]) -> None:
    assert {row["kind"] for row in feeds} == {"apprentice", "instructor", "room", "company", "cohort"}
    for row in feeds:
        answer = world.client.get(row["address"])
        assert answer.status_code == 200 and answer.text.startswith("BEGIN:VCALENDAR")
    with world.database.session() as session:
        digests = set(session.scalars(select(Feed.digest)))
    assert digests == {digest_of(row["page"].rsplit("/", 1)[1]) for row in feeds}


def test_an_unchanged_feed_is_answered_with_304(world: World, feeds: list[dict[str, Any]]) -> None:
    address = feeds[0]["address"]
    first = world.client.get(address, headers={"Accept-Encoding": "identity"})
    tag, changed = first.headers["etag"], first.headers["last-modified"]
    for headers in ({"If-None-Match": tag}, {"If-None-Match": f'"x", W/{tag}'}, {"If-Modified-Since": changed}):
        again = world.client.get(address, headers=headers)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert world.client.get(address, headers={"If-None-Match": '"x"', "If-Modified-Since": changed}).status_code == 200
    head = world.client.head(address, headers={"Accept-Encoding": "identity"})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(first.content))
    packed = world.client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip" and packed.content == first.content
    assert len(gzip.compress(first.content)) < len(first.content)


def test_rotating_one_feed_leaves_the_others(world: World, feeds: list[dict[str, Any]]) -> None:
    fresh = world.ask("POST", f"/feeds/{feeds[0]['id']}/rotate").json()
    assert world.client.get(feeds[0]["address"]).status_code == 404
    assert world.client.get(fresh["address"]).status_code == 200
    assert world.client.get(feeds[1]["address"]).status_code == 200


def test_a_revoked_feed_says_so_and_then_is_gone(world: World, feeds: list[dict[str, Any]]) -> None:
    assert world.ask("DELETE", f"/feeds/{feeds[0]['id']}").status_code == 204
    answer = world.client.get(feeds[0]["address"])
    assert answer.status_code == 200 and answer.text.count("BEGIN:VEVENT") == 1 and "evoked" in answer.text
    with world.database.session() as session:
        session.execute(
            text("UPDATE feeds SET revoked_at = revoked_at - interval '15 days' WHERE revoked_at IS NOT NULL")
        )
    assert world.client.get(feeds[0]["address"]).status_code == 410
    assert world.client.get(feeds[1]["address"]).status_code == 200


def test_the_page_fetches_nothing_and_leads_to_the_feed(world: World, feeds: list[dict[str, Any]]) -> None:
    answer = world.client.get(feeds[0]["page"])
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert f"webcal://testserver/calendars/{feeds[0]['page'].rsplit('/', 1)[1]}.ics" in answer.text


def test_the_last_fetch_is_told(world: World, feeds: list[dict[str, Any]]) -> None:
    world.client.get(feeds[0]["address"])
    seen = {row["id"]: row["last_fetched_at"] for row in world.ask("GET", "/feeds").json()}
    assert seen[feeds[0]["id"]] is not None and seen[feeds[1]["id"]] is None


def test_a_calendar_that_comes_back_while_the_clock_is_behind_is_not_older_than_before(
    world: World, plan_id: str, feeds: list[dict[str, Any]]
) -> None:
    with world.database.session() as session:
        ahead = session.scalar(
            text("UPDATE publications SET published_at = published_at + interval '2 hours' RETURNING published_at")
        )
        session.execute(text("DELETE FROM calendar_states WHERE kind = 'apprentice'"))
    assert world.ask("POST", f"/plans/{plan_id}/publish").status_code == 200
    apprentice = next(row for row in feeds if row["kind"] == "apprentice")
    changed = parsedate_to_datetime(world.client.get(apprentice["address"]).headers["last-modified"])
    assert changed == ahead.replace(microsecond=0)


def test_guessing_addresses_and_keys_is_slowed_down(database: Database) -> None:
    world = make_world(database, failed_keys_per_minute=5)
    statuses = [world.client.get(f"/calendars/guess{i}.ics").status_code for i in range(7)]
    assert statuses == [404] * 5 + [429] * 2
    answer = world.ask("GET", "/me")
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0
