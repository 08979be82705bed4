"""Neighbourhoods: small groups of people whose seats a search step decides anew, and what they may use.

Each begins where something can be gained: at an empty seat with the people who could fill a cohort
with it, at a few cohorts that compete for the same people, or at a crew that loses line time.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from lineside.solver.columns import Relaxation
from lineside.solver.finish import unseated_needs
from lineside.solver.problem import Problem
from lineside.solver.seating import Seating

Ints = NDArray[np.int64]
T = TypeVar("T")


FEW_CANDIDATES = 100
"""New candidates that a step with few people may open."""
WHOLE_PEOPLE = 70
"""People of a step around a site: a small region whole."""
SPREADS = (50, 400, 3_000)
"""How many places a candidate may move in the ranking by chance: from following it to ignoring it."""


@dataclass(frozen=True)
class Neighbourhood:
    """People to decide anew and the pair rows that they may use."""

    name: str
    people: frozenset[int]
    pairs: Ints


class NeighbourhoodFinder:
    """Draws neighbourhoods around a seating.

    Parameters
    ----------
    problem
        The prepared problem.
    seed
        Seed of the draws.
    """

    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem = problem
        self._random = random.Random(seed)
        self._num_people, self._num_candidates = 16.0, 120.0
        pairs, needs = problem.pairs, problem.demand.needs
        self._person_of = np.array([need.person_idx for need in needs], dtype=np.int64)
        viable = problem.viable_pairs
        order = viable[np.argsort(pairs.need[viable], kind="stable")]
        ptr = np.searchsorted(pairs.need[order], np.arange(len(needs) + 1))
        self._rows_of_need = [order[ptr[k] : ptr[k + 1]] for k in range(len(needs))]
        self._candidate_ptr = np.searchsorted(pairs.candidate, np.arange(len(problem.candidates) + 1))
        self._needs_of_person: dict[int, list[int]] = {}
        for k, need in enumerate(needs):
            self._needs_of_person.setdefault(need.person_idx, []).append(k)
        self._relaxation: Relaxation | None = None
        self._score = self._scores(None)
        self._site = np.array([lane.site_idx for lane in problem.candidates.lanes], dtype=np.int64)[
            problem.candidates.lane
        ]
        self._partners = self._party_members()

    def _scores(self, relaxation: Relaxation | None) -> NDArray[np.float64]:
        """Return what each pair adds to the bound at least: the lower, the more promising."""
        pairs = self.problem.pairs
        price = np.array([need.price for need in self.problem.demand.needs], dtype=float)
        if relaxation is None:
            crowd = np.bincount(pairs.candidate, minlength=len(self.problem.candidates))[pairs.candidate]
            loss = pairs.lost * float(self.problem.money.scale) / 10
            plain: NDArray[np.float64] = pairs.cost + loss - price[pairs.need] * np.log1p(crowd)
            return plain
        score = np.full(len(pairs), np.inf)
        score[relaxation.pair_rows] = relaxation.pair_reduced
        return score

    def follow(self, relaxation: Relaxation | None) -> None:
        """Take the prices of a bound as a guide: candidates that they like come first."""
        if relaxation is not self._relaxation:
            self._relaxation, self._score = relaxation, self._scores(relaxation)

    def _party_members(self) -> dict[int, list[int]]:
        groups: dict[str, list[int]] = {}
        for person, row in enumerate(self.problem.scenario.apprentices):
            if row.party is not None:
                groups.setdefault(row.party, []).append(person)
        return {person: members for members in groups.values() for person in members}

    def draw(self, seating: Seating) -> Neighbourhood:
        """Return a neighbourhood: few people with many choices, or many people with few."""
        empty = [k for k in unseated_needs(self.problem, seating) if len(self._rows_of_need[k])]
        kind, size = self._random.random(), round(self._num_people)
        if kind < 0.3:
            return self._around_site(seating)
        if empty and kind < 0.7:
            return self._around_empty_seat(seating, empty, size)
        if seating.cohorts and kind < 0.9:
            return self._around_cohorts(seating, size)
        return self._around_crew(seating, size)

    def learn(self, around: Neighbourhood, proven: bool) -> None:
        """Adapt the size of the next draws of this kind: larger after a proof, smaller without."""
        if around.name == "site":
            self._num_candidates = _adapted(self._num_candidates, proven, 60.0, 400.0)
        else:
            self._num_people = _adapted(self._num_people, proven, 8.0, 60.0)

    def _around_site(self, seating: Seating) -> Neighbourhood:
        """Start at a site; take everybody who could have most seats there, up to a whole small region."""
        row = self._random.choice(range(len(self.problem.pairs)))
        site = self._site[self.problem.pairs.candidate[row]]
        here = self._site[self.problem.pairs.candidate] == site
        count = np.bincount(self._person_of[self.problem.pairs.need[here]], minlength=len(self.problem.crew_of))
        noise = np.array([self._random.random() for _ in range(len(count))])
        order = np.argsort(-np.log1p(count) - noise, kind="stable")
        return self._finish("site", seating, order[:WHOLE_PEOPLE].tolist(), round(self._num_candidates))

    def _around_empty_seat(self, seating: Seating, empty: list[int], size: int) -> Neighbourhood:
        """Start at an empty seat; take the others who could sit in its best cohorts, empty seats first."""
        weights = [self.problem.demand.needs[k].price for k in empty]
        need = self._random.choices(empty, weights=weights)[0]
        rows = self._rows_of_need[need]
        best = rows[np.argsort(self._score[rows], kind="stable")[:12]]
        lonely = set(empty)
        people: dict[int, None] = {int(self._person_of[need]): None}
        for row in self._shuffled(best.tolist()):
            candidate = int(self.problem.pairs.candidate[row])
            others = self._needs_in(candidate)
            others.sort(key=lambda k: (k not in lonely, self._random.random()))
            for other in others[: max(4, size // 2)]:
                people.setdefault(int(self._person_of[other]))
            if len(people) >= size:
                break
        self._add_rivals(seating, people, size)
        return self._finish("empty seat", seating, list(people)[:size])

    def _add_rivals(self, seating: Seating, people: dict[int, None], size: int) -> None:
        """Add members of the cohorts in which those people sit, so that the cohorts can move or close."""
        for cohort in self._shuffled(list(seating.cohorts)):
            if len(people) >= size:
                return
            members = [int(self._person_of[need]) for need in sorted(cohort.needs)]
            if any(person in people for person in members):
                people.update(dict.fromkeys(members))

    def _around_cohorts(self, seating: Seating, size: int) -> Neighbourhood:
        """Start at one cohort; take those of the same module, site or time until there are enough people."""
        found = self.problem.candidates
        seed = self._random.choice(seating.cohorts)
        key = self._random.randrange(3)

        def distance(candidate: int) -> float:
            if key == 0:
                return float(found.module[candidate] != found.module[seed.candidate]) + self._random.random() / 2
            if key == 1:
                return float(self._site[candidate] != self._site[seed.candidate]) + self._random.random() / 2
            apart = abs(int(found.monday[candidate]) - int(found.monday[seed.candidate]))
            return apart + self._random.random() * 21

        people: dict[int, None] = {}
        for cohort in sorted(seating.cohorts, key=lambda c: 0.0 if c is seed else 0.01 + distance(c.candidate)):
            people.update(dict.fromkeys(int(self._person_of[need]) for need in sorted(cohort.needs)))
            if len(people) >= size:
                break
        return self._finish("cohorts", seating, list(people)[: size + size // 2])

    def _around_crew(self, seating: Seating, size: int) -> Neighbourhood:
        """Start at a crew; take its people and those of crews near by in the table."""
        crews = self.problem.crew_of
        start = int(self._random.choice(crews.tolist()))
        order = np.argsort(np.abs(crews - start) + np.array([self._random.random() for _ in crews]) * 2, kind="stable")
        return self._finish("crews", seating, order[:size].tolist())

    def _needs_in(self, candidate: int) -> list[int]:
        low, high = self._candidate_ptr[candidate], self._candidate_ptr[candidate + 1]
        needs: list[int] = self.problem.pairs.need[low:high].tolist()
        return needs

    def _shuffled(self, items: list[T]) -> list[T]:
        self._random.shuffle(items)
        return items

    def _finish(
        self, name: str, seating: Seating, people: list[int], num_candidates: int = FEW_CANDIDATES
    ) -> Neighbourhood:
        whole = {member for person in people for member in self._partners.get(person, [person])}
        return Neighbourhood(name, frozenset(whole), self._pairs_for(whole, seating, num_candidates))

    def _pairs_for(self, people: set[int], seating: Seating, num_candidates: int) -> Ints:
        """Return the pairs of some people: where they sit, what others have open, and what looks best together."""
        needs = [k for person in sorted(people) for k in self._needs_of_person.get(person, ())]
        rows = np.concatenate([np.zeros(0, dtype=np.int64), *(self._rows_of_need[k] for k in needs)])
        candidate = self.problem.pairs.candidate[rows]
        least = np.array([m.seats_min for m in self.problem.scenario.modules])[self.problem.candidates.module]
        crowd = np.bincount(candidate, minlength=len(self.problem.candidates))
        useful = crowd >= least
        kept = {c.candidate for c in seating.cohorts}
        open_now = np.zeros(len(self.problem.candidates), dtype=bool)
        open_now[list(kept)] = True
        ranked = self._ranked(rows, candidate, useful)
        chosen = open_now.copy()
        chosen[ranked[:num_candidates]] = True
        return np.sort(rows[chosen[candidate] & (useful | open_now)[candidate]])

    def _ranked(self, rows: Ints, candidate: Ints, useful: NDArray[np.bool_]) -> Ints:
        """Return candidates by their best pairs here, with some noise so that draws differ."""
        score = np.where(np.isfinite(self._score[rows]), self._score[rows], 1e18)
        order = np.argsort(score, kind="stable")
        ranked_candidates, first = np.unique(candidate[order], return_index=True)
        best = np.argsort(first, kind="stable")
        ranked = ranked_candidates[best]
        ranked = ranked[useful[ranked]]
        spread = self._random.choice(SPREADS)
        noise = np.array([self._random.random() for _ in range(len(ranked))]) * spread
        return ranked[np.argsort(np.arange(len(ranked)) + noise, kind="stable")]


def _adapted(size: float, proven: bool, least: float, most: float) -> float:
    return min(max(size * (1.04 if proven else 0.9), least), most)
