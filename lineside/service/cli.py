"""The command line: ``lineside new | validate | solve | check | impact | why | advise | simulate | road | …``.

Exit status: 0 done, 1 the check found violations, 2 bad input, 3 no plan in the time given.
Whatever is slow to import is imported by the command that needs it.
"""

from __future__ import annotations

import io
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from lineside.service.cli_exits import BAD_INPUT
from lineside.service.cli_inputs import BadInputError
from lineside.service.cli_keeping import add_commands as add_keeping_commands
from lineside.service.cli_now import add_commands as add_now_commands
from lineside.service.cli_sweep import add_commands as add_sweep_commands
from lineside.service.cli_whatif import add_commands as add_whatif_commands
from lineside.service.cli_words import (
    DatabaseUrl,
    DataFolder,
    EditPaths,
    LimitTexts,
    PlanPath,
    ScenarioPath,
    Seconds,
    Seed,
    TakenNumber,
    TakenPath,
    Workers,
)
from lineside.service.console import open_screen


class Commands(TyperGroup):
    """The commands; bad input is told in sentences on the error stream, never as a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command and turn bad input into its exit status."""
        try:
            return super().invoke(ctx)
        except BadInputError as error:
            for sentence in error.sentences:
                print(sentence, file=sys.stderr)
            raise typer.Exit(BAD_INPUT) from None


# Typer's Rich markup would draw boxes around help and errors even where the output is no terminal.
app = typer.Typer(
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Fit classroom training around a factory's clock.",
    epilog="Exit status: 0 done, 1 the check found violations, 2 bad input, 3 no plan in the time given.",
)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal lacks must not end the program
    app()


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"lineside {version('lineside')}")
        raise typer.Exit


@app.callback()
def options(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Fit classroom training around a factory's clock."""


@app.command()
def new(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make; it must be new or empty.")],
) -> None:
    """Make empty tables and a workbook template."""
    from lineside.service.cli_tables import make_new

    make_new(directory, open_screen())


@app.command()
def validate(scenario: ScenarioPath, edit: EditPaths = None) -> None:
    """Read a scenario and tell every mistake at once."""
    from lineside.service.cli_tables import tell_validity

    tell_validity(scenario, edit or (), open_screen())


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="Folder, workbook or variant to read.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Workbook or folder to write.")],
    edit: EditPaths = None,
) -> None:
    """Turn a folder into a workbook, or back, with edits made."""
    from lineside.service.cli_tables import convert_scenario

    convert_scenario(source, target, edit or (), open_screen())


@app.command()
def solve(
    scenario: ScenarioPath,
    out: Annotated[Path | None, typer.Option("--out", metavar="PLAN.json", help="Write the plan as JSON.")] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="Write the plan as a workbook.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="DIR", help="Write the plan as CSV tables.")] = None,
    edit: EditPaths = None,
    seconds: Seconds = 60,
    workers: Workers = 2,
    seed: Seed = 0,
    limit: LimitTexts = None,
    in_order: Annotated[
        str | None,
        typer.Option("--in-order", metavar="MEASURES", help="Minimise these in strict order: 'changes, dollars:2%'."),
    ] = None,
    margin: Annotated[
        int, typer.Option("--margin", metavar="N", min=0, max=999, help="People to spare in each new cohort.")
    ] = 0,
) -> None:
    """Find the plan that loses the least, with a bound.

    Ctrl-C keeps the best plan so far. With one worker the same input and seed give the same plan.
    Without --out, --xlsx or --csv the plan is shown and not kept. With a margin, cohorts need so many people
    more than their module's least number, or as many as fit.
    """
    from lineside.service.cli_outputs import Outputs
    from lineside.service.cli_plans import solve_and_write
    from lineside.service.cli_solve import Wish, limits_from

    wish = Wish(seconds, workers, seed, margin, limits_from(limit or ()), in_order)
    raise typer.Exit(solve_and_write(scenario, edit or (), Outputs(out, xlsx, csv), wish, open_screen()))


