"""What the commands of ``lineside sweep`` do, on the database of the service."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import OperationalError

from lineside.scenarios.grids import Grid, GridError, read_grid
from lineside.service.cli_exits import DONE, NO_PLAN
from lineside.service.cli_inputs import BadInputError, reason
from lineside.service.cli_persons import CONSOLE, region_named
from lineside.service.cli_serve import opened
from lineside.service.console import Screen
from lineside.service.problems import Problem
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database
from lineside.service.storage.models import Sweep
from lineside.service.sweep_words import board_facts, board_listing, sweep_listing, table_listing
from lineside.service.sweeps.desk import Sweeps
from lineside.service.sweeps.files import write_csv, write_workbook
from lineside.service.sweeps.table import PointStand, counts_of, num_workers, stands_of, table_json

LOOK_SECONDS = 1.0
LEFT = 130
"""Exit status when somebody stops watching with Ctrl-C."""
SHOWN = 1000


@dataclass(frozen=True)
class TableFiles:
    """Where the table of a sweep is written, if anywhere."""

    json: Path | None = None
    csv: Path | None = None
    xlsx: Path | None = None

    def write(self, sweep: Sweep, stands: list[PointStand], screen: Screen) -> None:
        """Write the table.

        Raises
        ------
        BadInputError
            If the system refuses.
        """
        try:
            if self.json is not None:
                text = json.dumps(table_json(sweep, stands), indent=1, ensure_ascii=False) + "\n"
                self.json.write_text(text, encoding="utf-8", newline="\n")
            if self.csv is not None:
                write_csv(sweep, stands, self.csv)
            if self.xlsx is not None:
                write_workbook(sweep, stands, self.xlsx)
        except OSError as error:
            path = error.filename or "A file"
            told = f"{path} could not be written: {reason(error)}. The sweep is kept: choose another place, "
            raise BadInputError([told + "and write it with lineside sweep table."]) from None
        for path in filter(None, (self.json, self.csv, self.xlsx)):
            screen.say(f"Written: {path}")


def start(settings: ServiceSettings, region: str, path: Path, ending: tuple[bool, TableFiles], screen: Screen) -> int:
    """Queue a grid; show how it does until it has ended, unless that is not wanted. Return the exit status.

    Raises
    ------
    BadInputError
        If the region does not exist, or with every mistake of the grid; nothing is queued then.
    """
    grid = _grid(path)
    with opened(settings) as database:
        with _at(database, region) as sweeps:
            sweep = sweeps.start(grid, (settings.run_seconds, settings.run_workers))
        points = "1 point" if grid.num_points == 1 else f"{grid.num_points:,} points"
        screen.say(f"{grid.name}: {points} in the queue, {grid.seconds:g} seconds each.")
        return _shown(database, settings, sweep, ending, screen)


def _grid(path: Path) -> Grid:
    try:
        return read_grid(path)
    except GridError as error:
        count = len(error.sentences)
        told = "1 mistake" if count == 1 else f"{count} mistakes"
        raise BadInputError(
            [*error.sentences, f"{path} has {told}. Nothing was queued; correct it and try again."]
        ) from None
    except OSError as error:
        raise BadInputError([f"{path} cannot be read: {reason(error)}. Check the path and its permissions."]) from None


def watch(settings: ServiceSettings, region: str, name: str, files: TableFiles, screen: Screen) -> int:
    """Show how a sweep does until it has ended, then its table; return the exit status.

    Raises
    ------
    BadInputError
        If there is no such sweep, or a file cannot be written.
    """
    with opened(settings) as database:
        with _at(database, region) as sweeps:
            sweep = sweeps.named(name)
        return _shown(database, settings, sweep, (True, files), screen)


def resume(settings: ServiceSettings, region: str, name: str, ending: tuple[bool, TableFiles], screen: Screen) -> int:
    """Queue the points anew that are not solved; show how they do as :func:`start` does.

    Raises
    ------
    BadInputError
        If there is no such sweep, or nothing to resume.
    """
    with opened(settings) as database:
        with _at(database, region) as sweeps:
            sweep = sweeps.named(name)
            count = sweeps.resume(sweep)
        screen.say(f"{name}: {count:,} {'point' if count == 1 else 'points'} in the queue again.")
        return _shown(database, settings, sweep, ending, screen)


def stop(settings: ServiceSettings, region: str, name: str, screen: Screen) -> None:
    """Stop the points of a sweep that wait or run.

    Raises
    ------
    BadInputError
        If there is no such sweep, or nothing to stop.
    """
    with opened(settings) as database, _at(database, region) as sweeps:
        count = sweeps.stop(sweeps.named(name))
    screen.say(f"{name}: {count:,} {'point' if count == 1 else 'points'} stopped. Go on with lineside sweep resume.")


def table(settings: ServiceSettings, region: str, name: str, files: TableFiles, screen: Screen) -> None:
    """Tell the table of a sweep as it stands.

    Raises
    ------
    BadInputError
        If there is no such sweep, or a file cannot be written.
    """
    with opened(settings) as database:
        with _at(database, region) as sweeps:
            sweep = sweeps.named(name)
        _told(database, sweep, files, screen)


def tell_sweeps(settings: ServiceSettings, region: str, screen: Screen) -> None:
    """List the sweeps of a region.

    Raises
    ------
    BadInputError
        If there is no such region.
    """
    with opened(settings) as database, database.session() as session:
        sweeps = Sweeps(session, region_named(session, region).id)
        found = [(sweep, counts_of(session, sweep)) for sweep in sweeps.listed(SHOWN, 0)]
    if not found:
        screen.say(f"The region {region} has no sweeps. Start one with lineside sweep start.")
    screen.listing(sweep_listing(found))


def delete(settings: ServiceSettings, region: str, name: str, screen: Screen) -> None:
    """Delete a sweep.

    Raises
    ------
    BadInputError
        If there is no such sweep, or some of it waits or runs.
    """
    with opened(settings) as database, _at(database, region) as sweeps:
        sweeps.delete(sweeps.named(name))
    screen.say(f"{name} is deleted, with the scenarios that were made for its points.")


@contextmanager
def _at(database: Database, region: str) -> Iterator[Sweeps]:
    """Give the sweeps of a region in one transaction; what cannot be done is told in sentences."""
    try:
        with database.session() as session:
            yield Sweeps(session, region_named(session, region).id, CONSOLE)
    except Problem as problem:
        told = [mistake.message for mistake in problem.mistakes]
        raise BadInputError([*told, problem.detail]) from None


def _shown(
    database: Database, settings: ServiceSettings, sweep: Sweep, ending: tuple[bool, TableFiles], screen: Screen
) -> int:
    is_waiting, files = ending
    if not is_waiting:
        screen.say("The workers of the service go on with it; lineside sweep watch shows how.")
        return DONE
    try:
        _follow(database, settings, sweep, screen)
    except KeyboardInterrupt:
        screen.say("The service goes on with the sweep. Look again with lineside sweep watch, or end it with stop.")
        return LEFT
    return _told(database, sweep, files, screen)


def _follow(database: Database, settings: ServiceSettings, sweep: Sweep, screen: Screen) -> None:
    """Show the points until all are over; a database that is away for a while is asked again."""
    began, is_away, is_idle = time.monotonic(), False, False
    with screen.board() as show:
        while True:
            try:
                with database.session() as session:
                    stands = stands_of(session, sweep, with_figures=False)
                    workers = num_workers(session, settings.stalled_seconds)
                is_away = False
            except OperationalError:
                if not is_away:
                    screen.say("The database does not answer. It is asked again until it does.")
                is_away = True
            else:
                show(board_facts(stands, workers, time.monotonic() - began), board_listing(stands))
                if all(stand.is_over for stand in stands):
                    return
                if not workers and not is_idle:
                    screen.say("No worker is at work. Start lineside serve, or lineside worker.")
                is_idle = not workers
            time.sleep(LOOK_SECONDS)


def _told(database: Database, sweep: Sweep, files: TableFiles, screen: Screen) -> int:
    """Show and write the table; return the exit status, which tells whether every point has a plan."""
    with database.session() as session:
        stands = stands_of(session, sweep)
    screen.listing(table_listing(sweep, stands))
    files.write(sweep, stands, screen)
    return DONE if all(stand.plan is not None for stand in stands) else NO_PLAN
