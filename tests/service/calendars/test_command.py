"""The command calendar, as its user calls it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from icalendar import Calendar

from lineside.models.plan import Plan
from lineside.models.reading import write_scenario
from lineside.service.calendars import FeedKey
from lineside.service.cli_calendar import file_names
from tests.service.calendars.parts import plan_with, region
from tests.service.conftest import Run

Save = Callable[[Plan], Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_scenario(region(), tmp_path / "region")
    return tmp_path / "region"


def contents(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


def test_everybody_gets_a_feed_and_a_page(run: Run, folder: Path, saved: Save, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run("calendar", folder, saved(plan_with(region())), "--out", out)
    assert result.exit_code == 0, result.output
    assert "3 apprentices, 1 instructors, 3 rooms, 2 companies, 1 cohorts" in result.stdout
    assert "Meetings of apprentices: 12 new, 0 changed, 0 cancelled, 0 unchanged." in result.stdout
    assert len(contents(out)) == 2 * 10 + 1
    assert len(Calendar.from_ical((out / "apprentices/a1.ics").read_bytes()).events) == 4


def test_the_same_plan_again_leaves_the_same_bytes(run: Run, folder: Path, saved: Save, tmp_path: Path) -> None:
    out, plan = tmp_path / "out", saved(plan_with(region()))
    run("calendar", folder, plan, "--out", out)
    before = {name: text for name, text in contents(out).items() if name.endswith(".ics")}
    assert "12 unchanged" in run("calendar", folder, plan, "--out", out).stdout
    assert {name: text for name, text in contents(out).items() if name.endswith(".ics")} == before


def test_a_new_plan_moves_and_cancels(run: Run, folder: Path, saved: Save, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("calendar", folder, saved(plan_with(region())), "--out", out)
    old = {event.uid for event in Calendar.from_ical((out / "apprentices/a1.ics").read_bytes()).events}
    result = run("calendar", folder, saved(plan_with(region(), "Tue 15:00 120", "a1")), "--out", out)
    assert "0 new, 4 changed, 8 cancelled" in result.stdout
    moved = Calendar.from_ical((out / "apprentices/a1.ics").read_bytes()).events
    assert {event.uid for event in moved} == old and {event["SEQUENCE"] for event in moved} == {1}
    gone = Calendar.from_ical((out / "apprentices/b1.ics").read_bytes()).events
    assert [event["STATUS"] for event in gone] == ["CANCELLED"] * 4


def test_reminders_and_addresses_are_options(run: Run, folder: Path, saved: Save, tmp_path: Path) -> None:
    words = ("--alarm", 45, "--address", "https://example.org/calendars/")
    run("calendar", folder, saved(plan_with(region())), "--out", tmp_path / "out", *words)
    assert b"TRIGGER:-PT45M" in (tmp_path / "out/apprentices/a1.ics").read_bytes()
    page = (tmp_path / "out/apprentices/a1.html").read_text(encoding="utf-8")
    assert 'href="webcal://example.org/calendars/apprentices/a1.ics"' in page and 'href="a1.ics"' in page


def test_bad_input_is_told_and_nothing_is_written(run: Run, folder: Path, saved: Save, tmp_path: Path) -> None:
    out, plan = tmp_path / "out", saved(plan_with(region()))
    result = run("calendar", folder, plan, "--out", out, "--address", "ftp://example.org")
    assert result.exit_code == 2 and "begins with https://" in result.stderr and not out.exists()
    result = run("calendar", folder, tmp_path / "none.json", "--out", out)
    assert result.exit_code == 2 and "cannot be read" in result.stderr and not out.exists()
    out.mkdir()
    (out / "history.json").write_bytes(b"\xff")
    result = run("calendar", folder, plan, "--out", out)
    assert result.exit_code == 2 and "UTF-8" in result.stderr
    (out / "history.json").write_text("{}", encoding="utf-8")
    result = run("calendar", folder, plan, "--out", out)
    assert result.exit_code == 2 and "Restore it" in result.stderr
    assert list(contents(out)) == ["history.json"]
    result = run("calendar", folder, plan, "--out", plan)
    assert result.exit_code == 2 and "not a directory" in result.stderr


def test_file_names_are_safe_and_apart() -> None:
    owners = ["a1", "A1", "..", "../x", "a/b", "CON", "com1", "Zoë", "=1+1", "x" * 300, "x" * 299 + "y", "汉" * 80]
    names = file_names([FeedKey("apprentice", owner) for owner in owners])
    found = list(names.values())
    assert len({name.casefold() for name in found}) == len(owners)
    for name in found:
        folder, _, file = name.partition("/")
        assert folder == "apprentices" and os.sep not in file and not file.startswith(".") and len(file) < 200
        assert file.isascii() and file.casefold() not in ("con", "com1")
    assert unquote(names[FeedKey("apprentice", "Zoë")]) == "apprentices/Zoë"
    assert file_names([FeedKey("room", "r"), FeedKey("cohort", "R")]) == {
        FeedKey("room", "r"): "rooms/r",
        FeedKey("cohort", "R"): "cohorts/R",
    }
