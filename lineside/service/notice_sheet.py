"""Notices as rows: one person each, with the ready text."""

from __future__ import annotations

from collections.abc import Iterable

from lineside.models.calendar import date_of
from lineside.models.cells import format_clock
from lineside.scenarios.notices import Notice

COLUMNS = ("who", "id", "name", "company", "date", "time", "changes", "later", "subject", "text")
"""Columns of the table; date and time are those of the first meeting that changes, local."""


def notice_rows(notices: Iterable[Notice]) -> list[tuple[str, ...]]:
    """Return a row of texts for each notice, in the order given."""
    return [
        (
            notice.who,
            notice.id,
            notice.name,
            notice.company or "",
            str(date_of(notice.first.start)),
            format_clock(notice.first.start),
            str(len(notice.meetings)),
            str(notice.num_later),
            notice.subject,
            notice.text,
        )
        for notice in notices
    ]
