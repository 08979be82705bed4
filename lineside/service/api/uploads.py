"""Uploads: a workbook or a zipped folder, unpacked within limits and read like any scenario."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from lineside.models.folder import PUBLISHED_FILE, SETTINGS_FILE, read_folder
from lineside.models.mistakes import Findings, ScenarioMistakes
from lineside.models.raw import RawScenario
from lineside.models.tables import TABLES
from lineside.models.validation import validate
from lineside.models.workbook_reading import read_workbook
from lineside.service.problems import MistakesProblem, TooLargeProblem

MAX_ENTRIES = 100
"""A scenario's folder has some twenty files."""
CHUNK_BYTES = 2**16
WORKBOOK_PART = "xl/workbook.xml"
WANTED = frozenset({SETTINGS_FILE, PUBLISHED_FILE, *(f"{table}.csv" for table in TABLES)})


def raw_from_upload(file: BinaryIO, max_bytes: int) -> RawScenario:
    """Return the texts of an uploaded workbook or zipped folder; which one it is shows in the file itself.

    Parameters
    ----------
    file
        The upload.
    max_bytes
        Most bytes that a zipped folder may unpack to.

    Raises
    ------
    MistakesProblem
        If it is neither, is damaged, or holds cells that cannot be read; all mistakes are told.
    TooLargeProblem
        If it unpacks to more.
    """
    findings = Findings()
    with tempfile.TemporaryDirectory(prefix="lineside-") as name:
        folder = Path(name)
        try:
            with zipfile.ZipFile(file) as archive:
                is_workbook = WORKBOOK_PART in archive.namelist()
                if not is_workbook:
                    _unpack(archive, folder, max_bytes)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
            message = "The file is neither a workbook (.xlsx) nor a zipped folder, or it is damaged. Save it anew."
            raise MistakesProblem(message) from None
        if is_workbook:
            path = folder / "upload.xlsx"
            file.seek(0)
            with path.open("wb") as copy:
                while chunk := file.read(CHUNK_BYTES):
                    copy.write(chunk)
            raw = read_workbook(path, findings)
        else:
            raw = read_folder(folder, findings)
    if raw is None or findings.mistakes:
        raise _problem(raw, findings)
    return raw


def _unpack(archive: zipfile.ZipFile, folder: Path, max_bytes: int) -> None:
    # A name may be empty, which the library's is_dir() does not expect.
    entries = [entry for entry in archive.infolist() if entry.filename and not entry.is_dir()]
    if len(entries) > MAX_ENTRIES:
        raise TooLargeProblem(
            f"The archive has {len(entries)} files, the limit is {MAX_ENTRIES}. Zip the folder alone."
        )
    left = max_bytes
    for entry in entries:
        # Only the last part of a name is used, and only if it is a file that a scenario has.
        name = PurePosixPath(entry.filename.replace("\\", "/")).name.lower()
        if name not in WANTED or "__MACOSX" in entry.filename:
            continue
        with archive.open(entry) as packed, (folder / name).open("xb") as file:
            while chunk := packed.read(CHUNK_BYTES):
                left -= len(chunk)  # counted as it comes: what the archive says of itself may be false
                if left < 0:
                    limit = max_bytes // 2**20
                    raise TooLargeProblem(f"The archive unpacks to more than {limit} MB. Split the scenario.")
                file.write(chunk)


def _problem(raw: RawScenario | None, findings: Findings) -> MistakesProblem:
    mistakes = tuple(findings.mistakes)
    if raw is not None:
        try:
            validate(raw, findings)
        except ScenarioMistakes as found:
            mistakes = found.mistakes
    return MistakesProblem(
        f"The upload has {len(mistakes)} mistakes. Correct the tables and upload it again.", mistakes
    )
