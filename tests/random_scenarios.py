"""Random tiny scenarios that reach every corner of the contract, each with a plan planted in it.

A scenario is drawn, some rules are made to matter, and draws are repeated until the best plan of
the brute force has a seat; so "nobody is seated" seldom is an answer. Half of the scenarios have a
plan in force: the best plan of an earlier or poorer version of the same scenario.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from itertools import count
from random import Random

from lineside.models.plan import Cohort, Meeting, Plan
from lineside.models.scenario import Scenario
from tests.exhaustive.plan import plan_of
from tests.exhaustive.search import Search
from tests.exhaustive.world import World
from tests.made_once import made_once
from tests.random_accents import ACCENTS
from tests.random_draft import Draft, base_draft

MOST_COMBINATIONS = 60_000
MOST_STEPS = 30_000


@cache
def random_scenario(seed: int) -> Scenario:
    """Return a tiny scenario; the same seed gives the same one.

    Half of them stay as drawn, the others get a plan in force. One is made once in a session, whichever of its
    processes asks first.
    """
    return made_once(f"scenario-{seed}", lambda: made_scenario(seed))


def made_scenario(seed: int) -> Scenario:
    for attempt in count():
        rng = Random(f"{seed}/{attempt}")
        draft = draw(rng)
        plan = best_plan(draft.scenario())
        if plan is None or (not plan.seats and rng.random() < 0.95):
            continue
        if rng.random() < 0.5:
            return draft.scenario()
        publish(draft)
        if best_plan(draft.scenario()) is not None:
            return draft.scenario()
    raise AssertionError("unreachable")


def draw(rng: Random) -> Draft:
    draft = base_draft(rng)
    for name in rng.sample(sorted(ACCENTS), rng.choice((2, 2, 3, 4))):
        rng.choice(ACCENTS[name])(draft)
    return draft


def best_plan(scenario: Scenario) -> Plan | None:
    """Return the brute force's plan, or None if there is too much to enumerate."""
    search = Search(World(scenario))
    if search.num_combinations > MOST_COMBINATIONS:
        return None
    best = search.run()
    if search.num_steps > MOST_STEPS:
        return None
    return Plan(status="infeasible") if best is None else plan_of(search.world, best)


def publish(draft: Draft) -> None:
    """Plan a poorer version of the draft, and make that plan the one in force some time later."""
    rng = draft.rng
    poorer = draft.without_plan()
    patterns = draft.tables["patterns"]
    poorer.tables = {**poorer.tables, "patterns": rng.sample(patterns, rng.randrange(1, len(patterns) + 1))}
    poorer.prices = {**draft.prices, "dollar": rng.choice(("0", "1")), "unseated_hour": rng.choice(("500", "60"))}
    poorer.settings = {**poorer.settings, "weeks": draft.settings["weeks"] + rng.choice((0, 1))}
    plan = best_plan(poorer.scenario())
    if plan is None:
        return
    draft.published = _as_begun(rng, plan)
    weeks_gone = rng.choice((0, 0, 0, 1))
    if weeks_gone == 0 and rng.random() < 0.2:
        draft.published = draft.published.model_copy(update={"first_day": None})
    draft.settings["first_day"] = draft.date(7 * weeks_gone)
    if rng.random() < 0.6:
        draft.settings["frozen_until"] = draft.date(rng.randrange(0, 5 + 7 * (draft.settings["weeks"] - 1)))
    _leave(draft)
    _pin(draft)


def _as_begun(rng: Random, plan: Plan) -> Plan:
    """Return the plan as somebody may have bent it: a cohort an hour later, a meeting dropped, no first day."""
    cohorts = tuple(_bent(rng, cohort) if rng.random() < 0.2 else cohort for cohort in plan.cohorts)
    return plan.model_copy(update={"cohorts": cohorts, "status": "feasible"})


def _bent(rng: Random, cohort: Cohort) -> Cohort:
    days = dt.timedelta(days=rng.choice((1, 2, 7)))
    meetings = [Meeting(date=m.date + days, start=m.start, end=m.end) for m in cohort.meetings]
    return cohort.model_copy(update={"meetings": tuple(meetings)})


def _leave(draft: Draft) -> None:
    """Let a person, or all rooms and instructors, leave the tables; let sites close; grant credits."""
    rng, tables = draft.rng, draft.tables
    if rng.random() < 0.2 and len(tables["apprentices"]) > 2:
        tables["apprentices"].pop(rng.randrange(len(tables["apprentices"])))
    if rng.random() < 0.15:
        for table, key in (("rooms", "room"), ("instructors", "instructor")):
            tables[table] = [{**row, key: f"{row[key]}-new"} for row in tables[table]]
    if rng.random() < 0.2:
        date = draft.any_date()
        tables["closures"].append({"scope": "all", "first": date, "last": date, "kind": "closed"})
    if rng.random() < 0.2:
        rng.choice(tables["apprentices"])["credits"] = rng.choice(draft.ids("modules"))


def _pin(draft: Draft) -> None:
    """Pin some published seats, and forbid some modules."""
    rng = draft.rng
    people, pins = draft.ids("apprentices"), {}
    for seat in draft.planned.seats:
        if seat.apprentice in people and rng.random() < 0.2:
            pins[seat.apprentice, seat.module] = seat.cohort
    if rng.random() < 0.3:
        pins[rng.choice(people), rng.choice(draft.ids("modules"))] = "none"
    draft.tables["pins"] = [{"apprentice": a, "module": m, "cohort": c} for (a, m), c in pins.items()]
