"""Districts: a region cut into parts that are planned apart, each with rooms and instructors of its own.

Whatever the parts' plans are, together they are a plan of the region: no person, room or instructor is in
two of them. People of one plant, and of one party, stay together, so crews do. The price of the cut is that
nobody joins a cohort of another part; the bound is proven over the whole region and knows of no parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.models.geography import Geography, site_coordinates
from lineside.models.scenario import Scenario
from lineside.models.tables import Pattern

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class District:
    """People of a part, with the rooms and instructors that only they may use; rows of the region's tables."""

    people: tuple[int, ...]
    rooms: tuple[int, ...]
    instructors: tuple[int, ...]


def split(scenario: Scenario, most_people: int) -> tuple[District, ...]:
    """Cut a region into districts of people who live near each other.

    Parameters
    ----------
    scenario
        A region without a published plan: what that freezes may bind people of several parts.
    most_people
        Most people of a district, unless one plant with its parties has more.

    Notes
    -----
    Plants are halved by their median along the longer side of the map until each part is small enough. Rooms of one
    site and equipment, and instructors of the same modules, are shared out one by one to the part that has most people
    for each it has already (D'Hondt).
    """
    groups = _groups(scenario)
    places = np.array([_place(scenario, people) for people in groups])
    sizes = np.array([len(people) for people in groups])
    parts = _halved(np.arange(len(groups)), places, sizes, most_people)
    people = [tuple(sorted(person for k in part.tolist() for person in groups[k])) for part in parts]
    rooms = _rooms(scenario, people)
    instructors = _instructors(scenario, [len(part) for part in people])
    return tuple(District(*row) for row in zip(people, rooms, instructors, strict=True))


def part_of(scenario: Scenario, district: District) -> Scenario:
    """Return the tables of a district: its people, rooms and instructors, and what these refer to."""
    people = tuple(scenario.apprentices[k] for k in district.people)
    crews = {(row.line, row.rota) for row in people}
    rooms = tuple(scenario.rooms[k] for k in district.rooms)
    lines = tuple(row for row in scenario.lines if row.line in {line for line, _ in crews})
    sites = {row.site for row in rooms} | {row.site for row in lines}
    names = {row.apprentice for row in people}
    return scenario.model_copy(
        update={
            "apprentices": people,
            "crews": tuple(row for row in scenario.crews if (row.line, row.rota) in crews),
            "lines": lines,
            "rotas": tuple(row for row in scenario.rotas if row.rota in {rota for _, rota in crews}),
            "rooms": rooms,
            "sites": tuple(row for row in scenario.sites if row.site in sites),
            "instructors": tuple(scenario.instructors[k] for k in district.instructors),
            "patterns": _patterns(scenario, sites),
            "pins": tuple(row for row in scenario.pins if row.apprentice in names),
        }
    )


def _patterns(scenario: Scenario, sites: set[str]) -> tuple[Pattern, ...] | None:
    if scenario.patterns is None:
        return None
    kept = []
    for row in scenario.patterns:
        here = tuple(site for site in row.sites if site == "all" or site in sites)
        if here:
            kept.append(row.model_copy(update={"sites": here}))
    return tuple(kept)


def _groups(scenario: Scenario) -> list[list[int]]:
    """Return people who must stay together: of one plant, and of one party."""
    site_of = [scenario.line_by_id[row.line].site for row in scenario.apprentices]
    root = {site: site for site in site_of}

    def find(site: str) -> str:
        while root[site] != site:
            root[site] = root[root[site]]
            site = root[site]
        return site

    first_of_party: dict[str, str] = {}
    for site, row in zip(site_of, scenario.apprentices, strict=True):
        if row.party is not None:
            root[find(site)] = find(first_of_party.setdefault(row.party, site))
    groups: dict[str, list[int]] = defaultdict(list)
    for person, site in enumerate(site_of):
        groups[find(site)].append(person)
    return list(groups.values())


def _place(scenario: Scenario, people: list[int]) -> tuple[float, float]:
    """Return where a group works, on a flat map in degrees of latitude; the map's corner if nothing is known."""
    found = [
        site_coordinates(scenario.site_by_id[scenario.line_by_id[scenario.apprentices[k].line].site]) for k in people
    ]
    known = np.array([place for place in found if place is not None])
    if not len(known):
        return 0.0, 0.0
    latitude, longitude = known.mean(axis=0)
    return float(latitude), float(longitude * np.cos(np.radians(latitude)))


def _halved(part: Ints, places: Floats, sizes: Ints, most: int) -> list[Ints]:
    if sizes[part].sum() <= most or len(part) == 1:
        return [part]
    side = int(np.argmax(np.ptp(places[part], axis=0)))
    order = part[np.argsort(places[part, side], kind="stable")]
    half = int(np.searchsorted(np.cumsum(sizes[order]), sizes[order].sum() / 2)) + 1
    half = min(max(half, 1), len(order) - 1)
    return _halved(order[:half], places, sizes, most) + _halved(order[half:], places, sizes, most)


def _rooms(scenario: Scenario, people: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Share out rooms by how many people of each part could come from their plants."""
    patience: list[dict[tuple[str, str], list[int]]] = []
    for part in people:
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row in (scenario.apprentices[k] for k in part):
            found[scenario.line_by_id[row.line].site, row.company].append(row.travel_max)
        patience.append(found)
    geography = Geography(scenario)
    weights = {}
    for site in sorted({row.site for row in scenario.rooms}):
        weights[site] = [
            sum(
                sum(limit >= geography.between_sites(plant, site) for limit in limits)
                for (plant, company), limits in found.items()
                if scenario.is_open_to(scenario.site_by_id[site], company)
            )
            for found in patience
        ]
    kinds = [(row.site, frozenset(row.features)) for row in scenario.rooms]
    return _shared_out(kinds, {kind: weights[kind[0]] for kind in kinds}, len(people))


def _instructors(scenario: Scenario, num_people: list[int]) -> list[tuple[int, ...]]:
    """Share out instructors by how many people each part has."""
    kinds = [frozenset(row.modules) for row in scenario.instructors]
    return _shared_out(kinds, dict.fromkeys(kinds, num_people), len(num_people))


def _shared_out(
    kinds: Sequence[Hashable], weights: Mapping[Hashable, list[int]], num_parts: int
) -> list[tuple[int, ...]]:
    """Give each row to the part that has most weight for each row of the kind that it would then have."""
    given: dict[Hashable, list[int]] = defaultdict(lambda: [0] * num_parts)
    shares: list[list[int]] = [[] for _ in range(num_parts)]
    for row, kind in enumerate(kinds):
        had = given[kind]
        part = max(range(num_parts), key=lambda k: (weights[kind][k] / (had[k] + 1), -k))
        had[part] += 1
        shares[part].append(row)
    return [tuple(share) for share in shares]
