"""The page Region in a browser: bring tables in, edit them in place, save, and look at what they mean."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from lineside.models.folder import read_folder
from lineside.models.mistakes import Findings
from lineside.models.raw import RawScenario
from lineside.models.tables import TABLES
from lineside.models.workbook_writing import write_workbook
from tests.ui.browsing import Visits, accessible, bring_in, choose, download, fill, message, picture, settled, sign_in
from tests.ui.grid import Editor, Grid
from tests.ui.place import BUNDLED, Place, first_key, pages_for, service

REGIONS = Path(__file__).parents[2] / "../shared/regions"


def status(page: Page, *words: str) -> None:
    """Wait until the page says how far the draft is."""
    for word in words:
        expect(page.get_by_text(re.compile(r"^Revision \d+ · "))).to_contain_text(word)


def show_part(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click()
    settled(page)


def show_table(page: Page, name: str) -> Editor:
    page.get_by_role("radio", name=re.compile(f"^{name} ")).click()
    editor = Editor(page, name)
    expect(editor.frame).to_be_visible()
    settled(page)
    return editor


@pytest.fixture
def opened(visits: Visits, place: Place, request: pytest.FixtureRequest) -> tuple[Page, str]:
    """Open a scenario of the test's own, and return the page and its id."""
    scenario = place.new_scenario(request.node.name)
    page = visits.open("planner", f"/region?scenario={scenario}")
    expect(page.get_by_role("heading", name=f"Scenario: {request.node.name}")).to_be_visible()
    return page, scenario


def wrong_workbook(path: Path) -> RawScenario:
    """Write the workbook of two plants with mistakes of five kinds, and return its texts."""
    raw = read_folder(BUNDLED / "two_plants", Findings())
    tables = dict(raw.tables)
    for table, row, column, text in (
        ("crews", 2, "headcount", "many"),
        ("apprentices", 4, "line", "NOWHERE"),
        ("rotas", 2, "anchor", "next Monday"),
        ("apprentices", 3, "name", ""),
    ):
        rows = [list(cells) for cells in tables[table].rows]
        rows[row - 2][tables[table].header.index(column)] = text
        tables[table] = replace(tables[table], rows=tuple(map(tuple, rows)))
    wrong = replace(raw, settings={**raw.settings, "name": "With mistakes"}, tables=tables)
    write_workbook(wrong, path)
    book = load_workbook(path)
    sites = book["sites"]
    for row in range(1, sites.max_row + 1):
        sites.cell(row, sites.max_column + (row == 1), "parking" if row == 1 else "yes")
    book.save(path)
    return raw


def test_a_workbook_with_mistakes_is_uploaded_and_mended(visits: Visits, place: Place, tmp_path: Path) -> None:
    wrong_workbook(tmp_path / "wrong.xlsx")
    before = {row["id"] for row in place.ask("GET", "/scenarios")}  # of an earlier try of this test, too
    page = visits.open("planner", "/region")
    page.get_by_text("Start a new scenario").click()
    bring_in(page, tmp_path / "wrong.xlsx")
    expect(page.get_by_role("heading", name="Scenario: With mistakes")).to_be_visible()
    expect(message(page, "With mistakes is there. Mend 5 mistakes to solve it.")).to_be_visible()
    status(page, "5 mistakes: it cannot be solved")
    mistakes = Grid(page, "Mistakes with table")
    expect(mistakes.cell(5, 1)).to_have_text("'parking' is no column of sites. Remove it.")
    accessible(page)
    page.get_by_role("button", name="Remove the column parking").click()
    status(page, "4 mistakes")
    expect(mistakes.cell(5, 1)).to_have_text(re.compile("'next Monday' is no valid date. Write a date"))
    # A click goes to the mistake's table, where it stands beside the row.
    mistakes.select(1)
    expect(message(page, "Row 2, anchor: 'next Monday' is no valid date.")).to_be_visible()
    rotas = Editor(page, "rotas")
    expect(rotas.at(2, "what is wrong")).to_have_text(re.compile("^⚠ anchor: 'next Monday' is no valid date."))
    picture(page, "region-mistakes", 1300)
    rotas.type(2, "anchor", "2026-09-14")
    expect(rotas.at(2, "what is wrong")).to_have_text("")
    status(page, "3 mistakes")
    show_table(page, "crews").type(2, "headcount", "12")
    status(page, "2 mistakes")
    apprentices = show_table(page, "apprentices")
    apprentices.type(3, "name", "Dana Reyes")
    status(page, "1 mistake:")
    apprentices.pick(4, "line", "ASPEN-L1")
    status(page, "no mistakes")
    page.get_by_role("button", name="Save", exact=True).click()
    status(page, "Revision 2", "all saved", "no mistakes")
    (made,) = [row for row in place.ask("GET", "/scenarios") if row["id"] not in before]
    assert made["name"] == "With mistakes"
    assert place.ask("GET", f"/scenarios/{made['id']}")["mistakes"] == []


