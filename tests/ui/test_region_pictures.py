"""What the pictures of shifts and places say: nights, days on which clocks change, homes that stay blurred."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from lineside.models.geography import zip_coordinates
from lineside.models.tables import Rota
from lineside.ui.views.region.draft import Texts
from lineside.ui.views.region.labels import LETTER_PIXELS, LINE_PIXELS, label_places
from lineside.ui.views.region.outlook import BLUR_DEGREES, HOME, Plane, not_drawn, places_of
from lineside.ui.views.region.rota_weeks import Bar, bars, clock_changes
from tests.ui.test_region_draft import revision

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = dt.date(2027, 1, 4)


def rota(cycle: str, hours: str, meals: str = "", anchor: dt.date = MONDAY) -> Rota:
    cells = {"rota": "R", "company": "C", "anchor": anchor.isoformat(), "cycle": cycle, "hours": hours}
    return Rota.model_validate({**cells, "meals": meals} if meals else cells)


def spans(found: list[Bar], kind: str = "work") -> list[tuple[int, float, float, bool]]:
    return [(bar.week, bar.start, bar.end, bar.begins) for bar in found if bar.kind == kind]


def test_a_day_shift_has_its_meal_inside() -> None:
    found = bars(rota("DDDDDOO", "D 06:00-14:30", "D 10:00-10:30"), MONDAY, CHICAGO)
    assert spans(found)[:2] == [(0, 6, 14.5, True), (0, 30, 38.5, True)]
    assert spans(found, "meal")[0] == (0, 10, 10.5, True)
    assert len(spans(found)) == len(spans(found, "meal")) == 20
    assert found[0].words == "Mon, Jan 4: D 06:00–14:30, meal 10:00–10:30 (8 h 30 min)"


def test_a_night_goes_on_after_midnight_and_into_the_next_week() -> None:
    # Every night from 22:00 to 06:00, with the meal at 02:00: that of Sunday ends on Monday, in the next line.
    found = bars(rota("N", "N 22:00-06:00", "N 02:00-02:30"), MONDAY, CHICAGO)
    assert spans(found)[0] == (0, 0, 6, False)  # the night that began on the Sunday before
    assert spans(found)[1] == (0, 22, 30, True)
    assert (0, 166, 168, True) in spans(found) and (1, 0, 6, False) in spans(found)
    assert spans(found, "meal")[:2] == [(0, 2, 2.5, True), (0, 26, 26.5, True)]


def test_the_cycle_goes_on_from_its_anchor_in_both_directions() -> None:
    # Two on, two off from Wednesday: Monday and Tuesday before it are off.
    found = bars(rota("DDOO", "D 07:00-19:00", anchor=MONDAY + dt.timedelta(days=2)), MONDAY, CHICAGO)
    assert [start for _, start, _, _ in spans(found)[:3]] == [55, 79, 151]


@pytest.mark.parametrize(
    ("monday", "date", "real"),
    [(dt.date(2027, 3, 8), dt.date(2027, 3, 13), 420), (dt.date(2027, 11, 1), dt.date(2027, 11, 6), 540)],
)
def test_a_night_in_which_the_clocks_change_is_told(monday: dt.date, date: dt.date, real: int) -> None:
    # On 14 March 2027 the clocks go from 02:00 to 03:00, on 7 November from 02:00 back to 01:00.
    nights = rota("N", "N 22:00-06:00", anchor=monday)
    (change,) = clock_changes(nights, monday, CHICAGO)
    assert (change.date, change.real_minutes, change.wall_minutes) == (date, real, 480)
    words = {bar.words for bar in bars(nights, monday, CHICAGO) if "clocks change" in bar.words}
    assert len(words) == 1 and f"({real // 60} h, since the clocks change; the clock says 8 h)" in words.pop()
    assert clock_changes(nights, monday, ZoneInfo("America/Phoenix")) == []


def texts() -> Texts:
    return Texts.of(revision())


def test_places_are_drawn_where_they_are_and_homes_beside() -> None:
    tables = revision()["tables"]
    columns = tables["apprentices"]["columns"]
    people = [list(tables["apprentices"]["rows"][0]) for _ in range(3)]
    for row, code in zip(people, ("53202", "53202", ""), strict=True):
        row[columns.index("zip")] = code
    found = places_of(Texts.of(revision(apprentices={"columns": columns, "rows": people})))
    (home,) = [place for place in found if place.kind == HOME]
    true = zip_coordinates("53202")
    assert true is not None and home.num_apprentices == 2 and "53202" not in home.name
    moved = [abs(here - there) for here, there in zip(home.coordinates, true, strict=True)]
    assert 0 < max(moved) <= BLUR_DEGREES
    plants = {place.name: place for place in found if place.kind == "plant"}
    assert plants["plant: A site"].num_apprentices == 3 and plants["plant: A site"].coordinates == true
    assert {place.kind for place in found} == {"plant", "college", HOME}


def test_a_site_without_a_place_or_with_an_unknown_kind_is_named() -> None:
    tables = revision()["tables"]["sites"]
    rows = [list(row) for row in tables["rows"]]
    rows[0][tables["columns"].index("zip")] = ""
    rows[1][tables["columns"].index("kind")] = "shed"
    changed = Texts.of(revision(sites={"columns": tables["columns"], "rows": rows}))
    assert not_drawn(changed) == [rows[0][0], rows[1][0]] and not_drawn(texts()) == []


def test_the_scale_and_the_lines_are_true() -> None:
    plane = Plane(43.0, -88.0, 50.0)
    east, north = plane.kilometres((44.0, -88.0))
    assert (east, round(north, 1)) == (0, 111.2)
    east, _ = plane.kilometres((43.0, -87.0))
    assert round(east, 1) == 81.3  # 111.2 km times the cosine of 43 degrees
    assert plane.scale_km == 20
    assert {line[-1] for line in plane.lines()} >= {"43° N", "88° W"}


def test_names_on_the_map_cover_neither_each_other_nor_the_edge() -> None:
    points = [(100.0, 100.0), (104.0, 102.0), (110.0, 98.0), (3.0, 5.0), (300.0, 200.0)]
    names = ["MATC-DT", "BADGER-P", "KINNIC-P", "FALLS-P", "GTC-R"]
    places = label_places(points, names, 400)
    assert places[-1] == (300.0, 186.0)  # where there is room a name stands right above its mark
    boxes = [
        (at[0] - len(name) * LETTER_PIXELS / 2, at[1] - LINE_PIXELS / 2, len(name) * LETTER_PIXELS, LINE_PIXELS)
        for at, name in zip(places, names, strict=True)
        if at is not None
    ]
    assert len(boxes) == len(names)
    for number, (left, top, width, height) in enumerate(boxes):
        assert left >= 0 and top >= 0
        for other_left, other_top, other_width, other_height in boxes[:number]:
            is_beside = left >= other_left + other_width or other_left >= left + width
            assert is_beside or top >= other_top + other_height or other_top >= top + height
    crowd = label_places([(50.0, 50.0)] * 40, ["ANYWHERE"] * 40, 100)
    assert None in crowd and crowd[0] is not None
