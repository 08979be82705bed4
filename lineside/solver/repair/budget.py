"""Hard limits on how much of the plan in force may change, as rows of the exact model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lineside.solver.model.scope import Draft, Literal
from lineside.solver.problem import Problem
from lineside.solver.seating import Seating


@dataclass(frozen=True)
class ChangeBudget:
    """The most that may change.

    Parameters
    ----------
    total, per_person
        Changes as the measure counts them, a move twice: of everybody still in the tables together, and of each
        person. None for no limit.

    Raises
    ------
    ValueError
        If one of them is below 0.
    """

    total: int | None = None
    per_person: int | None = None

    def __post_init__(self) -> None:
        if min(self.total or 0, self.per_person or 0) < 0:
            raise ValueError("A budget of changes is a number of seats, 0 or more. Give such a number, or none.")

    @property
    def is_limit(self) -> bool:
        """Whether anything is limited."""
        return self.total is not None or self.per_person is not None


@dataclass(frozen=True)
class SeatsInForce:
    """The published seats of people still in the tables, in the solver's terms; frozen ones are left out.

    Parameters
    ----------
    candidate_of
        Candidate of each need's published seat, -1 if there is no such candidate any more.
    needless
        Published seats of each person in modules that are needed no longer: changes that no plan avoids.
    """

    candidate_of: dict[int, int]
    needless: dict[int, int]

    @classmethod
    def of(cls, problem: Problem) -> SeatsInForce:
        """Read them from a prepared problem."""
        modules = problem.scenario.modules
        needs = {(need.person_idx, modules[need.module_idx].module): k for k, need in enumerate(problem.demand.needs)}
        candidate_of: dict[int, int] = {}
        needless: dict[int, int] = {}
        for (apprentice, module), key in problem.facts.published_keys.items():
            person = problem.person_idx[apprentice]
            if (person, module) in needs:
                candidate_of[needs[person, module]] = problem.candidate_of(key)
            else:
                needless[person] = needless.get(person, 0) + 1
        return cls(candidate_of, needless)

    def changes_by_person(self, problem: Problem, seating: Seating) -> dict[int, int]:
        """Return the changes of each person who has any, as the measure counts them."""
        now = seating.candidate_of()
        count = dict(self.needless)
        for need in self.candidate_of.keys() | now.keys():
            before, after = self.candidate_of.get(need), now.get(need)
            if before != after:
                person = problem.demand.needs[need].person_idx
                count[person] = count.get(person, 0) + (before is not None) + (after is not None)
        return count


@dataclass(frozen=True)
class _NeedChange:
    """How one need can differ from the plan in force.

    Parameters
    ----------
    kept
        The literal of its published seat; empty if that cannot be kept, None if it has none.
    gained
        Literals of the seats that it did not have.
    """

    person: int
    kept: tuple[Literal, ...] | None
    gained: tuple[Literal, ...]


def _need_changes(draft: Draft, published: SeatsInForce) -> Iterator[_NeedChange]:
    for need in draft.scope.needs:
        home = published.candidate_of.get(need)
        seats = draft.seats_of_need.get(need, ())
        kept = tuple(draft.seat[row] for candidate, row in seats if candidate == home)
        gained = tuple(draft.seat[row] for candidate, row in seats if candidate != home)
        person = draft.scope.problem.demand.needs[need].person_idx
        yield _NeedChange(person, None if home is None else kept, gained)


def add_budget(draft: Draft, published: SeatsInForce, budget: ChangeBudget, elsewhere: int = 0) -> None:
    """Add the rows of a budget: of everybody decided on together, and of each person.

    With ``h[n]`` the published seat of need ``n``: ``sum_n (1 - x[n, h[n]]) + sum_{c != h[n]} x[n, c] <= budget``.

    Parameters
    ----------
    draft
        The model.
    published
        Seats of the plan in force.
    elsewhere
        Changes of people who are not decided on here.
    """
    kept: dict[int, list[Literal]] = {}
    gained: dict[int, list[Literal]] = {}
    lost = {person: count for person, count in published.needless.items() if person in draft.scope.people}
    for change in _need_changes(draft, published):
        lost[change.person] = lost.get(change.person, 0) + (change.kept is not None)
        kept.setdefault(change.person, []).extend(change.kept or ())
        gained.setdefault(change.person, []).extend(change.gained)
    by_person = [count + sum(gained.get(p, ())) - sum(kept.get(p, ())) for p, count in lost.items()]
    if budget.per_person is not None:
        for changes in by_person:
            draft.model.add(changes <= budget.per_person)
    if budget.total is not None:
        draft.model.add(sum(by_person) <= budget.total - elsewhere)


@dataclass(frozen=True)
class Altered:
    """How many needs get another seat than in the plan in force, or none: ``constant - sum(kept) + sum(moved)``.

    A move counts once. ``moved`` is 1 at least for each need that gains a seat where it had none.
    """

    constant: int
    kept: tuple[Literal, ...]
    moved: tuple[Literal, ...]


def altered_needs(draft: Draft, published: SeatsInForce) -> Altered:
    """Return how many of the needs decided on change, as terms of the model."""
    constant = 0
    kept: list[Literal] = []
    moved: list[Literal] = []
    for change in _need_changes(draft, published):
        if change.kept is not None:
            constant += 1
            kept.extend(change.kept)
        elif change.gained:
            literal = draft.model.new_bool_var("")
            for seat in change.gained:
                draft.model.add_implication(seat, literal)
            moved.append(literal)
    return Altered(constant, tuple(kept), tuple(moved))
