"""Cases that are shown: hostile names and ids in calendars, pages, workbooks, CSV tables and on paper."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from dataclasses import replace

import openpyxl
from icalendar import Calendar

from benchmarks.fuzz import ground
from benchmarks.fuzz.draw import Draw
from benchmarks.fuzz.inputs import judged
from benchmarks.fuzz.verdicts import HarmError, Outcome, harmless_csv, harmless_feed, harmless_page
from lineside.models.checker import check
from lineside.models.mistakes import Findings, ScenarioMistakes
from lineside.models.plan import Plan, plan_json
from lineside.models.raw import RawScenario
from lineside.models.reading import result_of
from lineside.models.scenario import Scenario
from lineside.service.api.downloads import plan_tables, plan_workbook
from lineside.service.calendar_sheet import Card, sheet_pdf
from lineside.service.calendars import EventHistory, FeedKey, publish, render
from lineside.service.calendars.page import PageLinks, render_page
from lineside.service.cli_calendar import file_names

NOW = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
NAMED = ("companies", "sites", "modules", "apprentices", "instructors", "lines")
IDS = {"apprentices": ("apprentice", "A1"), "rooms": ("room", "ASPEN-R1"), "instructors": ("instructor", "KOWALSKI")}
LINKS = PageLinks("x.ics", "https://example.org/x.ics", "https://example.org/x")


def renamed(draw: Draw) -> tuple[RawScenario, Plan]:
    """Return the good scenario and its plan with hostile names, and sometimes a hostile id."""
    changed = {(draw.one_of(NAMED), draw.number(4), "name"): draw.text() for _ in range(1 + draw.number(5))}
    plan = ground.plan()
    if not draw.number(3):
        table = draw.one_of(sorted(IDS))
        column, old = IDS[table]
        new = draw.line()
        number = [row[0] for row in ground.raw().tables[table].rows].index(old)
        changed[table, number, column] = new
        quoted = json.dumps(new, ensure_ascii=False)
        plan = Plan.model_validate_json(ground.plan_text().replace(f'"{old}"', quoted))
    texts = ground.with_cells(changed)
    if not draw.number(4):
        texts = replace(texts, settings={**texts.settings, "name": draw.text()})
    return texts, plan


def names(draw: Draw) -> Outcome:
    """Publish a plan with hostile names; look at calendars, pages, files' names, CSV tables and the workbook."""
    texts, plan = renamed(draw)
    try:
        scenario = result_of(texts, Findings()).scenario
    except ScenarioMistakes:
        return judged(texts, Findings())
    plan = plan.model_copy(update={"scenario": scenario.settings.name})
    faults = check(scenario, plan).faults
    if faults:
        raise HarmError(f"Another name made another plan: {faults[0]}")
    look_at_calendars(draw, scenario, plan)
    if not draw.number(8):
        look_at_files(scenario, plan)
    if not draw.number(40):
        look_at_paper(scenario)
    return "taken"


def look_at_calendars(draw: Draw, scenario: Scenario, plan: Plan) -> None:
    """Render one calendar of each kind."""
    history = publish(scenario, plan, EventHistory("region"), NOW)
    paths = list(file_names(history.feeds).values())
    if len({path.casefold() for path in paths}) < len(paths):
        raise HarmError("Two calendars have one file.")
    for path in paths:
        if path.count("/") > 1 or ".." in path.split("/") or "\\" in path or "\0" in path:
            raise HarmError(f"A calendar's file would lie elsewhere: {path!r}")
    by_kind: dict[str, list[FeedKey]] = {}
    for key in history.feeds:
        by_kind.setdefault(key.kind, []).append(key)
    for keys in by_kind.values():
        feed = history.feeds[draw.one_of(keys)]
        body = render(feed, NOW, dt.timedelta(minutes=30)).body
        harmless_feed(body, max(1, len(feed.shown(NOW))))
        Calendar.from_ical(body)
        harmless_page(render_page(feed, NOW, LINKS))


def look_at_files(scenario: Scenario, plan: Plan) -> None:
    """Write workbook and CSV tables, and read them again."""
    book = openpyxl.load_workbook(io.BytesIO(plan_workbook(scenario, plan, 1)))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" or cell.hyperlink is not None:
                    raise HarmError(f"A formula or a link in a workbook: {str(cell.value)[:60]!r}")
    with zipfile.ZipFile(io.BytesIO(plan_tables(plan))) as archive:
        for name in archive.namelist():
            harmless_csv(csv.reader(io.StringIO(archive.read(name).decode("utf-8"), newline="")))
    if Plan.model_validate_json(plan_json(plan)) != plan:
        raise HarmError("A plan is another one when it is written and read again.")


def look_at_paper(scenario: Scenario) -> None:
    """Print a sheet of codes."""
    cards = [
        Card(scenario.companies[0].name, row.name, row.apprentice, "https://x.example/c")
        for row in scenario.apprentices[:3]
    ]
    if not sheet_pdf(cards, NOW.date()).startswith(b"%PDF"):
        raise HarmError("The sheet is no PDF.")
