"""Feasible pairs of need and candidate, and the rule at which each other pair fails.

Crew by crew: what depends on the crew is worked out over all dated slots of the sites in reach at
once (:class:`lineside.solver.personas.Persona`), then summed over each candidate's range of slots;
what depends on the person is a comparison of whole candidates.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lineside.models.plan import CohortKey
from lineside.models.tables import Apprentice
from lineside.solver.personas import FAULTS, Persona, SlotFacts
from lineside.solver.problem import FAR, Pairs, Problem

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Reach:
    """The candidates that a persona's people could be in, with sums over their slots."""

    candidate: Ints
    faults: NDArray[np.uint16]
    lost: Ints
    outside: Ints
    work_days: Ints
    free_days: Ints

    def at(self, chosen: Ints | Flags) -> Reach:
        """Return some of the candidates."""
        return Reach(
            self.candidate[chosen],
            self.faults[chosen],
            self.lost[chosen],
            self.outside[chosen],
            self.work_days[chosen],
            self.free_days[chosen],
        )


class _Ranges:
    """Sums over each candidate's slots, for a subset of lanes."""

    def __init__(self, problem: Problem, candidate: Ints) -> None:
        found = problem.candidates
        self.first, self.last, self.cut = found.first[candidate], found.last[candidate], found.cut[candidate]
        lanes = np.unique(np.concatenate([found.lane[candidate], found.slots.lane[self.cut[self.cut >= 0]]]))
        firsts = np.array([found.lanes[k].first for k in lanes], dtype=np.int64)
        sizes = np.array([found.lanes[k].size for k in lanes], dtype=np.int64)
        offsets = np.concatenate(([0], np.cumsum(sizes)))
        self.idx = np.repeat(firsts - offsets[:-1], sizes) + np.arange(offsets[-1])
        local = np.full(len(found.slots) + 1, -1, dtype=np.int64)
        local[self.idx] = np.arange(len(self.idx))
        self._first = local[self.first]
        self._last = self._first + self.last - self.first
        self._has_cut = self.cut >= 0
        self._cut = local[self.cut[self._has_cut]]

    def sums(self, value: Ints) -> Ints:
        before = np.concatenate(([0], np.cumsum(value, dtype=np.int64)))
        total: Ints = before[self._last] - before[self._first]
        total[self._has_cut] += value[self._cut]
        return total

    def same_week_cuts(self, week: Ints) -> tuple[Ints, Ints, Ints]:
        """Return the candidates whose cut last meeting shares a week with a full one, that full slot, and the cut."""
        has_cut = np.flatnonzero(self._has_cut)
        long = self._last[has_cut] > self._first[has_cut]
        has_cut, cut = has_cut[long], self._cut[long]
        full = self._last[has_cut] - 1
        together = week[full] == week[cut]
        return has_cut[together], full[together], cut[together]

    def unions(self, bits: NDArray[np.uint16]) -> NDArray[np.uint16]:
        union = np.zeros(len(self._first), dtype=np.uint16)
        for name in range(len(FAULTS)):
            mask = (bits >> name) & 1
            union |= ((self.sums(mask.astype(np.int64)) > 0).astype(np.uint16) << name).astype(np.uint16)
        return union


