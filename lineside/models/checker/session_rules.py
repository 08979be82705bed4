"""Rules of a meeting for one person: ``session-kind``, ``release-limit`` and ``meal``."""

from __future__ import annotations

from collections.abc import Iterator

from lineside.models.checker.facts import Facts
from lineside.models.checker.report import Violation, person
from lineside.models.checker.wording import also, moment


def check_session_kind(facts: Facts) -> Iterator[Violation]:
    """Check rule ``session-kind``: each meeting's kind is one that the company allows."""
    for seat in facts.new_seats:
        company = facts.scenario.company_by_id[seat.apprentice.company]
        wrong = [view for view in facts.views(seat) if view.kind not in company.sessions]
        if wrong:
            yield Violation(
                "session-kind",
                {**seat.ids, "company": company.company, "kind": wrong[0].kind, "date": str(wrong[0].date)},
                len(wrong),
                "meetings",
                f"The meeting of cohort {seat.cohort.id} on {moment(wrong[0])}{also(len(wrong), 'meeting')} is of kind "
                f"{wrong[0].kind} for {person(seat.apprentice)}; {company.name} allows {' '.join(company.sessions)}. "
                "Choose a cohort at another time.",
            )


def check_release_limit(facts: Facts) -> Iterator[Violation]:
    """Check rule ``release-limit``: at most ``release_minutes`` a meeting, and none in a shift of a peak."""
    for seat in facts.new_seats:
        limit = facts.scenario.company_by_id[seat.apprentice.company].release_minutes
        over = [view for view in facts.views(seat) if view.lost_minutes > limit or view.peak_minutes]
        if not over:
            continue
        worst = max(over, key=lambda view: max(view.lost_minutes - limit, view.peak_minutes))
        too_long = worst.lost_minutes > limit
        value = worst.lost_minutes if too_long else worst.peak_minutes
        state = f"the limit is {limit}" if too_long else "the shift is in a peak, in which nobody may be away"
        yield Violation(
            "release-limit",
            {**seat.ids, "company": seat.apprentice.company, "date": str(worst.date)},
            value - limit if too_long else value,
            "minutes",
            f"{person(seat.apprentice)} loses {value} minutes of work to the meeting of cohort {seat.cohort.id} on "
            f"{moment(worst)}{also(len(over), 'meeting')}; {state}. Choose a cohort nearer the shift's edge.",
        )


def check_meal(facts: Facts) -> Iterator[Violation]:
    """Check rule ``meal``: a lunch session leaves at least ``meal_kept_minutes`` of each meal it overlaps."""
    for seat in facts.new_seats:
        kept = facts.scenario.company_by_id[seat.apprentice.company].meal_kept_minutes
        short = [(v.meal_left, v) for v in facts.views(seat) if v.meal_left is not None and v.meal_left < kept]
        if short:
            left, view = min(short, key=lambda item: item[0])
            yield Violation(
                "meal",
                {**seat.ids, "company": seat.apprentice.company, "date": str(view.date)},
                kept - left,
                "minutes",
                f"The meeting of cohort {seat.cohort.id} on {moment(view)}{also(len(short), 'meeting')} leaves "
                f"{person(seat.apprentice)} {left} minutes of the meal break; {kept} must stay free. "
                "Choose a shorter session or another time.",
            )
