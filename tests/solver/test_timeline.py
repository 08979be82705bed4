"""The crew's arrays against the plain views of :mod:`lineside.models.person_days`, and by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lineside.models.calendar import Interval, merge
from lineside.models.cells import SESSION_KINDS
from lineside.models.person_days import MeetingView, PersonDays
from lineside.models.scenario import Scenario
from lineside.solver.timeline import Spans, Stretches
from tests.build import FIRST_DAY, tiny
from tests.solver.plain import DAY, ORIGIN, extent, joined, meetings, regions, timeline_of

REGIONS = regions()
MEETINGS = meetings()


def column(values: list[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def bounds(spans: list[Interval]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return column([start for start, _ in spans]), column([end for _, end in spans])


def views(scenario: Scenario, spans: list[Interval]) -> list[MeetingView]:
    days = PersonDays(scenario)
    return [days.view(scenario.apprentices[0], "college", span) for span in spans]


@given(REGIONS, MEETINGS)
@settings(max_examples=150, deadline=None)
def test_kinds_and_minutes_are_those_of_the_plain_views(scenario: Scenario, spans: list[Interval]) -> None:
    timeline, plain = timeline_of(scenario), views(scenario, spans)
    start, end = bounds(spans)
    travel = scenario.travel[0].minutes
    kinds = timeline.kinds(start, end, scenario.settings.rules.adjacent_minutes)
    assert [SESSION_KINDS[kind] for kind in kinds] == [view.kind for view in plain]
    assert timeline.worked.minutes_within(start - travel, end + travel).tolist() == [v.lost_minutes for v in plain]
    assert timeline.peak.minutes_within(start - travel, end + travel).tolist() == [v.peak_minutes for v in plain]
    inside = timeline.shifts.minutes_within(start, end)
    assert (end - start - inside).tolist() == [view.outside_minutes for view in plain]


@given(REGIONS, MEETINGS, st.integers(1, 90))
@settings(max_examples=100, deadline=None)
def test_meals_keep_what_the_plain_views_leave(scenario: Scenario, spans: list[Interval], kept_minutes: int) -> None:
    start, end = bounds(spans)
    travel = np.full(len(spans), scenario.travel[0].minutes)
    kept = timeline_of(scenario).meals_kept(start, end, travel, kept_minutes)
    expected = [view.meal_left is None or view.meal_left >= kept_minutes for view in views(scenario, spans)]
    assert kept.tolist() == expected


@given(REGIONS, MEETINGS)
@settings(max_examples=100, deadline=None)
def test_lost_pieces_are_those_of_the_plain_views(scenario: Scenario, spans: list[Interval]) -> None:
    timeline, travel = timeline_of(scenario), scenario.travel[0].minutes
    for (start, end), view in zip(spans, views(scenario, spans), strict=True):
        pieces = timeline.worked.pieces(start - travel, end + travel)
        # Two shifts that touch are one span of work, but two pieces of a view.
        assert merge(pieces) == merge((piece.start, piece.end) for piece in view.lost)


@given(REGIONS, MEETINGS)
@settings(max_examples=100, deadline=None)
def test_a_window_lengthens_the_stretch_that_it_joins(scenario: Scenario, spans: list[Interval]) -> None:
    timeline, rest = timeline_of(scenario), scenario.settings.rules.rest_minutes
    low, high = Stretches.of(timeline.shift_spans, rest).with_window(*bounds(spans))
    for span, *found in zip(spans, low.tolist(), high.tolist(), strict=True):
        [stretch] = [s for s in joined([*timeline.shift_spans, span], rest) if span in s]
        assert tuple(found) == extent(stretch)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=6), MEETINGS)
@settings(max_examples=100, deadline=None)
def test_spans_count_each_minute_once(rows: list[tuple[int, int]], spans: list[Interval]) -> None:
    busy = {minute for start, length in rows for minute in range(start, start + length)}
    found = Spans([(start, start + length) for start, length in rows])
    start, end = bounds([(a % 80, a % 80 + b - a) for a, b in spans])
    expected = [len(busy & set(range(a, b))) for a, b in zip(start.tolist(), end.tolist(), strict=True)]
    assert found.minutes_within(start, end).tolist() == expected


def test_a_night_shift_with_its_meal_after_midnight() -> None:
    scenario = tiny(rotas={"day": {"cycle": "NNNNNOO", "hours": "N 22:00-06:00", "meals": "N 01:00-01:30"}})
    timeline = timeline_of(scenario)
    monday = ORIGIN
    # Monday 23:00 to Tuesday 02:00 overlaps the meal: lunch; 180 minutes less 30 of the meal are lost.
    start, end = column([monday + 23 * 60]), column([monday + 26 * 60])
    assert [SESSION_KINDS[k] for k in timeline.kinds(start, end, 120)] == ["lunch"]
    assert timeline.worked.minutes_within(start, end).tolist() == [150]
    # The shift belongs to Monday, on which it starts, and so do its 450 worked minutes; Saturday is free.
    days = np.arange(FIRST_DAY.toordinal(), FIRST_DAY.toordinal() + 7)
    assert timeline.works_on(days).tolist() == [True] * 5 + [False] * 2
    assert timeline.worked_by_week.tolist() == [2250] * len(timeline.worked_by_week)


def test_the_edge_of_before_and_after_is_included() -> None:
    # Shifts 06:00-14:00, adjacent 120: 16:00 is after, 16:01 is off; an end at 04:00 is before, at 03:59 off.
    timeline = timeline_of(tiny())
    clock = [(16 * 60, 17 * 60), (16 * 60 + 1, 17 * 60), (3 * 60, 4 * 60), (3 * 60, 4 * 60 - 1)]
    start, end = bounds([(ORIGIN + DAY + a, ORIGIN + DAY + b) for a, b in clock])
    kinds = [SESSION_KINDS[k] for k in timeline.kinds(start, end, 120)]
    assert kinds == ["after", "off", "before", "off"]


def test_a_gap_as_long_as_the_rest_does_not_join() -> None:
    stretches = Stretches.of([(0, 100), (580, 700)], 480)
    assert stretches.starts.tolist() == [0, 580]
    # A window from 579 on is under 480 minutes after 100 and joins both.
    low, high = stretches.with_window(column([579, 1180]), column([580, 1200]))
    assert (low.tolist(), high.tolist()) == ([0, 1180], [700, 1200])


def test_a_crew_without_shifts_has_free_days_only() -> None:
    timeline = timeline_of(tiny(closures=["all | 2026-01-01 | 2026-12-31 | shutdown"]))
    start, end = column([ORIGIN]), column([ORIGIN + 60])
    assert [SESSION_KINDS[k] for k in timeline.kinds(start, end, 120)] == ["off"]
    assert timeline.worked.minutes_within(start, end).tolist() == [0]
    assert timeline.worked.pieces(ORIGIN, ORIGIN + 60) == []
