"""Neighbourhoods: small groups of people whose seats a search step decides anew, and what they may use.

Each begins where something can be gained: at an empty seat with the people who could fill a cohort
with it, at a few cohorts that compete for the same people, or at a crew that loses line time.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from lineside.solver.columns import Relaxation
from lineside.solver.finish import unseated_needs
from lineside.solver.local_prices import LocalPrices
from lineside.solver.problem import Problem
from lineside.solver.seating import Seating, seat_rows

Ints = NDArray[np.int64]
T = TypeVar("T")


FIRST_SIZE = {"empty seat": 16.0, "site": 60.0, "cohorts": 16.0, "crews": 16.0, "module": 60.0}
"""People of the first step of each kind; needs for ``module``."""
REBUILDING = "rebuilding"
"""The kind that needs no neighbourhood: a burst of quick moves (:mod:`lineside.solver.moves`)."""
LEAST_SIZE, MOST_SIZE = 8.0, 300.0
GROWTH, SHRINKAGE = 1.08, 0.85
"""How the size of a kind changes after a step that was proven quickly, and after one that was not proven."""
QUICK_WORK = 0.6
"""Deterministic seconds up to which a step was quick."""
LEAST_SHARE = 0.04
"""Share of time of the worst kind, compared with the best."""
MANY_PEOPLE, LEAST_REBUILDING = 1_000, 0.5
"""Apprentices from which on bursts of quick moves have a larger least share: most gain little and a few very much."""
LEAST_WORK = 1e-3
"""Least time that a step counts for."""
BURSTS_FIRST = 0.25
"""Share of the best burst's gain for its time down to which nothing but bursts of quick moves is worth its time."""
MEMORY = 0.95
"""What is left of a kind's past after one more step: with less, luck decides which kind counts as the best."""
SEED_CANDIDATES = 150
"""Candidates of a need whose people a step on its module begins with."""
SOME_CANDIDATES, MORE_CANDIDATES = 80, 1.0
"""Candidates that a step may open by the bound's prices, and how many more for each need."""
LOCAL_SHARE = 0.6
"""Share of steps whose candidates are chosen by the prices of the step's own needs, not of the whole bound."""
SOME_PAIRS, MORE_PAIRS = 800, 12
"""Pairs of such a step, beside those of open cohorts, and how many more for each need."""
PRICE_NOISE = 0.05
"""Mean noise of costs there, in hundreds of line-minutes, so that draws differ."""
SPREADS = (50, 400, 3_000)
"""How many places a candidate may move in the ranking by chance: from following it to ignoring it."""


@dataclass(frozen=True)
class Neighbourhood:
    """People to decide anew, the pair rows that they may use, and the empty seat that it began with, if any."""

    name: str
    people: frozenset[int]
    pairs: Ints
    need: int | None = None


class KindChoice:
    """Draws kinds of neighbourhoods, oftener those that gained most for their time lately (Ropke and Pisinger 2006).

    Parameters
    ----------
    kinds
        Names; all are as likely at first.
    least
        Least share of time of some kinds, compared with the best, if it is not that of all others.

    Notes
    -----
    Shares are of time, not of steps: a kind whose steps take three times as long is drawn a third as often.
    """

    def __init__(self, kinds: tuple[str, ...], least: Mapping[str, float] | None = None) -> None:
        self._least = dict.fromkeys(kinds, LEAST_SHARE) | dict(least or {})
        self._gain = dict.fromkeys(kinds, 0.0)
        self._work = dict.fromkeys(kinds, 0.0)
        self._steps = dict.fromkeys(kinds, 0.0)

    def draw(self, number: float) -> str:
        """Return a kind.

        Parameters
        ----------
        number
            From 0 to 1, by chance.
        """
        fresh = [kind for kind, steps in self._steps.items() if not steps]
        if fresh:
            return fresh[int(number * len(fresh))]
        rates = {kind: self._gain[kind] / self._work[kind] for kind in self._work}
        most = max(rates.values()) or 1.0
        time_shares = {kind: max(self._least[kind], rate / most) for kind, rate in rates.items()}
        shares = [share * self._steps[kind] / self._work[kind] for kind, share in time_shares.items()]
        number *= sum(shares)
        ends = np.cumsum(shares).tolist()
        return next((kind for kind, end in zip(rates, ends, strict=True) if number < end), list(rates)[-1])

    def learn(self, kind: str, gain: float, work: float) -> None:
        """Take in what a step of a kind gained, and the seconds, or the counted work, that it took."""
        self._gain[kind] = MEMORY * self._gain[kind] + gain
        self._work[kind] = MEMORY * self._work[kind] + max(work, LEAST_WORK)
        self._steps[kind] = MEMORY * self._steps[kind] + 1.0


