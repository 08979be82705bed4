"""Scenarios over HTTP: every way in, every save a revision, and the mistakes that validate tells."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from lineside.models.canonical import raw_of
from lineside.models.folder import write_files
from lineside.models.workbook_writing import write_workbook
from tests.build import tiny
from tests.service.api.conftest import World, scenario_body


def zipped(folder: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.iterdir():
            archive.write(path, f"region/{path.name}")
    return packed.getvalue()


def test_workbook_folder_and_json_give_the_same_tables(world: World, tmp_path: Path) -> None:
    raw = raw_of(tiny())
    write_workbook(raw, tmp_path / "a.xlsx")
    (tmp_path / "folder").mkdir()
    write_files(raw, tmp_path / "folder")
    uploads = [(tmp_path / "a.xlsx").read_bytes(), zipped(tmp_path / "folder")]
    answers = [world.ask("POST", "/scenarios/upload", files={"file": ("x", data)}) for data in uploads]
    answers.append(world.ask("POST", "/scenarios", json=scenario_body()))
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    wholes = [world.ask("GET", f"/scenarios/{answer.json()['id']}").json() for answer in answers]
    assert wholes[0]["tables"] == wholes[1]["tables"] == wholes[2]["tables"]
    assert wholes[0]["settings"] == wholes[1]["settings"] == wholes[2]["settings"]


def test_mistakes_come_back_as_validate_tells_them(world: World) -> None:
    body = scenario_body()
    body["tables"]["crews"]["rows"][0][0] = "nowhere"
    answer = world.ask("POST", "/scenarios", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    mistake = answer.json()["mistakes"][0]
    assert (mistake["table"], mistake["row"], mistake["column"], mistake["value"]) == ("crews", 2, "line", "nowhere")
    draft = world.ask("POST", "/scenarios?draft=true", json=body)
    assert draft.status_code == 201 and draft.json()["mistakes"] == answer.json()["mistakes"]
    run = world.ask("POST", "/runs", json={"scenario": draft.json()["id"]})
    assert run.status_code == 409 and run.json()["mistakes"] == answer.json()["mistakes"]


def test_a_save_needs_the_version_it_is_made_on(world: World, scenario_id: str) -> None:
    path = f"/scenarios/{scenario_id}"
    first = world.ask("GET", path)
    assert first.headers["etag"] == '"1"'
    table = world.ask("GET", f"{path}/tables/crews").json()
    assert world.ask("PUT", f"{path}/tables/crews", json=table).status_code == 428
    saved = world.ask("PUT", f"{path}/tables/crews", json=table, headers={"If-Match": '"1"'})
    assert (saved.status_code, saved.headers["etag"]) == (200, '"2"')
    assert world.ask("PATCH", path, json={"name": "B"}, headers={"If-Match": '"1"'}).status_code == 412
    assert world.ask("PATCH", path, json={"name": "B"}, headers={"If-Match": '"2"'}).json()["name"] == "B"
    assert world.ask("GET", f"{path}?revision=1").json()["settings"] == first.json()["settings"]
    notes = [row["note"] for row in world.ask("GET", f"{path}/revisions").json()]
    assert notes == ["renamed", "table crews replaced", "created"]
    assert world.ask("DELETE", path, headers={"If-Match": "*"}).status_code == 204
    assert world.ask("GET", path).status_code == 404


def test_a_copy_is_its_own_scenario(world: World, scenario_id: str) -> None:
    copied = world.ask("POST", f"/scenarios/{scenario_id}/copies", json={"name": "twin"}).json()
    assert copied["id"] != scenario_id and copied["name"] == "twin" and copied["revision"] == 1


def test_a_downloaded_workbook_can_be_uploaded(world: World, scenario_id: str) -> None:
    book = world.ask("GET", f"/scenarios/{scenario_id}/download").content
    again = world.ask("POST", "/scenarios/upload", files={"file": ("x.xlsx", book)}).json()
    texts = [world.ask("GET", f"/scenarios/{one}").json()["tables"] for one in (scenario_id, again["id"])]
    assert texts[0] == texts[1]


def test_an_archive_that_blows_up_is_refused(world: World) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("apprentices.csv", b"0" * 300 * 2**20)
    answer = world.ask("POST", "/scenarios/upload", files={"file": ("x.zip", packed.getvalue())})
    assert answer.status_code == 413


def test_what_is_no_scenario_is_told(world: World) -> None:
    answer = world.ask("POST", "/scenarios/upload", files={"file": ("x.xlsx", b"nonsense")})
    assert answer.status_code == 422 and "neither a workbook" in answer.json()["detail"]


def test_a_large_body_is_refused_before_it_is_read(world: World) -> None:
    answer = world.client.post(
        "/api/v1/scenarios", content=b" " * (33 * 2**20), headers={**world.planner, "Content-Type": "application/json"}
    )
    assert answer.status_code == 413 and answer.json()["title"] == "Too large"

    def pieces() -> Iterator[bytes]:
        for _ in range(33):
            yield b" " * 2**20

    answer = world.client.post(
        "/api/v1/scenarios", content=pieces(), headers={**world.planner, "Content-Type": "application/json"}
    )
    assert answer.status_code == 413
