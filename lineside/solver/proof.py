"""The proof: raises the bound by prices alone, by column generation and rows, then by branch and bound."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lineside.solver.ascent import Ascent
from lineside.solver.bound import ColumnGeneration
from lineside.solver.budget import Allowance, Budget
from lineside.solver.columns import Column, Relaxation, columns_of
from lineside.solver.compact.proof import BranchAndCut, rows_of
from lineside.solver.conflicts import Conflicts
from lineside.solver.cuts import Separator
from lineside.solver.early_prices import EarlyPrices
from lineside.solver.exclusions import nearest
from lineside.solver.limit_rows import add_limit_rows
from lineside.solver.problem import Problem
from lineside.solver.program import ProgramError, ProgramStoppedError
from lineside.solver.seating import Ledger, Seating
from lineside.solver.settling import settle

FIRST_CLOSE, CLOSE, CLOSE_IF_LARGE = 3e-2, 3e-3, 1e-2
"""Gap of the master at which rows are added for the first time, and later."""
SETTLE_EVERY = 2
"""Rounds of a large master, counted from the last rows, after which its prices of needs settle by themselves."""
SEATS_A_PERSON = 60
"""Seats of a person, the best at the prices of a large region, that rows about people are looked for in."""
GUIDE_SECONDS = 2.0
"""How often the search is given the newest prices while the bound is still rising."""
COMPACT_PAIRS = 15_000
"""Pairs that a better plan may hold up to which branch and cut over them is quick enough to be worth it."""
ROUND_SHARE, SHORT_SECONDS = 0.5, 60.0
"""Share of the time for a round of branch and cut, which tells nothing before it ends; less time is not parted."""
START_SECONDS = 1.5
"""Time to begin and end a round."""
COUNTED_NODES = 50
"""Nodes of a round where work is counted instead of time."""
NODE_WORK = 5e-6
"""Work of such a node, in deterministic seconds a pair."""
ASCENT_WORK = 1e-7
"""Work of a round of prices alone, in deterministic seconds a pair."""
ROUND_WORK, PAIR_WORK, COLUMN_WORK = 0.01, 2e-6, 1e-5
"""Work of a round of column generation, and of each pair and column in it, in deterministic seconds."""


class Proof:
    """Raises the lower bound of one problem.

    Parameters
    ----------
    problem, conflicts, ledger
        The prepared problem and the shared memories of conflicts and of line time.
    budget
        What may be used.
    on_bound
        Called with each bound in units, not always a better one.
    is_done
        Whether a better bound is of no use any more.
    cutoff
        Returns the units from which on no plan is of interest; default infinite, as if there was no plan.
    plan
        Returns the best plan so far, if there is any.
    """

    def __init__(
        self,
        problem: Problem,
        conflicts: Conflicts,
        ledger: Ledger,
        budget: Budget,
        on_bound: Callable[[float], None],
        is_done: Callable[[], bool],
        cutoff: Callable[[], float] = lambda: math.inf,
        plan: Callable[[], Seating | None] = lambda: None,
    ) -> None:
        self.problem, self._conflicts, self._ledger, self._budget = problem, conflicts, ledger, budget
        self._on_bound, self._is_done, self._cutoff, self._plan = on_bound, is_done, cutoff, plan
        self.relaxation: Relaxation | None = None
        self.failed = self.is_relaxed = False
        self._early: EarlyPrices | None = None
        self._master: ColumnGeneration | None = None
        self._separator: Separator | None = None
        self._cutting: BranchAndCut | None = None
        self._can_cut = False
        self._columns: list[Column] = []
        self._rounds = 0
        self._guided = 0.0

    @property
    def can_cut(self) -> bool:
        """Whether branch and cut may raise the bound now."""
        return self.waits_to_cut and (self._cutting is not None or self._num_open <= COMPACT_PAIRS)

    @property
    def waits_to_cut(self) -> bool:
        """Whether branch and cut may raise the bound as soon as plans are good enough to rule out most pairs."""
        return self._can_cut and not self.failed

    @property
    def _num_open(self) -> int:
        """Number of pairs that a plan below the cutoff may hold, by the prices of the bound."""
        relaxation = self.relaxation
        if relaxation is None:
            return len(self.problem.viable_pairs)
        room = self._cutoff() - self.problem.constant - relaxation.bound
        return int(np.count_nonzero(relaxation.pair_reduced <= room))

    @property
    def num_rows(self) -> int:
        """Number of rows that have been added to the master."""
        return 0 if self._master is None else len(self._master.rows)

    @property
    def master(self) -> ColumnGeneration | None:
        """The column generation, once it has begun."""
        return self._master

    def ascend_early(self, allowance: Allowance, relaxes_on: bool) -> None:
        """Begin what :meth:`ascend` does in a process of its own; no other thread may be at work meanwhile.

        Parameters
        ----------
        allowance, relaxes_on
            As there.
        """
        self._early = EarlyPrices(self.problem, max(0.0, allowance.until - time.monotonic()), relaxes_on)

    def look(self) -> None:
        """Report the bounds of prices that rise in a process of their own."""
        if self._early is not None:
            self._early.look(self._on_bound)

    def close(self) -> None:
        """End the process in which prices rise, if there is one."""
        if self._early is not None:
            self._early.close()
            self._early = None

    def ascend(self, allowance: Allowance, relaxes_on: bool) -> None:
        """Raise the bound by prices alone until they hardly move, or a share of the budget is used up.

        Parameters
        ----------
        allowance
            The share.
        relaxes_on
            Whether :meth:`relax` is to follow.
        """
        if self._early is not None:
            found = self._early.wait(lambda: self._is_wanted(allowance), self._on_bound)
            self.close()
            if found is not None:
                self.relaxation, self._columns = found
            if found is not None or not self._is_wanted(allowance):
                return
        ascent = Ascent(self.problem, relaxes_on)

        def goes_on() -> bool:
            if time.monotonic() > self._guided + GUIDE_SECONDS:
                self.relaxation, self._guided = ascent.relaxation(), time.monotonic()
            return self._prices_on(allowance)

        ascent.run(goes_on, self._on_bound)
        self.relaxation, self._columns = ascent.relaxation(), ascent.columns

    def relax(self, allowance: Allowance, keep_guiding: bool, is_enough: Callable[[], bool] = lambda: False) -> None:
        """Solve the relaxation: add columns and rows until none is left, or a share of the budget is used up.

        Called again, it goes on.

        Parameters
        ----------
        allowance
            The share.
        keep_guiding
            Whether others read :attr:`relaxation` meanwhile.
        is_enough
            Asked before each round whether to leave it at that for now.
        """
        master, separator = self._begun()
        while self._goes_on(allowance) and not is_enough():
            try:
                objective = master.round(lambda: self._is_wanted(allowance))
            except ProgramStoppedError:
                break
            except ProgramError:
                self.failed = True
                break
            self._on_bound(self._units(master.best))
            if keep_guiding and time.monotonic() > self._guided + GUIDE_SECONDS:
                self._guide(master)
            self._rounds += 1
            later = CLOSE_IF_LARGE if master.is_large else CLOSE
            close = later if master.rows else FIRST_CLOSE
            if master.converged or objective - master.best < close * abs(objective):
                self._rounds = 0
                added = separator.add_violated()
                if added and master.is_large:
                    self._add_plan(master)
                if master.converged and not added and not master.tighten():
                    break
                master.converged = False
            elif master.is_large and self._rounds % SETTLE_EVERY == 0:
                settle(master, lambda: self._prices_on(allowance))
                master.tighten()
                self._on_bound(self._units(master.best))
        if master.has_bound:
            self._guide(master)
        self.is_relaxed = self.failed or master.converged
        self._can_cut = master.converged

    def _begun(self) -> tuple[ColumnGeneration, Separator]:
        """Return the master and what finds its rows, made on first use; prices alone, where known, are their start."""
        if self._master is None or self._separator is None:
            problem = self.problem
            self._master = ColumnGeneration(problem, problem.viable_pairs)
            add_limit_rows(self._master)
            seats = None
            if self.relaxation is not None:
                self._master.start_from(self.relaxation.need_price, self._columns)
                self._columns = []
                seats = nearest(problem, self.relaxation.pair_rows, self.relaxation.pair_reduced, SEATS_A_PERSON)
            self._separator = Separator(self._master, self._conflicts, seats)
        return self._master, self._separator

    def _add_plan(self, master: ColumnGeneration) -> None:
        """Add the cohorts of the best plan, which keep all rows, to a master whose other cohorts do not."""
        seating = self._plan()
        for column in columns_of(self.problem, seating) if seating is not None else ():
            master.add_column(column)

    def _guide(self, master: ColumnGeneration) -> None:
        """Give others the newest prices, unless older ones prove more."""
        if self.relaxation is None or master.best * master.unit >= self.relaxation.bound:
            self.relaxation, self._guided = master.relaxation(), time.monotonic()

    def cut(self, allowance: Allowance, on_solution: Callable[[NDArray[np.int64]], None]) -> None:
        """Raise the bound by branch and cut until nothing is left to prove, or a share of the budget is used up.

        Parameters
        ----------
        allowance
            The share.
        on_solution
            Called with the pair rows of the cohorts that a solution of the relaxation opens.
        """
        master = self._master
        while master is not None and self.can_cut and self._goes_on(allowance):
            limit = self._cutoff()
            above = (limit - self.problem.constant) / master.unit
            try:
                if self._cutting is None:
                    self._cutting = BranchAndCut(master, self._conflicts, self._ledger, above)
                seconds = max(START_SECONDS, self._budget.seconds_left - START_SECONDS)
                seconds = seconds if seconds < SHORT_SECONDS else max(SHORT_SECONDS, ROUND_SHARE * seconds)
                nodes = COUNTED_NODES if self._budget.counted else None
                found = self._cutting.round(seconds, above, nodes, self._budget.stop)
            except ProgramError:
                self.failed = True
                return
            self._on_bound(min(limit, self._units(found.bound)))
            self._budget.spend(NODE_WORK * COUNTED_NODES * self._cutting.num_pairs)
            if found.solutions:
                on_solution(rows_of(self.problem, found.solutions[0]))
            self._can_cut = found.goes_on

    def _units(self, bound: float) -> float:
        master = self._master
        return -math.inf if master is None else bound * master.unit + self.problem.constant

    def _is_wanted(self, allowance: Allowance) -> bool:
        """Return whether a better bound is of use, and a share of the budget is left for it."""
        return self._budget.allows(allowance) and not self._is_done()

    def _prices_on(self, allowance: Allowance) -> bool:
        """Count the work of one pricing and return whether there is budget for it."""
        self._budget.spend(ASCENT_WORK * len(self.problem.viable_pairs))
        return self._is_wanted(allowance)

    def _goes_on(self, allowance: Allowance) -> bool:
        """Count the work of a round and return whether there is budget for it."""
        columns = len(self._master.columns) if self._master is not None else 0
        self._budget.spend(ROUND_WORK + PAIR_WORK * len(self.problem.viable_pairs) + COLUMN_WORK * columns)
        return self._is_wanted(allowance)
