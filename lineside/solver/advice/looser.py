"""Tables that are looser by a step: each way as a named change, in words, with the size of the change."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lineside.models.cells import DAY_MINUTES, WeeklyHours, format_clock, format_days
from lineside.models.scenario import Scenario
from lineside.models.table_edits import TableEdit, cell_edit, edited, setting_edit
from lineside.models.tables import Company, Instructor, Module, Room, Row, Site
from lineside.solver.patterns import WeeklySlot

WEEK_MINUTES = 7 * DAY_MINUTES
HOURS_STEP = 30
"""Minutes a week by which opening hours are looser by one step."""

KIND_WORDS = {
    "lunch": "over lunch",
    "before": "before the shift",
    "after": "after the shift",
    "off": "on time off",
    "release": "during the shift",
}
"""Kinds of session in words."""


@dataclass(frozen=True)
class Loosening:
    """A change that forbids nothing new and allows something more.

    Parameters
    ----------
    rule
        Rule that it loosens.
    edits
        Changes to the tables.
    steps
        Size: how many natural steps it is away from the tables as they are.
    words
        What would be, as a noun: ``a travel limit of 35 instead of 30 minutes for Ann (A1)``.
    """

    rule: str
    edits: tuple[TableEdit, ...]
    steps: int
    words: str

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the tables with the change."""
        return edited(scenario, self.edits)


Ladder = tuple[Loosening, ...]
"""Changes of one thing, each looser than the one before."""


def named(name: str, identifier: str) -> str:
    """Return a name with its id, or the id alone where it is the name.

    >>> named("Ann", "A1"), named("", "A2")
    ('Ann (A1)', 'A2')
    """
    return identifier if name in ("", identifier) else f"{name} ({identifier})"


def number_ladder(row: Row, column: str, rule: str, values: Iterable[int], words: str) -> Ladder:
    """Return steps of a number in a row.

    Parameters
    ----------
    row, column
        The cell.
    rule
        Rule that it loosens.
    values
        Its values, step by step.
    words
        What is said, with ``{new}`` and ``{old}``.
    """
    old = getattr(row, column)
    return tuple(
        Loosening(rule, (cell_edit(row, column, new),), steps, words.format(new=new, old=old))
        for steps, new in enumerate(values, 1)
    )


def rule_ladder(scenario: Scenario, key: str, rule: str, values: Iterable[int], words: str) -> Ladder:
    """Return steps of a number in the section ``[rules]``."""
    old = getattr(scenario.settings.rules, key)
    return tuple(
        Loosening(rule, (setting_edit(scenario, "rules", key, new),), steps, words.format(new=new, old=old))
        for steps, new in enumerate(values, 1)
    )


def release_ladder(company: Company, steps: int, step_minutes: int) -> Ladder:
    """Return steps of the minutes that a company's agreement lets one person lose to a meeting."""
    values = [company.release_minutes + step_minutes * k for k in range(1, steps + 1)]
    words = f"{{new}} instead of {{old}} minutes of release at {named(company.name, company.company)}"
    return number_ladder(company, "release_minutes", "release-limit", values, words)


def kind_steps(company: Company) -> Iterator[Loosening]:
    """Yield each kind of session that a company's agreement does not allow, as allowed."""
    for kind, words in KIND_WORDS.items():
        if kind not in company.sessions:
            edit = cell_edit(company, "sessions", (*company.sessions, kind))
            what = f"sessions {words} at {named(company.name, company.company)}"
            yield Loosening("session-kind", (edit,), 1, what)


def open_site(site: Site, company: Company) -> Loosening:
    """Return a site open to one more company."""
    kept = tuple(word for word in site.open_to if word != "own")
    words = f"{named(site.name, site.site)} open to {named(company.name, company.company)}"
    return Loosening("access", (cell_edit(site, "open_to", (*kept, company.company)),), 1, words)


def open_site_to_all(site: Site) -> Loosening:
    """Return a site open to all companies."""
    words = f"{named(site.name, site.site)} open to all companies"
    return Loosening("access", (cell_edit(site, "open_to", ("all",)),), 1, words)


def missing_minutes(hours: Iterable[WeeklyHours], slot: WeeklySlot) -> int:
    """Return the minutes a week of a pattern that lie outside opening hours.

    >>> missing_minutes((WeeklyHours((0, 1), 480, 1020),), WeeklySlot((1, 2), 960, 120))
    180
    """
    inside = [False] * WEEK_MINUTES
    for row in hours:
        for day in row.days:
            for minute in range(day * DAY_MINUTES + row.start, day * DAY_MINUTES + row.end):
                inside[minute % WEEK_MINUTES] = True
    wanted = (day * DAY_MINUTES + slot.start + k for day in slot.days for k in range(slot.minutes))
    return sum(not inside[minute % WEEK_MINUTES] for minute in wanted)


def longer_hours(row: Room | Instructor, slot: WeeklySlot) -> Loosening:
    """Return a room or an instructor that can also serve a pattern outside its hours."""
    span = WeeklyHours(slot.days, slot.start, slot.start + slot.minutes)
    when = f"{format_days(slot.days)} {format_clock(span.start)}-{format_clock(span.end)}"
    rule, what = "instructor", f"{named(row.name, row.instructor)} available" if isinstance(row, Instructor) else ""
    if isinstance(row, Room):
        rule, what = "room", f"room {row.room} open"
    steps = math.ceil(missing_minutes(row.hours, slot) / HOURS_STEP)
    return Loosening(rule, (cell_edit(row, "hours", (*row.hours, span)),), max(1, steps), f"{what} also {when}")


def more_seats(room: Room, module: Module, seats: int, extra: int, cohort: str) -> Loosening:
    """Return more seats than a cohort has.

    Parameters
    ----------
    room, module
        The cohort's room and module.
    seats
        Most people of the cohort now: the smaller of the module's and the room's.
    extra
        How many more are to fit.
    cohort
        Its id.
    """
    edits, parts = [], []
    if room.seats < seats + extra:
        edits.append(cell_edit(room, "seats", seats + extra))
        parts.append(f"room {room.room} with {seats + extra} instead of {room.seats}")
    if module.seats_max < seats + extra:
        edits.append(cell_edit(module, "seats_max", seats + extra))
        parts.append(f"{module.module} with at most {seats + extra} instead of {module.seats_max}")
    noun = "seat" if extra == 1 else "seats"
    return Loosening("cohort-size", tuple(edits), extra, f"{extra} more {noun} in {cohort}: {', '.join(parts)}")


def smaller_cohorts(module: Module) -> Ladder:
    """Return steps of the least number of people of a module's cohorts."""
    words = f"{named(module.name, module.module)} with {{new}} instead of {{old}} people at least"
    return number_ladder(module, "seats_min", "cohort-size", range(module.seats_min - 1, 0, -1), words)


def longer_weeks(instructor: Instructor, steps: int, step_minutes: int) -> Ladder:
    """Return steps of the minutes that an instructor teaches in a week."""
    values = [instructor.week_minutes + step_minutes * k for k in range(1, steps + 1)]
    words = f"{{new}} instead of {{old}} minutes of teaching a week for {named(instructor.name, instructor.instructor)}"
    return number_ladder(instructor, "week_minutes", "instructor", values, words)
