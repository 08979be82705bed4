"""Parts of a scenario: neighbouring companies with their own rooms and instructors, which are planned apart."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from lineside.models.geography import Coordinates, site_coordinates
from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice, Instructor, Room, Site


@dataclass(frozen=True)
class _Unit:
    """Companies that stay together: their people, and where these work on average."""

    companies: tuple[str, ...]
    people: int
    place: Coordinates


@dataclass(frozen=True)
class _Cut:
    """A line that parts a map: what lies before ``limit`` on an axis, and what lies behind it."""

    axis: int
    limit: float
    before: _Cut | int
    behind: _Cut | int

    def part_of(self, place: Coordinates) -> int:
        """Return the number of the part of a place."""
        side = self.before if place[self.axis] < self.limit else self.behind
        return side if isinstance(side, int) else side.part_of(place)


def parts_of(scenario: Scenario, most_people: int) -> list[Scenario]:
    """Return the parts of a scenario, none with many more people than asked for.

    Parameters
    ----------
    scenario
        A scenario without a published plan.
    most_people
        Apprentices of a part, about.

    Returns
    -------
    Scenarios with the same settings and tables, but for three: each apprentice, each room and each instructor is in
    one of them. Plans of all parts together keep every rule, because rules bind one person, one room, one
    instructor or one cohort, and crews lose line time for their own people alone.

    Notes
    -----
    Companies are parted by where their plants are, along the longer axis of the map, so that either side has its
    share of people; companies whose people ride together in a party stay together. A site goes with its company, else
    with the place; rooms without a place, online ones, and instructors are dealt out by turns.
    """
    units = _units(scenario)
    number = max(1, math.ceil(len(scenario.apprentices) / most_people))
    part_of_company: dict[str, int] = {}
    tree = _cut(units, number, 0, part_of_company)
    people: list[list[Apprentice]] = [[] for _ in range(number)]
    for row in scenario.apprentices:
        people[part_of_company[row.company]].append(row)
    part_of_site = {site.site: _part_of_site(site, part_of_company, tree) for site in scenario.sites}
    dealer = _Dealer([len(rows) for rows in people])
    rooms: list[list[Room]] = [[] for _ in range(number)]
    for room in scenario.rooms:
        part = part_of_site[room.site]
        rooms[dealer.next(room.site) if part is None else part].append(room)
    instructors: list[list[Instructor]] = [[] for _ in range(number)]
    for instructor in scenario.instructors:
        instructors[dealer.next(" ".join(sorted(instructor.modules)))].append(instructor)
    return [
        _with(scenario, apprentices=tuple(people[k]), rooms=tuple(rooms[k]), instructors=tuple(instructors[k]))
        for k in range(number)
        if people[k]
    ]


def _with(scenario: Scenario, **changes: object) -> Scenario:
    fields = {name: getattr(scenario, name) for name in Scenario.model_fields}
    return Scenario.model_construct(**{**fields, **changes})


class _Dealer:
    """Deals out things of one kind by turns, so that each part has its share."""

    def __init__(self, share: Sequence[int]) -> None:
        self._share = share
        self._given: dict[str, list[int]] = {}

    def next(self, kind: str) -> int:
        """Return who gets the next thing of a kind."""
        given = self._given.setdefault(kind, [0] * len(self._share))
        part = max(range(len(given)), key=lambda k: (self._share[k] / (given[k] + 1), -k))
        given[part] += 1
        return part


def _units(scenario: Scenario) -> list[_Unit]:
    leader = {row.company: row.company for row in scenario.companies}

    def find(company: str) -> str:
        while leader[company] != company:
            company = leader[company]
        return company

    for members in scenario.parties.values():
        for member in members[1:]:
            leader[find(member.company)] = find(members[0].company)
    coordinates = {site.site: site_coordinates(site) for site in scenario.sites}
    known = [place for place in coordinates.values() if place is not None]
    middle = _mean(known) if known else (0.0, 0.0)
    places: dict[str, list[Coordinates]] = defaultdict(list)
    for row in scenario.apprentices:
        places[find(row.company)].append(coordinates[scenario.line_site(row)] or middle)
    companies: dict[str, list[str]] = defaultdict(list)
    for company in leader:
        companies[find(company)].append(company)
    return [
        _Unit(tuple(names), len(places[key]), _mean(places[key]) if places[key] else middle)
        for key, names in companies.items()
    ]


def _mean(places: Sequence[Coordinates]) -> Coordinates:
    return (sum(place[0] for place in places) / len(places), sum(place[1] for place in places) / len(places))


def _cut(units: list[_Unit], number: int, first: int, part_of_company: dict[str, int]) -> _Cut | int:
    """Part units into a number of parts, numbered from ``first`` on; note each company's."""
    if number == 1:
        part_of_company.update((company, first) for unit in units for company in unit.companies)
        return first
    spread = [max(u.place[k] for u in units) - min(u.place[k] for u in units) for k in range(2)] if units else [0, 0]
    # A degree of longitude is shorter than one of latitude, by the cosine of the latitude.
    shrink = math.cos(math.radians(units[0].place[0])) if units else 1.0
    axis = 0 if spread[0] >= spread[1] * shrink else 1
    ordered = sorted(units, key=lambda unit: (unit.place[axis], unit.companies))
    half, wanted = number // 2, sum(unit.people for unit in units) * (number // 2) / number
    size = people = 0
    while size < len(ordered) and people + ordered[size].people / 2 < wanted:
        people += ordered[size].people
        size += 1
    limit = ordered[size].place[axis] if size < len(ordered) else math.inf
    before = _cut(ordered[:size], half, first, part_of_company)
    behind = _cut(ordered[size:], number - half, first + half, part_of_company)
    return _Cut(axis, limit, before, behind)


def _part_of_site(site: Site, part_of_company: dict[str, int], tree: _Cut | int) -> int | None:
    """Return the part that a site's rooms belong to, or None if they are nowhere."""
    if site.company is not None:
        return part_of_company[site.company]
    place = site_coordinates(site)
    if place is None or site.kind == "online":
        return None
    return tree if isinstance(tree, int) else tree.part_of(place)
