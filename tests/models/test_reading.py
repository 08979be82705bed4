from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from lineside.models.folder import read_folder
from lineside.models.mistakes import Findings
from lineside.models.raw import RawScenario
from lineside.models.reading import ScenarioMistakes, convert, read_scenario, write_scenario
from tests.models.good_scenario import BUNDLED, SHARED_REGIONS, Files

SMALL_REGIONS = sorted(path for path in SHARED_REGIONS.glob("[sml]-*") if path.is_dir())
SCENARIOS = [*SMALL_REGIONS, *sorted(path.parent for path in BUNDLED.glob("*/scenario.toml"))]


def raw_folder(folder: Path) -> RawScenario:
    findings = Findings()
    raw = read_folder(folder, findings)
    assert not findings.mistakes
    return raw


def mistakes_of(path: Path) -> list[str]:
    with pytest.raises(ScenarioMistakes) as caught:
        read_scenario(path)
    return [mistake.sentence for mistake in caught.value.mistakes]


def test_shared_regions_are_there() -> None:
    assert len(SMALL_REGIONS) == 9
    assert len(SCENARIOS) > 9


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda path: path.name)
def test_folder_to_workbook_to_folder_is_identical(folder: Path, tmp_path: Path) -> None:
    convert(folder, tmp_path / "a.xlsx")
    convert(tmp_path / "a.xlsx", tmp_path / "b")
    before, after = raw_folder(folder), raw_folder(tmp_path / "b")
    assert before.holds_the_same(after)
    assert list(before.tables) == list(after.tables)
    assert [type(value) for value in before.settings.values()] == [type(value) for value in after.settings.values()]
    assert read_scenario(tmp_path / "a.xlsx").scenario == read_scenario(folder).scenario


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda path: path.name)
@pytest.mark.parametrize("name", ["again.xlsx", "again"])
def test_a_scenario_in_memory_comes_back_equal(folder: Path, name: str, tmp_path: Path) -> None:
    scenario = read_scenario(folder).scenario
    write_scenario(scenario, tmp_path / name)
    assert read_scenario(tmp_path / name).scenario == scenario


def test_the_largest_region_reads_quickly() -> None:
    start = time.perf_counter()
    result = read_scenario(SHARED_REGIONS / "xl-plain-31")
    assert len(result.scenario.apprentices) == 50_000
    assert time.perf_counter() - start < 20


ODD_IDS = ["NA", "007", "1e3", "TRUE", "=1+1", "#3", "-5", "+1", '"q""t"', "x,y", "Øst.李", "#REF!", "#N/A", "_x0041_"]


@pytest.mark.parametrize("name", ["a.xlsx", "a"])
def test_odd_ids_stay_ids(name: str, tmp_path: Path) -> None:
    files = Files()
    for odd in ODD_IDS:
        files.tables["apprentices"].append([odd, odd, "ACME", "L1", "D1", "IMT", *[""] * 4, "042", *[""] * 3])
    convert(files.write_folder(tmp_path / "odd"), tmp_path / name)
    people = read_scenario(tmp_path / name).scenario.apprentices
    assert [person.apprentice for person in people[4:]] == ODD_IDS
    assert [person.name for person in people[4:]] == ODD_IDS
    assert {person.travel_max for person in people[4:]} == {42}


def test_texts_come_back_exactly(tmp_path: Path) -> None:
    files = Files()
    files.set("apprentices", 2, "travel_max", "042")
    files.set("apprentices", 3, "name", '  Ben\n\tsays "hi"  ')
    files.set("rotas", 2, "anchor", "1899-12-31")
    files.set("rooms", 3, "dollars_per_hour", "42.50")
    files.set("travel", 2, "minutes", "12.0")
    files.tables["closures"] = files.tables["closures"][:1]
    del files.tables["patterns"]
    files.settings["prices"] = {"dollar": 0.1 + 0.2, "change": 60.0, "travel_minute": 1e-05}
    files.settings["frozen_until"] = "2026-09-21"
    files.settings["rules"] = {"keep_day_off": False}
    folder = files.write_folder(tmp_path / "a")
    convert(folder, tmp_path / "a.xlsx")
    convert(tmp_path / "a.xlsx", tmp_path / "b")
    before, after = raw_folder(folder), raw_folder(tmp_path / "b")
    assert before.holds_the_same(after)
    assert repr(before.settings) == repr(after.settings)
    assert after.tables["closures"].rows == ()
    assert "patterns" not in after.tables


def test_a_long_published_plan_is_carried(tmp_path: Path) -> None:
    files = Files()
    assert files.published is not None
    files.published["unseated"] = [
        {"apprentice": f"gone-{i}", "module": "MATH", "reason": ' 李_x0041_\u2028 \\ "  '} for i in range(2000)
    ]
    folder = files.write_folder(tmp_path / "a")
    convert(folder, tmp_path / "a.xlsx")
    convert(tmp_path / "a.xlsx", tmp_path / "b")
    assert raw_folder(folder).holds_the_same(raw_folder(tmp_path / "b"))


