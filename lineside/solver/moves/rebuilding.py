"""Closing a few cohorts around an empty or dear seat and building anew from their people: ruin and recreate.

Filling alone stops where every companion is needed where they are, or sits in something that keeps them from
coming. Here a need and a candidate for it are drawn; whoever is needed to open that candidate is put out of
their seats, with whatever keeps them from coming; the candidate is opened, and everybody who was put out is
seated again as well as can be. What is not better is undone. Hundreds of such trials take the time of one
exact step.

References
----------
.. [1] G. Schrimpf et al., Record Breaking Optimization Results Using the Ruin and Recreate Principle, Journal of
   Computational Physics 159, 2000.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lineside.solver.moves.filling import Filler
from lineside.solver.moves.standing import NEVER, Standing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_OUT = 80
"""People who are put out in one trial."""
MOST_ROUNDS = 4
"""Times that those who were put out join open cohorts and open new ones."""
MOST_OFFERS = 15
"""Candidates that are tried in one such round."""
MOST_KIN = 12
"""Others without a seat who are offered what is opened."""
LEAST_EMPTY, MOST_EMPTY = 0.5, 0.95
"""Least and most share of trials that begin at an empty seat, while there is one that could be filled."""
MEMORY = 0.98
"""What is left of what trials of a kind have gained after one more of them."""
SWITCH_SHARE = 0.4
"""Share of those in which another option is chosen, where there is one."""
GUIDED_SHARE, GUIDED_RANK = 0.7, 8.0
"""Share of draws of a candidate that follow the bound's prices, if there are any, and the rank drawn on average."""
LATEST = 0.2
"""Share of a need's cheaper candidates within which most draws fall."""
NOISE = 0.2
"""Share by which a saving is made smaller at most before offers are ranked, so that draws differ."""
TRIAL_WORK = 5e-4
"""Counted work of a trial, without what its parts take."""
REFRESH = 20
"""Trials between two looks at which seats are dear."""


@dataclass
class _Ruin:
    """What was put out for a need: the candidate to open, the needs that lost a seat, and who must end before it."""

    need: int
    candidate: int
    was_empty: bool = False
    out: list[int] = field(default_factory=list)
    early: list[int] = field(default_factory=list)


