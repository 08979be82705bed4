"""The sheet of calendar codes that a plant prints, cuts and hands out."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import segno

from lineside.service.calendars.wording import date_words
from lineside.service.typeset import pdf_of

TEMPLATE = "calendar_sheet.typ"
SCHOOL = "Rooms, instructors and cohorts"
"""Title of the sheet with the calendars that are no company's."""


@dataclass(frozen=True)
class Card:
    """One calendar on a sheet.

    Parameters
    ----------
    company
        Name of the company whose sheet it stands on; None for the school's own.
    title, owner
        The calendar's name, and the id that it belongs to.
    page
        Full address of the calendar's page, which the code holds.
    """

    company: str | None
    title: str
    owner: str
    page: str


def sheet_pdf(cards: Sequence[Card], printed: dt.date) -> bytes:
    """Return the sheets of all companies as one tagged PDF; each begins on a page of its own.

    Parameters
    ----------
    cards
        Calendars in the order in which they stand on the sheets.
    printed
        Date that is told at the foot, since paper grows old.
    """
    companies = dict.fromkeys(card.company for card in cards)
    return pdf_of(TEMPLATE, {
        "title": "Calendars of classes",
        "printed": f"Printed {date_words(printed)}.",
        "sheets": [_sheet(one, [card for card in cards if card.company == one]) for one in companies],
    })  # fmt: skip


def _sheet(company: str | None, cards: Sequence[Card]) -> dict[str, Any]:
    count = f"{len(cards)} calendars" if len(cards) != 1 else "1 calendar"
    return {
        "title": f"Calendars of {company}" if company else SCHOOL,
        "lead": f"{count}. Cut along the dashed lines and give each code to whom it belongs.",
        "cards": [{"title": card.title, "owner": card.owner, "code": qr_svg(card.page)} for card in cards],
    }


def qr_svg(address: str) -> str:
    """Return an address as a QR code, drawn as SVG with the quiet zone that readers need."""
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawing, kind="svg", xmldecl=False, border=4, light="white")
    return drawing.getvalue().decode()
