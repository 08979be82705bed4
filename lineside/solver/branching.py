"""Branch and bound: where the relaxation is fractional, two cases are told apart, and the weaker bound counts.

A case limits how many cohorts of a module there are, at a site or on a lane, or whether a need is
met, there or at all. Each limit is a row over columns, so prices see it and pricing stays a sort.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lineside.solver.bound import ColumnGeneration
from lineside.solver.columns import CutRow, Part
from lineside.solver.cuts import Separator

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WHOLE = 0.01
"""How far from a whole number a sum must be to be branched on."""
TRIED = 8
"""Sums whose two cases are tried before one is chosen."""
FREE = 1e6
"""Limit of a row that binds nothing."""
CLOSE = 1e-5
"""Gap of a node's master at which the node is left: the rest is not worth its rounds."""
MOST_ROUNDS = 60
"""Rounds of one node."""


@dataclass(frozen=True)
class Sum:
    """Something that is a whole number in every plan: a sum of a part's entries."""

    key: tuple[str, int, int]
    part: Part
    entries: Ints


@dataclass(order=True)
class Node:
    """A case: its bound in master units, the order of creation, and the limits of rows that make it."""

    bound: float
    number: int
    limits: dict[int, float] = field(compare=False)


class Tree:
    """Branch and bound over a column generation that has converged.

    Parameters
    ----------
    master, separator
        The column generation and its rows.
    goes_on
        Asked before every round: whether there is time left.
    """

    def __init__(self, master: ColumnGeneration, separator: Separator, goes_on: Callable[[], bool]) -> None:
        self.master, self._separator, self._goes_on = master, separator, goes_on
        self._rows: dict[tuple[str, int, int], tuple[int, int]] = {}
        self._open: list[Node] = [Node(master.best, 0, {})]
        self._number = 0
        self._levels = self._make_levels()
        self._whole = np.inf  # bound of cases without a fractional sum: relaxed plans, whose true price is unknown
        self.num_nodes = 0

    @property
    def bound(self) -> float:
        """Lower bound over all cases that are not closed, in master units; infinite if none is left."""
        return min(self._open[0].bound if self._open else np.inf, self._whole)

    @property
    def is_stuck(self) -> bool:
        """Whether nothing can raise the bound: in the weakest case every sum is whole already."""
        return bool(self.bound >= self._whole)

    def step(self, cutoff: float) -> bool:
        """Settle the case with the weakest bound: close it or part it in two; return whether more can be gained.

        Parameters
        ----------
        cutoff
            Bound, in master units, from which on a case holds no better plan.
        """
        while self._open and self._open[0].bound >= cutoff:
            heapq.heappop(self._open)
        if not self._open or self.is_stuck:
            return False
        node = self._open[0]
        self._visit(node, cutoff)
        if not self._goes_on():
            # The node is taken up again with what it has reached.
            heapq.heapreplace(self._open, node)
            return True
        self.num_nodes += 1
        heapq.heappop(self._open)
        if node.bound < cutoff:
            children = self._children(node, cutoff)
            for child in children:
                heapq.heappush(self._open, child)
            if not children:
                self._whole = min(self._whole, node.bound)
        return bool(self._open) and not self.is_stuck

    def _visit(self, node: Node, cutoff: float) -> None:
        """Price and cut in a case until its bound has converged or closes it."""
        master = self.master
        master.set_limits(self._limits(node))
        for _ in range(MOST_ROUNDS):
            if not self._goes_on():
                return
            objective = master.round()
            node.bound = max(node.bound, master.best)
            if node.bound >= cutoff:
                return
            settled = master.converged or objective - master.best < CLOSE * abs(objective)
            if settled and not self._separator.add_violated():
                return

    def _limits(self, node: Node) -> dict[int, float]:
        limits = {row: FREE for pair in self._rows.values() for row in pair}
        return {**limits, **node.limits}

    def _children(self, node: Node, cutoff: float) -> list[Node]:
        used = self.master.usage()
        tried: list[tuple[float, list[tuple[dict[int, float], float]]]] = []
        for total, value in self._fractional(used):
            below, above = self._row_pair(total)
            cases = [{below: float(np.floor(value))}, {above: -float(np.ceil(value))}]
            found = []
            for case in cases:
                self.master.set_limits({**self._limits(node), **case})
                objective, _, _ = self.master.solve_master()
                found.append((case, objective))
            gains = sorted(min(objective, cutoff) - node.bound for _, objective in found)
            tried.append((max(gains[0], 1e-6) * max(gains[1], 1e-6), found))
            if gains[0] >= cutoff - node.bound:
                break
        if not tried:
            return []
        _, chosen = max(tried, key=lambda item: item[0])
        children = []
        for case, _ in chosen:
            self._number += 1
            children.append(Node(node.bound, self._number, {**node.limits, **case}))
        return children

    def _fractional(self, used: dict[Part, Floats]) -> list[tuple[Sum, float]]:
        """Return the sums furthest from whole numbers, some of each level."""
        found: list[tuple[Sum, float]] = []
        for level in self._levels:
            values = []
            for total in level:
                value = float(used[total.part][total.entries].sum())
                off = abs(value - round(value))
                if off > WHOLE:
                    values.append((-off, total.key, total, value))
            values.sort(key=lambda item: item[:2])
            found.extend((total, value) for _, _, total, value in values[:3])
            if len(found) >= TRIED:
                break
        return found[:TRIED]

    def _row_pair(self, total: Sum) -> tuple[int, int]:
        if total.key not in self._rows:
            ones = np.ones(len(total.entries))
            excess = 10 * float(self.master.most_price)
            below = self.master.add_row(CutRow(total.part, total.entries, ones, FREE), excess)
            above = self.master.add_row(CutRow(total.part, total.entries, -ones, FREE), excess)
            self._rows[total.key] = (below, above)
        return self._rows[total.key]

    def _make_levels(self) -> list[list[Sum]]:
        problem = self.master.problem
        found = problem.candidates
        rows = np.sort(self.master.pricer.pairs)
        module = found.module
        site = np.array([lane.site_idx for lane in found.lanes], dtype=np.int64)[found.lane]
        owner = np.repeat(np.arange(len(found)), np.diff(problem.rooms.ptr))
        usable = np.isin(owner, self.master.pricer.candidate)
        room = np.flatnonzero(usable)
        of_room, of_pair, need = owner[room], problem.pairs.candidate[rows], problem.pairs.need[rows]
        zero = np.zeros_like
        return [
            list(_sums("room", "module", room, module[of_room], zero(room))),
            [
                *_sums("pair", "need", rows, need, zero(need)),
                *_sums("room", "site", room, module[of_room], site[of_room]),
            ],
            [
                *_sums("room", "lane", room, module[of_room], found.lane[of_room]),
                *_sums("pair", "need site", rows, need, site[of_pair]),
            ],
            list(_sums("pair", "need lane", rows, need, found.lane[of_pair])),
            list(_sums("room", "candidate", room, of_room, zero(room))),
            list(_sums("pair", "seat", rows, need, of_pair)),
        ]


def _sums(part: Part, name: str, entries: Ints, first: Ints, second: Ints) -> Iterator[Sum]:
    order = np.lexsort((entries, second, first))
    key = np.stack([first[order], second[order]], axis=1)
    fresh = np.ones(len(key), dtype=bool)
    fresh[1:] = np.any(key[1:] != key[:-1], axis=1)
    for low, high in itertools.pairwise([*np.flatnonzero(fresh).tolist(), len(key)]):
        yield Sum((name, int(key[low, 0]), int(key[low, 1])), part, entries[order[low:high]])
