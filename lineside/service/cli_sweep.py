"""``lineside sweep``: the commands and their options. Importing this is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lineside.service.cli_words import DatabaseUrl, DataFolder
from lineside.service.console import open_screen

sweep = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Solve a grid of edits over saved scenarios, spread over all workers of the service.",
)

RegionName = Annotated[str, typer.Argument(metavar="REGION", help="Name of the region.")]
SweepName = Annotated[str, typer.Argument(metavar="SWEEP", help="Name of the sweep.")]
JsonPath = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the table as JSON.")]
CsvPath = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the table as CSV.")]
XlsxPath = Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write the table as a workbook.")]
IsWaiting = Annotated[bool, typer.Option("--wait/--no-wait", help="Show the progress and the table at the end.")]


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(sweep, name="sweep")


@sweep.command("start")
def start_sweep(
    region: RegionName,
    grid: Annotated[Path, typer.Argument(metavar="GRID", help="TOML file: scenarios, and axes of named edits.")],
    wait: IsWaiting = True,
    json: JsonPath = None,
    csv: CsvPath = None,
    xlsx: XlsxPath = None,
    database: DatabaseUrl = None,
    data: DataFolder = None,
) -> None:
    """Queue a run for each combination of edits on each scenario, show how they do, and the table at the end.

    A grid with mistakes, or with an edit that does not fit, is refused whole. Ctrl-C leaves the sweep to the service,
    which goes on with it.
    """
    from lineside.service.cli_serve import settings_from
    from lineside.service.cli_sweeps import TableFiles, start

    files = TableFiles(json, csv, xlsx)
    raise typer.Exit(start(settings_from(database=database, data=data), region, grid, (wait, files), open_screen()))


@sweep.command("watch")
def watch_sweep(
    region: RegionName,
    name: SweepName,
    json: JsonPath = None,
    csv: CsvPath = None,
    xlsx: XlsxPath = None,
    database: DatabaseUrl = None,
    data: DataFolder = None,
) -> None:
    """Show how a sweep is doing until it has ended, then its table."""
    from lineside.service.cli_serve import settings_from
    from lineside.service.cli_sweeps import TableFiles, watch

    files = TableFiles(json, csv, xlsx)
    raise typer.Exit(watch(settings_from(database=database, data=data), region, name, files, open_screen()))


@sweep.command("stop")
def stop_sweep(region: RegionName, name: SweepName, database: DatabaseUrl = None, data: DataFolder = None) -> None:
    """Take what waits out of the queue, and let what runs end with its best plan so far."""
    from lineside.service.cli_serve import settings_from
    from lineside.service.cli_sweeps import stop

    stop(settings_from(database=database, data=data), region, name, open_screen())


@sweep.command("resume")
def resume_sweep(
    region: RegionName,
    name: SweepName,
    wait: IsWaiting = True,
    json: JsonPath = None,
    csv: CsvPath = None,
    xlsx: XlsxPath = None,
    database: DatabaseUrl = None,
    data: DataFolder = None,
) -> None:
    """Queue the points anew that were stopped or failed, each from its best plan so far; solved ones stay."""
    from lineside.service.cli_serve import settings_from
    from lineside.service.cli_sweeps import TableFiles, resume

    files = TableFiles(json, csv, xlsx)
    raise typer.Exit(resume(settings_from(database=database, data=data), region, name, (wait, files), open_screen()))


@sweep.command("table")
def tell_table(
    region: RegionName,
    name: SweepName,
    json: JsonPath = None,
    csv: CsvPath = None,
    xlsx: XlsxPath = None,
    database: DatabaseUrl = None,
    data: DataFolder = None,
) -> None:
    """Tell the table of a sweep as it stands now."""
    from lineside.service.cli_serve import settings_from
    from lineside.service.cli_sweeps import TableFiles, table

    files = TableFiles(json, csv, xlsx)
    table(settings_from(database=database, data=data), region, name, files, open_screen())


@sweep.command("list")
def list_sweeps(region: RegionName, database: DatabaseUrl = None, data: DataFolder = None) -> None:
    """List the sweeps of a region, the newest first."""
    from lineside.service.cli_serve import settings_from
    from lineside.service.cli_sweeps import tell_sweeps

    tell_sweeps(settings_from(database=database, data=data), region, open_screen())


@sweep.command("delete")
def delete_sweep(region: RegionName, name: SweepName, database: DatabaseUrl = None, data: DataFolder = None) -> None:
    """Delete a sweep with the scenarios that were made for its points; published ones stay."""
    from lineside.service.cli_serve import settings_from
    from lineside.service.cli_sweeps import delete

    delete(settings_from(database=database, data=data), region, name, open_screen())
