"""From a seating to a plan: cohort ids, meetings, options, figures."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from lineside.models.calendar import date_of
from lineside.models.cells import format_clock, format_days
from lineside.models.measures import measure, objective_of
from lineside.models.plan import Cohort, CohortKey, Meeting, OptionChoice, Plan, Seat, Status, Unseated
from lineside.solver.problem import Problem
from lineside.solver.seating import OpenCohort, Seating

Reasons = dict[int, str]


def finish(problem: Problem, seating: Seating, bound: float, status: Status, reasons: Reasons) -> Plan:
    """Return the plan of a seating.

    Parameters
    ----------
    problem
        The prepared problem.
    seating
        Open cohorts and chosen options.
    bound
        Proven lower bound on the objective in line-minutes.
    status
        ``optimal`` only if that is proven over all allowed plans.
    reasons
        Reason of each need that has no seat.
    """
    plan = written(problem, seating, status, reasons)
    measures = measure(problem.scenario, plan)
    objective = objective_of(problem.scenario, measures)
    floor = objective if status == "optimal" else min(thousandths_down(bound), objective)
    return plan.model_copy(update={"measures": measures, "objective": objective, "bound": floor})


def written(problem: Problem, seating: Seating, status: Status, reasons: Reasons) -> Plan:
    """Return the plan of a seating without figures; parameters as for :func:`finish`."""
    scenario = problem.scenario
    ids = _cohort_ids(problem, seating)
    cohorts = [row.cohort for row in problem.facts.frozen]
    seats = [
        Seat(apprentice=apprentice, module=row.cohort.module, cohort=row.cohort.cohort)
        for row in problem.facts.frozen
        for apprentice in row.apprentices
    ]
    for name, row in sorted(zip(ids, seating.cohorts, strict=True), key=lambda pair: pair[0]):
        cohorts.append(_cohort(problem, row, name))
        seats.extend(_seat(problem, need, name) for need in sorted(row.needs))
    return Plan(
        scenario=scenario.settings.name,
        first_day=scenario.settings.first_day,
        status=status,
        cohorts=tuple(cohorts),
        seats=tuple(seats),
        options=_options(problem, seating),
        unseated=_unseated(problem, seating, reasons),
    )


def thousandths_down(value: float) -> Decimal:
    """Return a bound to a thousandth, never above what is proven."""
    return Decimal(int(value * 1000 // 1)) / 1000


def _cohort_ids(problem: Problem, seating: Seating) -> list[str]:
    """Name cohorts; one that goes on from the published plan keeps its id.

    Of several that could go on as one published cohort, the one with most of its members does.
    """
    taken = {row.cohort.cohort for row in problem.facts.frozen}
    names: dict[int, str] = {}
    claims = []
    published_names = _published_names(problem)
    for position, row in enumerate(seating.cohorts):
        same = published_names.get(problem.candidates.key(row.candidate, problem.scenario), frozenset())
        for name, shared in _going_on(problem, row, same).items():
            claims.append((-shared, name, position))
    for _, name, position in sorted(claims):
        if name not in taken and position not in names:
            names[position] = name
            taken.add(name)
    published = problem.scenario.published
    taken |= {cohort.cohort for cohort in published.cohorts} if published else set()
    counters: Counter[str] = Counter()
    order = sorted(range(len(seating.cohorts)), key=lambda k: _order_key(problem, seating.cohorts[k]))
    for position in order:
        if position not in names:
            module = problem.scenario.modules[problem.candidates.module[seating.cohorts[position].candidate]].module
            while True:
                counters[module] += 1
                name = f"{module}-{counters[module]}"
                if name not in taken:
                    break
            names[position] = name
            taken.add(name)
    return [names[k] for k in range(len(seating.cohorts))]


def _order_key(problem: Problem, row: OpenCohort) -> tuple[int, int, int]:
    slots = problem.candidates.slots
    return (int(slots.start[problem.candidates.slots_of(row.candidate)[0]]), row.candidate, row.room)


def _going_on(problem: Problem, row: OpenCohort, names: frozenset[str]) -> dict[str, int]:
    """Return which of the published cohorts of the same identity it goes on from, with the members that stay."""
    published = problem.scenario.published
    if published is None or not names:
        return {}
    people = {problem.scenario.apprentices[problem.demand.needs[need].person_idx].apprentice for need in row.needs}
    return Counter(seat.cohort for seat in published.seats if seat.cohort in names and seat.apprentice in people)


def _published_names(problem: Problem) -> dict[CohortKey, frozenset[str]]:
    """Return the ids of the published cohorts by identity."""
    published = problem.scenario.published
    names: dict[CohortKey, frozenset[str]] = {}
    if published is not None:
        first_day = published.first_day or problem.settings.first_day
        for cohort in published.cohorts:
            key = cohort.identity(first_day)
            names[key] = names.get(key, frozenset()) | {cohort.cohort}
    return names


def _cohort(problem: Problem, row: OpenCohort, name: str) -> Cohort:
    scenario, found = problem.scenario, problem.candidates
    lane = found.lanes[found.lane[row.candidate]]
    idx = found.slots_of(row.candidate)
    meetings = tuple(
        Meeting(date=date_of(start), start=format_clock(start), end=format_clock(end))
        for start, end in zip(found.slots.start[idx].tolist(), found.slots.end[idx].tolist(), strict=True)
    )
    weeks = (int(found.monday[row.candidate]) - scenario.settings.first_day.toordinal()) // 7
    return Cohort(
        cohort=name,
        module=scenario.modules[found.module[row.candidate]].module,
        site=scenario.sites[lane.site_idx].site,
        room=scenario.rooms[row.room].room,
        instructor=scenario.instructors[row.instructor].instructor,
        days=format_days(lane.slot.days),
        start=format_clock(lane.slot.start),
        minutes=lane.slot.minutes,
        first_week=weeks,
        meetings=meetings,
    )


def _names(problem: Problem, need: int) -> tuple[str, str]:
    row = problem.demand.needs[need]
    return problem.scenario.apprentices[row.person_idx].apprentice, problem.scenario.modules[row.module_idx].module


def _seat(problem: Problem, need: int, cohort: str) -> Seat:
    apprentice, module = _names(problem, need)
    return Seat(apprentice=apprentice, module=module, cohort=cohort)


def _options(problem: Problem, seating: Seating) -> tuple[OptionChoice, ...]:
    rows = [problem.demand.options[k] for k in seating.chosen]
    people = problem.scenario.apprentices
    return tuple(
        OptionChoice(apprentice=people[row.person_idx].apprentice, requirement=row.requirement, option=row.option)
        for row in rows
    )


def unseated_needs(problem: Problem, seating: Seating) -> tuple[int, ...]:
    """Return the needs under the chosen options that have no seat."""
    seated, chosen = seating.candidate_of(), frozenset(seating.chosen)
    return tuple(
        k
        for k, need in enumerate(problem.demand.needs)
        if k not in seated and problem.demand.required_under(need, chosen)
    )


def _unseated(problem: Problem, seating: Seating, reasons: Reasons) -> tuple[Unseated, ...]:
    rows = []
    for need in unseated_needs(problem, seating):
        apprentice, module = _names(problem, need)
        rows.append(Unseated(apprentice=apprentice, module=module, reason=reasons.get(need, "")))
    return tuple(rows)