class NeighbourhoodFinder:
    """Draws neighbourhoods around a seating.

    Parameters
    ----------
    problem
        The prepared problem.
    prices
        Prices of neighbourhoods.
    seed
        Seed of the draws.

    Attributes
    ----------
    focus
        Needs at whose empty seats steps may begin.
    """

    def __init__(self, problem: Problem, prices: LocalPrices, seed: int) -> None:
        self.problem, self._prices = problem, prices
        self._random = random.Random(seed)
        is_many = len(problem.scenario.apprentices) >= MANY_PEOPLE
        self._choice = KindChoice((REBUILDING, *FIRST_SIZE), {REBUILDING: LEAST_REBUILDING} if is_many else None)
        self._best_burst, self._bursts_first = 0.0, True
        self._size = dict(FIRST_SIZE)
        self._in_vain: dict[int, int] = {}
        pairs, needs = problem.pairs, problem.demand.needs
        self._person_of = np.array([need.person_idx for need in needs], dtype=np.int64)
        viable = problem.viable_pairs
        order = viable[np.argsort(pairs.need[viable], kind="stable")]
        ptr = np.searchsorted(pairs.need[order], np.arange(len(needs) + 1))
        self._rows_of_need = [order[ptr[k] : ptr[k + 1]] for k in range(len(needs))]
        self._candidate_ptr = np.searchsorted(pairs.candidate, np.arange(len(problem.candidates) + 1))
        self.focus = np.ones(len(needs), dtype=bool)
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

    @property
    def guide(self) -> NDArray[np.float64] | None:
        """What each pair adds to the bound at least, if prices of a bound are known."""
        return None if self._relaxation is None else self._score

    def choose(self) -> str:
        """Return the kind of the next step: of a neighbourhood, or ``REBUILDING``, which needs no prices."""
        first = self._relaxation is None or self._bursts_first
        return REBUILDING if first else self._choice.draw(self._random.random())

    def draw(self, kind: str, seating: Seating) -> Neighbourhood:
        """Return a neighbourhood of a kind: few people with many choices, or many people with few."""
        empty = [k for k in unseated_needs(self.problem, seating) if len(self._rows_of_need[k]) and self.focus[k]]
        size = round(self._size[kind])
        if kind == "empty seat" and empty:
            return self._around_empty_seat(seating, empty, size)
        if kind == "module":
            return self._around_module(seating, empty, size)
        if kind == "cohorts" and seating.cohorts:
            return self._around_cohorts(seating, size)
        return self._around_crew(seating, size) if kind == "crews" else self._around_site(seating, size)

    def around(self, name: str, seating: Seating, people: list[int]) -> Neighbourhood:
        """Return a neighbourhood of some people, with what they may use chosen as for any other."""
        return self._finish(name, seating, people)

    def learn(self, around: Neighbourhood, proven: bool, gain: float, work: float, seconds: float) -> None:
        """Adapt to a step: larger draws of its kind after a proof, smaller without; oftener what gains most.

        Parameters
        ----------
        around
            What was drawn.
        proven
            Whether its best seating was found and proven.
        gain
            Line-minutes by which the plan became better.
        work
            Deterministic seconds of its model.
        seconds
            What all of it took: seconds, or counted work.
        """
        self._choice.learn(around.name, gain, seconds)
        if around.need is not None:
            self._in_vain[around.need] = 0 if gain > 0 else self._in_vain.get(around.need, 0) + 1
        if not proven:
            self._size[around.name] = max(LEAST_SIZE, self._size[around.name] * SHRINKAGE)
        elif work < QUICK_WORK:
            self._size[around.name] = min(MOST_SIZE, self._size[around.name] * GROWTH)

    def learn_rebuilding(self, gain: float, seconds: float) -> None:
        """Take in what a burst of quick moves came to: line-minutes gained, and seconds or counted work."""
        rate = gain / max(seconds, LEAST_WORK)
        self._best_burst = max(self._best_burst, rate)
        self._bursts_first &= rate > BURSTS_FIRST * self._best_burst
        self._choice.learn(REBUILDING, gain, seconds)

    def _around_module(self, seating: Seating, empty: list[int], size: int) -> Neighbourhood:
        """Start at a need; take those of the same module who could share its cohorts, for that module alone.

        Everything else they sit in stays, so that many people can be decided on at once.
        """
        pairs, demand = self.problem.pairs, self.problem.demand
        need = self._random.choice(empty) if empty and self._random.random() < 0.5 else self._any_need()
        mine = self._rows_of_need[need]
        best = mine[np.argsort(self._score[mine], kind="stable")[:SEED_CANDIDATES]]
        shared = [self._needs_in(candidate) for candidate in pairs.candidate[best].tolist()]
        near, count = np.unique(np.concatenate(shared), return_counts=True)
        noise = np.array([self._random.random() for _ in range(len(near))])
        order = np.argsort(-np.log1p(count) - noise, kind="stable")
        needs = {need, *near[order[:size]].tolist()}
        people = {demand.needs[k].person_idx for k in needs}
        whole = {member for person in people for member in self._partners.get(person, [person])}
        module = demand.needs[need].module_idx
        free = [k for k in self._needs_of(whole) if demand.needs[k].module_idx == module]
        wide = self._pairs_for(free, seating)
        rows = np.union1d(wide, seat_rows(self.problem, seating, frozenset(whole)))
        return Neighbourhood("module", frozenset(whole), rows)

    def _any_need(self) -> int:
        return int(self.problem.pairs.need[self._random.choice(self.problem.viable_pairs)])

    def _needs_of(self, people: set[int]) -> list[int]:
        return [k for person in sorted(people) for k in self.problem.needs_of_person.get(person, ())]

    def _around_site(self, seating: Seating, size: int) -> Neighbourhood:
        """Start at a site; take everybody who could have most seats there, up to a whole small region."""
        row = self._random.choice(range(len(self.problem.pairs)))
        site = self._site[self.problem.pairs.candidate[row]]
        here = self._site[self.problem.pairs.candidate] == site
        count = np.bincount(self._person_of[self.problem.pairs.need[here]], minlength=len(self.problem.crew_of))
        noise = np.array([self._random.random() for _ in range(len(count))])
        order = np.argsort(-np.log1p(count) - noise, kind="stable")
        return self._finish("site", seating, order[:size].tolist())

    def _around_empty_seat(self, seating: Seating, empty: list[int], size: int) -> Neighbourhood:
        """Start at an empty seat; take the others who could sit in its best cohorts, empty seats first."""
        weights = [self.problem.demand.needs[k].price / 2.0 ** self._in_vain.get(k, 0) for k in empty]
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
        return self._finish("empty seat", seating, list(people)[:size], need)

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

    def _finish(self, name: str, seating: Seating, people: list[int], need: int | None = None) -> Neighbourhood:
        whole = {member for person in people for member in self._partners.get(person, [person])}
        return Neighbourhood(name, frozenset(whole), self._pairs_for(self._needs_of(whole), seating), need)

    def _pairs_for(self, needs: list[int], seating: Seating) -> Ints:
        """Return the pairs of some needs: where they sit, what others have open, and what looks best together."""
        rows = np.concatenate([np.zeros(0, dtype=np.int64), *(self._rows_of_need[k] for k in needs)])
        if self._random.random() < LOCAL_SHARE:
            return self._pairs_by_own_prices(rows, frozenset(needs), seating)
        candidate = self.problem.pairs.candidate[rows]
        least = np.array([m.seats_min for m in self.problem.scenario.modules])[self.problem.candidates.module]
        crowd = np.bincount(candidate, minlength=len(self.problem.candidates))
        useful = crowd >= least
        kept = {c.candidate for c in seating.cohorts}
        open_now = np.zeros(len(self.problem.candidates), dtype=bool)
        open_now[list(kept)] = True
        ranked = self._ranked(rows, candidate, useful)
        chosen = open_now.copy()
        chosen[ranked[: SOME_CANDIDATES + round(MORE_CANDIDATES * len(needs))]] = True
        return np.sort(rows[chosen[candidate] & (useful | open_now)[candidate]])

    def _pairs_by_own_prices(self, rows: Ints, needs: frozenset[int], seating: Seating) -> Ints:
        """Return the pairs of some needs that their own prices like best, with a little noise, and all that is open."""
        pairs, modules = self.problem.pairs, self.problem.scenario.modules
        stays, closable = (np.zeros(len(self.problem.candidates), dtype=bool) for _ in range(2))
        for cohort in seating.cohorts:
            (closable if cohort.needs <= needs else stays)[cohort.candidate] = True
        candidate = pairs.candidate[rows]
        joined = rows[(stays | closable)[candidate]]
        start = None if self._relaxation is None else self._relaxation.need_price
        fresh, cost = self._prices.reduced(np.sort(rows[~stays[candidate]]), rows[stays[candidate]], start)
        noise = np.random.default_rng(self._random.getrandbits(32)).exponential(PRICE_NOISE, len(fresh))
        best = fresh[np.argsort(cost + noise * self._prices.unit, kind="stable")]
        best = best[: SOME_PAIRS + MORE_PAIRS * len(needs)]
        least = np.array([row.seats_min for row in modules])[self.problem.candidates.module]
        crowd = np.bincount(pairs.candidate[best], minlength=len(least))
        return np.union1d(joined, best[(crowd >= least)[pairs.candidate[best]]])

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
