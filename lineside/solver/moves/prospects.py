"""What quick moves need to know of a problem and that never changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lineside.solver.fits import PersonRules
from lineside.solver.needs import Earlier
from lineside.solver.problem import Problem
from lineside.solver.resources import Servers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Prospects:
    """Costs, sizes and rules by need, pair and candidate.

    Parameters
    ----------
    problem
        The prepared problem.

    Attributes
    ----------
    person, price
        Person and price of an empty seat of each need.
    cost
        Units of each pair, as if nobody else of the crew were away.
    least, most
        Fewest and most people of a cohort of each candidate, whatever its room.
    service
        Units of the cheapest room and instructor of each candidate; infinite if it has none.
    cheapest
        Cost of the cheapest seat of each need, as if nobody else were away; infinite if it can have none.
    under
        Needs of each choice, whichever option they are needed under.
    fixed
        Needs whose seat no move may take away: pinned ones.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        pairs, scenario, found = problem.pairs, problem.scenario, problem.candidates
        needs = problem.demand.needs
        self.rules = PersonRules(problem)
        self.person = np.array([need.person_idx for need in needs], dtype=np.int64)
        self.price = np.array([need.price for need in needs], dtype=np.int64)
        charges = problem.charges
        self.cost = pairs.cost + charges.minutes * charges.steps[charges.group, 0]
        self.least = np.array([row.seats_min for row in scenario.modules], dtype=np.int64)[found.module]
        self.most = np.array([row.seats_max for row in scenario.modules], dtype=np.int64)[found.module]
        self.service = _cheapest(problem.rooms, len(found)) + _cheapest(problem.instructors, len(found))
        viable = problem.viable_pairs
        order = viable[np.argsort(pairs.need[viable], kind="stable")]
        ptr = np.searchsorted(pairs.need[order], np.arange(len(needs) + 1))
        self._by_need, self._need_ptr = order, ptr
        self.first_pair = np.searchsorted(pairs.candidate, np.arange(len(found) + 1))
        self.viable = np.zeros(len(pairs), dtype=bool)
        self.viable[viable] = True
        sites = np.array([lane.site_idx for lane in found.lanes], dtype=np.int64)
        self._place = found.module * len(scenario.sites) + (sites[found.lane] if len(found) else found.lane)
        pair = np.unique(self._place[pairs.candidate[viable]] * max(1, len(needs)) + pairs.need[viable])
        place, self._alike = np.divmod(pair, max(1, len(needs)))
        self._alike_ptr = np.searchsorted(place, np.arange(len(scenario.modules) * len(scenario.sites) + 1))
        self.party = _party_needs(problem)
        self.waits: dict[int, list[Earlier]] = {}
        self.followers: dict[int, list[int]] = {}
        for row in problem.demand.earlier:
            self.waits.setdefault(row.need_idx, []).append(row)
            self.followers.setdefault(row.need_before, []).append(row.need_idx)
        self.cheapest = np.full(len(needs), np.inf)
        np.minimum.at(self.cheapest, pairs.need[viable], self.cost[viable])
        self._choice_of = {option: k for k, choice in enumerate(problem.demand.choices) for option in choice}
        self.under: list[list[int]] = [[] for _ in problem.demand.choices]
        for k, need in enumerate(needs):
            if need.options:
                self.under[self._choice_of[need.options[0]]].append(k)
        self.fixed = frozenset(
            k
            for k, need in enumerate(needs)
            if (scenario.apprentices[need.person_idx].apprentice, scenario.modules[need.module_idx].module)
            in problem.facts.pinned
        )

    def choice_of(self, need: int) -> int:
        """Return the choice that decides whether a need is one, or -1 if it is one in any case."""
        options = self.problem.demand.needs[need].options
        return self._choice_of[options[0]] if options else -1

    def is_chosen(self, options: tuple[int, ...], chosen: Sequence[int]) -> bool:
        """Return whether one of some options of one choice is the chosen one."""
        return chosen[self._choice_of[options[0]]] in options

    def rows_of(self, need: int) -> Ints:
        """Return the viable pair rows of a need, by candidate."""
        return self._by_need[self._need_ptr[need] : self._need_ptr[need + 1]]

    def alike(self, candidate: int) -> Ints:
        """Return the needs that some cohort of a candidate's module and site could meet."""
        key = int(self._place[candidate])
        return self._alike[self._alike_ptr[key] : self._alike_ptr[key + 1]]

    def rows_at(self, candidate: int) -> range:
        """Return the pair rows of a candidate."""
        return range(int(self.first_pair[candidate]), int(self.first_pair[candidate + 1]))


def _cheapest(servers: Servers, size: int) -> Floats:
    cost = np.full(size, np.inf)
    np.minimum.at(cost, np.repeat(np.arange(size), np.diff(servers.ptr)), servers.cost)
    return cost


def _party_needs(problem: Problem) -> dict[int, tuple[int, ...]]:
    """Return the needs of each party and module that has several, by need."""
    groups: dict[tuple[str, int], list[int]] = {}
    for k, need in enumerate(problem.demand.needs):
        party = problem.scenario.apprentices[need.person_idx].party
        if party is not None:
            groups.setdefault((party, need.module_idx), []).append(k)
    return {k: tuple(members) for members in groups.values() if len(members) > 1 for k in members}
