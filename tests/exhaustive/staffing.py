"""Rooms and instructors: the cheapest way to split candidates' people into cohorts and to staff these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product

from lineside.models.tables import Instructor, Room
from tests.exhaustive.clock import Span, common, date_of, is_open, monday_of
from tests.exhaustive.world import Candidate, World

Unit = tuple[str, ...]


@dataclass(frozen=True)
class Opened:
    """A cohort with its people, room and instructor."""

    candidate: Candidate
    people: tuple[str, ...]
    room: str
    instructor: str


@dataclass(frozen=True)
class Staffing:
    cohorts: tuple[Opened, ...]
    dollars: Fraction


class Desk:
    """Finds the cheapest staffing of what people picked; the same question is answered once."""

    def __init__(self, world: World) -> None:
        self.num_steps = 0
        self._world = world
        self._rooms: dict[Candidate, list[Room]] = {}
        self._instructors: dict[Candidate, list[Instructor]] = {}
        self._pairs: dict[Candidate, list[tuple[Fraction, str, str]]] = {}
        self._known: dict[frozenset[tuple[Candidate, tuple[Unit, ...]]], Staffing | None] = {}

    def cheapest(self, picked: dict[Candidate, tuple[Unit, ...]]) -> Staffing | None:
        """Return the cheapest staffing, or None if there is none.

        Parameters
        ----------
        picked
            Candidates and their people, in units that must stay together.
        """
        question = frozenset(picked.items())
        if question not in self._known:
            self._known[question] = self._search(picked)
        return self._known[question]

    def _search(self, picked: dict[Candidate, tuple[Unit, ...]]) -> Staffing | None:
        best: Staffing | None = None
        splits = [[(candidate, split) for split in splits_of(units)] for candidate, units in picked.items()]
        for chosen in product(*splits):
            copies = [(candidate, people) for candidate, split in chosen for people in split]
            if "cohort-size" in self._world.without or all(self._is_size(c, len(people)) for c, people in copies):
                best = self._staff(copies, (), Fraction(0), best)
        return best

    def _is_size(self, candidate: Candidate, size: int) -> bool:
        module = self._world.scenario.module_by_id[candidate.module]
        return module.seats_min <= size <= module.seats_max

    def _staff(
        self,
        copies: list[tuple[Candidate, tuple[str, ...]]],
        done: tuple[Opened, ...],
        dollars: Fraction,
        best: Staffing | None,
    ) -> Staffing | None:
        """Try every room and instructor for the next copy, dearer ones than the best known apart."""
        self.num_steps += 1
        if len(done) == len(copies):
            return Staffing(done, dollars) if self._are_instructors_kept(done) else best
        candidate, people = copies[len(done)]
        for paid, room, instructor in self._pairs_for(candidate):
            opened = Opened(candidate, people, room, instructor)
            if best is not None and dollars + paid >= best.dollars:
                break
            if self._fits_beside(opened, done):
                best = self._staff(copies, (*done, opened), dollars + paid, best)
        return best

    def _pairs_for(self, candidate: Candidate) -> list[tuple[Fraction, str, str]]:
        """List the rooms and instructors that a candidate may have with their dollars, the cheapest first."""
        if candidate not in self._pairs:
            hours = Fraction(candidate.hours_in_minutes, 60)
            self._pairs[candidate] = sorted(
                (hours * (Fraction(room.dollars_per_hour) + Fraction(row.dollars_per_hour)), room.room, row.instructor)
                for room, row in product(self.rooms_for(candidate), self.instructors_for(candidate))
            )
        return self._pairs[candidate]

    def rooms_for(self, candidate: Candidate) -> list[Room]:
        """List the rooms that are at the site, equipped, open, and free of frozen cohorts."""
        if candidate not in self._rooms:
            scenario, free = self._world.scenario, "room" in self._world.without
            features = set(scenario.module_by_id[candidate.module].features)
            self._rooms[candidate] = [
                room
                for room in scenario.rooms
                if room.site == candidate.site
                and (
                    free
                    or (
                        features <= set(room.features)
                        and all(is_open(room.hours, meeting) for meeting in candidate.meetings)
                        and not any(
                            frozen.cohort.room == room.room and overlap(frozen.candidate, candidate)
                            for frozen in self._world.frozen
                        )
                    )
                )
            ]
        return self._rooms[candidate]

    def instructors_for(self, candidate: Candidate) -> list[Instructor]:
        """List the instructors who are qualified and available."""
        if candidate not in self._instructors:
            free = "instructor" in self._world.without
            self._instructors[candidate] = [
                row
                for row in self._world.scenario.instructors
                if free
                or (
                    candidate.module in row.modules
                    and all(is_open(row.hours, meeting) for meeting in candidate.meetings)
                )
            ]
        return self._instructors[candidate]

    def _fits_beside(self, opened: Opened, done: tuple[Opened, ...]) -> bool:
        """Return whether a cohort fits its room and overlaps no other one in the same room or of the same person."""
        world = self._world
        seats = world.scenario.room_by_id[opened.room].seats
        if len(opened.people) > seats and "cohort-size" not in world.without:
            return False
        for other in done:
            if overlap(other.candidate, opened.candidate):
                if other.room == opened.room and "room" not in world.without:
                    return False
                if other.instructor == opened.instructor and "instructor" not in world.without:
                    return False
        return True

    def _are_instructors_kept(self, done: tuple[Opened, ...]) -> bool:
        if "instructor" in self._world.without:
            return True
        return all(self._is_instructor_kept(row, done) for row in self._world.scenario.instructors)

    def _is_instructor_kept(self, row: Instructor, done: tuple[Opened, ...]) -> bool:
        """Return whether one instructor's meetings keep the travel in between and the minutes of each week."""
        new = [o.candidate for o in done if o.instructor == row.instructor]
        old = [f.candidate for f in self._world.frozen if f.cohort.instructor == row.instructor]
        timetable = sorted([(m, c.site, True) for c in new for m in c.meetings] + _timed(old))
        for i, (meeting, _, is_new) in enumerate(timetable):
            if any((is_new or other[2]) and common(meeting, other[0]) for other in timetable[i + 1 :]):
                return False
        for (a, a_site, a_new), (b, b_site, b_new) in pairwise(timetable):
            if (a_new or b_new) and b[0] - a[1] < self._world.travel(a_site, b_site):
                return False
        for monday in {monday_of(date_of(m[0])) for m, _, is_new in timetable if is_new}:
            if sum(m[1] - m[0] for m, _, _ in timetable if monday_of(date_of(m[0])) == monday) > row.week_minutes:
                return False
        return True


def _timed(old: list[Candidate]) -> list[tuple[Span, str, bool]]:
    return [(meeting, candidate.site, False) for candidate in old for meeting in candidate.meetings]


def overlap(a: Candidate, b: Candidate) -> bool:
    return any(common(x, y) for x in a.meetings for y in b.meetings)


def splits_of(units: tuple[Unit, ...]) -> list[tuple[tuple[str, ...], ...]]:
    """List the ways to split units into groups, one for all that give the same sizes: only sizes matter here."""
    by_sizes = {tuple(sorted(map(len, split))): split for split in partitions(units)}
    return [by_sizes[sizes] for sizes in sorted(by_sizes, key=lambda sizes: (len(sizes), sizes))]


def partitions(units: tuple[Unit, ...]) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Yield every way to split units into groups, each group as its people."""
    if not units:
        yield ()
        return
    first, rest = units[0], units[1:]
    for split in partitions(rest):
        yield (first, *split)
        for k, group in enumerate(split):
            yield (*split[:k], first + group, *split[k + 1 :])
