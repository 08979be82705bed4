"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ScenarioPath = Annotated[
    Path,
    typer.Argument(
        metavar="SCENARIO", help="Folder with scenario.toml and CSV tables, an Excel workbook, or a variant's file."
    ),
]
PlanPath = Annotated[Path, typer.Argument(metavar="PLAN", help="JSON file of a plan.")]
EditPaths = Annotated[
    list[Path] | None,
    typer.Option("--edit", metavar="FILE", help="Make this edit first; can be given more than once."),
]
LimitTexts = Annotated[
    list[str] | None,
    typer.Option("--limit", metavar="MEASURE=MOST", help="No more of a measure than this, such as dollars=500."),
]
TakenNumber = Annotated[
    int | None, typer.Option("--take", metavar="N", min=1, help="Write change N of those that are told as an edit.")
]
TakenPath = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Where --take writes the edit: TOML, or JSON by its name.")
]
Seconds = Annotated[float, typer.Option("--seconds", min=1, max=10**6, help="Time for solving.")]
Workers = Annotated[int, typer.Option("--workers", min=1, max=256, help="Processes of the search.")]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1, help="Seed of the search.")]
DatabaseUrl = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="postgresql:// address of the database.")
]
DataFolder = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="Folder of the embedded database, on a local disk.")
]
