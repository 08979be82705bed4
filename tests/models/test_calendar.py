"""Calendar arithmetic at its edges: nights, cycles, closures, holidays, the horizon and the real time zone."""

from __future__ import annotations

import datetime as dt
import itertools
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineside.models.calendar import (
    RegionCalendar,
    Shift,
    date_of,
    letter_on,
    letter_times,
    merge,
    overlap_minutes,
    public_holidays,
    to_utc,
    wall_minute,
    week_of,
    weekly_spans,
)
from lineside.models.cells import parse_weekly_hours
from lineside.models.tables import Rota
from tests.build import tiny

MONDAY = dt.date(2026, 6, 1)
CHICAGO = ZoneInfo("America/Chicago")


def rota(cycle: str = "D", anchor: str = "2026-06-01", hours: str = "D 06:00-14:00", meals: str = "") -> Rota:
    row = {"rota": "r", "company": "acme", "anchor": anchor, "cycle": cycle, "hours": hours}
    return Rota.model_validate(row | ({"meals": meals} if meals else {}))


def day(number: int) -> dt.date:
    """Return a date of June 2026."""
    return dt.date(2026, 6, number)


class TestWallMinutes:
    def test_date_and_back(self) -> None:
        assert date_of(wall_minute(MONDAY, 1439)) == MONDAY
        assert date_of(wall_minute(MONDAY, 1440)) == day(2)
        assert date_of(wall_minute(MONDAY, -1)) == dt.date(2026, 5, 31)

    def test_leap_day(self) -> None:
        assert date_of(wall_minute(dt.date(2028, 2, 28), 1440)) == dt.date(2028, 2, 29)
        assert date_of(wall_minute(dt.date(2028, 2, 29), 1440)) == dt.date(2028, 3, 1)
        assert date_of(wall_minute(dt.date(2027, 2, 28), 1440)) == dt.date(2027, 3, 1)

    def test_a_week_is_monday_to_sunday(self) -> None:
        assert week_of(day(1)) == week_of(day(7))
        assert week_of(day(8)) == week_of(day(7)) + 1
        assert week_of(dt.date(2025, 12, 31)) == week_of(dt.date(2026, 1, 4))

    def test_overlap_counts_common_minutes(self) -> None:
        assert overlap_minutes([(0, 10), (20, 30)], [(5, 25)]) == 10
        assert overlap_minutes([(0, 10)], [(10, 20)]) == 0
        assert overlap_minutes([], [(0, 5)]) == 0

    def test_merge_joins_what_touches(self) -> None:
        assert merge([(4, 6), (0, 2), (2, 3), (5, 9)]) == ((0, 3), (4, 9))
        assert merge([(0, 9), (2, 3)]) == ((0, 9),)
        assert merge([]) == ()

    @given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda row: (row[0], row[0] + row[1]))))
    def test_merge_keeps_every_minute(self, spans: list[tuple[int, int]]) -> None:
        merged = merge(spans)
        assert {m for s, e in merged for m in range(s, e)} == {m for s, e in spans for m in range(s, e)}
        assert all(a[1] < b[0] for a, b in itertools.pairwise(merged))


class TestRotas:
    @pytest.mark.parametrize("anchor", ["2026-06-01", "1970-01-05", "2086-06-03", "0001-01-01", "9999-12-27"])
    def test_anchor_anywhere_shifts_the_cycle(self, anchor: str) -> None:
        row = rota("ABCDE", anchor)
        first = dt.date.fromisoformat(anchor)
        for offset in (-11, -5, -1, 0, 1, 4, 5, 12):
            ordinal = first.toordinal() + offset
            if 1 <= ordinal <= dt.date.max.toordinal():
                assert letter_on(row, dt.date.fromordinal(ordinal)) == "ABCDE"[offset % 5]

    def test_a_cycle_of_odd_length_moves_through_the_week(self) -> None:
        row = rota("DDO")
        assert "".join(letter_on(row, day(number)) for number in range(1, 15)) == "DDODDODDODDODD"

    def test_a_cycle_of_one_day(self) -> None:
        assert {letter_on(rota("D"), day(number)) for number in range(1, 30)} == {"D"}

    def test_leap_day_is_a_day_of_the_cycle(self) -> None:
        row = rota("AB", "2028-02-28")
        letters = [letter_on(row, dt.date(2028, 2, 28) + dt.timedelta(days=k)) for k in range(4)]
        assert letters == ["A", "B", "A", "B"]

    def test_day_and_night_letters(self) -> None:
        row = rota("DN", hours="D 06:00-18:00; N 18:00-06:00", meals="D 11:30-12:00; N 23:30-00:00")
        assert letter_times(row) == {"D": (360, 1080, ((690, 720),)), "N": (1080, 1800, ((1410, 1440),))}

    def test_a_meal_before_the_shifts_clock_is_after_midnight(self) -> None:
        row = rota("N", hours="N 22:00-06:00", meals="N 02:00-02:30")
        assert letter_times(row)["N"] == (1320, 1800, ((1560, 1590),))

    def test_a_meal_over_midnight(self) -> None:
        row = rota("N", hours="N 18:00-06:00", meals="N 23:45-00:15")
        assert letter_times(row)["N"][2] == ((1425, 1455),)

    def test_several_meals_are_in_time_order(self) -> None:
        row = rota("N", hours="N 20:00-08:00", meals="N 04:00-04:15; N 23:00-23:30")
        assert letter_times(row)["N"][2] == ((1380, 1410), (1680, 1695))

    def test_equal_clocks_are_a_whole_day(self) -> None:
        assert letter_times(rota("D", hours="D 06:00-06:00"))["D"][:2] == (360, 1800)

    def test_a_shift_until_midnight(self) -> None:
        assert letter_times(rota("S", hours="S 16:00-00:00"))["S"][:2] == (960, 1440)

    def test_worked_minutes_are_less_the_meals(self) -> None:
        shift = Shift(MONDAY, 100, 580, ((200, 230), (400, 415)))
        assert shift.worked_minutes == 435


