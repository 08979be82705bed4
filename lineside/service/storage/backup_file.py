"""The file of a backup: a zip with every table as PostgreSQL writes it in text, and what must be true of them.

Text is what any version of PostgreSQL reads from any other. What the file says of itself stands in one entry, which is
written last: how the tables were shaped, their columns, rows and digests, and where the sequences stood.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

FORMAT = 1
ABOUT = "lineside-backup.json"
"""Entry in which a backup says what it is."""
MAX_ABOUT_BYTES = 4 * 2**20
CHUNK_BYTES = 2**18


class BackupError(Exception):
    """A backup cannot be made or restored; the text is two sentences. The database is as it was."""


@dataclass(frozen=True)
class TableAbout:
    """What a backup says of one table: its columns in order, its number of rows, and the SHA-256 of its text."""

    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str


@dataclass(frozen=True)
class BackupAbout:
    """What a backup says of itself.

    Parameters
    ----------
    made_at
        UTC instant at which it was begun, by the database's clock.
    revision
        Newest migration of Lineside's tables.
    queue
        Migrations of the queue's tables.
    tables
        The tables by name.
    sequences
        Last value of each sequence, and whether it was given out.
    """

    made_at: dt.datetime
    revision: str
    queue: tuple[str, ...]
    tables: tuple[TableAbout, ...] = ()
    sequences: dict[str, tuple[int, bool]] = dataclasses.field(default_factory=dict)

    @property
    def num_rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)


class BackupWriter:
    """A backup that is being written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def table(self, name: str, columns: Iterable[str], chunks: Iterable[bytes | bytearray | memoryview]) -> TableAbout:
        """Write a table's text, a row a line, and return what is to be said of it."""
        digest, rows = hashlib.sha256(), 0
        with self._archive.open(_entry(name), "w", force_zip64=True) as entry:
            for chunk in chunks:
                data = bytes(chunk)
                entry.write(data)
                digest.update(data)
                rows += data.count(b"\n")  # a line break inside a value is written as \n
        return TableAbout(name, tuple(columns), rows, digest.hexdigest())

    def finish(self, about: BackupAbout) -> None:
        """Write what the backup says of itself."""
        told = {**dataclasses.asdict(about), "made_at": about.made_at.isoformat()}
        head = {"format": FORMAT, "lineside": version("lineside")}
        self._archive.writestr(ABOUT, json.dumps({**head, **told}, indent=1))


@contextmanager
def new_backup(path: Path) -> Iterator[BackupWriter]:
    """Give a backup to write; the file is there under its name only when it is whole, and only its owner may read it.

    Raises
    ------
    BackupError
        If the file is there already or cannot be written.
    """
    if path.exists():
        raise BackupError(f"{path} is there already. Give the backup a new name.")
    part = path.with_name(path.name + ".part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                    yield BackupWriter(archive)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BackupError(
            f"{path} cannot be written: {reason}. Give a place with room that you may write to."
        ) from None


class BackupFile:
    """A backup that is there, and says what it is.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    BackupError
        If it cannot be read, is no backup, is damaged, or was made by a newer Lineside in a format of its own.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._archive = zipfile.ZipFile(path)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise BackupError(f"{path} cannot be read: {reason}. Check the path and its permissions.") from None
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            raise BackupError(
                f"{path} is no backup of Lineside, or its end is missing. Give a file that lineside backup wrote."
            ) from None
        try:
            self.about = self._read_about()
        except BaseException:
            self.close()
            raise

    def _read_about(self) -> BackupAbout:
        if ABOUT not in self._archive.namelist():
            raise BackupError(f"{self._path} is no backup of Lineside. Give a file that lineside backup wrote.")
        with self._reading():
            if self._archive.getinfo(ABOUT).file_size > MAX_ABOUT_BYTES:
                raise self._damaged()
            told = json.loads(self._archive.read(ABOUT))
        found = told.get("format") if isinstance(told, dict) else None
        if isinstance(found, int) and found > FORMAT:
            raise BackupError(
                f"{self._path} has format {found}, and this Lineside knows {FORMAT}. "
                "Restore it with the version that made it, or a newer one."
            )
        try:
            return _about(told)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self._damaged() from None

    def verify(self) -> None:
        """Read everything once and compare it with what the backup says.

        Raises
        ------
        BackupError
            If a byte is not as it was written, or an entry is missing or too many.
        """
        entries = sorted(self._archive.namelist())
        if entries != sorted([ABOUT, *(_entry(table.name) for table in self.about.tables)]):
            raise self._damaged()
        for table in self.about.tables:
            digest, rows = hashlib.sha256(), 0
            for chunk in self.chunks(table):
                digest.update(chunk)
                rows += chunk.count(b"\n")
            if (digest.hexdigest(), rows) != (table.sha256, table.rows):
                raise self._damaged()

    def chunks(self, table: TableAbout) -> Iterator[bytes]:
        """Yield the text of a table.

        Raises
        ------
        BackupError
            If it cannot be unpacked.
        """
        with self._reading(), self._archive.open(_entry(table.name)) as entry:
            while chunk := entry.read(CHUNK_BYTES):
                yield chunk

    def close(self) -> None:
        """Close the file."""
        self._archive.close()

    def __enter__(self) -> BackupFile:
        """Use the file in a ``with``."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the file."""
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        # What zipfile raises over damaged entries is of many kinds.
        try:
            yield
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, OSError, RuntimeError):
            raise self._damaged() from None

    def _damaged(self) -> BackupError:
        return BackupError(
            f"{self._path} is damaged: it does not hold what it says it holds. Nothing was restored; take another copy."
        )


def _entry(table: str) -> str:
    return f"tables/{table}.copy"


def _about(told: dict[str, Any]) -> BackupAbout:
    if told["format"] != FORMAT:
        raise ValueError("an unknown format")
    tables = (
        TableAbout(str(row["name"]), tuple(map(str, row["columns"])), int(row["rows"]), str(row["sha256"]))
        for row in told["tables"]
    )
    sequences = {str(name): (int(last), bool(given)) for name, (last, given) in told["sequences"].items()}
    made_at = dt.datetime.fromisoformat(told["made_at"])
    return BackupAbout(made_at, str(told["revision"]), tuple(map(str, told["queue"])), tuple(tables), sequences)
