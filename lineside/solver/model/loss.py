"""Builder of the crews' line loss: which minutes are lost by how many people at once, and what they cost."""

from __future__ import annotations

from fractions import Fraction

from lineside.models.calendar import Interval
from lineside.solver.model.scope import Away, Draft
from lineside.solver.problem import CrewLoss
from lineside.solver.seating import overlap_runs


def add_losses(draft: Draft) -> None:
    """Line time lost: for each crew and each set of seats that can be away at once, a step a person.

    With ``n`` people away, a minute costs ``f(n)``, which never falls. ``f(n) = sum_k (f(k) - f(k-1))
    t[k]`` with ``t[k] = 1`` if ``n >= k``; since every step is charged, only that direction is
    needed. Minutes with the same set of seats are one interval as long as all of them.
    ``worst_company`` is charged on the largest sum of a company. Crews with nobody to decide on are
    left out unless that needs them: their loss is the same in every solution.
    """
    problem = draft.scope.problem
    price = problem.settings.prices.worst_company
    by_company: dict[int, list[tuple[int, Away]]] = {}
    touched = {int(problem.crew_of[person]) for person in draft.scope.people}
    crews = range(len(problem.crew_losses)) if price else sorted(touched)
    for crew in crews:
        loss = problem.crew_losses[crew]
        terms = _crew_terms(draft, crew, loss) if crew in touched else _kept_terms(draft, crew)
        for units, literal in terms:
            draft.charge(units, literal)
        by_company.setdefault(loss.company_idx, []).extend(terms)
    if price:
        _charge_worst(draft, by_company)


def _kept_terms(draft: Draft, crew: int) -> list[tuple[int, Away]]:
    units = draft.scope.ledger.crew_units(crew, draft.scope.kept_seats)
    return [(units, 1)] if units else []


def _crew_terms(draft: Draft, crew: int, loss: CrewLoss) -> list[tuple[int, Away]]:
    """Return units and literals whose sum is the crew's loss."""
    spans: list[tuple[int, int, int]] = []
    literals: dict[int, tuple[int, Away]] = {}
    for person in loss.members:
        for pieces, literal in _away(draft, person):
            if pieces:
                spans.extend((start, end, len(literals)) for start, end in pieces)
                literals[len(literals)] = (person, literal)
    terms: list[tuple[int, Away]] = []
    for labels, minutes in overlap_runs(spans).items():
        terms.extend(_interval_terms(draft, loss, [literals[label] for label in sorted(labels)], minutes))
    return terms


def _away(draft: Draft, person: int) -> list[tuple[tuple[Interval, ...], Away]]:
    """Return what a person loses, each with the literal of the seat, or 1 if it is fixed."""
    ledger = draft.scope.ledger
    away: list[tuple[tuple[Interval, ...], Away]] = [(ledger.frozen_spans(person), 1)]
    away += [(ledger.pieces(person, candidate), 1) for candidate in draft.scope.kept_seats.get(person, ())]
    away += [(ledger.pieces(person, c), draft.seat[row]) for c, row in draft.seats_of_person.get(person, ())]
    return away


def _interval_terms(draft: Draft, loss: CrewLoss, away: list[tuple[int, Away]], minutes: int) -> list[tuple[int, Away]]:
    by_person: dict[int, list[Away]] = {}
    for person, literal in away:
        by_person.setdefault(person, []).append(literal)
    fixed = sum(any(isinstance(literal, int) for literal in found) for found in by_person.values())
    free = [found for found in by_person.values() if not any(isinstance(literal, int) for literal in found)]
    steps = [(loss.cost[fixed + k] - loss.cost[fixed + k - 1]) * minutes for k in range(1, len(free) + 1)]
    terms: list[tuple[int, Away]] = [(loss.cost[fixed] * minutes, 1)]
    if len(set(steps)) == 1 and all(len(found) == 1 for found in free):
        return terms + [(steps[0], found[0]) for found in free]
    people = [_one_of(draft, found) for found in free]
    for k, units in enumerate(steps, start=1):
        if units:
            terms.append((units, _at_least(draft, people, k)))
    return terms


def _one_of(draft: Draft, literals: list[Away]) -> Away:
    """Return a literal that is 1 if the person is away through any of these seats."""
    if len(literals) == 1:
        return literals[0]
    away = draft.model.new_bool_var("")
    for literal in literals:
        draft.model.add_implication(literal, away)
    return away


def _at_least(draft: Draft, people: list[Away], k: int) -> Away:
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


def _charge_worst(draft: Draft, by_company: dict[int, list[tuple[int, Away]]]) -> None:
    price = Fraction(draft.scope.problem.settings.prices.worst_company)
    scaled = {
        company: [(round(units * price), literal) for units, literal in terms] for company, terms in by_company.items()
    }
    most = max((sum(units for units, _ in terms) for terms in scaled.values()), default=0)
    worst = draft.model.new_int_var(0, most, "worst_company")
    for terms in scaled.values():
        if terms:
            draft.model.add(sum(units * literal for units, literal in terms) <= worst)
    draft.charge(1, worst)
