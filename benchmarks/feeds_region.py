"""A region of 5,000 apprentices with published calendars, and a run of another one that waits for a worker."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import TypeVar

from benchmarks.cases import REGIONS
from lineside.models.canonical import raw_of
from lineside.models.plan import Cohort, Meeting, Plan, Seat
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.service.runs.desk import Desk, Order
from lineside.service.storage.database import Database
from lineside.service.storage.feeds import Feeds
from lineside.service.storage.models import Region
from lineside.service.storage.scenarios import Scenarios

PUBLISHED = "l-plain-21"
SOLVED = "m-plain-11"
COHORT_SEATS = 12
NUM_MEETINGS = 10
RUN_SECONDS = 3600.0

Row = TypeVar("Row")


def fill(database: Database) -> tuple[list[str], uuid.UUID]:
    """Store both regions; return the secret tokens of all apprentices' feeds, and the run's id."""
    published, solved = _read(PUBLISHED), _read(SOLVED)
    with database.session() as session:
        first, second = (Region(id=uuid.uuid4(), name=name) for name in (PUBLISHED, SOLVED))
        session.add_all((first, second))
        session.flush()
        feeds = Feeds(session, first.id)
        feeds.publish(published, ten_meetings_each(published), dt.datetime.now(dt.UTC))
        tokens = [address.token for address in feeds.create("apprentice", None, None)]
        saved = Scenarios(session, second.id).create(raw_of(solved), "")
        run = Desk(session, second.id).start(saved, Order(RUN_SECONDS, 2, 0)).id
    return tokens, run


def _read(name: str) -> Scenario:
    scenario = read_scenario(REGIONS / name).scenario
    if scenario is None:
        raise ValueError(f"The region {name} has mistakes. Look at them with lineside validate.")
    return scenario


def ten_meetings_each(scenario: Scenario) -> Plan:
    """Return an invented plan: everybody in table order sits in a cohort of ten weekly meetings.

    Rooms and instructors are taken in turn and may be in two places at once: only the calendars are looked at.
    """
    people = [row.apprentice for row in scenario.apprentices]
    cohorts, seats = [], []
    for number, start in enumerate(range(0, len(people), COHORT_SEATS)):
        cohort = _cohort(scenario, number)
        cohorts.append(cohort)
        members = people[start : start + COHORT_SEATS]
        seats += [Seat(apprentice=person, module=cohort.module, cohort=cohort.cohort) for person in members]
    return Plan(scenario=PUBLISHED, first_day=scenario.settings.first_day, cohorts=tuple(cohorts), seats=tuple(seats))


def _cohort(scenario: Scenario, number: int) -> Cohort:
    room, module = _in_turn(scenario.rooms, number), _in_turn(scenario.modules, number)
    first = scenario.settings.first_day + dt.timedelta(days=number % 5)
    dates = [first + dt.timedelta(weeks=week) for week in range(NUM_MEETINGS)]
    return Cohort(
        cohort=f"K{number}",
        module=module.module,
        site=room.site,
        room=room.room,
        instructor=_in_turn(scenario.instructors, number).instructor,
        days=("Mon", "Tue", "Wed", "Thu", "Fri")[number % 5],
        start="15:00",
        minutes=120,
        first_week=0,
        meetings=tuple(Meeting(date=date, start="15:00", end="17:00") for date in dates),
    )


def _in_turn(rows: Sequence[Row], number: int) -> Row:
    return rows[number % len(rows)]
