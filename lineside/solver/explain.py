"""The reason behind every empty seat: what happened to each candidate cohort of the module, by rule name."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.models.rules import RULES
from lineside.solver.finish import unseated_needs
from lineside.solver.fits import PersonRules
from lineside.solver.needs import Earlier
from lineside.solver.pairs import PairFinder, Reach
from lineside.solver.personas import FAULTS
from lineside.solver.problem import Problem
from lineside.solver.seating import Seating

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

TOGETHER = "clash, duty, weekly limits"
"""Stands for the rules that bind several cohorts of one person."""


@dataclass(frozen=True)
class Refusal:
    """Candidate cohorts that do not seat somebody for the same reason.

    Parameters
    ----------
    rule
        The rule's name; several where they are told together; empty where it is a matter of price.
    words
        What is said of the cohorts, completing "11 ...".
    count
        How many there are, each counted once, at the first rule it fails.
    """

    rule: str
    words: str
    count: int

    @property
    def sentence(self) -> str:
        """Count, words and rule."""
        return f"{self.count:,} {self.words}" + (f" [{self.rule}]" if self.rule else "")


Ground = tuple[str, str]
"""Rule and words of a refusal."""


class Explainer:
    """Says why needs have no seat.

    Parameters
    ----------
    problem
        The prepared problem.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._finder = PairFinder(problem)
        self._people = PersonRules(problem)
        self._reach: dict[tuple[object, ...], Reach] = {}
        self._sizes = np.bincount(problem.pairs.candidate, minlength=len(problem.candidates))
        self._viable = np.zeros(len(problem.pairs), dtype=bool)
        self._viable[problem.viable_pairs] = True
        self._earlier: dict[int, list[Earlier]] = {}
        for earlier in problem.demand.earlier:
            self._earlier.setdefault(earlier.need_idx, []).append(earlier)
        self._least = np.array([row.seats_min for row in problem.scenario.modules])

    def reasons(self, seating: Seating) -> dict[int, str]:
        """Return the reason of every need that has no seat, by need."""
        view = self.view(seating)
        return {need: self.reason(need, view) for need in view.empty}

    def view(self, seating: Seating) -> View:
        """Return a seating as it is looked at from its seats."""
        return View(self.problem, seating)

    def reason(self, need_idx: int, view: View) -> str:
        """Return the reason of a need without a seat as one sentence."""
        return self.obstacle(need_idx) or _listed(self.refusals(need_idx, view))

    def obstacle(self, need_idx: int) -> str:
        """Say why a need has no candidate cohort at all; nothing if it has some."""
        problem = self.problem
        need = problem.demand.needs[need_idx]
        person = problem.scenario.apprentices[need.person_idx]
        module = problem.scenario.modules[need.module_idx]
        if (person.apprentice, module.module) in problem.facts.forbidden:
            return "A pin forbids this module [pin]."
        if not len(self._finder.of_module(need.module_idx)):
            return f"No candidate cohort: {self._nothing_opens(need.module_idx)}"
        return ""

    def _nothing_opens(self, module_idx: int) -> str:
        """Say why a module has no candidate at all."""
        scenario = self.problem.scenario
        module = scenario.modules[module_idx]
        if not any(set(module.features) <= set(room.features) for room in scenario.rooms):
            return f"no room has {' '.join(module.features)} [room]."
        patterns = scenario.patterns or ()
        if patterns and not any(module.session_min <= row.minutes <= module.session_max for row in patterns):
            return f"no pattern has {module.session_min} to {module.session_max} minutes [session-length]."
        return "no pattern and first week give its hours inside the horizon [hours]."

    def faults(self, need_idx: int) -> tuple[Ints, dict[str, Flags]]:
        """Return the candidates of a need's module, and which of them fail each rule that a seat alone can break."""
        module_idx = self.problem.demand.needs[need_idx].module_idx
        candidate = self._finder.of_module(module_idx)
        return candidate, self._judged(need_idx, candidate, (module_idx,))

    def _judged(self, need_idx: int, candidate: Ints, which: tuple[object, ...]) -> dict[str, Flags]:
        """Return which of some candidates, known as ``which``, fail each rule that a seat alone can break."""
        problem = self.problem
        need = problem.demand.needs[need_idx]
        row = problem.scenario.apprentices[need.person_idx]
        persona = problem.persona(need.person_idx)
        key = (id(persona), *which)
        if key not in self._reach:
            self._reach[key] = self._finder.reach(persona, candidate)
        reach = self._reach[key]
        site = self._finder.site_of(candidate)
        tests: dict[str, Flags] = {
            "access": ~self._finder.site_open(persona.company.company)[site],
            "mode": ~self._finder.accepted(row)[site],
            "travel-limit": self._finder.too_far(persona, row, reach),
            "off-date": self._finder.barred_dates(row, reach),
            "room": ~self._finder.has_room(candidate),
            "instructor": ~self._finder.has_instructor(candidate),
            "class-week": ~self._finder.fits_week(reach),
        }
        return tests | {name: (reach.faults >> bit) & 1 > 0 for bit, name in enumerate(FAULTS)}

    def _site_faults(self, need_idx: int) -> dict[str, Flags]:
        """Return the sites at which every candidate fails one of the first rules, whenever it meets."""
        problem = self.problem
        need = problem.demand.needs[need_idx]
        row, persona = problem.scenario.apprentices[need.person_idx], problem.persona(need.person_idx)
        from_plant, from_home = self._finder.origin_travel(persona, row)
        return {
            "access": ~self._finder.site_open(persona.company.company),
            "mode": ~self._finder.accepted(row),
            "travel-limit": (from_plant > row.travel_max) & (from_home > row.travel_max),
        }

    def refusals(self, need_idx: int, view: View) -> tuple[Refusal, ...]:
        """Return why candidates do not seat a need, the most frequent reason first; its own cohort is left out."""
        counts: Counter[Ground] = Counter()
        module_idx, own = self.problem.demand.needs[need_idx].module_idx, view.seated.get(need_idx, -1)
        candidate = self._finder.of_module(module_idx)
        site = self._finder.site_of(candidate)
        near = np.ones(len(self.problem.scenario.sites), dtype=bool)
        for name, fails in self._site_faults(need_idx).items():
            counts[_ground(name)] += int(((near & fails)[site] & (candidate != own)).sum())
            near &= ~fails
        candidate = candidate[near[site]]
        left = candidate != own
        for name, fails in self._judged(need_idx, candidate, (module_idx, near.tobytes())).items():
            counts[_ground(name)] += int((left & fails).sum())
            left &= ~fails
        for k in candidate[left].tolist():
            counts[self._late_refusal(need_idx, k, view)] += 1
        need = self.problem.demand.needs[need_idx]
        person = self.problem.scenario.apprentices[need.person_idx]
        company = self.problem.scenario.company_by_id[person.company].name or person.company
        least = self.problem.scenario.modules[need.module_idx].seats_min
        return tuple(
            Refusal(rule, words.format(company=company, seats_min=least), count)
            for (rule, words), count in counts.most_common()
            if count
        )

    def _late_refusal(self, need_idx: int, candidate: int, view: View) -> Ground:
        """Say why a candidate that this person could be in does not seat the person."""
        problem = self.problem
        need = problem.demand.needs[need_idx]
        row = problem.pairs.row(need_idx, candidate)
        if row < 0:
            return _ground("pin")
        if not self._viable[row]:
            return _ground(self._pruning_rule(need_idx, candidate))
        own = view.seated.get(need_idx)
        others = view.candidates_of(need.person_idx, but=need_idx)
        if others and not self._people.fits(need.person_idx, [*others, candidate]):
            return TOGETHER, "do not go together with this person's other cohorts"
        if self._waits(need_idx, candidate, view):
            return _ground("order")
        if candidate in view.size_of:
            if view.is_full(candidate):
                return "cohort-size", "are full"
            return "", "are open but cost more than the empty seat" if own is None else "are open and have room"
        if view.lonely[candidate] + (own is not None) < self._least[need.module_idx]:
            return "cohort-size", "have too few people without a seat to reach {seats_min}"
        return "", "could open only at a higher price, or with a room, instructor or people that others have"

    def _pruning_rule(self, need_idx: int, candidate: int) -> str:
        """Return the rule by which :mod:`lineside.solver.prune` rules a pair out."""
        need = self.problem.demand.needs[need_idx]
        if self._sizes[candidate] < self._least[need.module_idx]:
            return "cohort-size"
        if any(row.need_idx == need_idx and not row.options for row in self.problem.demand.earlier):
            return "order"
        has_party = self.problem.scenario.apprentices[need.person_idx].party is not None
        return "party" if has_party else "cohort-size"

    def _waits(self, need_idx: int, candidate: int, view: View) -> bool:
        found = self.problem.candidates
        first = int(found.begins[candidate])
        for row in self._earlier.get(need_idx, ()):
            if row.options and not set(row.options) & view.chosen:
                continue
            if row.frozen_last is not None and row.frozen_last < first:
                continue
            before = view.seated.get(row.need_before)
            if before is None or int(found.ends[before]) >= first:
                return True
        return False