class PairFinder:
    """Judges candidates for people of one problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        scenario, found = problem.scenario, problem.candidates
        self._site = np.array([lane.site_idx for lane in found.lanes], dtype=np.int64)[found.lane]
        self._has_room = np.diff(problem.rooms.ptr) > 0
        self._has_instructor = problem.teachable
        self._online = np.array([row.kind == "online" for row in scenario.sites])
        slots = found.slots
        ends = found.slot_idx[found.slot_ptr[1:] - 1] if len(found) else np.zeros(0, dtype=np.int64)
        self.first_day = slots.ordinal[found.first] if len(found) else ends
        self.last_day = slots.ordinal[ends]
        self._home: dict[str, Ints] = {}
        self._class_week = self._fits_class_week()
        opens = self._has_room & self._has_instructor & self._class_week & problem.listed
        self._opens_by_site = self._by_site(np.flatnonzero(opens))

    def _by_site(self, candidates: Ints) -> list[Ints]:
        """Share out candidates by site, so that what is out of reach costs a crew no time."""
        site = self._site[candidates]
        order = np.argsort(site, kind="stable")
        ends = np.searchsorted(site[order], np.arange(len(self._online) + 1))
        return [candidates[order[low:high]] for low, high in pairwise(ends.tolist())]

    def _fits_class_week(self) -> Flags:
        """Return whether each candidate alone keeps ``class-week``."""
        found, limit = self.problem.candidates, self.problem.settings.rules.class_minutes_per_week
        slots = found.slots
        owner = np.repeat(np.arange(len(found)), np.diff(found.slot_ptr))
        week = slots.week[found.slot_idx] - (slots.week.min() if len(slots) else 0)
        width = int(week.max()) + 1 if len(week) else 1
        minutes = np.bincount(owner * width + week, (slots.end - slots.start)[found.slot_idx], len(found) * width)
        fits: Flags = minutes.reshape(len(found), width).max(axis=1, initial=0) <= limit
        return fits

    def home_travel(self, zip_code: str) -> Ints:
        """Return travel minutes from a home to every site."""
        if zip_code not in self._home:
            sites = zip(self.problem.scenario.sites, self.problem.has_meetings, strict=True)
            minutes = [self.problem.geography.from_home(zip_code, s.site) if meets else FAR for s, meets in sites]
            self._home[zip_code] = np.array(minutes, dtype=np.int64)
        return self._home[zip_code]

    def origin_travel(self, persona: Persona, person: Apprentice) -> tuple[Ints, Ints]:
        """Return travel minutes to every site on a working date and on a free date."""
        return persona.travel, persona.travel if person.zip is None else self.home_travel(person.zip)

    def reach(self, persona: Persona, candidate: Ints) -> Reach:
        """Judge candidates for a persona."""
        ranges = _Ranges(self.problem, candidate)
        facts: SlotFacts = persona.slot_facts(self.problem.candidates.slots, ranges.idx)
        works = facts.works.astype(np.int64)
        faults = ranges.unions(facts.faults)
        week = self.problem.candidates.slots.week[ranges.idx]
        at, full, cut = ranges.same_week_cuts(week)
        faults[at] |= persona.week_faults(
            week[cut], facts.week_outside[full] + facts.outside[cut], facts.week_taken[full] + 1 - works[cut]
        )
        return Reach(
            candidate,
            faults,
            ranges.sums(facts.lost),
            ranges.sums(facts.outside),
            ranges.sums(works),
            ranges.sums(1 - works),
        )

    def site_open(self, company: str) -> Flags:
        """Return whether each site is open to a company's apprentices (rule ``access``)."""
        scenario = self.problem.scenario
        return np.array([scenario.is_open_to(site, company) for site in scenario.sites])

    def accepted(self, person: Apprentice) -> Flags:
        """Return whether each site's mode suits a person (rule ``mode``)."""
        return np.where(self._online, "online" in person.modes, "classroom" in person.modes)

    def of_module(self, module_idx: int) -> Ints:
        """Return the candidates of a module."""
        return np.flatnonzero(self.problem.candidates.module == module_idx)

    def too_far(self, persona: Persona, person: Apprentice, reach: Reach) -> Flags:
        """Return which candidates break ``travel-limit`` for a person."""
        from_plant, from_home = self.origin_travel(persona, person)
        site = self._site[reach.candidate]
        far_work = (from_plant[site] > person.travel_max) & (reach.work_days > 0)
        return far_work | ((from_home[site] > person.travel_max) & (reach.free_days > 0))

    def barred_dates(self, person: Apprentice, reach: Reach) -> Flags:
        """Return which candidates break ``off-date`` for a person."""
        barred = np.zeros(len(reach.candidate), dtype=bool)
        if person.starts is not None:
            barred |= self.first_day[reach.candidate] < person.starts.toordinal()
        if person.due is not None:
            barred |= self.last_day[reach.candidate] > person.due.toordinal()
        if person.off_dates:
            off = np.array([date.toordinal() for date in person.off_dates])
            ranges = _Ranges(self.problem, reach.candidate)
            meets = np.isin(self.problem.candidates.slots.ordinal[ranges.idx], off)
            barred |= ranges.sums(meets.astype(np.int64)) > 0
        return barred

    def opens_at(self, sites: Flags) -> Ints:
        """Return the candidates at some sites that alone keep ``room``, ``instructor`` and ``class-week``, in order."""
        empty = np.zeros(0, dtype=np.int64)
        return np.sort(np.concatenate([empty, *(self._opens_by_site[k] for k in np.flatnonzero(sites))]))

    def site_of(self, candidate: Ints) -> Ints:
        """Return the site of each candidate."""
        return self._site[candidate]

    def has_room(self, candidate: Ints) -> Flags:
        """Return which candidates have a room that is equipped, open and not frozen."""
        return self._has_room[candidate]

    def has_instructor(self, candidate: Ints) -> Flags:
        """Return which candidates have an instructor who is qualified, available and not frozen."""
        return self._has_instructor[candidate]

    def fits_week(self, reach: Reach) -> Flags:
        """Return which candidates alone keep ``class-week``."""
        return self._class_week[reach.candidate]

    def may_sit(self, persona: Persona, person: Apprentice, reach: Reach) -> Flags:
        """Return which candidates keep every rule that a seat alone can break."""
        good: Flags = (reach.faults == 0) & self.accepted(person)[self._site[reach.candidate]]
        good &= ~self.too_far(persona, person, reach)
        good &= ~self.barred_dates(person, reach)
        return good

    def seat_cost(self, persona: Persona, person_idx: int, module_idx: int, reach: Reach) -> Ints:
        """Return the units of a seat in each candidate, without line loss, room and instructor."""
        problem, tariff = self.problem, self.problem.tariff
        person = problem.scenario.apprentices[person_idx]
        module = problem.scenario.modules[module_idx]
        dollar = tariff.dollars
        fixed = problem.money.units(dollar * Fraction(module.dollars_per_seat))
        wage = problem.money.rate(dollar * Fraction(persona.company.class_wage) / 60)
        mile = problem.money.rate(2 * tariff.travel_minutes)
        from_plant, from_home = self.origin_travel(persona, person)
        site = self._site[reach.candidate]
        travel = reach.work_days * from_plant[site] + reach.free_days * from_home[site]
        cost: Ints = fixed + np.rint(wage * reach.outside).astype(np.int64) + np.rint(mile * travel).astype(np.int64)
        if problem.facts.has_published:
            change = problem.money.units(tariff.changes)
            cost = cost + np.where(self._is_published(person.apprentice, module.module, reach), -change, change)
        return cost

    def _is_published(self, apprentice: str, module: str, reach: Reach) -> Flags:
        key = self.problem.facts.published_keys.get((apprentice, module))
        return self.has_key(key, reach.candidate)

    def has_key(self, key: CohortKey | None, candidate: Ints) -> Flags:
        """Return which candidates have an identity."""
        if key is None:
            return np.zeros(len(candidate), dtype=bool)
        found: Flags = candidate == self.problem.candidate_of(key)
        return found


