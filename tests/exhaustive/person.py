"""The rules of one person: which candidates suit alone, and which sets of them together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

from tests.exhaustive.clock import Span, common, date_of, monday_of
from tests.exhaustive.world import Candidate, Person, World


def window(world: World, person: Person, candidate: Candidate, meeting: Span) -> Span:
    travel = world.travel(person.line_site, candidate.site)
    return meeting[0] - travel, meeting[1] + travel


def lost_minutes(world: World, person: Person, candidate: Candidate, meeting: Span) -> frozenset[int]:
    """Return the minutes of a meeting's window inside worked shifts and outside their meals."""
    away = window(world, person, candidate, meeting)
    lost: set[int] = set()
    for shift in person.shifts:
        inside = range(max(away[0], shift.start), min(away[1], shift.end))
        lost.update(m for m in inside if not any(start <= m < end for start, end in shift.meals))
    return frozenset(lost)


def kind_of(world: World, person: Person, meeting: Span) -> str:
    start, end = meeting
    adjacent = world.settings.rules.adjacent_minutes
    met = [shift for shift in person.shifts if common(meeting, (shift.start, shift.end))]
    if met:
        return "lunch" if any(common(meeting, meal) for shift in met for meal in shift.meals) else "release"
    if any(0 <= start - shift.end <= adjacent for shift in person.shifts):
        return "after"
    return "before" if any(0 <= shift.start - end <= adjacent for shift in person.shifts) else "off"


def broken_alone(world: World, person: Person, candidate: Candidate) -> set[str]:
    """Return the rules that a person's seat in a candidate breaks, whatever the other seats."""
    scenario, row = world.scenario, person.row
    site, module = scenario.site_by_id[candidate.site], scenario.module_by_id[candidate.module]
    broken: set[str] = set()
    mode = "online" if site.kind == "online" else "classroom"
    if mode not in module.modes or mode not in row.modes:
        broken.add("mode")
    if not (site.company == row.company or "all" in site.open_to or row.company in site.open_to):
        broken.add("access")
    for meeting in candidate.meetings:
        broken |= _broken_by_meeting(world, person, candidate, meeting)
    return broken


def _broken_by_meeting(world: World, person: Person, candidate: Candidate, meeting: Span) -> set[str]:
    row, company = person.row, world.scenario.company_by_id[person.row.company]
    date, broken = date_of(meeting[0]), set()
    if world.origin_travel(person, date, candidate.site) > row.travel_max:
        broken.add("travel-limit")
    if date in row.off_dates or (row.starts and date < row.starts) or (row.due and date > row.due):
        broken.add("off-date")
    kind = kind_of(world, person, meeting)
    if kind not in company.sessions:
        broken.add("session-kind")
    lost = lost_minutes(world, person, candidate, meeting)
    peaks = [shift for shift in person.shifts if shift.peak]
    if len(lost) > company.release_minutes or any(shift.start <= m < shift.end for shift in peaks for m in lost):
        broken.add("release-limit")
    away = window(world, person, candidate, meeting)
    meals = [meal for shift in person.shifts for meal in shift.meals if common(meeting, meal)]
    if kind == "lunch" and any(m[1] - m[0] - common(m, away) < company.meal_kept_minutes for m in meals):
        broken.add("meal")
    return broken


def outside_minutes(person: Person, meeting: Span) -> int:
    """Return the minutes of a meeting outside the person's shifts."""
    return meeting[1] - meeting[0] - sum(common(meeting, (s.start, s.end)) for s in person.shifts)


def broken_together(world: World, person: Person, new: Sequence[Candidate]) -> set[str]:
    """Return the rules that new seats break with each other and with the person's frozen ones."""
    broken: set[str] = set()
    if _is_clash(world, person, new):
        broken.add("clash")
    mondays = {monday_of(date_of(start)) for candidate in new for start, _ in candidate.meetings}
    for monday in mondays:
        broken |= _broken_in_week(world, person, new, monday)
    if not _is_duty_kept(world, person, new):
        broken.add("duty")
    return broken


def _is_clash(world: World, person: Person, new: Sequence[Candidate]) -> bool:
    placed = [(c, m, True) for c in new for m in c.meetings] + [
        (c, m, False) for c in person.frozen for m in c.meetings
    ]
    for (a, x, a_new), (b, y, b_new) in combinations(placed, 2):
        gap = max(y[0] - x[1], x[0] - y[1])
        if (a_new or b_new) and gap < world.travel(a.site, b.site):
            return True
    return False


def _broken_in_week(world: World, person: Person, new: Sequence[Candidate], monday: dt.date) -> set[str]:
    """Return the caps that are broken in a week with a new meeting."""
    rules, broken = world.settings.rules, set()
    sunday = monday + dt.timedelta(days=6)

    def within(candidates: Sequence[Candidate]) -> list[tuple[Candidate, Span]]:
        return [(c, m) for c in candidates for m in c.meetings if monday <= date_of(m[0]) <= sunday]

    fresh, old = within(new), within(person.frozen)
    if len({c for c, _ in fresh + old}) > rules.modules_at_once:
        broken.add("modules-at-once")
    if sum(end - start for _, (start, end) in fresh + old) > rules.class_minutes_per_week:
        broken.add("class-week")
    added = [outside_minutes(person, m) for _, m in fresh]
    if sum(added) > 0:
        work = _worked_minutes(person, monday, sunday) + sum(outside_minutes(person, m) for _, m in old)
        if work + sum(added) > rules.week_minutes:
            broken.add("work-week")
    free = {monday + dt.timedelta(days=k) for k in range(7)} - person.working_dates
    taken, begun = {date_of(m[0]) for _, m in fresh + old}, {date_of(m[0]) for _, m in old}
    if rules.keep_day_off and free and free <= taken and not free <= begun:
        broken.add("day-off")
    return broken


@lru_cache(maxsize=4096)
def _worked_minutes(person: Person, monday: dt.date, sunday: dt.date) -> int:
    shifts = [shift for shift in person.shifts if monday <= shift.date <= sunday]
    return sum(s.end - s.start - sum(common(meal, (s.start, s.end)) for meal in s.meals) for s in shifts)


def _is_duty_kept(world: World, person: Person, new: Sequence[Candidate]) -> bool:
    """Join shifts and windows by short gaps; no stretch with a new meeting is too long."""
    rules = world.settings.rules
    stays = [(shift.start, shift.end, False) for shift in person.shifts]
    stays += [(*window(world, person, c, m), False) for c in person.frozen for m in c.meetings]
    stays += [(*window(world, person, c, m), True) for c in new for m in c.meetings]
    stretches: list[tuple[int, int, bool]] = []
    for start, end, is_new in sorted(stays):
        if stretches and start - stretches[-1][1] < rules.rest_minutes:
            first, latest, had_new = stretches[-1]
            stretches[-1] = (first, max(latest, end), had_new or is_new)
        else:
            stretches.append((start, end, is_new))
    return all(end - start <= rules.duty_minutes for start, end, is_new in stretches if is_new)


def is_order_broken(world: World, person: Person, chosen: set[str], new: Sequence[Candidate]) -> bool:
    """Return whether a new seat comes before an earlier module of the chosen options is done."""
    last_date = {c.module: max(date_of(start) for start, _ in c.meetings) for c in (*person.frozen, *new)}
    for candidate in new:
        first = date_of(candidate.meetings[0][0])
        for earlier in world.scenario.module_by_id[candidate.module].after:
            if earlier in person.row.credits or earlier not in chosen:
                continue
            if earlier not in last_date or last_date[earlier] >= first:
                return True
    return False
