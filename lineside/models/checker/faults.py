"""Faults of a plan file: unknown or repeated ids, lists that do not agree with the seats, wrong figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from decimal import Decimal

from lineside.models.checker.facts import Facts, OpenCohort
from lineside.models.measures import cohort_key
from lineside.models.plan import Cohort, Measures

TOLERANCE = Decimal("0.001")
"""How far a reported figure may be from the recomputed one; both are given to a thousandth."""


def find_faults(facts: Facts, measures: Measures, objective: Decimal) -> tuple[str, ...]:
    """Return the faults of a plan file as sentences.

    Parameters
    ----------
    facts
        The plan against its scenario.
    measures, objective
        The recomputed figures.

    Notes
    -----
    A published cohort goes on if the plan has one with the same module, site, days, start, minutes
    and first-week date and a common member. It keeps its id: the fault is a cohort that goes on
    under another id while the published id is not borne by a cohort that goes on from it.
    """
    checks: tuple[Callable[[Facts], Iterable[str]], ...] = (
        _headline,
        _cohort_rows,
        _seat_rows,
        _option_rows,
        _unseated_rows,
        _kept_ids,
    )
    found = [sentence for check in checks for sentence in check(facts)]
    return (*found, *_figures(facts, measures, objective))


def _headline(facts: Facts) -> Iterator[str]:
    plan, settings = facts.plan, facts.settings
    if plan.scenario and plan.scenario != settings.name:
        yield f"The plan is for scenario {plan.scenario!r}, not {settings.name!r}. Check it with its own tables."
    if plan.first_day is not None and plan.first_day != settings.first_day:
        yield (
            f"The plan's first day is {plan.first_day}; the scenario's is {settings.first_day}. "
            "Check it with the tables that it was made for."
        )


def _cohort_rows(facts: Facts) -> Iterator[str]:
    tables = facts.scenario
    for cohort, number in Counter(row.cohort for row in facts.plan.cohorts).items():
        if number > 1:
            yield f"Cohort {cohort} is listed {number} times. Give each cohort its own id."
    for row in facts.plan.cohorts:
        owner = f"Cohort {row.cohort}"
        yield from _unknown(owner, "module", row.module, tables.module_by_id)
        yield from _unknown(owner, "site", row.site, tables.site_by_id)
        if row.cohort not in facts.frozen_cohorts:
            yield from _unknown(owner, "room", row.room, tables.room_by_id)
            yield from _unknown(owner, "instructor", row.instructor, tables.instructor_by_id)
        yield from _unreadable(facts, row)


def _unknown(owner: str, kind: str, found: str, known: Container[str]) -> Iterator[str]:
    if found not in known:
        yield f"{owner} names {kind} {found}, which is not in the tables. Write the id of one of its {kind}s."


def _unreadable(facts: Facts, row: Cohort) -> Iterator[str]:
    if cohort_key(row, facts.first_day) is None:
        yield (
            f"Cohort {row.cohort} has days {row.days!r}, start {row.start!r} and first week {row.first_week}, which "
            "cannot all be read. Write days such as Mon Wed, a start such as 17:30 and a week of the horizon."
        )
    for meeting in row.meetings:
        try:
            _ = meeting.span
        except ValueError:
            yield (
                f"Cohort {row.cohort} has a meeting on {meeting.date} from {meeting.start!r} to {meeting.end!r}. "
                "Write clock times as HH:MM, from 00:00 to 23:59."
            )


def _seat_rows(facts: Facts) -> Iterator[str]:
    modules = {row.cohort: row.module for row in reversed(facts.plan.cohorts)}
    for seat in facts.plan.seats:
        owner = f"A seat of {seat.apprentice} in cohort {seat.cohort}"
        yield from _unknown(owner, "apprentice", seat.apprentice, facts.scenario.apprentice_by_id)
        yield from _unknown(owner, "module", seat.module, facts.scenario.module_by_id)
        if seat.cohort not in modules:
            yield f"{owner}: the plan has no such cohort. Add the cohort or take the seat out."
        elif modules[seat.cohort] != seat.module:
            yield f"{owner} is for module {seat.module}; the cohort teaches {modules[seat.cohort]}. Write that module."


def _option_rows(facts: Facts) -> Iterator[str]:
    listed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in facts.plan.options:
        listed[row.apprentice, row.requirement].append(row.option)
    for apprentice in facts.scenario.apprentices:
        for requirement, options in facts.curriculum.choices(apprentice).items():
            found = listed.pop((apprentice.apprentice, requirement), [])
            if not (len(found) == 1 and found[0] in options) and (found or len(options) > 1):
                yield (
                    f"The plan lists {' and '.join(found) or 'no option'} for requirement {requirement} of "
                    f"{apprentice.apprentice}; it could be {' or '.join(options)}. List exactly one of these."
                )
    for person, requirement in listed:
        yield (
            f"The plan lists an option for requirement {requirement} of {person}, which the tables do not have. "
            "Take the row out."
        )


def _unseated_rows(facts: Facts) -> Iterator[str]:
    seated = {(seat.apprentice, seat.module) for seat in facts.plan.seats}
    expected = {
        (row.apprentice, module)
        for row in facts.scenario.apprentices
        for module in facts.curriculum.needed(row, facts.chosen[row.apprentice])
    } - seated
    listed = Counter((row.apprentice, row.module) for row in facts.plan.unseated)
    for apprentice, module in sorted(expected - set(listed)):
        yield f"{apprentice} needs module {module} and has no seat, but is not listed as unseated. Add the row."
    for (apprentice, module), number in listed.items():
        if (apprentice, module) not in expected:
            yield f"{apprentice} is listed as unseated in module {module}, but needs none or has one. Take the row out."
        elif number > 1:
            yield f"{apprentice} is listed {number} times as unseated in module {module}. Keep one row."


def _kept_ids(facts: Facts) -> Iterator[str]:
    origins = {cohort: _origins(facts, cohort) for cohort in facts.new_cohorts}
    kept = {cohort.id for cohort, published in origins.items() if cohort.id in published}
    for cohort, published in origins.items():
        unused = [name for name in published if name not in kept]
        if cohort.id not in published and unused:
            yield (
                f"Cohort {cohort.id} goes on from the published cohort {unused[0]} under another id. "
                f"Keep the id {unused[0]}."
            )


def _origins(facts: Facts, cohort: OpenCohort) -> list[str]:
    """Return the published cohorts that are not frozen and go on in this one."""
    people = {seat.apprentice.apprentice for seat in facts.people_of.get(cohort, ())}
    return [
        name
        for name in facts.cohorts_published_as(cohort.key)
        if name not in facts.frozen_cohorts and people & facts.published_members.get(name, frozenset())
    ]


def _figures(facts: Facts, measures: Measures, objective: Decimal) -> Iterator[str]:
    plan = facts.plan
    if plan.measures is not None:
        for name, value in plan.measures:
            yield from _figure(name, Decimal(value), Decimal(getattr(measures, name)))
    if plan.objective is not None:
        yield from _figure("objective", plan.objective, objective)
    if plan.bound is not None and plan.bound > objective + TOLERANCE:
        yield (
            f"The plan's bound is {plan.bound}, above its objective of {objective}. "
            "A lower bound cannot exceed the objective of an allowed plan: solve again."
        )
    if plan.status == "optimal" and plan.bound is not None and plan.bound < objective - TOLERANCE:
        yield (
            f"The plan is called optimal with a bound of {plan.bound} below its objective of {objective}. "
            "Call it feasible, or prove it."
        )


def _figure(name: str, reported: Decimal, value: Decimal) -> Iterator[str]:
    # Compared without arithmetic on the reported figure, which may be too large for any.
    if not value - TOLERANCE <= reported <= value + TOLERANCE:
        yield f"The plan reports {name} {reported}; the tables give {value}. Write the recomputed figure."
