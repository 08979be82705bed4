"""Corners of the contract that a random scenario and its best plan may show."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable

from lineside.models.cells import SESSION_KINDS, parse_clock
from lineside.models.plan import Cohort, Plan
from lineside.models.scenario import Scenario
from tests.exhaustive.clock import minute
from tests.exhaustive.person import kind_of
from tests.exhaustive.world import World

Trait = Callable[[Scenario, Plan], bool]


def _new(scenario: Scenario, plan: Plan) -> list[Cohort]:
    until = scenario.settings.frozen_until
    return [c for c in plan.cohorts if until is None or c.meetings[0].date >= until]


def _kinds(scenario: Scenario, plan: Plan) -> set[str]:
    world, cohorts = World(scenario), {c.cohort: c for c in _new(scenario, plan)}
    people = {person.row.apprentice: person for person in world.people}
    seats = [seat for seat in plan.seats if seat.cohort in cohorts]
    return {kind_of(world, people[s.apprentice], m.span) for s in seats for m in cohorts[s.cohort].meetings}


def _is_midnight_crossed(scenario: Scenario, plan: Plan) -> bool:
    return any(parse_clock(m.end) <= parse_clock(m.start) for c in plan.cohorts for m in c.meetings)


def _is_horizon_left(scenario: Scenario, plan: Plan) -> bool:
    end = minute(scenario.settings.last_day + dt.timedelta(days=1))
    return any(m.span[1] > end for c in _new(scenario, plan) for m in c.meetings)


def _is_last_meeting_cut(scenario: Scenario, plan: Plan) -> bool:
    return any(m.span[1] - m.span[0] < c.minutes for c in _new(scenario, plan) for m in c.meetings)


def _has_copies(scenario: Scenario, plan: Plan) -> bool:
    places = Counter((c.module, c.site, c.days, c.start, c.minutes, c.first_week) for c in plan.cohorts)
    return max(places.values(), default=0) > 1


def _has_online_seat(scenario: Scenario, plan: Plan) -> bool:
    return any(scenario.site_by_id[c.site].kind == "online" for c in _new(scenario, plan))


def _is_busy(scenario: Scenario, plan: Plan) -> bool:
    """Return whether an instructor teaches two cohorts at different sites on a day."""
    stops = {(c.instructor, m.date, c.site) for c in plan.cohorts for m in c.meetings}
    return max(Counter((who, date) for who, date, _ in stops).values(), default=0) > 1


def _is_detour_short(scenario: Scenario, plan: Plan) -> bool:
    world = World(scenario)
    names = [row.site for row in scenario.sites if row.kind != "online"]
    return any(
        world.travel(a, b) + world.travel(b, c) < world.travel(a, c) for a in names for b in names for c in names
    )


def _has_started_before(scenario: Scenario, plan: Plan) -> bool:
    return any(m.date < scenario.settings.first_day for c in plan.cohorts for m in c.meetings)


def _has_party_seat(scenario: Scenario, plan: Plan) -> bool:
    seats = {s.apprentice for s in plan.seats}
    return any(len(rows) > 1 and any(row.apprentice in seats for row in rows) for rows in scenario.parties.values())


def _is_relief_used(scenario: Scenario, plan: Plan) -> bool:
    measures = plan.measures
    return measures is not None and measures.release > 0 and measures.line_time_lost == 0


def _has_kind(kind: str) -> Trait:
    return lambda scenario, plan: kind in _kinds(scenario, plan)


TRAITS: dict[str, Trait] = {
    **{f"kind {kind}": _has_kind(kind) for kind in SESSION_KINDS},
    "midnight": _is_midnight_crossed,
    "horizon end": _is_horizon_left,
    "last meeting cut": _is_last_meeting_cut,
    "copies": _has_copies,
    "online": _has_online_seat,
    "busy instructor": _is_busy,
    "detour": _is_detour_short,
    "begun before": _has_started_before,
    "party": _has_party_seat,
    "relief": _is_relief_used,
    "line stops": lambda s, p: p.measures is not None and p.measures.stopped > 0,
    "line slows": lambda s, p: p.measures is not None and p.measures.line_time_lost > p.measures.stopped * 2,
    "option chosen": lambda s, p: len(p.options) > 0,
    "changes": lambda s, p: p.measures is not None and p.measures.changes > 0,
    "no plan": lambda s, p: p.status == "infeasible",
    "nobody seated": lambda s, p: p.status == "optimal" and not p.seats,
    "holidays": lambda s, p: s.settings.holidays is not None,
    "odd cycle": lambda s, p: any(len(r.cycle) % 7 for r in s.rotas),
    "two companies": lambda s, p: len(s.companies) > 1 and len({r.company for r in s.apprentices}) > 1,
}
