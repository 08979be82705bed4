"""Plain restatements that the solver's arrays are compared with, and strategies of rotas and meetings."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from lineside.models.calendar import Interval, RegionCalendar
from lineside.models.cells import format_clock
from lineside.models.scenario import Scenario
from lineside.solver.timeline import CrewTimeline
from tests.build import FIRST_DAY, tiny

DAY = 1440
ORIGIN = FIRST_DAY.toordinal() * DAY


@st.composite
def regions(draw: st.DrawFn) -> Scenario:
    """Draw the base scenario with a rota of day and night shifts, meals, a shutdown and a peak.

    A night shift that a day shift follows ends before it, as everybody who draws up rotas sees to.
    """
    day_start = draw(st.integers(5 * 60, 9 * 60))
    day_end = day_start + draw(st.integers(240, 660))
    night_start = draw(st.integers(max(day_end, 17 * 60), 23 * 60 + 59))
    night_end = draw(st.integers(60, day_start))
    hours = {"D": (day_start, day_end), "N": (night_start, night_end + DAY)}
    letters = draw(st.text("DNO", min_size=1, max_size=9).filter(lambda text: set(text) & set("DN")))
    used = [letter for letter in "DN" if letter in letters]
    meals = [f"{letter} {_span(draw(_meal(*hours[letter])))}" for letter in used if draw(st.booleans())]
    closures = [
        f"company:acme | {_date(draw(st.integers(0, 13)))} | {_date(draw(st.integers(13, 16)))} | {kind}"
        for kind in ("peak", "shutdown")
        if draw(st.booleans())
    ]
    rota = {
        "cycle": letters,
        "hours": "; ".join(f"{letter} {_span(hours[letter])}" for letter in used),
        "meals": "; ".join(meals) or (),
        "anchor": _date(draw(st.integers(-40, 40))),
    }
    return tiny(
        rotas={"day": rota},
        travel=[f"plant | college | {draw(st.integers(0, 150))}"],
        rules={"adjacent_minutes": draw(st.integers(0, 240)), "rest_minutes": draw(st.integers(1, 900))},
        closures=closures,
    )


@st.composite
def _meal(draw: st.DrawFn, start: int, end: int) -> Interval:
    low = draw(st.integers(start, end - 2))
    return low, draw(st.integers(low + 1, min(end, low + 90)))


def meetings(most: int = 8) -> st.SearchStrategy[list[Interval]]:
    """Draw meetings of the two weeks, in wall minutes."""
    one = st.tuples(st.integers(0, 14 * DAY - 1), st.integers(1, 480))
    return st.lists(one.map(lambda row: (ORIGIN + row[0], ORIGIN + row[0] + row[1])), min_size=1, max_size=most)


def timeline_of(scenario: Scenario) -> CrewTimeline:
    """Return the shifts of the base scenario's crew, two weeks around the horizon included."""
    margin = dt.timedelta(days=14)
    settings = scenario.settings
    return CrewTimeline(
        RegionCalendar(scenario), "day", "plant", settings.first_day - margin, settings.last_day + margin
    )


def joined(spans: list[Interval], rest_minutes: int) -> list[list[Interval]]:
    """Return intervals in time order, joined while the gap from the latest end so far is under the rest."""
    stretches: list[list[Interval]] = []
    for span in sorted(spans):
        if stretches and span[0] - max(end for _, end in stretches[-1]) < rest_minutes:
            stretches[-1].append(span)
        else:
            stretches.append([span])
    return stretches


def extent(stretch: list[Interval]) -> Interval:
    """Return from where to where a stretch reaches."""
    return min(start for start, _ in stretch), max(end for _, end in stretch)


def _span(span: Interval) -> str:
    return f"{format_clock(span[0])}-{format_clock(span[1])}"


def _date(day: int) -> str:
    return (FIRST_DAY + dt.timedelta(days=day)).isoformat()
