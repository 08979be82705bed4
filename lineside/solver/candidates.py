"""Candidate cohorts: every module, site, pattern and first week whose meetings keep the cohort rules.

Candidates that differ only in their first week share the dated slots of one *lane* (site, pattern),
so whatever holds of a slot is worked out once and summed over ranges of slots. A module's cut last
meeting lives on a second lane of the shorter length.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lineside.models.calendar import RegionCalendar
from lineside.models.plan import CohortKey
from lineside.models.scenario import Scenario
from lineside.models.tables import Module, Site
from lineside.solver.patterns import WeeklySlot, patterns_by_site

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Lane:
    """Dated slots of one site, pattern and length.

    Parameters
    ----------
    site_idx
        Site of the slots.
    slot
        Weekdays, start and the pattern's full length.
    length
        Minutes of each meeting on this lane; less than the pattern's on the lane of a cut last meeting.
    first, size
        Range of the lane's slots in :class:`Slots`.
    """

    site_idx: int
    slot: WeeklySlot
    length: int
    first: int
    size: int


@dataclass(frozen=True)
class Slots:
    """Every dated meeting that a candidate could have; arrays of one length, in order within each lane.

    ``cut`` marks the slots of a cut last meeting, of which a candidate has one at most.
    """

    lane: Index
    site: Index
    start: Index
    end: Index
    ordinal: Index
    week: Index
    cut: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True)
class Candidates:
    """Cohorts that could be opened; arrays of one length.

    Parameters
    ----------
    module, lane
        Index of the module and of the full lane.
    first, last
        Range of full slots, half open.
    cut
        Slot of the cut last meeting, or -1.
    monday
        Ordinal of the Monday of the first week.
    slot_ptr, slot_idx
        The slots of candidate ``c`` in time order: ``slot_idx[slot_ptr[c]:slot_ptr[c + 1]]``.
    """

    module: Index
    lane: Index
    first: Index
    last: Index
    cut: Index
    monday: Index
    slot_ptr: Index
    slot_idx: Index
    lanes: tuple[Lane, ...]
    slots: Slots

    def __len__(self) -> int:
        return len(self.module)

    @cached_property
    def begins(self) -> Index:
        """Ordinal of the date of each candidate's first meeting."""
        return self.slots.ordinal[self.slot_idx[self.slot_ptr[:-1]]]

    @cached_property
    def ends(self) -> Index:
        """Ordinal of the date of each candidate's last meeting."""
        return self.slots.ordinal[self.slot_idx[self.slot_ptr[1:] - 1]]

    def slots_of(self, candidate: int) -> Index:
        """Return the slots of a candidate in time order."""
        return self.slot_idx[self.slot_ptr[candidate] : self.slot_ptr[candidate + 1]]

    def key(self, candidate: int, scenario: Scenario) -> CohortKey:
        """Return the identity by which seats of two plans are compared."""
        lane = self.lanes[self.lane[candidate]]
        monday = dt.date.fromordinal(int(self.monday[candidate]))
        module = scenario.modules[self.module[candidate]].module
        slot = lane.slot
        return (module, scenario.sites[lane.site_idx].site, slot.days, slot.start, slot.minutes, monday)


