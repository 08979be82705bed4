"""The least change that would seat somebody: looser tables by growing size, each solved again before it is told."""

from __future__ import annotations

import time
from dataclasses import dataclass

from lineside.models.checker import CheckReport
from lineside.models.differences import MeasureDifference, measure_differences
from lineside.models.plan import CohortKey, Plan
from lineside.models.scenario import Scenario
from lineside.models.table_edits import TableEdit
from lineside.solver.advice.bench import Bench
from lineside.solver.advice.ladders import Ladders
from lineside.solver.advice.looser import Ladder, Loosening
from lineside.solver.explain import Explainer
from lineside.solver.problem import Problem

ALWAYS = frozenset({"cohort-size", "instructor", "modules-at-once", "class-week", "work-week", "duty", "pin"})
"""Rules whose loosening may help though it makes no new pair of a person and a candidate."""

PairKey = tuple[str, CohortKey]
"""Apprentice and identity of a candidate."""
TableEdits = tuple[TableEdit, ...]


@dataclass(frozen=True)
class Way:
    """A change by which somebody gets a seat.

    Parameters
    ----------
    loosening
        The change.
    plan
        A plan of the changed tables in which the person is seated and nobody has lost a seat; it is checked, and none
        was found that costs less.
    cohort
        The cohort of that plan in which the person sits.
    differences
        What that plan costs more than the one that was asked about, measure by measure, the objective first.
    is_proven
        Whether no plan of the changed tables that costs less was proven to be left, for the people decided anew.
    is_whole
        Whether everybody was; else the change may be worth more.
    """

    loosening: Loosening
    plan: Plan
    cohort: str
    differences: tuple[MeasureDifference, ...]
    is_proven: bool
    is_whole: bool


@dataclass(frozen=True)
class Ways:
    """Changes by which somebody gets a seat, the least first.

    Parameters
    ----------
    found
        The ways, at most as many as were asked for.
    tried
        How many changes were solved again.
    is_complete
        Whether everything in the catalogue that is no larger than the last way was looked at.
    """

    found: tuple[Way, ...]
    tried: int
    is_complete: bool


class LeastChange:
    """Looks for the least changes that would seat one need.

    Parameters
    ----------
    bench
        The plan on its tables.
    explainer
        Judges the candidates.
    need
        Row of the need, which has no seat.
    report
        What the checker says of the plan.
    """

    def __init__(self, bench: Bench, explainer: Explainer, need: int, report: CheckReport) -> None:
        self._bench, self._explainer, self._need, self._report = bench, explainer, need, report
        row = bench.problem.demand.needs[need]
        self._apprentice = bench.scenario.apprentices[row.person_idx].apprentice
        self._module = bench.scenario.modules[row.module_idx].module

    def ways(self, most: int, until: float) -> Ways:
        """Return the least changes.

        Parameters
        ----------
        most
            How many ways are wanted, each of another thing.
        until
            Moment of :func:`time.monotonic` at which to end.

        Notes
        -----
        A seat is promised only if a plan of the changed tables seats the person, takes no seat from anybody, and costs
        no more than the best one that was found without that wish: the tables alone then ask for the seat.
        """
        found: list[Way] = []
        tried, done = 0, set[int]()
        steps, is_complete = self._by_size(until)
        for step, ladders in steps:
            if len(found) >= most:
                break
            if self._is_over(until):
                return Ways(tuple(found), tried, False)
            if not done.issuperset(ladders):
                tried += 1
                way = self._way(step)
                if way is not None:
                    found.append(way)
                    done |= ladders
        return Ways(tuple(found), tried, is_complete)

    def _is_over(self, until: float) -> bool:
        return time.monotonic() > until or (self._bench.stop is not None and self._bench.stop.is_set())

    def _by_size(self, until: float) -> tuple[list[tuple[Loosening, set[int]]], bool]:
        """Return steps that could help with the numbers of their ladders, by size, then in the catalogue's order.

        Steps that could seat an earlier module of the person count too. The second value says whether there was time
        to look at all.
        """
        steps: dict[TableEdits, tuple[Loosening, set[int]]] = {}
        number = 0
        for need in self._waited_for():
            screen = _Screen(self._bench, need)
            for ladder in Ladders(self._bench, self._explainer, need).all():
                if self._is_over(until):
                    return [], False
                number += 1
                for step in screen.helpful(ladder):
                    steps.setdefault(step.edits, (step, set()))[1].add(number)
        return sorted(steps.values(), key=lambda row: (row[0].steps, min(row[1]))), True

    def _waited_for(self) -> list[int]:
        """Return the need, then the earlier ones of the person that have no seat either."""
        seated = self._bench.base.candidate_of()
        found = [self._need]
        for need in found:
            for row in self._bench.problem.demand.earlier:
                before = row.need_before
                if row.need_idx == need and before >= 0 and before not in seated and before not in found:
                    found.append(before)
        return found

    def _way(self, step: Loosening) -> Way | None:
        """Solve the changed tables again around the need; return what came of it if the person gets the seat."""
        bench = Bench.loose(step.applied(self._bench.scenario), self._bench.plan, self._bench.stop)
        if bench is not None:
            bench.until = self._bench.until
        need = None if bench is None else bench.need_of.get((self._apprentice, self._module))
        if bench is None or need is None:
            return None
        around = bench.around(need)
        forced = bench.added(need, around)
        if forced.seating is None or forced.units > bench.units:
            return None
        free = bench.best(around)
        if free.seating is not None and free.units < forced.units:
            return None
        plan = bench.plan_of(forced.seating)
        report, prices = bench.checked(plan), bench.scenario.settings.prices
        cohort = next(s.cohort for s in plan.seats if (s.apprentice, s.module) == (self._apprentice, self._module))
        differences = tuple(measure_differences(prices, self._report, report))
        return Way(step, plan, cohort, differences, forced.is_proven and free.is_proven, around.is_whole)


