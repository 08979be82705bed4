"""The README's script, run as it stands there against a service of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.serving import Serving, data_folder, services

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RUN_SECONDS = "15"


@pytest.fixture
def serving() -> Iterator[Serving]:
    with data_folder() as data, services("--data", str(data)) as start:
        yield start()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a folder in which everything that the script names stands where it stands in a clone."""
    (tmp_path / "lineside").symlink_to(ROOT / "lineside")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


def test_the_script_goes_from_a_workbook_to_a_feed(serving: Serving, clone: Path) -> None:
    (script,) = re.findall(r"^```bash\n(URL=.*?)^```$", README, re.DOTALL | re.MULTILINE)
    given = {"URL": serving.address, "KEY": serving.first_key(), "RUN_SECONDS": RUN_SECONDS, "TMPDIR": str(clone)}
    command = ["bash", "-e", "-u", "-o", "pipefail", "-c", script]
    done = subprocess.run(command, cwd=clone, env={**os.environ, **given}, capture_output=True, timeout=300)
    told = done.stdout.decode()
    assert done.returncode == 0, told + done.stderr.decode()
    steps = re.split(r"^\d\. .*\n", told, flags=re.MULTILINE)
    assert len(steps) == 5
    _, _, events, published, feed = steps
    assert events.count("event: progress\n") > 2 and events.endswith("event: end\ndata: {}\n\n")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\S+\n", published)
    assert feed.startswith("BEGIN:VCALENDAR\r\n") and "\r\nSTATUS:CONFIRMED\r\n" in feed
    page = re.search(r"END:VCALENDAR\r\nThe same as a page, for a browser: (\S+)\n$", feed)
    assert page is not None
    assert "<h1>Classes of " in serving.client.get(page[1]).text


def test_make_serve_starts_the_service() -> None:
    recipe = subprocess.run(["make", "-n", "serve"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert recipe.endswith(".venv/bin/lineside serve\n")


def test_the_first_line_is_the_one_that_the_service_prints() -> None:
    assert "\nNew region main. Its planner's key, shown this once: lsk_…\n" in README
