"""Taking over the changes that one seating made of another into a third, as far as they are independent.

Two searches that begin with the same seating and change it in different places both gained something. What one of
them changed falls into pieces that have nothing to do with each other: cohorts that opened, closed or changed
people, linked by the people who moved. A piece is grafted onto the other seating, as far as its people have not moved
there, if that saves anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lineside.solver.moves.filling import Filler
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


def graft(filler: Filler, base: Seating, found: Seating) -> int:
    """Take over what a search made of ``base`` into what stands, piece by piece; return how many pieces were taken.

    Parameters
    ----------
    filler
        Fills what stands: ``base`` with other changes.
    base, found
        What the search began with, and what it found.

    Notes
    -----
    People who have moved meanwhile stay where they are now. A cohort whose room or instructor has been taken gets
    others. Whoever loses a seat by that is offered one elsewhere.
    """
    standing = filler.standing
    moved = _moved_people(standing.problem, base, standing.seating())
    fixed, partners = copies_of(base), _partners(standing.problem)
    taken = 0
    for part in pieces(standing.problem, base, found):
        mark, units, beyond = standing.mark(), standing.units(), standing.excess()
        homes = standing.home.copy()
        is_allowed = _apply(filler, part, fixed, moved) and all(
            after <= before for after, before in zip(standing.excess(), beyond, strict=True)
        )
        if is_allowed and standing.units() < units:
            taken += 1
            # Whoever was seated elsewhere on the way may belong to a piece that comes later.
            for person in standing.prospects.person[standing.home != homes].tolist():
                moved.update(partners.get(person, (person,)))
        else:
            standing.undo(mark)
    return taken


def _moved_people(problem: Problem, one: Seating, other: Seating) -> set[int]:
    """Return the people who have another seat, or another option, in one seating than in the other, parties whole."""
    return {person for part in pieces(problem, one, other) for person in part.people}


def _apply(filler: Filler, part: Piece, fixed: Copies, moved: set[int]) -> bool:
    """Change what stands by a piece, as far as others have not moved; return whether that gave something allowed."""
    standing = filler.standing
    needs, person = standing.problem.demand.needs, filler.standing.prospects.person
    left = [k for gone in part.leave.values() for k in sorted(gone) if int(person[k]) not in moved]
    for need in left:
        standing.unseat(need)
    for choice, option in part.choose.items():
        if _chooser(standing.problem, choice) in moved:
            continue
        under = (k for k in standing.prospects.under[choice] if standing.home[k] >= 0)
        if any(option not in needs[k].options for k in under):
            return False
        standing.choose(choice, option)
    touched = {key: number for key in part.leave if (number := standing.number_of(key)) is not None}
    for key in [key for key, number in touched.items() if not standing.cohorts[number].members]:
        if all(int(person[k]) in moved for k in part.enter[key]):
            if standing.must_stay(touched[key]):
                return False
            standing.close(touched.pop(key))
    for key, entering in part.enter.items():
        mine = [k for k in sorted(entering) if int(person[k]) not in moved]
        left += mine
        if mine and key not in touched:
            served = key[1:] if standing.bookings.is_free(*key) else standing.bookings.servers(key[0])
            if served is None or key in fixed:
                continue  # nobody can teach it now, or others have closed it
            touched[key] = standing.open(key[0], *served)
        for need in mine:
            cohort = standing.cohorts[touched[key]]
            if len(cohort.members) < cohort.most and standing.can_sit(need, key[0]):
                standing.seat(need, touched[key])
    for number in touched.values():
        if standing.spare(number) < 0 and not _dissolve(standing, number, left):
            return False
    _seat_elsewhere(filler, left)
    return standing.holds(left) and _parties_hold(standing, part.people)


def _dissolve(standing: Standing, number: int, left: list[int]) -> bool:
    """Close a cohort that is below its least number; return whether that could be done."""
    members = sorted(standing.cohorts[number].members)
    if standing.must_stay(number) or any(member in standing.prospects.fixed for member in members):
        return False
    for member in members:
        standing.unseat(member)
    standing.close(number)
    left.extend(members)
    return True


def _seat_elsewhere(filler: Filler, needs: list[int]) -> None:
    """Offer those without a seat what is open and has room, or a cohort of their own."""
    standing = filler.standing
    empty = [k for k in dict.fromkeys(needs) if standing.asked[k] and standing.home[k] < 0]
    filler.join(empty)
    empty = [k for k in empty if standing.home[k] < 0]
    if empty:
        filler.open_all(filler.candidates_of(empty), lambda: True)


def _parties_hold(standing: Standing, people: set[int]) -> bool:
    """Return whether the parties of some people sit together, or not at all, in every module."""
    party, home = standing.prospects.party, standing.home
    mine = (k for person in people for k in standing.problem.needs_of_person.get(person, ()) if k in party)
    for need in mine:
        homes = {int(home[k]) for k in party[need] if standing.asked[k]}
        if len(homes) > 1:
            return False
    return True
