"""What the parts of the page read: the plan, the tables' names, and where a click leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import streamlit as st

from lineside.ui import state
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.parts import go_to_part
from lineside.ui.views.plan.choosing import point_to

PARTS = (
    "Week",
    "Timeline",
    "Cohort",
    "Apprentice",
    "Costs",
    "Unseated",
    "Why",
    "Advice",
    "By hand",
    "What now",
    "Publish",
)
GOING = "plan_going"
NOT_FOUND = 404


@st.cache_data(scope="session", max_entries=60, show_spinner="Reading the tables …")
def table(_service: Client, scenario: str, revision: int, name: str) -> list[dict[str, str]]:
    """Return the rows of one table of a revision; none if it is left out."""
    try:
        told = _service.get(f"/scenarios/{scenario}/tables/{name}", revision=revision)
    except RefusedError as error:
        if error.status == NOT_FOUND:
            return []
        raise
    columns = [column.strip().lower().replace(" ", "_") for column in told["columns"]]
    return [dict(zip(columns, (cell.strip() for cell in cells), strict=False)) for cells in told["rows"]]


@dataclass(frozen=True)
class Read:
    """A plan as the page reads it; every part is fetched when it is first asked for.

    Parameters
    ----------
    service
        The service.
    row
        The plan in the list of plans.
    """

    service: Client
    row: Json

    @property
    def id(self) -> str:
        """Id of the plan."""
        return str(self.row["id"])

    @cached_property
    def text(self) -> Json:
        """The plan's file."""
        return state.plan_text(self.service, self.id)

    @cached_property
    def cohorts(self) -> dict[str, Json]:
        """Cohorts by id."""
        return {row["cohort"]: row for row in self.text["cohorts"]}

    @cached_property
    def seats(self) -> dict[str, list[str]]:
        """Ids of the apprentices of each cohort."""
        found: dict[str, list[str]] = {cohort: [] for cohort in self.cohorts}
        for seat in self.text["seats"]:
            found.setdefault(seat["cohort"], []).append(seat["apprentice"])
        return found

    def rows(self, name: str, revision: int | None = None) -> list[dict[str, str]]:
        """Return the rows of a table of the plan's own tables, or of another revision."""
        number = self.row["revision"] if revision is None else revision
        return table(self.service, self.row["scenario"], number, name)

    def names(self, name: str, key: str) -> dict[str, str]:
        """Return the names that a table gives its ids."""
        return {row[key]: row.get("name") or row[key] for row in self.rows(name)}

    @cached_property
    def modules(self) -> dict[str, str]:
        """Names of the modules."""
        return self.names("modules", "module")

    @cached_property
    def sites(self) -> dict[str, str]:
        """Names of the sites."""
        return self.names("sites", "site")

    @cached_property
    def companies(self) -> dict[str, str]:
        """Names of the companies."""
        return self.names("companies", "company")

    @cached_property
    def instructors(self) -> dict[str, str]:
        """Names of the instructors."""
        return self.names("instructors", "instructor")

    @cached_property
    def people(self) -> dict[str, dict[str, str]]:
        """Rows of the apprentices."""
        return {row["apprentice"]: row for row in self.rows("apprentices")}

    @cached_property
    def hours(self) -> dict[str, float]:
        """Hours of the modules."""
        return {row["module"]: float(row["hours"]) for row in self.rows("modules")}

    @cached_property
    def first_day(self) -> dt.date:
        """The Monday that the plan's weeks count from."""
        told = self.text["first_day"]
        starts = (meeting["date"] for row in self.cohorts.values() for meeting in row["meetings"])
        day = dt.date.fromisoformat(told or min(starts, default=dt.datetime.now(dt.UTC).date().isoformat()))
        return day - dt.timedelta(days=day.weekday())

    def named(self, apprentice: str) -> str:
        """Return an apprentice's name and id."""
        row = self.people.get(apprentice)
        return f"{row['name']} ({apprentice})" if row and row.get("name") else apprentice


def both(identity: str, names: Mapping[str, str]) -> str:
    """Return a name with its id.

    >>> both("M1", {"M1": "Math"}), both("M2", {"M2": "M2"}), both("M3", {})
    ('Math (M1)', 'M2', 'M3')
    """
    name = names.get(identity, identity)
    return identity if name == identity else f"{name} ({identity})"


def go(part: str, **chosen: str) -> None:
    """Show another part of the page, with something chosen in it."""
    st.session_state[GOING] = {"part": part, **chosen}
    st.rerun()


def arrive() -> None:
    """Set what :func:`go` asked for, before the widgets are drawn that show it."""
    for name, value in st.session_state.pop(GOING, {}).items():
        if name == "part":
            go_to_part("plan", value)
        else:
            point_to(name, value)


def spans(row: Json) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return a cohort's meetings in local time; one that ends at or before its start ends on the next date."""
    found = []
    for meeting in row["meetings"]:
        start = dt.datetime.fromisoformat(f"{meeting['date']}T{meeting['start']}")
        end = dt.datetime.fromisoformat(f"{meeting['date']}T{meeting['end']}")
        found.append((start, end if end > start else end + dt.timedelta(days=1)))
    return sorted(found)


def frame(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    """Return rows as a table that has its columns even without rows."""
    return pd.DataFrame(rows, columns=columns)
