"""Routes of sweeps: start, list, look, stop, resume, download, delete."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from lineside.scenarios.grids import GridError, grid_from
from lineside.service.api.context import Admitted, InSession, service_of
from lineside.service.api.downloads import CSV, XLSX, attachment, binary, csv_bytes
from lineside.service.api.parts import Page, problems
from lineside.service.api.sweep_models import SweepBody, SweepOut, WholeSweepOut
from lineside.service.sweeps.desk import Sweeps
from lineside.service.sweeps.files import write_workbook
from lineside.service.sweeps.making import grid_problem
from lineside.service.sweeps.table import cells_of, columns_of, counts_of, stands_of

router = APIRouter(prefix="/sweeps", tags=["sweeps"])


@router.post("", status_code=202, responses=problems(409))
def start_sweep(body: SweepBody, request: Request, session: InSession, actor: Admitted, response: Response) -> SweepOut:
    """Queue a run for each point of a grid of edits over scenarios; a grid with mistakes is refused whole."""
    settings = service_of(request).settings
    try:
        grid = grid_from(body.plain())
    except GridError as error:
        raise grid_problem(error.sentences) from None
    sweep = Sweeps(session, actor.region, actor.label).start(grid, (settings.run_seconds, settings.run_workers))
    response.headers["Location"] = f"/api/v1/sweeps/{sweep.id}"
    return SweepOut.of(sweep, counts_of(session, sweep))


@router.get("", responses=problems())
def list_sweeps(session: InSession, actor: Admitted, page: Annotated[Page, Query()]) -> list[SweepOut]:
    """List sweeps, the newest first."""
    sweeps = Sweeps(session, actor.region).listed(page.limit, page.offset)
    return [SweepOut.of(sweep, counts_of(session, sweep)) for sweep in sweeps]


@router.get("/{sweep}", responses=problems(404))
def read_sweep(sweep: uuid.UUID, session: InSession, actor: Admitted) -> WholeSweepOut:
    """Look how a sweep is doing, point by point."""
    found = Sweeps(session, actor.region).get(sweep)
    return WholeSweepOut.whole(found, stands_of(session, found))


@router.post("/{sweep}/stop", status_code=202, responses=problems(404, 409))
def stop_sweep(sweep: uuid.UUID, session: InSession, actor: Admitted) -> SweepOut:
    """Take what waits out of the queue, and let what runs end with its best plan so far."""
    sweeps = Sweeps(session, actor.region)
    found = sweeps.get(sweep)
    sweeps.stop(found)
    return SweepOut.of(found, counts_of(session, found))


@router.post("/{sweep}/resume", status_code=202, responses=problems(404, 409))
def resume_sweep(sweep: uuid.UUID, session: InSession, actor: Admitted) -> SweepOut:
    """Queue the points anew that were stopped or failed, each from its best plan so far."""
    sweeps = Sweeps(session, actor.region)
    found = sweeps.get(sweep)
    sweeps.resume(found)
    return SweepOut.of(found, counts_of(session, found))


@router.delete("/{sweep}", status_code=204, responses=problems(404, 409))
def delete_sweep(sweep: uuid.UUID, session: InSession, actor: Admitted) -> None:
    """Delete a sweep with the scenarios that were made for its points; published ones stay."""
    sweeps = Sweeps(session, actor.region)
    sweeps.delete(sweeps.get(sweep))


@router.get("/{sweep}/download", responses={**problems(404), 200: binary(XLSX, CSV)}, response_class=Response)
def download_sweep(
    sweep: uuid.UUID,
    session: InSession,
    actor: Admitted,
    form: Annotated[Literal["xlsx", "csv"], Query(description="the form of the file")] = "xlsx",
) -> Response:
    """Download the table of a sweep; no cell of it is a formula."""
    found = Sweeps(session, actor.region).get(sweep)
    stands = stands_of(session, found)
    if form == "csv":
        return attachment(csv_bytes(columns_of(found), map(cells_of, stands)), CSV, "sweep.csv")
    with tempfile.TemporaryDirectory(prefix="lineside-") as name:
        path = Path(name) / "sweep.xlsx"
        write_workbook(found, stands, path)
        return attachment(path.read_bytes(), XLSX, "sweep.xlsx")
