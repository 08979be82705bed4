"""Commands about what if: edits and what differs between scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lineside.service.cli_words import EditPaths, ScenarioPath
from lineside.service.console import open_screen


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (edit, diff):
        app.command()(command)


def edit(
    base: ScenarioPath,
    changed: Annotated[Path, typer.Argument(metavar="CHANGED", help="A copy of it in which something was changed.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write: .toml or .json.")],
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="What the edit is about.")] = None,
) -> None:
    """Make an edit of the differences between two scenarios.

    Change a copy in Excel, make an edit of it, and use it with --edit on this or a later state of the base.
    """
    from lineside.service.cli_edits import write_difference

    write_difference(base, changed, out, name, open_screen())


def diff(
    base: ScenarioPath,
    other: Annotated[
        Path | None, typer.Argument(metavar="OTHER", help="Another scenario; the same one if only edits differ.")
    ] = None,
    edits: EditPaths = None,
) -> None:
    """Tell what differs between two scenarios, or what edits change.

    Edits are made in the other scenario.
    """
    from lineside.service.cli_edits import tell_difference

    tell_difference(base, other or base, edits or (), open_screen())
