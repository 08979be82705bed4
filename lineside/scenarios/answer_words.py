"""What an answer to a disruption does, in sentences: first cohorts, then people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from lineside.models.calendar import date_of
from lineside.models.measures import cohort_spans
from lineside.models.plan import Cohort, Plan


def deeds(before: Plan, after: Plan, gone: Collection[str] = ()) -> tuple[str, ...]:
    """Return a sentence for each cohort and each seat that differs between two plans.

    Parameters
    ----------
    before, after
        The plans.
    gone
        Apprentices who have left: nothing is said about the seats that they had.

    Examples
    --------
    >>> deeds(Plan(), Plan())
    ()
    """
    return (*cohort_deeds(before, after), *_seat_deeds(before, after, gone))


def cohort_deeds(before: Plan, after: Plan) -> Iterator[str]:
    """Yield a sentence for each cohort that is new, gone, or has another room, instructor or meeting."""
    old, new = ({row.cohort: row for row in plan.cohorts} for plan in (before, after))
    heirs = _heirs(before, after, old, new)
    for name, row in old.items():
        if name in new:
            yield from _changed(row, new[name])
        elif name in heirs:
            there = new[heirs[name]]
            yield f"{name} goes on as {there.cohort} {_where_and_when(there)}."
        else:
            yield f"{name} is not held."
    for name, row in new.items():
        if name not in old and name not in heirs.values():
            yield f"{name} opens {_where_and_when(row)}."


def _heirs(before: Plan, after: Plan, old: dict[str, Cohort], new: dict[str, Cohort]) -> dict[str, str]:
    """Return which new cohort has most people of each one that is gone, if it has half of them at least."""
    place = {(seat.apprentice, seat.module): seat.cohort for seat in after.seats}
    members: dict[str, list[str]] = defaultdict(list)
    for seat in before.seats:
        if seat.cohort in old and seat.cohort not in new:
            members[seat.cohort].append(place.get((seat.apprentice, seat.module), ""))
    found: dict[str, str] = {}
    for name, places in members.items():
        fresh = [there for there in places if there and there not in old and there not in found.values()]
        best = max(fresh, key=fresh.count, default=None)
        if best is not None and 2 * fresh.count(best) >= len(places):
            found[name] = best
    return found


def _where_and_when(row: Cohort) -> str:
    first = min((meeting.date for meeting in row.meetings), default=None)
    return f"at {row.site}, {row.days} {row.start}, {row.minutes} minutes, from {first}"


def _changed(old: Cohort, new: Cohort) -> Iterator[str]:
    name = new.cohort
    if old.instructor != new.instructor:
        yield f"{new.instructor} teaches {name} in place of {old.instructor}."
    if old.room != new.room:
        yield f"{name} meets in {new.room} in place of {old.room}."
    before, after = cohort_spans(old), cohort_spans(new)
    gone = [date_of(start) for start, end in before if (start, end) not in after]
    if gone:
        yield f"{name} does not meet on {', '.join(map(str, gone))} as planned and ends on {date_of(after[-1][0])}."


def _seat_deeds(before: Plan, after: Plan, gone: Collection[str]) -> Iterator[str]:
    old, new = ({(s.apprentice, s.module): s.cohort for s in plan.seats} for plan in (before, after))
    for person, module in sorted(old.keys() | new.keys()):
        was, is_now = old.get((person, module)), new.get((person, module))
        if was == is_now or person in gone:
            continue
        if is_now is None:
            yield f"{person} loses the seat in {was}."
        elif was is None:
            yield f"{person} gets a seat in {is_now}."
        else:
            yield f"{person} goes from {was} to {is_now}."
