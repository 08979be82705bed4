"""The commands for a plan in force, and what they accept; importing this is quick."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from lineside.service.console import open_screen

DATE = ["%Y-%m-%d"]
MOMENT = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
ScenarioPath = Annotated[
    Path, typer.Argument(metavar="SCENARIO", help="Folder with scenario.toml and CSV tables, or an Excel workbook.")
]
InForcePath = Annotated[Path, typer.Argument(metavar="PLAN", help="JSON file of the plan in force.")]
At = Annotated[
    dt.datetime | None,
    typer.Option(
        "--at", metavar="DATE", formats=DATE, help="Date from which on something may change; today without it."
    ),
]
Notice = Annotated[int, typer.Option("--notice", metavar="DAYS", min=0, max=366, help="Days that stay as they are.")]
Outage = tuple[str, str, str]


def respond(
    scenario: ScenarioPath,
    plan: InForcePath,
    at: At = None,
    late_joiner: Annotated[
        Path | None, typer.Option("--late-joiner", metavar="CSV", help="Somebody joins: one row of apprentices.")
    ] = None,
    drop_out: Annotated[str | None, typer.Option("--drop-out", metavar="ID", help="An apprentice leaves.")] = None,
    rota: Annotated[
        str | None, typer.Option("--rota", metavar="ID=ROTA", help="An apprentice works by another rota.")
    ] = None,
    line: Annotated[str | None, typer.Option("--line", metavar="ID", help="... on another line, with --rota.")] = None,
    sick: Annotated[
        Outage | None, typer.Option("--sick", metavar="INSTRUCTOR FROM TO", help="An instructor is away.")
    ] = None,
    closed: Annotated[Outage | None, typer.Option("--closed", metavar="ROOM FROM TO", help="A room is closed.")] = None,
    snow: Annotated[
        dt.datetime | None, typer.Option("--snow", metavar="DATE", formats=DATE, help="Nothing meets on a date.")
    ] = None,
    site: Annotated[str | None, typer.Option("--site", metavar="ID", help="... at one site, with --snow.")] = None,
    notice: Notice = 14,
    changes: Annotated[
        int, typer.Option("--changes", metavar="N", min=0, max=10**6, help="Most changes beyond those that must be.")
    ] = 8,
    answers: Annotated[int, typer.Option("--answers", metavar="N", min=1, max=50, help="Most answers.")] = 5,
    take: Annotated[
        int | None, typer.Option("--take", metavar="K", min=1, help="Take the answer of this number.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="PLAN.json", help="With --take: the new plan.")] = None,
    tables: Annotated[Path | None, typer.Option("--tables", metavar="DIR", help="With --take: the new tables.")] = None,
) -> None:
    """Answer what happened to a plan in force: what could be done, what it costs, and for whom it changes.

    Give one of --late-joiner, --drop-out, --rota, --sick, --closed and --snow. Answers are ranked by cost; each keeps
    every rule. With --take the changed tables and the new plan are written.
    """
    from lineside.service.cli_respond import Happened, Taking, tell_answers

    happened = Happened(late_joiner, drop_out, rota, line, sick, closed, _date(snow), site)
    taking = Taking(take, out, tables)
    tell_answers(scenario, plan, _date(at), notice, happened, (answers, changes), taking, open_screen())


def replan(
    scenario: ScenarioPath,
    plan: InForcePath,
    at: At = None,
    notice: Notice = 14,
    budget: Annotated[
        int | None, typer.Option("--budget", metavar="N", min=0, max=10**9, help="Most changes, a move counts twice.")
    ] = None,
    per_person: Annotated[
        int | None, typer.Option("--per-person", metavar="N", min=0, max=10**6, help="Most changes of each person.")
    ] = None,
    fewest: Annotated[
        bool, typer.Option("--fewest/--cheapest", help="As few seats change as can be, or the plan that costs least.")
    ] = False,
    sick: Annotated[
        list[str] | None,
        typer.Option("--sick", metavar="INSTRUCTOR=FROM..TO", help="An instructor is away."),
    ] = None,
    closed: Annotated[
        list[str] | None, typer.Option("--closed", metavar="ROOM=FROM..TO", help="A room is closed.")
    ] = None,
    closing: Annotated[
        dt.datetime | None, typer.Option("--closing", metavar="DATE", formats=DATE, help="The last class day moves.")
    ] = None,
    days: Annotated[
        list[str] | None, typer.Option("--days", metavar="DAYS", help="Class days from now on, such as 'Mon Wed'.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=10**6, help="Time for solving.")] = 60,
    workers: Annotated[int, typer.Option("--workers", min=1, max=256, help="Threads of the search.")] = 2,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1, help="Seed of the search.")] = 0,
    out: Annotated[Path | None, typer.Option("--out", metavar="PLAN.json", help="Write the plan as JSON.")] = None,
    tables: Annotated[
        Path | None, typer.Option("--tables", metavar="DIR", help="Write the tables with the plan in force.")
    ] = None,
    changes: Annotated[
        Path | None, typer.Option("--changes", metavar="FILE", help="Write who changes what and why as CSV.")
    ] = None,
) -> None:
    """Plan anew from the plan in force: what has met stays, and so does what is near.

    Cohorts that go on keep their ids. Budgets of changes are kept whatever a change would save. Who changes what, and
    why, is listed. --sick, --closed and --days can be given several times.
    """
    from lineside.service.cli_replan import Replanning, replan_and_write
    from lineside.service.cli_solve import Wish

    away, pace = (tuple(sick or ()), tuple(closed or ())), (_date(closing), tuple(days or ()))
    wish = Replanning(_date(at), notice, budget, per_person, fewest, *away, *pace)
    outputs = (out, tables, changes)
    status = replan_and_write(scenario, plan, wish, Wish(seconds, workers, seed), outputs, open_screen())
    raise typer.Exit(status)


def notices(
    scenario: ScenarioPath,
    old: Annotated[Path, typer.Argument(metavar="OLD", help="JSON file of the plan in force until now.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="JSON file of the plan from now on.")],
    at: Annotated[
        dt.datetime | None,
        typer.Option("--at", metavar="DATE", formats=MOMENT, help="Local date or moment; now without it."),
    ] = None,
    days: Annotated[int, typer.Option("--days", metavar="N", min=1, max=366, help="Changes within so many days.")] = 3,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write them as CSV.")] = None,
) -> None:
    """List whose next meeting changes within three days, with a text that is ready to be sent.

    Calendars are fetched by their apps in hours; whoever must know today is told beside them.
    """
    from lineside.service.cli_notices import tell_notices

    tell_notices(scenario, old, new, at, days, csv, open_screen())


def _date(moment: dt.datetime | None) -> dt.date | None:
    return None if moment is None else moment.date()


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(respond)
    app.command()(replan)
    app.command()(notices)
