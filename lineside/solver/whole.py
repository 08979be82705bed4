"""The way back from a district to the region: its seating in the region's numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lineside.solver.districts import District
from lineside.solver.problem import Problem
from lineside.solver.seating import OpenCohort, Seating

Ints = NDArray[np.int64]


class Whole:
    """Finds what a district's needs, candidates and options are called in the region.

    Parameters
    ----------
    problem
        The region, prepared.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._need = {(need.person_idx, need.module_idx): k for k, need in enumerate(problem.demand.needs)}
        self._option = {
            (row.person_idx, row.requirement, row.option): k for k, row in enumerate(problem.demand.options)
        }
        found, sites = problem.candidates, problem.scenario.sites
        self._lane = {(sites[lane.site_idx].site, lane.slot, lane.length): k for k, lane in enumerate(found.lanes)}
        key = self._keys(found.module, found.lane, found.monday)
        self._order = np.argsort(key)
        self._key = key[self._order]
        self._choice_of = {option: k for k, choice in enumerate(problem.demand.choices) for option in choice}

    def _keys(self, module: Ints, lane: Ints, monday: Ints) -> Ints:
        week = (monday - self.problem.settings.first_day.toordinal()) // 7
        keys: Ints = (module * len(self.problem.candidates.lanes) + lane) * (self.problem.settings.weeks + 1) + week
        return keys

    def cohorts(self, district: District, part: Problem, seating: Seating) -> list[OpenCohort]:
        """Return a district's cohorts in the region's numbers."""
        people = np.array(district.people, dtype=np.int64)
        found, sites = part.candidates, part.scenario.sites
        rows = np.array([row.candidate for row in seating.cohorts], dtype=np.int64)
        lanes = [found.lanes[k] for k in found.lane[rows].tolist()]
        lane = np.array([self._lane[sites[row.site_idx].site, row.slot, row.length] for row in lanes], dtype=np.int64)
        at = np.searchsorted(self._key, self._keys(found.module[rows], lane, found.monday[rows]))
        candidates = self._order[at].tolist()
        needs = part.demand.needs
        return [
            OpenCohort(
                candidate,
                district.rooms[row.room],
                district.instructors[row.instructor],
                frozenset(self._need[int(people[needs[k].person_idx]), needs[k].module_idx] for k in row.needs),
            )
            for candidate, row in zip(candidates, seating.cohorts, strict=True)
        ]

    def options(self, district: District, part: Problem, seating: Seating) -> dict[int, int]:
        """Return the option chosen in each of the region's choices that are the district's."""
        rows = [part.demand.options[k] for k in seating.chosen]
        chosen = [self._option[district.people[row.person_idx], row.requirement, row.option] for row in rows]
        return {self._choice_of[option]: option for option in chosen}
