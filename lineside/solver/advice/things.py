"""Everything that could be asked for, looser by one step: agreements, sites, rooms, instructors, patterns, rotas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lineside.models.cells import DAY_MINUTES, format_clock, format_days
from lineside.models.scenario import Scenario
from lineside.models.table_edits import cell_edit, row_edit
from lineside.models.tables import Apprentice, Module, Pattern, Room, Site
from lineside.solver.advice.looser import (
    Loosening,
    kind_steps,
    longer_hours,
    longer_weeks,
    missing_minutes,
    named,
    number_ladder,
    open_site,
    open_site_to_all,
    release_ladder,
    smaller_cohorts,
)
from lineside.solver.patterns import WeeklySlot, patterns_by_site

RELEASE_STEP = 15
TEACHING_STEP = 60
PATTERN_STEP = 30
"""Minutes of one step of an agreement's release, an instructor's week, and a pattern's start."""


def one_step_looser(scenario: Scenario) -> Iterator[Loosening]:
    """Yield each thing of the tables that could be looser by one step but for hours, which :func:`longer_days` has."""
    for company in scenario.companies:
        yield from release_ladder(company, 1, RELEASE_STEP)
        yield from kind_steps(company)
    for site in scenario.sites:
        yield from _sites(scenario, site)
    yield from _rooms(scenario)
    for row in scenario.instructors:
        yield from longer_weeks(row, 1, TEACHING_STEP)
    for module in scenario.modules:
        yield from smaller_cohorts(module)[:1]
    yield from _patterns(scenario)


def longer_days(scenario: Scenario) -> Iterator[Loosening]:
    """Yield rooms and instructors that could serve one more pattern; in large regions there are many."""
    slots = patterns_by_site(scenario)
    for room in scenario.rooms:
        useful = _lengths(slots.get(room.site, ()), _fitting(scenario, room))
        yield from (longer_hours(room, slot) for slot in useful if missing_minutes(room.hours, slot))
    everywhere = sorted(
        {slot for found in slots.values() for slot in found}, key=lambda s: (s.days, s.start, s.minutes)
    )
    for row in scenario.instructors:
        useful = _lengths(everywhere, [m for m in scenario.modules if m.module in row.modules])
        yield from (longer_hours(row, slot) for slot in useful if missing_minutes(row.hours, slot))


def _sites(scenario: Scenario, site: Site) -> Iterator[Loosening]:
    """Yield a site open to all companies, and where that is more than one, to each of them."""
    out = [row for row in scenario.companies if not scenario.is_open_to(site, row.company)]
    if out and any(room.site == site.site for room in scenario.rooms):
        yield open_site_to_all(site)
        yield from (open_site(site, company) for company in out if len(out) > 1)


def _patterns(scenario: Scenario) -> Iterator[Loosening]:
    """Yield each pattern for all sites, and once more half an hour earlier and later."""
    known = {(row.days, row.start, row.minutes, row.sites) for row in scenario.patterns or ()}
    ids = {row.pattern for row in scenario.patterns or ()}
    for row in scenario.patterns or ():
        if "all" not in row.sites:
            yield Loosening("hours", (cell_edit(row, "sites", ("all",)),), 1, f"pattern {_pattern(row)} at all sites")
        for minutes, word in ((-PATTERN_STEP, "earlier"), (PATTERN_STEP, "later")):
            start = row.start + minutes
            if 0 <= start < DAY_MINUTES and (row.days, start, row.minutes, row.sites) not in known:
                identifier = _free_id(f"{row.pattern}-{word}", ids)
                other = row.model_copy(update={"pattern": identifier, "start": start})
                words = f"pattern {_pattern(row)} also at {format_clock(start)}"
                yield Loosening("hours", (row_edit(other, is_added=True),), 1, words)


def _pattern(row: Pattern) -> str:
    return f"{row.pattern} ({format_days(row.days)} {format_clock(row.start)})"


def _free_id(wish: str, taken: set[str]) -> str:
    while wish in taken:
        wish += "-2"
    return wish


def _rooms(scenario: Scenario) -> Iterator[Loosening]:
    """Yield each room with a seat more, where some module has use for it."""
    for room in scenario.rooms:
        if any(row.seats_max > room.seats for row in _fitting(scenario, room)):
            words = f"room {room.room} with {{new}} instead of {{old}} seats"
            yield from number_ladder(room, "seats", "cohort-size", (room.seats + 1,), words)


def _fitting(scenario: Scenario, room: Room) -> list[Module]:
    """Return the modules that a room is equipped for."""
    return [row for row in scenario.modules if set(row.features) <= set(room.features)]


def _lengths(slots: Iterable[WeeklySlot], modules: Iterable[Module]) -> list[WeeklySlot]:
    """Return the patterns whose length some of the modules may have."""
    limits = [(row.session_min, row.session_max) for row in modules]
    return [slot for slot in slots if any(low <= slot.minutes <= high for low, high in limits)]


def rota_moves(scenario: Scenario, people: Iterable[Apprentice]) -> Iterator[Loosening]:
    """Yield the moves of some people to another rota of their line on which there is a crew."""
    for person in people:
        for crew in scenario.crews:
            if crew.line == person.line and crew.rota != person.rota:
                line = scenario.line_by_id[crew.line]
                words = f"{named(person.name, person.apprentice)} on rota {crew.rota} of {named(line.name, line.line)}"
                yield Loosening("rota", (cell_edit(person, "rota", crew.rota),), 1, words)
