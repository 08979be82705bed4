"""Builder of the crews' line loss: which minutes are lost by how many people at once, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass, field

from lineside.models.calendar import Interval
from lineside.solver.crew_losses import CrewLoss
from lineside.solver.model.meters import Away, Meter
from lineside.solver.model.scope import Draft
from lineside.solver.seating import overlap_runs

Terms = list[tuple[int, Away]]


def add_losses(draft: Draft) -> None:
    """Line time lost: for each crew and each set of seats that can be away at once, a step a person.

    With ``n`` people away, a minute costs ``f(n)``, which never falls. ``f(n) = sum_k (f(k) - f(k-1))
    t[k]`` with ``t[k] = 1`` if ``n >= k``; since every step is charged, only that direction is
    needed. Minutes with the same set of seats are one interval as long as all of them.
    ``worst_company`` is charged on the largest sum of a company. Crews with nobody to decide on are
    left out of the objective unless that needs them: their loss is the same in every solution. A limit
    counts them.
    """
    problem = draft.scope.problem
    touched = {int(problem.crew_of[person]) for person in draft.scope.people}
    intervals = {crew: _intervals(draft, problem.crew_losses[crew]) for crew in sorted(touched)}
    for meter in draft.meters:
        by_company: dict[int, Terms] = {}
        for crew, loss in enumerate(meter.problem.crew_losses):
            if crew in touched:
                for units, literal in _terms(draft, intervals[crew], loss.cost):
                    meter.charge(units, literal)
            elif meter.most is not None and max(loss.cost):
                meter.charge(meter.ledger.crew_units(crew, draft.scope.kept_seats), 1)
            if max(loss.company_cost):
                of_company = by_company.setdefault(loss.company_idx, [])
                if crew in touched:
                    of_company.extend(_terms(draft, intervals[crew], loss.company_cost))
                else:
                    of_company.append((meter.ledger.company_units(crew, draft.scope.kept_seats), 1))
        _charge_worst(draft, meter, by_company)


@dataclass
class _Interval:
    """Minutes in which the same seats are away: how many people for certain, and the literals of each of the others."""

    minutes: int
    fixed: int
    free: list[list[Away]]
    reached: dict[int, Away] = field(default_factory=dict)
    people: list[Away] = field(default_factory=list)


def _intervals(draft: Draft, loss: CrewLoss) -> list[_Interval]:
    spans: list[tuple[int, int, int]] = []
    literals: dict[int, tuple[int, Away]] = {}
    for person in loss.members:
        for pieces, literal in _away(draft, person):
            if pieces:
                spans.extend((start, end, len(literals)) for start, end in pieces)
                literals[len(literals)] = (person, literal)
    found = []
    for labels, minutes in overlap_runs(spans).items():
        by_person: dict[int, list[Away]] = {}
        for label in sorted(labels):
            person, literal = literals[label]
            by_person.setdefault(person, []).append(literal)
        free = [away for away in by_person.values() if not any(isinstance(literal, int) for literal in away)]
        found.append(_Interval(minutes, len(by_person) - len(free), free))
    return found


def _away(draft: Draft, person: int) -> list[tuple[tuple[Interval, ...], Away]]:
    """Return what a person loses, each with the literal of the seat, or 1 if it is fixed."""
    ledger = draft.scope.ledger
    away: list[tuple[tuple[Interval, ...], Away]] = [(ledger.frozen_spans(person), 1)]
    away += [(ledger.pieces(person, candidate), 1) for candidate in draft.scope.kept_seats.get(person, ())]
    away += [(ledger.pieces(person, c), draft.seat[row]) for c, row in draft.seats_of_person.get(person, ())]
    return away


def _terms(draft: Draft, intervals: list[_Interval], cost: tuple[int, ...]) -> Terms:
    """Return units and literals whose sum is what the intervals cost; nothing if nobody's absence costs anything."""
    return [term for interval in intervals for term in _interval_terms(draft, interval, cost)] if max(cost) else []


def _interval_terms(draft: Draft, interval: _Interval, cost: tuple[int, ...]) -> Terms:
    fixed, free, minutes = interval.fixed, interval.free, interval.minutes
    steps = [(cost[fixed + k] - cost[fixed + k - 1]) * minutes for k in range(1, len(free) + 1)]
    terms: Terms = [(cost[fixed] * minutes, 1)]
    if len(set(steps)) == 1 and all(len(found) == 1 for found in free):
        return terms + [(steps[0], found[0]) for found in free]
    return terms + [(units, _at_least(draft, interval, k)) for k, units in enumerate(steps, start=1) if units]


def _at_least(draft: Draft, interval: _Interval, k: int) -> Away:
    """Return the literal of "at least ``k`` of the people are away", made on first use."""
    if not interval.people:
        interval.people = [_one_of(draft, found) for found in interval.free]
    if k not in interval.reached:
        interval.reached[k] = _reached(draft, interval.people, k)
    return interval.reached[k]


def _one_of(draft: Draft, literals: list[Away]) -> Away:
    """Return a literal that is 1 if the person is away through any of these seats."""
    if len(literals) == 1:
        return literals[0]
    away = draft.model.new_bool_var("")
    for literal in literals:
        draft.model.add_implication(literal, away)
    return away


def _reached(draft: Draft, people: list[Away], k: int) -> Away:
    """Return a literal that is 1 if at least ``k`` of the people are away."""
    if k == len(people) == 1:
        return people[0]
    reached = draft.model.new_bool_var("")
    if k == 1:
        for literal in people:
            draft.model.add_implication(literal, reached)
    elif k == len(people):
        draft.model.add_bool_or([*(literal.negated() for literal in people if not isinstance(literal, int)), reached])
    else:
        draft.model.add(sum(people) <= k - 1 + (len(people) - k + 1) * reached)
    return reached


def _charge_worst(draft: Draft, meter: Meter, by_company: dict[int, Terms]) -> None:
    most = max((sum(units for units, _ in terms) for terms in by_company.values()), default=0)
    if not most:
        return
    worst = draft.model.new_int_var(0, most, "worst_company")
    for terms in by_company.values():
        if terms:
            draft.model.add(sum(units * literal for units, literal in terms) <= worst)
    meter.charge(1, worst)
