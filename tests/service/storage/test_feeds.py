"""What the database remembers of calendars after publications."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

import pytest
from sqlalchemy import select, text

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice
from lineside.service.calendars import EventHistory, Feed, FeedKey, history_from_text, publish
from lineside.service.storage import feeds
from lineside.service.storage.database import Database
from lineside.service.storage.models import CalendarState, Region
from tests.service.calendars.parts import DAY, JUNE, LATER, plan_with, region

REGION = uuid.UUID(int=7)


@pytest.fixture
def stored(database: Database) -> Database:
    with database.session() as session:
        session.add(Region(id=REGION, name="here"))
    return database


def with_people(scenario: Scenario, people: Sequence[Apprentice]) -> Scenario:
    tables = {name: getattr(scenario, name) for name in Scenario.model_fields}
    return Scenario.model_validate({**tables, "apprentices": tuple(people)})


def bring(database: Database, scenario: Scenario, plan: Plan, at: dt.datetime) -> None:
    with database.session() as session:
        feeds.Feeds(session, REGION).publish(scenario, plan, at)


def remembered(database: Database) -> dict[FeedKey, Feed]:
    with database.session() as session:
        texts = session.scalars(select(CalendarState.text)).all()
    return {key: feed for words in texts for key, feed in history_from_text(words).feeds.items()}


def written(database: Database) -> dict[tuple[str, str], str]:
    """Return which transaction wrote each row."""
    with database.session() as session:
        rows = session.execute(text("SELECT kind, owner, xmin::text FROM calendar_states")).all()
    return {(kind, owner): transaction for kind, owner, transaction in rows}


@pytest.mark.parametrize("at_a_time", [1, 2, 100])
def test_some_owners_at_a_time_give_what_all_together_give(
    stored: Database, at_a_time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "STATES_AT_A_TIME", at_a_time)
    scenario = region()
    fewer = with_people(scenario, scenario.apprentices[:1])
    history, at = EventHistory(REGION.hex), JUNE
    for tables, plan in (
        (scenario, plan_with(scenario)),
        (scenario, plan_with(scenario, "Tue 15:00 120")),
        (fewer, plan_with(fewer, people="a1")),
        (scenario, plan_with(scenario)),
    ):
        history = publish(tables, plan, history, at)
        bring(stored, tables, plan, at)
        assert remembered(stored) == history.feeds
        at += DAY
    gone = publish(fewer, plan_with(fewer, people="a1"), history, JUNE + 500 * DAY)
    gone = publish(fewer, plan_with(fewer, people="a1"), gone, JUNE + 1000 * DAY)
    assert set(gone.feeds) < set(history.feeds)
    for days in (500, 1000):
        bring(stored, fewer, plan_with(fewer, people="a1"), JUNE + days * DAY)
    assert remembered(stored) == gone.feeds


def test_a_calendar_that_stays_as_it_was_is_not_written_again(stored: Database) -> None:
    scenario = region()
    bring(stored, scenario, plan_with(scenario), JUNE)
    before = written(stored)
    bring(stored, scenario, plan_with(scenario), LATER)
    assert written(stored) == before
    bring(stored, scenario, plan_with(scenario, people="a1"), LATER)
    changed = {key for key, transaction in written(stored).items() if transaction != before[key]}
    assert ("apprentice", "b1") in changed and ("apprentice", "a1") not in changed


def test_a_calendar_follows_its_person_to_another_company(stored: Database) -> None:
    scenario = region()
    bring(stored, scenario, Plan(), JUNE)
    moved = [row.model_copy(update={"company": "bolt"}) for row in scenario.apprentices]
    bring(stored, with_people(scenario, moved), Plan(), LATER)
    with stored.session() as session:
        query = select(CalendarState.owner, CalendarState.company).where(CalendarState.kind == "apprentice")
        found = {row.owner: row.company for row in session.execute(query)}
    assert found == dict.fromkeys((row.apprentice for row in moved), "bolt")
