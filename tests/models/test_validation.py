from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lineside.models.reading import ScenarioMistakes, read_scenario, write_scenario
from tests.models.good_scenario import Files

Change = Callable[[Files], object]


def mistakes_after(change: Change, folder: Path) -> list[str]:
    files = Files()
    change(files)
    with pytest.raises(ScenarioMistakes) as caught:
        read_scenario(files.write_folder(folder))
    return [mistake.sentence for mistake in caught.value.mistakes]


def warnings_after(change: Change, folder: Path) -> tuple[str, ...]:
    files = Files()
    change(files)
    return read_scenario(files.write_folder(folder)).warnings


def setting(key: str, value: Any) -> Change:
    return lambda files: files.settings.__setitem__(key, value)


def added(table: str, text: str) -> Change:
    return lambda files: files.add(table, text)


def changed(table: str, row: int, column: str, text: str) -> Change:
    return lambda files: files.set(table, row, column, text)


def all_of(*changes: Change) -> Change:
    return lambda files: [change(files) for change in changes]


def unpublished(files: Files) -> None:
    files.published = None


def published(path: str, value: Any) -> Change:
    """Set a place such as ``cohorts.0.days`` of the published plan."""

    def change(files: Files) -> None:
        part: Any = files.published
        *keys, last = (int(key) if key.isdecimal() else key for key in path.split("."))
        for key in keys:
            part = part[key]
        part[last] = value

    return change


def seat_twice(files: Files) -> None:
    assert files.published is not None
    files.published["seats"] *= 2


