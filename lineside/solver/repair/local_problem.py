"""A problem of few people: everybody else keeps the seats of the plan in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lineside.models.outages import Outage
from lineside.models.scenario import Scenario
from lineside.solver.candidates import Candidates
from lineside.solver.needs import Demand
from lineside.solver.personas import Persona
from lineside.solver.problem import Problem
from lineside.solver.resources import OpeningHours, Servers
from lineside.solver.timeline import CrewTimeline

MOST_LISTS = 4
"""Lists of candidates that are remembered: some megabytes each for a region of 500."""


class RegionMemory:
    """What is remembered from one problem of a region to the next: crews' shifts, and candidates.

    Notes
    -----
    Good for scenarios with the same settings, sites, rooms, lines, rotas, modules and patterns, and the same
    shutdowns and peaks. People, closed dates, ``frozen_until`` and the plan in force may differ.
    """

    def __init__(self) -> None:
        self._timelines: dict[tuple[object, ...], CrewTimeline] = {}
        self._candidates: dict[tuple[object, ...], Candidates] = {}
        self._hours: dict[int, OpeningHours] = {}
        self._demand: tuple[object, object, Demand] | None = None

    def timeline(self, key: tuple[object, ...], make: Callable[[], CrewTimeline]) -> CrewTimeline:
        """Return a crew's shifts; ``make`` works them out if they are not remembered."""
        if key not in self._timelines:
            self._timelines[key] = make()
        return self._timelines[key]

    def candidates(self, key: tuple[object, ...], make: Callable[[], Candidates]) -> Candidates:
        """Return candidates; ``make`` lists them if they are not remembered. Only the last few lists are."""
        if key not in self._candidates:
            while len(self._candidates) >= MOST_LISTS:
                forgotten = self._candidates.pop(next(iter(self._candidates)))
                self._hours.pop(id(forgotten), None)
            self._candidates[key] = make()
        return self._candidates[key]

    def demand(self, people: object, key: object, make: Callable[[], Demand]) -> Demand:
        """Return what some people need; ``make`` works it out unless the last ones asked for were just the same."""
        if self._demand is None or self._demand[0] is not people or self._demand[1] != key:
            self._demand = people, key, make()
        return self._demand[2]

    def opening_hours(self, candidates: Candidates, make: Callable[[], OpeningHours]) -> OpeningHours:
        """Return what fits the hours of rooms and instructors, for candidates that are remembered."""
        known = self._hours.get(id(candidates))
        if known is None or known.candidates is not candidates:
            known = self._hours[id(candidates)] = make()
        return known


class LocalProblem(Problem):
    """A scenario prepared for deciding anew on some people.

    Parameters
    ----------
    scenario
        A scenario without mistakes, with a plan in force.
    people
        Rows of the people who are decided on: only they have pairs.
    outages
        Dates on which rooms and instructors cannot be had.
    memory
        What is remembered of the region.
    modules
        Modules in which people may get other seats than those in force; None for all.

    Notes
    -----
    Pairs, and so the time that preparing takes, are those of a few people. Candidates are those of everybody, so
    that the cohorts of others can be named. What rests on everybody's pairs, such as a bound for the whole
    region, has no meaning here.
    """

    def __init__(
        self,
        scenario: Scenario,
        people: frozenset[int],
        outages: tuple[Outage, ...] = (),
        memory: RegionMemory | None = None,
        modules: frozenset[str] | None = None,
    ) -> None:
        self.people, self._modules = people, modules
        self._memory = memory or RegionMemory()
        super().__init__(scenario, outages=outages)

    def _read_demand(self) -> Demand:
        rows = self.facts.frozen
        fixed = tuple((row.cohort.module, row.spans[-1:], row.apprentices) for row in rows)
        return self._memory.demand(self.scenario.apprentices, (fixed, self.scenario.pins), super()._read_demand)

    def _list_candidates(self) -> Candidates:
        settings = self.settings
        key = (self.scenario.closures, settings.first_day, settings.frozen_until, self.facts.kept_keys, self._asked())
        return self._memory.candidates(key, super()._list_candidates)

    def _asked(self) -> frozenset[int]:
        return frozenset(need.module_idx for need in self.demand.needs)

    def personas(self) -> Iterator[tuple[Persona, tuple[int, ...]]]:
        """Yield the personas of the people decided on, each with those of its people."""
        for persona, members in self._by_persona().values():
            yield persona, tuple(members)

    def _by_persona(self) -> dict[int, tuple[Persona, list[int]]]:
        found: dict[int, tuple[Persona, list[int]]] = {}
        for person in sorted(self.people):
            persona = self.persona(person)
            found.setdefault(id(persona), (persona, []))[1].append(person)
        return found

    def _timeline(self, rota: str, site: str) -> CrewTimeline:
        key = (rota, site, *self._dates)
        return self._memory.timeline(key, lambda: super(LocalProblem, self)._timeline(rota, site))

    @cached_property
    def listed(self) -> NDArray[np.bool_]:
        """Candidates that pairs are listed of: those of the modules, and the cohorts of the plan in force."""
        if self._modules is None:
            return super().listed
        rows = self.scenario.modules
        wanted = np.array([row.module in self._modules for row in rows], dtype=bool)
        found: NDArray[np.bool_] = wanted[self.candidates.module]
        found[self.published_candidates] = True
        return found

    @cached_property
    def opening_hours(self) -> OpeningHours:
        """Which candidates fit the hours of rooms and instructors."""
        return self._memory.opening_hours(self.candidates, lambda: OpeningHours(self.scenario, self.candidates))

    @cached_property
    def instructors(self) -> Servers:
        """Who could teach each candidate that enough people could be in, and each cohort of the plan in force."""
        least = np.array([row.seats_min for row in self.scenario.modules], dtype=np.int64)
        sizes = np.bincount(self.pairs.candidate, minlength=len(self.candidates))
        wanted = (sizes > 0) & (sizes >= least[self.candidates.module])
        wanted[self.published_candidates] = True
        return self.instructors_for(wanted)

    @property
    def constant(self) -> int:
        """Units that every plan is charged are left out: repairs are compared with each other only."""
        return 0

    @cached_property
    def published_candidates(self) -> list[int]:
        """Candidates with the identity of a published seat that is not frozen."""
        found = map(self.candidate_of, frozenset(self.facts.published_keys.values()))
        return [candidate for candidate in found if candidate >= 0]


def remember_region(scenario: Scenario) -> RegionMemory:
    """Return what repairs of a region need again and again, worked out once: about a second for 500 people."""
    memory = RegionMemory()
    everybody = frozenset(range(len(scenario.apprentices)))
    problem = LocalProblem(scenario, everybody, (), memory)
    for _ in problem.personas():
        pass  # making a persona works out its crew's shifts
    return memory
