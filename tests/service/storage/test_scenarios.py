"""Scenarios: revisions that can be read back, and saves on top of something else that are refused."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from lineside.service.problems import ChangedProblem, ConflictProblem, MistakesProblem, NotFoundProblem
from lineside.service.storage.database import Database
from lineside.service.storage.scenarios import Scenarios
from lineside.service.storage.texts import raw_table, renamed
from tests.service.regions import new_region, new_run, tiny_raw


def test_a_scenario_comes_back_text_by_text(database: Database) -> None:
    region, raw = new_region(database), tiny_raw()
    with database.session() as session:
        created = Scenarios(session, region).create(raw, "first")
    with database.session() as session:
        saved = Scenarios(session, region).get(created.scenario.id)
        assert saved.raw.tables == raw.tables
        texts = {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in raw.settings.items()}
        assert saved.raw.settings == texts
        assert Scenarios(session, region).good(created.scenario.id)[1].settings.name == raw.settings["name"]


def test_every_save_is_a_revision_that_can_be_read_back(database: Database) -> None:
    region = new_region(database)
    with database.session() as session:
        scenarios = Scenarios(session, region)
        first = scenarios.create(renamed(tiny_raw(), "A"), "first")
        identity = first.scenario.id
        second = scenarios.save(scenarios.locked(identity, 1), renamed(first.raw, "B"), "renamed")
        assert second.scenario.name == "B"
        assert scenarios.get(identity, 1).raw.settings["name"] == "A"
        assert [row.number for row in scenarios.revisions(identity)] == [2, 1]


def test_a_lost_update_is_refused(database: Database) -> None:
    region = new_region(database)
    with database.session() as session:
        scenarios = Scenarios(session, region)
        saved = scenarios.create(tiny_raw(), "")
        scenarios.save(scenarios.locked(saved.scenario.id, 1), saved.raw, "by one")
        with pytest.raises(ChangedProblem, match="revision 2 is the newest"):
            scenarios.locked(saved.scenario.id, 1)


def test_mistakes_are_refused_unless_a_draft_is_meant(database: Database) -> None:
    region, raw = new_region(database), tiny_raw()
    wrong = dataclasses.replace(raw, tables={**raw.tables, "crews": raw_table(["line"], [["nowhere"]])})
    with database.session() as session:
        scenarios = Scenarios(session, region)
        with pytest.raises(MistakesProblem) as caught:
            scenarios.create(wrong, "")
        draft = scenarios.create(wrong, "", is_draft=True)
        assert len(draft.revision.mistakes) == len(caught.value.mistakes) > 0
        with pytest.raises(ConflictProblem):
            scenarios.good(draft.scenario.id)


@pytest.mark.parametrize("text", ["a\0b", "\udfff"])
def test_what_the_database_cannot_hold_is_a_mistake(database: Database, text: str) -> None:
    region = new_region(database)
    with database.session() as session, pytest.raises(MistakesProblem):
        Scenarios(session, region).create(renamed(tiny_raw(), text), "", is_draft=True)


def test_another_region_sees_nothing(database: Database) -> None:
    region, other = new_region(database), new_region(database)
    with database.session() as session:
        saved = Scenarios(session, region).create(tiny_raw(), "")
        with pytest.raises(NotFoundProblem):
            Scenarios(session, other).get(saved.scenario.id)
        assert Scenarios(session, other).listed(10, 0) == []


def test_a_scenario_with_a_waiting_run_is_not_deleted(database: Database) -> None:
    region = new_region(database)
    new_run(database, region)
    with database.session() as session:
        scenarios = Scenarios(session, region)
        (stored,) = scenarios.listed(10, 0)
        with pytest.raises(ConflictProblem):
            scenarios.delete(scenarios.locked(stored.id, None))