MISTAKES: list[tuple[Change, str]] = [
    (lambda files: files.settings.pop("weeks"), "scenario, weeks: The key is missing. Add weeks: length of the"),
    (setting("weeks", True), "scenario row 4, weeks: 'True' is no valid count. Write a whole number, 1 or more."),
    (setting("weeks", 2.5), "scenario row 4, weeks: '2.5' is no valid count."),
    (setting("weeks", 521), "scenario row 4, weeks: The horizon has 521 weeks, the limit is 520. Plan a shorter time."),
    (setting("name", ""), "scenario row 1, name: '' is no valid text. Write text."),
    (setting("first_day", dt.date(1900, 1, 1)), "1900-01-01 is not in the years 1904 to 2999. Correct the year."),
    (setting("rules", {"keep_day_off": "maybe"}), "'maybe' is neither true nor false. Write one of them."),
    (setting("prices", {"change": float("inf")}), "scenario row 11, prices.change: 'inf' is no valid number."),
    (setting("prices", 3), "'3' is no section. Write [prices] on a line of its own, its keys below."),
    (setting("price", {"dollar": 1}), "'price' is no key of the scenario. Rename it prices, or remove it."),
    (added("lines", "L8,WEB,Web"), "lines row 4, site: 'WEB' is an online site. Write the plant in which the line"),
    (added("rotas", "Q,ACME,2026-09-14,O,O 06:00-14:00"), "rotas row 5, hours: O is a day off and has no hours."),
    (added("rotas", "Q,ACME,2026-09-14,D,D 06:00-14:00,N 07:00-08:00"), "Letter 'N' has a meal but no hours. Give"),
    (
        added("rotas", "Q,ACME,2026-09-14,D,D 06:00-14:00,D 07:00-08:00; D 07:30-08:30"),
        "rotas row 5, meals: The meal D 07:30-08:30 overlaps another meal of its shift. Correct one of them.",
    ),
    (changed("rotas", 2, "meals", "D 10:00-10:00"), "The meal D 10:00-10:00 is not inside the shift 06:00-14:00."),
    (changed("modules", 3, "after", "BLUE"), "The modules wait for each other: BLUE after BLUE. Remove one"),
    (changed("patterns", 2, "minutes", "1441"), "A session of 1441 minutes is longer than a day. Write at most 1440."),
    (changed("patterns", 3, "sites", "all P1"), "patterns row 3, sites: 'all' stands beside other words."),
    (changed("apprentices", 2, "company", "BOLT"), "apprentices row 2, company: Line L1 is of company ACME, the"),
    (
        all_of(added("lines", "L3,P2,Fill"), added("apprentices", "A9,I,BOLT,L3,N2,IMT,,,,,30")),
        "apprentices row 6, rota: Line L3 with rota N2 is no row of the table crews. Correct them, or add the crew.",
    ),
    (changed("apprentices", 2, "options", "math=x"), "'x' is no option of requirement math. Write one of std."),
    (changed("apprentices", 2, "options", "maths=std"), "'maths' is no requirement of program IMT. Write one of math"),
    (changed("apprentices", 5, "wanted", "OSHA X9"), "apprentices row 5, wanted: 'X9' is no module of the table"),
    (changed("apprentices", 5, "zip", "00000"), "Zip code 00000 is not known, and the travel table lacks it with P1"),
    (changed("sites", 2, "zip", "00000"), "Site P1 has only the unknown zip code 00000, and the travel table lacks it"),
    (changed("closures", 2, "scope", "company:BOLT"), "closures row 2, kind: A company cannot be closed, only shut"),
    (changed("closures", 2, "scope", "site:XYZ"), "closures row 2, scope: 'XYZ' is no site of the table sites."),
    (changed("closures", 2, "last", "2026-09-01"), "last 2026-09-01 is before first 2026-09-28. Correct one"),
    (added("travel", "COL,5321,9"), "travel row 4, destination: '5321' is neither a site nor a five-digit zip code."),
    (changed("pins", 2, "module", "OSHA"), "pins row 2, cohort: Cohort K1 is in MATH, the pin in OSHA."),
    (changed("pins", 2, "apprentice", "A9"), "pins row 2, apprentice: 'A9' is no apprentice of the table apprentices."),
    (unpublished, "pins row 2, cohort: 'K1' needs a published plan, and there is none. Add published.json"),
    (published("cohorts.0.days", "Mo"), "published, cohorts[0].days: 'Mo' is no list of days. Write day names"),
    (published("cohorts.0.start", "25:00"), "published, cohorts[0].start: '25:00' is no clock time. Write HH:MM"),
    (published("cohorts.0.meetings.0.end", "4 pm"), "published, cohorts[0].meetings[0].end: '4 pm' is no clock time."),
    (published("cohorts.0.minutes", "long"), "published, cohorts[0].minutes: Input should be a valid integer"),
    (published("seats.0.cohort", "K2"), "published, seats[0].cohort: 'K2' is no cohort of this plan. Correct"),
    (published("seats.0.module", "OSHA"), "The seat is in OSHA, cohort K1 in MATH. Correct one of them."),
    (seat_twice, "published, seats[1].apprentice: A1 has two seats in MATH. Keep one of them."),
    (published("cohorts.0.site", "GONE"), "pins row 2, cohort: Cohort K1 meets at 'GONE', which is no site."),
    (
        all_of(
            published("cohorts.0.site", "GONE"),
            setting("frozen_until", "2026-09-22"),
            changed("pins", 2, "cohort", "none"),
        ),
        "published, cohorts[0].site: Frozen cohort K1 meets at 'GONE', which is no site of the table sites. Add the",
    ),
]


