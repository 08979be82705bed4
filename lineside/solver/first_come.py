"""First come, first served: the plan that a careful planner makes by hand, by the same rules.

The planner goes down the list of apprentices and gives each one the first seat that suits. This is
the baseline beside which a solved plan is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.solver.finish import finish, unseated_needs
from lineside.solver.fits import PersonRules, ServerDiary
from lineside.solver.floor import trivial_floor
from lineside.solver.problem import Problem
from lineside.solver.seating import OpenCohort, Seating
from lineside.solver.waiting_list import WaitingList, waiting_list

REASON = "First come, first served found no seat."


class PinsNotKeptError(Exception):
    """Going down the list led to no plan that keeps every pin."""


def first_come_plan(scenario: Scenario) -> Plan:
    """Return the plan of first come, first served, with its measures and objective.

    Parameters
    ----------
    scenario
        A scenario without mistakes.

    Returns
    -------
    A plan that keeps every rule; always the same for the same tables.

    Raises
    ------
    PinsNotKeptError
        If a pinned seat cannot be kept this way.

    Notes
    -----
    1. Frozen cohorts stand. Pinned seats come next, and people who fill up their cohorts.
    2. Apprentices are served in table order, their modules in program order with earlier modules first. Of a choice of
       options the first is taken, unless a pin asks for another.
    3. A person, with the party if there is one, joins the first open cohort that suits; else starts one in the earliest
       week, there at the nearest site, there in table order of the patterns, in the first free room with the first free
       instructor, provided that enough people without a seat could come as things stand. So many are called up at
       once, from the top of the list.
    4. Those who were passed over ask again as long as somebody finds a seat.
    5. Cohorts that are still below ``seats_min`` are dissolved; their people take free seats elsewhere.
    """
    problem = Problem(scenario)
    seating = _Planner(problem, waiting_list(problem)).run()
    reasons = dict.fromkeys(unseated_needs(problem, seating), REASON)
    return finish(problem, seating, problem.money.line_minutes(trivial_floor(problem)), "feasible", reasons)


@dataclass(eq=False)
class _Cohort:
    """A cohort that is being filled; ``cap`` is the most seats that module and room allow."""

    candidate: int
    room: int
    instructor: int
    cap: int
    needs: list[int] = field(default_factory=list)


class _Planner:
    """Goes down the list and seats people, one after the other."""

    def __init__(self, problem: Problem, queue: WaitingList) -> None:
        self.problem, self.queue = problem, queue
        self._people = PersonRules(problem)
        self._diary = ServerDiary(problem)
        self._suiting = {need: frozenset(candidates) for need, candidates in queue.reach.items()}
        self._ptr = np.searchsorted(problem.pairs.candidate, np.arange(len(problem.candidates) + 1))
        self._cohorts: list[_Cohort] = []
        self._cohort_of: dict[int, _Cohort] = {}
        self._seated_in: dict[int, list[int]] = {}
        self._known_fits: dict[int, dict[int, bool]] = {}
        self._no_server: set[int] = set()

    def run(self) -> Seating:
        """Return the seating at the end of the list.

        Raises
        ------
        PinsNotKeptError
            If a pinned seat is not in it.
        """
        self._seat_pinned()
        while self._go_down(may_open=True):
            pass
        while self._dissolve():
            pass
        while self._go_down(may_open=False):
            pass
        for need in self.queue.pinned:
            self._demand_seat(need)
        cohorts = (OpenCohort(c.candidate, c.room, c.instructor, frozenset(c.needs)) for c in self._cohorts)
        return Seating(tuple(cohorts), self.queue.options)

    def _seat_pinned(self) -> None:
        """Seat pinned people with their parties, then what they must have before, then fill up their cohorts."""
        for need in self.queue.pinned:
            if need not in self._cohort_of:
                # The earlier modules come after: a pin says where its own module is, they must find a place before it.
                self._serve(self.queue.party[need], may_open=True, pinned=True)
        started = list(self._cohorts)
        for need in self.queue.pinned:
            for before, _ in self.queue.waits_for.get(need, ()):
                if before >= 0 and before not in self._cohort_of:
                    self._serve(self.queue.party[before], may_open=True)
        for cohort in started:
            self._fill_up(cohort)

    def _fill_up(self, cohort: _Cohort) -> None:
        """Give a cohort its fewest people, in the order of the list."""
        for need in self.queue.needs:
            if len(cohort.needs) >= self._seats_min(cohort.candidate):
                return
            if need not in self._cohort_of:
                self._join(self.queue.party[need], [cohort])

    def _go_down(self, *, may_open: bool) -> bool:
        """Go down the list once; return whether somebody found a seat."""
        found = False
        for need in self.queue.needs:
            if need not in self._cohort_of:
                found |= self._serve(self.queue.party[need], may_open=may_open)
        return found

    def _serve(self, party: tuple[int, ...], *, may_open: bool, pinned: bool = False) -> bool:
        if self._join(party, self._cohorts, pinned=pinned):
            return True
        return may_open and self._start(party, pinned=pinned)

    def _join(self, party: tuple[int, ...], cohorts: list[_Cohort], *, pinned: bool = False) -> bool:
        for cohort in cohorts:
            if cohort.candidate not in self._suiting[party[0]] or len(cohort.needs) + len(party) > cohort.cap:
                continue
            if self._suits(party, cohort.candidate, pinned=pinned):
                self._seat(party, cohort)
                return True
        return False

    def _start(self, party: tuple[int, ...], *, pinned: bool) -> bool:
        for candidate in self.queue.reach[party[0]]:
            if candidate in self._no_server or not self._suits(party, candidate, pinned=pinned):
                continue
            if pinned or self._enough_could_come(candidate):
                cohort = self._open(candidate, len(party))
                if cohort is not None:
                    self._seat(party, cohort)
                    if not pinned:
                        self._fill_up(cohort)
                    return True
        return False

    def _enough_could_come(self, candidate: int) -> bool:
        """Return whether enough people without a seat could come to open a candidate, parties whole."""
        low, high = int(self._ptr[candidate]), int(self._ptr[candidate + 1])
        missing = self._seats_min(candidate)
        for left, need in zip(range(high - low, 0, -1), self.problem.pairs.need[low:high].tolist(), strict=True):
            if missing > left:
                return False
            if need in self.queue.party and need not in self._cohort_of:
                missing -= self._suits(self.queue.party[need], candidate)
            if missing <= 0:
                return True
        return False

    def _open(self, candidate: int, num_people: int) -> _Cohort | None:
        """Open a cohort in the first free room that holds a party, with the first free instructor."""
        problem, diary = self.problem, self._diary
        module = problem.scenario.modules[problem.candidates.module[candidate]]
        rooms = [k for k in sorted(problem.rooms.of(candidate).tolist()) if diary.room_free(k, candidate)]
        teachers = [k for k in sorted(problem.instructors.of(candidate).tolist()) if diary.teacher_free(k, candidate)]
        if not rooms or not teachers:
            self._no_server.add(candidate)
            return None
        for room in rooms:
            cap = min(module.seats_max, problem.scenario.rooms[room].seats)
            if num_people <= cap:
                diary.enter(room, teachers[0], candidate)
                self._cohorts.append(_Cohort(candidate, room, teachers[0], cap))
                return self._cohorts[-1]
        return None

    def _seats_min(self, candidate: int) -> int:
        return self.problem.scenario.modules[int(self.problem.candidates.module[candidate])].seats_min

    def _seat(self, party: tuple[int, ...], cohort: _Cohort) -> None:
        for need in party:
            person = self.problem.demand.needs[need].person_idx
            cohort.needs.append(need)
            self._cohort_of[need] = cohort
            self._seated_in.setdefault(person, []).append(cohort.candidate)
            self._known_fits.pop(person, None)

    def _unseat(self, party: tuple[int, ...]) -> None:
        for need in party:
            person = self.problem.demand.needs[need].person_idx
            cohort = self._cohort_of.pop(need)
            cohort.needs.remove(need)
            self._seated_in[person].remove(cohort.candidate)
            self._known_fits.pop(person, None)

    def _dissolve(self) -> bool:
        """Dissolve cohorts that are too small and take back seats that came after them; return whether any were."""
        small = [c for c in self._cohorts if len(c.needs) < self._seats_min(c.candidate)]
        self._cohorts = [c for c in self._cohorts if c not in small]
        for cohort in small:
            while cohort.needs:
                self._unseat(self.queue.party[cohort.needs[0]])
        waiting = [k for k, c in self._cohort_of.items() if not self._earlier_done(k, c.candidate)]
        for need in waiting:
            if need in self._cohort_of:
                self._unseat(self.queue.party[need])
        return bool(small or waiting)

    def _suits(self, party: tuple[int, ...], candidate: int, *, pinned: bool = False) -> bool:
        return all(
            self._goes_together(need, candidate)
            and (pinned or self._earlier_done(need, candidate))
            and self._later_waits(need, candidate)
            for need in party
        )

    def _goes_together(self, need: int, candidate: int) -> bool:
        """Return whether a person could be in one more cohort, by every rule but ``order``."""
        if candidate not in self._suiting[need]:
            return False
        person = self.problem.demand.needs[need].person_idx
        known = self._known_fits.setdefault(person, {})
        if candidate not in known:
            known[candidate] = self._people.fits(person, [*self._seated_in.get(person, ()), candidate])
        return known[candidate]

    def _earlier_done(self, need: int, candidate: int) -> bool:
        """Return whether every earlier module is seated and ends on an earlier date (rule ``order``)."""
        for before, frozen_last in self.queue.waits_for.get(need, ()):
            cohort = self._cohort_of.get(before)
            last = frozen_last if cohort is None else self._days(cohort.candidate)[1]
            if last is None or last >= self._days(candidate)[0]:
                return False
        return True

    def _later_waits(self, need: int, candidate: int) -> bool:
        """Return whether seats in later modules, pinned ones, begin on a later date (rule ``order``)."""
        later = (self._cohort_of.get(follower) for follower in self.queue.followers.get(need, ()))
        return all(c is None or self._days(candidate)[1] < self._days(c.candidate)[0] for c in later)

    def _days(self, candidate: int) -> tuple[int, int]:
        """Return the ordinals of a candidate's first and last date."""
        found = self.problem.candidates
        days = found.slots.ordinal[found.slots_of(candidate)]
        return int(days[0]), int(days[-1])

    def _demand_seat(self, need: int) -> None:
        if need not in self._cohort_of:
            row = self.problem.demand.needs[need]
            person = self.problem.scenario.apprentices[row.person_idx].apprentice
            module = self.problem.scenario.modules[row.module_idx].module
            raise PinsNotKeptError(
                f"First come, first served cannot keep the pin of {person} in {module}. "
                "Take out the pin, or compare with another baseline."
            )