@app.command()
def check(scenario: ScenarioPath, plan: PlanPath, edit: EditPaths = None) -> None:
    """Recompute every rule and figure of a plan from the tables alone."""
    from lineside.service.cli_plans import tell_check

    raise typer.Exit(tell_check(scenario, plan, edit or (), open_screen()))


@app.command()
def impact(
    scenario: ScenarioPath,
    plan: PlanPath,
    company: Annotated[str | None, typer.Option("--company", metavar="ID", help="Only this company's people.")] = None,
    edit: EditPaths = None,
) -> None:
    """Tell what lines lose and who is away when."""
    from lineside.service.cli_plans import tell_impact

    tell_impact(scenario, plan, company, edit or (), open_screen())


@app.command()
def why(
    scenario: ScenarioPath,
    plan: PlanPath,
    apprentice: Annotated[
        str | None, typer.Option("--apprentice", metavar="ID", help="This person's seats; without it the empty seats.")
    ] = None,
    module: Annotated[str | None, typer.Option("--module", metavar="ID", help="Only this module.")] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=10**6, help="Time for all answers.")] = 60,
    ways: Annotated[int, typer.Option("--ways", min=0, max=20, help="Changes told for an empty seat.")] = 3,
    take: TakenNumber = None,
    out: TakenPath = None,
) -> None:
    """Tell why a seat is where it is or empty, and the least change that would fill it.

    Every change is tried in the tables and solved again before it is told. The files stay as they are.
    """
    from lineside.service.cli_advice import Question, tell_why
    from lineside.service.cli_taken import Taking

    tell_why(scenario, plan, Question(apprentice, module, seconds, ways), Taking.of(take, out), open_screen())


@app.command()
def advise(
    scenario: ScenarioPath,
    plan: PlanPath,
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=10**6, help="Time in all.")] = 120,
    most: Annotated[int, typer.Option("--most", min=1, max=1000, help="Changes solved again, the best first.")] = 12,
    workers: Annotated[int, typer.Option("--workers", min=1, max=256, help="Threads of each solve.")] = 1,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1, help="Seed of each solve.")] = 0,
    take: TakenNumber = None,
    out: TakenPath = None,
) -> None:
    """Tell what would be worth asking for: agreements, sites, rooms, instructors, patterns, rotas.

    Each is looser by one step. All are priced by the bound, the best are solved again.
    """
    from lineside.service.cli_advice import tell_advice
    from lineside.service.cli_taken import Taking
    from lineside.solver import AdviceOptions

    tell_advice(scenario, plan, AdviceOptions(seconds, most, workers, seed), Taking.of(take, out), open_screen())


@app.command()
def calendar(
    scenario: ScenarioPath,
    plan: PlanPath,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the feeds; kept between runs.")],
    alarm: Annotated[
        int | None, typer.Option("--alarm", metavar="MINUTES", min=0, max=10080, help="Remind so long before.")
    ] = None,
    address: Annotated[
        str | None, typer.Option("--address", metavar="URL", help="Where the folder will stand on the web.")
    ] = None,
) -> None:
    """Write calendar feeds and pages for everybody in a plan.

    Run it again with a new plan on the same folder: meetings that stay keep their entry in calendar
    apps, those that moved or went are shown so.
    """
    from lineside.service.cli_calendar import CalendarWish, write_calendars

    write_calendars(scenario, plan, CalendarWish(out, alarm, address), open_screen())