class TestHours:
    def test_hours_cross_midnight_and_touch(self) -> None:
        hours = parse_weekly_hours("Mon 20:00-02:00; Tue 02:00-04:00")
        assert (wall_minute(day(1), 1200), wall_minute(day(2), 240)) in weekly_spans(hours, day(1), day(2))

    def test_a_night_before_the_first_date_counts(self) -> None:
        hours = parse_weekly_hours("Sun 22:00-06:00")
        assert (wall_minute(day(1), -120), wall_minute(day(1), 360)) in weekly_spans(hours, day(1), day(1))

    def test_always_open_is_one_stretch(self) -> None:
        assert len(weekly_spans(parse_weekly_hours("Mon-Sun 00:00-00:00"), day(1), day(14))) == 1

    def test_ranges_wrap_around_the_week(self) -> None:
        spans = weekly_spans(parse_weekly_hours("Sat-Mon 08:00-09:00"), day(5), day(9))
        assert [date_of(start).day for start, _ in spans] == [6, 7, 8]


class TestClosures:
    def calendar(self, *closures: str, **changes: object) -> RegionCalendar:
        return RegionCalendar(tiny(closures=list(closures), **changes))

    def test_first_and_last_date_are_included(self) -> None:
        calendar = self.calendar("site:college | 2026-06-02 | 2026-06-03 | closed")
        assert [calendar.is_barred("college", day(n)) for n in range(1, 5)] == [False, True, True, False]

    def test_closed_stops_meetings_only(self) -> None:
        calendar = self.calendar("all | 2026-06-01 | 2026-06-01 | closed")
        assert calendar.is_barred("plant", MONDAY)
        assert calendar.is_barred("online", MONDAY)
        assert calendar.shift_on("day", "plant", MONDAY) is not None
        assert not calendar.is_peak("plant", MONDAY)

    def test_shutdown_of_a_company_stops_its_plants_and_shifts(self) -> None:
        calendar = self.calendar("company:acme | 2026-06-01 | 2026-06-01 | shutdown")
        assert calendar.is_barred("plant", MONDAY)
        assert not calendar.is_barred("college", MONDAY)
        assert calendar.shift_on("day", "plant", MONDAY) is None
        assert calendar.shift_on("day", "plant", day(2)) is not None

    def test_shutdown_of_a_site_leaves_other_sites_alone(self) -> None:
        works = {"works": {"kind": "plant", "company": "acme", "open_to": "own"}}
        calendar = self.calendar("site:plant | 2026-06-01 | 2026-06-01 | shutdown", sites=works)
        assert calendar.shift_on("day", "plant", MONDAY) is None
        assert calendar.shift_on("day", "works", MONDAY) is not None

    def test_peak_bars_no_meeting(self) -> None:
        calendar = self.calendar("company:acme | 2026-06-01 | 2026-06-01 | peak")
        assert calendar.is_peak("plant", MONDAY)
        assert not calendar.is_peak("college", MONDAY)
        assert not calendar.is_barred("plant", MONDAY)
        assert calendar.shift_on("day", "plant", MONDAY) is not None

    def test_a_night_shift_before_a_shutdown_runs_into_it(self) -> None:
        night = {"day": {"cycle": "N", "hours": "N 22:00-06:00", "meals": "N 02:00-02:30"}}
        calendar = self.calendar("all | 2026-06-02 | 2026-06-02 | shutdown", rotas=night)
        shifts = calendar.shifts("day", "plant", day(1), day(3))
        assert [(shift.date.day, date_of(shift.end).day) for shift in shifts] == [(1, 2), (3, 4)]

    def test_overlapping_closures_add_up(self) -> None:
        calendar = self.calendar(
            "all | 2026-06-01 | 2026-06-02 | closed", "site:college | 2026-06-02 | 2026-06-03 | shutdown"
        )
        assert [calendar.is_barred("college", day(n)) for n in range(1, 5)] == [True, True, True, False]


