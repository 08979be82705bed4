from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lineside.models.reading import ScenarioMistakes, convert, read_scenario
from tests.models.good_scenario import Files

Spoil = Callable[[Files], tuple[str, int, str]]
"""Plants a mistake and returns the sheet, row and column that the message must name."""


def cell(table: str, row: int, column: str, text: str) -> Spoil:
    def spoil(files: Files) -> tuple[str, int, str]:
        files.set(table, row, column, text)
        return table, row, column

    return spoil


def row(table: str, text: str, column: str) -> Spoil:
    def spoil(files: Files) -> tuple[str, int, str]:
        files.add(table, text)
        return table, len(files.tables[table]), column

    return spoil


def setting(place: str, value: object, number: int) -> Spoil:
    def spoil(files: Files) -> tuple[str, int, str]:
        section, _, key = place.rpartition(".")
        (files.settings[section] if section else files.settings)[key] = value
        return "scenario", number, place

    return spoil


def circle(files: Files) -> tuple[str, int, str]:
    files.add("modules", "X1,First,8,2,20,30,180,,,X2")
    files.add("modules", "X2,Second,8,2,20,30,180,,,X1")
    return "modules", len(files.tables["modules"]) - 1, "after"


def unknown_column(files: Files) -> tuple[str, int, str]:
    files.add_column("instructors", "colour")
    return "instructors", 1, "colour"


def site_without_place(files: Files) -> tuple[str, int, str]:
    files.add("sites", "NOWHERE,Somewhere,hall,,all")
    files.add("rooms", "R9,NOWHERE,10,,Mon 08:00-12:00")
    return "sites", len(files.tables["sites"]), "zip"


PLANTED: list[tuple[Spoil, str]] = [
    (setting("first_day", "2026-09-15", 3), "2026-09-15 is a Tuesday. Write a Monday, such as 2026-09-14."),
    (setting("timezone", "America/Chicagoo", 2), "is no IANA time zone. Write one such as America/Chicago."),
    (setting("holidays", "US-XX", 5), "'US-XX' is no code of the holidays library. Write a country"),
    (setting("prices.changes", 30, 8), "'changes' is no key of prices. Rename it change, or remove it."),
    (setting("prices.dollar", -1, 7), "'-1' is no valid number. Write a number, 0 or more."),
    (row("companies", "C3,C,dinner,60", "sessions"), "'dinner' is no valid list of words. Write one or more of"),
    (row("companies", "ACME,Twin,lunch,60", "company"), "'ACME' stands in row 2 as well. Give each row its own"),
    (row("companies", "all,All,lunch,60", "company"), "'all' is no valid id. Write an id without spaces"),
    (row("sites", "S5,S,factory,,all,53202", "kind"), "'factory' is no valid word. Write one of plant,"),
    (row("sites", "S6,S,hall,,ZETA,53202", "open_to"), "'ZETA' is no company of the table companies. Correct"),
    (row("sites", "S7,S,hall,,all ACME,53202", "open_to"), "'all' stands beside other words. Write it alone"),
    (row("sites", "S8,S,hall,,all,532", "zip"), "'532' is no valid zip code. Write a five-digit zip code."),
    (row("sites", "S9,S,hall,,all,,91,-87", "latitude"), "'91' is no valid coordinate. Write degrees from -90 to 90."),
    (site_without_place, "Site NOWHERE has no coordinates and no zip code, and the travel table lacks it with P1, COL"),
    (row("rooms", "R5,P7,10,,Mon 08:00-12:00", "site"), "'P7' is no site of the table sites. Correct the id"),
    (row("rooms", "R6,P1,10,,Mon-Fri 7-21", "hours"), "'Mon-Fri 7-21' is no valid set of days and hours."),
    (row("rooms", "R7,P1,0,,Mon 08:00-12:00", "seats"), "'0' is no valid count. Write a whole number, 1 or more."),
    (row("lines", "L9,COL,Nobody's", "site"), "Site COL has no company, so the line has none. Give its company"),
    (row("rotas", "Q1,ACME,2026-09-14,DDX,D 06:00-14:00", "cycle"), "Letter 'X' has no hours. Add its hours"),
    (row("rotas", "Q2,ACME,2026-09-14,D,D 06:00-14:00; D 7:00-15:00", "hours"), "Letter D has hours twice. Keep"),
    (
        row("rotas", "Q3,ACME,2026-09-14,D,D 06:00-14:00,D 13:45-14:15", "meals"),
        "is not inside the shift 06:00-14:00. ",
    ),
    (row("crews", "L1,D1,10,8,1", "line, rota"), "'L1, D1' stands in row 2 as well. Give each row its own"),
    (row("crews", "L1,D2,10,8,1", "rota"), "Rota D2 is of company BOLT, line L1 of company ACME. Write a rota of"),
    (cell("crews", 4, "minimum", "9"), "minimum 9 is above headcount 8. Correct one of the two numbers."),
    (row("modules", "M5,Odd,0.33,2,20,30,180", "hours"), "0.33 hours are no whole number of minutes. Write hours"),
    (row("modules", "M6,Few,8,20,2,30,180", "seats_min"), "seats_min 20 is above seats_max 2. Correct one of"),
    (circle, "The modules wait for each other: X1 after X2 after X1. Remove one of them"),
    (row("requirements", "OTHER,a=b,std,MATH", "requirement"), "'a=b' holds an =, which joins requirement and option."),
    (row("requirements", "IMT,maths,std,MATH", "modules"), "MATH stands in requirement math of program IMT as well."),
    (unknown_column, "'colour' is no column of instructors. Remove it."),
    (cell("instructors", 3, "week_minutes", ""), "The cell is empty. Write whole minutes, 0 or more."),
    (row("patterns", "W3,Mun,15:00,60,all", "days"), "'Mun' is no valid list of days. Write day names or ranges"),
    (row("patterns", "W4,Mon,25:00,60,all", "start"), "'25:00' is no valid clock time. Write a clock time as HH:MM"),
    (row("apprentices", "A5,E,ACME,L1,N2,IMT,,,,,30", "rota"), "Rota N2 is of company BOLT, the apprentice of ACME."),
    (row("apprentices", "A6,F,BOLT,L2,D2,IMT,,tech=red,,,30", "options"), "'red' is no option of requirement tech."),
    (row("apprentices", "A7,G,BOLT,L2,D2,IMT,,,,,q", "travel_max"), "'q' is no valid number of minutes. Write whole"),
    (row("apprentices", "A8,H,BOLT,L2,D2,IMT,,,,,30,,2026-10-02,2026-10-01", "due"), "is before starts 2026-10-02. "),
    (row("closures", "plant:P1,2026-10-01,2026-10-02,closed", "scope"), "'plant:P1' is no scope. Write all, site:ID"),
    (row("travel", "COL,P1,13", "minutes"), "The pair has 12 minutes in row 2; minutes hold both ways. Keep one"),
    (row("pins", "A2,BLUE,K7", "cohort"), "'K7' is no cohort of the published plan. Write the id of one, or none."),
]


