"""Everything that one person may get, alone: a choice of options and a set of seats, with its price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product

from tests.exhaustive.clock import date_of
from tests.exhaustive.person import broken_alone, broken_together, is_order_broken, lost_minutes, outside_minutes
from tests.exhaustive.world import Candidate, Key, Person, World


@dataclass(frozen=True)
class PersonalMeasures:
    """The measures that add up over people, frozen seats included."""

    unseated_hours: Fraction
    dollars: Fraction
    travel_minutes: int
    changes: int


@dataclass(frozen=True, eq=False)
class Bundle:
    """One person's options and new seats, keeping every rule of one person."""

    person: Person
    options: tuple[tuple[str, str], ...]
    needed: frozenset[str]
    seats: tuple[Candidate, ...]
    measures: PersonalMeasures
    away: frozenset[int]
    price: Fraction

    def seat_in(self, module: str) -> Candidate | None:
        return next((candidate for candidate in self.seats if candidate.module == module), None)


def bundles_of(world: World, person: Person) -> list[Bundle]:
    """List every bundle of a person, cheapest first."""
    allowed = _allowed_alone(world, person)
    found = []
    for options, chosen in _choices(world, person):
        needed = world.needed(person.row, chosen)
        modules = set(world.scenario.module_by_id) if "need" in world.without else needed
        sets = _seat_sets(world, person, {m: cs for m, cs in allowed.items() if m in modules})
        found += [
            _bundle(world, person, options, frozenset(needed), seats)
            for seats in sets
            if "order" in world.without or not is_order_broken(world, person, chosen, seats)
        ]
    return sorted(found, key=lambda bundle: bundle.price)


def _choices(world: World, person: Person) -> Iterator[tuple[tuple[tuple[str, str], ...], set[str]]]:
    """Yield each choice of options with the modules that it asks for."""
    by_requirement = world.options_of(person.row)
    for picked in product(*by_requirement.values()):
        options = tuple(zip(by_requirement, picked, strict=True))
        yield options, {m for requirement, option in options for m in by_requirement[requirement][option]}


def _allowed_alone(world: World, person: Person) -> dict[str, list[Candidate | None]]:
    """Return the candidates that suit a person in each module without a frozen seat, None standing for no seat."""
    pins = {} if "pin" in world.without else _pinned_keys(world, person)
    allowed: dict[str, list[Candidate | None]] = {}
    for module in world.scenario.module_by_id:
        if module in person.frozen_modules:
            continue
        fits = [c for c in world.candidates if c.module == module and _suits(world, person, c)]
        if module not in pins:
            allowed[module] = [None, *fits]
        elif pins[module] is not None:
            allowed[module] = [c for c in fits if c.key == pins[module]]
    return allowed


def _suits(world: World, person: Person, candidate: Candidate) -> bool:
    broken = broken_alone(world, person, candidate) | broken_together(world, person, (candidate,))
    return not (broken - world.without)


def _pinned_keys(world: World, person: Person) -> dict[str, Key | None]:
    keys = {cohort.cohort: world.published_key(cohort) for cohort in world.published.cohorts}
    rows = [row for row in world.scenario.pins if row.apprentice == person.row.apprentice]
    return {row.module: None if row.cohort == "none" else keys[row.cohort] for row in rows}


def _seat_sets(
    world: World, person: Person, allowed: dict[str, list[Candidate | None]]
) -> Iterator[tuple[Candidate, ...]]:
    """Yield each set of at most one candidate a module that keeps the rules of one person, `order` apart.

    A pinned seat in a module that is not asked for is no bundle, so nobody gets it: the plan is not allowed.
    """
    pinned = {row.module for row in world.scenario.pins if row.apprentice == person.row.apprentice}
    if "pin" not in world.without and any(m not in allowed and _is_due(world, person, m) for m in pinned):
        return
    in_pairs: dict[tuple[Candidate, Candidate], bool] = {}
    for picked in product(*allowed.values()):
        seats = tuple(candidate for candidate in picked if candidate is not None)
        for pair in combinations(seats, 2):
            if pair not in in_pairs:
                in_pairs[pair] = not (broken_together(world, person, pair) - world.without)
        if all(in_pairs[pair] for pair in combinations(seats, 2)) and (
            len(seats) < 3 or not (broken_together(world, person, seats) - world.without)
        ):
            yield seats


def _is_due(world: World, person: Person, module: str) -> bool:
    """Return whether a pin asks for a seat that no frozen seat gives already."""
    return module not in person.frozen_modules and _pinned_keys(world, person)[module] is not None


def _bundle(
    world: World,
    person: Person,
    options: tuple[tuple[str, str], ...],
    needed: frozenset[str],
    seats: tuple[Candidate, ...],
) -> Bundle:
    """Price a bundle: unseated hours, dollars of seats and wages, travel and changes, with the frozen seats."""
    prices = world.settings.prices
    measures = personal_measures(world, person, needed, seats)
    price = (
        Fraction(prices.unseated_hour) * measures.unseated_hours
        + Fraction(prices.dollar) * measures.dollars
        + Fraction(prices.travel_minute) * measures.travel_minutes
        + Fraction(prices.change) * measures.changes
    )
    return Bundle(person, options, needed, seats, measures, _away(world, person, seats), price)


def personal_measures(
    world: World, person: Person, needed: frozenset[str], seats: tuple[Candidate, ...]
) -> PersonalMeasures:
    """Add up what one person's seats cost; meetings count from the first day on."""
    row, scenario = person.row, world.scenario
    wage = Fraction(scenario.company_by_id[row.company].class_wage)
    seated = {candidate.module for candidate in (*seats, *person.frozen)}
    unseated = sum((Fraction(scenario.module_by_id[m].hours) for m in needed - seated), Fraction(0))
    dollars, travel = Fraction(0), 0
    for candidate in (*seats, *person.frozen):
        dollars += Fraction(scenario.module_by_id[candidate.module].dollars_per_seat)
        for meeting in counted_meetings(world, candidate):
            dollars += wage * outside_minutes(person, meeting) / 60
            travel += 2 * world.origin_travel(person, date_of(meeting[0]), candidate.site)
    mine = {(row.apprentice, candidate.key) for candidate in (*seats, *person.frozen)}
    before = {seat for seat in world.published_seats if seat[0] == row.apprentice}
    changes = len(mine ^ before) if scenario.published is not None else 0
    return PersonalMeasures(unseated * Fraction(row.priority), dollars, travel, changes)


def counted_meetings(world: World, candidate: Candidate) -> list[tuple[int, int]]:
    return [m for m in candidate.meetings if date_of(m[0]) >= world.settings.first_day]


def _away(world: World, person: Person, seats: tuple[Candidate, ...]) -> frozenset[int]:
    away: set[int] = set()
    for candidate in (*seats, *person.frozen):
        for meeting in counted_meetings(world, candidate):
            away |= lost_minutes(world, person, candidate, meeting)
    return frozenset(away)