def test_what_a_workbook_cannot_hold_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    files = Files()
    files.set("apprentices", 2, "name", "odd\uffff")
    folder = files.write_folder(tmp_path / "a")
    with pytest.raises(ValueError, match="cannot hold apprentices row 2"):
        convert(folder, tmp_path / "a.xlsx")
    files.set("apprentices", 2, "name", "x" * 32_768)
    shutil.rmtree(folder)
    with pytest.raises(ValueError, match="apprentices row 2 has a cell of 32,768 characters"):
        convert(files.write_folder(tmp_path / "a"), tmp_path / "a.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_an_existing_target_is_left_alone(tmp_path: Path) -> None:
    folder = Files().write_folder(tmp_path / "a")
    (tmp_path / "b.xlsx").write_text("mine")
    with pytest.raises(FileExistsError, match=r"b\.xlsx exists already\. Choose another name"):
        convert(folder, tmp_path / "b.xlsx")
    with pytest.raises(FileExistsError, match="Choose another name"):
        convert(folder, folder)
    assert (tmp_path / "b.xlsx").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    convert(folder, tmp_path / "empty")
    assert read_scenario(tmp_path / "empty").scenario == read_scenario(folder).scenario


def test_the_good_scenario_has_no_warning(tmp_path: Path) -> None:
    assert read_scenario(Files().write_folder(tmp_path / "a")).warnings == ()


def test_paths_that_are_no_scenario(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "old.xlsx").write_bytes(b"no zip")
    (tmp_path / "empty").mkdir()
    assert "does not exist. Give a scenario's folder or workbook." in mistakes_of(tmp_path / "none")[0]
    assert "notes.txt is neither a folder nor a workbook" in mistakes_of(tmp_path / "notes.txt")[0]
    assert "old.xlsx cannot be read as an Excel workbook" in mistakes_of(tmp_path / "old.xlsx")[0]
    assert len(mistakes_of(tmp_path / "empty")) == 1 + 10


def test_files_that_cannot_be_understood(tmp_path: Path) -> None:
    folder = Files().write_folder(tmp_path / "a")
    (folder / "scenario.toml").write_text('name = "A\nweeks = 3')
    (folder / "companies.csv").write_bytes(b"company,name\nA,caf\xe9\n")
    (folder / "sites.csv").write_text("site;name;kind\nA;B;plant\n")
    (folder / "rooms.csv").write_text('room,site\nR1,"P1\n')
    (folder / "lines.csv").write_text("")
    (folder / "published.json").write_text('{"cohorts": [')
    found = mistakes_of(folder)
    assert found[0].startswith("scenario: scenario.toml is not written in TOML: ")
    assert "at line 1" in found[0]
    assert found[1].startswith("companies row 2: Line 2 is not written in UTF-8. Save the file as UTF-8")
    assert found[2].startswith("sites row 1: The columns are separated by semicolons")
    assert found[3].startswith("rooms row 2: The file is not written in CSV: unexpected end of data. ")
    assert found[4] == "lines: The table lines is missing or empty. Add it with its header."
    assert found[5].startswith("published: Invalid JSON: EOF")
    assert len(found) == 6


def test_rows_of_the_wrong_length(tmp_path: Path) -> None:
    folder = Files().write_folder(tmp_path / "a")
    (folder / "crews.csv").write_text("line,rota,headcount,minimum,\nL1,D1,10,8\nL2,D2,9\n\nL2,N2,8,6,,7\n")
    assert mistakes_of(folder) == [
        "crews row 3: The row has 3 cells, the header has 4. Give the row as many cells as the header.",
        "crews row 3, minimum: The cell is empty. Write a whole number, 0 or more.",
        "crews row 5: '7' stands in column 6, which has no name. Name the column or remove the cell.",
    ]


def test_byte_order_mark_blanks_and_capitals_are_no_mistakes(tmp_path: Path) -> None:
    folder = Files().write_folder(tmp_path / "a")
    plain = read_scenario(folder).scenario
    text = (folder / "crews.csv").read_text().replace("line,rota", " Line , ROTA").replace("L1,D1", " L1 , D1 ")
    (folder / "crews.csv").write_text("\ufeff\n" + text + ",,,,\n", encoding="utf-8")
    assert read_scenario(folder).scenario == plain


def test_other_files_are_named_in_a_warning(tmp_path: Path) -> None:
    folder = Files().write_folder(tmp_path / "a")
    (folder / "closure.csv").write_text("scope\n")
    (folder / "notes.csv").write_text("a\n")
    (folder / "README.md").write_text("hello")
    assert read_scenario(folder).warnings == (
        "closure.csv is no table of a scenario and was not read. Rename it closures.csv, or remove it.",
        "notes.csv is no table of a scenario and was not read. Remove it.",
    )


def test_two_files_of_one_table(tmp_path: Path) -> None:
    folder = Files().write_folder(tmp_path / "a")
    (folder / "Crews.csv").write_text((folder / "crews.csv").read_text())
    assert mistakes_of(folder) == ["crews: crews.csv and Crews.csv are the same table. Keep one of them."]


def test_a_file_that_is_too_large_or_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Files().write_folder(tmp_path / "a")
    (folder / "closures.csv").unlink()
    (folder / "closures.csv").mkdir()
    assert mistakes_of(folder) == [
        "closures: closures.csv cannot be read (Is a directory). Check the file and its permissions."
    ]
    (folder / "closures.csv").rmdir()
    monkeypatch.setattr("lineside.models.folder.MAX_FILE_BYTES", 2**20)
    with (folder / "travel.csv").open("a") as file:
        file.write(",,\n" * 2**19)
    assert mistakes_of(folder) == ["travel: travel.csv is larger than 1 MB. Split the scenario."]


def test_an_empty_toml_file_lacks_every_required_key(tmp_path: Path) -> None:
    folder = Files().write_folder(tmp_path / "a")
    (folder / "scenario.toml").write_text("")
    assert [sentence.split(".")[0] for sentence in mistakes_of(folder)] == [
        f"scenario, {key}: The key is missing" for key in ("name", "timezone", "first_day", "weeks")
    ]


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Files().write_folder(tmp_path / "a")

    def full(settings: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lineside.models.folder.toml_text", full)
    with pytest.raises(OSError, match="No space left"):
        convert(folder, tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
