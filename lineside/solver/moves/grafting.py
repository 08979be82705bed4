"""Taking over the changes that one seating made of another into a third, as far as they are independent.

Two searches that begin with the same seating and change it in different places both gained something. What one of
them changed falls into pieces that have nothing to do with each other: cohorts that opened, closed or changed
people, linked by the people who moved. A piece is grafted onto the other seating if nothing that it touches has
been touched there, if rooms and instructors are free, and if that saves anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lineside.solver.moves.standing import Standing
from lineside.solver.problem import Problem
from lineside.solver.seating import Seating

Key = tuple[int, int, int]
"""Candidate, room and instructor of a cohort."""
Needs = frozenset[int]
Copies = dict[Key, Needs]


@dataclass
class Piece:
    """Changes that belong together.

    Parameters
    ----------
    people
        Who has another seat or another option, parties whole.
    leave, enter
        Needs that lose their seat in a cohort, and that gain one, by cohort.
    choose
        Option by choice.
    """

    people: set[int] = field(default_factory=set)
    leave: dict[Key, Needs] = field(default_factory=dict)
    enter: dict[Key, Needs] = field(default_factory=dict)
    choose: dict[int, int] = field(default_factory=dict)


class _Groups:
    """Things that have been found to belong together (union-find)."""

    def __init__(self) -> None:
        self._up: dict[object, object] = {}

    def top(self, thing: object) -> object:
        path = []
        while (up := self._up.setdefault(thing, thing)) != thing:
            path.append(thing)
            thing = up
        self._up.update(dict.fromkeys(path, thing))
        return thing

    def join(self, one: object, other: object) -> None:
        self._up[self.top(one)] = self.top(other)


def copies_of(seating: Seating) -> Copies:
    """Return the needs of each cohort of a seating."""
    return {(cohort.candidate, cohort.room, cohort.instructor): cohort.needs for cohort in seating.cohorts}


def pieces(problem: Problem, base: Seating, found: Seating) -> list[Piece]:
    """Return what changed from one seating to another, in pieces that share neither a cohort nor a person."""
    before, after = copies_of(base), copies_of(found)
    changed = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    needs, groups = problem.demand.needs, _Groups()
    partners = _partners(problem)

    def link(person: int, thing: object) -> None:
        for member in partners.get(person, (person,)):
            groups.join(("person", member), thing)

    for key in changed:
        for need in before.get(key, frozenset()) ^ after.get(key, frozenset()):
            link(needs[need].person_idx, key)
    chosen = [k for k, pair in enumerate(zip(base.chosen, found.chosen, strict=True)) if pair[0] != pair[1]]
    for choice in chosen:
        link(_chooser(problem, choice), ("choice", choice))
    parts: dict[object, Piece] = {}
    for key in sorted(changed):
        part = parts.setdefault(groups.top(key), Piece())
        mine, theirs = before.get(key, frozenset()), after.get(key, frozenset())
        part.leave[key], part.enter[key] = mine - theirs, theirs - mine
        part.people |= {needs[need].person_idx for need in mine ^ theirs}
    for choice in chosen:
        part = parts.setdefault(groups.top(("choice", choice)), Piece())
        part.choose[choice] = found.chosen[choice]
        part.people.add(_chooser(problem, choice))
    for part in parts.values():
        part.people |= {member for person in part.people for member in partners.get(person, ())}
    return list(parts.values())


def _chooser(problem: Problem, choice: int) -> int:
    return problem.demand.options[problem.demand.choices[choice][0]].person_idx


def _partners(problem: Problem) -> dict[int, tuple[int, ...]]:
    groups: dict[str, list[int]] = {}
    for person, row in enumerate(problem.scenario.apprentices):
        if row.party is not None:
            groups.setdefault(row.party, []).append(person)
    return {person: tuple(members) for members in groups.values() for person in members}


def graft(standing: Standing, base: Seating, found: Seating) -> int:
    """Take over what a search made of ``base`` into what stands, piece by piece; return how many pieces were taken.

    Parameters
    ----------
    standing
        What stands: ``base`` with other changes.
    base, found
        What the search began with, and what it found.
    """
    problem = standing.problem
    now = standing.seating()
    moved = _moved_people(problem, base, now)
    fixed = copies_of(base)
    taken = 0
    for part in pieces(problem, base, found):
        if part.people & moved:
            continue
        mark, units, beyond = standing.mark(), standing.units(), standing.excess()
        is_whole = _apply(standing, part, fixed) and all(
            after <= before for after, before in zip(standing.excess(), beyond, strict=True)
        )
        if is_whole and standing.units() < units:
            taken += 1
        else:
            standing.undo(mark)
    return taken


def _moved_people(problem: Problem, one: Seating, other: Seating) -> set[int]:
    """Return the people who have another seat, or another option, in one seating than in the other."""
    before, after, needs = copies_of(one), copies_of(other), problem.demand.needs
    moved = {
        needs[need].person_idx
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key)
        for need in before.get(key, frozenset()) ^ after.get(key, frozenset())
    }
    pairs = enumerate(zip(one.chosen, other.chosen, strict=True))
    return moved | {_chooser(problem, k) for k, (mine, theirs) in pairs if mine != theirs}


def _apply(standing: Standing, part: Piece, fixed: Copies) -> bool:
    """Change what stands by a piece; return whether that gave something allowed."""
    numbers = {(c.candidate, c.room, c.instructor): number for number, c in standing.cohorts.items()}
    if any(key in fixed and key not in numbers for key in part.leave):
        return False  # closed meanwhile
    for needs in part.leave.values():
        for need in sorted(needs):
            standing.unseat(need)
    for choice, option in part.choose.items():
        standing.choose(choice, option)
    for key, needs in part.leave.items():
        if key in numbers and needs == fixed.get(key) and not part.enter[key]:
            if standing.cohorts[numbers[key]].members:
                return False  # others joined it meanwhile
            standing.close(numbers.pop(key))
    for key, needs in part.enter.items():
        if needs and key not in numbers:
            if not standing.bookings.is_free(*key):
                return False
            numbers[key] = standing.open(*key)
        for need in sorted(needs):
            standing.seat(need, numbers[key])
    return _sizes_hold(standing, (numbers[key] for key in part.leave if key in numbers))


def _sizes_hold(standing: Standing, numbers: Iterable[int]) -> bool:
    cohorts = [standing.cohorts[number] for number in numbers]
    least = standing.prospects.least
    return all(least[c.candidate] <= len(c.members) <= c.most for c in cohorts)
