"""A tiny region drawn at random: one site or a few, one clock or a few, a handful of people.

The draft is a bundle of plain rows that accents (see ``random_accents``) change before it becomes a scenario.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from lineside.models.cells import format_clock, parse_clock
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.models.tables import TABLES

Row = dict[str, Any]
MONDAYS = ("2026-03-02", "2026-06-29", "2026-08-31", "2026-11-23", "2026-12-28", "2027-05-03", "2027-10-04")
ZIPS = ("53703", "53704", "53711", "53713", "53562", "53590")
PLACES = (("43.07", "-89.40"), ("43.01", "-89.49"), ("43.12", "-89.31"), ("42.99", "-89.53"))
CLOCKS = (
    # cycle, hours, meals
    ("DDDDDOO", "D 06:00-14:00", "D 10:00-10:30"),
    ("DDDDDOO", "D 07:00-15:30", "D 09:00-09:15; D 12:00-12:30"),
    ("DDDDOOO", "D 06:00-16:00", "D 11:00-11:45"),
    ("DDDDDDO", "D 08:00-14:00", ""),
    ("NNNNNOO", "N 22:00-06:00", "N 23:45-00:15; N 03:00-03:30"),
    ("NNNNOOO", "N 20:00-06:00", "N 00:30-01:00"),
    ("SSSSSOO", "S 14:00-22:00", "S 18:00-18:30"),
    ("DDNNO", "D 06:00-18:00; N 18:00-06:00", "D 11:30-12:00; N 00:00-00:30"),
    ("DNO", "D 06:00-18:00; N 18:00-06:00", "D 12:00-12:30; N 23:30-00:00"),
    ("DDSSNNOOO", "D 06:00-14:00; S 14:00-22:00; N 22:00-06:00", "D 10:00-10:30; S 18:00-18:30; N 02:00-02:30"),
    ("DOOSSNO", "D 06:00-14:00; S 14:00-22:00; N 22:00-06:00", "D 10:00-10:30; S 18:00-18:30"),
)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Mon Wed", "Tue Thu", "Wed Fri", "Mon Thu", "Mon-Wed", "Thu-Sat")
WEEKENDS = ("Sat", "Sun", "Sat Sun", "Sun", "Sat")


@dataclass
class Draft:
    """Rows and settings of a scenario in the making, with the random numbers that shape it."""

    rng: Random
    settings: Row
    rules: Row = field(default_factory=dict)
    prices: Row = field(default_factory=dict)
    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})
    published: Plan | None = None

    @property
    def first_day(self) -> dt.date:
        return dt.date.fromisoformat(self.settings["first_day"])

    @property
    def planned(self) -> Plan:
        """The plan in force, an empty one if there is none."""
        return self.published if self.published is not None else Plan()

    def date(self, day: int) -> str:
        """Return the date of a day counted from the first."""
        return (self.first_day + dt.timedelta(days=day)).isoformat()

    def any_date(self) -> str:
        return self.date(self.rng.randrange(7 * self.settings["weeks"]))

    def ids(self, table: str) -> list[str]:
        key = {"companies": "company", "apprentices": "apprentice"}.get(table, table[:-1])
        return [row[key] for row in self.tables[table]]

    def scenario(self) -> Scenario:
        settings = {**self.settings, "rules": self.rules, "prices": self.prices}
        return Scenario.model_validate({"settings": settings, **self.tables, "published": self.published})

    def without_plan(self) -> Draft:
        """Return the draft as it was before any plan was published."""
        settings = {key: value for key, value in self.settings.items() if key != "frozen_until"}
        return replace(self, settings=settings, tables={**self.tables, "pins": []}, published=None)


def base_draft(rng: Random) -> Draft:
    """Draw a region whose rules seldom bind."""
    settings: Row = {"name": "tiny", "timezone": "America/Chicago", "first_day": rng.choice(MONDAYS)}
    settings["weeks"] = rng.choice((1, 1, 2, 2, 2, 3))
    if rng.random() < 0.3:
        settings["holidays"] = rng.choice(("US-WI", "US", "CA-ON"))
    draft = Draft(rng, settings)
    draft.rules = {
        "modules_at_once": rng.choice((2, 2, 2, 1, 3)),
        "class_minutes_per_week": rng.choice((300, 300, 240, 600)),
        "week_minutes": rng.choice((3600, 3600, 4000, 3000)),
        "duty_minutes": rng.choice((840, 900, 960, 1020)),
        "rest_minutes": rng.choice((480, 480, 360, 600, 0)),
        "keep_day_off": rng.random() < 0.7,
        "adjacent_minutes": rng.choice((120, 120, 60, 30, 0)),
    }
    draft.prices = {
        "unseated_hour": rng.choice(("60", "60", "45.5", "120", "33.33", "200")),
        "dollar": rng.choice(("0.05", "0.05", "0.0625", "0", "0.3", "0.013")),
        "travel_minute": rng.choice(("0.02", "0.035", "0", "0.5", "0.111")),
        "change": rng.choice(("30", "0", "12.25", "45.25", "7.7")),
        "worst_company": rng.choice(("0", "0", "0.5", "1", "0.333")),
    }
    draw_sites(draft)
    draw_crews(draft)
    draw_modules(draft)
    draw_patterns(draft)
    draw_rooms(draft)
    draw_people(draft)
    return draft


def draw_sites(draft: Draft) -> None:
    rng, tables = draft.rng, draft.tables
    for name in ("A", "B")[: rng.choice((1, 1, 2))]:
        kinds = ["lunch", "before", "after", "off", "release"]
        row: Row = {"company": name, "name": name, "sessions": " ".join(kinds), "state": "WI"}
        row["release_minutes"] = rng.choice((120, 240, 480, 60))
        row["meal_kept_minutes"] = rng.choice((0, 0, 5))
        row["class_wage"] = rng.choice(("0", "17.5", "21.25", "8.99"))
        tables["companies"].append(row)
    plants = ["A1", *(["B1"] if len(tables["companies"]) == 2 else ["A2"] if rng.random() < 0.2 else [])]
    others = rng.sample(["C", "H", "O"], rng.choice((0, 1, 1, 2)))
    for k, name in enumerate([*plants, *others]):
        kind = {"C": "college", "H": "hall", "O": "online"}.get(name, "plant")
        place: Row = {"site": name, "name": name, "kind": kind}
        place["company"] = name[0] if kind == "plant" else None
        place["open_to"] = rng.choice(("all", "all", "own", "A")) if kind == "plant" else "all"
        if kind != "online":
            place |= _position(rng, k)
        tables["sites"].append(place)
    names = [row["site"] for row in tables["sites"] if row["kind"] != "online"]
    for i, name in enumerate(names):
        for other in [*names[:i], *rng.sample(ZIPS, 2)]:
            if rng.random() < 0.45:
                pair = rng.sample([name, other], 2)
                minutes = rng.choice((0, 5, 10, 15, 20, 30, 50))
                tables["travel"].append({"origin": pair[0], "destination": pair[1], "minutes": minutes})


def _position(rng: Random, k: int) -> Row:
    latitude, longitude = PLACES[k % len(PLACES)]
    return rng.choice(
        (
            {"zip": ZIPS[k]},
            {"latitude": latitude, "longitude": longitude},
            {"zip": ZIPS[k], "latitude": latitude},
            {"zip": ZIPS[k], "latitude": latitude, "longitude": longitude},
        )
    )


def draw_crews(draft: Draft) -> None:
    rng, tables = draft.rng, draft.tables
    for site in [row for row in tables["sites"] if row["kind"] == "plant"]:
        company = site["company"]
        for k in range(rng.choice((1, 1, 1, 2))):
            rota, line = f"R{site['site']}{k}", f"L{site['site']}{k}"
            tables["lines"].append(
                {"line": line, "site": site["site"], "name": line, "weight": rng.choice(("1", "1", "1.5", "2", "0.7"))}
            )
            cycle, hours, meals = rng.choice(CLOCKS)
            days = 7 * rng.randrange(-60, 60) if len(cycle) == 7 else rng.randrange(-400, 400)
            tables["rotas"].append(
                {"rota": rota, "company": company, "anchor": draft.date(days), "cycle": cycle, "hours": hours}
                | ({"meals": meals} if meals else {})
            )
            headcount = rng.choice((2, 3, 4, 6, 7, 9))
            tables["crews"].append(
                {
                    "line": line,
                    "rota": rota,
                    "headcount": headcount,
                    "minimum": rng.choice((0, 1, headcount - 1, headcount, headcount // 2)),
                    "relief": rng.choice((0, 0, 0, 1, 2)),
                }
            )


def draw_modules(draft: Draft) -> None:
    rng, tables = draft.rng, draft.tables
    for k in range(rng.choice((1, 2, 2, 3))):
        name = f"M{k}"
        row: Row = {"module": name, "name": name, "hours": rng.choice(("0.75", "1", "1", "1.5", "2", "2.25", "3"))}
        row["seats_min"] = rng.choice((1, 1, 2, 2, 3))
        row["seats_max"] = row["seats_min"] + rng.choice((0, 1, 2, 5))
        row["session_min"], row["session_max"] = rng.choice((30, 30, 45)), rng.choice((120, 180, 240))
        row["dollars_per_seat"] = rng.choice(("0", "45", "19.95"))
        row["self_study_hours"] = rng.choice(("0", "4"))
        tables["modules"].append(row)
    for k, module in enumerate(draft.ids("modules")):
        tables["requirements"].append({"program": "P", "requirement": f"Q{k}", "option": "std", "modules": module})
    for k in range(rng.choice((1, 1, 2))):
        tables["instructors"].append(
            {
                "instructor": f"I{k}",
                "name": f"I{k}",
                "modules": " ".join(draft.ids("modules")),
                "hours": rng.choice(("Mon-Sun 00:00-00:00", "Mon-Sun 04:00-12:00; Mon-Sun 12:00-04:00")),
                "week_minutes": rng.choice((1200, 600, 480)),
                "dollars_per_hour": rng.choice(("42.5", "70", "0", "33.3")),
            }
        )


def draw_patterns(draft: Draft) -> None:
    """Draw patterns that lie around some crew's clock."""
    rng, sites = draft.rng, draft.ids("sites")
    for k in range(rng.choice((2, 3, 3, 4))):
        minutes = rng.choice((30, 45, 60, 60, 75, 90, 120))
        start, weekend = pattern_start(draft, minutes)
        days = rng.choice(WEEKENDS if weekend else WEEKDAYS)
        some = " ".join(rng.sample(sites, rng.randrange(1, len(sites) + 1)))
        row = {"pattern": f"W{k}", "days": days, "start": format_clock(start), "minutes": minutes}
        draft.tables["patterns"].append({**row, "sites": rng.choice(("all", some))})


