"""The arithmetic of the week's grid."""

from __future__ import annotations

import datetime as dt

from lineside.ui.views.plan.grid import pieces, placed

MONDAY = dt.date(2027, 1, 4)


def at(day: int, hour: int, minutes: int) -> tuple[dt.datetime, dt.datetime]:
    start = dt.datetime(2027, 1, 4 + day, hour)
    return start, start + dt.timedelta(minutes=minutes)


def test_a_meeting_stands_on_its_day() -> None:
    (piece,) = pieces("K", [at(2, 15, 90)], MONDAY)
    assert (piece.day, piece.top, piece.bottom) == (2, 900, 990)


def test_a_meeting_across_sundays_midnight_is_in_both_weeks() -> None:
    spans = [at(6, 23, 120)]
    (before,) = pieces("K", spans, MONDAY)
    (after,) = pieces("K", spans, MONDAY + dt.timedelta(days=7))
    assert (before.day, before.top, before.bottom) == (6, 1380, 1440)
    assert (after.day, after.top, after.bottom) == (0, 0, 60)


def test_a_meeting_that_ends_at_midnight_has_one_piece() -> None:
    assert len(pieces("K", [at(1, 22, 120)], MONDAY)) == 1


def test_meetings_that_overlap_stand_side_by_side_and_others_take_the_whole_day() -> None:
    found = [
        *pieces("A", [at(0, 8, 120)], MONDAY),
        *pieces("B", [at(0, 9, 120)], MONDAY),
        *pieces("C", [at(0, 10, 60)], MONDAY),  # begins when A ends, so it takes A's lane
        *pieces("D", [at(0, 11, 60), at(1, 8, 60)], MONDAY),
    ]
    lanes = {(row.piece.cohort, row.piece.day): (row.lane, row.lanes) for row in placed(found)}
    assert lanes == {("A", 0): (0, 2), ("B", 0): (1, 2), ("C", 0): (0, 2), ("D", 0): (0, 1), ("D", 1): (0, 1)}
    left = {row.piece.cohort: (row.left, row.right) for row in placed(found) if row.piece.day == 0}
    assert left["A"][1] == left["B"][0] and left["A"][0] > 0 and left["D"][1] < 1