def test_a_file_that_is_no_scenario_is_told(visits: Visits) -> None:
    page = visits.open("planner", "/region")
    page.get_by_text("Start a new scenario").click()
    bring_in(page, {"name": "notes.xlsx", "mimeType": "application/octet-stream", "buffer": b"nonsense"})
    expect(page.get_by_role("alert")).to_contain_text("neither a workbook")


def test_a_bundled_scenario_and_a_template_are_there_to_start_from(visits: Visits, place: Place) -> None:
    before = len(place.ask("GET", "/scenarios"))
    page = visits.open("planner", "/region")
    page.get_by_text("Start a new scenario").click()
    expect(page.get_by_text("A scenario small enough to solve on paper.")).to_be_visible()
    name, book = download(page, lambda: page.get_by_role("button", name="Template workbook").click())
    assert name == "template.xlsx"
    assert set(TABLES) <= set(load_workbook(io.BytesIO(book), read_only=True).sheetnames)
    page.get_by_role("button", name="Start from it").click()
    expect(page.get_by_text("Two plants is there: no mistakes.")).to_be_visible()
    assert len(place.ask("GET", "/scenarios")) == before + 1


def test_cells_are_edited_undone_and_saved(opened: tuple[Page, str], place: Place) -> None:
    page, scenario = opened
    companies = show_table(page, "companies")
    companies.type(2, "name", "Aspen & Sons [*]")
    status(page, "changed and not saved: companies")
    companies.type(3, "release_minutes", "45")
    expect(companies.at(3, "release_minutes")).to_have_text("45")
    page.get_by_role("button", name="Undo").click()
    expect(companies.at(3, "release_minutes")).to_have_text("130")
    settled(page)
    page.get_by_role("button", name="Undo").click()
    status(page, "all saved", "no mistakes")
    expect(companies.at(2, "name")).to_have_text("Aspen Ridge Packaging")
    page.get_by_role("button", name="Redo").click()
    expect(companies.at(2, "name")).to_have_text("Aspen & Sons [*]")
    crews = show_table(page, "crews")
    crews.type(2, "relief", "2")
    status(page, "changed and not saved: companies, crews")
    picture(page, "region-tables", 1200)
    page.get_by_role("button", name="Save", exact=True).click()
    status(page, "Revision 3", "all saved")
    tables = place.ask("GET", f"/scenarios/{scenario}")["tables"]
    assert tables["companies"]["rows"][0][1] == "Aspen & Sons [*]"
    assert tables["companies"]["rows"][1][3] == "130"
    assert tables["crews"]["rows"][0][4] == "2"
    assert place.ask("GET", f"/scenarios/{scenario}/revisions")[0]["note"] == "tables companies, crews edited"


def test_rows_are_added_at_the_end_and_taken_out(opened: tuple[Page, str], place: Place) -> None:
    page, scenario = opened
    companies = show_table(page, "companies")
    companies.type(4, "company", "CEDAR")
    expect(companies.at(4, "what is wrong")).to_have_text(re.compile("^⚠ name: The cell is empty."))
    status(page, "3 mistakes")
    companies.type(4, "name", "Cedar Falls")
    companies.pick(4, "sessions", "off")
    companies.type(4, "release_minutes", "0")
    status(page, "no mistakes")
    companies.mark(4)
    page.get_by_role("button", name="Remove 1 marked row").click()
    status(page, "all saved")
    expect(companies.at(4, "company")).to_have_text("")
    page.get_by_role("button", name="Undo").click()
    expect(companies.at(4, "company")).to_have_text("CEDAR")
    page.get_by_role("button", name="Save", exact=True).click()
    status(page, "Revision 3")
    saved = place.ask("GET", f"/scenarios/{scenario}")["tables"]["companies"]["rows"]
    assert [row[:4] for row in saved][2] == ["CEDAR", "Cedar Falls", "off", "0"] and len(saved) == 3


