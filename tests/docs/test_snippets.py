"""Every command and snippet of the documentation, run as it stands on its page."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from lineside.service.cli import app
from lineside.service.settings import ServiceSettings
from tests.docs.quick_command import quick_command
from tests.docs.snippets import ROOT, Snippet, pages, snippets
from tests.service.runs.processes import wait_for
from tests.service.serving import Serving, data_folder, services

EVERYTHING = [snippet for page in pages() for snippet in snippets(page)]
LINE = typer.main.get_command(app)
COMMANDS = {name: LINE.get_command(typer.Context(LINE), name) for name in LINE.list_commands(typer.Context(LINE))}
RUN_ELSEWHERE = "README.md"
"""Its one script has a test of its own, tests/test_readme.py."""
SECONDS = 300.0
"""After which a page counts as hanging."""


@pytest.fixture(scope="module")
def command() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lineside-") as folder:
        script = Path(folder) / "lineside"
        with quick_command(script):
            yield script


@pytest.fixture(scope="module")
def service() -> Iterator[dict[str, str]]:
    """Start a service with a plan in force, and return what pages call its address and secrets."""
    with data_folder() as data, services("--data", str(data)) as start:
        serving = start()
        serving.client.timeout = SECONDS
        key = serving.first_key()
        given = {"URL": serving.address, "KEY": key, "LINESIDE_DATA": str(data), **published(serving)}
        yield given


def published(serving: Serving) -> dict[str, str]:
    def ask(path: str, body: dict[str, object] | None = None) -> object:
        answer = serving.client.post(f"/api/v1{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def made(path: str, body: dict[str, object]) -> dict[str, str]:
        answer = ask(path, body)
        assert isinstance(answer, dict)
        return answer

    scenario = made("/scenarios/examples", {"example": "two_plants"})["id"]
    run = made("/runs", {"scenario": scenario, "seconds": 5, "workers": 1})["id"]
    wait_for(lambda: serving.run(run)["status"] == "finished")
    ask(f"/plans/{serving.run(run)['plan']}/publish")
    manager = made("/keys", {"role": "manager", "company": "ASPEN", "label": "Aspen"})["key"]
    feeds = ask("/feeds", {"kind": "apprentice", "owners": ["A1"]})
    assert isinstance(feeds, list)
    return {"MANAGER_KEY": manager, "FEED": feeds[0]["address"]}


@pytest.fixture
def clone(tmp_path: Path, command: Path) -> Path:
    """Return a folder in which everything that pages name stands where it stands in a clone."""
    (tmp_path / "lineside").symlink_to(ROOT / "lineside")
    bin_folder = tmp_path / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "lineside").symlink_to(command)
    return tmp_path


def script_of(parts: list[Snippet]) -> str:
    """Return a page as one script that says where each part of it begins."""
    lines = []
    for number, part in enumerate(parts):
        if part.fate == "file":
            name = part.mark.removeprefix("file: ")
            lines.append(f"cat > {name} <<'END OF THE FILE'\n{part.text}END OF THE FILE\n")
        elif part.fate == "run":
            lines.append(f"echo '=== part {number}'\n{part.text}")
    return "".join(lines)


def is_told(wanted: str, told: str) -> bool:
    """Return whether a text has some lines in their order; … in them, or as a line, stands for anything."""
    return re.search(re.escape(wanted.strip("\n")).replace("…", ".*?"), told, re.DOTALL) is not None


@pytest.mark.parametrize(
    "page", dict.fromkeys(one.page for one in EVERYTHING if one.fate == "run" and one.page != RUN_ELSEWHERE)
)
def test_a_page_runs_as_it_stands(page: str, clone: Path, command: Path, service: dict[str, str]) -> None:
    parts = [one for one in EVERYTHING if one.page == page]
    path = os.pathsep.join((str(command.parent), os.environ["PATH"]))
    done = subprocess.run(
        ["bash", "-e", "-u", "-o", "pipefail", "-c", script_of(parts)],
        cwd=clone,
        env={**os.environ, **service, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
    )
    told = done.stdout.decode().replace("\r\n", "\n")
    assert done.returncode == 0, told
    outputs = dict(re.findall(r"^=== part (\d+)\n(.*?)(?=^=== part |\Z)", told, re.M | re.S))
    last = ""
    for number, part in enumerate(parts):
        last = outputs.get(str(number), last)
        assert part.fate != "told" or is_told(part.text, last), f"{page}, line {part.line}:\n{last}"


def test_lines_are_told_in_their_order() -> None:
    assert is_told("a\n…\nc …\n", "x\na\nb\nc 1\n")
    assert not is_told("c\n…\na\n", "a\nb\nc\n")


def test_everything_has_a_fate() -> None:
    assert [f"{one.page}, line {one.line}" for one in EVERYTHING if not one.fate] == []


def test_what_is_not_run_has_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    left_out = [one for one in EVERYTHING if one.fate == "not run"]
    with capsys.disabled():
        told = "; ".join(f"{one.page}: {one.reason}" for one in left_out)
        print(f"\nSnippets of the documentation that are not run: {len(left_out)} of {len(EVERYTHING)} ({told}).")
    assert all(len(one.reason) > 10 for one in left_out)
    assert len(left_out) <= 6


@pytest.mark.parametrize("snippet", [one for one in EVERYTHING if one.fate == "settings"], ids=lambda one: one.page)
def test_settings_are_settings(snippet: Snippet) -> None:
    given = tomllib.loads(snippet.text)
    secret = {"oidc_client_secret": "x"} if "oidc_issuer" in given else {}
    settings = ServiceSettings(**given, **secret)
    assert {name: getattr(settings, name) for name in given} == given


def options_of(words: list[str]) -> list[str]:
    """Return the command's own names for what a line of a page gives to ``lineside``."""
    command = COMMANDS[words[0]]
    command = getattr(command, "commands", {}).get(words[1] if len(words) > 1 else "", command)
    return [name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)]


def test_every_form_of_a_command_exists() -> None:
    checked = 0
    for page in pages():
        for form in re.findall(r"(?:^|`)lineside ([a-z]+[^`\n]*)", page.read_text(encoding="utf-8"), re.MULTILINE):
            words = form.split()
            if words[0] in COMMANDS:
                known = options_of(words)
                assert [one for one in re.findall(r"(?<![\w-])--[a-z-]+", form) if one not in known] == [], (page, form)
                checked += 1
            else:
                assert form.startswith("new |"), (page, form)
    assert checked > 60


def test_every_module_that_a_page_runs_exists() -> None:
    for page in pages():
        for name in re.findall(r"python -m ([\w.]+)", page.read_text(encoding="utf-8")):
            file = ROOT.joinpath(*name.split("."))
            assert file.with_suffix(".py").exists() or (file / "__main__.py").exists(), (page, name)
