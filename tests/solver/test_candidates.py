"""Candidates: which cohorts could be opened, with which meetings."""

from __future__ import annotations

import datetime as dt

import pytest

from lineside.models.calendar import RegionCalendar, wall_minute
from lineside.models.cells import DAY_MINUTES
from lineside.models.scenario import Scenario
from lineside.solver.problem import Problem
from tests.build import FIRST_DAY, tiny
from tests.random_scenarios import random_scenario


def listed(scenario: Scenario) -> list[tuple[int, list[tuple[int, int, int]]]]:
    """Return each candidate's first week and its meetings as day of the horizon, start and minutes."""
    found = Problem(scenario).candidates
    first = scenario.settings.first_day.toordinal()
    slots = found.slots
    return [
        (
            (int(found.monday[k]) - first) // 7,
            [
                (int(slots.ordinal[i]) - first, int(slots.start[i]) % DAY_MINUTES, int(slots.end[i] - slots.start[i]))
                for i in found.slots_of(k)
            ],
        )
        for k in range(len(found))
    ]


def test_one_meeting_in_either_week() -> None:
    assert listed(tiny()) == [(0, [(0, 900, 120)]), (1, [(7, 900, 120)])]


def test_the_last_meeting_is_cut() -> None:
    # Two hours in sessions of 75 minutes: 75 and 45, on Monday and Wednesday.
    scenario = tiny(settings={"weeks": 1}, patterns=["Mon Wed | 15:00 | 75 | college"])
    assert listed(scenario) == [(0, [(0, 900, 75), (2, 900, 45)])]


def test_a_module_shorter_than_the_pattern_has_the_cut_meeting_alone() -> None:
    scenario = tiny(settings={"weeks": 1}, modules={"math": {"hours": "0.5"}})
    assert listed(scenario) == [(0, [(0, 900, 30)])]


def test_closed_dates_and_holidays_are_skipped() -> None:
    # Monday, September 7th 2026, is Labor Day; the college is closed on Wednesday of the first week.
    scenario = tiny(
        settings={"first_day": "2026-09-07", "weeks": 2, "holidays": "US-WI"},
        patterns=["Mon Wed | 15:00 | 60 | college"],
        closures=["site:college | 2026-09-09 | 2026-09-09 | closed"],
    )
    # Both first weeks give the same meetings in the second; of the twins the later is kept.
    assert listed(scenario) == [(1, [(7, 900, 60), (9, 900, 60)])]


def test_nothing_new_starts_before_frozen_until() -> None:
    scenario = tiny(settings={"frozen_until": "2026-06-02"})
    assert [week for week, _ in listed(scenario)] == [1]


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ({"session_max": 119}, False),
        ({"session_min": 121}, False),
        ({"day_max": 119}, False),
        ({"week_max": 119}, False),
        ({"week_max": 120, "day_max": 120, "session_min": 120, "session_max": 120}, True),
        ({"modes": "online"}, False),
        ({"features": "lab"}, False),
    ],
)
def test_limits_of_the_module(module: dict[str, object], allowed: bool) -> None:
    assert bool(listed(tiny(modules={"math": module}))) is allowed


@pytest.mark.parametrize("seed", range(40))
def test_meetings_are_those_of_the_calendar(seed: int) -> None:
    scenario = random_scenario(seed)
    calendar, found = RegionCalendar(scenario), Problem(scenario).candidates
    for k in range(len(found)):
        module, site, days, start, minutes, monday = found.key(k, scenario)
        total = scenario.module_by_id[module].minutes
        spans = calendar.meeting_spans(site, days, start, minutes, monday, total)
        idx = found.slots_of(k)
        mine = tuple(zip(found.slots.start[idx].tolist(), found.slots.end[idx].tolist(), strict=True))
        assert mine == spans


def test_slots_are_wall_minutes_of_their_date() -> None:
    slots = Problem(tiny()).candidates.slots
    assert slots.start.tolist() == [wall_minute(FIRST_DAY, 900), wall_minute(FIRST_DAY + dt.timedelta(7), 900)]
    assert (slots.ordinal * DAY_MINUTES + 900 == slots.start).all()
    assert (slots.week * 7 + 1 == slots.ordinal).all()
