"""Builders of ``cohort-size``, ``room`` and ``instructor``: which cohorts are open, where and with whom.

A candidate may be opened once in each of its rooms. Seats are counted for all its copies together:
people can be shared out among copies at will, so that is exact unless members of a party must stay
together or some seats are kept in one room; only then do seats know their room.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lineside.solver.model.curriculum import party_needs
from lineside.solver.model.meters import Away
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


@dataclass(frozen=True)
class Event:
    """A meeting that a room or instructor may have: its times, site, and the literal that makes it real."""

    start: int
    end: int
    site: int
    literal: Away
    candidate: int
    frozen: bool = False


def add_rooms(draft: Draft) -> None:
    """Rule ``room``: a room holds one cohort at a time: at most one of the cohorts that meet at any minute."""
    for events in _events(draft, draft.opens, room=True).values():
        add_one_at_a_time(draft, events)


def add_instructors(draft: Draft) -> None:
    """Rule ``instructor``: one cohort at a time, travel between consecutive meetings, and ``week_minutes``.

    Two meetings that are nearer than their sites' travel may both be taught only if another meeting
    of the instructor lies between them: ``not w1 or not w2 or w3 or ...`` over all that fit between.
    """
    rows = draft.scope.problem.scenario.instructors
    for instructor, events in _events(draft, draft.teaches, room=False).items():
        add_one_at_a_time(draft, events)
        _add_travel(draft, events)
        _add_week_minutes(draft, events, rows[instructor].week_minutes)


def _events(draft: Draft, literals: dict[tuple[int, int], Literal], room: bool) -> dict[int, list[Event]]:
    """Return the meetings that each room or instructor could have, kept and frozen ones included."""
    problem = draft.scope.problem
    events: dict[int, list[Event]] = {}
    for (candidate, row), literal in literals.items():
        events.setdefault(row, []).extend(_meetings(draft, candidate, literal))
    for cohort in draft.scope.kept:
        row = cohort.room if room else cohort.instructor
        if row in events and (cohort.candidate, row) not in literals:
            events[row].extend(_meetings(draft, cohort.candidate, 1))
    ids = [r.room for r in problem.scenario.rooms] if room else [r.instructor for r in problem.scenario.instructors]
    names = {name: k for k, name in enumerate(ids)}
    for idx, frozen in enumerate(problem.facts.frozen):
        row = names.get(frozen.cohort.room if room else frozen.cohort.instructor, -1)
        if row in events:
            site = problem.site_idx.get(frozen.cohort.site, -1)
            events[row].extend(Event(s, e, site, 1, -1 - idx, frozen=True) for s, e in frozen.spans)
    return events


def _meetings(draft: Draft, candidate: int, literal: Away) -> Iterable[Event]:
    problem = draft.scope.problem
    slots = problem.candidates.slots
    idx = problem.candidates.slots_of(candidate)
    site = int(slots.site[idx[0]])
    for start, end in zip(slots.start[idx].tolist(), slots.end[idx].tolist(), strict=True):
        yield Event(start, end, site, literal, candidate)


def add_one_at_a_time(draft: Draft, events: list[Event]) -> None:
    """Forbid overlaps: at the start of each meeting, at most one of the meetings running is real.

    Frozen cohorts may overlap each other; what meets at the same time as anything fixed is shut out.
    """
    seen: set[frozenset[int]] = set()
    running: list[Event] = []
    ordered = sorted(events, key=lambda e: (e.start, e.end))
    position = 0
    while position < len(ordered):
        start = ordered[position].start
        running = [event for event in running if event.end > start]
        while position < len(ordered) and ordered[position].start == start:
            running.append(ordered[position])
            position += 1
        key = frozenset(event.candidate for event in running)
        if len(key) > 1 and key not in seen:
            seen.add(key)
            free = {event.candidate: event.literal for event in running if not isinstance(event.literal, int)}
            if len(free) < len(key):
                draft.model.add(sum(free.values()) == 0)
            else:
                draft.model.add_at_most_one(free.values())


def _add_travel(draft: Draft, events: list[Event]) -> None:
    between = draft.scope.problem.between
    sites = np.array(sorted({event.site for event in events if event.site >= 0}), dtype=np.int64)
    longest = int(between[np.ix_(sites, sites)].max(initial=0))
    ordered = sorted(events, key=lambda e: (e.start, e.end))
    seen: set[tuple[int, int, frozenset[int]]] = set()
    for k, first in enumerate(ordered):
        for j in range(k + 1, len(ordered)):
            second = ordered[j]
            if second.start >= first.end + longest:
                break
            gap = int(between[first.site, second.site]) if min(first.site, second.site) >= 0 else 0
            if second.start < first.end or second.start >= first.end + gap or (first.frozen and second.frozen):
                continue
            middle = [e for e in ordered[k + 1 : j] if e.start >= first.end and e.end <= second.start]
            key = (first.candidate, second.candidate, frozenset(e.candidate for e in middle))
            if key not in seen and not any(isinstance(e.literal, int) for e in middle):
                seen.add(key)
                ends = [e.literal.negated() for e in (first, second) if not isinstance(e.literal, int)]
                draft.model.add_bool_or([*ends, *(e.literal for e in middle if not isinstance(e.literal, int))])


def _add_week_minutes(draft: Draft, events: list[Event], limit: int) -> None:
    weeks: dict[int, dict[int, int]] = {}
    literals: dict[int, Away] = {}
    for event in events:
        week = (event.start // 1440 - 1) // 7
        minutes = weeks.setdefault(week, {})
        minutes[event.candidate] = minutes.get(event.candidate, 0) + event.end - event.start
        literals[event.candidate] = event.literal
    seen: set[tuple[tuple[int, int], ...]] = set()
    for minutes in weeks.values():
        fixed = sum(m for c, m in minutes.items() if isinstance(literals[c], int))
        free = tuple(sorted((c, m) for c, m in minutes.items() if not isinstance(literals[c], int)))
        if free and sum(m for _, m in free) + fixed > limit and (*free, (0, fixed)) not in seen:
            seen.add((*free, (0, fixed)))
            draft.model.add(sum(m * literals[c] for c, m in free) <= max(0, limit - fixed))
