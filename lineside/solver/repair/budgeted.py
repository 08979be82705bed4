"""The search within limits on changes: exact steps in neighbourhoods, each with the rows of the limits."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lineside.solver.budget import Budget
from lineside.solver.columns import Relaxation
from lineside.solver.model.build import Answer, Limits, build, solve_draft
from lineside.solver.moves.quick import QuickSearch
from lineside.solver.neighbourhoods import FIRST_SIZE, KindChoice, Neighbourhood, NeighbourhoodFinder
from lineside.solver.repair.held import RepairScope
from lineside.solver.repair.rules import ChangeRules
from lineside.solver.search import STEP_WORK, Incumbent, NeighbourhoodSearch
from lineside.solver.seating import Seating

Ints = NDArray[np.int64]

ALTERED = "altered"
"""The kind of step around people whose seats change anyway."""
MOST_ALTERED = 24
"""People whose seats change anyway that one step decides on."""
PATIENCE = 12
"""Steps in vain after which a search among people whose seats change anyway has come to its end."""


class BudgetedSearch(NeighbourhoodSearch):
    """Improves an incumbent within limits on changes.

    Parameters
    ----------
    incumbent, guide, budget, seed
        As for :class:`~lineside.solver.search.NeighbourhoodSearch`; the incumbent keeps the limits.
    rules
        The limits.

    Notes
    -----
    Steps are drawn as for any search, and around people whose seats change anyway. If the number of needs that
    change is limited to the least, hardly anybody else can change, and all steps are of that kind.
    """

    def __init__(
        self,
        incumbent: Incumbent,
        guide: Callable[[], Relaxation | None],
        budget: Budget,
        seed: int,
        rules: ChangeRules,
    ) -> None:
        super().__init__(incumbent, guide, budget, seed)
        self._rules = rules
        self._kinds = KindChoice((ALTERED, *FIRST_SIZE))
        self._random = random.Random(seed)
        self._in_vain = 0

    @property
    def is_stuck(self) -> bool:
        """Whether there is hardly anything left to gain among the people whose seats change anyway."""
        most = self._rules.most_altered
        return most is not None and (most == 0 or self._in_vain >= PATIENCE)

    def _step(self, finder: NeighbourhoodFinder, quick: QuickSearch, step: int) -> None:
        with self._lock:
            base = self.incumbent.seating
        assert base is not None  # there was one when the loop began
        finder.follow(self._guide())
        began = time.monotonic()
        around = self._drawn(finder, base)
        answer = self._solve(base, around.people, around.pairs, step)
        gain = 0.0 if answer.seating is None else self._take(base, answer.seating, around, step)
        self._in_vain = 0 if gain > 0 else self._in_vain + 1
        took = self._took(began, answer.work)
        self._kinds.learn(around.name, gain, took)
        if around.name != ALTERED:
            proven = answer.seating is not None and answer.status == "optimal"
            finder.learn(around, proven, gain, answer.work, took)

    def _drawn(self, finder: NeighbourhoodFinder, base: Seating) -> Neighbourhood:
        people = self._rules.people_altered(self.incumbent.problem, base)
        kind = ALTERED if self._rules.most_altered is not None else self._kinds.draw(self._random.random())
        if kind != ALTERED or not people:
            return finder.draw(kind if kind != ALTERED else "module", base)
        self._random.shuffle(people)
        return finder.around(ALTERED, base, people[:MOST_ALTERED])

    def _solve(self, base: Seating, people: frozenset[int], pairs: Ints, step: int) -> Answer:
        incumbent = self.incumbent
        memory = incumbent.conflicts, incumbent.ledger, incumbent.occupancy
        scope = RepairScope(incumbent.problem, people, pairs, base, *memory, held=self._rules.held)
        draft = build(scope)
        self._rules.add_to(draft)
        seconds, deterministic = self._budget.limit(STEP_WORK)
        limits = Limits(max(0.05, seconds), 1, self._seed + step, deterministic or STEP_WORK, brief=True)
        answer = solve_draft(draft, limits, hint=base, stop=self._budget.stop)
        self._budget.spend(answer.work)
        return answer