def feasible_pairs(problem: Problem) -> Pairs:
    """Return the pairs that keep every rule that one seat alone can break.

    Rules that bind several cohorts of a person (``clash``, ``modules-at-once``, weekly caps, ``duty``,
    ``day-off``, ``order``) and those of rooms and instructors are left to the model.
    """
    finder = PairFinder(problem)
    needs_of: dict[int, list[int]] = {}
    for idx, row in enumerate(problem.demand.needs):
        needs_of.setdefault(row.person_idx, []).append(idx)
    parts: list[tuple[Ints, Ints, Ints, Ints]] = []
    for persona, people in problem.personas():
        parts.extend(_pairs_of_persona(finder, persona, [p for p in people if p in needs_of], needs_of))
    need, candidate, cost, lost = (
        np.concatenate([np.zeros(0, dtype=np.int64), *(part[k] for part in parts)]) for k in range(4)
    )
    order = np.lexsort((need, candidate))
    return Pairs(*(column[order] for column in (need, candidate, cost, lost)))


def _pairs_of_persona(
    finder: PairFinder, persona: Persona, people: list[int], needs_of: dict[int, list[int]]
) -> list[tuple[Ints, Ints, Ints, Ints]]:
    problem = finder.problem
    if not people:
        return []
    modules = {problem.demand.needs[need].module_idx for person in people for need in needs_of[person]}
    module_wanted = np.zeros(len(problem.scenario.modules), dtype=bool)
    module_wanted[list(modules)] = True
    in_reach = finder.site_open(persona.company.company) & _near(finder, persona, people)
    opens = finder.opens_at(in_reach)
    reach = finder.reach(persona, opens[module_wanted[problem.candidates.module[opens]]])
    reach = reach.at(reach.faults == 0)
    parts = []
    for person in people:
        row = problem.scenario.apprentices[person]
        good = finder.may_sit(persona, row, reach)
        for need_idx in needs_of[person]:
            need = problem.demand.needs[need_idx]
            module = problem.scenario.modules[need.module_idx].module
            chosen = good & (problem.candidates.module[reach.candidate] == need.module_idx)
            if (row.apprentice, module) in problem.facts.forbidden:
                continue
            if (row.apprentice, module) in problem.facts.pinned:
                chosen &= finder.has_key(problem.facts.pinned[row.apprentice, module], reach.candidate)
            picked = reach.at(chosen)
            cost = finder.seat_cost(persona, person, need.module_idx, picked)
            parts.append((np.full(len(cost), need_idx, dtype=np.int64), picked.candidate, cost, picked.lost))
    return parts


def _near(finder: PairFinder, persona: Persona, people: list[int]) -> Flags:
    """Return the sites that somebody could travel to, from the plant or from home."""
    near = np.zeros(len(finder.problem.scenario.sites), dtype=bool)
    for person in people:
        row = finder.problem.scenario.apprentices[person]
        for minutes in finder.origin_travel(persona, row):
            near |= (minutes <= row.travel_max) & finder.accepted(row)
    return near
