"""The rules with every pin as something that may be given up: how few must be, and whether some can stand together."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from lineside.models.plan import CohortKey
from lineside.models.scenario import Scenario
from lineside.solver.conflicts import Conflicts
from lineside.solver.facts import facts_of
from lineside.solver.model.build import forbid_long_duty, read_seating, with_rules
from lineside.solver.model.scope import Draft, Scope
from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger, Seating

Ints = NDArray[np.int64]
PinName = tuple[str, str]
"""Apprentice and module."""


class UnsettledError(Exception):
    """There was not enough time to tell whether pins can stand together."""


class ElasticPins:
    """Asks which pins of a scenario can stand together.

    Parameters
    ----------
    scenario
        A scenario with pins.
    until
        Moment of :func:`time.monotonic` at which questions are given up.
    stop
        Set to give up at once.

    Notes
    -----
    Only pins ask for seats, so whatever else is decided may be left empty: the model has the pairs of pinned
    candidates, and those of modules that come before a pinned one, with everybody who could fill them.
    """

    def __init__(self, scenario: Scenario, until: float, stop: threading.Event | None = None) -> None:
        facts = facts_of(scenario)
        eased = dataclasses.replace(facts, pinned={}, forbidden=frozenset(), also_kept=frozenset(facts.pinned.values()))
        self._until, self._stop = until, stop
        self._problem = Problem(scenario, eased)
        needs, people, modules = self._problem.demand.needs, scenario.apprentices, scenario.modules
        self._need_of = {
            (people[row.person_idx].apprentice, modules[row.module_idx].module): k for k, row in enumerate(needs)
        }
        self._pinned = {pin: key for pin, key in facts.pinned.items() if pin in self._need_of}
        self._forbidden = frozenset(pin for pin in facts.forbidden if pin in self._need_of)
        self._conflicts, self._ledger = Conflicts(self._problem), Ledger(self._problem)
        self._rows = self._useful_pairs()

    @property
    def pins(self) -> tuple[PinName, ...]:
        """Pins that could be given up, in a fixed order."""
        return tuple(sorted([*self._pinned, *self._forbidden]))

    def _useful_pairs(self) -> Ints:
        problem = self._problem
        found, modules = problem.candidates, problem.scenario.modules
        index = {row.module: k for k, row in enumerate(modules)}
        keys = frozenset(self._pinned.values())
        pinned = [k for k in range(len(found)) if found.key(k, problem.scenario) in keys] if keys else []
        earlier: set[int] = set()
        waiting = {index[module] for _, module in self._pinned}
        while waiting:
            before = {index[name] for k in waiting for name in modules[k].after} - earlier
            earlier |= before
            waiting = before
        candidate = problem.pairs.candidate[problem.viable_pairs]
        useful = np.isin(candidate, pinned) | np.isin(found.module[candidate], sorted(earlier))
        return problem.viable_pairs[useful]

    def given_up(self, kept: Iterable[PinName]) -> frozenset[PinName] | None:
        """Return the fewest pins that must be given up if some others stand; None if those cannot stand together.

        Raises
        ------
        UnsettledError
            If that could not be told in time.
        """
        everybody = frozenset(range(len(self._problem.scenario.apprentices)))
        base = Seating((), tuple(choice[0] for choice in self._problem.demand.choices))
        scope = Scope(self._problem, everybody, self._rows, base, self._conflicts, self._ledger)
        draft = with_rules(scope)
        stands = {pin: draft.model.new_bool_var(f"pin_{k}") for k, pin in enumerate(self.pins)}
        for pin, literal in stands.items():
            seats = [draft.seat[row] for row in self._rows_of(draft, pin)]
            draft.model.add(sum(seats) == int(pin in self._pinned)).only_enforce_if(literal)
        for pin in kept:
            draft.model.add(stands[pin] == 1)
        draft.model.maximize(sum(stands.values()))
        return self._solved(draft, stands)

    def _rows_of(self, draft: Draft, pin: PinName) -> list[int]:
        """Return the pair rows that a pin asks for, or that it forbids."""
        key: CohortKey | None = self._pinned.get(pin)
        seats = draft.seats_of_need.get(self._need_of[pin], ())
        found, scenario = self._problem.candidates, self._problem.scenario
        return [row for candidate, row in seats if key is None or found.key(candidate, scenario) == key]

    def _solved(self, draft: Draft, stands: dict[PinName, cp_model.IntVar]) -> frozenset[PinName] | None:
        while True:
            seconds = self._until - time.monotonic()
            if seconds <= 0 or (self._stop is not None and self._stop.is_set()):
                raise UnsettledError
            solver = cp_model.CpSolver()
            solver.parameters.max_time_in_seconds = seconds
            solver.parameters.catch_sigint_signal = False
            solver.parameters.num_workers = 1
            solver.parameters.random_seed = 0
            status = solver.solve(draft.model)
            if status == cp_model.INFEASIBLE:
                return None
            if status != cp_model.OPTIMAL:
                raise UnsettledError
            if not forbid_long_duty(draft, read_seating(draft, solver.boolean_value)):
                return frozenset(pin for pin, literal in stands.items() if not solver.boolean_value(literal))
