"""From what a contestant told as indices to a plan: rooms shared out, small cohorts dissolved."""

from __future__ import annotations

from decimal import Decimal

from benchmarks.rivals.notes import Cohort, Event
from lineside.models.plan import Plan
from lineside.solver.conflicts import duty_faults
from lineside.solver.finish import finish
from lineside.solver.problem import Problem
from lineside.solver.seating import OpenCohort, Seating
from lineside.solver.sharing import share_out


def told_plan(problem: Problem, event: Event) -> Plan:
    """Return the plan that an event tells as indices, with its figures; nothing is assumed about its rules."""
    rows, chosen = (event["cohorts"], event["chosen"]) if event["kind"] == "seating" else _from_columns(problem, event)
    seating = Seating(tuple(OpenCohort(c, r, k, frozenset(needs)) for c, r, k, needs in rows), tuple(chosen))
    if event.get("mend"):
        seating = mended(problem, seating)
    plan = finish(problem, seating, 0.0, "feasible", {})
    return plan.model_copy(update={"bound": Decimal(0)})


def _from_columns(problem: Problem, event: Event) -> tuple[list[Cohort], list[int]]:
    """Return the cohorts and options that the columns of a program's solution mean."""
    tables: dict[str, dict[int, list[int]]] = {"seats": {}, "opens": {}, "teaches": {}}
    for name, found in tables.items():
        for one, other in event[name]:
            candidate, value = (other, one) if name == "seats" else (one, other)
            found.setdefault(candidate, []).append(value)
    cohorts: list[Cohort] = []
    for candidate, rooms in tables["opens"].items():
        needs = tables["seats"].get(candidate, [])
        cohorts.extend(copies(problem, candidate, rooms, tables["teaches"].get(candidate, []), needs))
    return cohorts, [option for _, option in sorted(event["options"])]


def copies(problem: Problem, candidate: int, rooms: list[int], teachers: list[int], needs: list[int]) -> list[Cohort]:
    """Share the needs of one candidate out among its open rooms: parties whole, each copy within its size."""
    module = problem.scenario.modules[problem.candidates.module[candidate]]
    caps = [min(module.seats_max, problem.scenario.rooms[room].seats) for room in rooms]
    shares = share_out(problem, needs, [[] for _ in rooms], module.seats_min, caps)
    return [(candidate, room, teacher, share) for room, teacher, share in zip(rooms, teachers, shares, strict=True)]


def mended(problem: Problem, seating: Seating) -> Seating:
    """Dissolve what a soft rule let pass: parties apart, cohorts that are too small, and what waits for them.

    A stretch of duty that is too long gives up its last seat. Everything taken out is an empty seat.
    """
    members = {k: set(cohort.needs) for k, cohort in enumerate(seating.cohorts)}
    chosen = frozenset(seating.chosen)
    while True:
        before = sum(map(len, members.values()))
        _dissolve_small(problem, seating, members)
        seated = {need: k for k, needs in members.items() for need in needs}
        for need in _adrift(problem, seating, seated, chosen):
            members[seated[need]].discard(need)
        if sum(map(len, members.values())) == before:
            break
    cohorts = (
        OpenCohort(row.candidate, row.room, row.instructor, frozenset(members[k]))
        for k, row in enumerate(seating.cohorts)
        if members[k]
    )
    return Seating(tuple(cohorts), seating.chosen)


def _dissolve_small(problem: Problem, seating: Seating, members: dict[int, set[int]]) -> None:
    for k, cohort in enumerate(seating.cohorts):
        module = problem.scenario.modules[problem.candidates.module[cohort.candidate]]
        if len(members[k]) < module.seats_min:
            members[k].clear()


def _adrift(problem: Problem, seating: Seating, seated: dict[int, int], chosen: frozenset[int]) -> set[int]:
    """Return the seated needs whose seat cannot stand beside the others."""
    candidate_of = {need: seating.cohorts[k].candidate for need, k in seated.items()}
    return (
        _apart_from_party(problem, seated, chosen)
        | _before_earlier(problem, candidate_of, chosen)
        | _overlong(problem, candidate_of)
    )


def _apart_from_party(problem: Problem, seated: dict[int, int], chosen: frozenset[int]) -> set[int]:
    groups: dict[tuple[str, int], list[int]] = {}
    for k, need in enumerate(problem.demand.needs):
        party = problem.scenario.apprentices[need.person_idx].party
        if party is not None and problem.demand.required_under(need, chosen):
            groups.setdefault((party, need.module_idx), []).append(k)
    apart = (group for group in groups.values() if len({seated.get(k) for k in group}) > 1)
    return {k for group in apart for k in group if k in seated}


def _before_earlier(problem: Problem, candidate_of: dict[int, int], chosen: frozenset[int]) -> set[int]:
    found = problem.candidates
    adrift = set()
    for row in problem.demand.earlier:
        if row.need_idx in candidate_of and (not row.options or chosen & set(row.options)):
            first = found.slots.ordinal[found.slots_of(candidate_of[row.need_idx])[0]]
            last = row.frozen_last
            if row.need_before in candidate_of:
                last = int(found.slots.ordinal[found.slots_of(candidate_of[row.need_before])[-1]])
            if last is None or last >= first:
                adrift.add(row.need_idx)
    return adrift


def _overlong(problem: Problem, candidate_of: dict[int, int]) -> set[int]:
    needs_of: dict[int, dict[int, int]] = {}
    for need, candidate in candidate_of.items():
        needs_of.setdefault(problem.demand.needs[need].person_idx, {})[candidate] = need
    faults = ((mine, duty_faults(problem, person, list(mine))) for person, mine in sorted(needs_of.items()))
    return {mine[max(fault)] for mine, found in faults for fault in found}
