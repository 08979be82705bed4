"""The sheet of codes: what it says, who can read it, and that names stay names."""

from __future__ import annotations

import datetime as dt

import pytest

from lineside.service.calendar_sheet import Card, qr_svg, sheet_pdf
from tests.service.pdf_text import is_tagged, pages_of

PRINTED = dt.date(2027, 1, 4)
PAGE = "https://lineside.example.org/calendars/" + "x" * 43


def test_each_company_has_pages_of_its_own() -> None:
    cards = [Card("Acme", "Classes of Ann", "A1", PAGE), Card("Bolt", "Classes of Bo", "B1", PAGE)]
    first, second = pages_of(sheet_pdf([*cards, cards[0]], PRINTED))
    assert "Calendars of Acme" in first and "2 calendars." in first and "Bolt" not in first
    assert "Calendars of Bolt" in second and "1 calendar." in second
    assert "Printed Mon 4 Jan 2027." in first and "Page 1 of 2" in first


def test_calendars_of_no_company_stand_on_a_sheet_of_the_school() -> None:
    (text,) = pages_of(sheet_pdf([Card(None, "Room R1, college", "R1", PAGE)], PRINTED))
    assert "Rooms, instructors and cohorts" in text and "Room R1, college" in text


@pytest.mark.parametrize("name", ['#image("x") *b*', "$x^2$ <label> @ref", "Zoë \\ “Ø” _u_ [b]"])
def test_a_name_is_never_markup(name: str) -> None:
    (text,) = pages_of(sheet_pdf([Card("Acme", name, "A1", PAGE)], PRINTED))
    assert name in text


def test_the_pdf_is_tagged_titled_and_in_a_language() -> None:
    pdf = sheet_pdf([Card("Acme", "Classes of Ann", "A1", PAGE)], PRINTED)
    assert is_tagged(pdf)
    for mark in (b"/MarkInfo", b"/StructTreeRoot", b"/Lang", b"pdfuaid:part", b"Calendars of classes"):
        assert mark in pdf, mark


def test_a_code_is_drawn_and_has_room_around_it() -> None:
    svg = qr_svg(PAGE)
    assert svg.startswith("<svg ") and 'fill="#fff"' in svg
    # The first module stands four modules from the edge.
    assert "M4 4.5" in svg