def pattern_start(draft: Draft, minutes: int) -> tuple[int, bool]:
    """Return a start in minutes from midnight, and whether to meet at the weekend."""
    rng = draft.rng
    rota = rng.choice(draft.tables["rotas"])
    start, end = _span(rng.choice(rota["hours"].split("; ")))
    kind = rng.choice(("lunch", "after", "after", "before", "release", "off", "off", "night"))
    if kind == "lunch" and "meals" in rota:
        return _span(rng.choice(rota["meals"].split("; ")))[0] - rng.choice((0, 0, 10, 30)), False
    if kind == "after":
        return end + rng.choice((0, 15, 30, 60, 120, 121)), rng.random() < 0.2
    if kind == "before":
        return start - minutes - rng.choice((0, 15, 30, 60, 120)), rng.random() < 0.2
    if kind == "release":
        return start + rng.choice((30, 60, 150)), False
    if kind == "night":
        return rng.choice((23 * 60 + 30, 23 * 60 + 15, 22 * 60 + 30)), rng.random() < 0.7
    return rng.choice((9, 13, 16)) * 60, True


def _span(part: str) -> tuple[int, int]:
    start, end = part.split(" ")[1].split("-")
    return parse_clock(start), parse_clock(end)


def draw_rooms(draft: Draft) -> None:
    rng, sites = draft.rng, draft.ids("sites")
    for k, site in enumerate([*rng.sample(sites, min(2, len(sites))), *rng.sample(sites, 1)][: rng.choice((2, 3, 3))]):
        draft.tables["rooms"].append(
            {
                "room": f"{site}-{k}",
                "site": site,
                "seats": rng.choice((1, 2, 3, 4, 8)),
                "hours": rng.choice(("Mon-Sun 00:00-00:00", "Mon-Sun 00:00-12:00; Mon-Sun 12:00-00:00")),
                "features": "boards",
                "dollars_per_hour": rng.choice(("0", "15", "12.5", "5")),
            }
        )


def draw_people(draft: Draft) -> None:
    rng = draft.rng
    most = {1: (3, 4, 5, 5), 2: (2, 3, 3, 4), 3: (2, 2, 3)}[len(draft.tables["modules"])]
    for k in range(rng.choice(most)):
        crew = draft.tables["crews"][0] if rng.random() < 0.5 else rng.choice(draft.tables["crews"])
        row: Row = {
            "apprentice": f"a{k}",
            "name": f"a{k}",
            "company": crew["line"][1],
            "line": crew["line"],
            "rota": crew["rota"],
            "program": "P",
            "travel_max": rng.choice((60, 60, 45, 90)),
            "priority": rng.choice(("1", "1", "1", "1.5", "3", "0.25")),
        }
        if rng.random() < 0.7:
            row["zip"] = rng.choice(ZIPS)
        draft.tables["apprentices"].append(row)
