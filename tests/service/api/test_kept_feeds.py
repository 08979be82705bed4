"""Feeds that are answered from memory: the same as from the database, and true after every change by anybody."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client import generate_latest
from sqlalchemy import event, text
from structlog.testing import capture_logs

from lineside.models.plan import Plan
from lineside.service.access.secrets import digest_of
from lineside.service.api import calendars
from lineside.service.api.app import create_app
from lineside.service.api.feed_door import QuickFeeds
from lineside.service.settings import ServiceSettings
from lineside.service.storage import feed_fetches, feed_news
from lineside.service.storage.database import Database
from lineside.service.storage.feeds import CHANGED, Feeds
from tests.build import tiny
from tests.service.api.conftest import World
from tests.service.runs.processes import wait_for

LISTENERS = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"


class Kept:
    """A running application that keeps answers, the feeds of its region, and a count of the feeds that it read."""

    def __init__(self, world: World, rows: list[dict[str, Any]]) -> None:
        self.world = world
        self.client = world.client
        self.rows = rows
        self.address = rows[0]["address"]
        self.quick: QuickFeeds = world.app.state.quick_feeds
        self.reads = 0
        event.listen(world.database.engine, "before_cursor_execute", self._count)

    def _count(self, *words: Any) -> None:
        self.reads += "JOIN calendar_states" in words[2]

    def get(self, address: str | None = None, **headers: str) -> Any:
        return self.client.get(address or self.address, headers=headers)

    def token(self) -> str:
        return str(self.address).rsplit("/", 1)[1].removesuffix(".ics")

    def wait_until_trusted(self) -> None:
        wait_for(lambda: self.quick.answers.is_trusted)

    def execute(self, statement: str) -> Any:
        with self.world.database.session() as session:
            return (
                session.execute(text(statement)).all()
                if statement.startswith("SELECT")
                else session.execute(text(statement))
            )

    def fetched_at(self) -> dt.datetime | None:
        seen = {row["id"]: row["last_fetched_at"] for row in self.world.ask("GET", "/feeds").json()}
        return seen[self.rows[0]["id"]]  # type: ignore[no-any-return]


@pytest.fixture
def rows(world: World, plan_id: str) -> list[dict[str, Any]]:
    assert world.ask("POST", f"/plans/{plan_id}/publish").status_code == 200
    made: list[dict[str, Any]] = []
    for kind in ("apprentice", "room"):
        made += world.ask("POST", "/feeds", json={"kind": kind}).json()
    return made


@pytest.fixture
def kept(world: World, rows: list[dict[str, Any]]) -> Iterator[Kept]:
    with world.client:
        made = Kept(world, rows)
        made.wait_until_trusted()
        assert made.get().status_code == 200
        assert made.reads == 1
        yield made


@pytest.fixture
def publish_elsewhere(kept: Kept, solved: Plan) -> Iterator[Callable[[], None]]:
    """Return a way to publish a plan without meetings over connections of its own, as another process would."""
    other = Database(kept.world.database.address)

    def publish() -> None:
        emptied = solved.model_copy(update={"cohorts": (), "seats": ()})
        with other.session() as session:
            Feeds(session, kept.world.region).publish(tiny(), emptied, dt.datetime.now(dt.UTC))

    yield publish
    other.close()


def comparable(answer: Any) -> tuple[int, dict[str, str], bytes]:
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    assert len(answer.headers["x-request-id"]) == 32
    return answer.status_code, headers, answer.content


def test_memory_and_database_answer_the_same(kept: Kept) -> None:
    first = kept.get()
    tag, changed = first.headers["etag"], first.headers["last-modified"]
    conditions: list[tuple[int, dict[str, str]]] = [
        (200, {}),
        (304, {"If-None-Match": f'"x", W/{tag}'}),
        (304, {"If-None-Match": "*"}),
        (200, {"If-None-Match": '"x"', "If-Modified-Since": changed}),
        (304, {"If-Modified-Since": changed}),
        (200, {"If-Modified-Since": "Mon, 06 Jan 2020 10:00:00 GMT"}),
        (200, {"If-Modified-Since": "yesterday"}),
    ]
    other = TestClient(create_app(kept.world.database, ServiceSettings()))  # nothing is kept: it was not started
    for method, encoding in itertools.product(("GET", "HEAD"), ("identity", "gzip")):
        for status, condition in conditions:
            headers = {"Accept-Encoding": encoding, **condition}
            reads = kept.reads
            quick = comparable(kept.client.request(method, kept.address, headers=headers))
            assert kept.reads == reads and quick[0] == status
            assert comparable(other.request(method, kept.address, headers=headers)) == quick
            assert kept.reads == reads + 1


def test_a_request_with_a_body_goes_the_long_way(kept: Kept) -> None:
    assert kept.client.request("GET", kept.address, content=b"x").status_code == 200
    assert kept.reads == 2


def test_what_is_published_is_answered_at_once(kept: Kept, plan_id: str, solved: Plan) -> None:
    before = kept.get().headers["etag"]
    emptied = solved.model_copy(update={"cohorts": (), "seats": ()})
    with kept.world.database.session() as session:
        Feeds(session, kept.world.region).publish(tiny(), emptied, dt.datetime.now(dt.UTC))
    after = kept.get(**{"If-None-Match": before})
    assert after.status_code == 200 and "STATUS:CANCELLED" in after.text
    assert kept.world.ask("POST", f"/plans/{plan_id}/publish").status_code == 200
    assert "STATUS:CONFIRMED" in kept.get().text


def test_what_another_process_publishes_is_answered_soon(kept: Kept, publish_elsewhere: Callable[[], None]) -> None:
    before = kept.get().headers["etag"]
    publish_elsewhere()
    wait_for(lambda: kept.get().headers["etag"] != before)
    assert "STATUS:CANCELLED" in kept.get().text
    assert kept.quick.answers.is_trusted


def test_two_web_processes_follow_each_other(kept: Kept) -> None:
    other = Database(kept.world.database.address)
    app = create_app(other, ServiceSettings())
    with TestClient(app) as client:
        wait_for(lambda: app.state.quick_feeds.answers.is_trusted)
        assert client.get(kept.address).status_code == 200
        fresh = kept.world.ask("POST", f"/feeds/{kept.rows[0]['id']}/rotate").json()
        wait_for(lambda: client.get(kept.address).status_code == 404)
        assert client.get(fresh["address"]).status_code == 200
        assert client.delete(f"/api/v1/feeds/{kept.rows[0]['id']}", headers=kept.world.planner).status_code == 204
        wait_for(lambda: "evoked" in kept.get(fresh["address"]).text)
    other.close()


def test_a_rotated_address_ends_at_once_and_the_others_stay_kept(kept: Kept) -> None:
    kept.get(kept.rows[1]["address"])
    assert kept.reads == 2
    fresh = kept.world.ask("POST", f"/feeds/{kept.rows[0]['id']}/rotate").json()
    assert kept.get().status_code == 404
    assert kept.get(fresh["address"]).status_code == 200
    reads = kept.reads
    assert kept.get(kept.rows[1]["address"]).status_code == 200
    assert kept.reads == reads


def test_a_revoked_feed_says_so_at_once_and_is_gone_at_its_instant(kept: Kept) -> None:
    assert kept.world.ask("DELETE", f"/feeds/{kept.rows[0]['id']}").status_code == 204
    assert "evoked" in kept.get().text
    kept.execute(
        "UPDATE feeds SET revoked_at = now() - interval '14 days' + interval '3 seconds' WHERE revoked_at IS NOT NULL"
    )
    kept.execute(f"NOTIFY {CHANGED}")
    wait_for(lambda: len(kept.quick.answers) == 0)
    assert kept.get().status_code == 200 and len(kept.quick.answers) == 1
    wait_for(lambda: kept.get().status_code == 410)
    assert len(kept.quick.answers) == 0


def test_cancelled_meetings_go_at_their_instant(kept: Kept, solved: Plan) -> None:
    emptied = solved.model_copy(update={"cohorts": (), "seats": ()})
    almost = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(days=14) + dt.timedelta(seconds=10)
    kept.execute("DELETE FROM calendar_states")
    # A calendar knows no instant before the region's last publication.
    kept.execute("UPDATE publications SET published_at = published_at - interval '20 days'")
    with kept.world.database.session() as session:
        feeds = Feeds(session, kept.world.region)
        feeds.publish(tiny(), solved, almost - dt.timedelta(days=1))
        feeds.publish(tiny(), emptied, almost)
    wait_for(lambda: bool(kept.get().text) and len(kept.quick.answers) == 1)  # the news of this may still be coming
    first = kept.get()
    assert "STATUS:CANCELLED" in first.text and len(kept.quick.answers) == 1
    wait_for(lambda: kept.get(**{"If-None-Match": first.headers["etag"]}).status_code == 200)
    last = kept.get()
    assert "STATUS:CANCELLED" not in last.text
    ended = parsedate_to_datetime(first.headers["last-modified"]) + dt.timedelta(days=14)
    assert parsedate_to_datetime(last.headers["last-modified"]) == ended


def test_rows_read_before_a_change_are_not_kept(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.quick.answers.changed("")
    looked_up = calendars.look_up

    def revoked_meanwhile(database: Database, digest: bytes) -> Any:
        found = looked_up(database, digest)
        monkeypatch.undo()
        assert kept.world.ask("DELETE", f"/feeds/{kept.rows[0]['id']}").status_code == 204
        return found

    monkeypatch.setattr(calendars, "look_up", revoked_meanwhile)
    assert "evoked" not in kept.get().text  # it was asked for before
    assert "evoked" in kept.get().text


def test_a_lost_connection_ends_trust_until_there_is_another(
    kept: Kept, publish_elsewhere: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_news, "RETRY_SECONDS", 3.0)
    before = kept.get().headers["etag"]
    with capture_logs() as logs:
        kept.execute(f"SELECT pg_terminate_backend(pid) {LISTENERS}")
        wait_for(lambda: not kept.quick.answers.is_trusted)
        assert len(kept.quick.answers) == 0
        publish_elsewhere()  # nobody hears it
        assert kept.get().headers["etag"] != before
        assert len(kept.quick.answers) == 0
        kept.wait_until_trusted()
    assert [row["event"] for row in logs if "heard" in row["event"]] == [
        "changes of calendars are not heard",
        "changes of calendars are heard again",
    ]
    after = kept.get().headers["etag"]
    reads = kept.reads
    assert kept.get().headers["etag"] == after != before
    assert kept.reads == reads


def test_a_connection_that_delivers_nothing_is_not_trusted(
    world: World, rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_news, "TRUST_SECONDS", 1.0)
    monkeypatch.setattr(feed_news.News, "_call", lambda _self: None)  # as if a pooler swallowed it
    with world.client, capture_logs() as logs:
        made = Kept(world, rows)
        wait_for(lambda: "changes of calendars are not heard" in [row["event"] for row in logs])
        assert made.get().status_code == made.get().status_code == 200
        assert made.reads == 2


def test_only_one_connection_listens_and_none_afterwards(kept: Kept) -> None:
    assert kept.execute(f"SELECT count(*) {LISTENERS}")[0][0] == 1
    kept.quick.stop()
    wait_for(lambda: kept.execute(f"SELECT count(*) {LISTENERS}")[0][0] == 0)
    kept.quick.start()  # the end of the client stops it again


def test_guessing_is_slowed_down_for_kept_feeds_too(kept: Kept) -> None:
    kept.world.app.state.service.throttle._per_minute = 3
    assert [kept.get(f"/calendars/guess{i}.ics").status_code for i in range(4)] == [404] * 3 + [429]
    answer = kept.get()
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0


def test_fetches_from_memory_are_told_within_seconds(kept: Kept) -> None:
    wait_for(lambda: kept.fetched_at() is not None)
    kept.execute("UPDATE feeds SET last_fetched_at = NULL")
    kept.get()
    wait_for(lambda: kept.fetched_at() is not None)
    kept.execute("UPDATE feeds SET last_fetched_at = NULL")
    for _ in range(3):
        kept.get()  # within the same minute: not noted again
    kept.quick.fetches.write()
    assert kept.fetched_at() is None
    assert kept.reads == 1


def test_fetches_are_written_at_the_end(
    world: World, rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_fetches, "WRITE_SECONDS", 3600.0)
    app = create_app(world.database, ServiceSettings())
    made = Kept(dataclasses.replace(world, app=app, client=TestClient(app)), rows)
    with made.client:
        made.wait_until_trusted()
        made.get()
        assert made.fetched_at() is None
    assert made.fetched_at() is not None


def test_a_fetch_is_not_noted_for_the_next_holder_of_the_feed(kept: Kept) -> None:
    kept.quick.fetches.write()
    kept.execute("UPDATE feeds SET last_fetched_at = NULL")
    kept.quick.fetches.note(digest_of(kept.token()))
    assert kept.world.ask("POST", f"/feeds/{kept.rows[0]['id']}/rotate").status_code == 200
    kept.quick.fetches.write()
    assert kept.fetched_at() is None


def test_answers_from_memory_are_counted_and_logged_together(kept: Kept) -> None:
    tag = kept.get().headers["etag"]
    for _ in range(3):
        kept.get(**{"If-None-Match": tag})
    figures = generate_latest(kept.world.app.state.figures.registry).decode()
    assert 'lineside_requests_total{method="GET",route="read_feed",status="200"} 2.0' in figures
    assert 'lineside_requests_total{method="GET",route="read_feed",status="304"} 3.0' in figures
    assert 'lineside_request_seconds_count{route="read_feed"} 5.0' in figures
    with capture_logs() as logs:
        kept.quick.tally.tell()
    lines = [row for row in logs if row["event"] == "requests"]
    assert [(row["route"], row["status"], row["count"]) for row in lines] == [
        ("read_feed", 200, 1),
        ("read_feed", 304, 3),
    ]
    assert kept.token() not in str(logs)


def test_the_memory_of_kept_answers_is_told_among_the_figures(kept: Kept) -> None:
    def told() -> float:
        lines = kept.client.get("/metrics").text.splitlines()
        return float(next(line for line in lines if line.startswith("lineside_kept_answers_bytes ")).split()[1])

    one = told()
    assert one > int(kept.get(**{"Accept-Encoding": "gzip"}).headers["content-length"])
    assert kept.get(kept.rows[1]["address"]).status_code == 200
    assert told() > one
    kept.quick.answers.lost()
    assert told() == 0
