"""The contract's clock, restated: shifts, closures, meetings, opening hours and travel.

Nothing here uses the package's own calendar or geography; times are wall minutes counted from day 1.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from functools import cache

import holidays
import zipcodes

from lineside.models.cells import WeeklyHours
from lineside.models.scenario import Scenario

DAY = 1440
Span = tuple[int, int]


@dataclass(frozen=True)
class Shift:
    date: dt.date
    start: int
    end: int
    meals: tuple[Span, ...]
    peak: bool


def minute(date: dt.date, clock: int = 0) -> int:
    return date.toordinal() * DAY + clock


def date_of(wall: int) -> dt.date:
    return dt.date.fromordinal(wall // DAY)


def monday_of(date: dt.date) -> dt.date:
    return date - dt.timedelta(days=date.weekday())


def common(a: Span, b: Span) -> int:
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def is_closure_on(scenario: Scenario, site: str, date: dt.date, kinds: tuple[str, ...]) -> bool:
    owner = scenario.site_by_id[site].company
    scopes = {"all", f"site:{site}"} | ({f"company:{owner}"} if owner is not None else set())
    return any(c.kind in kinds and c.scope in scopes and c.first <= date <= c.last for c in scenario.closures)


@cache
def holiday_dates(code: str, year: int) -> frozenset[dt.date]:
    country, _, part = code.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=[year - 1, year, year + 1]))


def may_meet(scenario: Scenario, site: str, date: dt.date) -> bool:
    code = scenario.settings.holidays
    if code is not None and date in holiday_dates(code, date.year):
        return False
    return not is_closure_on(scenario, site, date, ("closed", "shutdown"))


def shifts_between(scenario: Scenario, line: str, rota: str, first: dt.date, last: dt.date) -> list[Shift]:
    """List the shifts that a crew works: by letter of the cycle, less the shutdowns at the line's site."""
    site, row = scenario.line_by_id[line].site, scenario.rota_by_id[rota]
    found = []
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        date = dt.date.fromordinal(ordinal)
        letter = row.cycle[(ordinal - row.anchor.toordinal()) % len(row.cycle)]
        if letter == "O" or is_closure_on(scenario, site, date, ("shutdown",)):
            continue
        start, end = next((h.start, h.end) for h in row.hours if h.letter == letter)
        meals = []
        for meal in row.meals:
            if meal.letter == letter:
                begin = meal.start + (DAY if meal.start < start else 0)
                finish = meal.end + (begin - meal.start) + (DAY if meal.end <= meal.start else 0)
                meals.append((minute(date, begin), minute(date, finish)))
        finish = end if end > start else end + DAY
        peak = is_closure_on(scenario, site, date, ("peak",))
        found.append(Shift(date, minute(date, start), minute(date, finish), tuple(meals), peak))
    return found


def meetings_of(
    scenario: Scenario,
    module: str,
    site: str,
    days: tuple[int, ...],
    start: int,
    minutes: int,
    week: int,
    any_end: bool,
) -> tuple[Span, ...] | None:
    """List a cohort's meetings; None if they do not end inside the horizon (``any_end`` lets them)."""
    first = scenario.settings.first_day
    begin = first + dt.timedelta(weeks=week)
    last = first + dt.timedelta(weeks=scenario.settings.weeks + (8 if any_end else 0), days=-1)
    left, found = int(scenario.module_by_id[module].hours * 60), []
    date = begin
    while left > 0:
        if date > last:
            return None
        if date.weekday() in days and may_meet(scenario, site, date):
            length = min(left, minutes)
            found.append((minute(date, start), minute(date, start + length)))
            left -= length
        date += dt.timedelta(days=1)
    return tuple(found)


def is_open(hours: tuple[WeeklyHours, ...], span: Span) -> bool:
    """Return whether each minute of a meeting lies in some stretch of the hours."""
    rows = [(row.days, row.start, row.end) for row in hours]
    for wall in range(*span):
        weekday, clock = date_of(wall).weekday(), wall % DAY
        today = any(weekday in days and start <= clock < end for days, start, end in rows)
        since = any((weekday - 1) % 7 in days and start <= clock + DAY < end for days, start, end in rows)
        if not today and not since:
            return False
    return True


@cache
def zip_place(code: str) -> tuple[float, float] | None:
    for row in zipcodes.list_all():
        if row["zip_code"] == code:
            place = float(row["lat"]), float(row["long"])
            return None if place == (0.0, 0.0) else place
    return None


def site_place(scenario: Scenario, site: str) -> tuple[float, float]:
    row = scenario.site_by_id[site]
    known = zip_place(row.zip) if row.zip is not None else None
    latitude = float(row.latitude) if row.latitude is not None else known[0] if known else None
    longitude = float(row.longitude) if row.longitude is not None else known[1] if known else None
    assert latitude is not None and longitude is not None, f"{site} has no place"
    return latitude, longitude


def estimate(a: tuple[float, float], b: tuple[float, float]) -> int:
    """Return the contract's travel estimate, the great circle by the spherical law of haversines."""
    la, oa, lb, ob = (math.radians(x) for x in (*a, *b))
    h = math.sin((lb - la) / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin((ob - oa) / 2) ** 2
    return math.ceil(3 + 2 * 6371.0088 * math.asin(math.sqrt(h)) * 1.3 / 56 * 60)


def table_minutes(scenario: Scenario, a: str, b: str) -> int | None:
    for row in scenario.travel:
        if (row.origin, row.destination) in ((a, b), (b, a)):
            return row.minutes
    return None


def site_travel(scenario: Scenario, a: str, b: str) -> int:
    if a == b or "online" in (scenario.site_by_id[a].kind, scenario.site_by_id[b].kind):
        return 0
    known = table_minutes(scenario, a, b)
    return known if known is not None else estimate(site_place(scenario, a), site_place(scenario, b))


def home_travel(scenario: Scenario, zip_code: str, site: str) -> int:
    if scenario.site_by_id[site].kind == "online":
        return 0
    known = table_minutes(scenario, zip_code, site)
    if known is not None:
        return known
    home = zip_place(zip_code)
    assert home is not None, f"{zip_code} has no place"
    return estimate(home, site_place(scenario, site))
