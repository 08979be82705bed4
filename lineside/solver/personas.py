"""Personas: people of one crew with the same frozen seats, to whom each meeting means the same.

What depends on the person alone (home, off dates, modes, limits) is added in
:mod:`lineside.solver.pairs`; everything here is shared and worked out once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lineside.models.calendar import Interval
from lineside.models.cells import SESSION_KINDS
from lineside.models.scenario import Scenario
from lineside.models.tables import Company
from lineside.solver.timeline import LUNCH, CrewTimeline, Stretches

if TYPE_CHECKING:
    from lineside.solver.candidates import Slots

FAULTS = ("session-kind", "release-limit", "meal", "clash", "duty", "work-week", "day-off")
"""Rules that a single slot can break for a persona, in the order of their bits."""
BIT = {name: np.uint16(1 << k) for k, name in enumerate(FAULTS)}


@dataclass(frozen=True)
class SlotFacts:
    """What a run of slots means to a persona; arrays of one length.

    Parameters
    ----------
    faults
        Bits of :data:`FAULTS` that each slot, as part of its cohort's week so far, sets.
    lost
        Minutes lost.
    outside
        Meeting minutes outside shifts.
    works
        Whether a shift starts on the slot's date.
    week_outside, week_taken
        Minutes outside shifts, and free dates taken, of the slot and the same lane's earlier ones of its week.
    """

    faults: NDArray[np.uint16]
    lost: NDArray[np.int64]
    outside: NDArray[np.int64]
    works: NDArray[np.bool_]
    week_outside: NDArray[np.int64]
    week_taken: NDArray[np.int64]


class Persona:
    """A crew's timeline with the frozen meetings that its people sit in.

    Parameters
    ----------
    scenario
        The region.
    company
        The crew's company.
    timeline
        The crew's shifts.
    travel
        Minutes from the line's site to each site.
    between
        Minutes between sites, shape (sites, sites).
    frozen
        Frozen meetings as (start, end, site index, counts_from) of these people.
    """

    def __init__(
        self,
        scenario: Scenario,
        company: Company,
        timeline: CrewTimeline,
        travel: NDArray[np.int64],
        between: NDArray[np.int64],
        frozen: Sequence[tuple[int, int, int]] = (),
    ) -> None:
        self._rules = scenario.settings.rules
        self.company, self.timeline, self.travel, self.between = company, timeline, travel, between
        self.frozen = tuple(frozen)
        self._allowed = np.array([kind in company.sessions for kind in SESSION_KINDS])
        self.stretches = Stretches.of(self.busy_spans(), self._rules.rest_minutes)

    def busy_spans(self) -> list[Interval]:
        """Return shifts and windows of frozen meetings: what a stretch of duty is made of."""
        return self.timeline.shift_spans + self.frozen_windows()

    def frozen_windows(self) -> list[Interval]:
        """Return the windows of the frozen meetings; a site that left the tables is no travel away."""
        travel = [int(self.travel[site]) if site >= 0 else 0 for _, _, site in self.frozen]
        return [(s - t, e + t) for (s, e, _), t in zip(self.frozen, travel, strict=True)]

    def slot_facts(self, slots: Slots, idx: NDArray[np.int64]) -> SlotFacts:
        """Judge slots one by one and, for weekly rules, together with the same lane's earlier ones of the week.

        Parameters
        ----------
        slots
            All slots of the region.
        idx
            Slots to judge; each lane that occurs must be there whole and in order.
        """
        start, end, site = slots.start[idx], slots.end[idx], slots.site[idx]
        travel = self.travel[site]
        timeline, rules, company = self.timeline, self._rules, self.company
        low, high = start - travel, end + travel
        lost = timeline.worked.minutes_within(low, high)
        outside = end - start - timeline.shifts.minutes_within(start, end)
        works = timeline.works_on(slots.ordinal[idx])
        faults = np.zeros(len(idx), dtype=np.uint16)
        kinds = timeline.kinds(start, end, rules.adjacent_minutes)
        faults[~self._allowed[kinds]] |= BIT["session-kind"]
        in_peak = timeline.peak.minutes_within(low, high) > 0
        faults[(lost > company.release_minutes) | in_peak] |= BIT["release-limit"]
        if company.meal_kept_minutes > 0:
            kept = timeline.meals_kept(start, end, travel, company.meal_kept_minutes)
            faults[(kinds == LUNCH) & ~kept] |= BIT["meal"]
        stretch_low, stretch_high = self.stretches.with_window(low, high)
        faults[stretch_high - stretch_low > rules.duty_minutes] |= BIT["duty"]
        for frozen_start, frozen_end, frozen_site in self.frozen:
            gap = self.between[site, frozen_site] if frozen_site >= 0 else 0
            faults[(start < frozen_end + gap) & (end > frozen_start - gap)] |= BIT["clash"]
        running = _Running(slots.lane[idx], slots.week[idx], slots.cut[idx])
        week_outside, week_taken = running.sums(outside), running.sums((~works).astype(np.int64))
        faults |= self.week_faults(slots.week[idx], week_outside, week_taken)
        return SlotFacts(faults, lost, outside, works, week_outside, week_taken)

    def week_faults(
        self, week: NDArray[np.int64], outside: NDArray[np.int64], taken: NDArray[np.int64]
    ) -> NDArray[np.uint16]:
        """Judge what one cohort does in a week: rules ``work-week`` and ``day-off``.

        Parameters
        ----------
        week
            Numbers of weeks.
        outside
            Meeting minutes outside shifts in each.
        taken
            Free dates with a meeting in each.

        Returns
        -------
        Bits of :data:`FAULTS`.
        """
        faults = np.zeros(len(week), dtype=np.uint16)
        worked = self.timeline.worked_by_week[week - self.timeline.first_week]
        faults[(outside > 0) & (worked + outside > self._rules.week_minutes)] |= BIT["work-week"]
        if self._rules.keep_day_off:
            free = self.free_days(week)
            faults[(free > 0) & (taken >= free)] |= BIT["day-off"]
        return faults

    def free_days(self, week: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of dates of each week on which no shift starts."""
        monday = week * 7 + 1
        days = monday[:, None] + np.arange(7)[None, :]
        free: NDArray[np.int64] = 7 - self.timeline.works_on(days).sum(axis=1)
        return free


class _Running:
    """Sums of a value over the slots of one lane and week, up to and including each slot; a cut slot stands alone."""

    def __init__(self, lane: NDArray[np.int64], week: NDArray[np.int64], cut: NDArray[np.bool_]) -> None:
        size = len(lane)
        fresh = np.ones(size, dtype=bool)
        fresh[1:] = (lane[1:] != lane[:-1]) | (week[1:] != week[:-1]) | cut[1:]
        self._first = np.maximum.accumulate(np.where(fresh, np.arange(size), 0))

    def sums(self, value: NDArray[np.int64]) -> NDArray[np.int64]:
        before = np.concatenate(([0], np.cumsum(value, dtype=np.int64)))
        sums: NDArray[np.int64] = before[1:] - before[self._first]
        return sums
