"""The page about the service says what the code says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from lineside.service.api.app import create_app
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database

TEXT = (Path(__file__).parents[1] / "docs" / "service.md").read_text(encoding="utf-8")
OTHER_DEFAULTS = {
    "database": "none",
    "pages_cookie_secret": "none",
    "oidc_client_secret": "none",
    "smtp_password": "none",
    "data": "`$XDG_DATA_HOME/lineside`, else `~/.local/share/lineside`",
}


def default_words(name: str, default: Any) -> str:
    if name in OTHER_DEFAULTS:
        return OTHER_DEFAULTS[name]
    if default == "":
        return "empty"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def test_every_setting_is_told_with_its_default() -> None:
    told = re.findall(r"^\| `LINESIDE_(\w+)` \| (.*?) \| (.*) \|$", TEXT, re.MULTILINE)
    fields = ServiceSettings.model_fields.items()
    assert [(name.lower(), default) for name, default, _ in told] == [
        (name, default_words(name, field.default)) for name, field in fields
    ]
    assert [words.replace("`", "") for _, _, words in told] == [field.description for _, field in fields]


def requests() -> list[tuple[str, str]]:
    """Return method and path of every request that a table tells."""
    found, methods = [], []
    for word in re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE)\b[^`]*)`", TEXT):
        method, _, path = word.partition(" ")
        methods.append(method)
        if path:
            found += [(each, path) for each in methods]
            methods = []
    return found


@pytest.fixture(scope="module")
def paths() -> dict[str, Any]:
    found: dict[str, Any] = create_app(Database("postgresql://nowhere/none"), ServiceSettings()).openapi()["paths"]
    return found


def test_every_request_that_is_told_exists(paths: dict[str, Any]) -> None:
    assert len(requests()) > 40
    assert [row for row in requests() if row[0].lower() not in paths.get(row[1], {})] == []
