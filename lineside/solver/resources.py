"""Which rooms and instructors could serve each candidate, and at what price."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from lineside.models.calendar import Interval, weekly_spans
from lineside.models.cells import WeeklyHours
from lineside.models.scenario import Scenario
from lineside.solver.candidates import Candidates
from lineside.solver.facts import FrozenCohort
from lineside.solver.money import Money
from lineside.solver.timeline import Spans


@dataclass(frozen=True)
class Servers:
    """Rooms or instructors that could serve candidates, candidate by candidate.

    Parameters
    ----------
    ptr
        The servers of candidate ``c`` are entries ``ptr[c]:ptr[c + 1]``.
    idx
        Row of the room or instructor in its table.
    cost
        Units charged if it serves the candidate.
    """

    ptr: NDArray[np.int64]
    idx: NDArray[np.int64]
    cost: NDArray[np.int64]

    def of(self, candidate: int) -> NDArray[np.int64]:
        """Return the rooms or instructors that could serve a candidate."""
        return self.idx[self.ptr[candidate] : self.ptr[candidate + 1]]

    def cost_of(self, candidate: int) -> NDArray[np.int64]:
        """Return what each of them costs, in the same order."""
        return self.cost[self.ptr[candidate] : self.ptr[candidate + 1]]


def rooms_of(scenario: Scenario, candidates: Candidates, frozen: tuple[FrozenCohort, ...], money: Money) -> Servers:
    """Return the rooms at the site that are equipped, large enough, open for each whole meeting and not frozen then.

    A room with fewer seats than ``seats_min`` can hold no cohort of the module (rule ``cohort-size``).
    """
    sites = {row.site: idx for idx, row in enumerate(scenario.sites)}
    features = [frozenset(row.features) for row in scenario.modules]
    site_of = _sites(candidates)
    found = []
    for room in scenario.rooms:
        at_site = site_of == sites[room.site]
        equipped = np.array([needed <= set(room.features) for needed in features])[candidates.module]
        equipped &= np.array([row.seats_min <= room.seats for row in scenario.modules])[candidates.module]
        open_slots = _open(scenario, candidates, room.hours) & ~_taken(
            candidates, [span for row in frozen if row.cohort.room == room.room for span in row.spans]
        )
        found.append(np.flatnonzero(at_site & equipped & _all_slots(candidates, open_slots)))
    return _servers(candidates, scenario, found, [Fraction(row.dollars_per_hour) for row in scenario.rooms], money)


def instructors_of(
    scenario: Scenario, candidates: Candidates, frozen: tuple[FrozenCohort, ...], money: Money
) -> Servers:
    """Return the instructors who are qualified, available, within ``week_minutes`` and not in a frozen meeting then."""
    found = []
    module_ids = [row.module for row in scenario.modules]
    for instructor in scenario.instructors:
        qualified = np.array([module in instructor.modules for module in module_ids])[candidates.module]
        open_slots = _open(scenario, candidates, instructor.hours) & ~_taken(
            candidates, [span for row in frozen if row.cohort.instructor == instructor.instructor for span in row.spans]
        )
        found.append(np.flatnonzero(qualified & _all_slots(candidates, open_slots)))
    rates = [Fraction(row.dollars_per_hour) for row in scenario.instructors]
    return _servers(candidates, scenario, found, rates, money)


def _sites(candidates: Candidates) -> NDArray[np.int64]:
    return np.array([lane.site_idx for lane in candidates.lanes], dtype=np.int64)[candidates.lane]


def _open(scenario: Scenario, candidates: Candidates, hours: tuple[WeeklyHours, ...]) -> NDArray[np.bool_]:
    settings, slots = scenario.settings, candidates.slots
    spans = Spans(list(weekly_spans(hours, settings.first_day, settings.last_day)))
    inside: NDArray[np.bool_] = spans.minutes_within(slots.start, slots.end) == slots.end - slots.start
    return inside


def _taken(candidates: Candidates, spans: Iterable[Interval]) -> NDArray[np.bool_]:
    slots = candidates.slots
    taken: NDArray[np.bool_] = Spans(list(spans)).minutes_within(slots.start, slots.end) > 0
    return taken


def _all_slots(candidates: Candidates, good: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return whether every slot of each candidate is good."""
    before = np.concatenate(([0], np.cumsum(~good)))
    bad = before[candidates.last] - before[candidates.first]
    has_cut = candidates.cut >= 0
    bad[has_cut] += ~good[candidates.cut[has_cut]]
    none_bad: NDArray[np.bool_] = bad == 0
    return none_bad


def _servers(
    candidates: Candidates, scenario: Scenario, found: list[NDArray[np.int64]], rates: list[Fraction], money: Money
) -> Servers:
    dollar = Fraction(scenario.settings.prices.dollar)
    hours = [Fraction(row.hours) for row in scenario.modules]
    cost = [np.array([money.units(dollar * rate * h) for h in hours], dtype=np.int64) for rate in rates]
    empty = np.zeros(0, dtype=np.int64)
    candidate = np.concatenate([empty, *found])
    server = np.repeat(np.arange(len(found)), [len(part) for part in found])
    units = np.concatenate([empty, *(cost[k][candidates.module[part]] for k, part in enumerate(found))])
    order = np.argsort(candidate, kind="stable")
    counts = np.bincount(candidate, minlength=len(candidates))
    return Servers(np.concatenate(([0], np.cumsum(counts))), server[order], units[order])
