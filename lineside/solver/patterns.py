"""Which patterns each site may use: the table's, or sensible ones derived from the shift clocks.

Without a ``patterns`` table every pattern that keeps the rules is allowed, which is too many to
search. The derived ones are what planners use: over lunch, after and before each shift, in the
evening, by day and at the weekend, on a 15-minute grid, in lengths that some module allows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lineside.models.calendar import letter_times
from lineside.models.cells import DAY_MINUTES
from lineside.models.scenario import Scenario
from lineside.models.tables import Module

GRID_MINUTES = 15
DAY_SETS = ((0, 2), (1, 3), (0, 1, 2, 3), (0,), (1,), (2,), (3,), (4,))
WEEKEND_SETS = ((5,), (5, 6))
LENGTHS = (30, 45, 60, 90, 120, 150, 180, 240)
EVENING_STARTS = (17 * 60, 18 * 60)
DAY_STARTS = (8 * 60, 9 * 60, 13 * 60)


@dataclass(frozen=True, order=True)
class WeeklySlot:
    """Weekdays (Monday is 0), clock minute of the start and length in minutes."""

    days: tuple[int, ...]
    start: int
    minutes: int


def patterns_by_site(scenario: Scenario) -> dict[str, tuple[WeeklySlot, ...]]:
    """Return the patterns that cohorts at each site may use, without repeats, in a fixed order."""
    if scenario.patterns is None:
        return _derived(scenario)
    found: dict[str, set[WeeklySlot]] = {row.site: set() for row in scenario.sites}
    for row in scenario.patterns:
        slot = WeeklySlot(row.days, row.start, row.minutes)
        for site in found if "all" in row.sites else row.sites:
            found[site].add(slot)
    return {site: tuple(sorted(slots)) for site, slots in found.items()}


def _derived(scenario: Scenario) -> dict[str, tuple[WeeklySlot, ...]]:
    lengths = tuple(sorted({length for module in scenario.modules for length in _lengths(module)}))
    everywhere = _shared_slots(lengths)
    clocks = _clocks_by_site(scenario)
    all_clocks = tuple(sorted({clock for site_clocks in clocks.values() for clock in site_clocks}))
    result = {}
    for site in scenario.sites:
        own = clocks.get(site.site, ())
        slots = set(everywhere)
        slots.update(_around_shifts(own or all_clocks, lengths))
        slots.update(_over_meals(own, lengths))
        result[site.site] = tuple(sorted(slots))
    return result


def _lengths(module: Module) -> tuple[int, ...]:
    """Return the usual lengths that a module allows, or its shortest one on the grid where there is none."""
    usual = tuple(length for length in LENGTHS if module.session_min <= length <= module.session_max)
    on_grid = -(-module.session_min // GRID_MINUTES) * GRID_MINUTES
    return usual or (min(on_grid, module.session_max),)


def _shared_slots(lengths: tuple[int, ...]) -> Iterable[WeeklySlot]:
    for length in lengths:
        for start in (*EVENING_STARTS, *DAY_STARTS):
            yield from (WeeklySlot(days, start, length) for days in DAY_SETS)
        for start in DAY_STARTS:
            yield from (WeeklySlot(days, start, length) for days in WEEKEND_SETS)


ShiftClock = tuple[int, int, tuple[tuple[int, int], ...]]


def _clocks_by_site(scenario: Scenario) -> dict[str, tuple[ShiftClock, ...]]:
    """Return start, end and meals of every shift worked at a site, in minutes from midnight of its date."""
    clocks: dict[str, set[ShiftClock]] = {}
    for crew in scenario.crews:
        rota = scenario.rota_by_id[crew.rota]
        site = scenario.line_by_id[crew.line].site
        clocks.setdefault(site, set()).update(
            times for letter, times in letter_times(rota).items() if letter in rota.cycle
        )
    return {site: tuple(sorted(found)) for site, found in clocks.items()}


def _around_shifts(clocks: tuple[ShiftClock, ...], lengths: tuple[int, ...]) -> Iterable[WeeklySlot]:
    for start, end, _ in clocks:
        after = -(-end // GRID_MINUTES) * GRID_MINUTES % DAY_MINUTES
        for length in lengths:
            before = (start - length) // GRID_MINUTES * GRID_MINUTES % DAY_MINUTES
            for days in DAY_SETS:
                yield WeeklySlot(days, after, length)
                yield WeeklySlot(days, before, length)


def _over_meals(clocks: tuple[ShiftClock, ...], lengths: tuple[int, ...]) -> Iterable[WeeklySlot]:
    for _, _, meals in clocks:
        for low, high in meals:
            start = low // GRID_MINUTES * GRID_MINUTES % DAY_MINUTES
            for length in lengths:
                if length <= high - low + 2 * GRID_MINUTES:
                    yield from (WeeklySlot(days, start, length) for days in DAY_SETS)
