"""What the parts of the page read; a plan never changes, so what follows from it does not either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lineside.ui import state
from lineside.ui.client import Client, Json
from lineside.ui.state import Me

PART_ROWS = 1000
"""Rows that one answer of the service brings."""
NARROW = 460
"""Width in pixels of the box for the number of a part."""


@dataclass(frozen=True)
class Read:
    """What is looked at.

    Parameters
    ----------
    service, who
        The service, and who looks.
    plan
        The plan in the list of plans.
    company
        Whose part of it; None for all that may be seen.
    summary
        The sums, and which lines and weeks there are.
    """

    service: Client
    who: Me
    plan: Json
    company: str | None
    summary: Json

    @property
    def id(self) -> str:
        """Id of the plan."""
        return str(self.plan["id"])

    def get(self, part: str, **asked: Any) -> Json:
        """Return a part of the impact as the service tells it."""
        given = tuple((name, value) for name, value in asked.items() if value is not None)
        return _part(self.service, self.id, part, (("company", self.company), *given))

    def ahead(self, part: str, **asked: Any) -> Json:
        """Return what the service tells of the plan's days to come: ``futures`` or ``road``."""
        given = tuple((name, value) for name, value in asked.items() if value is not None)
        return _ahead(self.service, self.id, part, (("company", self.company), *given))

    def baselines(self) -> Json:
        """Return what the baselines would cost that were worked out; more of them may come."""
        return self.service.get(f"/plans/{self.id}/baselines", company=self.company)

    def all_rows(self, part: str, **asked: Any) -> list[Json]:
        """Return every row of a part that the service tells in pages."""
        told = self.get(part, **asked, limit=PART_ROWS)
        rows = list(told["rows"])
        while len(rows) < told["count"]:
            rows += self.get(part, **asked, limit=PART_ROWS, offset=len(rows))["rows"]
        return rows


def plan_in_view(service: Client, who: Me) -> Json | None:
    """Let a planner choose among all plans, and a manager among those that came into force."""
    if who.role == "planner":
        return state.plan_box(service)
    published = service.get("/publications")
    newest = {row["plan"]: {**row, "id": row["plan"]} for row in reversed(published)}
    rows = sorted(newest.values(), key=lambda row: not row["in_force"])
    return state.choice_box("plan", "Plan", rows, "Once the region's planner publishes one, it is shown here.")


@st.cache_data(scope="session", max_entries=30, show_spinner="Adding up what the plan costs the lines …")
def summary(_service: Client, plan: str, company: str | None) -> Json:
    """Return the sums of a plan's impact, and which companies, lines and weeks there are."""
    return _service.get(f"/plans/{plan}/impact/summary", company=company)


@st.cache_data(scope="session", max_entries=60, show_spinner="Reading …")
def _part(_service: Client, plan: str, part: str, asked: tuple[tuple[str, Any], ...]) -> Json:
    given: Mapping[str, Any] = dict(asked)
    return _service.get(f"/plans/{plan}/impact{part and '/'}{part}", **given)


@st.cache_data(scope="session", max_entries=30, show_spinner="Playing the plan …")
def _ahead(_service: Client, plan: str, part: str, asked: tuple[tuple[str, Any], ...]) -> Json:
    given: Mapping[str, Any] = dict(asked)
    return _service.get(f"/plans/{plan}/{part}", **given)
