"""Builders of ``cohort-size`` and ``frozen``: which cohorts are open, where and with whom.

A candidate may be opened once in each of its rooms. Seats are counted for all its copies together:
people can be shared out among copies at will, so that is exact unless members of a party must stay
together or some seats are kept in one room; only then do seats know their room.
"""

from __future__ import annotations

from lineside.solver.model.curriculum import party_needs
from lineside.solver.model.scope import Draft, Literal


def add_cohorts(draft: Draft) -> None:
    """Rule ``cohort-size``: each open copy has between ``seats_min`` and its room's or the module's most seats.

    With ``b[c]`` kept seats: ``seats_min * sum_r y[c,r] <= b[c] + sum_n x[n,c] <= sum_r cap[r] y[c,r]``.
    Each copy has one room and one instructor: ``sum_r y[c,r] = sum_i w[c,i]``.
    """
    problem = draft.scope.problem
    modules, rooms = problem.scenario.modules, problem.scenario.rooms
    kept = _kept_seats(draft)
    party = {need for members in party_needs(draft) for need in members}
    for cohort in draft.scope.kept:
        module = modules[problem.candidates.module[cohort.candidate]]
        if cohort.candidate not in draft.seats_of_candidate and len(cohort.needs) < module.seats_min:
            draft.model.add_bool_or([])  # it has lost people here and nobody decided on may join: nothing is allowed
    for candidate in draft.scope.candidates:
        module = modules[problem.candidates.module[candidate]]
        opened = {room: draft.opens[candidate, room] for room in draft.rooms[candidate]}
        caps = {room: min(module.seats_max, rooms[room].seats) for room in opened}
        seats = [draft.seat[row] for _, row in draft.seats_of_candidate[candidate]]
        total = sum(seats) + kept.get(candidate, 0)
        draft.model.add(total >= module.seats_min * sum(opened.values()))
        draft.model.add(total <= sum(caps[room] * literal for room, literal in opened.items()))
        for seat in seats:
            draft.model.add_bool_or([*opened.values(), seat.negated()])
        teachers = [draft.teaches[candidate, k] for k in draft.instructors[candidate]]
        draft.model.add(sum(teachers) == sum(opened.values()))
        together = [need for need, _ in draft.seats_of_candidate[candidate] if need in party]
        if (together or candidate in kept) and len(opened) > 1:
            _add_party_rooms(draft, candidate, opened, caps, module.seats_min)
        _charge_servers(draft, candidate)


def _kept_seats(draft: Draft) -> dict[int, int]:
    kept: dict[int, int] = {}
    for cohort in draft.scope.kept:
        kept[cohort.candidate] = kept.get(cohort.candidate, 0) + len(cohort.needs)
    return kept


def _charge_servers(draft: Draft, candidate: int) -> None:
    for meter in draft.meters:
        for servers, literals in ((meter.problem.rooms, draft.opens), (meter.problem.instructors, draft.teaches)):
            for row, units in zip(servers.of(candidate).tolist(), servers.cost_of(candidate).tolist(), strict=True):
                if (candidate, row) in literals:
                    meter.charge(units, literals[candidate, row])


def _add_party_rooms(
    draft: Draft, candidate: int, opened: dict[int, Literal], caps: dict[int, int], seats_min: int
) -> None:
    """Share people out among the copies of a candidate so that parties stay together and kept seats where they are.

    ``z[n,r]`` places a member in a copy, ``k[r]`` counts the others there; each copy keeps its size.
    """
    model = draft.model
    members: dict[int, list[int]] = {}
    for group in party_needs(draft):
        members.update(dict.fromkeys(group, group))
    seat_of = dict(draft.seats_of_candidate[candidate])
    placed = {
        (need, room): model.new_bool_var(f"place_{need}_{candidate}_{room}")
        for need in seat_of
        if need in members
        for room in opened
    }
    others = [draft.seat[row] for need, row in seat_of.items() if need not in members]
    count = {room: model.new_int_var(0, len(others), f"others_{candidate}_{room}") for room in opened}
    model.add(sum(count.values()) == sum(others))
    for need, row in seat_of.items():
        if need in members:
            model.add(sum(placed[need, room] for room in opened) == draft.seat[row])
            for other in members[need]:
                required = draft.required(draft.scope.problem.demand.needs[other].options)
                if other in seat_of and other != need:
                    for room in opened:
                        model.add(placed[need, room] <= placed[other, room] + 1 - sum(required))
    kept = {cohort.room: len(cohort.needs) for cohort in draft.scope.kept if cohort.candidate == candidate}
    for room, literal in opened.items():
        inside = kept.get(room, 0) + count[room] + sum(placed[need, room] for need in seat_of if need in members)
        model.add(inside >= seats_min * literal)
        model.add(inside <= caps[room] * literal)


def fix_kept(draft: Draft) -> None:
    """Keep room and instructor of every kept cohort whose candidate can be joined."""
    for cohort in draft.scope.kept:
        if (cohort.candidate, cohort.room) in draft.opens:
            draft.model.add(draft.opens[cohort.candidate, cohort.room] == 1)
            draft.model.add(draft.teaches[cohort.candidate, cohort.instructor] == 1)
