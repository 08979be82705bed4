"""The proof: raises the bound by prices alone, by column generation and rows, then by branch and bound."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from lineside.solver.ascent import Ascent
from lineside.solver.bound import ColumnGeneration
from lineside.solver.branching import Tree
from lineside.solver.budget import Allowance, Budget
from lineside.solver.columns import Relaxation
from lineside.solver.conflicts import Conflicts
from lineside.solver.cuts import Separator
from lineside.solver.limit_rows import add_limit_rows
from lineside.solver.problem import Problem
from lineside.solver.program import ProgramError

CLOSE = 3e-4
"""Gap of the master at which rows are added."""
GUIDE_SECONDS = 2.0
"""How often the search is given the newest prices while the bound is still rising."""
BRANCH_PAIRS = 60_000
"""Pairs up to which a case of branch and bound is settled quickly enough to be worth it."""
ASCENT_WORK = 1e-7
"""Work of a round of prices alone, in deterministic seconds a pair."""
ROUND_WORK, PAIR_WORK, COLUMN_WORK = 0.01, 2e-6, 1e-5
"""Work of a round of column generation, and of each pair and column in it, in deterministic seconds."""


class Proof:
    """Raises the lower bound of one problem.

    Parameters
    ----------
    problem, conflicts
        The prepared problem and the shared memory of conflicts.
    budget
        What may be used.
    on_bound
        Called with each bound in units, not always a better one.
    is_done
        Whether a better bound is of no use any more.
    """

    def __init__(
        self,
        problem: Problem,
        conflicts: Conflicts,
        budget: Budget,
        on_bound: Callable[[float], None],
        is_done: Callable[[], bool],
    ) -> None:
        self.problem, self._conflicts, self._budget = problem, conflicts, budget
        self._on_bound, self._is_done = on_bound, is_done
        self.relaxation: Relaxation | None = None
        self.failed = self.is_relaxed = False
        self._master: ColumnGeneration | None = None
        self._tree: Tree | None = None
        self._allowance = budget.share(0.0)
        self._guided = 0.0

    @property
    def can_branch(self) -> bool:
        """Whether there are cases left to tell apart."""
        return self._tree is not None and not self.failed and not self._tree.is_stuck

    def ascend(self, allowance: Allowance) -> None:
        """Raise the bound by prices alone until they hardly move, or a share of the budget is used up.

        Parameters
        ----------
        allowance
            The share.
        """
        ascent = Ascent(self.problem)
        work = ASCENT_WORK * len(self.problem.viable_pairs)

        def goes_on() -> bool:
            self._budget.spend(work)
            if time.monotonic() > self._guided + GUIDE_SECONDS:
                self.relaxation, self._guided = ascent.relaxation(), time.monotonic()
            return self._budget.allows(allowance) and not self._is_done()

        ascent.run(goes_on, self._on_bound)
        self.relaxation = ascent.relaxation()

    def relax(self, allowance: Allowance, keep_guiding: bool) -> None:
        """Solve the relaxation: add columns and rows until none is left, or a share of the budget is used up.

        Called again, it goes on.

        Parameters
        ----------
        allowance
            The share.
        keep_guiding
            Whether others read :attr:`relaxation` meanwhile.
        """
        if self._master is None:
            self._master = ColumnGeneration(self.problem, self.problem.viable_pairs)
            self._separator = Separator(self._master, self._conflicts)
            add_limit_rows(self._master)
            if self.relaxation is not None:
                self._master.start_from(self.relaxation.need_price)
        master, separator = self._master, self._separator
        self._allowance = allowance
        while self._goes_on():
            try:
                objective = master.round()
            except ProgramError:
                self.failed = True
                break
            self._on_bound(self._units(master.best))
            if keep_guiding and time.monotonic() > self._guided + GUIDE_SECONDS:
                self._guide(master)
            if master.converged or objective - master.best < CLOSE * abs(objective):
                added = separator.add_violated()
                if master.converged and not added:
                    break
                master.converged = master.converged and not added
        if master.has_bound:
            self._guide(master)
        self.is_relaxed = self.failed or master.converged
        if master.converged and len(self.problem.viable_pairs) <= BRANCH_PAIRS:
            self._tree = Tree(master, separator, self._goes_on)

    def _guide(self, master: ColumnGeneration) -> None:
        """Give others the newest prices, unless older ones prove more."""
        if self.relaxation is None or master.best * master.unit >= self.relaxation.bound:
            self.relaxation, self._guided = master.relaxation(), time.monotonic()

    def branch(self, allowance: Allowance, cutoff: Callable[[], float]) -> None:
        """Tell cases apart until none is left or a share of the budget is used up.

        Parameters
        ----------
        allowance
            The share.
        cutoff
            Returns the units from which on a bound ends a case: no better plan is in it.
        """
        self._allowance = allowance
        tree, master = self._tree, self._master
        if tree is None or master is None:
            return
        left = True
        while left and self._goes_on():
            limit = cutoff()
            try:
                left = tree.step((limit - self.problem.constant) / master.unit)
            except ProgramError:
                self.failed = True
                return
            self._on_bound(min(limit, self._units(tree.bound)))

    def _units(self, bound: float) -> float:
        master = self._master
        return -math.inf if master is None else bound * master.unit + self.problem.constant

    def _goes_on(self) -> bool:
        """Count the work of a round and return whether there is budget for it."""
        columns = len(self._master.columns) if self._master is not None else 0
        self._budget.spend(ROUND_WORK + PAIR_WORK * len(self.problem.viable_pairs) + COLUMN_WORK * columns)
        return self._budget.allows(self._allowance) and not self._is_done()
