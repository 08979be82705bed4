"""Cases that come in: cells, files of a folder, workbooks, archives, plans and edits."""

from __future__ import annotations

import io
import json
import stat
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from benchmarks.fuzz import ground
from benchmarks.fuzz.draw import Draw
from benchmarks.fuzz.verdicts import HarmError, Outcome, sentences
from lineside.models.checker import check
from lineside.models.mistakes import Findings, ScenarioMistakes
from lineside.models.plan import Plan
from lineside.models.raw import RawScenario
from lineside.models.reading import result_of, write_texts
from lineside.scenarios.edits import EditError, edit_from, edit_text, read_edit
from lineside.scenarios.variants import variant_of
from lineside.service.api.uploads import raw_from_upload
from lineside.service.problems import Problem

MOST_UNPACKED_BYTES = 8 * 2**20


def judged(texts: RawScenario, findings: Findings) -> Outcome:
    """Read texts as a scenario, and demand sentences if they are refused."""
    try:
        result_of(texts, findings)
    except ScenarioMistakes as found:
        sentences(mistake.sentence for mistake in found.mistakes)
        return "refused"
    return "taken"


def cells(draw: Draw) -> Outcome:
    """Replace some cells of some tables."""
    changed = {}
    for _ in range(1 + draw.number(3)):
        table, column = draw.one_of(ground.PLACES)
        changed[table, draw.number(3), column] = draw.text()
    return judged(ground.with_cells(changed), Findings())


@cache
def folder_files() -> dict[str, bytes]:
    """Return the files of the good scenario's folder, and of its plan."""
    with tempfile.TemporaryDirectory(prefix="lineside-") as name:
        folder = Path(name) / "region"
        write_texts(ground.raw(), folder)
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
    return {**files, "published.json": ground.plan_text().encode()}


def mutated(draw: Draw, data: bytes) -> bytes:
    """Return bytes with some of them replaced, taken out, doubled, or with a hostile text in between."""
    for _ in range(1 + draw.number(4)):
        start = draw.number(max(1, len(data)))
        end = min(len(data), start + draw.number(40))
        new = (
            draw.bytes(draw.number(8)),
            draw.text().encode("utf-8", "replace"),
            b"",
            data[start:end] * 2,
            draw.one_of((b'"', b",", b"\n", b"\r\n", b"[", b"{", b"\xff\xfe", b"\x00", b"= ", b"[[[[" * 400, b"'''")),
        )[draw.number(5)]
        data = data[:start] + new + data[end:]
    return data


def zipped(files: dict[str, bytes]) -> bytes:
    """Return files as a zipped folder."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def uploaded(data: bytes) -> Outcome:
    """Upload bytes as a scenario."""
    try:
        texts = raw_from_upload(io.BytesIO(data), MOST_UNPACKED_BYTES)
    except Problem as problem:
        sentences([problem.detail, *(mistake.sentence for mistake in problem.mistakes)])
        return "refused"
    return judged(texts, Findings())


def folders(draw: Draw) -> Outcome:
    """Change the bytes of one file of a zipped folder."""
    files = dict(folder_files())
    name = draw.one_of(sorted(files))
    files[name] = mutated(draw, files[name])
    return uploaded(zipped(files))


TRICKS = (
    "../../scenario.toml",
    "/etc/passwd",
    "C:\\rooms.csv",
    "..\\rooms.csv",
    "x/../../rooms.csv",
    "ROOMS.CSV",
    "rooms.csv\x00.exe",
    "a/b/c/rooms.csv",
    "__MACOSX/rooms.csv",
    "xl/workbook.xml",
    "scenario.toml/",
    ".",
    "",
)


def archives(draw: Draw) -> Outcome:
    """Zip a folder with tricks in the names, links, doubled files, false sizes and bombs."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in folder_files().items():
            if draw.number(8):
                archive.writestr(name, data)
        for _ in range(draw.number(4)):
            entry = zipfile.ZipInfo(draw.one_of(TRICKS) if draw.number(4) else draw.line())
            if not draw.number(3):
                entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            entry.compress_type = draw.one_of((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2))
            bomb = b"\0" * (2**20 * draw.number(12)) if not draw.number(6) else b"/etc/passwd"
            if entry.filename not in archive.namelist():  # the library warns, an attacker would not
                archive.writestr(entry, bomb)
    data = packed.getvalue()
    return uploaded(mutated(draw, data) if not draw.number(3) else data)


@cache
def workbook_parts() -> dict[str, bytes]:
    """Return the parts of the good scenario's workbook."""
    with tempfile.TemporaryDirectory(prefix="lineside-") as name:
        path = Path(name) / "region.xlsx"
        write_texts(ground.raw(), path)
        with zipfile.ZipFile(path) as archive:
            return {part: archive.read(part) for part in archive.namelist()}


