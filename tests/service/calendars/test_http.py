"""Feeds as a running service gives them: calendar programs follow a re-plan, and readers agree with the plan."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lineside.models.canonical import raw_of
from lineside.models.cells import parse_clock
from lineside.models.plan import Cohort, Plan, plan_json
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.service.storage.texts import settings_json, table_json
from lineside.solver import SolveOptions, solve
from tests.build import open_cohort, plan_of
from tests.service.calendars.parts import region
from tests.service.calendars.test_agreement import SHARED_REGIONS, expanded, in_utc, parsed, planned
from tests.service.calendars.test_clients import Client
from tests.service.serving import Serving, services

CHICAGO = ZoneInfo("America/Chicago")
PLACE = "Room hall, A site, 53202"
MODULES = {"math": 8, "weld": 4, "read": 4}
PATTERNS = ["Sat | 23:00 | 240 | college", "Sun | 14:00 | 240 | college"]
PATTERNS += [f"{day} | 15:00 | 120 | college" for day in ("Mon", "Thu")]


@pytest.fixture
def serving(new_database: Callable[[], str]) -> Iterator[Serving]:
    with services("--database", new_database()) as start:
        running = start()
        running.first_key()
        yield running


def asked(serving: Serving, method: str, path: str, body: Any = None) -> Any:
    answer = serving.client.request(method, f"/api/v1{path}", json=body, timeout=300)
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


def upload(serving: Serving, scenario: Scenario) -> str:
    raw = raw_of(scenario)
    tables = {name: table_json(table) for name, table in raw.tables.items()}
    return str(asked(serving, "POST", "/scenarios", {"settings": settings_json(raw.settings), "tables": tables})["id"])


def publish(serving: Serving, scenario: str, plan: Plan) -> None:
    kept = asked(serving, "POST", "/plans", {"scenario": scenario, "name": "p", "plan": json.loads(plan_json(plan))})
    asked(serving, "POST", f"/plans/{kept['id']}/publish")


def feeds(serving: Serving, kind: str, owners: list[str] | None = None) -> list[dict[str, Any]]:
    body = {"kind": kind} if owners is None else {"kind": kind, "owners": owners}
    return list(asked(serving, "POST", "/feeds", body))


def next_change(hours: int) -> dt.date:
    """Return the first Sunday, some weeks from now, whose night is so many hours longer than others."""
    day = dt.datetime.now(CHICAGO).replace(hour=12, minute=0, second=0, microsecond=0) + dt.timedelta(days=21)
    while (day - dt.timedelta(days=1)).utcoffset() != day.utcoffset() + dt.timedelta(hours=hours):
        day += dt.timedelta(days=1)
    return day.date()


def shown(cohort: Cohort, title: str, status: str = "CONFIRMED") -> list[str]:
    clock = [f"{row.start} {row.end}" for row in cohort.meetings]
    return [f"{row.date} {at} {title} [{status}] {PLACE}" for row, at in zip(cohort.meetings, clock, strict=True)]


def by_start(*rows: list[str]) -> list[str]:
    return sorted((line for part in rows for line in part), key=lambda line: (line[:10], parse_clock(line[11:16])))


@pytest.mark.parametrize("longer", [1, -1], ids=["autumn", "spring"])
def test_a_client_follows_a_plan_and_its_successor(serving: Serving, tmp_path: Path, longer: int) -> None:
    changes = next_change(longer)
    first_day = changes - dt.timedelta(days=13)  # the second Saturday night is the one that is longer or shorter
    scenario = region(
        settings={"weeks": 6, "first_day": first_day},
        rules={"class_minutes_per_week": 600},
        modules={name: {"name": name.title(), "hours": hours} for name, hours in MODULES.items()},
        requirements={f"tech/{name}/std": {"modules": name} for name in MODULES},
        patterns=PATTERNS,
    )
    math, weld = open_cohort(scenario, "Sat 23:00 240"), open_cohort(scenario, name="K2", module="weld")
    moved = open_cohort(scenario, "Sun 14:00 240")
    read = open_cohort(scenario, "Thu 15:00 120", name="K3", module="read")
    assert [(row.start, row.end) for row in math.meetings] == [("23:00", "03:00")] * 2
    assert math.meetings[1].date == changes - dt.timedelta(days=1)
    identity = upload(serving, scenario)
    before = plan_of(scenario, (math, "a1 a2"), (weld, "a1"))
    publish(serving, identity, before)
    (feed,) = feeds(serving, "apprentice", ["a1"])
    body = serving.client.get(feed["address"]).content
    assert in_utc(expanded(body)) == in_utc(parsed(body)) == in_utc(planned(scenario, before, "a1"))
    hours = [(end - start) / dt.timedelta(hours=1) for start, end in parsed(body)]
    assert sorted(hours) == sorted([2, 2, 4, 4 + longer])

    client = Client(tmp_path, feed["address"])
    client.sync()
    assert client.listed(str(first_day)) == by_start(shown(math, "Math"), shown(weld, "Weld"))
    after = plan_of(scenario, (moved, "a1 a2"), (read, "a1"))
    publish(serving, identity, after)
    client.sync()
    gone = shown(weld, "[Cancelled] Weld", "CANCELLED")
    assert client.listed(str(first_day)) == by_start(shown(moved, "Math"), shown(read, "Read"), gone)
    client.sync()  # nothing changed since
    assert len(client.listed(str(first_day))) == 6
    asked(serving, "DELETE", f"/feeds/{feed['id']}")
    client.sync()
    assert client.listed(str(first_day)) == []


def test_readers_agree_with_a_solved_plan_on_every_meeting_of_everybody(serving: Serving) -> None:
    scenario = read_scenario(SHARED_REGIONS / "s-rotating-3").scenario
    plan = solve(scenario, SolveOptions(seconds=4, workers=1)).plan
    publish(serving, upload(serving, scenario), plan)
    meetings, offsets = 0, set()
    for feed in feeds(serving, "apprentice"):
        body = serving.client.get(feed["address"]).content
        times = planned(scenario, plan, feed["owner"])
        assert in_utc(expanded(body)) == in_utc(parsed(body)) == in_utc(times)
        meetings += len(times)
        offsets |= {start.utcoffset() for start, _ in times}
    assert meetings > 300
    assert len(offsets) == 2  # before and after the clocks were changed
