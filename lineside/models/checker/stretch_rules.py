"""Rules of the hours around a person's meetings: ``clash`` and ``duty``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lineside.models.calendar import WEEK_MINUTES, date_of
from lineside.models.cells import DAY_MINUTES
from lineside.models.checker.facts import Facts, OpenCohort, OpenSeat
from lineside.models.checker.report import Violation, person
from lineside.models.checker.wording import also
from lineside.models.tables import Apprentice

CohortsKey = frozenset[tuple[OpenCohort, bool]]


@dataclass(frozen=True)
class Clash:
    """Two meetings that are too near each other; ``gap`` and ``travel`` in minutes."""

    first: OpenCohort
    second: OpenCohort
    start: int
    gap: int
    travel: int


@dataclass(frozen=True)
class Stretch:
    """Work and class joined by short gaps, in wall minutes."""

    start: int
    end: int
    has_new_meeting: bool

    @property
    def minutes(self) -> int:
        """Length from the first start to the last end."""
        return self.end - self.start


def check_clash(facts: Facts) -> Iterator[Violation]:
    """Check rule ``clash``: any two meetings of a person are the travel between their sites apart."""
    known: dict[CohortsKey, tuple[Clash, ...]] = {}
    for seats in facts.seats_of.values():
        key = _cohorts(seats)
        if key not in known:
            known[key] = tuple(_clashes(facts, seats))
        clashes = known[key]
        if clashes:
            worst = max(clashes, key=lambda clash: clash.travel - clash.gap)
            yield _clash_violation(seats[0].apprentice, worst, len(clashes))


def _cohorts(seats: list[OpenSeat]) -> CohortsKey:
    return frozenset((seat.cohort, seat.is_frozen) for seat in seats)


def _clashes(facts: Facts, seats: list[OpenSeat]) -> Iterator[Clash]:
    between = facts.days.geography.between_sites
    sites = {seat.cohort.site.site for seat in seats}
    farthest = max(between(a, b) for a in sites for b in sites)
    meetings = sorted(((span, seat) for seat in seats for span in seat.cohort.spans), key=lambda item: item[0])
    for place, (span, seat) in enumerate(meetings):
        for later in range(place + 1, len(meetings)):
            other_span, other = meetings[later]
            gap = other_span[0] - span[1]
            if gap >= farthest:
                break
            travel = between(seat.cohort.site.site, other.cohort.site.site)
            if gap < travel and not (seat.is_frozen and other.is_frozen):
                yield Clash(seat.cohort, other.cohort, other_span[0], gap, travel)


def _clash_violation(apprentice: Apprentice, clash: Clash, number: int) -> Violation:
    date = date_of(clash.start)
    apart = "overlap" if clash.gap < 0 else f"are {clash.gap} minutes apart"
    return Violation(
        "clash",
        {
            "apprentice": apprentice.apprentice,
            "cohort": clash.second.id,
            "other": clash.first.id,
            "date": str(date),
        },
        clash.travel - clash.gap,
        "minutes",
        f"Meetings of cohorts {clash.first.id} and {clash.second.id} of {person(apprentice)} on {date} {apart}"
        f"{also(number, 'clash')}; travel between the sites takes {clash.travel} minutes. Take one of the seats out.",
    )


def check_duty(facts: Facts) -> Iterator[Violation]:
    """Check rule ``duty``: a stretch of work and class with a meeting spans at most ``duty_minutes``."""
    known: dict[tuple[str, str, CohortsKey], tuple[Stretch, ...]] = {}
    limit = facts.rules.duty_minutes
    for seats in facts.seats_of.values():
        apprentice = seats[0].apprentice
        key = (apprentice.line, apprentice.rota, _cohorts(seats))
        if key not in known:
            known[key] = tuple(s for s in stretches(facts, seats) if s.has_new_meeting and s.minutes > limit)
        if known[key]:
            worst = max(known[key], key=lambda stretch: stretch.minutes)
            date = date_of(max(worst.start, DAY_MINUTES))  # a way may begin before the calendar does
            yield Violation(
                "duty",
                {"apprentice": apprentice.apprentice, "date": str(date)},
                worst.minutes - limit,
                "minutes",
                f"{person(apprentice)} is on duty for {worst.minutes} minutes of work, class and travel from {date}"
                f"{also(len(known[key]), 'stretch')}; the limit is {limit}. Take out a seat that meets then.",
            )


def stretches(facts: Facts, seats: list[OpenSeat]) -> Iterator[Stretch]:
    """Yield the stretches of work and class that have a meeting of these seats of one person, in time order.

    Notes
    -----
    A stretch grows from a window to both sides until no shift or window lies within
    ``rest_minutes`` of it. A rota without any rest would grow for ever, so growth ends a week
    beyond the limit, where the verdict is clear.
    """
    apprentice, rest = seats[0].apprentice, facts.rules.rest_minutes
    windows = sorted((view.window, not seat.is_frozen) for seat in seats for view in facts.views(seat))
    enough = facts.rules.duty_minutes + WEEK_MINUTES
    place = 0
    while place < len(windows):
        (start, end), has_new = windows[place]
        place += 1
        before = None
        while before != (start, end) and end - start <= enough:
            before = (start, end)
            for shift in facts.days.shifts_between(apprentice, start - rest + 1, end + rest - 1):
                start, end = min(start, shift.start), max(end, shift.end)
            while place < len(windows) and windows[place][0][0] < end + rest:
                (_, window_end), is_new = windows[place]
                end, has_new, place = max(end, window_end), has_new or is_new, place + 1
        yield Stretch(start, end, has_new)
