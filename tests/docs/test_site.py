"""The site: built strictly, complete, and without anything from other machines."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.reference_pages import PAGES
from docs.site import BROUGHT, relinked
from lineside.models.rules import RULES
from lineside.models.tables import TABLES
from lineside.service.access.table import ACCESS
from tests.docs.snippets import ROOT

FETCHED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc=[\"']?(?:https?:)?//"
    r"|<link\b(?![^>]*\brel=[\"']?canonical)[^>]*\bhref=[\"']?(?:https?:)?//"
    r"|url\([\"']?(?:https?:)?//|@import\s+[\"'](?:https?:)?//"
)
"""What a browser would fetch from another machine without being asked."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site, built as ``make docs`` builds it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return folder


def words(site: Path, page: str) -> str:
    """Return what a page says."""
    return html.unescape(re.sub(r"<[^>]+>", "", (site / page).read_text(encoding="utf-8")))


def test_the_build_is_strict_and_make_runs_it() -> None:
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "\nstrict: true\n" in settings
    for check in ("omitted_files", "absolute_links", "unrecognized_links", "anchors"):
        assert f"  {check}: warn\n" in settings
    recipe = subprocess.run(["make", "-n", "docs"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert recipe.endswith("NO_MKDOCS_2_WARNING=1 .venv/bin/python -m mkdocs build --quiet\n")


def test_every_page_is_there(site: Path) -> None:
    sources = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")]
    for source in [*sources, *BROUGHT, *PAGES]:
        assert (site / source).with_suffix(".html").is_file(), source
    assert not list(site.rglob("*.py"))


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    looked_at = [*site.rglob("*.html"), *site.rglob("*.css")]
    assert [path for path in looked_at if FETCHED.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://cdn.example.org/x.js">',
        "<link rel=stylesheet href=//fonts.example.org/a>",
        'a { background: url("https://example.org/x.png") }',
    ],
)
def test_what_is_fetched_from_elsewhere_would_be_found(page: str) -> None:
    assert FETCHED.search(page)


def test_the_reference_has_every_column_rule_command_and_route(site: Path) -> None:
    tables = words(site, "reference/tables.html")
    for model in TABLES.values():
        for column, field in model.model_fields.items():
            assert column in tables and field.description and " ".join(field.description.split()) in tables, column
    rules = words(site, "reference/rules.html")
    assert [rule.name for rule in RULES.values() if rule.sentence.replace("`", "") not in rules] == []
    routes = words(site, "reference/api.html")
    described = set(ACCESS) - {"read_openapi"}
    assert [name for name in described if f"\n{name}" not in routes] == []
    assert "--in-order MEASURES" in words(site, "reference/commands.html")


def test_links_lead_to_pages_or_become_words() -> None:
    pages = {"index.md", "service.md", "formulation.md", "guides/planner.md"}
    text = "[r](../../README.md) [f](../../lineside/solver/FORMULATION.md#2) [s](../service.md) [c](../../Makefile)"
    told = relinked(text, "guides/planner.md", pages)
    assert told == "[r](../index.md) [f](../formulation.md#2) [s](../service.md) c (`Makefile`)"
    assert relinked("[money.py](money.py)", "formulation.md", pages) == "`lineside/solver/money.py`"
    assert relinked("[x](nowhere.md)", "guides/planner.md", pages) == "[x](nowhere.md)"
