"""Which rooms and instructors could serve each candidate, and at what price."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from lineside.models.calendar import Interval, weekly_spans
from lineside.models.cells import WeeklyHours
from lineside.models.outages import Outage, away
from lineside.models.scenario import Scenario
from lineside.solver.candidates import Candidates
from lineside.solver.facts import FrozenCohort
from lineside.solver.money import Money
from lineside.solver.tariff import Tariff
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
    idx: NDArray[np.int32]
    cost: NDArray[np.int64]

    def of(self, candidate: int) -> NDArray[np.int32]:
        """Return the rooms or instructors that could serve a candidate."""
        return self.idx[self.ptr[candidate] : self.ptr[candidate + 1]]

    def entries_of(self, candidate: int) -> range:
        """Return the entries of a candidate."""
        return range(int(self.ptr[candidate]), int(self.ptr[candidate + 1]))

    def cost_of(self, candidate: int) -> NDArray[np.int64]:
        """Return what each of them costs, in the same order."""
        return self.cost[self.ptr[candidate] : self.ptr[candidate + 1]]


def rooms_of(
    scenario: Scenario,
    candidates: Candidates,
    frozen: tuple[FrozenCohort, ...],
    money: Money,
    tariff: Tariff,
    outages: tuple[Outage, ...] = (),
    hours: OpeningHours | None = None,
) -> Servers:
    """Return the rooms at the site that are equipped, large enough, open for each whole meeting and not frozen then.

    A room with fewer seats than ``seats_min`` can hold no cohort of the module (rule ``cohort-size``). Rooms that
    cannot be had on a date hold no cohort that meets then. Each cohort has one room, so what a cohort costs as such
    is charged with it.
    """
    sites = {row.site: idx for idx, row in enumerate(scenario.sites)}
    features = [frozenset(row.features) for row in scenario.modules]
    site_of = _sites(candidates)
    by_site = np.argsort(site_of, kind="stable")
    ptr = np.searchsorted(site_of[by_site], np.arange(len(sites) + 1))
    hours = hours or OpeningHours(scenario, candidates)
    found = []
    for room in scenario.rooms:
        here = by_site[ptr[sites[room.site]] : ptr[sites[room.site] + 1]]
        equipped = np.array([needed <= set(room.features) for needed in features])
        equipped &= np.array([row.seats_min <= room.seats for row in scenario.modules])
        here = here[equipped[candidates.module[here]]]
        spans = [span for row in frozen if row.cohort.room == room.room for span in row.spans]
        spans += away(outages, "room", room.room)
        found.append(here[hours.suit(room.hours, spans)[here]])
    rates = [tariff.dollars * Fraction(row.dollars_per_hour) for row in scenario.rooms]
    return _servers(candidates, scenario, found, rates, money, tariff.cohorts)


def instructors_of(
    scenario: Scenario,
    candidates: Candidates,
    frozen: tuple[FrozenCohort, ...],
    money: Money,
    tariff: Tariff,
    wanted: NDArray[np.bool_] | None = None,
    outages: tuple[Outage, ...] = (),
    hours: OpeningHours | None = None,
) -> Servers:
    """Return the instructors who are qualified, available, within ``week_minutes`` and not in a frozen meeting then.

    Every instructor of a region may teach at every site, so this table is by far the longest: ``wanted`` leaves out
    the candidates that are of no use in any case. Who is absent on a date teaches no cohort that meets then.
    """
    found = []
    module_ids = [row.module for row in scenario.modules]
    hours = hours or OpeningHours(scenario, candidates)
    useful = np.arange(len(candidates)) if wanted is None else np.flatnonzero(wanted)
    for instructor in scenario.instructors:
        qualified = np.array([module in instructor.modules for module in module_ids])
        spans = [span for row in frozen if row.cohort.instructor == instructor.instructor for span in row.spans]
        spans += away(outages, "instructor", instructor.instructor)
        mine = useful[qualified[candidates.module[useful]]]
        found.append(mine[hours.suit(instructor.hours, spans)[mine]])
    rates = [tariff.dollars * Fraction(row.dollars_per_hour) for row in scenario.instructors]
    return _servers(candidates, scenario, found, rates, money)


def teachable(
    scenario: Scenario,
    candidates: Candidates,
    frozen: tuple[FrozenCohort, ...],
    outages: tuple[Outage, ...] = (),
    hours: OpeningHours | None = None,
) -> NDArray[np.bool_]:
    """Return which candidates some instructor could teach, without listing who."""
    module_ids = [row.module for row in scenario.modules]
    busy = {row.cohort.instructor for row in frozen} | {row.id for row in outages if row.kind == "instructor"}
    hours = hours or OpeningHours(scenario, candidates)
    good = np.zeros(len(candidates), dtype=bool)
    seen: set[object] = set()
    for row in scenario.instructors:
        key = row.instructor if row.instructor in busy else (row.modules, row.hours)
        if key not in seen:
            seen.add(key)
            spans = [span for other in frozen if other.cohort.instructor == row.instructor for span in other.spans]
            spans += away(outages, "instructor", row.instructor)
            qualified = np.array([module in row.modules for module in module_ids])
            good |= qualified[candidates.module] & hours.suit(row.hours, spans)
    return good


class OpeningHours:
    """Which candidates fit hours and taken times; whoever has the same shares the answer.

    Parameters
    ----------
    scenario, candidates
        The region and its candidates.
    """

    def __init__(self, scenario: Scenario, candidates: Candidates) -> None:
        self._scenario, self.candidates = scenario, candidates
        self._within: dict[tuple[WeeklyHours, ...], NDArray[np.bool_]] = {}
        self._outside: dict[tuple[Interval, ...], NDArray[np.bool_]] = {}

    def suit(self, hours: tuple[WeeklyHours, ...], taken: list[Interval]) -> NDArray[np.bool_]:
        """Return the candidates all of whose meetings are within the hours and outside taken times."""
        if hours not in self._within:
            self._within[hours] = _all_slots(self.candidates, _open(self._scenario, self.candidates, hours))
        if not taken:
            return self._within[hours]
        spans = tuple(taken)
        if spans not in self._outside:
            self._outside[spans] = _all_slots(self.candidates, ~_taken(self.candidates, spans))
        return self._within[hours] & self._outside[spans]


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
    candidates: Candidates,
    scenario: Scenario,
    found: list[NDArray[np.int64]],
    rates: list[Fraction],
    money: Money,
    each: Fraction = Fraction(0),
) -> Servers:
    """Return servers with their units: an hourly rate for the module's hours, and something for each cohort."""
    hours = [Fraction(row.hours) for row in scenario.modules]
    by_rate = {rate: np.array([money.units(rate * h + each) for h in hours], dtype=np.int64) for rate in set(rates)}
    cost = [by_rate[rate] for rate in rates]
    counts = np.zeros(len(candidates), dtype=np.int64)
    for part in found:
        counts[part] += 1
    ptr = np.concatenate(([0], np.cumsum(counts)))
    server, units = np.empty(int(ptr[-1]), dtype=np.int32), np.empty(int(ptr[-1]), dtype=np.int64)
    at = ptr[:-1].copy()
    for k, part in enumerate(found):
        server[at[part]] = k
        units[at[part]] = cost[k][candidates.module[part]]
        at[part] += 1
    return Servers(ptr, server, units)
