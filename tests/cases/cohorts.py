"""Rules of cohorts: ``hours``, ``session-length``, ``room``, ``instructor`` and ``cohort-size``."""

from __future__ import annotations

from tests.build import open_cohort, plan_of, tiny
from tests.cases.case import AllowedCase, RuleCase

RULE_CASES: list[RuleCase] = []
ALLOWED_CASES: list[AllowedCase] = []


def _seat_or_not(name: str, rule: str, clock: str = "Mon 15:00 120", site: str = "college", **changes: object) -> None:
    """Add a case with one pattern, one apprentice and one cohort that breaks the rule; allowed is no seat at all."""
    *days, start, minutes = clock.split()
    changes.setdefault("patterns", [f"{' '.join(days)} | {start} | {minutes} | {site}"])
    scenario = tiny(**changes)
    tempting = plan_of(scenario, (open_cohort(scenario, clock, site=site), "a1"))
    RULE_CASES.append(RuleCase(name, rule, scenario, tempting, plan_of(scenario)))


def _hours() -> None:
    halves = tiny(patterns=["Mon | 15:00 | 60 | college"])
    RULE_CASES.append(
        RuleCase(
            "one long meeting saves a trip, but is no pattern",
            "hours",
            halves,
            plan_of(halves, (open_cohort(halves, "Mon 15:00 120"), "a1")),
            plan_of(halves, (open_cohort(halves, "Mon 15:00 60"), "a1")),
        )
    )
    elsewhere = tiny(patterns=["Mon | 15:00 | 120 | online"], rooms={"licence": None})
    RULE_CASES.append(
        RuleCase(
            "a pattern of another site",
            "hours",
            elsewhere,
            plan_of(elsewhere, (open_cohort(elsewhere, "Mon 15:00 120"), "a1")),
            plan_of(elsewhere),
        )
    )
    _seat_or_not("the last meeting is beyond the horizon", "hours", "Mon 15:00 60", settings={"weeks": 1})
    missing = tiny(patterns=["Mon | 15:00 | 60 | college"])
    short = open_cohort(missing, "Mon 15:00 60")
    RULE_CASES.append(
        RuleCase(
            "a meeting left out saves a trip",
            "hours",
            missing,
            plan_of(missing, (short.model_copy(update={"meetings": short.meetings[:1]}), "a1")),
            plan_of(missing, (short, "a1")),
        )
    )
    early = tiny(patterns=["Mon | 15:00 | 60 | college"], settings={"weeks": 1})
    RULE_CASES.append(
        RuleCase(
            "a first week before the horizon",
            "hours",
            early,
            plan_of(early, (open_cohort(early, "Mon 15:00 60", week=-1), "a1")),
            plan_of(early),
        )
    )


def _closed_dates() -> None:
    # Labor Day 2026 is Monday, September 7th. On it shifts run, but nothing meets.
    for name, changes in (
        ("a meeting on a holiday", {"settings": {"first_day": "2026-09-07", "weeks": 1, "holidays": "US-WI"}}),
        ("a meeting on a closed date", {"closures": ["site:college | 2026-06-01 | 2026-06-08 | closed"]}),
        ("a meeting in a shutdown of all", {"closures": ["all | 2026-06-01 | 2026-06-14 | shutdown"]}),
    ):
        scenario = tiny(**changes)
        open_days = tiny(settings={**changes.get("settings", {}), "holidays": None})
        cohort = open_cohort(open_days)
        RULE_CASES.append(RuleCase(name, "hours", scenario, plan_of(scenario, (cohort, "a1")), plan_of(scenario)))
    late = tiny(closures=["site:college | 2026-06-01 | 2026-06-01 | closed"])
    ALLOWED_CASES.append(
        AllowedCase(
            "a closed date is skipped",
            "hours",
            late,
            plan_of(late, (open_cohort(late, week=0), "a1")),
        )
    )
    night = tiny(
        patterns=["Sun | 23:00 | 120 | online"],
        settings={"weeks": 1},
        rules={"duty_minutes": 2000},
    )
    ALLOWED_CASES.append(
        AllowedCase(
            "a meeting on the last Sunday ends after the horizon",
            "hours",
            night,
            plan_of(night, (open_cohort(night, "Sun 23:00 120", site="online"), "a1")),
        )
    )


def _session_length() -> None:
    _seat_or_not("longer than session_max", "session-length", modules={"math": {"session_max": 119}})
    _seat_or_not("shorter than session_min", "session-length", modules={"math": {"session_min": 121}})
    _seat_or_not("more than day_max", "session-length", modules={"math": {"day_max": 119}})
    _seat_or_not("more than week_max", "session-length", "Mon Wed 15:00 60", modules={"math": {"week_max": 119}})
    cut = tiny(modules={"math": {"hours": "1.25", "session_min": 60, "week_max": 60}}, patterns=["Mon|15:00|60|online"])
    ALLOWED_CASES.append(
        AllowedCase(
            "the last meeting is cut below session_min",
            "session-length",
            cut,
            plan_of(cut, (open_cohort(cut, "Mon 15:00 60", site="online"), "a1")),
        )
    )
    day = tiny(modules={"math": {"hours": 1, "day_max": 60}})
    ALLOWED_CASES.append(
        AllowedCase(
            "day_max counts the meeting as held, not the pattern",
            "session-length",
            day,
            plan_of(day, (open_cohort(day), "a1")),
        )
    )


