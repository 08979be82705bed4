"""Rows in every table, by plain SQL as each migration knew them, and what the storage layer must read of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import uuid
from typing import Any

from sqlalchemy import text

from lineside.models.plan import plan_json
from lineside.service.access.secrets import digest_of
from lineside.service.calendars import EventHistory, FeedKey, history_text, publish
from lineside.service.storage.backup import tables_of
from lineside.service.storage.database import Database
from lineside.service.storage.texts import settings_json, table_json
from tests.build import open_cohort, plan_of, tiny
from tests.service.regions import tiny_raw


def number(last: int) -> uuid.UUID:
    return uuid.UUID(int=last)


REGION, SCENARIO, RUN, PLAN, VARIANT, ASKED = map(number, range(1, 7))
KEY_SECRET, FEED_TOKEN = "lsk_of-before", "token-of-before"
AT = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
SEATED = plan_of(tiny(), (open_cohort(tiny(), name="C1"), "a1"))
"""A plan of the tiny scenario, in which Ann has her seat."""


def _calendar() -> str:
    history = publish(tiny(), SEATED, EventHistory(REGION.hex), AT)
    key = FeedKey("apprentice", "a1")
    return history_text(dataclasses.replace(history, feeds={key: history.feeds[key]}))


def _values() -> dict[str, Any]:
    raw = tiny_raw()
    return {
        "region": REGION,
        "scenario": SCENARIO,
        "run": RUN,
        "plan": PLAN,
        "variant": VARIANT,
        "asked": ASKED,
        "id": number(99),
        "settings": json.dumps(settings_json(raw.settings)),
        "tables": json.dumps({name: table_json(table) for name, table in raw.tables.items()}),
        "text": plan_json(SEATED),
        "calendar": _calendar(),
        "key": digest_of(KEY_SECRET),
        "token": digest_of(FEED_TOKEN),
        "odd": "tab\tline\nback\\slash \\N Ø 漢字",
    }


RUN_COLUMNS = (
    "INSERT INTO runs (id, region_id, scenario_id, revision, seconds, workers, seed, status, attempt, stop_requested, "
    "stage, solved_seconds, reason"
)

ROWS: tuple[tuple[str, str], ...] = (
    ("0001", "INSERT INTO regions (id, name) VALUES (:region, 'north')"),
    (
        "0001",
        "INSERT INTO keys (id, region_id, role, label, digest) VALUES (:id, :region, 'planner', :odd, :key)",
    ),
    ("0001", "INSERT INTO scenarios (id, region_id, name, head) VALUES (:scenario, :region, 'tiny', 2)"),
    (
        "0001",
        "INSERT INTO revisions (scenario_id, number, settings, tables, mistakes, warnings, note) SELECT :scenario, n, "
        "CAST(:settings AS jsonb), CAST(:tables AS jsonb), '[]', '[]', :odd FROM generate_series(1, 2) n",
    ),
    ("0001", f"{RUN_COLUMNS}) VALUES (:run, :region, :scenario, 2, 5, 1, 0, 'finished', 1, false, 'done', 0.1, '')"),
    ("0001", "INSERT INTO run_events (run_id, status, attempt, stage, solved_seconds) VALUES (:run, 'x', 1, '', 0.3)"),
    (
        "0001",
        "INSERT INTO plans (id, region_id, scenario_id, revision, run_id, name, version, text, violations) "
        "VALUES (:plan, :region, :scenario, 2, :run, 'Run', 1, :text, 0)",
    ),
    ("0001", "INSERT INTO publications (id, region_id, number, plan_id) VALUES (:id, :region, 1, :plan)"),
    (
        "0001",
        "INSERT INTO feeds (id, region_id, kind, subject, company, digest) "
        "VALUES (:id, :region, 'apprentice', 'a1', 'acme', :token)",
    ),
    (
        "0001",
        "INSERT INTO calendar_states (region_id, kind, owner, company, text) "
        "VALUES (:region, 'apprentice', 'a1', 'acme', :calendar)",
    ),
    ("0002", "UPDATE revisions SET author = 'Dana' WHERE number = 2"),
    ("0004", "UPDATE runs SET method = 'first_come'"),
    (
        "0005",
        "INSERT INTO identities (id, region_id, role, label, email) VALUES (:id, :region, 'planner', 'Pat', 'p@x.y')",
    ),
    ("0005", "INSERT INTO sign_ins (digest, identity_id, ends_at) VALUES (:key, :id, now() + interval '1 hour')"),
    (
        "0006",
        f"{RUN_COLUMNS}, about, answer) "
        "VALUES (:asked, :region, :scenario, 2, 5, 1, 0, 'finished', 1, false, 'done', 0, '', :plan, '{\"x\": 1}')",
    ),
    ("0007", "UPDATE runs SET margin = 2"),
    ("0008", "UPDATE runs SET ask = '{\"keep\": 1}' WHERE about IS NOT NULL"),
    ("0008", "INSERT INTO scenarios (id, region_id, name, head) VALUES (:variant, :region, 'what if', 1)"),
    (
        "0008",
        "INSERT INTO revisions (scenario_id, number, settings, tables, mistakes, warnings, note) "
        "VALUES (:variant, 1, CAST(:settings AS jsonb), CAST(:tables AS jsonb), '[]', '[]', '')",
    ),
    (
        "0008",
        "INSERT INTO variants (scenario_id, base_id, base_revision, edits, conflicts, settled) "
        "VALUES (:variant, :scenario, 2, '[]', '[]', '[]')",
    ),
    (
        "0009",
        "INSERT INTO contacts (region_id, kind, owner, address) VALUES (:region, 'apprentice', 'a1', 'a1@x.y')",
    ),
    ("0010", "UPDATE runs SET priority = -10 WHERE about IS NOT NULL"),
    (
        "0010",
        "INSERT INTO sweeps (id, region_id, name, axes, edits, seconds, workers, seed, margin) "
        "VALUES (:id, :region, :odd, '[]', '[]', 5, 1, 0, 0)",
    ),
    (
        "0010",
        "INSERT INTO sweep_points (sweep_id, number, base, choices, scenario_id, is_made, run_id) "
        "VALUES (:id, 1, 'tiny', '[]', :scenario, false, :run)",
    ),
    (
        "0009",
        "INSERT INTO mails (id, region_id, publication_id, kind, owner, subject, text, status, attempts) "
        "VALUES (:id, :region, (SELECT id FROM publications LIMIT 1), 'apprentice', 'a1', :odd, :odd, 'waiting', 1)",
    ),
)
"""Statements, each with the first migration after which it can be made."""

QUEUED = (
    "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
    "VALUES ('runs', 'lineside.solve', jsonb_build_object('run', CAST(:run AS text)))"
)


def fill(database: Database, revision: str = "9999") -> None:
    """Put rows into every table that a database of some revision has."""
    values = _values()
    with database.session() as session:
        for since, statement in (*ROWS, ("0001", QUEUED)):
            if since <= revision:
                query = text(statement)
                session.execute(query, {name: values[name] for name in query.compile().params})


def contents(database: Database) -> dict[str, list[str]]:
    """Return every row of every table, as PostgreSQL writes it, in order."""
    with database.engine.connect() as connection:
        return {
            name: sorted(connection.scalars(text(f"SELECT CAST(t AS text) FROM {name} t")))
            for name in tables_of(connection)
        }
