"""Commands that keep what is stored: backups. Importing this is quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lineside.service.cli_words import DatabaseUrl, DataFolder


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (backup, restore):
        app.command()(command)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write; it must be new.")],
    database: DatabaseUrl = None,
    data: DataFolder = None,
) -> None:
    """Write everything that the service stores into one file, as it is at one instant; the service goes on meanwhile.

    The file holds what the database holds, people's names too: keep it as safe.
    """
    from lineside.service.cli_backups import write_backup
    from lineside.service.cli_serve import settings_from

    write_backup(settings_from(database=database, data=data), file)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File that lineside backup wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in place of everything that the database holds.")
    ] = False,
    database: DatabaseUrl = None,
    data: DataFolder = None,
) -> None:
    """Fill an empty database with a backup, also one of an older Lineside; all of it, or nothing if it fails.

    The backup may come from the embedded database and go to a server by its address, or back.
    """
    from lineside.service.cli_backups import restore_backup
    from lineside.service.cli_serve import settings_from

    restore_backup(settings_from(database=database, data=data), file, is_replacing=replace)
