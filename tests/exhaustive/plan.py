"""The plan file of the best plan that the search has found."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from lineside.models.cells import format_clock, format_days
from lineside.models.plan import Cohort, Measures, Meeting, OptionChoice, Plan, Seat, Unseated
from tests.exhaustive.clock import date_of
from tests.exhaustive.loss import LossBook, frozen_dollars, num_left
from tests.exhaustive.search import Best
from tests.exhaustive.staffing import Opened
from tests.exhaustive.world import World


def thousandth(value: Fraction | int) -> Decimal:
    exact = Decimal(Fraction(value).numerator) / Decimal(Fraction(value).denominator)
    return exact.quantize(Decimal("0.001"), ROUND_HALF_UP)


def plan_of(world: World, best: Best) -> Plan:
    """Write the best plan as a plan file, its frozen cohorts included."""
    ids = _ids(world, best)
    cohorts = [_frozen_cohort(world, f.cohort) for f in world.frozen]
    cohorts += [_cohort(world, opened, ids[opened]) for opened in best.staffing.cohorts]
    return Plan(
        scenario=world.settings.name,
        first_day=world.settings.first_day,
        status="optimal",
        objective=thousandth(best.objective),
        bound=thousandth(best.objective),
        measures=_measures(world, best),
        cohorts=tuple(cohorts),
        seats=_seats(world, best, ids),
        options=_options(world, best),
        unseated=_unseated(world, best),
    )


def _ids(world: World, best: Best) -> dict[Opened, str]:
    """Give each new cohort its id: the published one's if it goes on with a common member."""
    ids: dict[Opened, str] = {}
    taken = {cohort.cohort for cohort in world.published.cohorts}
    kept: set[str] = {f.cohort.cohort for f in world.frozen}
    for opened in best.staffing.cohorts:
        for cohort in world.published.cohorts:
            members = {seat.apprentice for seat in world.published.seats if seat.cohort == cohort.cohort}
            is_same = world.published_key(cohort) == opened.candidate.key and members & set(opened.people)
            if is_same and cohort.cohort not in kept and opened not in ids:
                ids[opened] = cohort.cohort
                kept.add(cohort.cohort)
        if opened not in ids:
            ids[opened] = next(name for k in range(1, 999) if (name := f"new-{k}") not in taken)
            taken.add(ids[opened])
    return ids


def _frozen_cohort(world: World, cohort: Cohort) -> Cohort:
    return cohort.model_copy(update={"first_week": world.published_key(cohort)[5]})


def _cohort(world: World, opened: Opened, name: str) -> Cohort:
    module, site, days, start, minutes, week = opened.candidate.key
    meetings = tuple(
        Meeting(date=date_of(s), start=format_clock(s), end=format_clock(e)) for s, e in opened.candidate.meetings
    )
    return Cohort(
        cohort=name,
        module=module,
        site=site,
        room=opened.room,
        instructor=opened.instructor,
        days=format_days(days),
        start=format_clock(start),
        minutes=minutes,
        first_week=week,
        meetings=meetings,
    )


def _seats(world: World, best: Best, ids: dict[Opened, str]) -> tuple[Seat, ...]:
    stay = {f.cohort.cohort: f.cohort.module for f in world.frozen}
    seats = [
        Seat(apprentice=seat.apprentice, module=stay[seat.cohort], cohort=seat.cohort)
        for seat in world.published.seats
        if seat.cohort in stay and seat.apprentice in world.scenario.apprentice_by_id
    ]
    for opened in best.staffing.cohorts:
        seats += [Seat(apprentice=a, module=opened.candidate.module, cohort=ids[opened]) for a in opened.people]
    return tuple(seats)


def _options(world: World, best: Best) -> tuple[OptionChoice, ...]:
    chosen = []
    for bundle in best.bundles:
        choices = world.options_of(bundle.person.row)
        chosen += [
            OptionChoice(apprentice=bundle.person.row.apprentice, requirement=requirement, option=option)
            for requirement, option in bundle.options
            if len(choices[requirement]) > 1
        ]
    return tuple(chosen)


def _unseated(world: World, best: Best) -> tuple[Unseated, ...]:
    rows = []
    for bundle in best.bundles:
        empty = bundle.needed - {c.module for c in bundle.seats} - bundle.person.frozen_modules
        rows += [Unseated(apprentice=bundle.person.row.apprentice, module=m, reason="none fits") for m in sorted(empty)]
    return tuple(rows)


def _measures(world: World, best: Best) -> Measures:
    losses = LossBook(world)
    by_company = losses.by_company(best.bundles)
    parts = [bundle.measures for bundle in best.bundles]
    dollars = sum((p.dollars for p in parts), best.staffing.dollars + frozen_dollars(world))
    return Measures(
        line_time_lost=thousandth(sum(by_company.values(), Fraction(0))),
        release=thousandth(sum(len(bundle.away) for bundle in best.bundles)),
        stopped=thousandth(losses.stopped(best.bundles)),
        unseated_hours=thousandth(sum((p.unseated_hours for p in parts), Fraction(0))),
        dollars=thousandth(dollars),
        travel_minutes=thousandth(sum(p.travel_minutes for p in parts)),
        changes=sum(p.changes for p in parts) + num_left(world),
        worst_company=thousandth(max(by_company.values(), default=Fraction(0))),
    )