def test_settings_are_edited_and_told_when_they_are_wrong(opened: tuple[Page, str], place: Place) -> None:
    page, scenario = opened
    show_part(page, "Settings")
    fill(page, "Public holidays of", "US-XX")
    status(page, "1 mistake:")
    expect(Grid(page, "Mistakes in the settings").cell(2, 1)).to_contain_text("no code of the holidays library")
    fill(page, "Public holidays of", "US-WI")
    status(page, "no mistakes")
    fill(page, "Weeks", "5")
    accessible(page)
    picture(page, "region-settings")
    page.get_by_role("button", name="Save", exact=True).click()
    status(page, "Revision 3")
    settings = place.ask("GET", f"/scenarios/{scenario}")["settings"]
    assert (settings["holidays"], settings["weeks"]) == ("US-WI", 5) and "frozen_until" not in settings


def save_elsewhere(place: Place, scenario: str, table: str, change: Callable[[list[list[str]]], None]) -> None:
    """Save a table as another planner does."""
    key = place.ask("POST", "/keys", json={"role": "planner", "label": "Robin at the college"})["key"]
    body = place.ask("GET", f"/scenarios/{scenario}")["tables"][table]
    change(body["rows"])
    tables = {"tables": {table: body}}
    path = f"/scenarios/{scenario}/revisions"
    place.ask("POST", path, key, json=tables, headers={"If-Match": "*"})


def test_two_planners_who_save_the_same_table_lose_nothing(
    opened: tuple[Page, str], visits: Visits, place: Place
) -> None:
    page, scenario = opened
    companies = show_table(page, "companies")
    companies.type(2, "name", "Mine")
    status(page, "changed and not saved: companies")
    other = visits.open(None, f"/region?scenario={scenario}&table=companies")
    sign_in(other, place.ask("POST", "/keys", json={"role": "planner", "label": "Robin at the college"})["key"])
    Editor(other, "companies").type(2, "name", "Theirs")
    status(other, "changed and not saved: companies")
    other.get_by_role("button", name="Save", exact=True).click()
    status(other, "Revision 3", "all saved")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("You change revision 2, and revision 3 was saved meanwhile.")
    expect(
        page.get_by_text(re.compile("^Revision 3 by Robin at the college, .*: table companies edited"))
    ).to_be_visible()
    expect(page.get_by_text("What they changed – companies: 1 row changed.")).to_be_visible()
    expect(page.get_by_text("Both changed companies, so yours cannot be put on top of theirs.")).to_be_visible()
    accessible(page)
    picture(page, "region-two-planners", 1200)
    page.get_by_role("button", name="Save mine as a copy").click()
    expect(page.get_by_role("heading", name=re.compile(r"\(my version\)"))).to_be_visible()
    names = {
        row["name"]: place.ask("GET", f"/scenarios/{row['id']}")["tables"]["companies"]["rows"][0][1]
        for row in place.ask("GET", "/scenarios")
        if row["name"].startswith("test_two_planners_who_save_the_same_table")
    }
    assert sorted(names.values()) == ["Mine", "Theirs"]


def test_two_planners_who_save_different_tables_keep_both(opened: tuple[Page, str], place: Place) -> None:
    page, scenario = opened
    companies = show_table(page, "companies")
    companies.type(2, "name", "Mine")
    status(page, "changed and not saved: companies")

    def theirs(rows: list[list[str]]) -> None:
        rows[0][2] = "30"

    save_elsewhere(place, scenario, "crews", theirs)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Put mine on top of theirs").click()
    status(page, "Revision 4", "all saved")
    tables = place.ask("GET", f"/scenarios/{scenario}")["tables"]
    assert tables["companies"]["rows"][0][1] == "Mine" and tables["crews"]["rows"][0][2] == "30"


def test_an_older_revision_can_be_read_and_taken_back(opened: tuple[Page, str], place: Place) -> None:
    page, scenario = opened

    def change(rows: list[list[str]]) -> None:
        rows[0][1] = "Newer"

    save_elsewhere(place, scenario, "companies", change)
    page.reload()
    status(page, "Revision 3")
    show_part(page, "Revisions")
    listed = Grid(page, "Revisions, the newest first")
    expect(listed.cell(3, 1)).to_have_text("Robin at the college")
    accessible(page)
    listed.select(2)
    expect(page.get_by_role("heading", name="Revision 2")).to_be_visible()
    expect(Grid(page, "Table companies as it was saved").cell(1, 1)).to_have_text("Aspen Ridge Packaging")
    page.get_by_role("button", name="Take these texts into the editor").click()
    status(page, "changed and not saved: companies")
    page.get_by_role("button", name="Save", exact=True).click()
    status(page, "Revision 4", "all saved")
    rows = place.ask("GET", f"/scenarios/{scenario}")["tables"]["companies"]["rows"]
    assert rows[0][1] == "Aspen Ridge Packaging"


