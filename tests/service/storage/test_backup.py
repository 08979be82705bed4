"""Backups: everything as it was at one instant, restored whole or not at all."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import threading
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from lineside.service.storage.backup import back_up, tables_of
from lineside.service.storage.backup_file import ABOUT, BackupAbout, BackupError, BackupFile, BackupWriter
from lineside.service.storage.database import Database
from lineside.service.storage.models import Region
from lineside.service.storage.restore import restore
from lineside.service.storage.scenarios import Scenarios
from tests.service.conftest import Run
from tests.service.regions import new_region, new_run, tiny_raw
from tests.service.runs.processes import wait_for_status, worker
from tests.service.storage.filling import contents, fill

SEED = 20_261_128


@pytest.fixture
def filled(database: Database) -> Database:
    fill(database)
    return database


@pytest.fixture
def other(new_database: Callable[[], str]) -> Iterator[Database]:
    made = Database(new_database())
    yield made
    made.close()


@pytest.fixture
def file(filled: Database, tmp_path: Path) -> Path:
    back_up(filled, tmp_path / "a.backup")
    return tmp_path / "a.backup"


@pytest.fixture
def data() -> Iterator[Path]:
    # Not below pytest's own folder, see the fixture of the server.
    folder = Path(tempfile.mkdtemp(prefix="lineside-"))
    yield folder
    shutil.rmtree(folder)


def test_every_table_is_filled_and_comes_back_as_it_was(filled: Database, other: Database, file: Path) -> None:
    before = contents(filled)
    assert {name for name, rows in before.items() if not rows} <= {
        "procrastinate_periodic_defers",
        "procrastinate_workers",
    }
    restored = restore(other, file)
    assert contents(other) == before == contents(filled)
    assert not restored.is_queue_new
    assert restored.about.num_rows == sum(map(len, before.values()))
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_comes_after_a_restore_gets_new_numbers(other: Database, file: Path) -> None:
    restore(other, file)
    run = new_run(other, new_region(other))
    with other.session() as session:
        events = list(session.execute(text("SELECT id, run_id FROM run_events ORDER BY id")))
    assert [event.id for event in events] == [1, 2] and events[1].run_id == run
    other.migrate()
    assert other.is_ready()


def test_from_the_embedded_database_to_a_server_and_back(server: str, other: Database, data: Path, run: Run) -> None:
    def done(*words: object) -> str:
        result = run(*words)
        assert result.exit_code == 0, result.output
        return str(result.output)

    done("key", "south", "--data", data)
    out = done("backup", data / "one", "--data", data)
    with BackupFile(data / "one") as first:
        assert f"{len(first.about.tables)} tables with {first.about.num_rows} rows" in out
    done("restore", data / "one", "--database", other.address)
    fill(other)
    done("backup", data / "two", "--database", other.address)
    refused = run("restore", data / "two", "--data", data)
    assert refused.exit_code == 2
    assert "The database is not empty: its table keys has rows. Give an empty one, or --replace" in refused.output
    done("restore", data / "two", "--data", data, "--replace")
    done("backup", data / "three", "--data", data)
    assert texts(data / "three") == texts(data / "two")


def texts(path: Path) -> dict[str, list[bytes]]:
    with BackupFile(path) as file:
        return {table.name: sorted(b"".join(file.chunks(table)).splitlines()) for table in file.about.tables}


def test_writes_between_two_tables_are_not_half_in_it(
    filled: Database, other: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, write = contents(filled), BackupWriter.table

    def disturbed(writer: BackupWriter, *given: Any) -> Any:
        new_run(filled, new_region(filled))
        return write(writer, *given)

    monkeypatch.setattr(BackupWriter, "table", disturbed)
    about = back_up(filled, tmp_path / "b")
    assert len(contents(filled)["regions"]) == 1 + len(about.tables)
    restore(other, tmp_path / "b")
    assert contents(other) == before


def test_every_save_before_a_backup_is_in_it_while_others_save(
    database: Database, other: Database, tmp_path: Path
) -> None:
    region, ending, acknowledged = new_region(database), threading.Event(), [0]
    with database.session() as session:
        scenario = Scenarios(session, region).create(tiny_raw(), "").scenario.id

    def save_on() -> None:
        while not ending.is_set():
            with database.session() as session:
                scenarios = Scenarios(session, region)
                saved = scenarios.save(scenarios.locked(scenario, None), tiny_raw(), "again")
            acknowledged[0] = saved.revision.number

    saving = threading.Thread(target=save_on)
    saving.start()
    try:
        for k in range(4):
            before = acknowledged[0]
            back_up(database, tmp_path / f"{k}")
            restore(other, tmp_path / f"{k}", is_replacing=True)
            with other.session() as session:
                found = Scenarios(session, region).revisions(scenario)
                numbers = [revision.number for revision in found]
                assert Scenarios(session, region).get(scenario).revision.number == numbers[0] >= before
            assert numbers == list(range(len(numbers), 0, -1))
    finally:
        ending.set()
        saving.join()


def test_a_restore_that_breaks_off_leaves_everything_as_it_was(
    other: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_run(other, new_region(other))
    before, chunks, begun = contents(other), BackupFile.chunks, []

    def breaking(backup: BackupFile, table: Any) -> Iterator[bytes]:
        begun.append(table.name)
        if len(begun) > len(backup.about.tables) + 5:  # all were verified, and five were filled
            raise OSError("the disk is gone")
        return chunks(backup, table)

    monkeypatch.setattr(BackupFile, "chunks", breaking)
    with pytest.raises(OSError, match="the disk is gone"):
        restore(other, file, is_replacing=True)
    assert contents(other) == before


def test_a_database_that_is_not_empty_is_not_overwritten(other: Database, file: Path) -> None:
    new_region(other)
    before = contents(other)
    with pytest.raises(BackupError, match=r"not empty: its table regions has rows\. Give an empty one, or --replace"):
        restore(other, file)
    assert contents(other) == before
    restore(other, file, is_replacing=True)
    assert len(contents(other)["runs"]) == 2


def test_a_worker_goes_on_with_what_was_restored_under_it(other: Database, tmp_path: Path, database: Database) -> None:
    run = new_run(database, new_region(database))
    back_up(database, tmp_path / "queued")
    with worker(other) as process:
        first = new_run(other, new_region(other))
        wait_for_status(other, first, "finished")
        restore(other, tmp_path / "queued", is_replacing=True)
        assert wait_for_status(other, run, "finished", "failed").status == "finished"
        assert process.poll() is None


def test_a_table_that_somebody_keeps_in_use_is_not_waited_for_without_end(
    other: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lineside.service.storage.restore.LOCK_SECONDS", 1)
    with other.session() as session:
        session.add(Region(id=uuid.uuid4(), name="x"))
        session.flush()
        with pytest.raises(BackupError, match=r"used the database's tables for 1 seconds.*Stop the service"):
            restore(other, file, is_replacing=True)
    assert len(contents(other)["regions"]) == 1


def test_nothing_to_back_up_and_names_that_are_taken(server: str, filled: Database, tmp_path: Path) -> None:
    empty = Database(server)
    with empty.engine.connect() as connection:
        assert tables_of(connection) == []
    with pytest.raises(BackupError, match="has no tables of Lineside"):
        back_up(empty, tmp_path / "none")
    empty.close()
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(BackupError, match=r"taken is there already\. Give the backup a new name"):
        back_up(filled, tmp_path / "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    with pytest.raises(BackupError, match="cannot be written"):
        back_up(filled, tmp_path / "no" / "such")


# What is no backup, or no longer one.


def rewritten(file: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None], name: str = "changed") -> Path:
    """Return a copy in which something was changed, and which is a proper zip all the same."""
    with zipfile.ZipFile(file) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    about = json.loads(entries.pop(ABOUT))
    change(about, entries)
    with zipfile.ZipFile(file.with_name(name), "w") as archive:
        for entry, content in {**entries, ABOUT: json.dumps(about).encode()}.items():
            archive.writestr(entry, content)
    return file.with_name(name)


def put(key: str, value: Any) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
    return lambda about, _: about.update({key: value})


def lose_entry(about: dict[str, Any], entries: dict[str, bytes]) -> None:
    del entries["tables/plans.copy"]


def lose_table(about: dict[str, Any], entries: dict[str, bytes]) -> None:
    del entries["tables/plans.copy"]
    about["tables"] = [table for table in about["tables"] if table["name"] != "plans"]


def foreign_table(about: dict[str, Any], entries: dict[str, bytes]) -> None:
    about["tables"].append({**about["tables"][0], "name": "pg_authid"})


def other_column(about: dict[str, Any], entries: dict[str, bytes]) -> None:
    table = next(table for table in about["tables"] if table["name"] == "regions")
    table["columns"][1] = 'name") FROM PROGRAM'


def other_row(about: dict[str, Any], entries: dict[str, bytes]) -> None:
    entries["tables/regions.copy"] = entries["tables/regions.copy"].replace(b"north", b"south")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (put("format", 2), r"has format 2, and this Lineside knows 1\. Restore it with the version that made it"),
        (put("format", "x"), "is damaged"),
        (put("revision", "9999"), r"made by a newer Lineside \(its database has had 9999\)\. Restore it with that"),
        (put("queue", ["99.0_pre_x.sql"]), r"made by a newer Lineside \(its database has had 99\.0_pre_x\.sql\)"),
        (put("tables", 7), "is damaged"),
        (put("sequences", {"run_events_id_seq": "x"}), "is damaged"),
        (lose_entry, "is damaged: it does not hold what it says it holds. Nothing was restored"),
        (lose_table, "does not have the tables of its version: plans is missing or too many"),
        (foreign_table, "holds a table 'pg_authid', which is none of Lineside's"),
        (other_column, "table regions has other columns"),
        (other_row, "is damaged"),
    ],
)
def test_a_backup_that_was_changed_is_refused_whole(
    other: Database, file: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None], sentence: str
) -> None:
    before = contents(other)
    with pytest.raises(BackupError, match=sentence):
        restore(other, rewritten(file, change))
    assert contents(other) == before


def test_rows_that_lead_nowhere_are_refused(other: Database, file: Path, tmp_path: Path) -> None:
    with BackupFile(file) as backup, zipfile.ZipFile(tmp_path / "led", "w") as archive:
        writer = BackupWriter(archive)
        about = backup.about
        tables = tuple(
            writer.table(table.name, table.columns, () if table.name == "plans" else backup.chunks(table))
            for table in about.tables
        )
        writer.finish(BackupAbout(about.made_at, about.revision, about.queue, tables, about.sequences))
    before = contents(other)
    with pytest.raises(BackupError, match=r"did not take the backup: .*foreign key.*Everything is as it was"):
        restore(other, tmp_path / "led")
    assert contents(other) == before


@pytest.mark.parametrize("content", [b"", b"PK", b"name,hours\n", "a zip of something else"])
def test_a_file_of_something_else_is_refused(other: Database, tmp_path: Path, content: bytes | str) -> None:
    path = tmp_path / "x"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("xl/workbook.xml", content)
    with pytest.raises(BackupError, match=r"is no backup of Lineside.* Give a file that lineside backup wrote"):
        restore(other, path)
    with pytest.raises(BackupError, match="cannot be read: no such file or directory"):
        restore(other, tmp_path / "gone")


def test_no_damage_goes_unseen(file: Path, tmp_path: Path) -> None:
    whole, wanted = file.read_bytes(), texts(file)
    draw, refused = random.Random(SEED), 0
    for k in range(300):
        broken = bytearray(whole[: draw.randrange(len(whole))]) if k % 10 == 0 else bytearray(whole)
        if k % 10:
            broken[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
        path = tmp_path / "broken"
        path.write_bytes(bytes(broken))
        try:
            with BackupFile(path) as backup:
                backup.verify()
        except BackupError:
            refused += 1
        else:  # such as a date in the zip that nobody reads
            assert texts(path) == wanted
    assert refused > 200


def test_a_damage_that_looks_like_a_newer_kind_of_zip_is_refused_too(file: Path, tmp_path: Path) -> None:
    broken = bytearray(file.read_bytes())
    broken[broken.index(b"PK\x01\x02") + 6] = 109  # the version needed, in the first entry of the list at the end
    path = tmp_path / "newer"
    path.write_bytes(bytes(broken))
    with pytest.raises(BackupError, match="is no backup of Lineside"), BackupFile(path):
        raise AssertionError("It was opened.")