class _Screen:
    """Tells which steps make a new pair for a need: the rest need not be solved.

    Parameters
    ----------
    bench
        The plan on its tables.
    need
        Row of the need.
    """

    def __init__(self, bench: Bench, need: int) -> None:
        self._bench = bench
        row = bench.problem.demand.needs[need]
        self._apprentice = bench.scenario.apprentices[row.person_idx].apprentice
        self._module = bench.scenario.modules[row.module_idx].module
        self._now = self._pairs(bench.scenario)

    def helpful(self, ladder: Ladder) -> Ladder:
        """Return a ladder from its first step on that opens a candidate to the person, or to company there."""
        if ladder[0].rule in ALWAYS and not _is_about_hours(ladder[0]):
            return ladder
        low, high = 0, len(ladder)
        while low < high:
            middle = (low + high) // 2 if high < len(ladder) else high - 1
            if self._opens(ladder[middle]):
                high = middle
            else:
                low = middle + 1
        return ladder[low:]

    def _opens(self, step: Loosening) -> bool:
        then = self._pairs(step.applied(self._bench.scenario))
        fresh = then - self._now
        own = {key for apprentice, key in then if apprentice == self._apprentice}
        return any(apprentice == self._apprentice or key in own for apprentice, key in fresh)

    def _pairs(self, scenario: Scenario) -> frozenset[PairKey]:
        """Return who could be in which candidate of the module, alone."""
        module = self._module
        needing = {
            row.person_idx
            for row in self._bench.problem.demand.needs
            if self._bench.scenario.modules[row.module_idx].module == module
        }
        people = tuple(
            row.model_copy(update={"wanted": (module,)}) for k, row in enumerate(scenario.apprentices) if k in needing
        )
        fields = {name: getattr(scenario, name) for name in Scenario.model_fields}
        problem = Problem(Scenario(**{**fields, "apprentices": people}))
        needs, pairs = problem.demand.needs, problem.pairs
        return frozenset(
            (people[needs[need].person_idx].apprentice, problem.candidates.key(candidate, scenario))
            for need, candidate in zip(pairs.need.tolist(), pairs.candidate.tolist(), strict=True)
        )


def _is_about_hours(step: Loosening) -> bool:
    return any(getattr(edit, "column", "") == "hours" for edit in step.edits)