def test_forty_planted_mistakes_give_forty_messages(tmp_path: Path) -> None:
    files = Files()
    expected = sorted((*spoil(files), text) for spoil, text in PLANTED)
    path = tmp_path / "bad.xlsx"
    files.workbook().save(path)
    with pytest.raises(ScenarioMistakes) as caught:
        read_scenario(path)
    found = sorted((m.table, m.row, m.column, m.message) for m in caught.value.mistakes)
    assert [place[:3] for place in found] == [place[:3] for place in expected]
    for (*_, message), (*_, text) in zip(found, expected, strict=True):
        assert text in message
    assert len(expected) == len(set(expected)) == 40


def test_nothing_is_written_when_there_are_mistakes(tmp_path: Path) -> None:
    files = Files()
    PLANTED[0][0](files)
    files.workbook().save(tmp_path / "bad.xlsx")
    with pytest.raises(ScenarioMistakes):
        convert(tmp_path / "bad.xlsx", tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.xlsx"]


@pytest.mark.parametrize(("spoil", "text"), PLANTED, ids=range(len(PLANTED)))
def test_each_mistake_alone_is_the_only_message(spoil: Spoil, text: str, tmp_path: Path) -> None:
    files = Files()
    table, number, column = spoil(files)
    files.workbook().save(tmp_path / "bad.xlsx")
    with pytest.raises(ScenarioMistakes) as caught:
        read_scenario(tmp_path / "bad.xlsx")
    (mistake,) = caught.value.mistakes
    assert mistake.sentence.startswith(f"{table} row {number}, {column}: ")
    assert text in mistake.message
    # Two sentences: the fact, then what to do.
    assert mistake.message.endswith(".")
    assert mistake.message.count(". ") >= 1
