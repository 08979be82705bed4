"""The search over everybody's bundles for the least objective."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from tests.exhaustive.bundles import Bundle, bundles_of
from tests.exhaustive.loss import LossBook, frozen_dollars, num_left
from tests.exhaustive.staffing import Desk, Staffing, Unit
from tests.exhaustive.world import Candidate, World


@dataclass(frozen=True)
class Best:
    """The best allowed plan: everybody's bundle, the staffing of the new cohorts, and the objective."""

    bundles: tuple[Bundle, ...]
    staffing: Staffing
    objective: Fraction


class Search:
    """Tries every combination of bundles, leaving out only what cannot beat the best plan so far.

    The people are taken one by one. A branch is left when the price of the bundles so far, the
    cheapest bundles of the others and the line time lost so far already reach the best objective
    (all other parts are never negative, and more absence never costs less; each seat bears at
    least an equal share of the cheapest room and instructor), when members of a party part ways,
    when a cohort can no longer reach its smallest size, or when a limited measure, which another bundle never
    lowers, is above its limit already.
    """

    def __init__(self, world: World, most: Mapping[str, Fraction] | None = None) -> None:
        self.world = world
        self._most = dict(most or {})
        self.num_nodes = 0
        self._prices = world.settings.prices
        self._desk = Desk(world)
        self._losses = LossBook(world)
        self._best: Best | None = None
        people = sorted(world.people, key=lambda person: (person.row.party or "", person.row.apprentice))
        self._choices = self._possible([bundles_of(world, person) for person in people])
        self._share = {c: self._least_share(c) for bundles in self._choices for b in bundles for c in b.seats}
        cheapest = [min(map(self._least_price, bundles), default=Fraction(0)) for bundles in self._choices]
        self._rest = [sum(cheapest[i:], Fraction(0)) for i in range(len(cheapest) + 1)]
        self._later: list[Counter[Candidate]] = [Counter()]
        for bundles in reversed(self._choices):
            wished = Counter({candidate for bundle in bundles for candidate in bundle.seats})
            self._later.insert(0, self._later[0] + wished)

    def _possible(self, choices: list[list[Bundle]]) -> list[list[Bundle]]:
        """Leave out bundles with a candidate that has no room or instructor, or too few people who may take it."""
        modules = self.world.scenario.module_by_id
        while True:
            wishes = Counter(c for bundles in choices for c in {c for bundle in bundles for c in bundle.seats})
            fine = {c for c in wishes if self._desk.rooms_for(c) and self._desk.instructors_for(c)}
            if "cohort-size" not in self.world.without:
                fine = {c for c in fine if wishes[c] >= modules[c.module].seats_min}
            kept = [[bundle for bundle in bundles if fine.issuperset(bundle.seats)] for bundles in choices]
            if kept == choices:
                return kept
            choices = kept

    def _least_share(self, candidate: Candidate) -> Fraction:
        """Return what a seat costs at least of its cohort's room and instructor: the cheapest, and everybody in it."""
        rates = [Fraction(row.dollars_per_hour) for row in self._desk.rooms_for(candidate)]
        teachers = [Fraction(row.dollars_per_hour) for row in self._desk.instructors_for(candidate)]
        dollars = (min(rates) + min(teachers)) * candidate.hours_in_minutes / 60
        return Fraction(self._prices.dollar) * dollars / len(self._choices)

    def _least_price(self, bundle: Bundle) -> Fraction:
        return bundle.price + sum((self._share[c] for c in bundle.seats), Fraction(0))

    @property
    def num_combinations(self) -> int:
        """How many combinations of bundles there are."""
        return prod(len(bundles) for bundles in self._choices)

    @property
    def num_steps(self) -> int:
        """How much work the search has done: people given a bundle, and cohorts given a room."""
        return self.num_nodes + self._desk.num_steps

    def run(self) -> Best | None:
        """Return the best plan, or None if no plan is allowed."""
        constant = Fraction(self._prices.dollar) * frozen_dollars(self.world)
        constant += Fraction(self._prices.change) * num_left(self.world)
        self._extend((), constant, Fraction(0))
        return self._best

    def _extend(self, picked: tuple[Bundle, ...], price: Fraction, shares: Fraction) -> None:
        """Try every bundle of the next person beside those picked.

        ``price`` is theirs and the constant, ``shares`` what their seats cost at least of their cohorts.
        """
        self.num_nodes += 1
        price_so_far = price + self._line_price(picked)
        floor = price_so_far + shares + self._rest[len(picked)]
        if (self._best is not None and floor >= self._best.objective) or not self._can_fill(picked):
            return
        if self._is_beyond(picked, Fraction(0)):
            return
        if len(picked) == len(self._choices):
            self._finish(picked, price_so_far)
            return
        for bundle in self._choices[len(picked)]:
            if "party" in self.world.without or all(is_party_kept(bundle, other) for other in picked):
                share = sum((self._share[c] for c in bundle.seats), shares)
                self._extend((*picked, bundle), price + bundle.price, share)

    def _can_fill(self, picked: tuple[Bundle, ...]) -> bool:
        if "cohort-size" in self.world.without:
            return True
        modules, later = self.world.scenario.module_by_id, self._later[len(picked)]
        seats = Counter(candidate for bundle in picked for candidate in bundle.seats)
        return all(count + later[c] >= modules[c.module].seats_min for c, count in seats.items())

    def _finish(self, picked: tuple[Bundle, ...], price: Fraction) -> None:
        staffing = self._desk.cheapest(units_of(self.world, picked))
        if staffing is None or self._is_beyond(picked, staffing.dollars):
            return
        objective = price + Fraction(self._prices.dollar) * staffing.dollars
        if self._best is None or objective < self._best.objective:
            self._best = Best(picked, staffing, objective)

    def _is_beyond(self, picked: tuple[Bundle, ...], dollars: Fraction) -> bool:
        """Return whether what is picked is above a limit; ``dollars`` are those of rooms and instructors.

        The cheapest staffing has the fewest dollars, so no other keeps a limit that it breaks.
        """
        if not self._most:
            return False
        by_company = self._losses.by_company(picked)
        found = {
            "line_time_lost": sum(by_company.values(), Fraction(0)),
            "worst_company": max(by_company.values(), default=Fraction(0)),
            "unseated_hours": sum((b.measures.unseated_hours for b in picked), Fraction(0)),
            "travel_minutes": Fraction(sum(b.measures.travel_minutes for b in picked)),
            "changes": Fraction(sum(b.measures.changes for b in picked) + num_left(self.world)),
            "dollars": sum((b.measures.dollars for b in picked), dollars + frozen_dollars(self.world)),
        }
        return any(found[name] > amount for name, amount in self._most.items())

    def _line_price(self, picked: tuple[Bundle, ...]) -> Fraction:
        by_company = self._losses.by_company(picked)
        worst = max(by_company.values(), default=Fraction(0))
        return sum(by_company.values(), Fraction(0)) + Fraction(self._prices.worst_company) * worst


def is_party_kept(a: Bundle, b: Bundle) -> bool:
    """Return whether two people of a party take each module that both need in the same candidate, or not at all."""
    if a.person.row.party is None or a.person.row.party != b.person.row.party:
        return True
    both = a.needed & b.needed - a.person.frozen_modules - b.person.frozen_modules
    return all(a.seat_in(module) == b.seat_in(module) for module in both)


def units_of(world: World, picked: tuple[Bundle, ...]) -> dict[Candidate, tuple[Unit, ...]]:
    """Return the people of each candidate; those of a party who need the module stay together."""
    units: dict[Candidate, dict[tuple[bool, str], Unit]] = {}
    for bundle in picked:
        row = bundle.person.row
        for candidate in bundle.seats:
            rides = row.party is not None and candidate.module in bundle.needed and "party" not in world.without
            key = (True, row.party or "") if rides else (False, row.apprentice)
            mates = units.setdefault(candidate, {})
            mates[key] = (*mates.get(key, ()), row.apprentice)
    return {candidate: tuple(mates.values()) for candidate, mates in units.items()}