def test_shifts_and_places_are_drawn_and_can_be_taken_away(visits: Visits, place: Place) -> None:
    scenario = place.new_scenario("test pictures", "milwaukee")
    page = visits.open("planner", f"/region?scenario={scenario}&part=Map")
    chart = page.locator('[role="graphics-document"][aria-label^="Map with north above: 9 plants"]')
    expect(chart.locator("svg")).to_be_visible()
    expect(chart).to_contain_text("20 km")
    expect(chart).not_to_contain_text("Whitlock")
    accessible(page)
    picture(page, "region-map", 1500)
    name, drawing = download(page, lambda: page.get_by_role("button", name="PNG", exact=True).click())
    assert name == "map.png" and drawing.startswith(b"\x89PNG")
    show_part(page, "Shifts")
    choose(page, "Company", "BADGER")
    shifts = page.locator('[role="graphics-document"][aria-label^="Shifts of rota BADGER-N"]')
    expect(shifts.locator("svg")).to_be_visible()
    expect(shifts).to_contain_text("week of Oct 5")
    expect(shifts).to_contain_text("N")
    accessible(page)
    picture(page, "region-shifts", 1900)
    # The clocks go back on 1 November 2026: the night shift before is an hour longer than the clock says.
    choose(page, "Company", "ROOTRV")
    page.get_by_role("group", name="Week of").get_by_role("spinbutton").first.click()
    page.keyboard.type("20261026", delay=60)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    told = "Oct 31, 2026: the clocks change in shift N; it lasts 780 minutes, 60 minutes more than the clock says."
    expect(page.get_by_text(told)).to_be_visible()
    expect(page.get_by_text("Not drawn, as no shift starts then: shutdown")).to_have_count(0)


def test_edits_outlive_a_lost_connection(visits: Visits, new_database: Callable[[], str]) -> None:
    database = new_database()
    with service(database) as (api, started), pages_for(api) as pages:
        key = first_key(started)
        visits.place = replace(visits.place, api=api, pages=pages, planner=key)
        scenario = visits.place.new_scenario("far away")
        page = visits.open("planner", f"/region?scenario={scenario}")
        companies = show_table(page, "companies")
        companies.type(2, "name", "Before")
        status(page, "changed and not saved: companies")
        started.terminate()
        started.wait(60)
        companies.type(2, "name", "While it was away")
        expect(page.get_by_role("alert")).to_contain_text("Lineside's service does not answer.")
        picture(page, "service-away")
        accessible(page)
        with service(database, port=int(api.rpartition(":")[2])):
            page.get_by_role("button", name="Try again").click()
            expect(page.get_by_role("alert")).to_have_count(0)
            status(page, "changed and not saved: companies", "no mistakes")
            page.get_by_role("button", name="Save", exact=True).click()
            status(page, "Revision 3", "all saved")
            rows = visits.place.ask("GET", f"/scenarios/{scenario}")["tables"]["companies"]["rows"]
            assert rows[0][1] == "While it was away"


def test_a_table_of_thousands_of_rows_is_shown_in_parts(visits: Visits, place: Place) -> None:
    region = REGIONS / "l-plain-21"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in region.iterdir():
            archive.write(path, path.name)
    files = {"file": ("large.zip", packed.getvalue())}
    scenario = place.ask("POST", "/scenarios/upload", files=files)["id"]
    page = visits.open("planner", f"/region?scenario={scenario}&table=apprentices")
    apprentices = Editor(page, "apprentices")
    expect(apprentices.at(2, "apprentice")).to_have_text("A00001")
    expect(page.get_by_role("combobox", name="Rows")).to_have_value("rows 2 to 401; the table has 5,000 rows")
    page.get_by_role("textbox", name="Find rows with").fill("A04321")
    page.get_by_role("textbox", name="Find rows with").press("Enter")
    expect(apprentices.at(2, "apprentice")).to_have_text("A04321")
    apprentices.type(2, "travel_max", "7")
    status(page, "changed and not saved: apprentices")
    page.get_by_role("button", name="Save", exact=True).click()
    status(page, "Revision 2", "all saved")
    table = place.ask("GET", f"/scenarios/{scenario}")["tables"]["apprentices"]
    (row,) = [row for row in table["rows"] if row[0] == "A04321"]
    assert row[table["columns"].index("travel_max")] == "7"
    assert place.ask("GET", f"/scenarios/{scenario}/changes")["tables"][0]["num_changed"] == 1
