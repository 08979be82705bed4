"""What a plan made anew may change, as rows for every model of the search."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lineside.solver.model.scope import Draft
from lineside.solver.problem import Problem
from lineside.solver.repair.budget import ChangeBudget, SeatsInForce, add_budget, altered_needs
from lineside.solver.seating import OpenCohort, Seating


@dataclass(frozen=True)
class ChangeRules:
    """Limits on changes against the plan in force.

    Parameters
    ----------
    published
        Its seats.
    budget
        The most that may change; None for no limit.
    most_altered
        Most needs that may get another seat, or lose theirs, a move counting once; None for no limit.
    held
        Its cohorts, which keep their rooms and instructors; empty if they may change.
    """

    published: SeatsInForce
    budget: ChangeBudget | None = None
    most_altered: int | None = None
    held: tuple[OpenCohort, ...] = ()

    def with_most_altered(self, most: int) -> ChangeRules:
        """Return the same rules with another limit on needs that change."""
        return replace(self, most_altered=most)

    def add_to(self, draft: Draft) -> None:
        """Add the rows to a model; people who are not decided on there count with the seats of its base."""
        scope = draft.scope
        if self.budget is not None:
            count = self.published.changes_by_person(scope.problem, scope.base)
            elsewhere = sum(number for person, number in count.items() if person not in scope.people)
            add_budget(draft, self.published, self.budget, elsewhere)
        if self.most_altered is not None:
            needs = scope.problem.demand.needs
            outside = sum(needs[k].person_idx not in scope.people for k in self.altered(scope.base))
            terms = altered_needs(draft, self.published)
            changed = terms.constant - sum(terms.kept) + sum(terms.moved)
            draft.model.add(changed <= self.most_altered - outside)

    def altered(self, seating: Seating) -> list[int]:
        """Return the needs whose seat is not the one of the plan in force, in order."""
        now, then = seating.candidate_of(), self.published.candidate_of
        return sorted(need for need in now.keys() | then.keys() if now.get(need) != then.get(need))

    def people_altered(self, problem: Problem, seating: Seating) -> list[int]:
        """Return the people of these needs, each once."""
        return list(dict.fromkeys(problem.demand.needs[need].person_idx for need in self.altered(seating)))