EXTERNAL = (
    b'<Relationship Id="rIdX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" '
    b'Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
)


def workbooks(draw: Draw) -> Outcome:
    """Change parts of a workbook: bytes, links to elsewhere, macros, entities, cells far away, blank rows, bombs."""
    parts = dict(workbook_parts())
    sheet = draw.one_of(sorted(part for part in parts if part.startswith("xl/worksheets/")))
    kind = draw.number(10)
    if kind < 4:
        part = draw.one_of(sorted(parts))
        parts[part] = mutated(draw, parts[part])
    elif kind == 4:
        parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", EXTERNAL)
    elif kind == 5:
        parts["xl/vbaProject.bin"] = draw.bytes(64)
        parts["xl/media/image1.png"] = b"\x89PNG"
    elif kind == 6:
        entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        parts[sheet] = entity + parts[sheet].replace(b"<v>", b"<v>&b;", 1)
    elif kind == 7:
        place = draw.one_of((b"XFD1048576", b"A1048577", b"ZZZ9", b"A0", b"B20000", b"-1", b"A1A1", b""))
        cell = b'<row r="%d"><c r="%s" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
        parts[sheet] = parts[sheet].replace(b"</sheetData>", cell % (draw.number(2**21), place))
    elif kind == 8:
        rows = b"<row/>" * draw.number(20_000)
        parts[sheet] = parts[sheet].replace(b"</sheetData>", rows + b"</sheetData>")
    else:
        text = draw.text().encode("utf-8", "replace").replace(b"&", b"&amp;").replace(b"<", b"&lt;")
        formula = b'<c r="A2" t="str"><f>%s</f><v>%s</v></c>' % (text, text)
        parts[sheet] = parts[sheet].replace(b"</row>", formula + b"</row>", 1 + draw.number(3))
    data = zipped(parts)
    return uploaded(mutated(draw, data) if not draw.number(8) else data)


def changed_data(draw: Draw, data: Any) -> Any:
    """Return plain data in which one value somewhere is another one, gone, doubled or of another type."""
    place, steps = data, draw.number(6)
    for _ in range(steps):
        key = draw.one_of(list(place) if isinstance(place, dict) else range(len(place))) if place else None
        if key is None or not isinstance(place[key], dict | list) or not place[key]:
            break
        place = place[key]
    if not place:
        return data
    key = draw.one_of(sorted(place) if isinstance(place, dict) else range(len(place)))
    if not draw.number(5):
        place.pop(key)
    elif isinstance(place, list) and not draw.number(3):
        place.append(place[key])
    else:
        odd: tuple[Any, ...] = (None, True, -1, 0, 10**30, 1e308, [], {}, [[]], 0.1, "")
        place[key] = draw.one_of(odd) if draw.number(2) else draw.text()
    return data


def plans(draw: Draw) -> Outcome:
    """Change a plan, and check it against its scenario."""
    data = ground.plan_data()
    for _ in range(1 + draw.number(3)):
        data = changed_data(draw, data)
    text = json.dumps(data).encode()
    try:
        plan = Plan.model_validate_json(mutated(draw, text) if not draw.number(6) else text)
    except ValidationError as error:
        sentences(f"{found['msg']} was found in the plan." for found in error.errors(include_url=False))
        return "refused"
    report = check(ground.scenario(), plan)
    if report.is_clean:
        return "taken"
    sentences([*report.faults, *(violation.message for violation in report.violations)])
    return "refused"


EDIT = {
    "name": "An edit",
    "settings": [{"key": "rules.rest_minutes", "before": "480", "after": "420"}],
    "cells": [
        {"table": "apprentices", "row": ["A5"], "column": "starts", "before": "2026-10-02", "after": "2026-09-28"}
    ],
    "added": [{"table": "rooms", "cells": {"room": "R9", "site": "TECH", "seats": "9", "hours": "Mon 08:00-21:00"}}],
    "removed": [{"table": "instructors", "row": ["DOAN"]}],
}


def edits(draw: Draw) -> Outcome:
    """Change an edit, write and read it as a file, and make it."""
    data = json.loads(json.dumps(EDIT))
    for _ in range(1 + draw.number(4)):
        data = changed_data(draw, data)
    try:
        edit = edit_from(data)
        with tempfile.TemporaryDirectory(prefix="lineside-") as name:
            path = Path(name) / "edit.toml"
            text = edit_text(edit).encode("utf-8")
            path.write_bytes(text if draw.number(4) else mutated(draw, text))
            again = read_edit(path)
            if path.read_bytes() == text and again != edit:
                raise HarmError("An edit is another one when it is written and read again.")
    except EditError as error:
        sentences(error.sentences)
        return "refused"
    variant = variant_of(ground.raw(), [again])
    for conflict in variant.conflicts:
        sentences([conflict.sentence])
    return "refused" if variant.conflicts else judged(variant.raw, Findings())
