"""The list that first come, first served goes down: who asks for what, in which order, and what suits alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lineside.solver.problem import Problem

WaitsFor = dict[int, tuple[tuple[int, int | None], ...]]


@dataclass(frozen=True)
class WaitingList:
    """Needs in the order in which they are served, and what is fixed about them.

    Parameters
    ----------
    needs
        Needs under the chosen options: apprentices in table order, their modules in program order, each after the
        modules that it waits for.
    options
        Index of the chosen option of each choice.
    pinned
        Needs that must have a seat.
    party
        For each need the needs that must be seated with it, itself included.
    waits_for
        For each need the needs of its earlier modules (-1: none), each with the last date of a frozen cohort that gives
        the module, as an ordinal, or None.
    followers
        For each need those that wait for it.
    reach
        For each need the candidates that suit it alone, in the order in which a planner would try them.
    """

    needs: tuple[int, ...]
    options: tuple[int, ...]
    pinned: tuple[int, ...]
    party: dict[int, tuple[int, ...]]
    waits_for: WaitsFor
    followers: dict[int, tuple[int, ...]]
    reach: dict[int, tuple[int, ...]]


def waiting_list(problem: Problem) -> WaitingList:
    """Return the list of a problem: options are the first ones, unless a pin asks for another."""
    pinned = _pinned_needs(problem)
    options = tuple(_option(problem, choice, pinned) for choice in problem.demand.choices)
    chosen = frozenset(options)
    asked = [k for k, need in enumerate(problem.demand.needs) if problem.demand.required_under(need, chosen)]
    waits_for: WaitsFor = {}
    followers: dict[int, tuple[int, ...]] = {}
    for row in problem.demand.earlier:
        if not row.options or chosen & set(row.options):
            waits_for[row.need_idx] = (*waits_for.get(row.need_idx, ()), (row.need_before, row.frozen_last))
            followers[row.need_before] = (*followers.get(row.need_before, ()), row.need_idx)
    ordered: dict[int, None] = {}
    for need in asked:
        _enter(need, waits_for, ordered, ())
    return WaitingList(
        tuple(ordered), options, pinned, _parties(problem, asked), waits_for, followers, _reach(problem, asked)
    )


def _pinned_needs(problem: Problem) -> tuple[int, ...]:
    people, modules = problem.scenario.apprentices, problem.scenario.modules
    return tuple(
        k
        for k, need in enumerate(problem.demand.needs)
        if (people[need.person_idx].apprentice, modules[need.module_idx].module) in problem.facts.pinned
    )


def _option(problem: Problem, choice: tuple[int, ...], pinned: tuple[int, ...]) -> int:
    """Return the first option of a choice that asks for most of its pinned modules."""
    asking = [set(problem.demand.needs[k].options) for k in pinned]
    return max(choice, key=lambda option: sum(option in options for options in asking))


def _enter(
    need: int,
    waits_for: dict[int, tuple[tuple[int, int | None], ...]],
    ordered: dict[int, None],
    above: tuple[int, ...],
) -> None:
    """Enter a need after those that it waits for; a circle of modules cannot be served and is cut anywhere."""
    for before, _ in waits_for.get(need, ()):
        if before >= 0 and before not in above:
            _enter(before, waits_for, ordered, (*above, need))
    ordered[need] = None


def _parties(problem: Problem, asked: list[int]) -> dict[int, tuple[int, ...]]:
    groups: dict[tuple[str, int], list[int]] = {}
    for k in asked:
        need = problem.demand.needs[k]
        party = problem.scenario.apprentices[need.person_idx].party
        groups.setdefault((f"alone {k}" if party is None else f"party {party}", need.module_idx), []).append(k)
    return {k: tuple(members) for members in groups.values() for k in members}


def _reach(problem: Problem, asked: list[int]) -> dict[int, tuple[int, ...]]:
    """Order each need's candidates by first week, then by travel from the plant, then by the tables."""
    found, pairs = problem.candidates, problem.pairs
    by_need = np.argsort(pairs.need, kind="stable")
    ptr = np.searchsorted(pairs.need[by_need], np.arange(len(problem.demand.needs) + 1))
    site_of_lane = np.array([lane.site_idx for lane in found.lanes], dtype=np.int64)
    reach = {}
    for need in asked:
        mine = pairs.candidate[by_need[ptr[need] : ptr[need + 1]]]
        travel = problem.persona(problem.demand.needs[need].person_idx).travel[site_of_lane[found.lane[mine]]]
        reach[need] = tuple(mine[np.lexsort((mine, travel, found.monday[mine]))].tolist())
    return reach
