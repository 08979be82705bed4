"""Sweeps on a real database: made whole or not at all, stopped, resumed, deleted."""

from __future__ import annotations

import json
import uuid
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text

from lineside.models.plan import Measures, Plan, plan_json
from lineside.scenarios.grids import Grid, grid_from
from lineside.service.problems import ConflictProblem, MistakesProblem
from lineside.service.runs.attempts import Attempts
from lineside.service.runs.desk import Desk
from lineside.service.runs.records import Found
from lineside.service.storage.database import Database
from lineside.service.storage.models import Run, StoredPlan, StoredScenario, Sweep
from lineside.service.storage.plans import Plans
from lineside.service.storage.scenarios import Scenarios
from lineside.service.sweeps.desk import Sweeps
from lineside.service.sweeps.table import PointStand, cells_of, columns_of, counts_of, stands_of, table_json
from tests.build import open_cohort, plan_of, tiny
from tests.service.regions import new_region, new_run, tiny_raw

LIMITS = (3600.0, 8)
SEATED = plan_of(tiny(), (open_cohort(tiny(), name="C1"), "a1")).model_copy(
    update={"measures": Measures(line_time_lost=Decimal("12.5"))}
)
RELIEF = {
    "name": "one relief",
    "cells": [{"table": "crews", "row": ["press", "day"], "column": "relief", "after": "1"}],
}
LONGER = {"name": "three weeks", "settings": [{"key": "weeks", "before": "2", "after": "3"}]}


def grid_of(*scenarios: str, name: str = "what if", **more: Any) -> Grid:
    axes = [{"name": "relief", "choices": ["no edit", RELIEF]}, {"name": "weeks", "choices": ["no edit", LONGER]}]
    return grid_from({"name": name, "scenarios": scenarios, "axes": axes, "seconds": 5, **more})


@pytest.fixture
def region(database: Database) -> uuid.UUID:
    made = new_region(database)
    with database.session() as session:
        for name in ("north", "south"):
            raw = tiny_raw()
            raw.settings["name"] = name
            Scenarios(session, made).create(raw, "")
    return made


@pytest.fixture
def sweep(database: Database, region: uuid.UUID) -> Sweep:
    with database.session() as session:
        return Sweeps(session, region).start(grid_of("north", "south"), LIMITS)


def stands(database: Database, sweep: Sweep) -> list[PointStand]:
    with database.session() as session:
        return stands_of(session, sweep)


def solved(database: Database, run: uuid.UUID, plan: Plan | None = SEATED, *, is_cut: bool = False) -> None:
    attempts = Attempts(database, 3)
    attempt = attempts.begin(run)
    assert attempt is not None
    found = None if plan is None else plan_json(plan)
    outcome = "unknown" if plan is None else "feasible"
    assert attempts.finish(attempt, Found(found, outcome, 50.0, 40.0, 3.0, 0, ""), is_cut=is_cut)


def test_every_point_is_a_run_of_its_own_scenario(database: Database, region: uuid.UUID, sweep: Sweep) -> None:
    found = stands(database, sweep)
    words = [(stand.number, stand.base, stand.choices) for stand in found]
    assert words[:4] == [
        (1, "north", ("no edit", "no edit")),
        (2, "north", ("no edit", "three weeks")),
        (3, "north", ("one relief", "no edit")),
        (4, "north", ("one relief", "three weeks")),
    ]
    assert [base for _, base, _ in words] == ["north"] * 4 + ["south"] * 4
    assert {stand.status for stand in found} == {"queued"} and len({stand.run for stand in found}) == 8
    with database.session() as session:
        scenarios = Scenarios(session, region)
        assert sorted(row.name for row in scenarios.listed(10, 0)) == ["north", "south"]  # no crowd of points
        runs = Desk(session, region)
        assert len(runs.listed(None, None, 10, 0)) == 2 and len(runs.listed(found[1].scenario, None, 10, 0)) == 1
        assert found[0].scenario == scenarios.named("north")[0].id  # nothing is copied where nothing is changed
        both = scenarios.get(found[3].scenario)
        assert (both.scenario.name, both.revision.note) == (
            "north: one relief, three weeks",
            "made of north, revision 1",
        )
        assert (both.raw.settings["weeks"], both.raw.tables["crews"].rows[0][-1]) == (3, "1")
        priorities = session.scalars(text("SELECT priority FROM procrastinate_jobs")).all()
        assert list(priorities) == [-10] * 8