def _room() -> None:
    _seat_or_not("a feature is missing", "room", modules={"math": {"features": "lab"}})
    _seat_or_not("closed for the last minute", "room", rooms={"hall": {"hours": "Mon-Fri 07:00-16:59"}})
    _seat_or_not(
        "open until midnight only",
        "room",
        "Mon 23:00 120",
        rooms={"hall": {"hours": "Mon 00:00-00:00"}},
        rules={"duty_minutes": 9999},
    )
    away = tiny(patterns=["Mon | 15:00 | 120 | plant"], rooms={"shed": None})
    RULE_CASES.append(
        RuleCase(
            "a room of another site",
            "room",
            away,
            plan_of(away, (open_cohort(away, site="plant", room="hall"), "a1")),
            plan_of(away),
        )
    )
    twice = tiny(
        settings={"weeks": 1},
        apprentices={"a2": {}},
        modules={"math": {"seats_max": 1}},
        instructors={"ivo": {}},
    )
    first, second = open_cohort(twice), open_cohort(twice, name="K2", instructor="ivo")
    RULE_CASES.append(
        RuleCase(
            "two cohorts in one room",
            "room",
            twice,
            plan_of(twice, (first, "a1"), (second, "a2")),
            plan_of(twice, (first, "a1")),
        )
    )
    side = tiny(
        settings={"weeks": 1},
        apprentices={"a2": {}},
        modules={"math": {"seats_max": 1}},
        instructors={"ivo": {}},
        rooms={"annex": {}},
    )
    ALLOWED_CASES.append(
        AllowedCase(
            "two rooms at the same time",
            "room",
            side,
            plan_of(
                side, (open_cohort(side), "a1"), (open_cohort(side, name="K2", room="annex", instructor="ivo"), "a2")
            ),
        )
    )
    touching = tiny(rooms={"hall": {"hours": "Mon 15:00-16:00; Mon 16:00-17:00"}})
    ALLOWED_CASES.append(
        AllowedCase(
            "hours that touch are one stretch", "room", touching, plan_of(touching, (open_cohort(touching), "a1"))
        )
    )


def _instructor() -> None:
    _seat_or_not(
        "not qualified",
        "instructor",
        modules={"art": {}},
        instructors={"ida": {"modules": "art"}},
    )
    _seat_or_not("not there for the first minute", "instructor", instructors={"ida": {"hours": "Mon 15:01-20:00"}})
    _seat_or_not("over week_minutes", "instructor", instructors={"ida": {"week_minutes": 119}})
    twice = tiny(settings={"weeks": 1}, apprentices={"a2": {}}, modules={"math": {"seats_max": 1}}, rooms={"annex": {}})
    first, second = open_cohort(twice), open_cohort(twice, name="K2", room="annex")
    RULE_CASES.append(
        RuleCase(
            "in two rooms at once",
            "instructor",
            twice,
            plan_of(twice, (first, "a1"), (second, "a2")),
            plan_of(twice, (first, "a1")),
        )
    )
    _instructor_travel()


def _instructor_travel() -> None:
    # The college is 20 minutes from the plant; 17:00 to 17:19 is a minute short, 17:20 is enough.
    for start, fits in (("17:19", False), ("17:20", True)):
        scenario = tiny(
            settings={"weeks": 1},
            apprentices={"a1": {"travel_max": 20}, "a2": {"travel_max": 0}},
            patterns=["Mon | 15:00 | 120 | college", f"Mon | {start} | 120 | plant"],
            modules={"math": {"seats_max": 1}},
        )
        far, near = open_cohort(scenario), open_cohort(scenario, f"Mon {start} 120", name="K2", site="plant")
        both = plan_of(scenario, (far, "a1"), (near, "a2"))
        if fits:
            ALLOWED_CASES.append(AllowedCase("travels just in time", "instructor", scenario, both))
        else:
            allowed = plan_of(scenario, (near, "a2"))
            RULE_CASES.append(RuleCase("a minute short of the way", "instructor", scenario, both, allowed))
    # College to union directly takes 75 minutes and 70 are left; only consecutive meetings are compared.
    detour = tiny(
        settings={"weeks": 1},
        sites={"union": {}},
        rooms={"attic": {"site": "union"}},
        travel=["plant | college | 5", "plant | union | 5", "college | union | 75"],
        patterns=["Mon | 15:00 | 60 | college", "Mon | 16:05 | 60 | plant", "Mon | 17:10 | 60 | union"],
        modules={"math": {"hours": 1, "seats_max": 1}},
        apprentices={"a2": {}, "a3": {}},
    )
    ALLOWED_CASES.append(
        AllowedCase(
            "a detour by way of a meeting is fast enough",
            "instructor",
            detour,
            plan_of(
                detour,
                (open_cohort(detour, "Mon 15:00 60"), "a1"),
                (open_cohort(detour, "Mon 16:05 60", name="K2", site="plant"), "a2"),
                (open_cohort(detour, "Mon 17:10 60", name="K3", site="union"), "a3"),
            ),
        )
    )


def _cohort_size() -> None:
    _seat_or_not("one person too few", "cohort-size", modules={"math": {"seats_min": 2}})
    for name, changes in (
        ("one person above seats_max", {"modules": {"math": {"seats_max": 1}}}),
        ("one person more than the room seats", {"rooms": {"hall": {"seats": 1}}}),
    ):
        scenario = tiny(settings={"weeks": 1}, apprentices={"a2": {}}, **changes)
        cohort = open_cohort(scenario)
        RULE_CASES.append(
            RuleCase(
                name,
                "cohort-size",
                scenario,
                plan_of(scenario, (cohort, "a1 a2")),
                plan_of(scenario, (cohort, "a1")),
            )
        )


for _add in (_hours, _closed_dates, _session_length, _room, _instructor, _cohort_size):
    _add()
