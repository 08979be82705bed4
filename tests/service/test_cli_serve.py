"""``lineside serve`` refuses ports that are taken, and tells the pages whom people may sign in with."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from lineside.service import cli_serve
from lineside.service.cli_serve import COOKIE_SECRET, sign_in_settings
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database
from lineside.ui.oidc import Issuer, issuer


@pytest.mark.parametrize("taken", ["LINESIDE_PORT", "LINESIDE_PAGES_PORT"])
def test_a_port_that_is_taken_is_told_in_a_sentence(taken: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        environment = {**os.environ, "LINESIDE_DATA": str(tmp_path / "data"), "LINESIDE_PORT": "0", taken: port}
        command = [sys.executable, "-m", "lineside.service.cli", "serve"]
        found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert found.returncode == 2
    assert found.stdout == ""
    assert f"Nothing can listen on 127.0.0.1, port {port}: address already in use." in found.stderr
    assert f"choose another with {taken}." in " ".join(found.stderr.split())
    assert not (tmp_path / "data").exists()


def settings_with_issuer(data: Path, **more: Any) -> ServiceSettings:
    return ServiceSettings(
        data=data,
        oidc_issuer="https://issuer.example",
        oidc_client_id="lineside",
        oidc_client_secret=SecretStr("kept between the two"),
        **more,
    )


def test_the_pages_learn_the_issuer_and_keep_their_cookies_over_a_restart(tmp_path: Path) -> None:
    settings = settings_with_issuer(tmp_path, pages_url="https://plan.example/", oidc_name="Acme's account")
    told = issuer(sign_in_settings(settings))
    kept = tmp_path / COOKIE_SECRET
    assert told == Issuer(
        address="https://issuer.example",
        client_id="lineside",
        client_secret="kept between the two",
        name="Acme's account",
        pages="https://plan.example",
        cookie_secret=kept.read_text(),
    )
    assert told.secrets["auth"]["redirect_uri"] == "https://plan.example/oauth2callback"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert issuer(sign_in_settings(settings)) == told


def test_a_cookie_secret_that_is_set_is_passed_on_and_not_kept(tmp_path: Path) -> None:
    settings = settings_with_issuer(tmp_path, pages_cookie_secret=SecretStr("s" * 32), pages_port=8601)
    told = issuer(sign_in_settings(settings))
    assert told is not None
    assert (told.cookie_secret, told.name, told.pages) == ("s" * 32, "OpenID Connect", "http://127.0.0.1:8601")
    assert not (tmp_path / COOKIE_SECRET).exists()


def test_without_an_issuer_the_pages_are_told_nothing(tmp_path: Path) -> None:
    assert sign_in_settings(ServiceSettings(data=tmp_path)) == {}
    assert issuer({}) is None
    assert not (tmp_path / COOKIE_SECRET).exists()


@pytest.mark.parametrize(("is_wanted", "modules"), [(True, ["lineside.service.cli"]), (False, [])])
def test_serve_starts_a_worker_unless_it_is_told_not_to(
    is_wanted: bool, modules: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[str] = []

    class Beside:
        def __init__(self, module: str, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
            started.append(module)

        def stop(self, seconds: float) -> None:
            assert "web" in started  # it goes on as long as the web process does

    @contextlib.contextmanager
    def opened(settings: ServiceSettings, *, is_kept: bool) -> Iterator[Database]:
        assert is_kept  # a database that dies while the service runs is started again
        yield Database("postgresql://nowhere/none")

    monkeypatch.setattr(cli_serve, "Companion", Beside)
    monkeypatch.setattr(cli_serve, "opened", opened)
    for name in ("_try_ports", "_first_key", "configure_logs"):
        monkeypatch.setattr(cli_serve, name, lambda *_: None)
    monkeypatch.setattr(cli_serve.signal, "signal", lambda *_: None)
    monkeypatch.setattr("lineside.service.api.serving.run_web", lambda *_: started.append("web"))
    cli_serve.serve(ServiceSettings(data=tmp_path, pages=False, worker=is_wanted))
    assert started == [*modules, "web"]