@app.command()
def simulate(
    scenario: ScenarioPath,
    plan: PlanPath,
    futures: Annotated[int, typer.Option("--futures", metavar="N", min=1, max=10**6, help="How many to play.")] = 10000,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**31 - 1, help="Seed of everything random.")] = 0,
    drop_out_per_week: Annotated[
        float | None,
        typer.Option(metavar="CHANCE", min=0, max=1, help="Chance that an apprentice leaves in a week (0.0062)."),
    ] = None,
    absence_per_shift: Annotated[
        float | None,
        typer.Option(metavar="CHANCE", min=0, max=1, help="Chance that an operator stays away from a shift (0.03)."),
    ] = None,
    overtime_per_week: Annotated[
        float | None,
        typer.Option(metavar="CHANCE", min=0, max=1, help="Chance that a crew has overtime in a week (0.25)."),
    ] = None,
    overtime_minutes: Annotated[
        int | None, typer.Option(metavar="MINUTES", min=0, max=720, help="How much longer its shifts are then (140).")
    ] = None,
    company: Annotated[
        str | None, typer.Option("--company", metavar="ID", help="Only this company's crews and cohorts.")
    ] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="DIR", help="Write the same as CSV tables.")] = None,
) -> None:
    """Tell whether a plan will hold: play its weeks many times with drop-outs, absences and overtime.

    The rates are averages of other places, unverified for yours: give your own where you know them.
    """
    from lineside.service.cli_futures import FuturesWish, tell_futures

    rates: dict[str, float | None] = {
        "drop_out_per_week": drop_out_per_week,
        "absence_per_shift": absence_per_shift,
        "overtime_per_week": overtime_per_week,
        "overtime_minutes": overtime_minutes,
    }
    tell_futures(scenario, plan, FuturesWish(futures, seed, rates, company, csv), open_screen())


@app.command()
def road(
    scenario: ScenarioPath,
    plan: PlanPath,
    at: Annotated[
        str | None, typer.Option("--at", metavar="DATE", help="Meetings before this date have been held; today.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--end", metavar="DATE", help="End of the program for people without a due date.")
    ] = None,
    company: Annotated[str | None, typer.Option("--company", metavar="ID", help="Only this company's people.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the same as a CSV table.")] = None,
) -> None:
    """Tell the hours that each apprentice has, gets and still owes, and who finishes when at this pace."""
    from lineside.service.cli_road import RoadWish, tell_roads

    tell_roads(scenario, plan, RoadWish(at, end, company, csv), open_screen())


@app.command()
def serve(
    database: DatabaseUrl = None,
    data: DataFolder = None,
    host: Annotated[str | None, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option("--port", metavar="N", help="Port to listen on.")] = None,
) -> None:
    """Start database, web service and a worker.

    Without --database, a PostgreSQL server is started on the data folder. Ctrl-C stops everything in order.
    All settings can be given in lineside.toml or as LINESIDE_... in the environment.
    """
    from lineside.service.cli_serve import serve as start
    from lineside.service.cli_serve import settings_from

    start(settings_from(database=database, data=data, host=host, port=port))


@app.command()
def worker(
    database: DatabaseUrl = None,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", metavar="N", min=1, help="Runs solved at the same time.")
    ] = None,
) -> None:
    """Add a worker, also on another machine."""
    from lineside.service.cli_serve import settings_from, work

    work(settings_from(database=database, concurrency=concurrency))


@app.command()
def key(
    region: Annotated[str, typer.Argument(metavar="REGION", help="Name of the region; a new one is made.")],
    company: Annotated[
        str | None, typer.Option("--company", metavar="ID", help="For a plant manager of this company.")
    ] = None,
    label: Annotated[str, typer.Option("--label", metavar="TEXT", help="Whose key it is.")] = "made at the console",
    database: DatabaseUrl = None,
    data: DataFolder = None,
) -> None:
    """Make a key for a planner of a region, or a plant manager in it, and print it."""
    from lineside.service.cli_serve import make_key, settings_from

    make_key(settings_from(database=database, data=data), region, company, label)


@app.command()
def invite(
    region: Annotated[str, typer.Argument(metavar="REGION", help="Name of the region; a new one is made.")],
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Address that the person signs in with.")],
    company: Annotated[
        str | None, typer.Option("--company", metavar="ID", help="For a plant manager of this company.")
    ] = None,
    label: Annotated[str, typer.Option("--label", metavar="TEXT", help="Who it is.")] = "invited at the console",
    database: DatabaseUrl = None,
    data: DataFolder = None,
) -> None:
    """Let a person in who signs in with OpenID Connect, as a planner of a region or a plant manager in it."""
    from lineside.service.cli_serve import make_identity, settings_from

    make_identity(settings_from(database=database, data=data), region, company, email, label)


add_now_commands(app)
add_whatif_commands(app)
add_sweep_commands(app)
add_keeping_commands(app)

if __name__ == "__main__":
    main()
