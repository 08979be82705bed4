"""Commands about what if: edits, what differs between scenarios, trade-offs and fair shares."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lineside.service.cli_words import EditPaths, LimitTexts, ScenarioPath, Seconds, Seed, Workers
from lineside.service.console import open_screen


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (edit, diff, pace, frontier, fair):
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


def pace(
    base: ScenarioPath,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write: .toml or .json.")],
    closing: Annotated[
        str | None, typer.Option("--closing", metavar="DATE", help="The last class day moves here, earlier or later.")
    ] = None,
    days: Annotated[
        list[str] | None,
        typer.Option(
            "--days", metavar="DAYS", help="Class days of a week, such as 'Mon Wed'; can be given more often."
        ),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="What the edit is about.")] = None,
) -> None:
    """Make one edit that accelerates or stretches a term: another closing date, more or fewer class days a week.

    Starts and lengths of the patterns stay, and the class minutes that a week may have go with the days.
    """
    from lineside.service.cli_edits import write_pace

    write_pace(base, closing, days or (), (out, name), open_screen())


PlanFolder = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Folder for the plans; it must be new or empty.")
]


def frontier(
    scenario: ScenarioPath,
    against: Annotated[str, typer.Option("--against", metavar="MEASURE", help="The measure to limit.")],
    minimise: Annotated[
        str, typer.Option("--minimise", metavar="MEASURE", help="The measure to minimise under each limit.")
    ] = "objective",
    points: Annotated[int, typer.Option("--points", min=2, max=100, help="Points wanted, ends included.")] = 5,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="MEASURE", help="No point has more of this than the plan of least objective."),
    ] = None,
    limit: LimitTexts = None,
    out: PlanFolder = None,
    edit: EditPaths = None,
    seconds: Seconds = 60,
    workers: Workers = 2,
    seed: Seed = 0,
) -> None:
    """Trade one measure against another.

    Each point is a plan of its own: the least of one measure under a limit on the other. --seconds is the time for
    each point. Measures are objective, line_time_lost, release, stopped, unseated_hours, dollars, travel_minutes,
    changes, worst_company and cohorts.
    """
    from lineside.service.cli_solve import Wish, limits_from
    from lineside.service.cli_tradeoffs import TradeWish, trace_and_write

    trade = TradeWish(against, minimise, points, tuple(keep or ()))
    wish = Wish(seconds, workers, seed, limits=limits_from(limit or ()))
    raise typer.Exit(trace_and_write(scenario, edit or (), trade, out, wish, open_screen()))


def fair(
    scenario: ScenarioPath,
    cap: Annotated[
        str,
        typer.Option("--cap", metavar="AMOUNT", help="Most line-minutes for one company, or a share such as 80%."),
    ] = "80%",
    limit: LimitTexts = None,
    out: PlanFolder = None,
    edit: EditPaths = None,
    seconds: Seconds = 60,
    workers: Workers = 2,
    seed: Seed = 0,
) -> None:
    """Cap the company that loses most, and tell what that costs.

    Solves twice, --seconds each: without the cap, then with it. A share is one of what the company that loses most
    loses without a cap.
    """
    from lineside.service.cli_solve import Wish, limits_from
    from lineside.service.cli_tradeoffs import tell_fairness

    wish = Wish(seconds, workers, seed, limits=limits_from(limit or ()))
    raise typer.Exit(tell_fairness(scenario, edit or (), cap, out, wish, open_screen()))
