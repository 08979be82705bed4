"""Accents: each makes one rule or price of the contract matter in a random tiny scenario."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from lineside.models.cells import format_clock
from tests.random_draft import WEEKDAYS, ZIPS, Draft

KINDS = ("lunch", "before", "after", "off", "release")


def hours(draft: Draft) -> None:
    """Close sites on some dates, so that meetings slip towards the horizon's end; bar a pattern from a site."""
    rng = draft.rng
    for _ in range(2):
        first = rng.randrange(-3, 7 * draft.settings["weeks"])
        scope = rng.choice(("all", *(f"site:{site}" for site in draft.ids("sites"))))
        days = (draft.date(first), draft.date(first + rng.randrange(4)))
        draft.tables["closures"].append({"scope": scope, "first": days[0], "last": days[1], "kind": "closed"})
    draft.tables["patterns"][0]["sites"] = rng.choice(draft.ids("sites"))
    draft.tables["modules"][0]["hours"] = rng.choice(("2", "3", "3.5"))


def shutdown(draft: Draft) -> None:
    rng = draft.rng
    scopes = (
        "all",
        *(f"site:{site}" for site in draft.ids("sites")),
        *(f"company:{c}" for c in draft.ids("companies")),
    )
    for kind in ("shutdown", "peak"):
        first = rng.randrange(-2, 7 * draft.settings["weeks"])
        days = (draft.date(first), draft.date(first + rng.randrange(9)))
        draft.tables["closures"].append({"scope": rng.choice(scopes), "first": days[0], "last": days[1], "kind": kind})


def sessions(draft: Draft) -> None:
    """Restrict the lengths of sessions, days and weeks."""
    rng = draft.rng
    lengths = [row["minutes"] for row in draft.tables["patterns"]]
    for row in draft.tables["modules"]:
        row["session_min"], row["session_max"] = sorted((rng.choice(lengths), rng.choice(lengths)))
        row["day_max"] = rng.choice((None, *lengths))
        row["week_max"] = rng.choice((None, *lengths, 2 * lengths[0]))


def rooms(draft: Draft) -> None:
    """Let rooms differ in features and hours, with several copies of a small room's cohort."""
    rng = draft.rng
    for row in draft.tables["rooms"]:
        row["features"] = rng.choice(("boards", "boards lab", "lab", ""))
        row["hours"] = rng.choice(
            ("Mon-Fri 07:00-21:00; Sat 08:00-13:00", "Mon-Thu 18:00-02:00; Fri-Sun 00:00-12:00", row["hours"])
        )
    for row in draft.tables["modules"]:
        row["features"] = rng.choice(("", "boards", "lab"))


def copies(draft: Draft) -> None:
    """Let more people wish for a pattern than one room holds, with rooms and instructors beside each other."""
    rng = draft.rng
    site = draft.tables["rooms"][0]["site"]
    for row in draft.tables["rooms"]:
        row["site"], row["seats"] = site, rng.choice((1, 2, 3))
    for row in draft.tables["modules"]:
        row["seats_min"], row["seats_max"] = rng.choice(((1, 1), (1, 2), (2, 2), (2, 3)))
    first = draft.tables["instructors"][0]
    if len(draft.tables["instructors"]) == 1:
        draft.tables["instructors"].append({**first, "instructor": "I9", "dollars_per_hour": "51.1"})


def instructors(draft: Draft) -> None:
    rng = draft.rng
    modules = draft.ids("modules")
    for row in draft.tables["instructors"]:
        row["modules"] = " ".join(rng.sample(modules, rng.randrange(1, len(modules) + 1)))
        row["hours"] = rng.choice(
            ("Mon-Fri 06:00-18:00", "Mon-Sun 14:00-02:00", "Sat Sun 00:00-00:00; Mon Tue 05:00-20:00")
        )
        row["week_minutes"] = rng.choice((60, 90, 120, 150, 240))


