"""Commands about what is stored: backups, and what is held about a person. Importing this is quick."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lineside.service.cli_words import DatabaseUrl, DataFolder


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (backup, restore):
        app.command()(command)
    app.add_typer(person, name="person")


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


person = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Tell all that is held about a person, or delete the person."
)

RegionName = Annotated[str, typer.Argument(metavar="REGION", help="Name of the region.")]
PersonId = Annotated[str, typer.Argument(metavar="ID", help="The person's id in the tables.")]


class Kind(StrEnum):
    """Kinds of people in the tables."""

    apprentice = "apprentice"
    instructor = "instructor"


PersonOfKind = Annotated[Kind, typer.Option("--kind", help="Whose id it is.")]


@person.command("export")
def export_person(
    region: RegionName,
    identity: PersonId,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="JSON file to write; it must be new.")],
    kind: PersonOfKind = Kind.apprentice,
    database: DatabaseUrl = None,
    data: DataFolder = None,
) -> None:
    """Write all that is held about a person into one JSON file."""
    from lineside.service.cli_persons import export_person as write
    from lineside.service.cli_serve import settings_from

    write(settings_from(database=database, data=data), region, kind.value, identity, out)


@person.command("delete")
def delete_person(
    region: RegionName,
    identity: PersonId,
    kind: PersonOfKind = Kind.apprentice,
    confirmed: Annotated[bool, typer.Option("--yes", help="Do not ask; it cannot be undone.")] = False,
    database: DatabaseUrl = None,
    data: DataFolder = None,
) -> None:
    """Delete a person from every revision, plan, run and calendar of a region; a pseudonym stays, so that plans add up.

    Make backups anew afterwards and delete the older ones.
    """
    from lineside.service.cli_persons import delete_person as delete
    from lineside.service.cli_serve import settings_from

    if not confirmed:
        typer.confirm(f"Delete {kind.value} {identity} from everything of the region {region}?", abort=True)
    delete(settings_from(database=database, data=data), region, kind.value, identity)