@pytest.mark.parametrize(("change", "text"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_gives_one_message(change: Change, text: str, tmp_path: Path) -> None:
    (sentence,) = mistakes_after(change, tmp_path / "a")
    assert text in sentence
    assert sentence.endswith(".")


def test_a_cohort_id_that_stands_twice(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        assert files.published is not None
        files.published["cohorts"] *= 2

    assert mistakes_after(change, tmp_path / "a") == [
        "published, cohorts[1].cohort: Cohort 'K1' stands twice. Give each cohort its own id."
    ]


def test_one_bad_cell_hides_no_other_mistake_of_its_row(tmp_path: Path) -> None:
    assert mistakes_after(
        all_of(changed("apprentices", 2, "travel_max", "q"), changed("apprentices", 2, "line", "L9")), tmp_path / "a"
    ) == [
        "apprentices row 2, travel_max: 'q' is no valid number of minutes. Write whole minutes, 0 or more.",
        "apprentices row 2, line: 'L9' is no line of the table lines. Correct the id, or add it there.",
    ]


def test_a_bad_cell_of_a_target_makes_no_mistake_of_its_references(tmp_path: Path) -> None:
    (sentence,) = mistakes_after(changed("lines", 2, "weight", "heavy"), tmp_path / "a")
    assert sentence == "lines row 2, weight: 'heavy' is no valid number. Write a number, 0 or more."


def test_a_missing_table_or_column_is_one_mistake(tmp_path: Path) -> None:
    def no_lines(files: Files) -> None:
        del files.tables["lines"]

    def no_ids(files: Files) -> None:
        files.tables["lines"] = [row[1:] for row in files.tables["lines"]]

    assert mistakes_after(no_lines, tmp_path / "a") == [
        "lines: The table lines is missing or empty. Add it with its header."
    ]
    assert mistakes_after(no_ids, tmp_path / "b") == [
        "lines row 1, line: The column is missing. Add a column line and fill every cell of it."
    ]


def test_a_column_that_stands_twice(tmp_path: Path) -> None:
    assert mistakes_after(lambda files: files.add_column("crews", "Line "), tmp_path / "a") == [
        "crews row 1, line: The column stands twice. Keep one of them."
    ]


def test_the_travel_table_stands_in_for_coordinates(tmp_path: Path) -> None:
    """The hall has no coordinates: it needs minutes to each site with rooms or lines, and to each home."""
    needed = ("P1", "P2", "COL", "53202", "53204", "53211")
    rows = [added("travel", f"HALL,{place},20") for place in needed]
    hall = all_of(added("sites", "HALL,Hall,hall,,all"), added("rooms", "R8,HALL,10,,Mon 08:00-12:00"))
    assert warnings_after(all_of(hall, *rows), tmp_path / "a") == ()
    (sentence,) = mistakes_after(all_of(hall, *rows[:-1]), tmp_path / "b")
    assert "the travel table lacks it with 53211. Give latitude and longitude" in sentence


def test_a_site_without_rooms_and_lines_needs_no_place(tmp_path: Path) -> None:
    assert warnings_after(added("sites", "OLD,Closed hall,hall,,all"), tmp_path / "a") == ()


LEGAL: list[Change] = [
    added("closures", "all,2020-01-01,2030-01-01,peak,"),
    changed("rotas", 2, "anchor", "1905-01-01"),
    changed("rotas", 4, "meals", "N 00:30-01:00; N 23:30-00:00"),
    changed("rooms", 2, "hours", "Mon-Sat 00:00-00:00; Sun 18:00-06:00; Mon 05:00-07:00"),
    added("travel", "COL,P1,12"),
    published("seats.0.apprentice", "gone"),
    published("cohorts.0.instructor", "gone"),
    lambda files: files.published.pop("first_day") if files.published else None,
    changed("requirements", 4, "modules", "BLUE OSHA"),
    setting("holidays", "DE-BY"),
    setting("first_day", "2026-09-14"),
]


@pytest.mark.parametrize("change", LEGAL, ids=range(len(LEGAL)))
def test_strange_but_legal(change: Change, tmp_path: Path) -> None:
    assert warnings_after(change, tmp_path / "a") == ()


WARNINGS: list[tuple[Change, str]] = [
    (
        changed("apprentices", 4, "wanted", "BLUE"),
        "BLUE is wanted by A3, but MATH, which comes before it, is neither credited nor wanted, so it can never be "
        "seated. Add MATH to credits or wanted, or remove BLUE from wanted.",
    ),
    (
        all_of(added("modules", "EXTRA,Extra,8,2,16,45,180"), changed("apprentices", 4, "wanted", "MATH EXTRA")),
        "EXTRA is wanted by A3, but is not in program IMT, so it is never seated. Remove it from wanted, or add it to "
        "the program.",
    ),
    (
        changed("apprentices", 2, "credits", "MATH"),
        "A1 is pinned to K1, but does not need MATH, so no plan can keep the pin unless the cohort is frozen. Remove "
        "the pin, or correct wanted and credits.",
    ),
    (
        changed("apprentices", 2, "starts", "2027-01-01"),
        "The column starts is after the last day 2026-10-25 for A1, so they get no seat. Check it.",
    ),
    (
        changed("apprentices", 2, "due", "2026-01-01"),
        "The column due is before the first day 2026-09-14 for A1, so they get no seat. Check it.",
    ),
    (
        setting("frozen_until", dt.date(2027, 1, 1)),
        "frozen_until 2027-01-01 is after the last day 2026-10-25, so no new cohort can start. Choose an earlier date.",
    ),
    (
        changed("instructors", 3, "modules", "MATH"),
        "No instructor teaches OSHA, which somebody needs. Add it to the modules of one.",
    ),
    (
        changed("modules", 3, "features", "trainer lab"),
        "No room suits BLUE, which needs 2 seats, mode classroom and features trainer lab. Add a room, or "
        "correct the module.",
    ),
    (
        all_of(lambda files: files.add_column("modules", "day_max"), changed("modules", 4, "day_max", "29")),
        "day_max 29 of OSHA is below its shortest session of 30 minutes, so no cohort can meet. Raise it, or shorten "
        "the session.",
    ),
    (
        changed("sites", 4, "open_to", "own"),
        "Site COL is open to its own company only, but has none. Give its company, or open it.",
    ),
    (
        added("rotas", "Q,ACME,2026-09-14,ND,N 22:00-06:00; D 05:00-13:00"),
        "Rota Q: shift N ends at 06:00, after shift D of the next day begins. Correct the hours if nobody works both "
        "at once.",
    ),
    (
        lambda files: files.tables.update(patterns=files.tables["patterns"][:1]),
        "The table patterns has no rows, so patterns come from the shifts. Fill it to set others.",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), WARNINGS, ids=range(len(WARNINGS)))
def test_a_warning_names_its_ids(change: Change, sentence: str, tmp_path: Path) -> None:
    assert warnings_after(change, tmp_path / "a") == (sentence,)


@pytest.mark.parametrize(
    "change",
    [
        changed("apprentices", 3, "wanted", "BLUE"),  # MATH is credited.
        changed("apprentices", 2, "wanted", "BLUE MATH"),
        changed("apprentices", 2, "wanted", "BLUE"),  # Seated in the published plan, if that cohort is frozen.
    ],
)
def test_no_warning_if_the_earlier_module_can_be_done(change: Change, tmp_path: Path) -> None:
    warnings = warnings_after(all_of(change, changed("pins", 2, "cohort", "none")), tmp_path / "a")
    assert not any("comes before it" in warning for warning in warnings)


def test_no_warning_if_the_earlier_module_may_be_in_an_option_not_chosen(tmp_path: Path) -> None:
    """OSHA comes after BLUE; BLUE is only in option blue, and OSHA alone is wanted, so option osha is chosen."""
    change = all_of(changed("modules", 4, "after", "BLUE"), changed("apprentices", 4, "wanted", "OSHA"))
    assert warnings_after(change, tmp_path / "a") == ()


def test_many_people_are_named_by_number(tmp_path: Path) -> None:
    people = [added("apprentices", f"B{i},B,BOLT,L2,D2,IMT,,,BLUE,,30") for i in range(10)]
    (warning,) = warnings_after(all_of(*people), tmp_path / "a")
    assert "wanted by B0, B1, B2, B3, B4, B5, B6, B7 and 2 more, but MATH" in warning


def test_nothing_wanted_cannot_be_written(tmp_path: Path) -> None:
    scenario = read_scenario(Files().write_folder(tmp_path / "a")).scenario
    people = tuple(person.model_copy(update={"wanted": ()}) for person in scenario.apprentices)
    with pytest.raises(ValueError, match=r"Apprentice A1 wants no module, which a table cannot say\. Leave"):
        write_scenario(scenario.model_copy(update={"apprentices": people}), tmp_path / "b")
    assert not (tmp_path / "b").exists()