def one_teacher(draft: Draft) -> None:
    """Leave one instructor, who must drive between the rooms of one day, maybe shorter by a detour."""
    rng, tables = draft.rng, draft.tables
    del tables["instructors"][1:]
    detours(draft)
    start = rng.choice((8, 15, 17)) * 60
    day = rng.choice((*WEEKDAYS[:5], "Sat"))
    for row in tables["patterns"][:3]:
        row |= {"days": day, "start": format_clock(start), "sites": "all"}
        start += row["minutes"] + rng.choice((0, 5, 10, 15, 25))
    places = [row["site"] for row in tables["sites"] if row["kind"] != "online"]
    for k, row in enumerate(tables["rooms"]):
        row |= {"site": places[k % len(places)], "seats": 2}
    for row in tables["modules"]:
        row |= {
            "seats_min": 1,
            "seats_max": rng.choice((1, 1, 2)),
            "session_min": 20,
            "session_max": 240,
            "hours": "0.75",
        }


def detours(draft: Draft) -> None:
    """Set travel minutes that break the triangle inequality."""
    names = [row["site"] for row in draft.tables["sites"] if row["kind"] != "online"]
    draft.tables["travel"] = [
        row for row in draft.tables["travel"] if row["destination"] in ZIPS or row["origin"] in ZIPS
    ]
    for i, name in enumerate(names):
        for other in names[:i]:
            minutes = draft.rng.choice((0, 5, 10, 25, 40, 55))
            draft.tables["travel"].append({"origin": name, "destination": other, "minutes": minutes})


def sizes(draft: Draft) -> None:
    for row in draft.tables["modules"]:
        row["seats_min"] = draft.rng.choice((1, 2, 3))
        row["seats_max"] = row["seats_min"] + draft.rng.choice((0, 1))


def modes(draft: Draft) -> None:
    rng = draft.rng
    if "O" not in draft.ids("sites"):
        draft.tables["sites"].append({"site": "O", "name": "O", "kind": "online", "open_to": "all"})
    draft.tables["rooms"][0] |= {"site": "O", "seats": 4}
    for row in (*draft.tables["modules"], *draft.tables["apprentices"]):
        row["modes"] = rng.choice(("", "classroom", "online", "classroom online", "online classroom"))
        if not row["modes"]:
            del row["modes"]


def needs(draft: Draft) -> None:
    """Give credits and wishes, so that an earlier module may be neither done nor wanted."""
    rng, modules = draft.rng, draft.ids("modules")
    for row in draft.tables["apprentices"]:
        if rng.random() < 0.5:
            row["wanted"] = " ".join(rng.sample(modules, rng.randrange(1, len(modules) + 1)))
        if rng.random() < 0.4:
            row["credits"] = " ".join(rng.sample(modules, 1))
    order(draft)


def order(draft: Draft) -> None:
    modules = draft.ids("modules")
    if len(modules) == 1:
        draft.tables["modules"].append({**draft.tables["modules"][0], "module": "M1", "name": "M1"})
        draft.tables["requirements"].append({"program": "P", "requirement": "Q1", "option": "std", "modules": "M1"})
        for row in draft.tables["instructors"]:
            row["modules"] = f"{row['modules']} M1"
        modules = draft.ids("modules")
    for earlier, later in pairwise(modules):
        draft.tables["modules"][modules.index(later)]["after"] = earlier
    draft.tables["modules"][0]["hours"] = draft.rng.choice(("0.5", "1"))


def options(draft: Draft) -> None:
    """Turn requirements into a choice between options, some of them fixed by the table."""
    rng, tables = draft.rng, draft.tables
    modules = draft.ids("modules")
    rest = modules[2:]
    rows = [("Q0", "std", modules[0]), ("Q0", "alt", modules[1] if len(modules) > 1 else modules[0])]
    if len(modules) > 1 and rng.random() < 0.4:
        rows.append(("Q0", "both", " ".join(modules[:2])))
    rows += [(f"Q{k}", "std", module) for k, module in enumerate(rest, start=1)]
    columns = ("requirement", "option", "modules")
    tables["requirements"] = [{"program": "P", **dict(zip(columns, row, strict=True))} for row in rows]
    for row in tables["apprentices"]:
        if rng.random() < 0.25:
            row["options"] = f"Q0={rng.choice(('std', 'alt'))}"
        if rng.random() < 0.3:
            row["wanted"] = " ".join(rng.sample(modules, rng.randrange(1, len(modules) + 1)))
    if len(modules) > 2 and rng.random() < 0.6:
        tables["modules"][2]["after"] = modules[rng.randrange(2)]


