"""Which calendars are looked at: by kind and company."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lineside.ui.client import Client, Json
from lineside.ui.state import Me

KINDS = {
    "apprentice": "People",
    "company": "Companies",
    "instructor": "Instructors",
    "room": "Rooms",
    "cohort": "Cohorts",
}
"""Kinds of calendars in words."""
OF_COMPANIES = ("apprentice", "company")
"""Kinds that belong to a company; a plant's manager sees these alone."""
EVERYWHERE = ""
PAGE = 1000


@dataclass(frozen=True)
class Chosen:
    """The calendars that are looked at.

    Parameters
    ----------
    kind
        Kind of calendar.
    company, companies
        Id of the company, None for all; and the names of all companies by id.
    rows
        The owners.
    """

    kind: str
    company: str | None
    companies: dict[str, str]
    rows: list[Json]

    @property
    def without(self) -> list[Json]:
        """Owners without an address."""
        return [row for row in self.rows if row["addresses"] == 0]


def chosen(service: Client, who: Me) -> Chosen:
    """Let people choose a kind and a company, and return the calendars."""
    companies = {row["owner"]: str(row["company_name"] or row["owner"]) for row in listed(service, "company", None)}
    left, right = st.columns(2)
    kinds = list(KINDS) if who.role == "planner" else list(OF_COMPANIES)
    kind = left.selectbox("Calendars of", kinds, key="calendar_kind", format_func=KINDS.__getitem__)
    company = who.company
    if who.role == "planner" and kind in OF_COMPANIES:
        options = [*companies, EVERYWHERE] if kind == "apprentice" else [EVERYWHERE, *companies]
        company = right.selectbox(
            "Company", options, key=f"calendar_company_{kind}",
            format_func=lambda one: f"{companies[one]} ({one})" if one else "All companies",
        )  # fmt: skip
    rows = listed(service, kind, company or None)
    return Chosen(kind, company or None, companies, rows)


def listed(service: Client, kind: str, company: str | None) -> list[Json]:
    """Return all owners of a kind, page by page."""
    rows: list[Json] = []
    while len(rows) % PAGE == 0:
        part = service.get("/feeds/owners", kind=kind, company=company, limit=PAGE, offset=len(rows))
        rows += part
        if not part:
            break
    return rows
