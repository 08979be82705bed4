"""Rules of one seat: ``mode``, ``need``, ``order``, ``access``, ``travel-limit`` and ``off-date``."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from lineside.models.checker.facts import Facts, OpenSeat
from lineside.models.checker.report import Violation, person
from lineside.models.checker.wording import also


def check_mode(facts: Facts) -> Iterator[Violation]:
    """Check rule ``mode``: an online site means mode online; module and apprentice accept the mode."""
    for cohort in facts.new_cohorts:
        if cohort.mode not in cohort.module.modes:
            yield Violation(
                "mode",
                {"cohort": cohort.id, "module": cohort.module.module, "site": cohort.site.site},
                1,
                "cohort",
                f"Cohort {cohort.id} at site {cohort.site.site} is {cohort.mode}; module {cohort.module.module} is "
                f"taught {' or '.join(cohort.module.modes)} only. Choose another site.",
            )
    for seat in facts.new_seats:
        if seat.cohort.mode not in seat.apprentice.modes:
            yield Violation(
                "mode",
                seat.ids,
                1,
                "seat",
                f"{person(seat.apprentice)} accepts {' or '.join(seat.apprentice.modes)} only; cohort "
                f"{seat.cohort.id} is {seat.cohort.mode}. Choose another cohort.",
            )


def check_need(facts: Facts) -> Iterator[Violation]:
    """Check rule ``need``: required in the chosen option, wanted, not credited, and at most once."""
    listed = Counter((seat.apprentice, seat.cohort) for seat in facts.plan.seats)
    for seats in facts.seats_of.values():
        needed = facts.curriculum.needed(seats[0].apprentice, facts.chosen[seats[0].apprentice.apprentice])
        taken = {seat.cohort.module.module for seat in seats if seat.is_frozen}
        for seat in seats:
            if seat.is_frozen:
                continue
            module = seat.cohort.module.module
            again = module in taken or listed[seat.apprentice.apprentice, seat.cohort.id] > 1
            taken.add(module)
            if again or module not in needed:
                why = "already has a seat in it" if again else _why_not_needed(facts, seat)
                yield Violation(
                    "need",
                    {**seat.ids, "module": module},
                    1,
                    "seat",
                    f"{person(seat.apprentice)} sits in module {module} (cohort {seat.cohort.id}) but {why}. "
                    "Take the seat out.",
                )


def _why_not_needed(facts: Facts, seat: OpenSeat) -> str:
    apprentice, module = seat.apprentice, seat.cohort.module.module
    if module in apprentice.credits:
        return "has credit for it"
    if facts.curriculum.requirement_of(apprentice.program, module) is None:
        return f"program {apprentice.program} does not require it"
    if not facts.curriculum.in_chosen(apprentice, facts.chosen[apprentice.apprentice], module):
        return "the chosen option does not ask for it"
    return "it is not wanted in this horizon"


def check_order(facts: Facts) -> Iterator[Violation]:
    """Check rule ``order``: each earlier module is credited, not asked for, or ends on an earlier date."""
    for seat in facts.new_seats:
        apprentice, dates = seat.apprentice, seat.cohort.dates
        chosen = facts.chosen[apprentice.apprentice]
        for earlier in seat.cohort.module.after:
            if not dates or earlier in apprentice.credits:
                continue
            if not facts.curriculum.in_chosen(apprentice, chosen, earlier):
                continue
            before = [other.cohort for other in facts.seats_of[apprentice.apprentice]]
            ends = [other.dates[-1] for other in before if other.module.module == earlier and other.dates]
            if min(ends, default=dt.date.max) >= dates[0]:
                yield _order_violation(seat, earlier, ends)


def _order_violation(seat: OpenSeat, earlier: str, ends: list[dt.date]) -> Violation:
    start = seat.cohort.dates[0]
    state = f"ends on {min(ends)}" if ends else "is neither credited nor seated"
    return Violation(
        "order",
        {**seat.ids, "module": seat.cohort.module.module, "after": earlier},
        (min(ends) - start).days + 1 if ends else 1,
        "days" if ends else "module",
        f"{person(seat.apprentice)} begins module {seat.cohort.module.module} (cohort {seat.cohort.id}) on {start}, "
        f"but module {earlier}, which comes first, {state}. Seat {earlier} in a cohort that ends earlier.",
    )


def check_access(facts: Facts) -> Iterator[Violation]:
    """Check rule ``access``: the site is open to the apprentice's company."""
    for seat in facts.new_seats:
        site, company = seat.cohort.site, seat.apprentice.company
        if not facts.scenario.is_open_to(site, company):
            yield Violation(
                "access",
                {**seat.ids, "site": site.site, "company": company},
                1,
                "seat",
                f"Site {site.site} of cohort {seat.cohort.id} is not open to company {company} of "
                f"{person(seat.apprentice)}. Choose another site.",
            )


def check_travel_limit(facts: Facts) -> Iterator[Violation]:
    """Check rule ``travel-limit``: each meeting's travel from plant or home is at most ``travel_max``."""
    for seat in facts.new_seats:
        limit, site = seat.apprentice.travel_max, seat.cohort.site.site
        trips = [(facts.days.travel_minutes(seat.apprentice, site, date), date) for date in seat.cohort.dates]
        far = [trip for trip in trips if trip[0] > limit]
        if far:
            minutes, date = max(far)
            yield Violation(
                "travel-limit",
                {**seat.ids, "site": site, "date": str(date)},
                minutes - limit,
                "minutes",
                f"{person(seat.apprentice)} travels {minutes} minutes to site {site} on {date}"
                f"{also(len(far), 'meeting')}; the limit is {limit}. Choose a nearer cohort.",
            )


def check_off_date(facts: Facts) -> Iterator[Violation]:
    """Check rule ``off-date``: no meeting on an off date, before ``starts`` or after ``due``."""
    for seat in facts.new_seats:
        barred = [(date, why) for date in seat.cohort.dates if (why := _bar(seat, date))]
        if barred:
            date, why = barred[0]
            yield Violation(
                "off-date",
                {**seat.ids, "date": str(date)},
                len(barred),
                "meetings",
                f"Cohort {seat.cohort.id} meets on {date}{also(len(barred), 'meeting')}, which {why} "
                f"{person(seat.apprentice)}. Choose a cohort on other dates.",
            )


def _bar(seat: OpenSeat, date: dt.date) -> str | None:
    row = seat.apprentice
    if date in row.off_dates:
        return "is an off date of"
    if row.starts is not None and date < row.starts:
        return f"is before {row.starts}, the first date for"
    if row.due is not None and date > row.due:
        return f"is after {row.due}, the last date for"
    return None