class _Builder:
    def __init__(self, scenario: Scenario, calendar: RegionCalendar) -> None:
        self.scenario, self.calendar = scenario, calendar
        self.lanes: list[Lane] = []
        self.columns: dict[str, list[NDArray[np.int64]]] = {name: [] for name in ("start", "ordinal")}
        self.lane_by_key: dict[tuple[int, WeeklySlot, int], int] = {}
        self.size = 0
        self._open_days: dict[int, NDArray[np.int64]] = {}

    def lane(self, site_idx: int, slot: WeeklySlot, length: int) -> int:
        key = (site_idx, slot, length)
        if key not in self.lane_by_key:
            days = self._dates(site_idx, slot.days)
            self.lane_by_key[key] = len(self.lanes)
            self.lanes.append(Lane(site_idx, slot, length, self.size, len(days)))
            self.columns["ordinal"].append(days)
            self.columns["start"].append(days * 1440 + slot.start)
            self.size += len(days)
        return self.lane_by_key[key]

    def _dates(self, site_idx: int, days: tuple[int, ...]) -> NDArray[np.int64]:
        if site_idx not in self._open_days:
            settings = self.scenario.settings
            site = self.scenario.sites[site_idx].site
            span = range(settings.first_day.toordinal(), settings.last_day.toordinal() + 1)
            found = [day for day in span if not self.calendar.is_barred(site, dt.date.fromordinal(day))]
            self._open_days[site_idx] = np.array(found, dtype=np.int64)
        open_days = self._open_days[site_idx]
        return open_days[np.isin((open_days - 1) % 7, days)]

    def slots(self) -> Slots:
        sizes = [lane.size for lane in self.lanes]
        lane = np.repeat(np.arange(len(self.lanes)), sizes)
        length = np.repeat(np.array([lane.length for lane in self.lanes], dtype=np.int64), sizes)
        site = np.repeat(np.array([lane.site_idx for lane in self.lanes], dtype=np.int64), sizes)
        empty = np.zeros(0, dtype=np.int64)
        start = np.concatenate([empty, *self.columns["start"]])
        ordinal = np.concatenate([empty, *self.columns["ordinal"]])
        cut = np.repeat(np.array([lane.length < lane.slot.minutes for lane in self.lanes], dtype=bool), sizes)
        return Slots(lane, site, start, start + length, ordinal, (ordinal - 1) // 7, cut)


def enumerate_candidates(
    scenario: Scenario, calendar: RegionCalendar, modules: frozenset[str], keep: frozenset[CohortKey], not_before: int
) -> Candidates:
    """Return every candidate that keeps ``hours``, ``session-length``, ``mode`` and ``frozen``.

    Parameters
    ----------
    scenario, calendar
        The region.
    modules
        Modules that somebody may need.
    keep
        Identities that count for the published plan: of two first weeks with the same meetings only
        the later one is listed, unless one of them is in here.
    not_before
        Ordinal of the first date on which a new cohort may start.

    Notes
    -----
    Leaving out the twin of a candidate with the same meetings loses nothing: every cost and rule
    but the identity depends on the meetings alone.
    """
    builder = _Builder(scenario, calendar)
    rows: list[tuple[int, int, int, int, int, int]] = []
    slots_of_site = patterns_by_site(scenario)
    for module_idx, module in enumerate(scenario.modules):
        if module.module not in modules:
            continue
        for site_idx, site in enumerate(scenario.sites):
            if not _teachable(scenario, module, site):
                continue
            for slot in slots_of_site[site.site]:
                if _length_allowed(module, slot):
                    weeks = _first_weeks(builder, module, site_idx, slot, not_before, keep)
                    rows.extend((module_idx, *week) for week in weeks)
    return _assemble(rows, builder)


def _teachable(scenario: Scenario, module: Module, site: Site) -> bool:
    mode = "online" if site.kind == "online" else "classroom"
    fits = any(room.site == site.site and set(module.features) <= set(room.features) for room in scenario.rooms)
    return mode in module.modes and fits


def _length_allowed(module: Module, slot: WeeklySlot) -> bool:
    """Return whether a pattern keeps ``session-length``; a day holds one meeting of a cohort.

    The limits bind meeting minutes, not pattern minutes: a module that one session, or one week,
    gives whole has only its own minutes there.
    """
    if not module.session_min <= slot.minutes <= module.session_max:
        return False
    return module.day_max is None or min(slot.minutes, module.minutes) <= module.day_max


def _first_weeks(
    builder: _Builder, module: Module, site_idx: int, slot: WeeklySlot, not_before: int, keep: frozenset[CohortKey]
) -> Iterator[tuple[int, int, int, int, int]]:
    full = builder.lane(site_idx, slot, slot.minutes)
    lane = builder.lanes[full]
    ordinals = builder.columns["ordinal"][full]
    whole, rest = divmod(module.minutes, slot.minutes)
    cut_lane = builder.lanes[builder.lane(site_idx, slot, rest)] if rest else None
    settings = builder.scenario.settings
    site = builder.scenario.sites[site_idx].site
    mondays = settings.first_day.toordinal() + 7 * np.arange(settings.weeks)
    firsts = np.searchsorted(ordinals, mondays)
    for monday, first in zip(mondays.tolist(), firsts.tolist(), strict=True):
        if first + whole + (rest > 0) > lane.size:
            return
        starts = int(ordinals[first])
        if starts < not_before:
            continue
        if starts >= monday + 7:
            key = (module.module, site, slot.days, slot.start, slot.minutes, dt.date.fromordinal(monday))
            if key not in keep:
                continue
        if not _weeks_allowed(module, slot, ordinals[first : first + whole + (rest > 0)], rest):
            continue
        cut = -1 if cut_lane is None else cut_lane.first + first + whole
        yield full, lane.first + first, lane.first + first + whole, cut, monday


def _weeks_allowed(module: Module, slot: WeeklySlot, ordinals: NDArray[np.int64], rest: int) -> bool:
    if module.week_max is None:
        return True
    minutes = np.full(len(ordinals), slot.minutes, dtype=np.int64)
    if rest:
        minutes[-1] = rest
    return int(np.bincount((ordinals - ordinals[0] + (ordinals[0] - 1) % 7) // 7, minutes).max()) <= module.week_max


def _assemble(rows: list[tuple[int, int, int, int, int, int]], builder: _Builder) -> Candidates:
    table = np.array(rows, dtype=np.int64).reshape(-1, 6)
    module, lane, first, last, cut, monday = (np.ascontiguousarray(column) for column in table.T)
    counts = last - first + (cut >= 0)
    slot_ptr = np.concatenate(([0], np.cumsum(counts)))
    slot_idx = np.repeat(first - slot_ptr[:-1], counts) + np.arange(slot_ptr[-1])
    has_cut = cut >= 0
    slot_idx[slot_ptr[1:][has_cut] - 1] = cut[has_cut]
    return Candidates(module, lane, first, last, cut, monday, slot_ptr, slot_idx, tuple(builder.lanes), builder.slots())
