"""Builders of ``need``, ``order``, ``party`` and ``pin``: what a person takes, and before what."""

from __future__ import annotations

from lineside.solver.model.scope import Draft


def add_needs(draft: Draft) -> None:
    """Rule ``need``: at most one seat a need, only under the chosen option; an empty seat has its price.

    ``sum_c x[n,c] <= sum_{o in O(n)} y[o]``, ``sum_{o in choice} y[o] = 1``; the objective has
    ``price[n] * (sum_o y[o] - sum_c x[n,c])``. Where a scope says so, a need may not stay empty: ``sum_c x[n,c] = 1``.
    """
    demand = draft.scope.problem.demand
    for choice in demand.choices:
        if choice[0] in draft.option:
            draft.model.add_exactly_one(draft.option[k] for k in choice)
    for need_idx in draft.scope.needs:
        need = demand.needs[need_idx]
        seats = [draft.seat[row] for _, row in draft.seats_of_need.get(need_idx, ())]
        required = draft.required(need.options)
        if need_idx in draft.scope.must_seat:
            draft.model.add_exactly_one(seats)
        if seats:
            draft.model.add_at_most_one(seats)
            if need.options:
                draft.model.add(sum(seats) <= sum(required))
        for meter in draft.meters:
            price = meter.problem.demand.needs[need_idx].price
            for literal in required:
                meter.charge(price, literal)
            for seat in seats:
                meter.charge(-price, seat)


def add_seat_costs(draft: Draft) -> None:
    """Charge each seat's dollars, travel and change."""
    for meter in draft.meters:
        cost = meter.problem.pairs.cost
        for row, seat in draft.seat.items():
            meter.charge(int(cost[row]), seat)


def add_pins(draft: Draft) -> None:
    """Rule ``pin``: a pinned need has a seat; its pairs are those of the pinned identity alone."""
    problem = draft.scope.problem
    pinned = problem.facts.pinned
    for need_idx in draft.scope.needs:
        need = problem.demand.needs[need_idx]
        apprentice = problem.scenario.apprentices[need.person_idx].apprentice
        module = problem.scenario.modules[need.module_idx].module
        if (apprentice, module) in pinned:
            draft.model.add_exactly_one(draft.seat[row] for _, row in draft.seats_of_need.get(need_idx, ()))


def add_order(draft: Draft) -> None:
    """Rule ``order``: before a module's first date, every earlier module that is required is done.

    For each first date ``t``: ``sum_{c: first(c) <= t} x[n,c] <= sum_{c': last(c') < t} x[before,c'] +
    1 - required``. Seats on earlier first dates are added on the left, which the same sentence
    implies and which makes the relaxation tighter.
    """
    problem = draft.scope.problem
    slots, found = problem.candidates.slots, problem.candidates
    for row in problem.demand.earlier:
        if (
            row.need_idx not in draft.seats_of_need
            or problem.demand.needs[row.need_idx].person_idx not in draft.scope.people
        ):
            continue
        mine = [(int(slots.ordinal[found.slots_of(c)[0]]), draft.seat[k]) for c, k in draft.seats_of_need[row.need_idx]]
        before = [
            (int(slots.ordinal[found.slots_of(c)[-1]]), draft.seat[k])
            for c, k in draft.seats_of_need.get(row.need_before, ())
        ]
        excuse = 1 - sum(draft.required(row.options))
        for first in sorted({date for date, _ in mine}):
            if row.frozen_last is not None and row.frozen_last < first:
                continue
            begun = sum(seat for date, seat in mine if date <= first)
            done = sum(seat for date, seat in before if date < first)
            draft.model.add(begun <= done + excuse)


def add_parties(draft: Draft) -> None:
    """Rule ``party``: members who need the same module share a cohort for it, or none is seated in it.

    ``x[a,c] <= x[b,c] + 1 - required[b]`` for every two members; where a cohort could have copies
    in several rooms the same holds room by room (:func:`lineside.solver.model.cohorts.add_cohorts`).
    """
    for members in party_needs(draft):
        for one in members:
            for other in members:
                if one != other:
                    _follow(draft, one, other)


def party_needs(draft: Draft) -> list[list[int]]:
    """Return the needs of each party and module that has several, among the people decided."""
    problem = draft.scope.problem
    groups: dict[tuple[str, int], list[int]] = {}
    for need_idx in draft.scope.needs:
        need = problem.demand.needs[need_idx]
        party = problem.scenario.apprentices[need.person_idx].party
        if party is not None:
            groups.setdefault((party, need.module_idx), []).append(need_idx)
    return [members for members in groups.values() if len(members) > 1]


def _follow(draft: Draft, one: int, other: int) -> None:
    theirs = {candidate: draft.seat[row] for candidate, row in draft.seats_of_need.get(other, ())}
    required = draft.required(draft.scope.problem.demand.needs[other].options)
    for candidate, row in draft.seats_of_need.get(one, ()):
        seat = draft.seat[row]
        follower = theirs.get(candidate, 0)
        draft.model.add(seat <= follower + 1 - sum(required))