def test_single_runs_go_first(database: Database, region: uuid.UUID, sweep: Sweep) -> None:
    run = new_run(database, region)
    with database.session() as session:
        query = "SELECT args->>'run' FROM procrastinate_jobs ORDER BY priority DESC, id LIMIT 1"
        assert session.scalars(text(query)).one() == str(run)
        Attempts(database, 3).sweep(0)
    point = stands(database, sweep)[0].run
    attempts = Attempts(database, 3)
    attempt = attempts.begin(point)
    assert attempt is not None
    attempts.give_back(attempt)
    with database.session() as session:
        again = "SELECT priority FROM procrastinate_jobs WHERE args->>'run' = :run ORDER BY id"
        assert list(session.scalars(text(again), {"run": str(point)})) == [-10, -10]  # what is given back, too


def test_a_bad_grid_is_refused_whole_with_every_mistake(database: Database, region: uuid.UUID) -> None:
    wrong = {
        "name": "wrong",
        "cells": [{"table": "crews", "row": ["press", "night"], "column": "relief", "after": "1"}],
    }
    odd = {"name": "odd", "cells": [{"table": "crews", "row": ["press", "day"], "column": "headcount", "after": "q"}]}
    late = {"name": "late", "settings": [{"key": "weeks", "before": "9", "after": "3"}]}
    axes = [{"name": "a", "choices": [wrong, odd, RELIEF]}, {"name": "b", "choices": ["no edit", late]}]
    given = {"name": "x", "scenarios": ["north", "nowhere"], "axes": axes, "seconds": 9999, "workers": 99}
    with pytest.raises(MistakesProblem) as refused, database.session() as session:
        Sweeps(session, region).start(grid_from(given), LIMITS)
    told = [mistake.message for mistake in refused.value.mistakes]
    assert [sentence[:58] for sentence in told] == [
        "Each point asks for 9999 seconds; the limit is 3600. Ask f",
        "Each point asks for 99 workers; the limit is 8. Ask for fe",
        "Scenario 'nowhere': No saved scenario of the region has th",
        "north: wrong: crews press, night: its relief is to be '1',",
        "north: late: weeks: it is to be '3' instead of '9', but th",
        "north, odd, no edit: crews row 2, headcount: 'q' is no val",
    ]
    assert refused.value.detail.startswith("The grid has 6 mistakes, and nothing was queued.")
    with database.session() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (Sweep, Run, StoredScenario)]
        assert counts == [0, 0, 2]
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0


def test_axes_that_contradict_each_other_are_refused(database: Database, region: uuid.UUID) -> None:
    other = {"name": "four weeks", "settings": [{"key": "weeks", "before": "2", "after": "4"}]}
    axes = [{"name": "a", "choices": [LONGER]}, {"name": "b", "choices": [other]}]
    with pytest.raises(MistakesProblem) as refused, database.session() as session:
        Sweeps(session, region).start(grid_from({"name": "x", "scenarios": ["north"], "axes": axes}), LIMITS)
    (mistake,) = refused.value.mistakes
    assert mistake.message.startswith(
        "north: four weeks: weeks: it is to be '4' instead of '2', but the base now has '3'."
    )


def test_names_are_clear_and_used_once(database: Database, region: uuid.UUID, sweep: Sweep) -> None:
    with pytest.raises(ConflictProblem, match="There is a sweep 'what if' already"), database.session() as session:
        Sweeps(session, region).start(grid_of("north"), LIMITS)
    with database.session() as session:
        first = Scenarios(session, region).named("north")[0]
        raw = tiny_raw()
        raw.settings["name"] = "north"
        Scenarios(session, region).create(raw, "")
    with pytest.raises(MistakesProblem) as refused, database.session() as session:
        Sweeps(session, region).start(grid_of("north", str(first.id), "south", name="y"), LIMITS)
    (mistake,) = refused.value.mistakes
    assert mistake.message.startswith("Scenario 'north': 2 saved scenarios have this name. Give the id of one: ")
    with database.session() as session:  # another region has no such scenario
        foreign = Sweeps(session, new_region(database))
        with pytest.raises(MistakesProblem):
            foreign.start(grid_of(str(first.id), name="z"), LIMITS)