class TestHolidays:
    def test_observed_holidays_are_included(self) -> None:
        # Independence Day 2026 is a Saturday, observed on Friday.
        assert {dt.date(2026, 7, 3), dt.date(2026, 7, 4)} <= public_holidays("US-WI", 2026, 2026)

    def test_a_country_without_a_subdivision(self) -> None:
        assert dt.date(2026, 11, 26) in public_holidays("US", 2026, 2026)

    def test_nothing_meets_but_shifts_run(self) -> None:
        calendar = RegionCalendar(tiny(settings={"first_day": "2026-09-07", "holidays": "US-WI"}))
        labor_day = dt.date(2026, 9, 7)
        assert calendar.is_barred("online", labor_day)
        assert calendar.shift_on("day", "plant", labor_day) is not None

    def test_holidays_of_the_next_year_count(self) -> None:
        calendar = RegionCalendar(tiny(settings={"first_day": "2026-12-28", "holidays": "US-WI"}))
        assert calendar.is_barred("college", dt.date(2027, 1, 1))

    def test_none_without_a_code(self) -> None:
        assert RegionCalendar(tiny()).holidays == frozenset()

    def test_an_unknown_code_is_refused(self) -> None:
        with pytest.raises(NotImplementedError):
            public_holidays("XX", 2026, 2026)


class TestMeetings:
    def spans(self, clock: str, total: int, week: int = 0, **changes: object) -> list[tuple[str, str, int]] | None:
        scenario = tiny(**changes)
        *days, start, minutes = clock.split()
        found = RegionCalendar(scenario).meeting_spans(
            "college",
            tuple(int(number) for number in days),
            int(start) * 60,
            int(minutes),
            scenario.settings.first_day + dt.timedelta(weeks=week),
            total,
        )
        if found is None:
            return None
        return [(f"{date_of(s):%m-%d}", f"{s % 1440 // 60:02d}:{s % 60:02d}", e - s) for s, e in found]

    def test_the_last_one_is_cut(self) -> None:
        assert self.spans("0 2 15 60", 150) == [
            ("06-01", "15:00", 60),
            ("06-03", "15:00", 60),
            ("06-08", "15:00", 30),
        ]

    def test_one_that_is_longer_than_the_module(self) -> None:
        assert self.spans("0 15 120", 45) == [("06-01", "15:00", 45)]

    def test_closed_dates_are_skipped(self) -> None:
        closed = ["site:college | 2026-06-03 | 2026-06-03 | closed"]
        assert self.spans("0 2 15 60", 120, closures=closed) == [("06-01", "15:00", 60), ("06-08", "15:00", 60)]

    def test_a_peak_is_not_skipped(self) -> None:
        peak = ["all | 2026-06-01 | 2026-06-01 | peak"]
        assert self.spans("0 15 60", 60, closures=peak) == [("06-01", "15:00", 60)]

    def test_two_first_weeks_can_give_the_same_meetings(self) -> None:
        closed = ["site:college | 2026-06-01 | 2026-06-07 | closed"]
        assert self.spans("0 15 60", 60, closures=closed) == self.spans("0 15 60", 60, week=1, closures=closed)

    def test_beyond_the_horizon_there_are_none(self) -> None:
        assert self.spans("6 15 60", 120) == [("06-07", "15:00", 60), ("06-14", "15:00", 60)]
        assert self.spans("6 15 60", 121) is None
        assert self.spans("0 15 60", 60, week=2) is None

    def test_past_midnight_belongs_to_the_starting_date(self) -> None:
        assert self.spans("6 23 120", 240) == [("06-07", "23:00", 120), ("06-14", "23:00", 120)]

    def test_daylight_saving_does_not_change_the_wall_clock(self) -> None:
        # The clock springs forward on Sunday, 2026-03-08.
        settings = {"first_day": "2026-03-02"}
        assert self.spans("6 1 120", 120, settings=settings) == [("03-08", "01:00", 120)]


class TestUtc:
    @pytest.mark.parametrize(
        ("local", "utc"),
        [
            ("2026-06-01 15:00", "2026-06-01 20:00"),
            ("2026-01-05 15:00", "2026-01-05 21:00"),
            ("2026-03-08 01:59", "2026-03-08 07:59"),
            ("2026-03-08 03:00", "2026-03-08 08:00"),
            # Skipped by daylight saving: read with the offset before the gap, which is 03:30 after it.
            ("2026-03-08 02:30", "2026-03-08 08:30"),
            # Repeated: the first of the two.
            ("2026-11-01 01:30", "2026-11-01 06:30"),
            ("2026-11-01 02:00", "2026-11-01 08:00"),
            ("2026-12-31 23:30", "2027-01-01 05:30"),
        ],
    )
    def test_instants(self, local: str, utc: str) -> None:
        clock = dt.datetime.fromisoformat(local)
        minute = wall_minute(clock.date(), clock.hour * 60 + clock.minute)
        assert to_utc(minute, CHICAGO) == dt.datetime.fromisoformat(utc).replace(tzinfo=dt.UTC)

    def test_a_class_over_the_gap_is_an_hour_shorter_in_fact(self) -> None:
        start, end = wall_minute(dt.date(2026, 3, 8), 60), wall_minute(dt.date(2026, 3, 8), 240)
        assert to_utc(end, CHICAGO) - to_utc(start, CHICAGO) == dt.timedelta(hours=2)