class Rebuilder:
    """Improves a standing seating by trials.

    Parameters
    ----------
    standing
        What to change.
    filler
        Fills its seats.
    seed
        Seed of the draws.

    Attributes
    ----------
    units
        Objective of the seating as it stands.
    focus
        Needs at which trials begin.
    patience
        Units by which it may become worse in one trial, on average of those that are kept.
    score
        What each pair adds to the bound at least, if that is known.
    """

    def __init__(self, standing: Standing, filler: Filler, seed: int) -> None:
        self.standing, self._prospects, self._filler = standing, standing.prospects, filler
        self._pairs, self._found = standing.problem.pairs, standing.problem.candidates
        self._module = np.array([need.module_idx for need in standing.problem.demand.needs], dtype=np.int64)
        self._module_needs = [np.flatnonzero(self._module == k) for k in range(len(standing.problem.scenario.modules))]
        self._meetable = np.isfinite(self._prospects.cheapest)
        self._optional = np.array([bool(need.options) for need in standing.problem.demand.needs], dtype=bool)
        self._random = random.Random(seed)
        self._in_vain = np.zeros(len(self._module))
        self.focus = np.ones(len(self._module), dtype=bool)
        self._trials = 0
        self._dear: tuple[list[int], list[float]] = ([], [])
        self.patience = 0.0
        self._lately = {kind: np.array([0.0, TRIAL_WORK]) for kind in (True, False)}
        """What trials that began at an empty seat, and the others, have gained lately, and the work that they took."""
        self.score: Floats | None = None
        self.units = standing.units()

    def trial(self) -> bool:
        """Try once; return whether the seating was changed for good."""
        standing = self.standing
        if self._trials % REFRESH == 0:
            self._dear = self._dear_seats()
        self._trials += 1
        began = self._filler.work
        self._filler.work += TRIAL_WORK
        mark = standing.mark()
        ruin = self._draw()
        if ruin is None:
            standing.undo(mark)
            return False
        before, is_kept = self.units, self._try(ruin)
        gained = float(max(0, before - self.units))
        self._lately[ruin.was_empty] = MEMORY * self._lately[ruin.was_empty] + (gained, self._filler.work - began)
        if not is_kept:
            standing.undo(mark)
        return is_kept

    def _try(self, ruin: _Ruin) -> bool:
        """Ruin and recreate; return whether what came of it is kept."""
        standing = self.standing
        if not self._make_way(ruin):
            return False
        self._recreate(ruin)
        if standing.holds(ruin.out):
            units = standing.units()
            self._in_vain[ruin.need] = 0.0 if units < self.units else self._in_vain[ruin.need] + 1
            if units <= self.units + self.patience * self._random.expovariate(1.0):
                self.units = units
                standing.keep()
                return True
        else:
            self._in_vain[ruin.need] += 1
        return False

    def _draw(self) -> _Ruin | None:
        """Draw a need and the candidate to open for it; another option may have been chosen on the way."""
        hopeful = self._meetable | self._optional
        empty = np.flatnonzero(self.standing.asked & (self.standing.home < 0) & hopeful & self.focus)
        if len(empty) and self._random.random() < self._empty_share:
            return self._draw_empty(empty)
        needs, ends = self._dear
        if not needs:
            return None
        need = self._random.choices(needs, cum_weights=ends)[0]
        if self.standing.home[need] < 0:
            return None
        rows, cost = self._prospects.rows_of(need), self._prospects.cost
        better = rows[cost[rows] < cost[self.standing.row[need]]]
        if not len(better):
            return None
        at = min(len(better) - 1, int(self._random.expovariate(1.0) * len(better) * LATEST))
        row = better[np.argsort(cost[better], kind="stable")[at]]
        return _Ruin(need, int(self._pairs.candidate[row]))

    @property
    def _empty_share(self) -> float:
        """Share of trials that begin at an empty seat: the more they gain for their work, the more."""
        empty, dear = (gained / work for gained, work in self._lately.values())
        return float(min(MOST_EMPTY, max(LEAST_EMPTY, empty / (empty + dear)))) if empty else LEAST_EMPTY

    def _draw_empty(self, empty: Ints) -> _Ruin | None:
        weights = np.maximum(self._prospects.price[empty], 1) / (1.0 + self._in_vain[empty])
        need = self._random.choices(empty.tolist(), cum_weights=np.cumsum(weights).tolist())[0]
        ruin = _Ruin(need, -1, was_empty=True)
        choice = self._prospects.choice_of(need)
        if choice >= 0 and (not self._meetable[need] or self._random.random() < SWITCH_SHARE):
            if not self._switch(choice, ruin):
                return None
            fresh = [k for k in self._prospects.under[choice] if self._is_empty(k) and self._meetable[k]]
            if not fresh:
                return ruin
            ruin.need = self._random.choice(fresh)
        ruin.candidate = int(self._pairs.candidate[self._draw_row(self._prospects.rows_of(ruin.need))])
        return ruin

    def _draw_row(self, rows: Ints) -> int:
        """Return one of some pair rows: often one that the bound's prices like."""
        if self.score is None or self._random.random() >= GUIDED_SHARE:
            return int(self._random.choice(rows))
        rank = min(len(rows) - 1, int(self._random.expovariate(1.0 / GUIDED_RANK)))
        return int(rows[np.argsort(self.score[rows], kind="stable")[rank]])

    def _is_empty(self, need: int) -> bool:
        return bool(self.standing.asked[need]) and self.standing.home[need] < 0

    def _switch(self, choice: int, ruin: _Ruin) -> bool:
        """Choose another option; return whether there is one for which nothing fixed stands in the way."""
        standing = self.standing
        others = [k for k in standing.problem.demand.choices[choice] if k != standing.chosen[choice]]
        return bool(others) and self._choose(choice, self._random.choice(others), ruin)

    def _choose(self, choice: int, option: int, ruin: _Ruin) -> bool:
        """Choose an option and put out whom that upsets; return whether nothing fixed stood in the way."""
        standing, needs = self.standing, self.standing.problem.demand.needs
        gone = [k for k in self._prospects.under[choice] if standing.home[k] >= 0 and option not in needs[k].options]
        if not all(self._put_out(k, ruin) for k in gone):
            return False
        standing.choose(choice, option)
        return all(self._put_out(k, ruin) for k in standing.upset_by(choice))

    def _dear_seats(self) -> tuple[list[int], list[float]]:
        """Return seated needs that could sit more cheaply, and running sums of by how much."""
        seated = np.flatnonzero((self.standing.home >= 0) & self.focus)
        regret = self._prospects.cost[self.standing.row[seated]] - self._prospects.cheapest[seated]
        dear = regret > 0
        dear[np.isin(seated, list(self._prospects.fixed))] = False
        return seated[dear].tolist(), np.cumsum(regret[dear]).tolist()

    def _make_way(self, ruin: _Ruin) -> bool:
        """Put out whoever keeps the candidate from having enough people; return whether it can be tried."""
        if ruin.candidate < 0:
            return True
        standing, prospects = self.standing, self._prospects
        if not self._free(ruin.need, ruin):
            return False
        if self._has_room(ruin.candidate):
            return True
        if standing.bookings.servers(ruin.candidate) is None and not self._free_servers(ruin):
            return False
        there = self._pairs.need[self._rows_at(ruin.candidate)]
        lacking = int(prospects.least[ruin.candidate])
        if len(there) < lacking:
            return False
        lacking += self._random.randint(0, 2)
        ready = {ruin.need}
        for need in there[standing.away[there] > -NEVER].tolist():
            if len(ready) >= lacking:
                break
            if standing.can_sit(need, ruin.candidate):
                ready.add(need)
        lacking -= len(ready)
        for need in self._hardest_last([k for k in there.tolist() if k not in ready]):
            if lacking <= 0 or len(ruin.out) > MOST_OUT:
                break
            lacking -= self._free(need, ruin)
        return True

    def _free_servers(self, ruin: _Ruin) -> bool:
        """Close what takes one room and one instructor of the candidate; return whether that could be done."""
        problem, candidate = self.standing.problem, ruin.candidate
        rooms, teachers = problem.rooms.of(candidate).tolist(), problem.instructors.of(candidate).tolist()
        if not rooms or not teachers:
            return False
        in_the_way = self.standing.bookings.in_the_way(
            candidate, self._random.choice(rooms), self._random.choice(teachers)
        )
        return all(self._close(number, ruin) for number in in_the_way)

    def _has_room(self, candidate: int) -> bool:
        cohorts = (self.standing.cohorts[k] for k in self.standing.open_at.get(candidate, ()))
        return any(len(cohort.members) < cohort.most for cohort in cohorts)

    def _hardest_last(self, needs: list[int]) -> list[int]:
        """Return needs in an order by chance in which those who sit together come first."""
        homes = Counter(self.standing.home[needs].tolist())
        homes[-1] = min(homes[-1], 4)
        return sorted(needs, key=lambda k: -homes[int(self.standing.home[k])] * self._random.random())

    def _free(self, need: int, ruin: _Ruin) -> bool:
        """Put out what keeps a need from a candidate, and the need itself; return whether that could be done."""
        if not self.standing.asked[need]:
            option = self._random.choice(self.standing.problem.demand.needs[need].options)
            if not self._choose(self._prospects.choice_of(need), option, ruin):
                return False
        for member in self._filler.group(need, ruin.candidate) or (need,):
            earlier = {row.need_before for row in self._prospects.waits.get(member, ())}
            for blocker in self.standing.blockers(member, ruin.candidate):
                if not self._put_out(blocker, ruin):
                    return False
                if blocker in earlier:
                    ruin.early.append(blocker)
        return self._put_out(need, ruin)

    def _put_out(self, need: int, ruin: _Ruin) -> bool:
        standing = self.standing
        number = int(standing.home[need])
        if number < 0:
            return True
        if need in self._prospects.fixed:
            return False
        if need in self._prospects.party or standing.spare(number) <= 0:
            return self._close(number, ruin)
        standing.unseat(need)
        ruin.out.append(need)
        return True

    def _close(self, number: int, ruin: _Ruin) -> bool:
        if number < 0:
            return False  # a frozen cohort
        members = sorted(self.standing.cohorts[number].members)
        if self.standing.must_stay(number) or any(member in self._prospects.fixed for member in members):
            return False
        for member in members:
            self.standing.unseat(member)
        self.standing.close(number)
        ruin.out.extend(members)
        return True

    def _recreate(self, ruin: _Ruin) -> None:
        """Seat those who must be done first, open the candidate, and seat everybody else."""
        filler = self._filler
        if ruin.candidate >= 0:
            self._seat_early(ruin)
            if not filler.join_at(ruin.need, ruin.candidate):
                filler.open(ruin.candidate, self._rows_at(ruin.candidate), ruin.need)
        pool = [*ruin.out, *self._kin(ruin)]
        for _ in range(MOST_ROUNDS):
            pool = [k for k in pool if self._is_empty(k)]
            filler.join(pool)
            pool = [k for k in pool if self._is_empty(k)]
            if not pool or not self._open_best(filler.candidates_of(pool)):
                return

    def _seat_early(self, ruin: _Ruin) -> None:
        begins = int(self._found.begins[ruin.candidate])
        self._filler.join(ruin.early, begins)
        early = [k for k in ruin.early if self._is_empty(k)]
        if early:
            options = self._filler.candidates_of(early)
            self._open_best(options[self._found.ends[options] < begins])

    def _rows_at(self, candidate: int) -> Ints:
        rows = np.arange(self._prospects.first_pair[candidate], self._prospects.first_pair[candidate + 1])
        viable: Ints = rows[self._prospects.viable[rows]]
        return viable

    def _kin(self, ruin: _Ruin) -> list[int]:
        """Return the need and some others that go without: of its module, who could come to the same place."""
        alike = self._module_needs[self._module[ruin.need]]
        if ruin.candidate >= 0:
            alike = self._prospects.alike(ruin.candidate)
        empty = alike[self.standing.asked[alike] & (self.standing.home[alike] < 0) & self._meetable[alike]].tolist()
        return [ruin.need, *self._random.sample(empty, min(MOST_KIN, len(empty)))]

    def _open_best(self, candidates: Ints) -> bool:
        """Open some of the candidates that save most, with some chance; return whether any was opened."""
        offers = self._filler.offers(candidates)
        noise = np.array([self._random.uniform(1.0 - NOISE, 1.0) for _ in range(len(offers.saving))])
        opened = False
        for k in np.argsort(offers.saving * noise, kind="stable")[:MOST_OFFERS].tolist():
            opened |= self._filler.open(int(offers.candidate[k]), offers.people(k)) is not None
        return opened