def access(draft: Draft) -> None:
    for row in draft.tables["sites"]:
        row["open_to"] = draft.rng.choice(("own", "B", "A", "all")) if row["kind"] != "online" else "all"
        if row["open_to"] == "B" and "B" not in draft.ids("companies"):
            row["open_to"] = "own"


def travel_limit(draft: Draft) -> None:
    """Shorten the way that people will go, and lengthen the way to the first room."""
    for site in draft.ids("sites"):
        if site not in ("O", draft.tables["rooms"][0]["site"]) and draft.rng.random() < 0.7:
            draft.tables["rooms"][0]["site"] = site
    for row in draft.tables["apprentices"]:
        row["travel_max"] = draft.rng.choice((0, 8, 12, 15, 20, 30))


def dates(draft: Draft) -> None:
    rng, days = draft.rng, 7 * draft.settings["weeks"]
    for row in draft.tables["apprentices"]:
        kind = rng.randrange(4)
        if kind == 0:
            row["off_dates"] = " ".join(sorted({draft.any_date() for _ in range(4)}))
        elif kind == 1:
            row["starts"] = draft.date(rng.randrange(days // 2))
        elif kind == 2:
            row["due"] = draft.date(rng.randrange(days // 2, days))


def kinds(draft: Draft) -> None:
    for row in draft.tables["companies"]:
        row["sessions"] = " ".join(draft.rng.sample(KINDS, draft.rng.choice((1, 2, 2, 3))))
    draft.rules["adjacent_minutes"] = draft.rng.choice((0, 15, 30, 60, 120))


def _during_shift(draft: Draft) -> None:
    """Put the first pattern inside the first crew's shift, and the first room into its plant."""
    rng, tables = draft.rng, draft.tables
    rota = tables["rotas"][0]
    start = int(rng.choice(rota["hours"].split("; "))[2:4]) * 60
    minutes = rng.choice((30, 60, 60, 90))
    tables["patterns"][0] |= {
        "start": format_clock(start + rng.choice((-30, 0, 45, 120))),
        "minutes": minutes,
        "sites": "all",
    }
    tables["patterns"][0]["days"] = rng.choice(("Mon-Thu", "Tue Thu", "Wed", "Mon Wed"))
    tables["rooms"][0] |= {"site": "A1", "seats": 4}
    tables["modules"][0] |= {"session_min": 20, "session_max": 240, "seats_min": 1, "seats_max": 4}


def release(draft: Draft) -> None:
    if draft.rng.random() < 0.6:
        _during_shift(draft)
    for row in draft.tables["companies"]:
        row["release_minutes"] = draft.rng.choice((0, 5, 10, 20, 30, 60))


def lunch(draft: Draft) -> None:
    """Put a pattern over a meal, and keep a part of the meal."""
    rng = draft.rng
    rota = rng.choice([row for row in draft.tables["rotas"] if "meals" in row] or [None])
    if rota is None:
        return
    begin, end = rng.choice(rota["meals"].split("; ")).split(" ")[1].split("-")
    length = (int(end[:2]) * 60 + int(end[3:]) - int(begin[:2]) * 60 - int(begin[3:])) % 1440
    site = next(row["site"] for row in draft.tables["sites"] if row["company"] == rota["company"])
    draft.tables["patterns"][0] |= {"start": begin, "minutes": rng.choice((length, length - 5, 30, 60)), "sites": "all"}
    draft.tables["patterns"][0]["days"] = rng.choice(("Mon-Thu", "Tue Thu", "Mon-Fri"))
    draft.tables["rooms"][0] |= {"site": site, "seats": 4}
    for row in draft.tables["companies"]:
        row["meal_kept_minutes"] = rng.choice((0, 5, 10, 15, 30))
    for row in draft.tables["modules"]:
        row["session_min"], row["hours"] = 10, rng.choice(("0.5", "1"))


def clash(draft: Draft) -> None:
    """Put patterns of different sites close to each other on one day."""
    one_teacher(draft)
    first = draft.tables["instructors"][0]
    draft.tables["instructors"] = [first, {**first, "instructor": "I9"}]
    draft.rules["modules_at_once"] = 3


def at_once(draft: Draft) -> None:
    draft.rules["modules_at_once"] = draft.rng.choice((1, 1, 2))
    for row in draft.tables["modules"]:
        row["hours"] = draft.rng.choice(("1", "1.5", "2"))


def class_week(draft: Draft) -> None:
    draft.rules["class_minutes_per_week"] = draft.rng.choice((45, 60, 90, 120, 150))


def work_week(draft: Draft) -> None:
    draft.rules["week_minutes"] = draft.rng.choice((2250, 2310, 2400, 2450, 2550, 1900, 2100))


def duty(draft: Draft) -> None:
    draft.rules["duty_minutes"] = draft.rng.choice((510, 540, 570, 600, 660, 720, 780, 810))
    draft.rules["rest_minutes"] = draft.rng.choice((480, 600, 120, 0, 30))


def day_off(draft: Draft) -> None:
    """Let crews have few free dates, and patterns take them."""
    rng = draft.rng
    draft.rules["keep_day_off"] = True
    for row in draft.tables["rotas"]:
        if len(row["cycle"]) == 7 and "O" in row["cycle"]:
            letter = row["cycle"].strip("O")[0]
            row["cycle"] = rng.choice((letter * 6 + "O", letter * 5 + "OO"))
    for row in draft.tables["patterns"][:2]:
        row |= {
            "days": rng.choice(("Sat Sun", "Sun", "Sat", "Sat Sun")),
            "start": rng.choice(("09:00", "12:00", "23:15")),
        }


def parties(draft: Draft) -> None:
    """Let people ride together."""
    rows = draft.tables["apprentices"]
    for row in draft.rng.sample(rows, draft.rng.randrange(2, len(rows) + 1)):
        row["party"] = "p1"
    if draft.rng.random() < 0.5:
        options(draft)


def crowd(draft: Draft) -> None:
    """Put everybody on one tight crew, and make the worst company matter."""
    rng, crew = draft.rng, draft.tables["crews"][0]
    for row in draft.tables["apprentices"]:
        row |= {"line": crew["line"], "rota": crew["rota"], "company": "A"}
    _during_shift(draft)
    headcount = rng.choice((2, 3, 4, 6, 7))
    crew |= {"headcount": headcount, "minimum": rng.choice((0, headcount, headcount - 1)), "relief": rng.choice((0, 1))}
    draft.prices["unseated_hour"] = rng.choice(("200", "120"))
    draft.tables["companies"][0]["release_minutes"] = rng.choice((120, 60, 240))
    draft.rules["modules_at_once"] = 2


def worst(draft: Draft) -> None:
    draft.prices["worst_company"] = draft.rng.choice(("0.5", "2", "0.125"))
    draft.prices["unseated_hour"] = "250"


ACCENTS: dict[str, tuple[Callable[[Draft], None], ...]] = {
    "hours": (hours, shutdown),
    "session-length": (sessions,),
    "room": (rooms, copies),
    "instructor": (instructors, one_teacher),
    "cohort-size": (sizes,),
    "mode": (modes,),
    "need": (needs, options),
    "order": (order,),
    "access": (access,),
    "travel-limit": (travel_limit,),
    "off-date": (dates,),
    "session-kind": (kinds,),
    "release-limit": (release, shutdown),
    "meal": (lunch,),
    "clash": (clash,),
    "modules-at-once": (at_once,),
    "class-week": (class_week,),
    "work-week": (work_week,),
    "duty": (duty,),
    "day-off": (day_off,),
    "party": (parties,),
    "line": (crowd, worst),
    "staff": (one_teacher, copies),
}
"""Accents by the rule or price that they make matter."""
