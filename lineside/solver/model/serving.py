"""Builders of ``room`` and ``instructor``: no room and no instructor is in two places at once.

Most of what a room or an instructor has is far from anything that a search step decides on. Only meetings that are near
another one, of which at least one is to be decided or may go, are looked at one by one (FORMULATION.md, section 7).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import numpy as np

from lineside.models.cells import DAY_MINUTES
from lineside.solver.model.meters import Away
from lineside.solver.model.scope import Draft, Literal
from lineside.solver.model.servers import Occupancy


@dataclass(frozen=True)
class Event:
    """A meeting that a room or instructor may have: its times, site, and the literal that makes it real."""

    start: int
    end: int
    site: int
    literal: Away
    candidate: int
    frozen: bool = False


@dataclass
class _Diary:
    """What one room or instructor may have.

    Parameters
    ----------
    free
        Candidates to decide on, with the literal that gives them this room or instructor.
    kept
        Candidates of cohorts that stay.
    gone
        Candidates of cohorts that were here and cannot be any more: what they stood between is looked at.
    frozen
        Meetings of frozen cohorts.
    """

    free: dict[int, Literal] = field(default_factory=dict)
    kept: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    frozen: list[Event] = field(default_factory=list)

    def near(self, occupancy: Occupancy, gap: int) -> tuple[list[int], list[int]]:
        """Return the free and the kept candidates with a meeting that another decision may touch.

        That is one within some minutes of another meeting, of which at least one is free or gone.

        Parameters
        ----------
        occupancy
            Times of candidates.
        gap
            Minutes.
        """
        if self.frozen and gap > DAY_MINUTES:
            return list(self.free), self.kept  # bits begin a day before the horizon, and frozen meetings may be earlier
        once = twice = beside = 0
        for candidate in (*self.free, *self.gone):
            wide = occupancy.bits_around(candidate, gap)
            once, twice = once | wide, twice | once & wide
        kept = [candidate for candidate in self.kept if occupancy.bits(candidate) & once]
        for candidate in kept:
            beside |= occupancy.bits(candidate)
        if self.frozen:
            start, end = (np.array(times) for times in zip(*((e.start, e.end) for e in self.frozen), strict=True))
            beside |= occupancy.bits_of(start, end)
        free = [
            candidate
            for candidate in self.free
            if occupancy.bits(candidate) & twice or (beside and occupancy.bits_around(candidate, gap) & beside)
        ]
        return free, kept


def add_rooms(draft: Draft) -> None:
    """Rule ``room``: a room holds one cohort at a time: at most one of the cohorts that meet at any minute."""
    for diary in _diaries(draft, draft.opens, room=True).values():
        add_one_at_a_time(draft, _events(draft, diary, 0))


def add_instructors(draft: Draft) -> None:
    """Rule ``instructor``: one cohort at a time, travel between consecutive meetings, and ``week_minutes``.

    Two meetings that are nearer than their sites' travel may both be taught only if another meeting
    of the instructor lies between them: ``not w1 or not w2 or w3 or ...`` over all that fit between.
    """
    rows = draft.scope.problem.scenario.instructors
    for instructor, diary in _diaries(draft, draft.teaches, room=False).items():
        longest = _longest_way(draft, diary)
        events = _events(draft, diary, longest)
        add_one_at_a_time(draft, events)
        _add_travel(draft, events, longest)
        _add_week_minutes(draft, diary, rows[instructor].week_minutes)


def _diaries(draft: Draft, literals: dict[tuple[int, int], Literal], room: bool) -> dict[int, _Diary]:
    """Return what each room or instructor could have, kept and frozen cohorts included."""
    problem = draft.scope.problem
    diaries: dict[int, _Diary] = {}
    for (candidate, row), literal in literals.items():
        diaries.setdefault(row, _Diary()).free[candidate] = literal
    for cohort in draft.scope.given_up:
        row = cohort.room if room else cohort.instructor
        if (cohort.candidate, row) not in literals:
            diaries.setdefault(row, _Diary()).gone.append(cohort.candidate)
    for cohort in draft.scope.kept:
        row = cohort.room if room else cohort.instructor
        if row in diaries and (cohort.candidate, row) not in literals:
            diaries[row].kept.append(cohort.candidate)
    ids = [r.room for r in problem.scenario.rooms] if room else [r.instructor for r in problem.scenario.instructors]
    names = {name: k for k, name in enumerate(ids)}
    for idx, frozen in enumerate(problem.facts.frozen):
        row = names.get(frozen.cohort.room if room else frozen.cohort.instructor, -1)
        if row in diaries:
            site = problem.site_idx.get(frozen.cohort.site, -1)
            diaries[row].frozen.extend(Event(s, e, site, 1, -1 - idx, frozen=True) for s, e in frozen.spans)
    return diaries


def _longest_way(draft: Draft, diary: _Diary) -> int:
    """Return the longest travel between two sites at which an instructor may be, in minutes."""
    found = draft.scope.problem.candidates
    sites = {found.lanes[found.lane[c]].site_idx for c in (*diary.free, *diary.kept)}
    sites |= {event.site for event in diary.frozen if event.site >= 0}
    at = np.array(sorted(sites), dtype=np.int64)
    return int(draft.scope.problem.between[np.ix_(at, at)].max(initial=0))


def _events(draft: Draft, diary: _Diary, gap: int) -> list[Event]:
    """Return all meetings of the candidates that :meth:`_Diary.near` tells, and of frozen cohorts."""
    free, kept = diary.near(draft.scope.times, gap)
    events = [event for candidate in free for event in _meetings(draft, candidate, diary.free[candidate])]
    events += [event for candidate in kept for event in _meetings(draft, candidate, 1)]
    return events + diary.frozen if events else []


def _meetings(draft: Draft, candidate: int, literal: Away) -> Iterator[Event]:
    slots, idx = draft.scope.problem.candidates.slots, draft.scope.problem.candidates.slots_of(candidate)
    site = int(slots.site[idx[0]])
    for start, end in zip(slots.start[idx].tolist(), slots.end[idx].tolist(), strict=True):
        yield Event(start, end, site, literal, candidate)


def add_one_at_a_time(draft: Draft, events: Collection[Event]) -> None:
    """Forbid overlaps: at the start of each meeting, at most one of the meetings running is real.

    Frozen cohorts may overlap each other; what meets at the same time as anything fixed is shut out.
    """
    seen: set[frozenset[int]] = set()
    running: list[Event] = []
    ordered = sorted(events, key=lambda e: (e.start, e.end))
    position = 0
    while position < len(ordered):
        start = ordered[position].start
        running = [event for event in running if event.end > start]
        while position < len(ordered) and ordered[position].start == start:
            running.append(ordered[position])
            position += 1
        if len(running) == 1:
            continue
        key = frozenset(event.candidate for event in running)
        if len(key) > 1 and key not in seen:
            seen.add(key)
            free = {event.candidate: event.literal for event in running if not isinstance(event.literal, int)}
            if len(free) < len(key):
                draft.model.add(sum(free.values()) == 0)
            else:
                draft.model.add_at_most_one(free.values())


def _add_travel(draft: Draft, events: list[Event], longest: int) -> None:
    """Forbid pairs of meetings that are nearer than the way between them, unless one lies between."""
    between = draft.scope.problem.between
    ordered = sorted(events, key=lambda e: (e.start, e.end))
    seen: set[tuple[int, int, frozenset[int]]] = set()
    for k, first in enumerate(ordered):
        for j in range(k + 1, len(ordered)):
            second = ordered[j]
            if second.start >= first.end + longest:
                break
            gap = int(between[first.site, second.site]) if min(first.site, second.site) >= 0 else 0
            if second.start < first.end or second.start >= first.end + gap or (first.frozen and second.frozen):
                continue
            middle = [e for e in ordered[k + 1 : j] if e.start >= first.end and e.end <= second.start]
            key = (first.candidate, second.candidate, frozenset(e.candidate for e in middle))
            if key not in seen and not any(isinstance(e.literal, int) for e in middle):
                seen.add(key)
                ends = [e.literal.negated() for e in (first, second) if not isinstance(e.literal, int)]
                draft.model.add_bool_or([*ends, *(e.literal for e in middle if not isinstance(e.literal, int))])


def _add_week_minutes(draft: Draft, diary: _Diary, limit: int) -> None:
    """Limit an instructor's minutes of each week, where all that could be taught together is more."""
    found = draft.scope.problem.candidates
    mine, literals = [*diary.free, *diary.kept], list(diary.free.values())
    if not literals:
        return
    idx = [found.slots_of(candidate) for candidate in mine]
    owner = np.repeat(np.arange(len(mine) + 1), [*map(len, idx), len(diary.frozen)])
    rows = np.concatenate(idx)
    start = np.concatenate([found.slots.start[rows], np.array([e.start for e in diary.frozen], dtype=np.int64)])
    end = np.concatenate([found.slots.end[rows], np.array([e.end for e in diary.frozen], dtype=np.int64)])
    week = (start // 1440 - 1) // 7
    first = int(week.min())
    seen: set[tuple[tuple[int, ...], int]] = set()
    for number in np.flatnonzero(np.bincount(week - first, weights=end - start) > limit).tolist():
        at = week - first == number
        minutes = np.bincount(owner[at], weights=(end - start)[at], minlength=len(mine) + 1).astype(np.int64)
        free, fixed = minutes[: len(literals)].tolist(), int(minutes[len(literals) :].sum())
        if any(free) and (tuple(free), fixed) not in seen:
            seen.add((tuple(free), fixed))
            terms = [m * literal for m, literal in zip(free, literals, strict=True) if m]
            draft.model.add(sum(terms) <= max(0, limit - fixed))