def test_the_table_has_what_the_plans_have(database: Database, region: uuid.UUID) -> None:
    with database.session() as session:
        sweep = Sweeps(session, region).start(grid_of("north"), LIMITS)
    runs = [stand.run for stand in stands(database, sweep)]
    solved(database, runs[0])
    solved(database, runs[1], None)
    with database.session() as session:
        assert vars(counts_of(session, sweep)) == {"waiting": 2, "running": 0, "ended": 2, "solved": 2}
    first, second, third, _ = stands(database, sweep)
    # One cohort, nobody without a seat; (50 - 40) / 50 = 0.2.
    assert (first.objective, first.bound, first.gap, first.cohorts, first.unseated) == (50.0, 40.0, 0.2, 1, 0)
    assert (first.line_time_lost, first.unseated_hours) == (12.5, 0.0)
    assert (second.outcome, second.plan, second.cohorts) == ("unknown", None, None)
    assert (third.status, third.gap) == ("queued", None)
    columns = columns_of(sweep)
    assert columns[:6] == ("number", "base", "axis relief", "axis weeks", "status", "outcome")
    row = dict(zip(columns, cells_of(first), strict=True))
    assert (str(row["objective"]), row["gap"], row["axis weeks"], row["plan"]) == (
        "50.000",
        0.2,
        "no edit",
        str(first.plan),
    )
    with database.session() as session:
        light = stands_of(session, sweep, with_figures=False)[0]
        assert (light.plan, light.objective, light.cohorts) == (first.plan, 50.0, None)
        assert [shelved.plan.id for shelved in Plans(session, region).listed(None, 10, 0)] == [first.plan]
    told = table_json(sweep, [first])
    assert json.loads(json.dumps(told))["points"][0]["choices"] == {"relief": "no edit", "weeks": "no edit"}


def test_stopped_and_resumed_nothing_is_lost_or_solved_again(
    database: Database, region: uuid.UUID, sweep: Sweep
) -> None:
    runs = [stand.run for stand in stands(database, sweep)]
    solved(database, runs[0])
    attempts = Attempts(database, 3)
    running = attempts.begin(runs[1])
    assert running is not None
    with database.session() as session:
        assert Sweeps(session, region).stop(sweep) == 7  # one is solved, one runs, six wait
    with (
        pytest.raises(ConflictProblem, match="1 points of 'what if' are still stopping"),
        database.session() as session,
    ):
        Sweeps(session, region).resume(sweep)
    assert attempts.beat(running, None, None) == "stop"
    assert attempts.finish(running, Found(plan_json(SEATED), "feasible", 60.0, 30.0, 1.0, 0, ""))
    assert [stand.status for stand in stands(database, sweep)] == ["finished", *["stopped"] * 7]
    with pytest.raises(ConflictProblem, match="No point of 'what if' waits or runs"), database.session() as session:
        Sweeps(session, region).stop(sweep)
    with database.session() as session:
        assert Sweeps(session, region).resume(sweep) == 7
    after = stands(database, sweep)
    assert [stand.status for stand in after] == ["finished", *["queued"] * 7]
    assert after[0].run == runs[0] and not set(runs[1:]) & {stand.run for stand in after}
    with database.session() as session:  # the search that was cut goes on from its plan, the others anew
        begun = {row.id: row.incumbent for row in session.scalars(select(Run))}
        assert session.scalars(select(func.count()).select_from(StoredPlan)).one() == 2
    assert [begun[stand.run] for stand in after[1:3]] == [plan_json(SEATED), None]


def test_deleting_leaves_the_bases_and_what_was_published(database: Database, region: uuid.UUID, sweep: Sweep) -> None:
    with pytest.raises(ConflictProblem, match="8 points of 'what if' wait or run"), database.session() as session:
        Sweeps(session, region).delete(sweep)
    point = stands(database, sweep)[1]
    solved(database, point.run)
    with database.session() as session:
        Sweeps(session, region).stop(sweep)
        plan = session.scalars(select(StoredPlan.id)).one()
        query = "INSERT INTO publications (id, region_id, number, plan_id) VALUES (:id, :region, 1, :plan)"
        assert Plans(session, region).listed(None, 10, 0) == []
        session.execute(text(query), {"id": uuid.uuid4(), "region": region, "plan": plan})
        assert len(Plans(session, region).listed(None, 10, 0)) == 1  # what was published is in lists
    with database.session() as session:
        Sweeps(session, region).delete(sweep)
    with database.session() as session:
        names = sorted(row.name for row in Scenarios(session, region).listed(10, 0))
        assert names == ["north", "north: no edit, three weeks", "south"]
        assert session.scalars(select(func.count()).select_from(Run)).one() == 3  # two of the bases, one published


def test_what_was_published_of_others_does_not_bring_plans_of_points_into_lists(
    database: Database, region: uuid.UUID, sweep: Sweep
) -> None:
    base, made = stands(database, sweep)[:2]
    solved(database, base.run)
    solved(database, made.run)
    with database.session() as session:
        plans = {stand.run: stand.plan for stand in stands(database, sweep)}
        query = "INSERT INTO publications (id, region_id, number, plan_id) VALUES (:id, :region, 1, :plan)"
        session.execute(text(query), {"id": uuid.uuid4(), "region": region, "plan": plans[base.run]})
        listed = [shelved.plan.id for shelved in Plans(session, region).listed(None, 10, 0)]
    assert plans[made.run] is not None
    assert listed == [plans[base.run]]
