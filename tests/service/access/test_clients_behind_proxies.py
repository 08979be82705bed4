"""Whom failed keys are counted for, asked of a real web server: nobody may choose that, nobody pays for others."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import httpx2
import pytest
from pydantic import ValidationError

from lineside.service.access.throttle import Throttle
from lineside.service.api.serving import web_server
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database
from tests.service.runs.processes import wait_for
from tests.service.serving import free_port

TRIES = 3


@contextlib.contextmanager
def web(database: Database, proxies: str) -> Iterator[httpx2.Client]:
    settings = ServiceSettings(port=free_port(), trusted_proxies=proxies, failed_keys_per_minute=TRIES)
    server = web_server(database, settings)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_for(lambda: server.started)
        with httpx2.Client(base_url=f"http://127.0.0.1:{settings.port}") as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


def tried(client: httpx2.Client, forwarded: str | None) -> int:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client.get("/api/v1/scenarios", headers={**headers, "Authorization": "Bearer lsk_wrong"}).status_code


def use_up(client: httpx2.Client, forwarded: str | None) -> None:
    assert [tried(client, forwarded) for _ in range(TRIES + 1)] == [401] * TRIES + [429]


def test_behind_a_trusted_proxy_clients_are_told_apart(database: Database) -> None:
    with web(database, "127.0.0.1, 10.0.0.0/8") as client:
        use_up(client, "203.0.113.7")
        assert tried(client, "203.0.113.8") == 401
        # What the client itself puts in front of the proxy's word does not count.
        assert tried(client, "198.51.100.1, 203.0.113.7") == 429
        # A chain of trusted proxies names its first stranger.
        assert tried(client, "203.0.113.7, 10.0.0.9") == 429
        # Calendars are slowed down alike.
        assert client.get("/calendars/guess.ics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 429


def test_a_calendar_guessed_is_counted_for_the_client_behind_the_proxy(database: Database) -> None:
    with web(database, "127.0.0.1") as client:
        for _ in range(TRIES):
            guessed = client.get("/calendars/guess.ics", headers={"X-Forwarded-For": "203.0.113.7"})
            assert guessed.status_code == 404
        assert tried(client, "203.0.113.7") == 429
        assert tried(client, "203.0.113.8") == 401


@pytest.mark.parametrize("proxies", ["", "192.0.2.1"])
def test_nobody_else_may_say_who_the_client_is(database: Database, proxies: str) -> None:
    with web(database, proxies) as client:
        assert [tried(client, f"203.0.113.{k}") for k in range(TRIES + 1)] == [401] * TRIES + [429]
        assert tried(client, None) == 429


@pytest.mark.parametrize("proxies", ["*", "proxy.local", "10.0.0.1/8", "127.0.0.1,*"])
def test_only_addresses_and_networks_are_trusted(proxies: str) -> None:
    with pytest.raises(ValidationError, match="is no address or network; give for example"):
        ServiceSettings(trusted_proxies=proxies)


def test_an_ipv6_network_counts_as_one_client() -> None:
    throttle = Throttle(2)
    for last in range(2):
        throttle.failed(f"2001:db8:1:2::{last}")
    assert throttle.wait_seconds("2001:db8:1:2:ffff::9") > 0
    assert throttle.wait_seconds("2001:db8:1:3::1") == 0
    throttle.failed("::ffff:10.0.0.7")
    throttle.failed("10.0.0.7")
    assert throttle.wait_seconds("10.0.0.7") > 0