class View:
    """A seating, looked at from its seats, empty or not."""

    def __init__(self, problem: Problem, seating: Seating) -> None:
        self.empty = unseated_needs(problem, seating)
        self.seated = seating.candidate_of()
        self.chosen = frozenset(seating.chosen)
        self.size_of: dict[int, int] = {}
        self._caps: dict[int, int] = {}
        for cohort in seating.cohorts:
            module = problem.scenario.modules[problem.candidates.module[cohort.candidate]]
            cap = min(module.seats_max, problem.scenario.rooms[cohort.room].seats)
            self.size_of[cohort.candidate] = self.size_of.get(cohort.candidate, 0) + len(cohort.needs)
            self._caps[cohort.candidate] = self._caps.get(cohort.candidate, 0) + cap
        rows = problem.viable_pairs
        without_seat = np.isin(problem.pairs.need[rows], self.empty)
        self.lonely = np.bincount(problem.pairs.candidate[rows[without_seat]], minlength=len(problem.candidates))
        self._of_person: dict[int, dict[int, int]] = {}
        for need, candidate in self.seated.items():
            self._of_person.setdefault(problem.demand.needs[need].person_idx, {})[need] = candidate

    def candidates_of(self, person: int, but: int) -> list[int]:
        """Return where a person is seated in all needs but one."""
        return [candidate for need, candidate in self._of_person.get(person, {}).items() if need != but]

    def is_full(self, candidate: int) -> bool:
        """Return whether no copy of an open cohort has a seat left."""
        return self.size_of[candidate] >= self._caps[candidate]


def _listed(refusals: tuple[Refusal, ...]) -> str:
    total = sum(row.count for row in refusals)
    noun = "candidate cohort" if total == 1 else "candidate cohorts"
    return f"{total:,} {noun}: {', '.join(row.sentence for row in refusals)}."


def _ground(rule: str) -> Ground:
    return rule, RULES[rule].refusal
