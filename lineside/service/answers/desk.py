"""A plan in force on the desk of whoever must act: prepared once, then each disruption is answered at once."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import gc
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lineside.models.checker import CheckReport, Part, Violation, check, check_part, violations_in
from lineside.models.differences import measure_differences
from lineside.models.measures import published_first_day, seat_keys
from lineside.models.person_days import PersonDays
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.answer_words import deeds
from lineside.scenarios.disruptions import Disrupted, Disruption, SnowDay, disrupted
from lineside.scenarios.in_force import NOTICE_DAYS, in_force
from lineside.scenarios.plan_changes import plan_changes
from lineside.scenarios.plan_parts import PartMeter, cut_down, differing_part
from lineside.scenarios.running import Amendment, RunningCohorts
from lineside.scenarios.table_steps import changed_scenario
from lineside.scenarios.touched import Surroundings, Touched
from lineside.service.answers.answer import Answer
from lineside.service.answers.proposals import EXTRA_CHANGES, Proposal, Proposals
from lineside.solver import RegionMemory, remember_region

MOST_ANSWERS = 5
"""Answers that are worked out in full."""
MOST_KNOWN = 50
"""Sets of running cohorts of which it is remembered what they ask of their people."""
EXEMPT = frozenset({"hours", "session-length", "cohort-size", "frozen", "pin", "need", "party", "order"})
"""Rules that say nothing about whether people can live with how a running cohort goes on."""


@contextlib.contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep Python's collector of cycles from walking the whole region, which takes a fifth of an answer's time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass(frozen=True)
class _Case:
    """What happened, with one decision about running cohorts."""

    changed: Disrupted
    amendment: Amendment
    after: Scenario
    touched: Touched
    days: PersonDays
    proposals: Proposals
    known: frozenset[object]
    """What running cohorts that go on another way already asked of their people, had nothing been frozen."""

    @property
    def changed_people(self) -> frozenset[str]:
        """Apprentices who are new, gone, or have another row."""
        steps = self.changed.steps
        names = {key for table, key in steps.removed if table == "apprentices"}
        names |= {key for table, key, _ in steps.changed if table == "apprentices"}
        names |= {cells["apprentice"].strip() for table, cells in steps.added if table == "apprentices"}
        return frozenset(names)


class PlanInForceError(ValueError):
    """A plan in force that nothing can be built on; the text says why and what to do."""


class AnswerDesk:
    """Answers what happens to a plan in force.

    Parameters
    ----------
    scenario
        The tables that the plan was made for.
    plan
        The plan in force.
    at
        The date from which on something may change.
    notice_days
        Days from then on in which nothing changes unless it must.

    Raises
    ------
    InForceError
        If the date is outside the horizon, or the plan cannot be in force.
    PlanInForceError
        If the plan breaks a rule.
    """

    def __init__(self, scenario: Scenario, plan: Plan, at: dt.date, notice_days: int = NOTICE_DAYS) -> None:
        self.at = at
        self.scenario = in_force(scenario, plan, at, notice_days)
        self.plan = _unclaimed(self.scenario)
        self.days = PersonDays(self.scenario)
        self.before: CheckReport = check(self.scenario, self.plan, self.days)
        if not self.before.is_clean:
            found = len(self.before.violations) + len(self.before.faults)
            raise PlanInForceError(
                f"The plan in force has {found} violations and faults. Check it, and put one in force that has none."
            )
        self._meter = PartMeter(self.scenario, self.plan, self.days)
        self._memory: RegionMemory = remember_region(self.scenario)
        self._known: dict[Part, frozenset[object]] = {}

    def answers(
        self, event: Disruption, most: int = MOST_ANSWERS, extra_changes: int = EXTRA_CHANGES
    ) -> tuple[Answer, ...]:
        """Return what could be done about a disruption, the cheapest first.

        Parameters
        ----------
        event
            What happened.
        most
            Answers to work out in full.
        extra_changes
            Changes near by that an answer may make beyond those that cannot be avoided.

        Raises
        ------
        DisruptionError
            If the tables cannot take it.
        """
        with _collector_at_rest():
            return self._answers(event, most, extra_changes)

    def _answers(self, event: Disruption, most: int, extra_changes: int) -> tuple[Answer, ...]:
        changed = disrupted(self.scenario, event)
        days = self.days.of(changed.scenario) if isinstance(event, SnowDay) else self.days
        running = RunningCohorts(self.scenario, changed.scenario, changed.outages, self.at)
        cases = [self._case(changed, amendment, days, extra_changes) for amendment in running.amendments()]
        found: list[tuple[Answer, _Case]] = []
        for number, case in enumerate(cases):
            # The first decision about running cohorts is the least intrusive one: most is tried there.
            share = 1 if number else max(2, most - len(cases))
            found += [(answer, case) for answer in self._near(case, share, thorough=number == 0)]
        if found:
            best, case = min(found, key=lambda row: row[0].cost)
            settled = case.proposals.settled() if _leaves_something(best, case) else None
            found += [] if settled is None else [(self._answer(case, settled), case)]
        return _ranked([answer for answer, _ in found])[:most]

    def _case(self, changed: Disrupted, amendment: Amendment, days: PersonDays, extra_changes: int) -> _Case:
        after = changed_scenario(changed.scenario, published=amendment.plan)
        touched = Surroundings(self.scenario, after, changed.outages).touched(amendment.cohorts)
        proposals = Proposals(after, changed, touched, self._memory, extra_changes)
        return _Case(changed, amendment, after, touched, days, proposals, self._known_before(amendment))

    def _near(self, case: _Case, most: int, *, thorough: bool) -> list[Answer]:
        found = case.proposals.near(thorough=thorough)
        by_units = sorted(found, key=lambda row: row.repaired.units)
        chosen = [*found[:1], *(row for row in by_units if row is not found[0])] if thorough else by_units
        return [self._answer(case, row) for row in chosen[:most]]

    def _answer(self, case: _Case, proposal: Proposal) -> Answer:
        after, touched, amendment = case.after, case.touched, case.amendment
        bare = _fresh_names(proposal.repair.plan_of(proposal.repaired), self.plan, amendment.broken_off)
        part = differing_part(self.plan, bare)
        judged = Part(part.people | touched.people | case.changed_people, part.cohorts | touched.cohorts)
        measures = self._meter.measured(after, bare, judged, case.days)
        report = check_part(after, bare, judged, case.days, measures)
        plan = bare.model_copy(update={"measures": report.measures, "objective": report.objective})
        report, num_changes = self._with_all_changes(after, plan, report)
        cut = cut_down(self.plan, part), cut_down(plan, part)
        gone = self.scenario.apprentice_by_id.keys() - after.apprentice_by_id.keys()
        until = self.scenario.settings.frozen_until
        return Answer(
            title=_title(amendment, proposal),
            deeds=deeds(*cut, gone),
            plan=plan,
            scenario=after,
            steps=dataclasses.replace(case.changed.steps, published=amendment.plan, frozen_until=until),
            outages=case.changed.outages,
            report=report,
            differences=tuple(measure_differences(after.settings.prices, self.before, report)),
            changes=tuple(
                row
                for row in plan_changes(after, *cut, earlier=self.scenario, days=case.days)
                if row.who == "instructor" or row.id not in gone
            ),
            num_changes=num_changes,
            warnings=self._warnings(case, plan),
        )

    def _with_all_changes(self, after: Scenario, plan: Plan, report: CheckReport) -> tuple[CheckReport, int]:
        """Count changes against the plan in force as it was: seats of broken-off cohorts are changes too."""
        first_day = after.settings.first_day
        now = seat_keys(plan, first_day)
        then = seat_keys(self.plan, published_first_day(self.scenario))
        changes = len(now ^ then)
        more = changes - int(report.measures.changes)
        price = Decimal(after.settings.prices.change)
        measures = report.measures.model_copy(update={"changes": changes})
        return dataclasses.replace(report, measures=measures, objective=report.objective + price * more), changes

    def _known_before(self, amendment: Amendment) -> frozenset[object]:
        part = _going_on(self.plan, amendment)
        known = self._known.get(part)
        if known is None:
            found = self._as_if_free(self.scenario, self.plan, part, self.days)
            known = frozenset(_what(row) for row in found)
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[part] = known
        return known

    def _warnings(self, case: _Case, plan: Plan) -> tuple[str, ...]:
        """Return what is asked of people, rooms and instructors although running cohorts may ask it."""
        found = self._as_if_free(case.after, plan, _going_on(plan, case.amendment), case.days)
        return tuple(row.message for row in found if _what(row) not in case.known)

    @staticmethod
    def _as_if_free(scenario: Scenario, plan: Plan, part: Part, days: PersonDays) -> list[Violation]:
        """Return the violations there would be if nothing were frozen."""
        if not part.cohorts:
            return []
        settings = scenario.settings.model_copy(update={"frozen_until": None})
        free = changed_scenario(scenario, settings=settings)
        return list(violations_in(free, plan, part, days, EXEMPT))


def _leaves_something(best: Answer, case: _Case) -> bool:
    """Return whether more people near by could make an answer better: a seat is missing, has changed, or is free."""
    seated = {(seat.apprentice, seat.module) for seat in best.plan.seats}
    return best.num_changes > 0 or not case.touched.seats <= seated


def _ranked(answers: list[Answer]) -> tuple[Answer, ...]:
    """Return answers by cost, then by how little changes; of several with the same plan the first."""
    plans: dict[object, Answer] = {}
    for answer in answers:
        plans.setdefault((answer.plan.cohorts, frozenset(answer.plan.seats)), answer)
    return tuple(sorted(plans.values(), key=lambda answer: (answer.cost, answer.num_changes)))


def _going_on(plan: Plan, amendment: Amendment) -> Part:
    """Return the running cohorts that go on another way, with their people."""
    cohorts = amendment.cohorts - amendment.broken_off
    return Part(frozenset(seat.apprentice for seat in plan.seats if seat.cohort in cohorts), cohorts)


def _fresh_names(plan: Plan, before: Plan, broken_off: frozenset[str]) -> Plan:
    """Give cohorts that took the id of one that is broken off an id that was never used: they are other classes."""
    taken = {row.cohort for row in (*plan.cohorts, *before.cohorts)}
    names: dict[str, str] = {}
    for row in plan.cohorts:
        if row.cohort in broken_off:
            free = (f"{row.module}-{number}" for number in itertools.count(1))
            names[row.cohort] = next(name for name in free if name not in taken)
            taken.add(names[row.cohort])
    if not names:
        return plan
    cohorts = (row.model_copy(update={"cohort": names.get(row.cohort, row.cohort)}) for row in plan.cohorts)
    seats = (seat.model_copy(update={"cohort": names.get(seat.cohort, seat.cohort)}) for seat in plan.seats)
    return plan.model_copy(update={"cohorts": tuple(cohorts), "seats": tuple(seats)})


def _what(violation: Violation) -> tuple[str, tuple[tuple[str, str], ...]]:
    return violation.rule, tuple(sorted((k, v) for k, v in violation.ids.items() if k != "date"))


def _unclaimed(scenario: Scenario) -> Plan:
    """Return the plan in force without its figures, which count changes against an earlier one."""
    if scenario.published is None:
        raise ValueError("There is no plan in force. Publish one first.")
    cleared = {"objective": None, "bound": None, "measures": None, "status": "feasible"}
    return scenario.published.model_copy(update={**cleared, "scenario": scenario.settings.name})


_AMENDED = {
    "as published": "",
    "made up": "Running cohorts make up what they miss",
    "other instructor": "Another instructor for running cohorts",
    "other room": "Another room for running cohorts",
    "broken off": "Running cohorts are broken off",
}


def _title(amendment: Amendment, proposal: Proposal) -> str:
    head = _AMENDED[amendment.kind]
    if not head:
        return proposal.title
    if proposal.title == "Leave it":
        return head
    return f"{head}; {proposal.title[0].lower()}{proposal.title[1:]}"
