"""Notices over the interface: listed, downloaded, and mailed by a worker when a plan comes into force."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from lineside.models.plan import Plan, plan_json
from lineside.models.scenario import Scenario
from lineside.service.storage.database import Database
from lineside.service.storage.models import Mail
from tests.build import open_cohort, plan_of, tiny
from tests.service.api.conftest import World, make_world, scenario_body
from tests.service.mail.smtp import mail_server
from tests.service.runs.processes import wait_for, worker

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
AT = {"at": "2026-06-07T12:00:00"}
CONTACTS = "kind,id,address\napprentice,a1,dana@acme.example\ninstructor,ida,ida@college.example\n"


def soon() -> dict[str, Any]:
    """Return changes of the tiny scenario whose term begins this Monday, for what must be near the real now."""
    monday = dt.date.today() - dt.timedelta(days=dt.date.today().weekday())
    return {
        "settings": {"first_day": monday, "weeks": 4},
        "patterns": tuple(
            f"{day} | 15:00 | 120 | college" for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        ),
    }


def keep(world: World, scenario_id: str, plan: Plan, name: str) -> str:
    body = {"scenario": scenario_id, "name": name, "plan": json.loads(plan_json(plan))}
    answer = world.ask("POST", "/plans", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def two_plans(world: World, scenario: Scenario, body: dict[str, Any], clocks: tuple[str, str], week: int) -> list[str]:
    scenario_id = world.ask("POST", "/scenarios", json=body).json()["id"]
    plans = [plan_of(scenario, (open_cohort(scenario, clock, week=week), "a1")) for clock in clocks]
    return [keep(world, scenario_id, plan, f"plan {number}") for number, plan in enumerate(plans)]


@pytest.fixture
def plans(world: World) -> list[str]:
    """Return two plans: the class is on Monday 8 June 2026 at 15:00, or at 16:00; the first one is in force."""
    changes = {"patterns": ("Mon | 15:00 | 120 | college", "Mon | 16:00 | 120 | college")}
    found = two_plans(world, tiny(**changes), scenario_body(**changes), ("Mon 15:00 120", "Mon 16:00 120"), 1)
    assert world.ask("POST", f"/plans/{found[0]}/publish").status_code == 200
    return found


def test_notices_before_and_after_a_publication(world: World, plans: list[str]) -> None:
    world.ask("PUT", "/contacts", json={"csv": CONTACTS})
    before = world.ask("GET", f"/plans/{plans[1]}/notices", params=AT).json()
    assert before["against"] == plans[0]
    assert [(row["who"], row["id"], row["has_address"]) for row in before["people"]] == [
        ("apprentice", "a1", True),
        ("instructor", "ida", True),
    ]
    assert before["people"][0]["first"] == "2026-06-08T15:00"
    assert "it is:  Monday 8 June 2026, 16:00 to 18:00" in before["people"][0]["text"]
    assert before["mail"] == {"is_configured": False, "waiting": 0, "sent": 0, "failed": 0}
    assert world.ask("POST", f"/plans/{plans[1]}/publish").status_code == 200
    assert world.ask("GET", f"/plans/{plans[1]}/notices", params=AT).json() == before
    # The plan in force until then would now come after the new one.
    assert world.ask("GET", f"/plans/{plans[0]}/notices", params=AT).json()["against"] == plans[1]
    assert world.ask("GET", f"/plans/{plans[1]}/notices", params={**AT, "days": 1}).json()["people"] == []


def test_the_first_plan_tells_nobody(world: World, scenario_id: str, plan_id: str) -> None:
    assert world.ask("GET", f"/plans/{plan_id}/notices", params=AT).json()["people"] == []


def test_notices_are_downloaded_without_formulas(world: World) -> None:
    changes = {
        "patterns": ("Mon | 15:00 | 120 | college", "Mon | 16:00 | 120 | college"),
        "apprentices": {"a1": {"name": "=1+1"}},
    }
    found = two_plans(world, tiny(**changes), scenario_body(**changes), ("Mon 15:00 120", "Mon 16:00 120"), 1)
    world.ask("POST", f"/plans/{found[0]}/publish")
    answer = world.ask("GET", f"/plans/{found[1]}/notices/download", params=AT)
    assert answer.headers["content-disposition"] == 'attachment; filename="notices.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [(row["id"], row["name"], row["date"]) for row in rows] == [
        ("a1", "'=1+1", "2026-06-08"),
        ("ida", "Ida", "2026-06-08"),
    ]


def test_contacts_are_replaced_and_never_told(world: World) -> None:
    answer = world.ask("PUT", "/contacts", json={"csv": CONTACTS})
    people = [{"kind": "apprentice", "id": "a1"}, {"kind": "instructor", "id": "ida"}]
    assert answer.json() == {"people": people}
    assert "@" not in world.ask("GET", "/contacts").text
    assert world.ask("GET", "/contacts", world.foreign).json() == {"people": []}
    assert world.ask("PUT", "/contacts", json={"csv": "id,address\na2,bo@acme.example\n"}).json() == {
        "people": [{"kind": "apprentice", "id": "a2"}]
    }
    assert world.ask("PUT", "/contacts", json={"csv": "id,address\n"}).json() == {"people": []}


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", ["The header is nothing."]),
        ("name,address\n", ["The header is name, address."]),
        ("id,address\na1,dana\na 2,x@y.example\n", ["Write a mail address", "Write an id of the tables"]),
        ("id,address\na1,x@y.example\na1,z@y.example\n", ["The apprentice stands twice."]),
        ("kind,id,address\nroom,R1,x@y.example\n", ["Write apprentice or instructor."]),
        ("id,address\na1\n", ["Write a mail address"]),
    ],
)
def test_wrong_contacts_are_all_told_and_change_nothing(world: World, text: str, messages: list[str]) -> None:
    world.ask("PUT", "/contacts", json={"csv": CONTACTS})
    answer = world.ask("PUT", "/contacts", json={"csv": text})
    assert answer.status_code == 422
    found = [row["message"] for row in answer.json()["mistakes"]]
    assert len(found) == len(messages)
    assert all(text in message for text, message in zip(messages, found, strict=True))
    assert len(world.ask("GET", "/contacts").json()["people"]) == 2


def mails(database: Database) -> list[Mail]:
    with database.session() as session:
        return list(session.scalars(select(Mail).order_by(Mail.owner)))


def publish_soon(world: World) -> list[str]:
    """Put a plan in force, and then another one in which tomorrow's class is the day after."""
    changes = soon()
    today = dt.date.today()
    tomorrow, next_day = ((today + dt.timedelta(days=k)) for k in (1, 2))
    week = [(day - changes["settings"]["first_day"]).days // 7 for day in (tomorrow, next_day)]
    scenario = tiny(**changes)
    scenario_id = world.ask("POST", "/scenarios", json=scenario_body(**changes)).json()["id"]
    found = []
    for number, day in enumerate((tomorrow, next_day)):
        cohort = open_cohort(scenario, f"{DAYS[day.weekday()]} 15:00 120", week=week[number])
        found.append(keep(world, scenario_id, plan_of(scenario, (cohort, "a1")), f"plan {number}"))
        assert world.ask("POST", f"/plans/{found[-1]}/publish").status_code == 200
    return found


def test_a_worker_mails_whoever_must_know_and_tries_again(database: Database, capfd: Any) -> None:
    with mail_server(refusals=2) as server:
        given = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none"}
        given |= {"smtp_from": "training@college.example", "mail_retry_seconds": 0}
        world = make_world(database, **given)
        world.ask("PUT", "/contacts", json={"csv": CONTACTS.replace("instructor,ida,ida@college.example\n", "")})
        found = publish_soon(world)
        assert [(row.owner, row.status) for row in mails(database)] == [("a1", "waiting")]
        with worker(database, **given):
            wait_for(lambda: mails(database)[0].status != "waiting")
    [(address, mail)] = server.taken
    assert address == "dana@acme.example"
    assert mail["Subject"].startswith("Your next class has moved: ")
    [kept] = mails(database)
    assert (kept.status, kept.attempts, kept.subject, kept.text) == ("sent", 2, "", "")
    assert server.tries == 3
    told = world.ask("GET", f"/plans/{found[1]}/notices").json()["mail"]
    assert told == {"is_configured": True, "waiting": 0, "sent": 1, "failed": 0}
    logged = capfd.readouterr().err
    assert "mail sent" in logged
    assert "mail not taken, it is tried again" in logged
    assert not re.search(r"dana|acme\.example|Ann", logged)


def test_a_mail_that_nobody_takes_is_given_up(database: Database) -> None:
    with mail_server(refusals=99) as server:
        given = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none"}
        given |= {"smtp_from": "training@college.example", "mail_retry_seconds": 0, "mail_attempts": 2}
        world = make_world(database, **given)
        world.ask("PUT", "/contacts", json={"csv": CONTACTS})
        publish_soon(world)
        # Ida's address goes before her mail does.
        world.ask("PUT", "/contacts", json={"csv": "id,address\na1,dana@acme.example\n"})
        with worker(database, **given):
            wait_for(lambda: all(row.status != "waiting" for row in mails(database)))
    assert [(row.owner, row.status, row.attempts) for row in mails(database)] == [
        ("a1", "failed", 2),
        ("ida", "failed", 0),
    ]


def test_without_a_mail_server_nothing_is_queued(world: World) -> None:
    world.ask("PUT", "/contacts", json={"csv": CONTACTS})
    publish_soon(world)
    assert mails(world.database) == []
